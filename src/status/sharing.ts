/**
 * Interns equal parts of diagnoses. If everything fails at once, twenty thousand diagnoses differ in little but the
 * name of the mailbox. Equal evidence, fixes and tests become one object. Used by the store, for failures only.
 * Diagnoses are never changed, so sharing is safe.
 */
import type { Diagnosis, FixStep, LookAlike } from '../model/diagnosis.ts';
import { fnv1a } from '../model/fnv1a.ts';

/** Beyond this many entries, a pool is emptied. Shared values live on as long as they are in use. */
const MOST_KEPT = 10_000;

export type Interner = (diagnoses: readonly Diagnosis[]) => readonly Diagnosis[];

export function createInterner(): Interner {
  const wholes = createPool<Diagnosis>();
  const fixes = createPool<readonly FixStep[]>();
  const tests = createPool<readonly LookAlike[]>();
  const lines = createPool<readonly string[]>();

  return (diagnoses) =>
    diagnoses.map((diagnosis) =>
      wholes(diagnosis, () => ({
        ...diagnosis,
        evidence: lines(diagnosis.evidence),
        fix: fixes(diagnosis.fix),
        lookAlikes: tests(diagnosis.lookAlikes),
      })),
    );
}

/** Returns the shared instance of equal values; `make` creates it for the first. */
function createPool<T>(): (value: T, make?: (value: T) => T) => T {
  /** Keyed by a hash of the content, so that the content is not stored a second time as a key. */
  let kept = new Map<number, T>();

  return (value, make = (same) => same) => {
    const content = JSON.stringify(value);
    const key = fnv1a(content);
    const known = kept.get(key);
    if (known !== undefined && JSON.stringify(known) === content) return known;
    if (kept.size >= MOST_KEPT) kept = new Map();
    const first = make(value);
    kept.set(key, first);
    return first;
  };
}
