/** What a pasted text means: the answer of `explain`, on the command line and over HTTP. */
import type { Diagnosis } from './diagnosis.ts';

export interface Explanation {
  /** The likeliest first. Empty if nothing is recognized. */
  readonly diagnoses: readonly Diagnosis[];
  readonly writtenBy?: string;
  /** What to paste instead, as sentences. Empty if something was explained. */
  readonly wouldHelp: readonly string[];
}
