/**
 * Which looks of a target are remembered, and how much of each? The last look and the last failure whole; of the
 * others what a list of past looks shows, for there may be twenty thousand targets. Failures stay longer than
 * successes, which soon push each other out.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages, type Evidence, type Stage } from '../model/evidence.ts';
import type { Look } from '../model/status.ts';

/** Besides the last look. */
const PAST_SUCCESSES = 5;
const PAST_FAILURES = 5;
/** One for all: an empty array for each of so many looks would cost more than what they say. */
const NONE: readonly never[] = [];
const NO_FACTS = {};

/** The history with the new look in front: newest first. */
export function withLook(history: readonly Look[], look: Look): readonly Look[] {
  let successes = 0;
  let failures = look.success ? 0 : 1;
  const past = history.flatMap((look) => {
    if (look.success) {
      successes += 1;
      return successes <= PAST_SUCCESSES ? [inShort(look)] : [];
    }
    failures += 1;
    if (failures === 1) return [look];
    return failures <= PAST_FAILURES + 1 ? [inShort(look)] : [];
  });
  return [look, ...past];
}

/** When, how long, what failed and with which words, and which cause; no facts, no fix. */
function inShort({ evidence, success, diagnoses }: Look): Look {
  return {
    evidence: evidenceInShort(evidence),
    success,
    diagnoses: diagnoses.slice(0, 1).map(diagnosisInShort),
  };
}

function evidenceInShort(evidence: Evidence): Evidence {
  const failed = failedStages(evidence);
  return { ...evidence, stages: failed.length === 0 ? NONE : failed.map(stageInShort) };
}

function stageInShort(stage: Stage): Stage {
  return { ...stage, facts: NO_FACTS };
}

function diagnosisInShort(diagnosis: Diagnosis): Diagnosis {
  return { ...diagnosis, evidence: NONE, fix: NONE, lookAlikes: NONE, references: NONE };
}
