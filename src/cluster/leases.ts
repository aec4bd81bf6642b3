/**
 * Shares the apps among replicas by leases in PostgreSQL. In a round every few seconds, each replica renews its lease,
 * reads the rows, and gives and takes apps. A replica whose lease ends loses its apps. By its own clocks it stops
 * probing before that. Made by `app-share.ts` if the store is a PostgreSQL database.
 */
import type { Queries } from '../model/database.ts';
import { systemClusterClock, type ClusterClock } from './clock.ts';
import type { AppLoad, Cluster, ClusterEdges } from './cluster.ts';
import { type Configurations, createConfigurations } from './configurations.ts';
import { createHoldings, type Holdings } from './holdings.ts';
import { createLeaseTable, type LeaseTable } from './lease-table.ts';
import { planOf, replicaOf, type LeaseView } from './lease-view.ts';
import { createMembership, type Membership } from './membership.ts';

export interface LeaseTimes {
  readonly leaseMs: number;
  readonly renewMs: number;
  /** A replica stops probing this long before others may take its apps. */
  readonly marginMs: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 20_000, renewMs: 3_000, marginMs: 2_000 };

export interface LeaseOptions extends ClusterEdges {
  readonly name: string;
  readonly database: Queries;
  /** Creates the tables. Rejects while the database is unavailable. */
  readonly prepare: () => Promise<void>;
  /** Receives the names of replicas that are dead. Incidents about these replicas must be closed. */
  readonly onBuried?: (names: readonly string[]) => void;
  /** Called every few seconds while the database answers, because other replicas may have changed rows. */
  readonly onRound?: () => void;
  /**
   * Receives the names of replicas whose configuration has differed for longer than a reload takes, or no names when
   * none differs any more.
   */
  readonly onDiffering?: (names: readonly string[]) => void;
  readonly onAway?: (error: unknown) => void;
  readonly times?: LeaseTimes;
  readonly clock?: ClusterClock;
}

/** The longest time that a stopping replica takes to give its apps away. */
const LEAVE_WITHIN_MS = 8_000;

export function createLeases(options: LeaseOptions): Cluster {
  const { name, database, times = LEASE_TIMES, clock = systemClusterClock } = options;
  const { leaseMs } = times;
  const table = createLeaseTable(database, leaseMs);
  const configurations = createConfigurations({
    table,
    clock,
    patienceMs: leaseMs,
    onDiffering: (names) => options.onDiffering?.(names),
  });
  const membership = createMembership({
    ...options,
    ...times,
    table,
    clock,
    name,
    declared: configurations.declared,
    onBuried: () => holdings.loseAll(),
  });
  const holdings: Holdings = createHoldings({ ...options, table, clock, leaseMs, id: membership.id });
  const rounds = createRounds({ options, table, clock, configurations, membership, holdings });
  const ticks = createTicks(rounds.round, times.renewMs, clock, options.onAway);
  const { held } = holdings;

  return {
    update: rounds.update,
    start: async () => {
      await ticks.start();
      await rounds.moved();
    },
    mayProbe: (app) => held.has(app) && membership.isValid(),
    lease: () => ({ replica: membership.id(), epochs: new Map(held) }),
    replicas: () => {
      const { replicas, rows } = rounds.view();
      const self = { id: membership.id(), held };
      return replicas.map((row) => replicaOf(row, rows, self, configurations.isAlike));
    },
    close: async () => {
      ticks.stop();
      await rounds.close();
      membership.close();
    },
  };
}

interface RoundParts {
  readonly options: LeaseOptions;
  readonly table: LeaseTable;
  readonly clock: ClusterClock;
  readonly configurations: Configurations;
  readonly membership: Membership;
  readonly holdings: Holdings;
}

interface Rounds extends Pick<Cluster, 'update' | 'close'> {
  readonly view: () => LeaseView;
  /**
   * Renews the lease, then starts to move apps. If apps are still moving, only renews the lease. Rejects while the
   * database does not answer.
   */
  readonly round: () => Promise<void>;
  readonly moved: () => Promise<void>;
}

function createRounds({ options, clock, ...parts }: RoundParts): Rounds {
  const { table, configurations, membership, holdings } = parts;
  const { prepare, onRound, onBuried, onAway } = options;
  let known: readonly AppLoad[] = [];
  let isDeclared = false;
  let isClosed = false;
  let view: LeaseView = { replicas: [], rows: [] };
  let moving: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    view = { replicas: await table.replicas(), rows: await table.assignments() };
    await configurations.refresh(view.replicas);
    holdings.noteFree(view.rows);
  };
  const look = async (): Promise<void> => {
    const dead = membership.mayBury() ? await table.bury() : [];
    if (dead.length > 0) onBuried?.(dead);
    if (!isDeclared) {
      isDeclared = true;
      await table.declare(membership.id(), known, configurations.declared());
    }
    await read();
  };
  const round = async (): Promise<void> => {
    await prepare();
    await membership.renew();
    onRound?.();
    if (moving !== undefined || isClosed) return;
    await look();
    moving = holdings
      .move(view.rows, planOf(view, configurations))
      .catch((error: unknown) => onAway?.(error))
      .finally(() => {
        moving = undefined;
      });
  };
  const leave = async (): Promise<void> => {
    await moving;
    await table.announceLeaving(membership.id());
    await read();
    await holdings.giveAll(planOf(view, configurations));
    await table.leave(membership.id());
  };

  return {
    view: () => view,
    update: (apps) => {
      known = apps;
      holdings.update(apps);
      configurations.update(apps);
      isDeclared = false;
    },
    round,
    moved: async () => await moving,
    close: async () => {
      isClosed = true;
      if (!membership.isJoined()) return;
      // If the database is unavailable, the apps are not given away, but become free when the lease ends.
      const left = leave().catch((error: unknown) => onAway?.(error));
      await within(LEAVE_WITHIN_MS, left, clock);
    },
  };
}

interface Ticks {
  readonly start: () => Promise<void>;
  readonly stop: () => void;
}

function createTicks(
  round: () => Promise<void>,
  everyMs: number,
  clock: ClusterClock,
  onAway: LeaseOptions['onAway'],
): Ticks {
  let isStopped = false;
  let cancelTimer = (): void => undefined;
  const tick = async (): Promise<void> => {
    await round().catch((error: unknown) => onAway?.(error));
    if (!isStopped) cancelTimer = clock.after(everyMs, () => void tick());
  };
  return {
    start: tick,
    stop: () => {
      isStopped = true;
      cancelTimer();
    },
  };
}

async function within(ms: number, work: Promise<void>, clock: ClusterClock): Promise<void> {
  const late = Promise.withResolvers<void>();
  const cancel = clock.after(ms, late.resolve);
  await Promise.race([work, late.promise]);
  cancel();
}
