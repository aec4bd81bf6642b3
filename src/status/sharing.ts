/**
 * Makes equal diagnoses of many targets one object, and those that a target's probe repeats the same array. Used by the
 * store, for failures only.
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
    // This also holds if so many targets fail, each with its own diagnosis, that no pool can hold them all.
    return isSame(diagnoses, before) ? before : diagnoses.map(shared);
  };
}

function isSame(a: readonly Diagnosis[], b: readonly Diagnosis[]): boolean {
  return a.length === b.length && a[0]?.title === b[0]?.title && JSON.stringify(a) === JSON.stringify(b);
}
