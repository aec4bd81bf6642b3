/**
 * Follows the results of a run: compares what the tenant saw, what the replicas took, and what the database has. A
 * result is taken when the log of its replica says so. It is committed when the database shows it. Used by
 * `run-cluster.ts`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { WAIT_MS } from '../../test/support/limits.ts';
import type { ClusterWorld } from './cluster-world.ts';
import { countByKey, lostResults, missing, type StoredResults } from './judge-cluster.ts';
import type { SeenMessage, SeenProbe } from './tenant.ts';

export interface NewlyMissing {
  /** Results that a replica took and that the database lacks. */
  readonly lost: number;
  /** Probes that ended at the tenant, and that no replica took or discarded. */
  readonly unexplained: number;
}

export interface Results {
  readonly probes: () => readonly SeenProbe[];
  readonly messages: () => readonly SeenMessage[];
  /** Takes over what the tenant has seen since the last call. */
  readonly look: () => Promise<void>;
  /**
   * Counts what has gone missing since the last call. `patient`: for where nothing may be missing, because on a busy machine
   * it takes long until everything is written.
   */
  readonly newlyMissing: (wait: keyof typeof ATTEMPTS) => Promise<NewlyMissing>;
  /** Targets that lost results after these were committed. */
  readonly vanished: () => readonly string[];
  readonly stop: () => Promise<void>;
}

/** Replicas write once a second, so everything is written after this time. */
const WRITTEN_MS = 3_000;
const ATTEMPTS = { none: 1, brief: 8, patient: WAIT_MS / WRITTEN_MS } as const;
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
  /**
   * Runs all the time, so that the state just before a crash is known. While the database is away, there is nothing to
   * read.
   */
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
    newlyMissing: async (wait) => {
      let now = before;
      for (let attempt = 1; attempt <= ATTEMPTS[wait]; attempt += 1) {
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
