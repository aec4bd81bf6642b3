/**
 * For how long was a mailbox, an app or a label up? The answer of the store; docs/store.md states the definitions.
 * Times in epoch milliseconds.
 */
import type { Span } from './past.ts';

export type AvailabilityKey = 'mailbox' | 'app' | { readonly label: string };

/** What a mailbox is at any time: the first of these that holds. `down`: over any of its protocols. */
export const CONDITIONS = ['not-watched', 'maintenance', 'down', 'unknown', 'up'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface ConditionSpan extends Span {
  readonly condition: Condition;
}

/** Milliseconds of each condition. They add up to the window. */
export interface Sums {
  readonly upMs: number;
  readonly downMs: number;
  readonly unknownMs: number;
  readonly maintenanceMs: number;
  readonly notWatchedMs: number;
}

/** From the start of the first failure to the start of the first success of the run that confirmed it up. */
export interface Outage extends Span {
  readonly mailbox: string;
  /** Without what was not watched or in maintenance. */
  readonly downMs: number;
}

/** From opening to close, of those that closed. */
export interface TimeToFix {
  readonly incidents: number;
  readonly meanMs: number;
  readonly longestMs: number;
}

export interface IncidentTally {
  readonly incidents: number;
  readonly timeToFix?: TimeToFix;
}

export interface AvailabilityRow extends Sums, IncidentTally {
  /** Id of the mailbox or app, or value of the label. */
  readonly subject: string;
  readonly mailboxes: number;
  readonly outages: number;
  readonly longestOutage?: Outage;
  readonly byCause: Readonly<Record<string, IncidentTally>>;
  readonly byOwner: Readonly<Record<string, IncidentTally>>;
}

/** The sums' share that was up, of what counts: up and down. Absent where nothing counts. */
export function upShare({ upMs, downMs }: Sums): number | undefined {
  return upMs + downMs === 0 ? undefined : upMs / (upMs + downMs);
}
