/**
 * Saves memory. Equal diagnoses of many targets become one object, and a target whose next probe has the same diagnoses
 * keeps the same array. Used by the store.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import { createDiagnosisPool } from '../model/diagnosis-pool.ts';

/** Shared by all healthy targets. */
const NONE: readonly Diagnosis[] = [];

/** `before`: the diagnoses of the target's last probe, which are mostly the same. */
export type Interner = (
  diagnoses: readonly Diagnosis[],
  before?: readonly Diagnosis[],
) => readonly Diagnosis[];

export function createInterner(): Interner {
  const shared = createDiagnosisPool();
  return (diagnoses, before = NONE) => {
    if (diagnoses.length === 0) return NONE;
    // Keeping `before` also saves memory if there are more different diagnoses than the pool can hold.
    return isSame(diagnoses, before) ? before : diagnoses.map(shared);
  };
}

function isSame(a: readonly Diagnosis[], b: readonly Diagnosis[]): boolean {
  return a.length === b.length && a[0]?.title === b[0]?.title && JSON.stringify(a) === JSON.stringify(b);
}
