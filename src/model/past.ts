/**
 * What can be asked about the past, and the answers: incidents that were, changes of states. The store gives them,
 * `report/` and the command `report` show them. Times in epoch milliseconds.
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

/** An incident with what became of its messages, oldest first. */
export interface StoredIncident extends Incident {
  readonly deliveries: readonly Delivery[];
}

/** Members that are present must all match. */
export interface IncidentQuery extends Partial<Span> {
  /** `open` includes intermittent ones. */
  readonly state?: 'open' | 'closed';
  /** Affects mailboxes of this app, or is about it. */
  readonly app?: string;
  readonly mailbox?: string;
  readonly cause?: string;
  readonly owner?: Owner;
  /** `next` of the page before. */
  readonly after?: string;
  /** At most 500. A page ends sooner where its incidents affect very many mailboxes. */
  readonly limit: number;
}

export interface HistoryQuery extends Span {
  readonly mailbox: string;
}
