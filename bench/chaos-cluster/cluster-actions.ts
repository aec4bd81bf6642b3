/**
 * The actions of a run. Each harms a replica or the database, and ends when all replicas hold their share of the apps
 * again. Used by `run-cluster.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../chaos/random.ts';
import { readHoldings } from './audit.ts';
import { type ClusterWorld, NAMES, type ReplicaProcess } from './cluster-world.ts';

export interface ClusterChaos extends ClusterWorld {
  readonly random: Random;
  readonly apps: number;
  readonly leaseMs: number;
  /** How long the database ends every transaction. */
  readonly refusalMs: number;
}

/** What an action did. */
export interface Deed {
  /** The name of the replica. Absent if the action harmed the database. */
  readonly victim?: string;
  /** When the harm began. */
  readonly at: number;
  /** How long the replica took to end after SIGTERM. */
  readonly endedMs?: number;
}

export type ClusterAction = (chaos: ClusterChaos) => Promise<Deed>;

/** A busy machine starts three processes in this time. */
const PATIENCE_MS = 120_000;

/** In these actions no replica is taken for dead, so no result is discarded. */
export const LOSES_NOTHING: ReadonlySet<string> = new Set([
  'database crashes',
  'database ends every transaction',
  'database is away for longer than a lease',
  'SIGTERM',
]);

export const CLUSTER_ACTIONS: Readonly<Record<string, ClusterAction>> = {
  'database crashes': async (chaos) => {
    const at = Date.now();
    await chaos.server.crash();
    await chaos.server.start();
    await isShared(chaos);
    return { at };
  },
  'database is away for longer than a lease': async (chaos) => {
    const at = Date.now();
    await chaos.server.stop();
    await delay(1.5 * chaos.leaseMs);
    await chaos.server.start();
    await isShared(chaos);
    return { at };
  },
  'database ends every transaction': async (chaos) => {
    const at = Date.now();
    while (Date.now() - at < chaos.refusalMs)
      await chaos.database.all(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE application_name = 'mailprobe' AND backend_xid IS NOT NULL`,
      );
    await isShared(chaos);
    return { at };
  },
  SIGTERM: toReplica(async (_, victim) => await victim.end('SIGTERM'), startAgain),
  'SIGTERM while the database is away': toReplica(async ({ server }, victim) => {
    await server.stop();
    const endedMs = await victim.end('SIGTERM');
    await server.start();
    return endedMs;
  }, startAgain),
  'kill -9': toReplica(async (_, victim) => {
    await victim.end('SIGKILL');
  }, startAgain),
  SIGSTOP: toReplica(
    (_, victim) => victim.signal('SIGSTOP'),
    async ({ leaseMs }, victim) => {
      await delay(leaseMs / 2);
      victim.signal('SIGCONT');
    },
  ),
  'cut from the database': toReplica(
    ({ random }, victim) => victim.proxy.cut(random.pick(['silent', 'reset'])),
    async ({ leaseMs }, victim) => {
      await delay(leaseMs / 4);
      victim.proxy.restore();
    },
  ),
  "database's clock jumps ahead": async (chaos) => {
    const at = Date.now();
    await chaos.database.run(`UPDATE audit.jump SET ahead = ahead + ${3 * chaos.leaseMs} * interval '1 ms'`);
    await delay(chaos.leaseMs / 2);
    await isShared(chaos);
    return { at };
  },
};

/**
 * Harms a random replica. When the others hold its apps, undoes the harm, and waits until each replica holds its share
 * again. `harm` may return how long the replica took to end.
 */
function toReplica(
  harm: (chaos: ClusterChaos, victim: ReplicaProcess) => Promise<number | void> | void,
  undo: (chaos: ClusterChaos, victim: ReplicaProcess) => Promise<void> | void,
): ClusterAction {
  return async (chaos) => {
    const victim = chaos.random.pick(chaos.replicas);
    const at = Date.now();
    const endedMs = await harm(chaos, victim);
    await isTakenOver(chaos, victim);
    await undo(chaos, victim);
    await isShared(chaos);
    return { victim: victim.name, at, ...(typeof endedMs === 'number' && { endedMs }) };
  };
}

function startAgain(_: ClusterChaos, victim: ReplicaProcess): void {
  victim.start();
}

/** Waits until all apps are held, and each replica holds at least half of a fair share. */
export async function isShared({ database, apps }: ClusterChaos): Promise<void> {
  const least = Math.floor(apps / NAMES.length / 2);
  await answered('each replica to have its share', async () => {
    const shares = Map.groupBy(
      (await readHoldings(database)).filter(({ to }) => to === undefined),
      ({ replica }) => replica,
    );
    const counts = NAMES.map((name) => shares.get(name)?.length ?? 0);
    return counts.reduce((sum, count) => sum + count, 0) === apps && counts.every((count) => count >= least);
  });
}

async function isTakenOver({ database, apps }: ClusterChaos, victim: ReplicaProcess): Promise<void> {
  await answered(`the apps of ${victim.name} to be taken over`, async () => {
    const held = (await readHoldings(database)).filter(({ to }) => to === undefined);
    return held.length === apps && held.every(({ replica }) => replica !== victim.name);
  });
}

/** Asks until the answer is true. A database that is away counts as the answer false. */
async function answered(what: string, ask: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await ask().catch(() => false))) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await delay(500);
  }
}
