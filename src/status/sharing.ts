/**
 * Saves memory: equal diagnoses of several targets become one object. If the next probe of a target has the same
 * diagnoses, the target keeps its array.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import { createDiagnosisPool } from '../model/diagnosis-pool.ts';
import { hasSameContent } from '../model/same-content.ts';

const NONE: readonly Diagnosis[] = [];

/** `before` holds the diagnoses of the target's last probe. The new ones are mostly the same. */
export type Interner = (
  diagnoses: readonly Diagnosis[],
  before?: readonly Diagnosis[],
) => readonly Diagnosis[];

export function createInterner(): Interner {
  const shared = createDiagnosisPool();
  return (diagnoses, before = NONE) => {
    if (diagnoses.length === 0) return NONE;
    // Returning `before` also saves memory if there are more different diagnoses than the pool can hold.
    return hasSameContent(diagnoses, before) ? before : diagnoses.map(shared);
  };
}
