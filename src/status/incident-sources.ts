/** What incidents need from the rest of `status/`: the states of targets, and the problems that each is part of. */
import { PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import type { Problem } from '../model/status.ts';
import { targetKey } from '../model/target.ts';
import { problemId, type ProblemIndex } from './problem-index.ts';
import type { TargetRecord } from './target-record.ts';
import type { TargetTable } from './target-table.ts';

/** What incidents need to know of a target. */
export interface WatchedTarget {
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  /** When its watch began. Another mailbox that takes over the same key has a later start. */
  readonly watchedSince: number;
  readonly isUp: boolean;
  /** If it is up, the start of the run of successes that confirmed it. */
  readonly upSince?: number;
  readonly failingSince?: number;
  /** Start of the last probe that counted. */
  readonly resultAt?: number;
  readonly intermittent: boolean;
  /** While it recovers: successes in a row, and how many confirm it up. */
  readonly recovering?: { readonly successes: number; readonly needed: number };
}

/** What incidents need from the rest of `status/`. */
export interface IncidentSources {
  /** Undefined if it is no longer configured. */
  readonly target: (key: string) => WatchedTarget | undefined;
  readonly targetsOf: (mailbox: string) => readonly WatchedTarget[];
  readonly problem: (id: string) => Problem | undefined;
  /** Keys of the targets that fail with this problem. Empty if only healthy probes or the app itself report it. */
  readonly failingUnder: (problem: string) => readonly string[];
  /** How many targets and apps report it. As long as the number is the same, the targets are assumed to be the same. */
  readonly sourceCount: (problem: string) => number;
  /** Ids of the problems that the target's failure is part of. */
  readonly problemsOf: (key: string) => readonly string[];
  /** Returns a UUID version 7 with the time `at`. */
  readonly newId: (at: number) => string;
}

export function incidentSourcesOf(
  table: Pick<TargetTable, 'get'>,
  {
    problem,
    failingUnder,
    sourceCount,
    findingsOf,
  }: Pick<ProblemIndex, 'problem' | 'failingUnder' | 'sourceCount' | 'findingsOf'>,
): Omit<IncidentSources, 'newId'> {
  /** Cached, because an outage of ten thousand mailboxes reads each of them every second. */
  const made = new WeakMap<TargetRecord, WatchedTarget>();
  const watched = (key: string): WatchedTarget | undefined => {
    const record = table.get(key);
    if (record === undefined) return undefined;
    const known = made.get(record);
    if (known !== undefined) return known;
    const target = watchedTarget(key, record);
    made.set(record, target);
    return target;
  };
  return {
    target: watched,
    targetsOf: (id) =>
      PROTOCOL_IDS.flatMap((protocol) => watched(targetKey({ mailbox: { id }, protocol })) ?? []),
    problem,
    failingUnder,
    sourceCount,
    problemsOf: (key) =>
      findingsOf(key).flatMap(({ failure, diagnosis }) =>
        failure === undefined ? [] : problemId(diagnosis),
      ),
  };
}

function watchedTarget(key: string, { status, confirmation, watchedSince }: TargetRecord): WatchedTarget {
  const { target, confirmed, failingSince, resultAt, recovering } = status;
  const { runSince, intermittent } = confirmation;
  const isUp = confirmed === 'up';
  return {
    key,
    mailbox: target.mailbox.id,
    protocol: target.protocol,
    watchedSince,
    isUp,
    ...(isUp && runSince !== undefined ? { upSince: runSince } : {}),
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(resultAt === undefined ? {} : { resultAt }),
    intermittent,
    ...(recovering === undefined ? {} : { recovering }),
  };
}
