/**
 * One probe or pasted text, prepared for the rules: the failures of the token request and of the mail connection with
 * their codes and phrases, the claims, the names. Every rule receives the same facts, so the meaning of a message is
 * decided once.
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
  /** The situation and candidates of a refused login; undefined when no login was refused. */
  readonly refusal: Refusal | undefined;
  /** By how many seconds this machine's clock is ahead of the token host's. Negative if it is behind. */
  readonly clockSkewSeconds: number | undefined;
  readonly clockWitness: ClockWitness | undefined;
  /** The evidence comes from a pasted text, and nothing else is known. */
  readonly pasted: boolean;
  /** A probe of the credential, not of a mailbox. */
  readonly credentialCheck: boolean;
  /** A pasted text about a sign-in in which a user takes part. */
  readonly userFlow: boolean;
  readonly oddUser: boolean;
}

/** Where the evidence comes from: a probe, the check of an app's credential, or a pasted text. */
export type CaseSource = 'probe' | 'credential' | 'text';

/** What a pasted text contains besides evidence. */
export interface Hints {
  readonly names?: QuotedNames;
  /** The possible causes of the token failure and of the mail failure, if the text leaves several. */
  readonly open?: Open;
  readonly openMail?: Open;
  readonly userFlow?: boolean;
  /** The user name that was sent does not have the form of a mailbox address. */
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
    // If the token request failed, this probe has no token. The claims of an earlier token do not apply to it.
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
 * Returns the fault that the probe recorded, else the one that the claims show. Returns undefined after an accepted
 * login, which disproves any fault, and for the check of a credential.
 */
function claimsFaultIn(facts: Omit<CaseFacts, 'claimsFault' | 'refusal'>): ClaimsFault | undefined {
  if (facts.success || facts.credentialCheck || isTokenAccepted(facts.evidence)) return undefined;
  const recorded = claimsFaultOfCode(stageOf(facts.evidence, 'claims')?.failure?.code);
  if (recorded !== undefined || facts.claims === undefined) return recorded;
  // The probe presented the token at its start, so it does not matter if the token expired during the probe.
  const at = facts.pasted ? facts.context.now : facts.evidence.startedAt;
  return claimsFaultOf({
    claims: facts.claims,
    protocol: facts.names.protocol,
    at: at - correctionSeconds(facts) * 1000,
  });
}

/**
 * Returns the newest measurement of this machine's clock. The stage of a cached token only holds the measurement from
 * when the token was issued, so the app's token state comes first then.
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
