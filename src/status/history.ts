/**
 * Which probes of a target are remembered, and how much of each? The last probe and the last failure completely; of the
 * others only what a list of past probes shows, because there may be twenty thousand targets. Failures are kept longer
 * than successes.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages, type Evidence, type Failure, type Stage } from '../model/evidence.ts';
import type { ProbeResult } from '../model/status.ts';

/** Besides the last probe. What has not failed needs no more to compare a failure with. */
const PAST_SUCCESSES = 5;
const PAST_SUCCESSES_ALONE = 1;
const PAST_FAILURES = 5;
/** Shared by all: an empty array for each of so many probes would cost more than their content. */
const NONE: readonly never[] = [];
const NO_FACTS = {};

/** The history with the new probe in front: newest first. */
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

/** Time, duration, the failures with their texts, and the cause; no facts, no fix. */
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

/** Equal texts, as from a lasting fault, are kept once. */
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

/** By the complete one: a diagnosis that many mailboxes share is shortened once. */
const SHORT = new WeakMap<Diagnosis, Diagnosis>();

function diagnosisInShort(diagnosis: Diagnosis): Diagnosis {
  const known = SHORT.get(diagnosis);
  if (known !== undefined) return known;
  const short = { ...diagnosis, evidence: NONE, fix: NONE, lookAlikes: NONE, references: NONE };
  SHORT.set(diagnosis, short);
  return short;
}
