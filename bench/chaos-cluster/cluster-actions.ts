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
  SIGTERM: async (chaos) => {
    const victim = chaos.random.pick(chaos.replicas);
    const at = Date.now();
    const endedMs = await victim.end('SIGTERM');
    await isTakenOver(chaos, victim);
    victim.start();
    await isShared(chaos);
    return { victim: victim.name, at, endedMs };
  },
  'SIGTERM while the database is away': async (chaos) => {
    const victim = chaos.random.pick(chaos.replicas);
    const at = Date.now();
    await chaos.server.stop();
    const endedMs = await victim.end('SIGTERM');
    await chaos.server.start();
    await isTakenOver(chaos, victim);
    victim.start();
    await isShared(chaos);
    return { victim: victim.name, at, endedMs };
  },
  'kill -9': async (chaos) => {
    const victim = chaos.random.pick(chaos.replicas);
    const at = Date.now();
    await victim.end('SIGKILL');
    await isTakenOver(chaos, victim);
    victim.start();
    await isShared(chaos);
    return { victim: victim.name, at };
  },
  SIGSTOP: async (chaos) => {
    const victim = chaos.random.pick(chaos.replicas);
    const at = Date.now();
    victim.signal('SIGSTOP');
    await isTakenOver(chaos, victim);
    await delay(chaos.leaseMs / 2);
    victim.signal('SIGCONT');
    await isShared(chaos);
    return { victim: victim.name, at };
  },
  'cut from the database': async (chaos) => {
    const victim = chaos.random.pick(chaos.replicas);
    const at = Date.now();
    victim.proxy.cut(chaos.random.pick(['silent', 'reset']));
    await isTakenOver(chaos, victim);
    await delay(chaos.leaseMs / 4);
    victim.proxy.restore();
    await isShared(chaos);
    return { victim: victim.name, at };
  },
  "database's clock jumps ahead": async (chaos) => {
    const at = Date.now();
    await chaos.database.run(`UPDATE audit.jump SET ahead = ahead + ${3 * chaos.leaseMs} * interval '1 ms'`);
    await delay(chaos.leaseMs / 2);
    await isShared(chaos);
    return { at };
  },
};

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
