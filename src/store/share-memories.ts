/**
 * Makes targets share the equal parts of their memories. Otherwise twenty thousand failing targets would have twenty
 * thousand copies of the same evidence and fixes, and the daemon would run out of memory. Used for each slice of rows
 * that a store reads at the start.
 */
import { createDiagnosisPool } from '../model/diagnosis-pool.ts';
import type { Stage } from '../model/evidence.ts';
import type { TargetMemory } from '../model/memory.ts';
import { createPool } from '../model/pool.ts';
import type { ProbeResult } from '../model/status.ts';

export function createMemorySharing(): (memory: TargetMemory) => TargetMemory {
  const diagnosis = createDiagnosisPool();
  const labels = createPool<TargetMemory['labels']>();
  const causes = createPool<TargetMemory['failuresByCause']>();
  const facts = createPool<Stage['facts']>();
  const failures = createPool<NonNullable<Stage['failure']>>();
  const stages = createPool<readonly Stage[]>();

  const stage = (one: Stage): Stage =>
    Object.assign(one, {
      facts: facts(one.facts),
      ...(one.failure === undefined ? {} : { failure: failures(one.failure) }),
    });
  const probe = ({ evidence, success, diagnoses }: ProbeResult): ProbeResult => ({
    evidence: { ...evidence, stages: stages(evidence.stages, (own) => own.map(stage)) },
    success,
    diagnoses: diagnoses.map(diagnosis),
  });

  return (memory) => {
    const { course } = memory;
    const findings = course?.findings?.map((finding) =>
      Object.assign(finding, { diagnosis: diagnosis(finding.diagnosis) }),
    );
    return {
      ...memory,
      labels: labels(memory.labels),
      failuresByCause: causes(memory.failuresByCause),
      history: memory.history.map(probe),
      ...(course && { course: { ...course, ...(findings && { findings }) } }),
    };
  };
}
