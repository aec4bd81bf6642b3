/**
 * Decides which probes of a target are kept. The last probe and the last failure are kept in full. Other probes keep
 * only what a list of past probes shows, because there may be twenty thousand targets. The last few failures stay,
 * however many successes follow.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages, type Evidence, type Stage } from '../model/evidence.ts';
import type { ProbeResult } from '../model/status.ts';
import { createPool } from '../model/pool.ts';

/**
 * How many probes are kept besides the last probe and the last failure. A target without a kept failure keeps only one
 * success, for comparison.
 */
const PAST_SUCCESSES = 5;
const PAST_SUCCESSES_ALONE = 1;
const PAST_FAILURES = 5;
/** One array for all, because an empty array for each probe would take more memory than the probe. */
const NONE: readonly never[] = [];
const NO_FACTS = {};

/** Adds the probe at the front, because the newest comes first. */
export function withProbe(history: readonly ProbeResult[], probe: ProbeResult): readonly ProbeResult[] {
  let successes = 0;
  let failures = probe.success ? 0 : 1;
  const hasFailed = !probe.success || history.some(({ success }) => !success);
  const mostSuccesses = hasFailed ? PAST_SUCCESSES : PAST_SUCCESSES_ALONE;
  const past = history.flatMap((probe) => {
    if (probe.success) {
      successes += 1;
      return successes <= mostSuccesses ? [inShort(probe)] : [];
    }
    failures += 1;
    if (failures === 1) return [probe];
    return failures <= PAST_FAILURES + 1 ? [inShort(probe)] : [];
  });
  return [probe, ...past];
}

/** Keeps the time, the duration, the cause, and the failures with their texts. Drops facts and fix. */
function inShort(probe: ProbeResult): ProbeResult {
  if (isShort(probe)) return probe;
  const { evidence, success, diagnoses } = probe;
  const [first] = diagnoses;
  return {
    evidence: { ...evidence, stages: failuresInShort(evidence) },
    success,
    diagnoses: first === undefined ? NONE : firstInShort(first),
  };
}

function isShort({ evidence }: ProbeResult): boolean {
  return evidence.stages.length === failedStages(evidence).length;
}

const shared = createPool<readonly Stage[]>();

/**
 * Shortens the failed stages. Equal results share one object. While a fault lasts, its failures are equal except for
 * their durations, so the durations are rounded.
 */
function failuresInShort(evidence: Evidence): readonly Stage[] {
  const failed = failedStages(evidence);
  if (failed.length === 0) return NONE;
  return shared(failed.map(stageInShort));
}

function stageInShort(stage: Stage): Stage {
  return { ...stage, seconds: Number(stage.seconds.toPrecision(2)), facts: NO_FACTS };
}

/**
 * Key: a full diagnosis. Value: its short form, in an array. Many mailboxes share one diagnosis, and it is shortened
 * only once.
 */
const SHORT = new WeakMap<Diagnosis, readonly Diagnosis[]>();

function firstInShort(diagnosis: Diagnosis): readonly Diagnosis[] {
  const known = SHORT.get(diagnosis);
  if (known !== undefined) return known;
  const short = [{ ...diagnosis, evidence: NONE, fix: NONE, lookAlikes: NONE, references: NONE }];
  SHORT.set(diagnosis, short);
  return short;
}
