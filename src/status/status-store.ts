/**
 * The current state of everything that is watched. Keeps the last probes and the confirmed state of each target. Also
 * keeps what all targets show together: the counts of peers, the state of this machine's network, and the open
 * problems.
 * Pure: the engine records probes, `report/` reads the state, and each caller passes the time (epoch milliseconds).
 */
import type { Context, OwnNetwork } from '../model/context.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { Incident } from '../model/incident.ts';
import type { Evidence } from '../model/evidence.ts';
import type { StateChange, TargetMemory } from '../model/memory.ts';
import type { AppTokenState, Problem, ProblemChange, StatusChange, TargetStatus } from '../model/status.ts';
import type { Steps } from '../model/steps.ts';
import { targetKey, type App, type Target } from '../model/target.ts';
import { createAppFindings } from './app-findings.ts';
import { findingsAfterProbe, OWN_NETWORK_DOWN } from './findings.ts';
import { corroborating, type FailedProbe, type Reach } from './corroboration.ts';
import { incidentSourcesOf, type IncidentSources } from './incident-sources.ts';
import { isSoonAfter } from './open-incident.ts';
import { comesAndGoes } from './intermittence.ts';
import { createSweep, type LapseParts } from './lapses.ts';
import { createOwnNetworkWatch, type HostSign, type OwnNetworkWatch } from './own-network.ts';
import { contextOf } from './probe-context.ts';
import { createProblemIndex, type ProblemIndex } from './problem-index.ts';
import { createProblemNews } from './problem-news.ts';
import { recordProbe, type Recorded, type RecordParts } from './record-probe.ts';
import { createInterner } from './sharing.ts';
import { stateChangeOf } from './state-changes.ts';
import { memoryOf } from './target-memory.ts';
import type { TargetRecord } from './target-record.ts';
import { createTargetTable } from './target-table.ts';
import { createWatchList, type WatchList } from './watch-list.ts';
import { createWithdrawal } from './withdrawal.ts';

export interface AppFacts {
  readonly token?: AppTokenState;
  readonly credential?: CredentialStatus;
}

export interface StatusStore {
  /**
   * Takes what the previous process stored. It must be called before the first `update`, which restores every unchanged
   * target. The next `takeNews` reports every open problem as opened. Nobody is notified again, because the restored
   * incidents recognize their problems.
   */
  readonly restore: (memories: readonly TargetMemory[], incidents?: readonly Incident[]) => void;
  /**
   * Does the same as `restore` if the store could only be read later. The probes recorded in the meantime are then
   * recorded again, so the result is as if the store had been read at the start.
   */
  readonly restoreLate: (memories: readonly TargetMemory[], now: number) => void;
  /** Returns the data of the target to store. Undefined if the target is not watched. */
  readonly memoryOf: (key: string) => TargetMemory | undefined;
  /**
   * Changes a confirmed state to unknown if its last result is too old, one target in each step. Probes may be recorded
   * between two steps. If the last call was more than two minutes ago, every target first gets time for a probe.
   */
  readonly sweep: (now: number, report: (change: StatusChange) => void) => Steps<void>;
  /** Replaces the targets. A target keeps its state if it is the same mailbox at the same endpoint. */
  readonly update: (targets: readonly Target[], now: number) => void;
  /**
   * Does the same as `update` in short steps, so that the caller can do other work in between. Twenty thousand targets
   * take a while.
   */
  readonly updateInSteps: (targets: readonly Target[], now: number) => Iterable<void>;
  /** Ignores a probe that mailprobe itself ended, and a probe of a target whose configuration has changed. */
  readonly record: (
    target: Target,
    evidence: Evidence,
    diagnoses: readonly Diagnosis[],
    now: number,
  ) => Recorded;
  /** Returns the context for diagnosing a probe, whether the probe is already recorded or not. */
  readonly contextFor: (target: Target, evidence: Evidence, now: number, facts: AppFacts) => Context;
  /** Returns other targets to probe now, which show how many targets the failures concern. Usually there are none. */
  readonly corroborating: (probes: readonly FailedProbe[], reach: Reach) => readonly Target[];
  /** Replaces the diagnoses of an app itself, such as those of its credential. */
  readonly recordAppDiagnoses: (app: App, diagnoses: readonly Diagnosis[], now: number) => void;
  /** Replaces the diagnoses of a part of the prober itself, such as its store. */
  readonly recordProberDiagnoses: (part: string, diagnoses: readonly Diagnosis[], now: number) => void;
  /** Takes the result of a control connection, which shows whether a host answers. It does not log in. */
  readonly setControl: (sign: HostSign, now: number) => readonly StatusChange[];
  readonly ownNetwork: (now: number) => OwnNetwork;
  readonly get: (key: string) => TargetStatus | undefined;
  /** In the order of the configuration. */
  readonly targets: () => readonly TargetStatus[];
  /** Returns the same, with the state `unknown` where the last result is too old at this time. */
  readonly targetsAsOf: (now: number) => readonly TargetStatus[];
  readonly problems: (now: number) => readonly Problem[];
  /** The states of targets and their problems, for `incidents.ts`. */
  readonly incidentSources: Omit<IncidentSources, 'newId'>;
  /** Returns the problems that opened, grew, shrank, changed and closed since the last call. */
  readonly takeNews: (now: number) => readonly ProblemChange[];
}

export interface StatusParts {
  /**
   * Diagnoses a target that this machine's network cuts off. It is passed in, because `status/` does not import
   * `diagnosis/`.
   */
  readonly diagnoseCutOff: (target: Target, now: number, prober?: string) => Diagnosis;
  /** The name of this replica, if one is configured. */
  readonly prober?: string;
  /** Called for every change of a confirmed state, and if the watch of a target begins or ends. */
  readonly onStateChange?: (change: StateChange) => void;
}

export function createStatusStore(given: StatusParts): StatusStore {
  const { prober, onStateChange } = given;
  const table = createTargetTable();
  const network = createOwnNetworkWatch();
  const problems = createProblemIndex();
  const news = createProblemNews(problems);
  const appFindings = createAppFindings(problems);
  const share = createInterner();
  const updateProblems = updateProblemsOf(problems, share, given);
  const onChanged = (record: TargetRecord): void => onStateChange?.(stateChangeOf(record));
  const withdrawSilent = createWithdrawal({ table, network, updateProblems, onChanged });
  const watchList = createWatchList({ table, problems, onChanged, onStateChange });
  const parts = { table, network, updateProblems, withdrawSilent, share, onChanged };
  const probeContext = { records: table, peers: table.peers, network };

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
      ...contextOf(probeContext, target, evidence, now),
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
    ...watchAcrossRestarts(parts, watchList, problems),
    ownNetwork: (now) => network.verdict(now),
    get: (key) => table.get(key)?.status,
    targets: table.statuses.all,
    targetsAsOf: table.statuses.asOf,
    problems(now) {
      const isHidden = hiddenAt(network, now);
      const open = problems.problems();
      return open.some(isHidden) ? open.filter((problem) => !isHidden(problem)) : open;
    },
    incidentSources: incidentSourcesOf(table, problems),
    takeNews: (now) => news.take(now, hiddenAt(network, now)),
  };
}

/** Returns the function that updates the problems of a target after each of its probes. */
function updateProblemsOf(
  problems: ProblemIndex,
  share: ReturnType<typeof createInterner>,
  { diagnoseCutOff, prober }: Pick<StatusParts, 'diagnoseCutOff' | 'prober'>,
): RecordParts['updateProblems'] {
  return ({ status }, after, now) => {
    const { target, lastProbe: probe } = status;
    if (probe === undefined) return;
    const key = targetKey(target);
    const cutOff = (): readonly Diagnosis[] => share([diagnoseCutOff(target, now, prober)]);
    const before = problems.findingsOf(key);
    const affected = {
      // Findings keep their array of mailboxes, so that the index sees at once that the mailboxes are the same.
      mailboxes: before[0]?.mailboxes ?? [target.mailbox.id],
      intermittent: comesAndGoes(status, after, now),
    };
    problems.update(key, findingsAfterProbe(before, probe, after, affected, now, cutOff));
  };
}

/** The functions that store and restore what is known, and that make old states unknown. */
function watchAcrossRestarts(
  parts: RecordParts & LapseParts,
  watchList: WatchList,
  problems: ProblemIndex,
): Pick<StatusStore, 'restore' | 'restoreLate' | 'memoryOf' | 'sweep'> {
  const { table } = parts;
  const sweep = createSweep(parts);
  let restoredAt: number | undefined;
  return {
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
    sweep(now, report) {
      restoredAt ??= now;
      if (!isSoonAfter(restoredAt, now)) problems.forgetExpected();
      return sweep(now, report);
    },
  };
}

/**
 * Returns which problems to hide. `own-network-down` is hidden as soon as any server answers. The affected targets stay
 * unknown until they are probed again.
 */
function hiddenAt(network: OwnNetworkWatch, now: number): (problem: Problem) => boolean {
  const isUp = network.verdict(now) === 'ok';
  return ({ cause }) => isUp && cause === OWN_NETWORK_DOWN;
}

/**
 * Returns the start of each open advisory by problem. Problems of failing targets are left out, because the targets
 * know their start.
 */
function advisoriesIn(incidents: readonly Incident[]): ReadonlyMap<string, number> {
  const open = incidents.filter(({ state, advisory }) => state !== 'closed' && advisory);
  return new Map(open.map(({ problem, opened, spells }) => [problem, spells.at(-1) ?? opened]));
}

function endOf({ startedAt, seconds }: Evidence): number {
  return startedAt + seconds * 1_000;
}
