/**
 * What `remember.ts` composes, on a clock of its own: status, incidents, maintenance and notifications over a journal and
 * a store in memory. `restart` throws all away but the store.
 */
import { diagnoseCutOff } from '../../src/diagnosis/diagnose-cut-off.ts';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { createIncidentFeed } from '../../src/incident-feed.ts';
import { createMaintenanceWindows, type MaintenanceWindows } from '../../src/maintenance-windows.ts';
import type { MaintenanceSettings } from '../../src/config/memory-settings.ts';
import type { Incident, IncidentChange } from '../../src/model/incident.ts';
import type { Memories } from '../../src/model/memory.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import { runAll } from '../../src/model/steps.ts';
import { targetKey, type Target } from '../../src/model/target.ts';
import { mutedUntil } from '../../src/notifications.ts';
import { createNotifier } from '../../src/notify/notifier.ts';
import { createStatusStore } from '../../src/status/status-store.ts';
import { createJournal } from '../../src/store/journal.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import { aClock } from '../notify/clock.ts';
import { SETTINGS } from '../notify/world.ts';
import { PROBES, type ProbeName } from '../status/story.ts';
import { anEvidence } from '../support/builders.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

export interface Planned extends Pick<IncidentChange, 'kind' | 'at'> {
  readonly incident: Incident;
}

export interface Remembered {
  readonly now: () => number;
  readonly probe: (target: Target, outcome: ProbeName) => void;
  /** In steps; after each, what depends on time is reviewed and what is due is sent. */
  readonly pass: (ms: number, stepMs?: number) => Promise<void>;
  /** Every change that messages were planned for, in order. */
  readonly planned: readonly Planned[];
  /** Minutes since the beginning and headline of each message that was sent. */
  readonly sent: readonly string[];
  readonly incidents: () => readonly Incident[];
  readonly stored: () => Promise<readonly Incident[]>;
  readonly book: () => MaintenanceWindows;
  readonly restart: () => Promise<void>;
}

const NOTHING_CONFIGURED: MaintenanceSettings = { plans: [], windows: [] };

export function remember(
  targets: readonly Target[],
  settings: MaintenanceSettings = NOTHING_CONFIGURED,
): Remembered {
  const clock = aClock();
  const began = clock.now();
  const store = createMemoryStore();
  const planned: Planned[] = [];
  const sent: string[] = [];

  const begin = (memories?: Memories) => {
    const journal = createJournal({ store, clock });
    const status = createStatusStore({ diagnoseCutOff, onStateChange: (change) => noteState(change) });
    const noteTarget = (key: string): void => {
      const memory = status.memoryOf(key);
      if (memory !== undefined) journal.note({ targets: [memory] });
    };
    const noteState: NonNullable<Parameters<typeof createStatusStore>[0]['onStateChange']> = (change) => {
      journal.note({ stateChanges: [change] });
      noteTarget(change.key);
    };
    const book = createMaintenanceWindows(store);
    const notifier = createNotifier(SETTINGS, {
      clock,
      outbox: journal,
      makeChannel: () => ({
        send: async ({ headline }) => {
          sent.push(`${(clock.now() - began) / MINUTE} ${headline}`);
          return { outcome: 'accepted', answer: 'HTTP 200' };
        },
      }),
      knowledge: {
        incident: async (id) => {
          const known = await store.incident(id);
          const live = feed.all().find((incident) => incident.id === id);
          return live === undefined ? known : { ...live, deliveries: known?.deliveries ?? [] };
        },
        openIncidents: async () => feed.all().filter(({ closed }) => closed === undefined),
        mailbox: (id) => targets.find(({ mailbox }) => mailbox.id === id)?.mailbox,
        isDown: (mailbox) => status.incidentSources.targetsOf(mailbox).some(({ isUp }) => !isUp),
        mutedUntil: (incident, now) => mutedUntil(incident, now, { maintenance: book }),
      },
      simulated: () => false,
      isOnTime: () => true,
      dial: async () => ({ ok: false, reason: 'nothing is dialed here' }),
      secureContext: () => {
        throw new Error('no TLS here');
      },
      readSecret: async () => new Secret('nothing'),
      acquireToken: async () => new Secret('nothing'),
      redactor: createRedactor(),
      onOutcome: () => undefined,
      onHeartbeat: () => undefined,
      onBug: (error) => {
        throw error;
      },
    });
    const feed = createIncidentFeed({
      sources: status.incidentSources,
      journal,
      maintenance: book,
      plan: (changes, now) => {
        planned.push(...changes);
        return notifier.plan(changes, now);
      },
    });
    const take = (): void => void feed.take(status.takeNews(clock.now()), clock.now());
    if (memories !== undefined) {
      status.restore(memories.targets);
      book.restore(memories.maintenance);
    }
    status.update(targets, clock.now());
    book.update(
      settings,
      targets.map(({ mailbox }) => mailbox),
    );
    if (memories !== undefined) feed.restore(memories.incidents, clock.now());
    take();
    const beat = (): void => {
      journal.note({ maintenance: book.takeBegun(clock.now()) });
      runAll(status.sweep(clock.now(), () => undefined));
      take();
    };
    return { journal, status, book, notifier, feed, noteTarget, take, beat };
  };
  let running = begin();

  return {
    now: clock.now,
    probe: (target, outcome) => {
      const { status, noteTarget, take } = running;
      const now = clock.now();
      const evidence = anEvidence({ target, startedAt: now, ...PROBES[outcome] });
      status.record(target, evidence, diagnose(evidence, status.contextFor(target, evidence, now, {})), now);
      noteTarget(targetKey(target));
      take();
    },
    pass: async (ms, stepMs = MINUTE) => {
      for (let rest = ms; rest > 0; rest -= stepMs) {
        await clock.advance(Math.min(rest, stepMs));
        running.beat();
        await running.notifier.round();
      }
    },
    planned,
    sent,
    incidents: () => running.feed.all(),
    stored: async () => {
      await running.journal.flush();
      return (await store.incidents({ limit: 100 })).items;
    },
    book: () => running.book,
    restart: async () => {
      await running.notifier.close();
      await running.journal.close();
      const memories: Memories = JSON.parse(JSON.stringify(await store.load(clock.now() - HOUR)));
      running = begin(memories);
    },
  };
}
