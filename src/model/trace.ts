/**
 * The dialogue between one probe and the mail server, line by line. It is recorded only on request, and never stored.
 * Written by `probe/`, shown by `check --trace` and `/probe?debug=true`.
 */
import type { StageName } from './evidence.ts';

export interface TraceLine {
  readonly stage: StageName;
  readonly from: 'client' | 'server';
  /** Bounded, without control characters and secrets. */
  readonly text: string;
}

export interface Trace {
  readonly begin: (stage: StageName) => void;
  readonly note: (from: TraceLine['from'], text: string) => void;
  readonly lines: () => readonly TraceLine[];
}
