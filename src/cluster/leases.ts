/**
 * Shares the apps among replicas by leases in PostgreSQL. In a round every few seconds, each replica renews its lease,
 * reads the rows, and gives and takes apps. A replica whose lease ends loses its apps. It measures its lease by its own
 * clocks, and stops probing before other replicas can take its apps. Made by `app-share.ts` if the store is a
 * PostgreSQL database.
 */
import type { Queries } from '../model/database.ts';
import { systemClusterClock, type ClusterClock } from './clock.ts';
import type { Cluster, ClusterEdges } from './cluster.ts';
import { createConfigurations } from './configurations.ts';
import { createHoldings, type Holdings } from './holdings.ts';
import { createLeaseTable } from './lease-table.ts';
import { replicaOf } from './lease-view.ts';
import { createMembership } from './membership.ts';
import { createRounds, type RoundEdges } from './rounds.ts';

export interface LeaseTimes {
  readonly leaseMs: number;
  readonly renewMs: number;
  /** A replica stops probing this long before others can take its apps. */
  readonly marginMs: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 20_000, renewMs: 3_000, marginMs: 2_000 };

export interface LeaseOptions extends ClusterEdges, RoundEdges {
  readonly name: string;
  readonly database: Queries;
  /**
   * Receives the names of replicas whose configuration has differed for longer than a reload takes, or no names when
   * none differs any more.
   */
  readonly onDiffering?: (names: readonly string[]) => void;
  readonly times?: LeaseTimes;
  readonly clock?: ClusterClock;
}

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
  const rounds = createRounds({ edges: options, table, clock, configurations, membership, holdings });
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
