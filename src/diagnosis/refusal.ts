/**
 * Decides whether a login was refused without a reason, and in which situation. Messages without a reason are `NO
 * AUTHENTICATE failed.`, `-ERR Authentication failure`, and `OK` followed by `BAD User is authenticated but not
 * connected.`. The results of other mailboxes and the past then decide. `refusal-order.ts` holds the order of the
 * candidates.
 */
import type { Cause } from '../model/cause.ts';
import type { Context } from '../model/context.ts';
import type { Confidence } from '../model/diagnosis.ts';
import { isTokenAccepted, stageOf, type Claims, type Evidence } from '../model/evidence.ts';
import type { ClaimsFault } from '../model/token-claims.ts';
import type { Names } from './names.ts';
import { isLasting, othersFail, SITUATION_LABELS, situationOf, type Situation } from './situation.ts';
import type { MailFailure } from './failures.ts';
import type { PhraseId } from '../vocabulary/phrases.ts';
import { candidatesFor, SP_PAIR } from './refusal-order.ts';

/** Phrases that refuse a login without a reason. */
const REFUSALS: readonly PhraseId[] = [
  'authenticate-failed',
  'authentication-failed',
  'not-connected',
  'logon-denied',
  'no-recipient',
  'pop-auth-failure',
  'wrapped-refusal',
  'wrapped-open',
];

/** Phrases that give a reason. Each has a rule of its own, so there are no candidates. */
const REASONS: readonly PhraseId[] = [
  'basic-blocked',
  'mechanism-unsupported',
  'account-blocked',
  'google',
  'other-server',
  'throttled',
  'temporary',
  'smtp-auth-disabled',
  'smtp-basic-disabled',
  'login-failed',
  'password-mechanism',
  'no-rest-mailbox',
];

export interface Refusal {
  readonly situation: Situation;
  /** True if the server accepted the identity of the app, but the mailbox did not open. */
  readonly connected: boolean;
  readonly candidates: readonly Cause[];
  /**
   * The confidence in the first candidate. If the first two candidates are `SP_PAIR`, it also applies to the second
   * one. All other candidates are `possible`.
   */
  readonly confidence: Confidence;
  readonly because: readonly string[];
}

interface Seen {
  readonly evidence: Evidence;
  readonly context: Context;
  readonly names: Names;
  readonly mail: MailFailure | undefined;
  readonly claims: Claims | undefined;
  readonly claimsFault: ClaimsFault | undefined;
  readonly pasted: boolean;
  readonly userFlow: boolean;
  readonly oddUser: boolean;
}

export function refusalOf(seen: Seen): Refusal | undefined {
  const { mail } = seen;
  if (mail === undefined || (mail.stage !== 'auth' && mail.stage !== 'open')) return undefined;
  // If a mailbox does not open after a successful AUTH, the only message of POP3 is that the command is wrong in this
  // state.
  const stateless = mail.stage === 'open' && mail.phrases.has('pop-state');
  const ended = isEndedAfterLogin(mail);
  const refused =
    stateless ||
    ended ||
    REFUSALS.some((phrase) => mail.phrases.has(phrase)) ||
    isSaslChallenge(seen.evidence);
  // The server is not Exchange, so no setting of Exchange explains the refusal.
  if (mail.failure.code === 'other-server') return undefined;
  if (stageOf(seen.evidence, 'claims')?.outcome === 'failed' && !isTokenAccepted(seen.evidence))
    return undefined;
  if (!refused || REASONS.some((phrase) => mail.phrases.has(phrase))) return undefined;
  if (isTheTokens(seen)) return undefined;

  const situation = situationOf(seen);
  const graphScope = asksForGraph(seen, situation);
  const { endpoint } = seen.context;
  const connected =
    stateless || ended || mail.phrases.has('not-connected') || mail.phrases.has('wrapped-open');
  return {
    situation,
    connected,
    candidates: candidatesFor({
      situation,
      connected,
      claimsUnseen: seen.claims === undefined,
      graphScope,
      userFlow: seen.userFlow,
      oddUser: seen.oddUser,
      noRecipient: mail.phrases.has('no-recipient'),
      othersFail: othersFail(seen.context),
      lasting: isLasting(seen.context),
      hostFails: endpoint.failedAlike > 0 && endpoint.succeeded === 0,
    }),
    confidence: graphScope ? 'likely' : confidenceIn(situation),
    because: situation === 'words-only' ? [] : [SITUATION_LABELS[situation]],
  };
}

/**
 * Whether the IMAP server accepted the login (`OK AUTHENTICATE completed.`) and then sent `* BYE` without a known
 * reason. The text `Connection closed. 14` only counts the failed commands, so it is no reason.
 */
function isEndedAfterLogin({ stage, failure, phrases }: MailFailure): boolean {
  return (
    stage === 'open' &&
    failure.kind === 'rejected' &&
    failure.status === 'BYE' &&
    [...phrases].every((phrase) => phrase === 'too-many-failures')
  );
}

/**
 * Whether a fault of the token itself explains the refusal. Two faults do not explain it. A token in a pasted text
 * might have expired after the login. A token that seems not yet valid might only show that the clocks differ.
 */
function isTheTokens({ claimsFault, pasted }: Seen): boolean {
  if (claimsFault === 'token-expired') return !pasted;
  return claimsFault !== undefined && claimsFault !== 'token-not-yet-valid';
}

/**
 * Whether the refusal carries Exchange's SASL challenge. The status in that challenge is an HTTP status. Other servers
 * send other statuses.
 */
function isSaslChallenge(evidence: Evidence): boolean {
  return /^[1-5]\d\d$/.test(stageOf(evidence, 'auth')?.facts.challenge?.status ?? '');
}

/** Whether the pasted text also shows a token request with a scope of Microsoft Graph. */
function asksForGraph({ claims, mail }: Seen, situation: Situation): boolean {
  return situation === 'words-only' && claims === undefined && mail?.phrases.has('graph-scope') === true;
}

function confidenceIn(situation: Situation): Confidence {
  return situation === 'words-only' ||
    situation === 'intermittent' ||
    situation === 'alone-never-worked' ||
    situation === 'alone-lost'
    ? 'possible'
    : 'likely';
}

/**
 * Returns the confidence in a candidate: that of the refusal for the first one, and `possible` for the others. If the
 * first two are `SP_PAIR`, both get that of the refusal. Undefined if the cause is not a candidate.
 */
export function fitOf(cause: Cause, refusal: Refusal | undefined): Confidence | undefined {
  const place = refusal?.candidates.indexOf(cause) ?? -1;
  if (refusal === undefined || place < 0) return undefined;
  const alias =
    place === 1 && SP_PAIR.some((id) => id === cause) && SP_PAIR.some((id) => id === refusal.candidates[0]);
  return place === 0 || alias ? refusal.confidence : 'possible';
}
