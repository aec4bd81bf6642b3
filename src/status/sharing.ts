/**
 * Interns equal parts of diagnoses. If everything fails at once, twenty thousand diagnoses differ in little but the
 * name of the mailbox. Equal evidence, fixes and tests become one object. Used by the store, for failures only.
 * Diagnoses are never changed, so sharing is safe.
 */
import type { Diagnosis, FixStep, LookAlike } from '../model/diagnosis.ts';
import { createPool } from './pool.ts';

/** Shared by all healthy targets. */
const NONE: readonly Diagnosis[] = [];

/** `before`: the diagnoses of the target's last probe, which are mostly the same. */
export type Interner = (
  diagnoses: readonly Diagnosis[],
  before?: readonly Diagnosis[],
) => readonly Diagnosis[];

export function createInterner(): Interner {
  const wholes = createPool<Diagnosis>();
  const fixes = createPool<readonly FixStep[]>();
  const tests = createPool<readonly LookAlike[]>();
  const lines = createPool<readonly string[]>();

  const shared = (diagnosis: Diagnosis): Diagnosis =>
    wholes(diagnosis, () => ({
      ...diagnosis,
      evidence: lines(diagnosis.evidence),
      fix: fixes(diagnosis.fix),
      lookAlikes: tests(diagnosis.lookAlikes),
    }));
  return (diagnoses, before = NONE) => {
    if (diagnoses.length === 0) return NONE;
    // Also where so many targets fail, each with a diagnosis of its own, that no pool holds them all.
    return isSame(diagnoses, before) ? before : diagnoses.map(shared);
  };
}

function isSame(a: readonly Diagnosis[], b: readonly Diagnosis[]): boolean {
  return a.length === b.length && a[0]?.title === b[0]?.title && JSON.stringify(a) === JSON.stringify(b);
}
