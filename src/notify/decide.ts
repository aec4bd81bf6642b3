/**
 * Is a due row of the outbox sent, skipped or put off? Decides by the present state of the incident and by what the
 * channel already sent about it. So even a late message is up to date. Pure.
 */
import type { Severity } from '../model/diagnosis.ts';
import type { Delivery, Incident } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';
import { GATHER_MS, isUrgent, REMIND_MS, REOPEN_MS } from './policy.ts';
import { isAtLeast } from './routing.ts';

/** `missed` reports an incident that closed before the channel could report its opening. */
export type IncidentMessageKind = 'opened' | 'reopened' | 'changed' | 'closed' | 'missed' | 'reminder';

export type Decision =
  | { readonly do: 'send'; readonly as: IncidentMessageKind }
  | { readonly do: 'skip'; readonly why: string }
  | { readonly do: 'wait'; readonly until: number; readonly why: string };

/** The reason to send nothing about an incident that closed within the gathering time (`GATHER_MS`). */
export const TOO_SHORT = 'over within a minute';

export interface Facts {
  readonly now: number;
  /** The present state of the incident, with its acknowledgement. */
  readonly incident: Incident;
  /**
   * The end of the maintenance that silences the incident. `Infinity` if it has no end. Absent if there is no
   * maintenance.
   */
  readonly mutedUntil?: number;
  /** The last message that the channel sent about the incident. Absent if it sent none. */
  readonly lastSent?: { readonly message: Delivery['message']; readonly at: number };
  /** True if the message about the incident's opening still waits to be sent on this channel. */
  readonly isOpeningPending: boolean;
  /** When the message about the incident's opening was planned. Absent after the first attempt to send it. */
  readonly gathersSince?: number;
  /**
   * True if the message about the incident's opening was skipped, because the incident closed within the gathering
   * time.
   */
  readonly isTooShort?: boolean;
  /** True if the last report of the incident was part of a summary. */
  readonly inSummary?: boolean;
  readonly before?: { readonly cause: string; readonly severity: Severity };
  /** True if the close is reported only if the channel has reported the incident before. */
  readonly ifReported: boolean;
}

/** Maintenance is checked again after this time, because an operator may end it early. */
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
 * Sends `reopened` if the channel last reported a close. Sends `opened` if the channel never reported the incident and
 * no message about its opening is waiting.
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
  // An intermittent incident has a row for each of its closes. A close is reported only when the incident has stayed
  // closed for an hour.
  if (spells.length > 1 && now < closed + REOPEN_MS)
    return { do: 'wait', until: closed + REOPEN_MS, why: 'it comes and goes' };
  // If a summary reported the opening, other incidents of that summary may close at the same time. Wait for their
  // closes, so that they become one summary too.
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
    // The reminders continue if the acknowledgement is withdrawn or expires, so check at least once an hour.
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
