/** What incidents need to know about targets and problems, made from the parts of the status store. */
import { PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import type { Problem } from '../model/status.ts';
import { targetKey } from '../model/target.ts';
import { problemId, type ProblemIndex } from './problem-index.ts';
import type { TargetRecord } from './target-record.ts';
import type { TargetTable } from './target-table.ts';

/** What incidents need to know about a target. */
export interface WatchedTarget {
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  /** When mailprobe began to watch the target. It distinguishes the target from a later one with the same key. */
  readonly watchedSince: number;
  readonly isUp: boolean;
  /** The start of the successes that confirmed the target up. Absent if it is not up. */
  readonly upSince?: number;
  readonly failingSince?: number;
  /** Start of the last probe that counts. */
  readonly resultAt?: number;
  readonly intermittent: boolean;
  /** Present while the target recovers: its successes in a row, and how many confirm it up. */
  readonly recovering?: { readonly successes: number; readonly needed: number };
}

export interface IncidentSources {
  /** Undefined if the target is no longer configured. */
  readonly target: (key: string) => WatchedTarget | undefined;
  /**
   * Returns the keys of the targets that were confirmed up, added, replaced or removed since the last call. Only those
   * can release an incident. An outage of ten thousand mailboxes would otherwise be searched every second.
   */
  readonly takeMoved: () => ReadonlySet<string>;
  readonly targetsOf: (mailbox: string) => readonly WatchedTarget[];
  readonly problem: (id: string) => Problem | undefined;
  /** Keys of the targets that fail with this problem. Empty if only healthy probes or a check of the app report it. */
  readonly failingUnder: (problem: string) => readonly string[];
  /**
   * How many targets and apps report the problem. If the number is the same as before, the same targets and apps are
   * assumed to report it.
   */
  readonly sourceCount: (problem: string) => number;
  /** Ids of the problems that the target has. */
  readonly problemsOf: (key: string) => readonly string[];
  /** Returns a UUID version 7 with the time `at`. */
  readonly newId: (at: number) => string;
}

export function incidentSourcesOf(
  table: Pick<TargetTable, 'get' | 'takeMoved'>,
  {
    problem,
    failingUnder,
    sourceCount,
    findingsOf,
  }: Pick<ProblemIndex, 'problem' | 'failingUnder' | 'sourceCount' | 'findingsOf'>,
): Omit<IncidentSources, 'newId'> {
  const watched = (key: string): WatchedTarget | undefined => {
    const record = table.get(key);
    return record && watchedTarget(key, record);
  };
  return {
    target: watched,
    takeMoved: table.takeMoved,
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
