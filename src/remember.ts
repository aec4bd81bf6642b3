/**
 * Stores everything that must survive a restart: the state of targets, incidents, credentials and tokens, and when the
 * prober ran. Restores it at the start. No probe waits for the store. Created by `recording.ts`.
 */
import type { Logger } from 'pino';
import { bringBackIncidents, bringBackLate, everything, type Remembered } from './bring-back.ts';
import type { Config } from './config/config.ts';
import type { Engine } from './engine.ts';
import { createIncidentFeed, type IncidentFeed, type IncidentFeedParts } from './incident-feed.ts';
import { createMaintenanceWindows, type MaintenanceWindows } from './maintenance-windows.ts';
import type { CredentialStatus } from './model/credential.ts';
import type { Incident } from './model/incident.ts';
import { createMemoryBeat, type MemoryBeat } from './memory-beat.ts';
import type { StateChange } from './model/memory.ts';
import type { StoreError } from './model/store-error.ts';
import type { OpenedStore } from './open-store.ts';
import { createPast } from './past.ts';
import { logStore } from './report/log.ts';
import type { Past } from './report/source.ts';
import { createJournal, type Journal, type JournalState } from './store/journal.ts';

export interface Remembering {
  readonly past: Past;
  readonly maintenance: MaintenanceWindows;
  readonly incidents: Pick<IncidentFeed, 'takeInSteps' | 'all' | 'counts' | 'acknowledge'>;
  /** Also holds the notifications that wait to be sent. */
  readonly journal: Journal;
  readonly state: () => JournalState;
  /**
   * Call this after each change of the configuration. The first call restores the incidents that the previous process
   * stored.
   */
  readonly update: (config: Config) => void;
  readonly noteTarget: (key: string) => void;
  readonly noteStateChange: (change: StateChange) => void;
  readonly noteCredential: (credential: CredentialStatus) => void;
  /** Used only with several replicas. */
  readonly sharing: RememberingOfShare;
  /** Writes all pending changes. Waits at most a second for the store. */
  readonly close: () => Promise<void>;
}

export interface RememberingOfShare extends Pick<IncidentFeed, 'stored' | 'handOver'> {
  /** Continues the incidents of apps that moved here. Call this after the targets of these apps were restored. */
  readonly gain: (incidents: readonly Incident[], now: number) => void;
  /** Drops pending changes of these apps, because another replica probes them. */
  readonly forget: Journal['dropApps'];
}

export interface RememberingParts {
  /** The name of this replica, if there are several. */
  readonly prober?: string;
  readonly opened: OpenedStore;
  readonly engine: Engine;
  readonly logger: Logger;
  readonly plan: IncidentFeedParts['plan'];
  /** Merges our incidents with those that other replicas have stored. Absent if replicas do not share a store. */
  readonly allIncidents?: (own: readonly Incident[]) => readonly Incident[];
  /** Called every ten seconds, because some states change when enough time has passed. */
  readonly onBeat: (now: number) => void;
  readonly onBug: (error: unknown) => void;
}

const CLOSE_WITHIN_MS = 1_000;

export function createRemembering(parts: RememberingParts): Remembering {
  const { opened, engine, logger } = parts;
  const { store, loadLater } = opened;
  const configured = Promise.withResolvers<void>();
  const journal = createJournal({
    store,
    onState: (now) => {
      logStore(logger, now);
      engine.recordStore(state().failure);
    },
    ...(loadLater && {
      begin: async () => {
        const known = await loadLater();
        await configured.promise;
        const now = Date.now();
        bringBackLate(remembered, known, now, logger);
        parts.onBeat(now);
      },
    }),
  });
  const state = stateOf(journal, opened.failure);
  const maintenance = createMaintenanceWindows(store);
  const incidents = createIncidentFeed({
    sources: engine.status.incidentSources,
    journal,
    maintenance,
    plan: parts.plan,
    isLate: loadLater !== undefined,
    isShared: opened.shared !== undefined,
  });
  const remembered: Remembered = { engine, incidents, maintenance, journal };
  if (opened.failure !== undefined) engine.recordStore(opened.failure);
  opened.onBegunAnew(() => journal.startOver(everything(remembered)));
  const { past, update, beat } = followConfiguration(parts, remembered);

  return {
    past,
    maintenance,
    incidents,
    journal,
    state,
    update: (config) => {
      update(config);
      configured.resolve();
      beat.beat();
    },
    ...createNotes(engine, journal),
    sharing: createSharing(remembered),
    close: async () => {
      beat.end();
      incidents.complete();
      const written = journal.close().then(async () => await store.close());
      await Promise.race([written.catch(parts.onBug), after(CLOSE_WITHIN_MS)]);
    },
  };
}

/** The first call of the returned `update` restores the incidents that were open before the start. */
function followConfiguration(
  parts: RememberingParts,
  remembered: Remembered,
): { readonly past: Past; readonly beat: MemoryBeat; readonly update: (config: Config) => void } {
  const { opened, engine, allIncidents, ...edges } = parts;
  const { journal, incidents, maintenance } = remembered;
  const { store } = opened;
  /** Maps the id of each mailbox to the id of its app. */
  let apps: ReadonlyMap<string, string> = new Map();
  const memories = opened.takeMemories();
  if (memories !== undefined) {
    engine.restore(memories);
    maintenance.restore(memories.maintenance);
  }
  let openBefore = memories?.incidents;
  const past = createPast({
    store,
    journal,
    live: {
      all: () => allIncidents?.(incidents.all()) ?? incidents.all(),
      appOf: (mailbox) => apps.get(mailbox),
    },
    onAcknowledged: incidents.acknowledge,
  });
  const beat = createMemoryBeat({
    ...edges,
    prober: parts.prober,
    store,
    journal,
    maintenance,
    tokenStates: engine.tokens.states,
  });
  return {
    past,
    beat,
    update: (config) => {
      beat.configure(config.retentionMs);
      apps = new Map(config.mailboxes.map(({ id, app }) => [id, app]));
      maintenance.update(config.maintenance, config.mailboxes);
      if (openBefore !== undefined) bringBackIncidents(remembered, openBefore, Date.now());
      openBefore = undefined;
    },
  };
}

type Notes = Pick<Remembering, 'noteTarget' | 'noteStateChange' | 'noteCredential'>;

function createNotes(engine: Engine, journal: Journal): Notes {
  const noteTarget = (key: string): void => {
    const memory = engine.status.memoryOf(key);
    if (memory !== undefined) journal.note({ targets: [memory] });
  };
  return {
    noteTarget,
    noteStateChange: (change) => {
      journal.note({ stateChanges: [change] });
      noteTarget(change.key);
    },
    noteCredential: (status) => journal.note({ credentials: [{ app: status.app, status }] }),
  };
}

function createSharing({ engine, incidents, journal }: Remembered): RememberingOfShare {
  return {
    gain: (known, now) => {
      incidents.gain(known, now);
      incidents.take(engine.status.takeNews(now), now);
    },
    stored: incidents.stored,
    handOver: incidents.handOver,
    forget: journal.dropApps,
  };
}

/**
 * If this process can never use the configured store, the journal writes to a store in memory. The configured store
 * still counts as down.
 */
function stateOf(journal: Journal, failure: StoreError | undefined): () => JournalState {
  if (failure === undefined) return journal.state;
  const { code, message } = failure;
  const since = Date.now();
  return () => ({ ...journal.state(), up: false, failure: { code, message, since } });
}

async function after(ms: number): Promise<void> {
  await new Promise<void>((resolve) => void setTimeout(resolve, ms).unref());
}
