/**
 * Decides which apps this replica probes. If replicas share a PostgreSQL store, this replica probes the apps whose
 * leases it holds. Otherwise it probes all apps. Created by `prober.ts`.
 */
import { hostname } from 'node:os';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AllReplicas, createAllReplicas } from './all-replicas.ts';
import { appLoadsInSteps } from './app-loads.ts';
import { createAppMoves } from './app-moves.ts';
import { createAlone } from './cluster/alone.ts';
import type { AppLoad, Cluster, Replica } from './cluster/cluster.ts';
import { createLeases, type LeaseOptions, type LeaseTimes } from './cluster/leases.ts';
import type { Config } from './config/config.ts';
import { inSlices } from './in-slices.ts';
import type { StateChange } from './model/memory.ts';
import { StoreError } from './model/store-error.ts';
import { createOwnApps, type OwnApps } from './own-apps.ts';
import type { ProbeOnDemand } from './probe-on-demand.ts';
import type { Recording } from './recording.ts';
import type { SharedStore } from './shared-store.ts';
import type { Watching } from './watching.ts';

export interface AppShareParts {
  readonly shared: SharedStore | undefined;
  readonly watching: () => Watching;
  readonly recording: () => Pick<Recording, 'remembering' | 'announcer' | 'events'>;
  readonly probeHere: ProbeOnDemand;
  readonly logger: Logger;
  readonly times?: LeaseTimes;
}

export interface AppShare {
  /**
   * Call this after each change of the configuration. Calls `onKnown` before it schedules the probes of the new
   * configuration.
   */
  readonly update: (config: Config, onKnown: () => void) => Promise<void>;
  readonly start: () => Promise<void>;
  readonly mayProbe: Cluster['mayProbe'];
  /** True if this replica probes the app, so that its metrics include the app. */
  readonly isOurs: (app: string) => boolean;
  /** Was the target removed only because another replica now probes its app? */
  readonly isHandOver: (change: StateChange) => boolean;
  /**
   * All replicas, each with the apps that it probes. `asOf`: when the state of the replica was last read, in epoch
   * milliseconds. Absent before the first reading.
   */
  readonly replicas: () => readonly (Replica & { readonly asOf?: number })[];
  /** The combined state of all replicas. Undefined if replicas do not share a store. */
  readonly all: AllReplicas | undefined;
  /** Stores the state of all apps and releases their leases. At shutdown, call this first. */
  readonly close: () => Promise<void>;
}

export function createAppShare(parts: AppShareParts): AppShare {
  const { shared, watching, recording, probeHere, logger } = parts;
  const isShared = shared !== undefined;
  const own = createOwnApps({ isShared });
  const { mine, part } = own;
  const onAway = (error: unknown): void => logAway(logger, error);
  const cluster: Cluster = isShared
    ? leasesOf(shared, parts, {
        ...createAppMoves({ ...parts, own, shared, lease: () => cluster.lease(), all: () => all, onAway }),
        onRound: () => void all?.sync(),
        onAway,
      })
    : createAlone(hostname());
  const { lease } = cluster;
  const { appOf, isOurMailbox } = own;
  const all =
    shared &&
    createAllReplicas({
      shared,
      engine: () => watching().engine,
      recording,
      probeHere,
      lease,
      isOurMailbox,
      onAway,
    });
  shared?.bind({
    lease,
    appOf,
    onStored: (id, kept) => recording().remembering.sharing.stored(id, kept),
  });

  return {
    update: async (next, onKnown) =>
      await own.inTurn(async () => {
        own.replace(next);
        cluster.update(await loadsOf(next));
        all?.update(next, mine);
        await watching().know(part(next));
        await nextTurn();
        onKnown();
        await nextTurn();
        await watching().schedule(part(next));
      }),
    start: cluster.start,
    mayProbe: cluster.mayProbe,
    isOurs: (app) => !isShared || mine.has(app),
    isHandOver: ({ state, key, app }) =>
      state === 'removed' && own.isConfigured(key) && !mine.has(app) && isShared,
    replicas: () =>
      cluster.replicas().map((replica) => withAge(isShared ? probing(replica, own) : replica, all?.readAt())),
    all,
    close: async () => {
      all?.close();
      await cluster.close();
    },
  };
}

/** The journal already logs that the store is unavailable, so this is logged only for debugging. */
function logAway(logger: Logger, error: unknown): void {
  if (error instanceof StoreError)
    logger.debug({ event: 'leases_unavailable', code: error.code }, error.message);
  else logger.error({ event: 'bug', err: error }, 'a bug in mailprobe');
}

type Moves = Pick<LeaseOptions, 'onGained' | 'onReleasing' | 'onLost' | 'onRound'>;

function leasesOf(
  { name, leases, store }: SharedStore,
  { watching, logger, times }: AppShareParts,
  edges: Moves & { readonly onAway: (error: unknown) => void },
): Cluster {
  return createLeases({
    ...edges,
    name,
    database: leases,
    prepare: store.open,
    onPaused: () => {
      logger.warn(
        { event: 'lease_over' },
        'the lease could not be renewed: this replica probes nothing until it is',
      );
      watching().pause();
    },
    onResumed: () => {
      watching().resume();
      logger.info({ event: 'lease_renewed' }, 'the lease is renewed: this replica probes again');
    },
    onBuried: (names) => {
      logger.warn(
        { event: 'replica_dead', names },
        `replicas that no longer renew their lease: ${names.join(', ')}`,
      );
      store.closeIncidentsOf(names, Date.now()).catch(edges.onAway);
    },
    onDiffering: (names) => logDiffering(logger, names),
    ...(times && { times }),
  });
}

/** This replica holds the lease of an app a little earlier, and longer, than it probes the app. */
function probing(replica: Replica, own: Pick<OwnApps, 'configured'>): Replica {
  return replica.isSelf ? { ...replica, apps: own.configured() } : replica;
}

function withAge(replica: Replica, readAt: number | undefined): Replica & { readonly asOf?: number } {
  const asOf = replica.isSelf ? Date.now() : readAt;
  return { ...replica, ...(asOf === undefined ? {} : { asOf }) };
}

async function loadsOf(config: Config): Promise<readonly AppLoad[]> {
  const loads: AppLoad[] = [];
  await inSlices(appLoadsInSteps(config, loads));
  return loads;
}

function logDiffering(logger: Logger, names: readonly string[]): void {
  if (names.length === 0)
    logger.info({ event: 'configurations_alike' }, 'all replicas have the same apps and mailboxes again');
  else
    logger.warn(
      { event: 'configurations_differ', names },
      `the apps or mailboxes configured on ${names.join(', ')} differ from those here: each replica takes only the apps that it knows. Give all replicas the same configuration`,
    );
}
