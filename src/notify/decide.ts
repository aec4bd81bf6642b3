/**
 * Decides whether a due row of the outbox is sent, skipped or put off: by the present state of the incident, and by
 * what the channel already sent about it. So a late message is never out of date. Pure.
 */
import type { Severity } from '../model/diagnosis.ts';
import type { Delivery, Incident } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';
import { GATHER_MS, isUrgent, REMIND_MS, REOPEN_MS } from './policy.ts';
import { isAtLeast } from './routing.ts';

/** `missed`: the only message about an incident that closed before any other message about it could be delivered. */
export type IncidentMessageKind = 'opened' | 'reopened' | 'changed' | 'closed' | 'missed' | 'reminder';

export type Decision =
  | { readonly do: 'send'; readonly as: IncidentMessageKind }
  | { readonly do: 'skip'; readonly why: string }
  | { readonly do: 'wait'; readonly until: number; readonly why: string };

/** The reason to send nothing about an incident that closed within the gathering time (`GATHER_MS`). */
export const TOO_SHORT = 'over within a minute';

export interface Facts {
  readonly now: number;
  /** The incident as it is now, with its acknowledgement. */
  readonly incident: Incident;
  /** The end of the maintenance that silences the incident. `Infinity` if it has no end, absent if there is none. */
  readonly mutedUntil?: number;
  /** What the channel last sent about the incident. Absent if it sent nothing. */
  readonly lastSent?: { readonly message: Delivery['message']; readonly at: number };
  /** The message about its opening is still waiting on this channel. */
  readonly isOpeningPending: boolean;
  /** When the message about its opening was planned. Absent once an attempt was made to send it. */
  readonly gathersSince?: number;
  /** The message about its opening was skipped: the incident closed while its first mailboxes were still gathered. */
  readonly isTooShort?: boolean;
  /** The channel last reported the incident in a summary, not in a message of its own. */
  readonly inSummary?: boolean;
  readonly before?: { readonly cause: string; readonly severity: Severity };
  /** Report the close only if the opening was reported. */
  readonly ifReported: boolean;
}

/** Maintenance may be ended by hand, so check again after this time. */
const ASK_AGAIN_MS = 60_000;
const HOUR_MS = 3_600_000;

export function decide({ message, createdAt }: OutboxMessage, facts: Facts): Decision {
  const { now, mutedUntil } = facts;
  const decision = unmuted(message, createdAt, facts);
  if (decision.do !== 'send' || mutedUntil === undefined) return decision;
  return { do: 'wait', until: Math.min(mutedUntil, now + ASK_AGAIN_MS), why: 'maintenance' };
}

function unmuted(message: OutboxMessage['message'], createdAt: number, facts: Facts): Decision {
  switch (message) {
    case 'opened':
    case 'grew':
      return opened(createdAt, facts);
    case 'reopened':
      return reopened(facts);
    case 'changed':
      return changed(createdAt, facts);
    case 'closed':
      return closed(facts);
    case 'reminder':
      return reminder(facts);
    case 'digest':
    case 'summary':
    case 'test':
      return skip('not about one incident');
  }
}

function opened(createdAt: number, { now, incident, lastSent }: Facts): Decision {
  const { closed } = incident;
  if (closed !== undefined) return skip(closed < createdAt + GATHER_MS ? TOO_SHORT : overWhy(incident));
  if (lastSent !== undefined) return skip('reported already');
  if (isAcknowledged(incident, now)) return skip('acknowledged');
  return send('opened');
}

/**
 * Sends `reopened` if the channel last reported that the incident is over, and `opened` if it never reported it and no
 * such message is waiting. If it last reported the incident as open, nothing is sent.
 */
function reopened({ now, incident, lastSent, isOpeningPending }: Facts): Decision {
  if (incident.closed !== undefined) return skip(overWhy(incident));
  if (isAcknowledged(incident, now)) return skip('acknowledged');
  if (lastSent === undefined)
    return isOpeningPending ? skip('the message about its opening is not sent yet') : send('opened');
  return lastSent.message === 'closed' ? send('reopened') : skip('never reported as over');
}

function changed(createdAt: number, { now, incident, lastSent, isOpeningPending, before }: Facts): Decision {
  if (incident.closed !== undefined) return skip(overWhy(incident));
  if (!isUrgent(incident)) return skip('in the digest');
  if (isOpeningPending) return skip('the message about its opening is not sent yet');
  if (lastSent === undefined) return isAcknowledged(incident, now) ? skip('acknowledged') : send('opened');
  if (lastSent.at > createdAt) return skip('a later message reported this');
  if (before?.cause === incident.cause && before.severity === incident.severity)
    return skip('nothing has changed');
  const isWorse =
    before !== undefined &&
    before.severity !== incident.severity &&
    isAtLeast(incident.severity, before.severity);
  if (isAcknowledged(incident, now) && !isWorse) return skip('acknowledged');
  return send('changed');
}

function closed(facts: Facts): Decision {
  const { now, incident, lastSent, inSummary, ifReported } = facts;
  if (incident.closed === undefined) return skip('it is back');
  if (lastSent?.message === 'closed') return skip('reported already');
  if (lastSent === undefined) return ifReported ? skip('never reported here') : missed(facts);
  const { spells, closed } = incident;
  // An intermittent incident has a row for each close. It counts as over an hour after the last close.
  if (spells.length > 1 && now < closed + REOPEN_MS)
    return { do: 'wait', until: closed + REOPEN_MS, why: 'it comes and goes' };
  // If one summary reported the openings of several incidents, their closes are gathered into one summary, too.
  const gathered = closed + GATHER_MS;
  return inSummary === true && now < gathered
    ? { do: 'wait', until: gathered, why: 'waiting for others that may close with it' }
    : send('closed');
}

function missed({ now, incident, gathersSince, isTooShort }: Facts): Decision {
  const { closed = now } = incident;
  if (isTooShort === true || (gathersSince !== undefined && closed < gathersSince + GATHER_MS))
    return skip(TOO_SHORT);
  if (incident.advisory) return skip('over before it was reported');
  if (incident.maintenance !== undefined) return skip('maintenance');
  if (isAcknowledged(incident, now)) return skip('acknowledged');
  return send('missed');
}

function reminder({ now, incident, lastSent }: Facts): Decision {
  if (incident.closed !== undefined) return skip(overWhy(incident));
  if (!isUrgent(incident)) return skip('in the digest');
  if (isAcknowledged(incident, now)) {
    // If the acknowledgement is withdrawn or expires, the reminders continue.
    const { until = now + HOUR_MS } = incident.acknowledgement ?? {};
    return { do: 'wait', until: Math.min(until, now + HOUR_MS), why: 'acknowledged' };
  }
  if (lastSent !== undefined && now - lastSent.at < REMIND_MS)
    return { do: 'wait', until: lastSent.at + REMIND_MS, why: 'a later message reported this' };
  return send('reminder');
}

function isAcknowledged({ acknowledgement }: Incident, now: number): boolean {
  return (
    acknowledgement !== undefined && (acknowledgement.until === undefined || acknowledgement.until > now)
  );
}

function overWhy({ closeReason }: Incident): string {
  return closeReason === 'superseded' ? 'another incident continues it' : 'over before it was due';
}

const skip = (why: string): Decision => ({ do: 'skip', why });
const send = (as: IncidentMessageKind): Decision => ({ do: 'send', as });
