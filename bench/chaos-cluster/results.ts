/**
 * What became of the results of a run? Holds what the tenant saw, what the replicas took and what the database has against
 * each other. A result is taken when its replica says so in its log; it is committed when the database shows it to anybody.
 * Used by `run-cluster.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterWorld } from './cluster-world.ts';
import { countByKey, lostResults, missing, type StoredResults } from './judge-cluster.ts';
import type { SeenMessage, SeenProbe } from './tenant.ts';

export interface NewlyMissing {
  /** Taken by a replica, and not in the database. */
  readonly lost: number;
  /** Ended at the tenant, and neither taken nor discarded by a replica. */
  readonly unexplained: number;
}

export interface Results {
  readonly probes: () => readonly SeenProbe[];
  readonly messages: () => readonly SeenMessage[];
  /** Takes what the tenant has seen since the last time. */
  readonly look: () => Promise<void>;
  /** Since the last time. */
  readonly newlyMissing: () => Promise<NewlyMissing>;
  /** Targets whose committed results were fewer later. */
  readonly vanished: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** What is written once a second is written after this. */
const WRITTEN_MS = 3_000;
const ATTEMPTS = 8;
const SAMPLE_MS = 500;

export function watchResults({ take, database, replicas }: ClusterWorld): Results {
  const probes: SeenProbe[] = [];
  const messages: SeenMessage[] = [];
  const committed = new Map<string, number>();
  const vanished: string[] = [];
  let before: NewlyMissing = { lost: 0, unexplained: 0 };

  const look = async (): Promise<void> => {
    const seen = await take();
    probes.push(...seen.probes);
    messages.push(...seen.messages);
  };
  const readCommitted = async (): Promise<ReadonlyMap<string, StoredResults>> => {
    const rows = await database.all<{ key: string; probes: number; began: number }>(
      'SELECT key, probes, coalesce(last_probe, 0) AS began FROM mailprobe.target',
    );
    const stored = new Map(
      rows.map(({ key, probes: count, began }) => [key, { probes: count, lastBegan: began }]),
    );
    for (const [key, count] of committed)
      if ((stored.get(key)?.probes ?? 0) < count)
        vanished.push(`${key}: ${count}, then ${stored.get(key)?.probes ?? 0}`);
    for (const [key, { probes: count }] of stored) committed.set(key, count);
    return stored;
  };
  const count = async (): Promise<NewlyMissing> => {
    await look();
    const until = Date.now() - WRITTEN_MS;
    const stored = await readCommitted();
    const taken = replicas.flatMap(({ log }) => log.taken());
    const handled = countByKey(replicas.flatMap(({ log }) => [...log.taken(), ...log.discarded()]));
    const ended = probes.flatMap(({ mailbox, protocol, ended: at = Number.POSITIVE_INFINITY }) =>
      at <= until ? { key: `${mailbox} ${protocol}` } : [],
    );
    return { lost: lostResults(taken, stored, until), unexplained: missing(countByKey(ended), handled) };
  };

  const over = new AbortController();
  /** Until the moment of a crash. While the database is away there is nothing to read. */
  const sampling = (async () => {
    while (!over.signal.aborted) {
      await readCommitted().catch(() => undefined);
      await delay(SAMPLE_MS);
    }
  })();

  return {
    probes: () => probes,
    messages: () => messages,
    look,
    newlyMissing: async () => {
      let now = before;
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        now = await count();
        if (now.lost <= before.lost && now.unexplained <= before.unexplained) break;
        await delay(WRITTEN_MS);
      }
      const since = {
        lost: now.lost - before.lost,
        unexplained: now.unexplained - before.unexplained,
      };
      before = now;
      return since;
    },
    vanished: () => vanished,
    stop: async () => {
      over.abort();
      await sampling;
    },
  };
}
