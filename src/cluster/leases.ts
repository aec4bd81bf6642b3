/**
 * Leases in PostgreSQL: which apps this replica holds, and how apps move between replicas. A renewal every few seconds
 * keeps the apps. A replica that does not renew loses them, and stops by its own clocks before that. Made by the daemon
 * if the store is a PostgreSQL database.
 */
import { randomUUID } from 'node:crypto';
import type { Queries } from '../model/database.ts';
import { systemClusterClock, type ClusterClock } from './clock.ts';
import type { AppLoad, Cluster, ClusterEdges } from './cluster.ts';
import { createConfigurations } from './configurations.ts';
import { createLeaseTable, type AssignmentRow } from './lease-table.ts';
import { planOf, replicaOf, type LeaseView } from './lease-view.ts';
import { createOwnLease } from './own-lease.ts';

export interface LeaseTimes {
  readonly leaseMs: number;
  readonly renewMs: number;
  /** We stop this long before other replicas may take over. */
  readonly marginMs: number;
}

export const LEASE_TIMES: LeaseTimes = { leaseMs: 20_000, renewMs: 3_000, marginMs: 2_000 };

export interface LeaseOptions extends ClusterEdges {
  readonly name: string;
  readonly database: Queries;
  /** Creates the tables. Rejects while the database is unavailable. */
  readonly prepare: () => Promise<void>;
  /** These replicas are dead. The incidents about them must be closed. */
  readonly onBuried?: (names: readonly string[]) => void;
  /** Called every few seconds while the database answers, because other replicas may have changed rows. */
  readonly onRound?: () => void;
  /**
   * Receives the names of replicas whose configuration has differed for longer than a reload takes. Empty once they
   * agree again.
   */
  readonly onDiffering?: (names: readonly string[]) => void;
  /** The database does not answer. */
  readonly onAway?: (error: unknown) => void;
  readonly times?: LeaseTimes;
  readonly clock?: ClusterClock;
}

/** A stopping replica gives its apps away within this time. */
const LEAVE_WITHIN_MS = 8_000;

export function createLeases(options: LeaseOptions): Cluster {
  const { name, database, prepare, times = LEASE_TIMES, clock = systemClusterClock } = options;
  const { leaseMs, renewMs, marginMs } = times;
  const table = createLeaseTable(database, leaseMs);
  const configurations = createConfigurations({
    table,
    clock,
    patienceMs: leaseMs,
    onDiffering: (names) => options.onDiffering?.(names),
  });
  const held = new Map<string, number>();
  let known: readonly AppLoad[] = [];
  let isDeclared = false;
  let id = randomUUID();
  let isJoined = false;
  let isClosed = false;
  let view: LeaseView = { replicas: [], rows: [] };
  /** Since when each free app has been free, by the monotonic clock. */
  const freeSince = new Map<string, number>();
  /** Since when our own lease has been valid without a gap. */
  let aliveSince = Number.POSITIVE_INFINITY;
  let cancelTimer = (): void => undefined;
  let moving: Promise<void> = Promise.resolve();
  let isMoving = false;
  let isPaused = false;
  const pause = (): void => {
    if (!isPaused) options.onPaused();
    isPaused = true;
  };
  const own = createOwnLease(clock, leaseMs - marginMs, pause);

  const loseAll = (): void => {
    const apps = [...held.keys()];
    held.clear();
    if (apps.length > 0) options.onLost(apps);
  };

  /** A replica that was cut off itself considers no other dead until all have had time to renew. */
  const mayBury = (): boolean => clock.monotonic() - aliveSince >= leaseMs / 2;

  const renew = async (): Promise<void> => {
    const wasValid = own.isValid();
    // After this process was suspended, this line may run before the timer that ends the lease.
    if (isJoined && !wasValid) pause();
    const renewed = own.renewing();
    if (!isJoined || !(await table.renew(id))) {
      if (isJoined) loseAll();
      id = randomUUID();
      await table.join(id, name, configurations.declared());
      isJoined = true;
    }
    if (!wasValid) aliveSince = clock.monotonic();
    renewed();
    // Also if all apps were lost meanwhile, so that apps which are gained next are probed.
    if (isPaused) options.onResumed();
    isPaused = false;
  };

  const read = async (): Promise<void> => {
    view = { replicas: await table.replicas(), rows: await table.assignments() };
    await configurations.refresh(view.replicas);
  };
  const look = async (): Promise<void> => {
    if (mayBury()) {
      const dead = await table.bury();
      if (dead.length > 0) options.onBuried?.(dead);
    }
    if (!isDeclared) {
      isDeclared = true;
      await table.declare(id, known, configurations.declared());
    }
    await read();
    const free = new Set(view.rows.filter(({ replica }) => replica === null).map(({ app }) => app));
    for (const app of freeSince.keys()) if (!free.has(app)) freeSince.delete(app);
    for (const app of free) if (!freeSince.has(app)) freeSince.set(app, clock.monotonic());
  };

  const give = async (
    apps: readonly { readonly app: string; readonly to?: string | undefined }[],
  ): Promise<void> => {
    if (apps.length === 0) return;
    const giver = id;
    await options.onReleasing(apps.map(({ app }) => app));
    for (const { app } of apps) held.delete(app);
    await table.give(giver, apps);
  };
  const take = async (apps: readonly string[]): Promise<void> => {
    if (apps.length === 0) return;
    const taker = id;
    const taken = await table.take(taker, apps);
    // Another replica considered us dead meanwhile, so the rows are free again.
    if (taker !== id || taken.length === 0) return;
    for (const { app, epoch } of taken) held.set(app, epoch);
    const gained = taken.map(({ app }) => app);
    try {
      await options.onGained(gained);
    } catch (error) {
      if (taker === id) await give(gained.map((app) => ({ app })));
      throw error;
    }
  };
  /** If a reply of the database was lost, the rows differ from our memory. The rows are right. */
  const reconcile = async (plan: ReadonlyMap<string, string>): Promise<void> => {
    const rowOf = new Map(view.rows.map((row) => [row.app, row]));
    const gone = [...held].filter(([app, epoch]) => {
      const row = rowOf.get(app);
      return row?.replica !== id || row.epoch !== epoch;
    });
    for (const [app] of gone) held.delete(app);
    if (gone.length > 0) options.onLost(gone.map(([app]) => app));
    const orphans = view.rows.filter(({ app, replica }) => replica === id && !held.has(app));
    if (orphans.length > 0)
      await table.give(
        id,
        orphans.map(({ app }) => ({ app, to: plan.get(app) })),
      );
  };
  /** The plan gives us the app. Or it has been free for a whole lease, because the planned replica does not know it. */
  const isForUs = ({ app, replica }: AssignmentRow, plan: ReadonlyMap<string, string>): boolean => {
    if (replica !== null || !known.some((one) => one.app === app)) return false;
    return plan.get(app) === id || clock.monotonic() - (freeSince.get(app) ?? 0) > leaseMs;
  };
  const move = async (): Promise<void> => {
    const plan = planOf(view, configurations);
    await reconcile(plan);
    const unknown = [...held.keys()].filter((app) => !known.some((one) => one.app === app));
    if (unknown.length > 0) {
      await options.onReleasing(unknown);
      for (const app of unknown) held.delete(app);
      await table.forget(id, unknown);
    }
    const surplus = [...held.keys()].flatMap((app) => {
      const to = plan.get(app);
      return to === undefined || to === id ? [] : [{ app, to }];
    });
    await give(surplus);
    await take(view.rows.filter((row) => isForUs(row, plan)).map(({ app }) => app));
  };

  /** One round. Renewals continue while apps move. */
  const round = async (): Promise<void> => {
    await prepare();
    await renew();
    options.onRound?.();
    if (isMoving || isClosed) return;
    await look();
    isMoving = true;
    moving = move()
      .catch((error: unknown) => options.onAway?.(error))
      .finally(() => {
        isMoving = false;
      });
  };
  /**
   * A replica that was alone pauses, too. It may be the only one that is cut off, and another may have joined since.
   */
  const tick = async (): Promise<void> => {
    try {
      await round();
    } catch (error) {
      options.onAway?.(error);
    }
    if (!isClosed) cancelTimer = clock.after(renewMs, () => void tick());
  };

  const leave = async (): Promise<void> => {
    await moving;
    await table.announceLeaving(id);
    await read();
    const plan = planOf(view, configurations);
    await give([...held.keys()].map((app) => ({ app, to: plan.get(app) })));
    await table.leave(id);
  };

  return {
    update: (apps) => {
      known = apps;
      configurations.update(apps);
      isDeclared = false;
    },
    start: async () => {
      await tick();
      await moving;
    },
    mayProbe: (app) => held.has(app) && own.isValid(),
    lease: () => ({ replica: id, epochs: new Map(held) }),
    replicas: () =>
      view.replicas.map((row) => replicaOf(row, view.rows, { id, held }, configurations.isAlike)),
    close: async () => {
      isClosed = true;
      cancelTimer();
      if (isJoined) {
        const late = Promise.withResolvers<void>();
        const cancel = clock.after(LEAVE_WITHIN_MS, late.resolve);
        // If the database is unavailable, the lease ends by itself.
        await Promise.race([leave().catch((error: unknown) => options.onAway?.(error)), late.promise]);
        cancel();
      }
      own.close();
    },
  };
}
