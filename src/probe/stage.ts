/** Builds stages with their durations. Used by every part of `probe/` that runs a stage. */
import type { StageFacts, StageName, StageOf } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import { createPool } from './pool.ts';

/** A stage that is running. `ok` or `failed` ends it. */
export interface RunningStage<S extends StageName> {
  readonly ok: (facts: StageFacts[S]) => StageOf<S>;
  readonly failed: (failure: Failure, facts: StageFacts[S]) => StageOf<S>;
}

/**
 * The values that all probes share for one stage name, to save memory. Ten thousand probes of one host have the same
 * facts and failures, and only a few different durations.
 */
interface Shared<S extends StageName> {
  readonly facts: (facts: StageFacts[S]) => StageFacts[S];
  readonly ok: (facts: StageFacts[S], seconds: number) => StageOf<S>;
  readonly skipped: StageOf<S>;
}

/**
 * Beyond this many stages of one name, the map of shared stages is emptied. Stages that are still in use elsewhere stay
 * alive.
 */
const MOST_SHARED = 4_000;
/** A duration is rounded to this many significant digits. More digits carry no information. */
const DIGITS = 3;

const shared: { readonly [S in StageName]: Shared<S> } = {
  token: sharedOf('token', {}),
  claims: sharedOf('claims', {}),
  dns: sharedOf('dns', {}),
  connect: sharedOf('connect', {}),
  tls: sharedOf('tls', {}),
  greeting: sharedOf('greeting', {}),
  auth: sharedOf('auth', {}),
  open: sharedOf('open', {}),
  logout: sharedOf('logout', {}),
};
const sharedFailure = createPool<Failure>();

/** Begins a stage. Its duration counts from this call. */
export function beginStage<S extends StageName>(stage: S): RunningStage<S> {
  const seconds = stopwatch();
  const { facts: sharedFacts, ok } = shared[stage];
  return {
    ok: (facts) => ok(sharedFacts(facts), seconds()),
    failed: (failure, facts) => ({
      stage,
      outcome: 'failed',
      seconds: seconds(),
      facts: sharedFacts(facts),
      failure: sharedFailure(failure),
    }),
  };
}

export function skippedStage<S extends StageName>(stage: S): StageOf<S> {
  return shared[stage].skipped;
}

/** The returned function returns the seconds since this call, to the microsecond, by the monotonic clock. */
export function stopwatch(): () => number {
  const startedAtMs = performance.now();
  return () => Math.round((performance.now() - startedAtMs) * 1000) / 1_000_000;
}

function sharedOf<S extends StageName>(stage: S, noFacts: StageFacts[S]): Shared<S> {
  let known = new Map<StageFacts[S], Map<number, StageOf<S>>>();
  let size = 0;
  return {
    facts: createPool(),
    skipped: { stage, outcome: 'skipped', seconds: 0, facts: noFacts },
    ok: (facts, exactly) => {
      const seconds = Number(exactly.toPrecision(DIGITS));
      const alike = known.get(facts)?.get(seconds);
      if (alike !== undefined) return alike;
      if (size >= MOST_SHARED) {
        known = new Map();
        size = 0;
      }
      const made: StageOf<S> = { stage, outcome: 'ok', seconds, facts };
      const ofFacts = known.get(facts) ?? new Map<number, StageOf<S>>();
      known.set(facts, ofFacts.set(seconds, made));
      size += 1;
      return made;
    },
  };
}
