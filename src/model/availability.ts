/**
 * For how long was a mailbox, an app or a label up? The answer of the store. docs/store.md has the definitions. Times
 * in epoch milliseconds.
 */
import type { Span } from './past.ts';

export type AvailabilityKey = 'mailbox' | 'app' | { readonly label: string };

/** The conditions of a mailbox. The first that applies counts. `down`: over any of its protocols. */
export const CONDITIONS = ['not-watched', 'maintenance', 'down', 'unknown', 'up'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface ConditionSpan extends Span {
  readonly condition: Condition;
}

/** The milliseconds in each condition. They add up to the window. */
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
  /** Without the time that was not watched or in maintenance. */
  readonly downMs: number;
}

/** The time from opening to close, over the incidents that closed. */
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
  /** A mailbox id, an app id, or a value of the label. */
  readonly subject: string;
  readonly mailboxes: number;
  readonly outages: number;
  readonly longestOutage?: Outage;
  readonly byCause: Readonly<Record<string, IncidentTally>>;
  readonly byOwner: Readonly<Record<string, IncidentTally>>;
}

/** The share of up in up and down time; other conditions do not count. Absent if both are zero. */
export function upShare({ upMs, downMs }: Sums): number | undefined {
  return upMs + downMs === 0 ? undefined : upMs / (upMs + downMs);
}
