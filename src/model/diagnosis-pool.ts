/**
 * Saves memory: equal diagnoses, and equal fixes and tests within diagnoses, become one shared object. If everything
 * fails at once, twenty thousand diagnoses differ in little but the name of the mailbox. Sharing is safe, because
 * diagnoses are never changed. Used by `status/` and `store/`.
 */
import type { Diagnosis, FixStep, LookAlike } from './diagnosis.ts';
import { createPool } from './pool.ts';

export function createDiagnosisPool(): (diagnosis: Diagnosis) => Diagnosis {
  const wholes = createPool<Diagnosis>();
  const fixes = createPool<readonly FixStep[]>();
  const tests = createPool<readonly LookAlike[]>();
  const lines = createPool<readonly string[]>();

  return (diagnosis) =>
    wholes(diagnosis, () => ({
      ...diagnosis,
      evidence: lines(diagnosis.evidence),
      fix: fixes(diagnosis.fix),
      lookAlikes: tests(diagnosis.lookAlikes),
      references: lines(diagnosis.references),
    }));
}
