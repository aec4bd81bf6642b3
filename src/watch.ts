/**
 * One look at one target: probe it, judge what was seen, remember it, tell whoever listens. The scheduler calls
 * this at every interval; when to look, what to see and what it means stand in their own folders.
 */
import type { Context } from './model/context.ts';
import type { CredentialStatus } from './model/credential.ts';
import type { Diagnosis } from './model/diagnosis.ts';
import { failedStages, type Evidence } from './model/evidence.ts';
import type { AppTokenState, Look, StatusChange } from './model/status.ts';
import type { Target } from './model/target.ts';

export interface AppFacts {
  readonly token?: AppTokenState;
  readonly credential?: CredentialStatus;
}

/** What a look needs, given by the daemon. */
export interface Watching {
  readonly probe: (target: Target, signal: AbortSignal) => Promise<Evidence>;
  /** Where the look leaves open whether the silence is ours: asks, and tells whom the answer makes unknown. */
  readonly askControl: (target: Target, evidence: Evidence) => Promise<readonly StatusChange[]>;
  readonly factsOf: (target: Target) => AppFacts;
  readonly diagnose: (evidence: Evidence, context: Context) => readonly Diagnosis[];
  readonly status: {
    readonly contextFor: (target: Target, evidence: Evidence, now: number, facts: AppFacts) => Context;
    readonly witnesses: (target: Target, evidence: Evidence, context: Context) => readonly Target[];
    readonly record: (
      target: Target,
      evidence: Evidence,
      diagnoses: readonly Diagnosis[],
      now: number,
    ) => {
      readonly look: Look;
      readonly change?: StatusChange;
      /** Others that this look made unknown: it showed that our own network is down. */
      readonly alsoChanged: readonly StatusChange[];
      readonly relookMs?: number;
    };
  };
  /** Has another target looked at now, for what it tells of this one. */
  readonly lookAtOther: (target: Target) => void;
  readonly reportLook: (target: Target, look: Look) => void;
  readonly reportChange: (change: StatusChange) => void;
}

/** When the scheduler should look again, if sooner than at the next interval. */
export interface LookNext {
  readonly soonMs?: number;
}

export function createWatch(watching: Watching): (target: Target, signal: AbortSignal) => Promise<LookNext> {
  const { probe, askControl, factsOf, diagnose, status, lookAtOther, reportLook, reportChange } = watching;

  return async function watch(target, signal) {
    const evidence = await probe(target, signal);
    if (endedByUs(evidence)) return {};
    for (const other of await askControl(target, evidence)) reportChange(other);

    const context = status.contextFor(target, evidence, Date.now(), factsOf(target));
    const diagnoses = diagnose(evidence, context);

    const { look, change, alsoChanged, relookMs } = status.record(target, evidence, diagnoses, Date.now());
    reportLook(target, look);
    if (change !== undefined) reportChange(change);
    for (const other of alsoChanged) reportChange(other);
    for (const other of status.witnesses(target, evidence, context)) lookAtOther(other);

    return relookMs === undefined ? {} : { soonMs: relookMs };
  };
}

/** A look that a shutdown or a reload cut short saw nothing worth remembering. */
function endedByUs(evidence: Evidence): boolean {
  return failedStages(evidence).some((stage) => stage.failure?.kind === 'aborted');
}
