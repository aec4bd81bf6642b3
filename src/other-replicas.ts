/**
 * Reads the targets of other replicas from the store every few seconds. Merges them with the targets of this replica
 * for health checks, API and status page, but not for metrics. Created by `all-replicas.ts`.
 */
import type { Config } from './config/config.ts';
import type { CredentialStatus } from './model/credential.ts';
import { SEVERITIES } from './model/diagnosis.ts';
import { asOf } from './model/freshness.ts';
import type { AppTokenState, Problem, Snapshot, StatusChange, TargetStatus } from './model/status.ts';
import type { AnsweredProbe } from './model/asked-probe.ts';
import { targetKey } from './model/target.ts';
import { createOtherTargets, type OtherTargets } from './status/other-targets.ts';
import type { PostgresStore } from './store/postgres-store.ts';

export interface OtherReplicas {
  /** `mine`: the ids of the apps that this replica probes. */
  readonly update: (config: Config, mine: ReadonlySet<string>) => void;
  /**
   * Reads what other replicas have changed. While the store is unavailable, rejects and keeps the state that was read
   * before.
   */
  readonly refresh: () => Promise<void>;
  /** Have all apps of other replicas been read at least once? */
  readonly isComplete: () => boolean;
  /** When the state of other replicas was last read, in epoch milliseconds. */
  readonly readAt: () => number | undefined;
  /**
   * Takes over the results of a probe that another replica ran on request. Returns the status of the probed targets.
   */
  readonly learn: (answer: AnsweredProbe) => readonly TargetStatus[];
  readonly problems: (own: readonly Problem[]) => readonly Problem[];
  /** Merges our snapshot with the targets and problems of other replicas. */
  readonly snapshot: (own: Snapshot) => Snapshot;
  readonly credentials: (own: readonly CredentialStatus[]) => readonly CredentialStatus[];
}

export function createOtherReplicas(
  store: Pick<PostgresStore, 'changes'>,
  onChange: (change: StatusChange) => void,
): OtherReplicas {
  const others = createOtherTargets();
  const tokens = new Map<string, AppTokenState>();
  const credentials = new Map<string, CredentialStatus>();
  /** Apps whose targets have all been read once. */
  const read = new Set<string>();
  let foreign: ReadonlySet<string> = new Set();
  let order: readonly string[] = [];
  let since: string | undefined;
  let readAt: number | undefined;

  const learn = async (apps: readonly string[], from: string | undefined): Promise<string | undefined> => {
    if (apps.length === 0) return undefined;
    const changes = await store.changes(apps, from);
    for (const change of others.learn(changes.targets, Date.now())) onChange(change);
    for (const { app, state } of changes.tokens) if (foreign.has(app)) tokens.set(app, state);
    for (const { app, status } of changes.credentials) if (foreign.has(app)) credentials.set(app, status);
    for (const app of apps) if (foreign.has(app)) read.add(app);
    return changes.until;
  };

  return {
    update: (config, mine) => {
      foreign = new Set(config.apps.map(({ id }) => id).filter((id) => !mine.has(id)));
      order = config.targets.map(targetKey);
      others.update(
        config.targets.filter(({ app }) => foreign.has(app.id)),
        Date.now(),
      );
      for (const kept of [tokens, credentials])
        for (const app of kept.keys()) if (!foreign.has(app)) kept.delete(app);
      for (const app of read) if (!foreign.has(app)) read.delete(app);
    },
    refresh: async () => {
      const began = Date.now();
      const known = [...foreign].filter((app) => read.has(app));
      const added = [...foreign].filter((app) => !read.has(app));
      const until = await learn(known, since);
      const first = await learn(added, undefined);
      since = until ?? first ?? since;
      readAt = began;
    },
    isComplete: () => [...foreign].every((app) => read.has(app)),
    readAt: () => readAt,
    learn: ({ targets }) => learnAnswer(others, targets, onChange),
    problems: (own) => (foreign.size === 0 ? own : merged(own, others.problems())),
    snapshot: (own) => (foreign.size === 0 ? own : withOthers(own, order, others, [...tokens.values()])),
    credentials: (own) => [...own, ...credentials.values()],
  };
}

/** `order`: the keys of all targets, as the configuration lists them. */
function withOthers(
  own: Snapshot,
  order: readonly string[],
  others: OtherTargets,
  tokens: readonly AppTokenState[],
): Snapshot {
  const status = new Map(own.targets.map((one): [string, TargetStatus] => [targetKey(one.target), one]));
  const targets = order.flatMap((key) => status.get(key) ?? others.get(key) ?? []);
  return {
    at: own.at,
    targets: asOf(targets, own.at),
    tokens: [...own.tokens, ...tokens],
    problems: merged(own.problems, others.problems()),
  };
}

function learnAnswer(
  others: OtherTargets,
  targets: AnsweredProbe['targets'],
  onChange: (change: StatusChange) => void,
): readonly TargetStatus[] {
  const now = Date.now();
  const changes = others.learn(
    targets.map(({ memory }) => memory),
    now,
  );
  for (const change of changes) onChange(change);
  for (const { memory, lastProbe } of targets)
    if (lastProbe !== undefined) others.learnProbe(memory.key, lastProbe, now);
  return targets.flatMap(({ memory }) => others.get(memory.key) ?? []);
}

/** A problem that several replicas report becomes one problem, with the text of this replica. */
function merged(own: readonly Problem[], others: readonly Problem[]): readonly Problem[] {
  const byId = new Map(own.map((problem) => [problem.id, problem]));
  for (const other of others) {
    const known = byId.get(other.id);
    byId.set(other.id, known === undefined ? other : together(known, other));
  }
  return [...byId.values()].sort(
    (a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) || a.since - b.since,
  );
}

function together(own: Problem, other: Problem): Problem {
  const mailboxes = new Set([...own.affectedMailboxes, ...other.affectedMailboxes]);
  return { ...own, since: Math.min(own.since, other.since), affectedMailboxes: [...mailboxes].sort() };
}
