/**
 * The types in which the store reports how long a mailbox, an app or a label was up. docs/store.md defines the terms.
 * Times are in epoch milliseconds.
 */
import type { Span } from './past.ts';

export type AvailabilityKey = 'mailbox' | 'app' | { readonly label: string };

/**
 * The conditions of a mailbox. If several apply at the same time, only the first in this list counts. A mailbox is
 * `down` if at least one of its protocols is down.
 */
export const CONDITIONS = ['not-watched', 'maintenance', 'down', 'unknown', 'up'] as const;
export type Condition = (typeof CONDITIONS)[number];

export interface ConditionSpan extends Span {
  readonly condition: Condition;
}

/** The time spent in each condition. The sum is the length of the reported period. */
export interface Sums {
  readonly upMs: number;
  readonly downMs: number;
  readonly unknownMs: number;
  readonly maintenanceMs: number;
  readonly notWatchedMs: number;
}

/**
 * A time in which a mailbox was down. It begins with the first failure, and ends with the first of the successes that
 * confirmed the mailbox up.
 */
export interface Outage extends Span {
  readonly mailbox: string;
  /** The length of the outage, without the time in which the mailbox was in maintenance or not watched. */
  readonly downMs: number;
}

/** How long closed incidents were open. */
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

/** Returns the time up as a share of the time up or down. Undefined if both are zero. */
export function upShare({ upMs, downMs }: Sums): number | undefined {
  return upMs + downMs === 0 ? undefined : upMs / (upMs + downMs);
}
