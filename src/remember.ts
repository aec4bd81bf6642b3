/**
 * Passes everything that outlives the process to the journal: targets, incidents, credentials, tokens, and the span in
 * which the prober ran. At the start it restores them. Made by the daemon. No probe waits for it.
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
  /** The outbox of notifications. */
  readonly journal: Journal;
  readonly state: () => JournalState;
  /** Called after each change of the configuration. The first call restores the stored state. */
  readonly update: (config: Config) => void;
  readonly noteTarget: (key: string) => void;
  readonly noteStateChange: (change: StateChange) => void;
  readonly noteCredential: (credential: CredentialStatus) => void;
  /** For several replicas. */
  readonly sharing: RememberingOfShare;
  /** Writes all pending changes, for at most a second. */
  readonly close: () => Promise<void>;
}

export interface RememberingOfShare extends Pick<IncidentFeed, 'rename' | 'handOver'> {
  /** Takes the incidents of apps that moved here. Must come after their targets are restored. */
  readonly gain: (incidents: readonly Incident[], now: number) => void;
  /** Drops pending changes of these apps, because another replica probes them. */
  readonly forget: Journal['dropApps'];
}

export interface RememberingParts {
  /** The name of this replica, where there are several. */
  readonly prober?: string;
  readonly opened: OpenedStore;
  readonly engine: Engine;
  readonly logger: Logger;
  readonly plan: IncidentFeedParts['plan'];
  /** For several replicas: merges our incidents with those that the others have written. */
  readonly allIncidents?: (own: readonly Incident[]) => readonly Incident[];
  /** Called every ten seconds, because some states depend on time alone. */
  readonly onBeat: (now: number) => void;
  readonly onBug: (error: unknown) => void;
}

const BEAT_MS = 10_000;
/** The first pruning waits this long, so that it does not slow down the start. */
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
  /** The app of each mailbox. */
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

  /** Passes restored problems only to the incidents, which know whether they were announced before. */
  const bringBack = (known: readonly Incident[], now: number): void => {
    incidents.restore(known, now);
    incidents.take(engine.status.takeNews(now), now);
  };
  /**
   * Restores the state as if it had been read at the start. Pending changes were computed without it and are dropped.
   */
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
    // Before the state is restored, problems that were already open would look new.
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

/** What has changed about the apps' tokens since the last call: counters, ends and refusals, never a token. */
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
