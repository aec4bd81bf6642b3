/**
 * One look, made ready to be judged: its failures by leg, the code and the phrases in them, the claims, the names.
 * Every rule is asked with the same scene, so that what a word means is decided once.
 */
import type { Cause } from '../model/cause.ts';
import type { Context } from '../model/context.ts';
import { isSuccess, stageOf, type Claims, type Evidence } from '../model/evidence.ts';
import type { QuotedNames } from '../model/quoted-names.ts';
import { claimsFaultOf, claimsFaultOfCode, type ClaimsFault } from '../model/token-claims.ts';
import { claimsOf, namesOf, type Names } from './names.ts';
import { refusalOf, type Refusal } from './refusal.ts';
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
  /** The claims cannot work, whatever the mail server would say. */
  readonly claimsFault: ClaimsFault | undefined;
  /** What the neighbours and the past say of a refused login; undefined when none was refused. */
  readonly refusal: Refusal | undefined;
  /** This machine's clock minus the server's. */
  readonly clockSkewSeconds: number | undefined;
  /** From pasted text: nothing is known besides the words. */
  readonly pasted: boolean;
  /** Not a look: the credential itself was checked. */
  readonly credentialCheck: boolean;
  /** A pasted text in which a user has a part in the sign-in. */
  readonly userFlow: boolean;
  readonly oddUser: boolean;
}

/** What is judged: a look of ours, an app's credential, or a text that somebody pasted. */
export type CaseSource = 'probe' | 'credential' | 'text';

/** What a pasted text tells besides evidence. */
export interface Hints {
  readonly names?: QuotedNames;
  /** The causes that it leaves open for the token's failure, best first. */
  readonly open?: readonly Cause[];
  readonly userFlow?: boolean;
  /** The user that was sent is of a form that no mailbox's address has. */
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
  const mail = mailFailureOf(evidence, success);
  const facts = {
    evidence,
    context,
    names,
    success,
    token,
    mail,
    network: networkFailuresOf(token, mail),
    // A token leg that failed has no token: the claims of the last one say nothing of this look.
    claims: stageOf(evidence, 'token')?.outcome === 'failed' ? undefined : claimsOf(evidence, context),
    clockSkewSeconds: skewOf(evidence, context),
    pasted: source === 'text',
    credentialCheck: source === 'credential',
    userFlow: hints.userFlow === true,
    oddUser: hints.oddUser === true,
  };
  const judged = { ...facts, claimsFault: claimsFaultIn(facts) };
  return { ...judged, refusal: refusalOf(judged) };
}

/** As the probe said, else by the claims. A probe that succeeded disproves it. */
function claimsFaultIn(facts: Omit<CaseFacts, 'claimsFault' | 'refusal'>): ClaimsFault | undefined {
  if (facts.success || facts.credentialCheck) return undefined;
  const seen = claimsFaultOfCode(stageOf(facts.evidence, 'claims')?.failure?.code);
  if (seen !== undefined || facts.claims === undefined) return seen;
  // What ended during a probe was not presented.
  const at = facts.pasted ? facts.context.now : facts.evidence.startedAt;
  return claimsFaultOf({
    claims: facts.claims,
    protocol: facts.names.protocol,
    at: at - (facts.clockSkewSeconds ?? 0) * 1000,
  });
}

/** As it was measured last: a token from the cache brings what was measured when it was issued. */
function skewOf(evidence: Evidence, { token }: Context): number | undefined {
  const facts = stageOf(evidence, 'token')?.facts;
  const measured = facts?.clockSkewSeconds;
  return facts?.source === 'cache'
    ? (token?.clockSkewSeconds ?? measured)
    : (measured ?? token?.clockSkewSeconds);
}
