/** What a pasted text means: the answer of `explain`, on the command line and over HTTP. */
import type { Diagnosis } from './diagnosis.ts';

export interface Explanation {
  /** The likeliest first; empty where nothing is recognized. */
  readonly diagnoses: readonly Diagnosis[];
  /** The program that wrote the text, where its form is known. */
  readonly writtenBy?: string;
  /** Where nothing is explained: what to paste instead, a sentence each. */
  readonly wouldHelp: readonly string[];
}
