/**
 * What do we know? Keeps, for each target, its last probes and its confirmed state, and what follows from all of
 * them together: how a probe's neighbors fare, whether our own network is down, which problems are open. Pure: told
 * of probes by the engine, asked by `report/`; the time comes in as an argument (epoch milliseconds).
 */
import type { Context, OwnNetwork } from '../model/context.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { Evidence } from '../model/evidence.ts';
import type { StateChange, TargetMemory } from '../model/memory.ts';
import type { AppTokenState, Problem, ProblemChange, StatusChange, TargetStatus } from '../model/status.ts';
import { targetKey, type App, type Target } from '../model/target.ts';
import { createAppFindings } from './app-findings.ts';
import { findingsAfterProbe, OWN_NETWORK_DOWN } from './findings.ts';
import type { Confirmation } from './confirmation.ts';
import { corroborating, type FailedProbe, type Reach } from './corroboration.ts';
import { incidentSourcesOf, type IncidentSources } from './incident-sources.ts';
import { isSoonAfter } from './incident-review.ts';
import { comesAndGoes } from './intermittence.ts';
import { createSweep } from './lapses.ts';
import { createOwnNetworkWatch, type HostSign } from './own-network.ts';
import { contextOf } from './probe-context.ts';
import { createProblemIndex } from './problem-index.ts';
import { createProblemNews } from './problem-news.ts';
import { recordProbe, type Recorded } from './record-probe.ts';
import { createInterner } from './sharing.ts';
import { stateChangeOf } from './state-changes.ts';
import { memoryOf } from './target-memory.ts';
import type { TargetRecord } from './target-record.ts';
import { createTargetTable } from './target-table.ts';
import { createWatchList } from './watch-list.ts';
import { createWithdrawal } from './withdrawal.ts';

export interface AppFacts {
  readonly token?: AppTokenState;
  readonly credential?: CredentialStatus;
}

export interface StatusStore {
  /**
   * What the process before this one knew, before the first `update`: that takes back what still is the same. The news
   * taken next says of every problem that was open that it opened: incidents know theirs, nobody else is told.
   */
  readonly restore: (memories: readonly TargetMemory[], incidents?: readonly Incident[]) => void;
  /**
   * The same, where it could be read only now: as if it had been known from the start. What was probed since is recorded
   * again after it.
   */
  readonly restoreLate: (memories: readonly TargetMemory[], now: number) => void;
  /** What of the target is to be remembered. */
  readonly memoryOf: (key: string) => TargetMemory | undefined;
  /** States whose last result is too old to count become unknown. To be called at least twice a minute. */
  readonly sweep: (now: number) => readonly StatusChange[];
  /** From now on these targets. What is known of a target is kept if it still is the same mailbox at the same place. */
  readonly update: (targets: readonly Target[], now: number) => void;
  /** The same in short steps, for a caller who does other things in between: twenty thousand targets take a while. */
  readonly updateInSteps: (targets: readonly Target[], now: number) => Iterable<void>;
  /** Ignores a probe that we ended ourselves, and one at a target that is no longer configured so. */
  readonly record: (
    target: Target,
    evidence: Evidence,
    diagnoses: readonly Diagnosis[],
    now: number,
  ) => Recorded;
  /** For a probe that is to be judged, whether it is recorded already or not. */
  readonly contextFor: (target: Target, evidence: Evidence, now: number, facts: AppFacts) => Context;
  /** Others that these probes leave in doubt: probed now, they show how far a failure reaches. Mostly none. */
  readonly corroborating: (probes: readonly FailedProbe[], reach: Reach) => readonly Target[];
  /** What is wrong with an app itself, its credential for one, in place of what was said before. */
  readonly recordAppDiagnoses: (app: App, diagnoses: readonly Diagnosis[], now: number) => void;
  /** What is wrong with a part of the prober itself, its store for one, in place of what was said before. */
  readonly recordProberDiagnoses: (part: string, diagnoses: readonly Diagnosis[], now: number) => void;
  /** The result of a control connection: no login, just whether a host speaks. */
  readonly setControl: (sign: HostSign, now: number) => readonly StatusChange[];
  readonly ownNetwork: (now: number) => OwnNetwork;
  readonly get: (key: string) => TargetStatus | undefined;
  /** In the order of the configuration. */
  readonly targets: () => readonly TargetStatus[];
  readonly problems: (now: number) => readonly Problem[];
  /** How targets fare, and which problems they are part of: what incidents are made of. */
  readonly incidentSources: Omit<IncidentSources, 'newId'>;
  /** What opened, grew, shrank, changed and closed since this was last asked. */
  readonly takeNews: (now: number) => readonly ProblemChange[];
}

export interface StatusParts {
  /** What is wrong with a target that our own network cuts off: as `diagnosis/` says it. */
  readonly diagnoseCutOff: (target: Target, now: number, prober?: string) => Diagnosis;
  /** The name of this replica, where one is configured. */
  readonly prober?: string;
  /** Of every change of a confirmed state, and of targets whose watch begins or ends. */
  readonly onStateChange?: (change: StateChange) => void;
}

export function createStatusStore({ diagnoseCutOff, prober, onStateChange }: StatusParts): StatusStore {
  const table = createTargetTable();
  const network = createOwnNetworkWatch();
  const problems = createProblemIndex();
  const news = createProblemNews(problems);
  const appFindings = createAppFindings(problems);
  const share = createInterner();

  const updateProblems = ({ status, ...record }: TargetRecord, after: Confirmation, now: number): void => {
    const { target, lastProbe: probe } = status;
    if (probe === undefined) return;
    const key = targetKey(target);
    const cutOff = (): readonly Diagnosis[] => share([diagnoseCutOff(target, now, prober)]);
    const affected = { mailboxes: record.mailboxes, intermittent: comesAndGoes(status, after, now) };
    problems.update(key, findingsAfterProbe(problems.findingsOf(key), probe, after, affected, now, cutOff));
  };
  const onChanged = (record: TargetRecord): void => onStateChange?.(stateChangeOf(record));
  const withdrawSilent = createWithdrawal({ table, network, updateProblems, onChanged });
  const sweep = createSweep({ table, onChanged });
  let restoredAt: number | undefined;
  const watchList = createWatchList({ table, problems, onChanged, onStateChange });
  const parts = { table, network, updateProblems, withdrawSilent, share, onChanged };

  /** Mailboxes stay unknown until they are probed again, but a network that a server answers over is not down. */
  const hidesAt = (now: number): ((problem: Problem) => boolean) => {
    const isUp = network.verdict(now) === 'ok';
    return ({ cause }) => isUp && cause === OWN_NETWORK_DOWN;
  };

  function* updateInSteps(targets: readonly Target[], now: number): Iterable<void> {
    yield* watchList.update(targets, now);
    yield* appFindings.update(targets);
    network.forgetBefore(now);
  }

  return {
    update: (targets, now) => void [...updateInSteps(targets, now)],
    updateInSteps,
    record: (target, evidence, diagnoses, now) => recordProbe(parts, target, evidence, diagnoses, now),
    contextFor: (target, evidence, now, facts) => ({
      ...contextOf({ records: table, peers: table.peers, network }, target, evidence, now),
      ...facts,
      ...(prober === undefined ? {} : { prober }),
    }),
    corroborating: (probes, reach) => corroborating(probes, table.candidates, reach),
    recordAppDiagnoses: appFindings.record,
    recordProberDiagnoses: appFindings.recordProber,
    setControl(sign, now) {
      network.observe(sign);
      return withdrawSilent(now);
    },
    restore(memories, incidents = []) {
      watchList.restore(memories);
      problems.expect(advisoriesIn(incidents));
      restoredAt = undefined;
    },
    restoreLate(memories, now) {
      const probed = watchList
        .beginAnew(memories, now)
        .flatMap(({ status: { target, history } }) => history.map((probe) => ({ target, ...probe })))
        .toSorted((a, b) => endOf(a.evidence) - endOf(b.evidence));
      for (const { target, evidence, diagnoses } of probed)
        recordProbe(parts, target, evidence, diagnoses, endOf(evidence));
    },
    memoryOf: (key) => {
      const record = table.get(key);
      return record && memoryOf(record, problems.findingsOf(key));
    },
    sweep(now) {
      restoredAt ??= now;
      if (!isSoonAfter(restoredAt, now)) problems.forgetExpected();
      return sweep(now);
    },
    ownNetwork: (now) => network.verdict(now),
    get: (key) => table.get(key)?.status,
    targets: table.statuses,
    problems(now) {
      const isHidden = hidesAt(now);
      const open = problems.problems();
      return open.some(isHidden) ? open.filter((problem) => !isHidden(problem)) : open;
    },
    incidentSources: incidentSourcesOf(table, problems),
    takeNews: (now) => news.take(now, hidesAt(now)),
  };
}

/** What targets failed of is remembered with them: their problems begin as they did. */
function advisoriesIn(incidents: readonly Incident[]): ReadonlyMap<string, number> {
  const open = incidents.filter(({ state, advisory }) => state !== 'closed' && advisory);
  return new Map(open.map(({ problem, opened, spells }) => [problem, spells.at(-1) ?? opened]));
}

function endOf({ startedAt, seconds }: Evidence): number {
  return startedAt + seconds * 1_000;
}
