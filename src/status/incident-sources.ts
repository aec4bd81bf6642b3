/** What incidents ask of the rest of `status/`: how targets fare, and which problems they are part of. */
import type { Problem } from '../model/status.ts';

/** A target, as far as incidents are concerned. */
export interface WatchedTarget {
  readonly key: string;
  readonly mailbox: string;
  /** When its watch began: another mailbox under the same key began later. */
  readonly watchedSince: number;
  readonly isUp: boolean;
  /** Where it is up: start of the first success that confirmed it. */
  readonly upSince?: number;
  readonly failingSince?: number;
  /** Start of the last probe that counted. */
  readonly resultAt?: number;
  readonly intermittent: boolean;
  /** Successes in a row, and how many confirm it up. */
  readonly recovering?: { readonly successes: number; readonly needed: number };
}

/** What incidents ask of the rest of `status/`. */
export interface IncidentSources {
  /** Undefined: no longer configured. */
  readonly target: (key: string) => WatchedTarget | undefined;
  readonly targetsOf: (mailbox: string) => readonly WatchedTarget[];
  readonly problem: (id: string) => Problem | undefined;
  /** Keys of the targets that fail under it; empty for what is only found in healthy probes or of an app itself. */
  readonly failingUnder: (problem: string) => readonly string[];
  /** Ids of the problems that the target's failure is part of. */
  readonly problemsOf: (key: string) => readonly string[];
  /** UUID version 7 of that moment. */
  readonly newId: (at: number) => string;
}
