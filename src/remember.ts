/**
 * Feeds what outlives the process to the journal, behind the probes: targets, incidents, credentials, tokens, and that
 * we ran at all. At the start it gives back what was known. Made by the daemon; nobody here is waited for by a probe.
 */
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import type { Engine } from './engine.ts';
import { createIncidentFeed, type IncidentFeed, type IncidentFeedParts } from './incident-feed.ts';
import { createMaintenanceBook, type MaintenanceBook } from './maintenance-book.ts';
import type { CredentialStatus } from './model/credential.ts';
import { DAY_MS } from './model/duration.ts';
import type { Incident } from './model/incident.ts';
import type { Changes, Memories, StateChange, TokenMemory } from './model/memory.ts';
import { StoreError } from './model/store-error.ts';
import type { AppTokenState } from './model/status.ts';
import type { OpenedStore } from './open-store.ts';
import { targetKey } from './model/target.ts';
import { createPast } from './past.ts';
import { createProberSession } from './prober-session.ts';
import { logStore } from './report/log.ts';
import type { Past } from './report/source.ts';
import { createJournal, type Journal, type JournalState } from './store/journal.ts';

export interface Remembering {
  readonly past: Past;
  readonly maintenance: MaintenanceBook;
  readonly incidents: Pick<IncidentFeed, 'take' | 'all' | 'counts' | 'acknowledge'>;
  /** For notifications: their outbox. */
  readonly journal: Journal;
  readonly state: () => JournalState;
  /** After each change of the configuration; the first one brings back what was known. */
  readonly update: (config: Config) => void;
  readonly noteTarget: (key: string) => void;
  readonly noteStateChange: (change: StateChange) => void;
  readonly noteCredential: (credential: CredentialStatus) => void;
  /** Of several replicas. */
  readonly sharing: RememberingOfShare;
  /** Writes what waits, for a second at most. */
  readonly close: () => Promise<void>;
}

export interface RememberingOfShare extends Pick<IncidentFeed, 'rename' | 'handOver'> {
  /** Incidents of the apps that have become ours, once their targets have. */
  readonly gain: (incidents: readonly Incident[], now: number) => void;
  /** These apps are another's: what waits of them is not written. */
  readonly forget: Journal['dropApps'];
}

export interface RememberingParts {
  /** The name of this replica, where there are several. */
  readonly prober?: string;
  readonly opened: OpenedStore;
  readonly engine: Engine;
  readonly logger: Logger;
  readonly plan: IncidentFeedParts['plan'];
  /** Of several replicas: with what the others have written. */
  readonly allIncidents?: (own: readonly Incident[]) => readonly Incident[];
  /** Ten seconds went by: what depends on time alone may have changed. */
  readonly onBeat: (now: number) => void;
  readonly onBug: (error: unknown) => void;
}

const BEAT_MS = 10_000;
/** The start has better things to do. */
const FIRST_PRUNE_MS = 60_000;
const CLOSE_WITHIN_MS = 1_000;

export function createRemembering(parts: RememberingParts): Remembering {
  const { opened, engine, logger, plan, onBeat, onBug, prober } = parts;
  const { store, loadLater, failure } = opened;
  const journal = createJournal({
    store,
    onState: (state) => report(state),
    ...(loadLater && {
      begin: async () => {
        const known = await loadLater();
        await configured.promise;
        bringBackLate(known, Date.now());
      },
    }),
  });
  const maintenance = createMaintenanceBook(store);
  const incidents = createIncidentFeed({
    sources: engine.status.incidentSources,
    journal,
    maintenance,
    plan,
    isLate: loadLater !== undefined,
  });
  const past = createPast({
    store,
    journal,
    live: {
      all: () => parts.allIncidents?.(incidents.all()) ?? incidents.all(),
      appOf: (mailbox) => apps.get(mailbox),
    },
    onAcknowledged: incidents.acknowledge,
  });
  const session = createProberSession(prober);
  const tokens = createTokenNotes(engine.tokens.states);
  const startedAt = Date.now();
  let config: Config | undefined;
  const configured = Promise.withResolvers<void>();
  /** By mailbox. */
  let apps: ReadonlyMap<string, string> = new Map();

  const state = (): JournalState => {
    const known = journal.state();
    if (failure === undefined) return known;
    const { code, message } = failure;
    return { ...known, up: false, failure: { code, message, since: startedAt } };
  };

  const report = (now: JournalState): void => {
    logStore(logger, now);
    engine.recordStore(state().failure);
  };
  if (failure !== undefined) engine.recordStore(failure);
  const memories = opened.takeMemories();
  if (memories !== undefined) {
    engine.restore(memories);
    maintenance.restore(memories.maintenance);
  }
  let openBefore = memories?.incidents;

  const everything = (): Partial<Changes> => ({
    targets: engine.status.targets().flatMap(({ target }) => engine.status.memoryOf(targetKey(target)) ?? []),
    incidents: incidents.all(),
    credentials: engine.credentials.statuses().map((status) => ({ app: status.app, status })),
  });
  opened.onBegunAnew(() => journal.startOver(everything()));

  /** Restored problems are news to nobody but the incidents, which know whether they were announced before. */
  const bringBack = (known: readonly Incident[], now: number): void => {
    incidents.restore(known, now);
    incidents.take(engine.status.takeNews(now), now);
  };
  /** As if it had been read at the start. What is not written yet was found without it. */
  const bringBackLate = (known: Memories, now: number): void => {
    journal.dropStates();
    engine.restoreLate(known, now);
    maintenance.restore(known.maintenance);
    incidents.restoreLate(known.incidents, now);
    journal.note(everything());
    logger.info(
      { event: 'store_read' },
      'the store is back: what it remembers is merged with what was found since',
    );
    onBeat(now);
  };
  const noteTarget = (key: string): void => {
    const memory = engine.status.memoryOf(key);
    if (memory !== undefined) journal.note({ targets: [memory] });
  };
  const beat = (): void => {
    // Before it is brought back, what was open is news.
    if (config === undefined) return;
    const now = Date.now();
    journal.note({ session: session(now), maintenance: maintenance.takeBegun(now), tokens: tokens.take() });
    onBeat(now);
  };
  const prune = (): void => {
    if (config === undefined || !journal.state().up) return;
    store.prune(Date.now() - config.retentionMs).then(
      (rows) => logger.debug({ event: 'store_pruned', rows }, `${rows} old rows deleted`),
      (error: unknown) => (error instanceof StoreError ? undefined : onBug(error)),
    );
  };
  const timers = [
    setInterval(beat, BEAT_MS).unref(),
    setInterval(prune, DAY_MS).unref(),
    setTimeout(prune, FIRST_PRUNE_MS).unref(),
  ];

  return {
    past,
    maintenance,
    incidents,
    journal,
    state,
    update: (next) => {
      config = next;
      apps = new Map(next.mailboxes.map(({ id, app }) => [id, app]));
      maintenance.update(next.maintenance, next.mailboxes);
      if (openBefore !== undefined) bringBack(openBefore, Date.now());
      openBefore = undefined;
      configured.resolve();
      beat();
    },
    noteTarget,
    noteStateChange: (change) => {
      journal.note({ stateChanges: [change] });
      noteTarget(change.key);
    },
    noteCredential: (status) => journal.note({ credentials: [{ app: status.app, status }] }),
    sharing: {
      gain: (known, now) => {
        incidents.gain(known, now);
        incidents.take(engine.status.takeNews(now), now);
      },
      rename: incidents.rename,
      handOver: incidents.handOver,
      forget: journal.dropApps,
    },
    close: async () => {
      for (const timer of timers) clearTimeout(timer);
      journal.note({ session: session(Date.now()), tokens: tokens.take() });
      const written = journal.close().then(async () => await store.close());
      await Promise.race([written.catch(onBug), after(CLOSE_WITHIN_MS)]);
    },
  };
}

/** Of the apps' tokens what has changed since it was taken last: counters, ends and refusals, never a token. */
function createTokenNotes(states: () => readonly AppTokenState[]): {
  readonly take: () => readonly TokenMemory[];
} {
  const taken = new Map<string, string>();
  return {
    take: () =>
      states().flatMap((state) => {
        const text = JSON.stringify(state);
        if (taken.get(state.app) === text) return [];
        taken.set(state.app, text);
        return [{ app: state.app, state }];
      }),
  };
}

async function after(ms: number): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
}
