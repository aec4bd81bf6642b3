/**
 * Lets diagnoses share equal parts: equal evidence, fixes and tests become one object. If everything fails at once,
 * twenty thousand diagnoses differ in little but the name of the mailbox. Diagnoses are never changed, so sharing is
 * safe. Used by `status/` and `store/`.
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
