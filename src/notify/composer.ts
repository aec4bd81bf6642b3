/**
 * Turns a due row of the outbox into a message. Looks up the present state of the row's incident, asks `decide` whether
 * to send a message, and renders it. Used by `lane.ts`.
 */
import { DAY_MS } from '../model/duration.ts';
import type { Owner } from '../model/diagnosis.ts';
import type { Delivery, Incident } from '../model/incident.ts';
import type { OutboxMessage } from '../model/memory.ts';
import type { NotifySettings } from '../model/notification.ts';
import { RESEND_MS, RESOLVED_FOR_MS } from './alertmanager.ts';
import { decide, type IncidentMessageKind, TOO_SHORT } from './decide.ts';
import { incidentMessage } from './incident-message.ts';
import { digestMessage, summaryMessage, testMessage } from './list-message.ts';
import type { Message, Surroundings } from './message.ts';
import { type Crowd, decodeBody, type OutboxBody, type SummaryLine } from './outbox-body.ts';
import { digestAt, GATHER_MS, isUrgent, nextMonday, reminderAfter } from './policy.ts';
import { isFor, type MailboxLookup } from './routing.ts';
import type { SentMessages } from './sent-messages.ts';

/** An incident with its acknowledgement and with the messages sent about it, as far as the store has them. */
export type KnownIncident = Incident & { readonly deliveries?: readonly Delivery[] };

/** What a message needs to know about the present state. Called just before the message is sent. */
export interface Knowledge {
  /** If it resolves to undefined or rejects, the copy of the incident in the row is used. */
  readonly incident: (id: string) => Promise<KnownIncident | undefined>;
  readonly openIncidents: () => Promise<readonly Incident[]>;
  readonly mailbox: MailboxLookup;
  /** True if the mailbox is down, or if its state is unknown. */
  readonly isDown: (mailbox: string) => boolean;
  /**
   * Returns the end of the maintenance that covers all affected mailboxes. `Infinity` if the maintenance has no end,
   * undefined if there is none.
   */
  readonly mutedUntil: (incident: Incident, now: number) => number | undefined;
}

export interface ComposerEdges {
  readonly now: () => number;
  readonly settings: () => NotifySettings;
  readonly simulated: () => boolean;
  readonly knowledge: Knowledge;
  readonly sent: SentMessages;
  /** Rows of the channel that were planned recently and are not due yet. */
  readonly gathering: (channel: string, now: number) => readonly OutboxMessage[];
}

export interface Sendable {
  readonly do: 'send';
  readonly row: OutboxMessage;
  readonly message: Message;
  /** Rows to write when the message is accepted. */
  readonly next: readonly OutboxMessage[];
  /** The time to send an alert of Alertmanager again. Absent for the last repetition and for other channels. */
  readonly repeatAt?: number;
  readonly giveUpAt: number;
  readonly crowd?: Crowd;
  /** The line about this incident in a summary. Used if the message becomes part of one. */
  readonly line?: SummaryLine;
}

export type Prepared =
  | Sendable
  | { readonly do: 'skip'; readonly why: string }
  | { readonly do: 'wait'; readonly until: number; readonly why: string };

export interface Composer {
  readonly prepare: (row: OutboxMessage) => Promise<Prepared>;
  readonly gathering: ComposerEdges['gathering'];
}

const CROWD_OF: Partial<Record<IncidentMessageKind, Crowd>> = {
  opened: 'opened',
  closed: 'closed',
  missed: 'closed',
  reminder: 'reminder',
};

export function createComposer(edges: ComposerEdges): Composer {
  const { now, settings, simulated, gathering } = edges;

  const around = (): Surroundings => {
    const { digest, externalUrl } = settings();
    return {
      timezone: digest.timezone,
      simulated: simulated(),
      ...(externalUrl === undefined ? {} : { externalUrl }),
    };
  };
  const prepare = async (row: OutboxMessage): Promise<Prepared> => {
    const body = decodeBody(row.body);
    if (body === undefined) return { do: 'skip', why: 'written by another version of mailprobe' };
    const giveUpAt = body.firstDue + DAY_MS;
    const envelope = { id: row.id, at: now() };
    switch (body.about) {
      case 'incident':
        return await ofIncident(row, body, edges, around());
      case 'digest':
        return await ofDigest(row, body.owner, giveUpAt, edges, around());
      case 'summary':
        return {
          do: 'send',
          row,
          message: summaryMessage({ ...envelope, ...body }, around()),
          next: [],
          giveUpAt,
        };
      case 'test':
        return { do: 'send', row, message: testMessage(envelope, row.channel, around()), next: [], giveUpAt };
    }
  };
  return { prepare, gathering };
}

async function ofIncident(
  row: OutboxMessage,
  body: Extract<OutboxBody, { readonly about: 'incident' }>,
  { now: clock, settings, knowledge, sent }: ComposerEdges,
  around: Surroundings,
): Promise<Prepared> {
  const now = clock();
  const known = await knowledge.incident(body.incident.id).catch(() => undefined);
  const incident: KnownIncident = known ?? body.incident;
  const affected = incident.affectedMailboxes.filter(({ until }) => until === undefined);
  const affectedNow = known === undefined ? body.incident.affectedNow : affected.length;
  const isUp = affected.filter(({ id }) => !knowledge.isDown(id)).length;
  const report = { id: row.id, at: now, incident, affectedNow, downNow: affectedNow - isUp };
  const mutedUntil = knowledge.mutedUntil(incident, now);
  const channel = settings().channels.find(({ id }) => id === row.channel);
  if (channel?.type === 'alertmanager') return ofAlert(row, report, now, mutedUntil, around);

  const decision = decide(row, {
    now,
    incident,
    ...(mutedUntil === undefined ? {} : { mutedUntil }),
    ...sent.about(row, incident.deliveries ?? []),
    ...(body.before === undefined ? {} : { before: body.before }),
    ifReported: body.ifReported === true,
  });
  if (decision.do !== 'send') return decision;
  const { as } = decision;
  const before = as === 'changed' && body.before !== undefined ? { before: body.before } : {};
  const message = incidentMessage({ ...report, kind: as, ...before }, around);
  const crowd = CROWD_OF[as];
  return {
    do: 'send',
    row,
    message,
    next: incident.closed === undefined && as !== 'changed' ? [reminderAfter(row, incident, now)] : [],
    giveUpAt: body.firstDue + DAY_MS,
    ...(crowd === undefined ? {} : { crowd }),
    line: { incident: incident.id, headline: message.headline, cause: incident.cause },
  };
}

/**
 * Prepares an alert. The alert is repeated until five minutes after its incident has closed. It is given up if it
 * cannot be delivered within a day after the close.
 */
function ofAlert(
  row: OutboxMessage,
  report: Omit<Parameters<typeof incidentMessage>[0], 'kind'>,
  now: number,
  mutedUntil: number | undefined,
  around: Surroundings,
): Prepared {
  const { incident } = report;
  const { closed } = incident;
  if (closed !== undefined && closed < row.createdAt + GATHER_MS) return { do: 'skip', why: TOO_SHORT };
  if (mutedUntil !== undefined && closed === undefined)
    return { do: 'wait', until: Math.min(mutedUntil, now + RESEND_MS), why: 'maintenance' };
  const message = incidentMessage({ ...report, kind: closed === undefined ? 'opened' : 'closed' }, around);
  const isLast = closed !== undefined && now - closed >= RESOLVED_FOR_MS;
  return {
    do: 'send',
    row,
    message,
    next: [],
    ...(isLast ? {} : { repeatAt: now + RESEND_MS }),
    giveUpAt: closed === undefined ? Number.POSITIVE_INFINITY : closed + DAY_MS,
  };
}

/**
 * Prepares the digest: the open advisories that `owner` can fix and that match the channel's filter. Leaves out
 * advisories that are acknowledged or in maintenance.
 */
async function ofDigest(
  row: OutboxMessage,
  owner: Owner,
  giveUpAt: number,
  { now: clock, settings, knowledge }: ComposerEdges,
  around: Surroundings,
): Promise<Prepared> {
  const { channels, digest } = settings();
  const now = clock();
  const channel = channels.find(({ id }) => id === row.channel);
  if (channel === undefined) return { do: 'skip', why: 'the channel is no longer configured' };
  const open = await knowledge.openIncidents();
  const advisories = open
    .filter((one) => one.owner === owner && !isUrgent(one) && isFor(channel, one, knowledge.mailbox))
    .filter((one) => knowledge.mutedUntil(one, now) === undefined)
    .filter(({ acknowledgement }) => acknowledgement === undefined);
  if (advisories.length === 0) return { do: 'skip', why: 'nothing is open any more' };
  const next = digestAt(nextMonday(now, digest), { channel: row.channel, owner, createdAt: now });
  const message = digestMessage({ id: row.id, at: now, owner, advisories }, around);
  return { do: 'send', row, message, next: [next], giveUpAt };
}
