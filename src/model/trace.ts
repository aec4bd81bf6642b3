/**
 * The dialogue of one probe with the mail server, line by line: shown only where it was asked for, and kept nowhere. Written
 * by `probe/`, shown by `check --trace` and `/probe?debug=true`.
 */
import type { StageName } from './evidence.ts';

export interface TraceLine {
  /** The stage during which it passed. */
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
