/**
 * A notifier over a journal and a store, with channels that record, a clock that is told to go on, and incidents that a
 * test opens, changes and closes by hand. `restart` throws the notifier and the journal away, and keeps the store.
 */
import type { Incident, IncidentChange } from '../../src/model/incident.ts';
import type { ChannelFilter, ChannelSettings, NotifySettings } from '../../src/model/notification.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import { StoreError } from '../../src/model/store-error.ts';
import type { Channel, SendResult } from '../../src/notify/channel.ts';
import type { Message } from '../../src/notify/message.ts';
import { createNotifier, type Notifier, type NotifierEdges } from '../../src/notify/notifier.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { aDiagnosis, NOON } from '../support/builders.ts';
import { aClock, type FakeClock } from './clock.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export interface Received {
  readonly channel: string;
  readonly at: number;
  readonly message: Message;
}

export interface World {
  readonly clock: FakeClock;
  readonly store: Store;
  /** What was accepted, in order. */
  readonly received: readonly Received[];
  readonly headlines: (channel?: string) => readonly string[];
  readonly attempts: () => number;
  readonly outcomes: readonly string[];
  readonly bugs: readonly unknown[];
  readonly change: (kind: IncidentChange['kind'], incident: Incident, before?: Incident) => Promise<void>;
  readonly changeAll: (changes: readonly IncidentChange[]) => Promise<void>;
  /** Time goes by in steps, with a round after each. */
  readonly pass: (ms: number, stepMs?: number) => Promise<void>;
  readonly notifier: () => Notifier;
  readonly restart: () => void;
  readonly update: (settings: Partial<NotifySettings>) => void;
  /** What the channels answer from now on. */
  answer: (channel: string, message: Message) => SendResult | Promise<SendResult>;
  isDown: (mailbox: string) => boolean;
  /** Set by `aWorld`; a test may change it. */
  simulated: boolean;
  mutedUntil: (incident: Incident) => number | undefined;
  /** Acknowledged ones read so. */
  known: (incident: Incident) => Incident;
}

export interface WorldOptions {
  readonly settings?: Partial<NotifySettings>;
  readonly store?: Store;
  readonly simulated?: boolean;
  readonly start?: number;
  readonly mailboxes?: Readonly<
    Record<string, { readonly app: string; readonly labels: Readonly<Record<string, string>> }>
  >;
  /** Others than those that record. */
  readonly makeChannel?: NonNullable<NotifierEdges['makeChannel']>;
  readonly wrapOutbox?: (outbox: NotifierEdges['outbox']) => NotifierEdges['outbox'];
}

export function aChannel(id = 'ops', filter: ChannelFilter = {}): ChannelSettings {
  const url = { from: 'text', url: new URL('https://hooks.example/ops') } as const;
  return { ...filter, id, type: 'webhook', url, secret: { from: 'env', name: 'HOOK' } };
}

export const SETTINGS: NotifySettings = {
  channels: [aChannel()],
  digest: { atMinute: 8 * 60, timezone: 'Europe/Berlin' },
  externalUrl: 'https://mailprobe.example',
};

export function aWorld(options: WorldOptions = {}): World {
  const clock = aClock(options.start);
  const store = options.store ?? createMemoryStore();
  const received: Received[] = [];
  const outcomes: string[] = [];
  const bugs: unknown[] = [];
  const live = new Map<string, Incident>();
  let settings: NotifySettings = { ...SETTINGS, ...options.settings };
  let attempts = 0;

  const makeChannel = ({ id }: ChannelSettings): Channel => ({
    send: async (message) => {
      attempts += 1;
      const result = await world.answer(id, message);
      if (result.outcome === 'accepted') received.push({ channel: id, at: clock.now(), message });
      return result;
    },
  });
  const known = async (id: string): ReturnType<NotifierEdges['knowledge']['incident']> => {
    const incident = live.get(id);
    const stored = await store.incident(id);
    const now = stored ?? incident;
    return now && { ...world.known(incident ?? now), deliveries: stored?.deliveries ?? [] };
  };
  const begin = () => {
    let isOver = false;
    // A process that has ended writes nothing more.
    const own: Pick<Store, 'save' | 'takeDue'> = {
      save: async (changes) => {
        if (isOver) throw new StoreError('failed', 'the process has ended');
        await store.save(changes);
      },
      takeDue: store.takeDue,
    };
    const journal = createJournal({ store: own, clock });
    const end = (): void => {
      isOver = true;
    };
    const notifier = createNotifier(settings, {
      clock,
      outbox: options.wrapOutbox?.(journal) ?? journal,
      makeChannel: options.makeChannel ?? makeChannel,
      knowledge: {
        incident: known,
        openIncidents: async () => [...live.values()].filter(({ closed }) => closed === undefined),
        mailbox: (id) => options.mailboxes?.[id] ?? { app: 'plm', labels: {} },
        isDown: (mailbox) => world.isDown(mailbox),
        mutedUntil: (incident) => world.mutedUntil(incident),
      },
      simulated: () => world.simulated,
      isOnTime: () => true,
      dial: async () => ({ ok: false, reason: 'nothing is dialed here' }),
      secureContext: () => {
        throw new Error('no TLS here');
      },
      readSecret: async () => new Secret('nothing'),
      acquireToken: async () => new Secret('nothing'),
      redactor: createRedactor(),
      onOutcome: (channel, outcome, detail) =>
        void outcomes.push(`${channel} ${outcome}${detail === undefined ? '' : `: ${detail}`}`),
      onHeartbeat: () => undefined,
      onBug: (error) => void bugs.push(error),
    });
    return { journal, notifier, end };
  };
  let running = begin();

  const changeAll = async (changes: readonly IncidentChange[]): Promise<void> => {
    for (const { incident } of changes) live.set(incident.id, incident);
    const outbox = running.notifier.plan(changes, clock.now());
    running.journal.note({ incidents: changes.map(({ incident }) => incident), outbox });
    await running.journal.flush();
  };
  const world: World = {
    clock,
    store,
    received,
    outcomes,
    bugs,
    headlines: (channel) =>
      received
        .filter((one) => channel === undefined || one.channel === channel)
        .map((one) => one.message.headline),
    attempts: () => attempts,
    changeAll,
    change: async (kind, incident, before) =>
      await changeAll([{ kind, at: clock.now(), incident, ...(before === undefined ? {} : { before }) }]),
    pass: async (ms, stepMs = MINUTE) => {
      for (let rest = ms; rest > 0; rest -= stepMs) {
        await clock.advance(Math.min(rest, stepMs));
        await running.notifier.round();
        await running.notifier.round();
      }
    },
    notifier: () => running.notifier,
    restart: () => {
      running.end();
      running = begin();
    },
    update: (next) => {
      settings = { ...settings, ...next };
      running.notifier.update(settings);
    },
    answer: () => ({ outcome: 'accepted', answer: 'HTTP 200' }),
    isDown: () => true,
    simulated: options.simulated ?? false,
    mutedUntil: () => undefined,
    known: (incident) => incident,
  };
  return world;
}

let count = 0;

/** Opened now, with one mailbox that is down. */
export function anIncident(clock: FakeClock, overrides: Partial<Incident> = {}): Incident {
  count += 1;
  const opened = clock.now();
  return {
    id: `019aab00-0000-7000-8000-${String(count).padStart(12, '0')}`,
    problem: 'secret-expired:app:plm',
    cause: 'secret-expired',
    scope: 'app',
    subject: 'plm',
    owner: 'entra-admin',
    severity: 'critical',
    confidence: 'certain',
    title: 'The client secret of app plm has expired',
    opened,
    state: 'open',
    formerCauses: [],
    affectedMailboxes: [{ id: 'qms-inbox', since: opened }],
    peakAffected: 1,
    advisory: false,
    spells: [opened],
    diagnosis: aDiagnosis(),
    ...overrides,
  };
}

export function closedNow(
  incident: Incident,
  clock: FakeClock,
  closeReason: Incident['closeReason'] = 'recovered',
): Incident {
  const closed = clock.now();
  return {
    ...incident,
    state: 'closed',
    closed,
    ...(closeReason === undefined ? {} : { closeReason }),
    affectedMailboxes: incident.affectedMailboxes.map((one) => ({ ...one, until: one.until ?? closed })),
  };
}

export function mailboxes(number: number, since = NOON): Incident['affectedMailboxes'] {
  return Array.from({ length: number }, (_, at) => ({ id: `mailbox-${String(at).padStart(3, '0')}`, since }));
}
