/**
 * Which probes of a target are kept, and in what detail? The last probe and the last failure are kept completely.
 * Others keep only what a list of past probes shows, because there may be twenty thousand targets. Failures are kept
 * longer than successes.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages, type Evidence, type Stage } from '../model/evidence.ts';
import type { Failure } from '../model/failure.ts';
import type { ProbeResult } from '../model/status.ts';

/** Kept besides the last probe. A target that never failed needs no more for comparison. */
const PAST_SUCCESSES = 5;
const PAST_SUCCESSES_ALONE = 1;
const PAST_FAILURES = 5;
/** One shared array: an empty one per probe would take more memory than the probe. */
const NONE: readonly never[] = [];
const NO_FACTS = {};

/** Adds the new probe at the front: newest first. */
export function withProbe(history: readonly ProbeResult[], probe: ProbeResult): readonly ProbeResult[] {
  let successes = 0;
  let failures = probe.success ? 0 : 1;
  const hasFailed = !probe.success || history.some(({ success }) => !success);
  const mostSuccesses = hasFailed ? PAST_SUCCESSES : PAST_SUCCESSES_ALONE;
  const past = history.flatMap((probe, at) => {
    if (probe.success) {
      successes += 1;
      return successes <= mostSuccesses ? [inShort(probe)] : [];
    }
    failures += 1;
    if (failures === 1) return [probe];
    const before = history.find((older, its) => its > at && !older.success);
    return failures <= PAST_FAILURES + 1 ? [inShort(probe, before)] : [];
  });
  return [probe, ...past];
}

/** Keeps time, duration, failures with their texts, and the cause. Drops facts and fix. */
function inShort(probe: ProbeResult, before?: ProbeResult): ProbeResult {
  if (isShort(probe)) return probe;
  const { evidence, success, diagnoses } = probe;
  return {
    evidence: evidenceInShort(evidence, before?.evidence),
    success,
    diagnoses: diagnoses.length === 0 ? NONE : diagnoses.slice(0, 1).map(diagnosisInShort),
  };
}

function isShort({ evidence }: ProbeResult): boolean {
  return evidence.stages.length === failedStages(evidence).length;
}

/** Reuses an equal text of the previous probe. The texts are equal while a fault lasts. */
function evidenceInShort(evidence: Evidence, before: Evidence | undefined): Evidence {
  const known = before === undefined ? NONE : failedStages(before);
  const stages = failedStages(evidence).map((stage, at) => stageInShort(stage, known[at]?.failure));
  return { ...evidence, stages: stages.length === 0 ? NONE : stages };
}

function stageInShort(stage: Stage, before: Failure | undefined): Stage {
  if (before === undefined || !isSame(stage.failure, before)) return { ...stage, facts: NO_FACTS };
  return { ...stage, facts: NO_FACTS, failure: before };
}

function isSame(a: Failure | undefined, b: Failure | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Shortened diagnoses by their complete form. A diagnosis that many mailboxes share is shortened once. */
const SHORT = new WeakMap<Diagnosis, Diagnosis>();

function diagnosisInShort(diagnosis: Diagnosis): Diagnosis {
  const known = SHORT.get(diagnosis);
  if (known !== undefined) return known;
  const short = { ...diagnosis, evidence: NONE, fix: NONE, lookAlikes: NONE, references: NONE };
  SHORT.set(diagnosis, short);
  return short;
}
