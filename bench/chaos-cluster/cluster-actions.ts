/** What a run does to the replicas and their database, each until all is well again. Used by `run-cluster.ts`. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../chaos/random.ts';
import { readHoldings } from './audit.ts';
import { type ClusterWorld, NAMES, type ReplicaProcess } from './cluster-world.ts';

export interface ClusterChaos extends ClusterWorld {
  readonly random: Random;
  readonly apps: number;
  readonly leaseMs: number;
}

/** What was done. */
export interface Deed {
  /** To whom; absent: to the database. */
  readonly victim?: string;
  /** When it was done to it. */
  readonly at: number;
  /** Until it was gone, after SIGTERM. */
  readonly endedMs?: number;
}

export type ClusterAction = (chaos: ClusterChaos) => Promise<Deed>;

/** A busy machine starts three processes in this time. */
const PATIENCE_MS = 120_000;

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
 * Harms a replica that is drawn at random. Once the others hold its apps, undoes the harm, and waits until each has its
 * share again. `harm` returns how long the replica took to end, if that is of interest.
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

/** Each has its share: none less than half of a fair one. */
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

/** While the database is away there is no answer. */
async function answered(what: string, ask: () => Promise<boolean>): Promise<void> {
  const began = performance.now();
  while (!(await ask().catch(() => false))) {
    if (performance.now() - began > PATIENCE_MS) throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
    await delay(500);
  }
}
