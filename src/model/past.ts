/**
 * Questions about the past, and their answers: closed incidents, changes of states. The store answers, `report/` and
 * the command `report` show. Times in epoch milliseconds.
 */
import type { Owner } from './diagnosis.ts';
import type { Delivery, Incident } from './incident.ts';

/** `from` inclusive, `until` exclusive. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** An incident with its deliveries, oldest first. */
export interface StoredIncident extends Incident {
  readonly deliveries: readonly Delivery[];
}

/** All members that are present must match. */
export interface IncidentQuery extends Partial<Span> {
  /** `open` includes intermittent ones. */
  readonly state?: 'open' | 'closed';
  /** Matches incidents that affect mailboxes of this app or are about it. */
  readonly app?: string;
  readonly mailbox?: string;
  readonly cause?: string;
  readonly owner?: Owner;
  /** `next` of the previous page. */
  readonly after?: string;
  /** At most 500. A page with incidents that affect very many mailboxes holds fewer. */
  readonly limit: number;
}

export interface HistoryQuery extends Span {
  readonly mailbox: string;
}
