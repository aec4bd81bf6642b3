/**
 * `NO AUTHENTICATE failed.` says nothing of its reason, nor do `-ERR Authentication failure` and `OK` followed by
 * `BAD User is authenticated but not connected.`. The neighbors and the past do: this names the situation that a
 * refused login is in, and the causes that fit it, best first. Each rule finds its place here.
 */
import type { Cause } from '../model/cause.ts';
import type { Context } from '../model/context.ts';
import type { Confidence } from '../model/diagnosis.ts';
import { stageOf, type Claims, type Evidence } from '../model/evidence.ts';
import type { ClaimsFault } from '../model/token-claims.ts';
import type { Names } from './names.ts';
import {
  isLasting,
  OF_THE_APP,
  othersFail,
  SITUATION_LABELS,
  situationOf,
  type Situation,
} from './situation.ts';
import type { MailFailure } from './failures.ts';
import type { PhraseId } from '../vocabulary/phrases.ts';
import {
  BEHIND_FOREIGN_CLIENT,
  BEHIND_UNSEEN_CLAIMS,
  CANDIDATES,
  CONNECTED_WORDS_ONLY,
  MAILBOX_FIRST,
  OPENS_ELSEWHERE,
  REASONS,
  REFUSALS,
  SP_PAIR,
  UNSEEN_CLAIMS_AT,
} from './refusal-candidates.ts';

export interface Refusal {
  readonly situation: Situation;
  /** The front end took the identity, the mailbox did not open. */
  readonly connected: boolean;
  readonly candidates: readonly Cause[];
  /** How sure the first candidate is; the others are `possible`, but for a pair that only Exchange can tell apart. */
  readonly lead: Confidence;
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
  readonly oddUser: boolean;
}

export function refusalOf(seen: Seen): Refusal | undefined {
  const { mail } = seen;
  if (mail === undefined || (mail.stage !== 'auth' && mail.stage !== 'open')) return undefined;
  // After a positive AUTH, POP3 knows no words for a mailbox that did not open.
  const stateless = mail.stage === 'open' && mail.phrases.has('pop-state');
  const ended = isEndedAfterLogin(mail);
  const refused =
    stateless ||
    ended ||
    REFUSALS.some((phrase) => mail.phrases.has(phrase)) ||
    isSaslChallenge(seen.evidence);
  // Another server than Exchange: what Exchange lacks does not concern it.
  if (mail.failure.code === 'other-server') return undefined;
  if (stageOf(seen.evidence, 'claims')?.outcome === 'failed') return undefined;
  if (!refused || REASONS.some((phrase) => mail.phrases.has(phrase))) return undefined;
  if (isTheTokens(seen)) return undefined;

  const situation = situationOf(seen);
  const connected =
    stateless || ended || mail.phrases.has('not-connected') || mail.phrases.has('wrapped-open');
  return {
    situation,
    connected,
    candidates: candidatesFor(situation, connected, seen),
    lead: asksForGraph(seen, situation) ? 'likely' : leadOf(situation),
    because: situation === 'words-only' ? [] : [SITUATION_LABELS[situation]],
  };
}

/**
 * IMAP: `OK AUTHENTICATE completed.`, then `* BYE` for the mailbox, without a known reason. `Connection closed. 14` only
 * counts the commands that failed.
 */
function isEndedAfterLogin({ stage, failure, phrases }: MailFailure): boolean {
  return (
    stage === 'open' &&
    failure.kind === 'rejected' &&
    failure.status === 'BYE' &&
    [...phrases].every((phrase) => phrase === 'too-many-failures')
  );
}

/** The token itself explains the refusal. Not by time alone: a pasted token has ended since, and clocks differ. */
function isTheTokens({ claimsFault, pasted }: Seen): boolean {
  if (claimsFault === 'token-expired') return !pasted;
  return claimsFault !== undefined && claimsFault !== 'token-not-yet-valid';
}

function isSaslChallenge(evidence: Evidence): boolean {
  return stageOf(evidence, 'auth')?.facts.challenge?.status !== undefined;
}

function candidatesFor(situation: Situation, connected: boolean, seen: Seen): readonly Cause[] {
  if (connected && situation === 'words-only') return CONNECTED_WORDS_ONLY;
  const phrases = seen.mail?.phrases ?? new Set<PhraseId>();
  const listed = withNeighbors(CANDIDATES[situation], seen);
  const withUnseen = seen.claims === undefined ? withUnseenClaims(listed, situation) : listed;
  const all = situation === 'words-only' ? [...withUnseen, ...BEHIND_FOREIGN_CLIENT] : withUnseen;
  if (asksForGraph(seen, situation)) return toFront(all, ['wrong-audience']);
  if (seen.oddUser) return toFront(all, ['username-mailbox-mismatch']);
  if (phrases.has('no-recipient')) {
    return toFront(all, [
      'mailbox-not-found-or-unlicensed',
      'username-mailbox-mismatch',
      'token-user-mailbox-mismatch',
    ]);
  }
  // The identity was taken, so Exchange knows the app: the mailbox comes before the registration.
  if (connected && !OPENS_ELSEWHERE.has(situation)) {
    const both = othersFail(seen.context);
    if (situation === 'app-lost' && !isLasting(seen.context)) {
      // All at once, and all of them worked: nobody takes so many permissions away in one moment.
      return toFront(all, ['exchange-transient', 'mailbox-permission-missing']);
    }
    return toFront(all, MAILBOX_FIRST, both || OF_THE_APP.has(situation) ? 1 : 2);
  }
  return all;
}

/** All protocols may be switched off, but not first; and where nobody else gets in, it may be the service. */
function withNeighbors(listed: readonly Cause[], { context }: Seen): readonly Cause[] {
  const switchedOff: Cause = 'protocol-disabled-on-mailbox';
  const last: readonly Cause[] = othersFail(context) && listed.includes(switchedOff) ? [switchedOff] : [];
  const { endpoint } = context;
  const isAlone = endpoint.failedAlike === 0 || endpoint.succeeded > 0;
  const incident: readonly Cause[] =
    isAlone || listed.includes('service-incident') ? [] : ['service-incident'];
  return [...listed.filter((cause) => !last.includes(cause)), ...incident, ...last];
}

/** A pasted text that shows the request for the token, too: with the scope of another service. */
function asksForGraph({ claims, mail }: Seen, situation: Situation): boolean {
  return situation === 'words-only' && claims === undefined && mail?.phrases.has('graph-scope') === true;
}

/** A permission that is missing shows for a whole app or protocol, never for one mailbox among working ones. */
function withUnseenClaims(listed: readonly Cause[], situation: Situation): readonly Cause[] {
  const place = UNSEEN_CLAIMS_AT[situation];
  if (place === undefined) return listed;
  // The other protocol works with this token, so it is for Exchange.
  const unseen = BEHIND_UNSEEN_CLAIMS.filter((cause) => place !== 1 || cause !== 'wrong-audience');
  return [...listed.slice(0, place), ...unseen, ...listed.slice(place)];
}

function toFront(all: readonly Cause[], front: readonly Cause[], most = front.length): readonly Cause[] {
  const moved = front.slice(0, most).filter((cause) => all.includes(cause));
  return [...moved, ...all.filter((cause) => !moved.includes(cause))];
}

function leadOf(situation: Situation): Confidence {
  return situation === 'words-only' ||
    situation === 'intermittent' ||
    situation === 'alone-never-worked' ||
    situation === 'alone-lost'
    ? 'possible'
    : 'likely';
}

/** How well one cause fits: the first as the situation says, its twin too, the others `possible`. */
export function fitOf(cause: Cause, refusal: Refusal | undefined): Confidence | undefined {
  const place = refusal?.candidates.indexOf(cause) ?? -1;
  if (refusal === undefined || place < 0) return undefined;
  const alias =
    place === 1 && SP_PAIR.some((id) => id === cause) && SP_PAIR.some((id) => id === refusal.candidates[0]);
  return place === 0 || alias ? refusal.lead : 'possible';
}
