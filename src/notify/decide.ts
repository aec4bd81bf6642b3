/**
 * A row of the outbox is due: send, skip, or wait? The present state of the incident decides, and what the channel
 * already sent about it. So a late message is never wrong. Pure.
 */
import type { Severity } from '../model/diagnosis.ts';
import type { Delivery, Incident } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';
import { GATHER_MS, isUrgent, REMIND_MS, REOPEN_MS } from './policy.ts';
import { isAtLeast } from './routing.ts';

/** `missed`: the only message about an incident that closed before any could be delivered. */
export type IncidentMessageKind = 'opened' | 'reopened' | 'changed' | 'closed' | 'missed' | 'reminder';

export type Decision =
  | { readonly do: 'send'; readonly as: IncidentMessageKind }
  | { readonly do: 'skip'; readonly why: string }
  | { readonly do: 'wait'; readonly until: number; readonly why: string };

/** Why no message was sent about an incident that closed within the gathering time. */
export const TOO_SHORT = 'over within a minute';

export interface Facts {
  readonly now: number;
  /** The incident as it is now, with its acknowledgement. */
  readonly incident: Incident;
  /** The channel sends nothing about it until then: the end of the maintenance, or `Infinity` without an end. */
  readonly mutedUntil?: number;
  /** What the channel last sent about it. */
  readonly lastSent?: { readonly message: Delivery['message']; readonly at: number };
  /** The message about its opening is still waiting on this channel. */
  readonly isOpeningPending: boolean;
  /** When the message about its opening was planned, if its gathering time is not over. */
  readonly gathersSince?: number;
  /** The message about its opening was skipped, because it closed within the gathering time. */
  readonly isTooShort?: boolean;
  /** It was last reported in a summary, not in its own message. */
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

/** The channel last reported that the incident is over, and it is open again. Further spells are not reported. */
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
  // An incident that closes again and again has a row for each close. It is over an hour after the last one.
  if (spells.length > 1 && now < closed + REOPEN_MS)
    return { do: 'wait', until: closed + REOPEN_MS, why: 'it comes and goes' };
  // Incidents that opened together, in one summary, also close in one.
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
    // The acknowledgement may be withdrawn or expire: then reminders continue.
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
