/**
 * Which changes of incidents create rows of the outbox, and when are these rows due? Called with each batch of changes.
 * When a row is due, `decide.ts` decides what to send. Pure.
 */
import { DAY_MS } from '../model/duration.ts';
import type { Incident, IncidentChange } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';
import type {
  ChannelFilter,
  ChannelSettings,
  DigestSettings,
  NotifySettings,
} from '../model/notification.ts';
import { localDate, toInstant } from '../model/time-zone.ts';
import { messageId } from './message-id.ts';
import { encodeBody, excerptOf } from './outbox-body.ts';
import { isAtLeast, isFor, type MailboxLookup } from './routing.ts';

/**
 * The gathering time: a message waits this long for more affected mailboxes. An incident that closes within this time
 * is not reported.
 */
export const GATHER_MS = 60_000;
/**
 * A closed incident may reopen within this time. So the close of an intermittent incident is reported only after this
 * time.
 */
export const REOPEN_MS = 3_600_000;
export const REMIND_MS = DAY_MS;

const MINUTE_MS = 60_000;

/**
 * Returns the rows to write in the same transaction as the changes. The same changes always give rows with the same
 * ids.
 */
export function rowsFor(
  changes: readonly IncidentChange[],
  settings: NotifySettings,
  mailboxOf: MailboxLookup,
): readonly OutboxMessage[] {
  const rows = new Map<string, OutboxMessage>();
  for (const change of changes) {
    for (const channel of settings.channels) {
      const row = rowFor(change, channel, settings.digest, mailboxOf);
      if (row !== undefined) rows.set(row.id, row);
    }
  }
  return [...rows.values()];
}

function rowFor(
  change: IncidentChange,
  channel: ChannelSettings,
  digest: DigestSettings,
  mailboxOf: MailboxLookup,
): OutboxMessage | undefined {
  const { incident, before } = change;
  const matches = isFor(channel, incident, mailboxOf);
  const matched = before !== undefined && isFor(channel, before, mailboxOf);
  // An alert of Alertmanager has one row from opening to close. Each time that the row is due, the present state is
  // sent.
  if (channel.type === 'alertmanager') return alertRow(change, channel, matches && !matched);
  switch (change.kind) {
    case 'opened':
      return matches ? opening(change, channel, digest) : undefined;
    case 'reopened':
      return matches && isUrgent(incident) ? row(change, channel, change.at + GATHER_MS) : undefined;
    case 'grew':
      return matches && !matched ? opening({ ...change, kind: 'opened' }, channel, digest) : undefined;
    case 'changed':
      if (matches && !matched) return opening({ ...change, kind: 'opened' }, channel, digest);
      return matches || matched ? changed(change, channel, digest) : undefined;
    case 'closed':
      if ((matches || matched) && isUrgent(incident)) return closing(change, channel);
      // The channel may have reported the incident before its severity fell below the channel's filter.
      return isFor(atAnySeverity(channel), incident, mailboxOf) ? closing(change, channel, true) : undefined;
  }
}

/** True if a mailbox fails, or if an advisory is critical. Other advisories wait for the digest. */
export function isUrgent({ advisory, severity }: Incident): boolean {
  return !advisory || isAtLeast(severity, 'critical');
}

function opening(change: IncidentChange, channel: ChannelSettings, digest: DigestSettings): OutboxMessage {
  if (!isUrgent(change.incident)) return digestRow(change, channel, digest);
  return row(change, channel, change.at + GATHER_MS);
}

function changed(
  change: IncidentChange,
  channel: ChannelSettings,
  digest: DigestSettings,
): OutboxMessage | undefined {
  const { incident, before } = change;
  if (before !== undefined && before.cause === incident.cause && before.severity === incident.severity)
    return undefined;
  if (!isUrgent(incident)) return digestRow(change, channel, digest);
  return row(change, channel, change.at + GATHER_MS);
}

function atAnySeverity({ severity: _severity, ...rest }: ChannelSettings): ChannelFilter {
  return rest;
}

/** Undefined for a superseded incident. Another incident continues it, and is reported in its place. */
function closing(
  change: IncidentChange,
  channel: ChannelSettings,
  ifReported = false,
): OutboxMessage | undefined {
  const { incident, at } = change;
  if (incident.closeReason === 'superseded') return undefined;
  const comesAndGoes = incident.spells.length > 1;
  return row(change, channel, comesAndGoes ? at + REOPEN_MS : at, ifReported);
}

function alertRow(
  change: IncidentChange,
  channel: ChannelSettings,
  isNew: boolean,
): OutboxMessage | undefined {
  const { kind } = change;
  const begins = (kind === 'opened' && isNew) || kind === 'reopened' || (kind !== 'closed' && isNew);
  return begins
    ? row({ ...change, kind: kind === 'reopened' ? kind : 'opened' }, channel, change.at + GATHER_MS)
    : undefined;
}

function row(
  { kind, at, incident, before }: IncidentChange,
  { id: channel }: ChannelSettings,
  due: number,
  ifReported = false,
): OutboxMessage {
  return {
    id: messageId(at, [channel, incident.id, kind]),
    channel,
    message: kind === 'grew' ? 'opened' : kind,
    incident: incident.id,
    body: encodeBody({
      about: 'incident',
      firstDue: due,
      incident: excerptOf(incident),
      ...(before === undefined ? {} : { before: { cause: before.cause, severity: before.severity } }),
      ...(ifReported ? { ifReported: true } : {}),
    }),
    due,
    attempts: 0,
    createdAt: at,
  };
}

/**
 * Returns the row of the next digest. Advisories of the same owner and channel share one row, because they lead to the
 * same row id.
 */
function digestRow({ at, incident }: IncidentChange, channel: ChannelSettings, digest: DigestSettings) {
  return digestAt(nextDigest(at, digest), { channel: channel.id, owner: incident.owner, createdAt: at });
}

export function digestAt(
  due: number,
  { channel, owner, createdAt }: Pick<OutboxMessage, 'channel' | 'createdAt'> & Pick<Incident, 'owner'>,
): OutboxMessage {
  const body = encodeBody({ about: 'digest', owner, firstDue: due });
  const id = messageId(due, [channel, 'digest', owner]);
  return { id, channel, message: 'digest', body, due, attempts: 0, createdAt };
}

export function reminderAfter(message: OutboxMessage, incident: Incident, now: number): OutboxMessage {
  const due = now + REMIND_MS;
  return {
    ...message,
    id: messageId(message.createdAt, [message.id, 'reminder']),
    message: 'reminder',
    incident: incident.id,
    body: encodeBody({ about: 'incident', firstDue: due, incident: excerptOf(incident) }),
    due,
    attempts: 0,
    createdAt: now,
  };
}

export function nextDigest(now: number, { atMinute, timezone }: DigestSettings): number {
  const today = localDate(timezone, now);
  const due = toInstant(timezone, today + atMinute * MINUTE_MS);
  return due > now ? due : toInstant(timezone, today + DAY_MS + atMinute * MINUTE_MS);
}

/**
 * Returns the time of the next weekly digest, on a Monday. The weekly digest is sent while advisories are open, even if
 * none is new.
 */
export function nextMonday(now: number, digest: DigestSettings): number {
  let due = nextDigest(now, digest);
  while (new Date(localDate(digest.timezone, due)).getUTCDay() !== 1) due = nextDigest(due, digest);
  return due;
}
