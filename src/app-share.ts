/**
 * Which part of the configuration does this replica probe? All of it. Or, if replicas share a PostgreSQL store, the
 * apps whose leases it holds. Gaining or losing an app works like a reload with or without it. Made by the daemon.
 */
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import { type AllReplicas, createAllReplicas } from './all-replicas.ts';
import { appLoadsInSteps } from './app-loads.ts';
import { createAlone } from './cluster/alone.ts';
import type { AppLoad, Cluster, Replica } from './cluster/cluster.ts';
import { createLeases, type LeaseTimes } from './cluster/leases.ts';
import type { Config } from './config/config.ts';
import { inSlices } from './in-slices.ts';
import type { Incident } from './model/incident.ts';
import type { StateChange } from './model/memory.ts';
import { StoreError } from './model/store-error.ts';
import { targetKey } from './model/target.ts';
import { REOPENS_WITHIN_MS } from './open-store.ts';
import type { ProbeOnDemand } from './probe-on-demand.ts';
import type { Recording } from './recording.ts';
import type { SharedStore } from './shared-store.ts';
import type { Watching } from './watching.ts';

export interface AppShareParts {
  readonly shared: SharedStore | undefined;
  readonly watching: () => Watching;
  readonly recording: () => Pick<Recording, 'remembering' | 'announcer' | 'events'>;
  /** Probes a mailbox of this replica now. */
  readonly probeHere: ProbeOnDemand;
  readonly logger: Logger;
  readonly times?: LeaseTimes;
}

export interface AppShare {
  /** Called after each change of the configuration. `onKnown` is called before anything in it is probed. */
  readonly update: (config: Config, onKnown: () => void) => Promise<void>;
  readonly start: () => Promise<void>;
  readonly mayProbe: Cluster['mayProbe'];
  /** Does this replica report the app in its metrics? */
  readonly isOurs: (app: string) => boolean;
  /** Does the watch of the target end here only because another replica continues it? */
  readonly isHandOver: (change: StateChange) => boolean;
  /** `asOf`: when the state of that replica was last read. */
  readonly replicas: () => readonly (Replica & { readonly asOf?: number })[];
  /** The combined state of all replicas. Undefined without other replicas. */
  readonly all: AllReplicas | undefined;
  /** Gives all apps away, each after its last write. Must be called before anything else ends. */
  readonly close: () => Promise<void>;
}

/** Waits at most this long for the last write while the store is unavailable. */
const WRITE_WITHIN_MS = 8_000;
const WRITE_PAUSE_MS = 200;

export function createAppShare(parts: AppShareParts): AppShare {
  const { shared, watching, recording, probeHere, logger, times } = parts;
  const mine = new Set<string>();
  let config: Config | undefined;
  let keys: ReadonlySet<string> = new Set();
  let appOf: ReadonlyMap<string, string> = new Map();

  /** Runs changes one at a time, because each takes several turns of the event loop. */
  let chain: Promise<unknown> = Promise.resolve();
  const inTurn = async <T>(change: () => Promise<T>): Promise<T> => {
    const turn = chain.then(change);
    chain = turn.catch(() => undefined);
    return await turn;
  };
  const part = (whole: Config): Config => (shared === undefined ? whole : partOf(whole, mine));
  const log = (event: string, apps: readonly string[]): void => {
    if (apps.length > 0) logger.info({ event, apps }, `${event.replace('_', ' ')}: ${apps.join(', ')}`);
  };
  /** Removes apps. Their incidents stay open, because another replica continues them. */
  const drop = async (apps: readonly string[]): Promise<void> => {
    const gone = new Set(apps.filter((app) => mine.delete(app)));
    if (gone.size === 0 || config === undefined) return;
    all?.update(config, mine);
    await watching().schedule(part(config));
    recording().remembering.sharing.handOver({
      mailbox: (id) => gone.has(appOf.get(id) ?? ''),
      app: (id) => gone.has(id),
    });
    await watching().know(part(config));
  };
  const gain = async (apps: readonly string[], { store, name }: SharedStore): Promise<void> => {
    const now = Date.now();
    const memories = await store.loadApps(apps, now - REOPENS_WITHIN_MS);
    // The lease may have been lost meanwhile.
    const still = new Set(apps.filter((app) => cluster.lease()?.epochs.has(app)));
    if (config === undefined) return;
    for (const app of still) mine.add(app);
    const { sharing } = recording().remembering;
    sharing.forget((app) => still.has(app));
    watching().engine.restore({
      targets: memories.targets.filter(({ app }) => still.has(app)),
      incidents: memories.incidents,
      credentials: memories.credentials,
      tokens: memories.tokens,
    });
    await watching().know(part(config));
    all?.update(config, mine);
    const isOurs = ({ scope, subject }: Incident): boolean => scope !== 'prober' || subject === name;
    sharing.gain(
      memories.incidents.filter(isOurs).flatMap((one) => ownPart(one, (id) => mine.has(appOf.get(id) ?? ''))),
      now,
    );
    await watching().schedule(part(config));
    recording().announcer.note();
    log('apps_gained', [...still]);
  };
  const release = async (apps: readonly string[]): Promise<void> => {
    logger.debug({ event: 'apps_releasing', apps }, `ending the probes of ${apps.join(', ')}`);
    await inTurn(async () => await drop(apps));
    const { journal } = recording().remembering;
    for (let waitedMs = 0; waitedMs < WRITE_WITHIN_MS; waitedMs += WRITE_PAUSE_MS) {
      await journal.flush();
      if (journal.state().up) break;
      await pause(WRITE_PAUSE_MS);
    }
    log('apps_released', apps);
  };
  const lose = (apps: readonly string[]): void => {
    recording().remembering.sharing.forget((app) => apps.includes(app));
    inTurn(async () => await drop(apps)).catch(onAway);
    log('apps_lost', apps);
  };

  const leasesOf = (its: SharedStore): Cluster =>
    createLeases({
      name: its.name,
      database: its.leases,
      prepare: its.store.open,
      onGained: async (apps) => await inTurn(async () => await gain(apps, its)),
      onReleasing: release,
      onLost: lose,
      onPaused: () => {
        watching().pause();
        logger.warn(
          { event: 'lease_over' },
          'the lease could not be renewed: this replica probes nothing until it is',
        );
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
        its.store.closeIncidentsOf(names, Date.now()).catch(onAway);
      },
      onDiffering: (names) => logDiffering(logger, names),
      onRound: () => void all?.sync(),
      onAway,
      ...(times && { times }),
    });
  /** The journal has already logged that the store is unavailable, and logs when it is back. */
  const onAway = (error: unknown): void => {
    if (error instanceof StoreError)
      logger.debug({ event: 'leases_unavailable', code: error.code }, error.message);
    else logger.error({ event: 'bug', err: error }, 'a bug in mailprobe');
  };
  const cluster = shared === undefined ? createAlone(hostname()) : leasesOf(shared);
  const all =
    shared &&
    createAllReplicas({
      shared,
      engine: () => watching().engine,
      recording,
      probeHere,
      lease: cluster.lease,
      isOurMailbox: (mailbox) => mine.has(appOf.get(mailbox) ?? ''),
      onAway,
    });
  shared?.bind({
    lease: cluster.lease,
    appOf: (mailbox) => appOf.get(mailbox),
    onStored: (id, kept) => recording().remembering.sharing.stored(id, kept),
  });

  return {
    update: async (next, onKnown) =>
      await inTurn(async () => {
        config = next;
        keys = new Set(next.targets.map(targetKey));
        appOf = new Map(next.mailboxes.map(({ id, app }) => [id, app]));
        cluster.update(await loadsOf(next));
        all?.update(next, mine);
        await watching().know(part(next));
        onKnown();
        await watching().schedule(part(next));
      }),
    start: cluster.start,
    mayProbe: cluster.mayProbe,
    isOurs: (app) => shared === undefined || mine.has(app),
    isHandOver: ({ state, key, app }) =>
      state === 'removed' && keys.has(key) && !mine.has(app) && shared !== undefined,
    replicas: () => cluster.replicas().map((replica) => withAge(replica, all?.readAt())),
    all,
    close: async () => {
      all?.close();
      await cluster.close();
    },
  };
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

function partOf(config: Config, mine: ReadonlySet<string>): Config {
  return {
    ...config,
    apps: config.apps.filter(({ id }) => mine.has(id)),
    mailboxes: config.mailboxes.filter(({ app }) => mine.has(app)),
    targets: config.targets.filter(({ app }) => mine.has(app.id)),
  };
}

/** The incident with only our mailboxes. Empty if it affects mailboxes but none of ours. */
function ownPart(incident: Incident, isOurs: (mailbox: string) => boolean): readonly Incident[] {
  const affectedMailboxes = incident.affectedMailboxes.filter(({ id }) => isOurs(id));
  const isWithout = incident.affectedMailboxes.length > 0 && affectedMailboxes.length === 0;
  return isWithout ? [] : [{ ...incident, affectedMailboxes }];
}

function logDiffering(logger: Logger, names: readonly string[]): void {
  if (names.length === 0)
    logger.info({ event: 'configurations_alike' }, 'all replicas have the same apps and mailboxes again');
  else
    logger.warn(
      { event: 'configurations_differ', names },
      `the apps or mailboxes configured on ${names.join(', ')} differ from those here: each replica takes only the apps that it knows; give all of them the same configuration`,
    );
}
