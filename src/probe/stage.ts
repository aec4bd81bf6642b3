/**
 * Builds stages with their durations, so that `seconds`, `outcome` and `failure` always agree. Called by every part of
 * `probe/` that runs a stage.
 */
import type { StageFacts, StageName, StageOf } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import { createPool } from './pool.ts';

/** A stage under way. One of the two functions ends it. */
export interface RunningStage<S extends StageName> {
  readonly ok: (facts: StageFacts[S]) => StageOf<S>;
  readonly failed: (failure: Failure, facts: StageFacts[S]) => StageOf<S>;
}

const NO_FACTS: StageFacts = {
  token: {},
  claims: {},
  dns: {},
  connect: {},
  tls: {},
  greeting: {},
  auth: {},
  open: {},
  logout: {},
};

/** Ten thousand probes of one host have the same facts or failures, so they share one object. */
const sharedFacts: { readonly [S in StageName]: (facts: StageFacts[S]) => StageFacts[S] } = {
  token: createPool(),
  claims: createPool(),
  dns: createPool(),
  connect: createPool(),
  tls: createPool(),
  greeting: createPool(),
  auth: createPool(),
  open: createPool(),
  logout: createPool(),
};
const sharedFailure = createPool<Failure>();

/** The seconds of the stage count from this call. */
export function beginStage<S extends StageName>(stage: S): RunningStage<S> {
  const seconds = stopwatch();
  const shared = sharedFacts[stage];
  return {
    ok: (facts) => ({ stage, outcome: 'ok', seconds: seconds(), facts: shared(facts) }),
    failed: (failure, facts) => ({
      stage,
      outcome: 'failed',
      seconds: seconds(),
      facts: shared(facts),
      failure: sharedFailure(failure),
    }),
  };
}

export function skippedStage<S extends StageName>(stage: S): StageOf<S> {
  return { stage, outcome: 'skipped', seconds: 0, facts: NO_FACTS[stage] };
}

/** Seconds since this call, to the microsecond, from the monotonic clock. */
export function stopwatch(): () => number {
  const startedAtMs = performance.now();
  return () => Math.round((performance.now() - startedAtMs) * 1000) / 1_000_000;
}
