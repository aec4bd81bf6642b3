/**
 * One probe or pasted text, prepared for the rules: its failures with their codes and phrases, its claims, and the
 * names to show. All rules receive the same facts, so the meaning of a message is decided only once.
 */
import { correctionSeconds } from '../model/clock-skew.ts';
import type { Context } from '../model/context.ts';
import {
  isSuccess,
  isTokenAccepted,
  stageOf,
  type Claims,
  type ClockWitness,
  type Evidence,
} from '../model/evidence.ts';
import type { QuotedNames } from '../model/quoted-names.ts';
import { claimsFaultOf, claimsFaultOfCode, type ClaimsFault } from '../model/token-claims.ts';
import { claimsOf, namesOf, type Names } from './names.ts';
import { refusalOf, type Refusal } from './refusal.ts';
import type { Open } from './failures.ts';
import {
  mailFailureOf,
  networkFailuresOf,
  tokenFailureOf,
  type MailFailure,
  type NetworkFailure,
  type TokenLegFailure,
} from './failures.ts';

export interface CaseFacts {
  readonly evidence: Evidence;
  readonly context: Context;
  readonly names: Names;
  readonly success: boolean;
  readonly token: TokenLegFailure | undefined;
  readonly mail: MailFailure | undefined;
  readonly network: readonly NetworkFailure[];
  readonly claims: Claims | undefined;
  /** The fault in the token's claims that makes every login fail. Undefined if there is none. */
  readonly claimsFault: ClaimsFault | undefined;
  /** Undefined if no login was refused. */
  readonly refusal: Refusal | undefined;
  /** The seconds by which this machine's clock is ahead of the token host's. Negative if it is behind. */
  readonly clockSkewSeconds: number | undefined;
  readonly clockWitness: ClockWitness | undefined;
  /** True if the evidence comes from a pasted text. The rules then know only what the text shows. */
  readonly pasted: boolean;
  /** True for a check of the app's credential, which opens no mailbox. */
  readonly credentialCheck: boolean;
  /** True for a pasted text about a sign-in in which a user takes part. */
  readonly userFlow: boolean;
  readonly oddUser: boolean;
}

/** Where the evidence comes from: a probe, the check of an app's credential, or a pasted text. */
export type CaseSource = 'probe' | 'credential' | 'text';

/** Facts about a pasted text that its evidence has no members for. */
export interface Hints {
  readonly names?: QuotedNames;
  /**
   * The possible causes of a failed token request (`open`) and of a mail failure (`openMail`), if the text does not
   * decide between them.
   */
  readonly open?: Open;
  readonly openMail?: Open;
  readonly userFlow?: boolean;
  /** True if the user name that was sent does not have the form of a mailbox address. */
  readonly oddUser?: boolean;
}

export function caseFactsOf(
  evidence: Evidence,
  context: Context,
  source: CaseSource = 'probe',
  hints: Hints = {},
): CaseFacts {
  const names = namesOf(evidence, context, hints.names);
  const success = isSuccess(evidence);
  const token = tokenFailureOf(evidence, success, hints.open);
  const mail = mailFailureOf(evidence, success, hints.openMail);
  const facts = {
    evidence,
    context,
    names,
    success,
    token,
    mail,
    network: networkFailuresOf(token, mail, names),
    // If the token request of this probe failed, the probe has no token, and so no claims. The claims of an earlier
    // token do not belong to this probe.
    claims: stageOf(evidence, 'token')?.outcome === 'failed' ? undefined : claimsOf(evidence, context),
    ...clockOf(evidence, context),
    pasted: source === 'text',
    credentialCheck: source === 'credential',
    userFlow: hints.userFlow === true,
    oddUser: hints.oddUser === true,
  };
  const withClaimsFault = { ...facts, claimsFault: claimsFaultIn(facts) };
  return { ...withClaimsFault, refusal: refusalOf(withClaimsFault) };
}

/**
 * Returns the fault that the probe recorded, else the fault that the claims show. Undefined for the check of a
 * credential. Also undefined if the login was accepted, because that disproves a fault.
 */
function claimsFaultIn(facts: Omit<CaseFacts, 'claimsFault' | 'refusal'>): ClaimsFault | undefined {
  if (facts.success || facts.credentialCheck || isTokenAccepted(facts.evidence)) return undefined;
  const recorded = claimsFaultOfCode(stageOf(facts.evidence, 'claims')?.failure?.code);
  if (recorded !== undefined || facts.claims === undefined) return recorded;
  // The token counts as expired only if it had expired when the probe started. A token that expires during the probe is
  // not at fault.
  const at = facts.pasted ? facts.context.now : facts.evidence.startedAt;
  return claimsFaultOf({
    claims: facts.claims,
    protocol: facts.names.protocol,
    at: at - correctionSeconds(facts) * 1000,
  });
}

/**
 * Returns the newest measurement of this machine's clock. A cached token holds the measurement from when it was issued,
 * so the app's token state is newer. A fetched token holds a new measurement.
 */
function clockOf(
  evidence: Evidence,
  { token }: Context,
): Pick<CaseFacts, 'clockSkewSeconds' | 'clockWitness'> {
  const facts = stageOf(evidence, 'token')?.facts;
  const [first, second] = facts?.source === 'cache' ? [token, facts] : [facts, token];
  const seen = first?.clockSkewSeconds === undefined ? second : first;
  return { clockSkewSeconds: seen?.clockSkewSeconds, clockWitness: seen?.clockWitness };
}
