/**
 * Queries about past incidents and changes of states, and the types of the store's answers. `report/` and the command
 * `report` show the answers. Times are in epoch milliseconds.
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
  /** Where the next page begins. Absent on the last page. */
  readonly next?: string;
}

/** An incident with the deliveries of its messages, oldest first. */
export interface StoredIncident extends Incident {
  readonly deliveries: readonly Delivery[];
}

/** All members that are present must match. */
export interface IncidentQuery extends Partial<Span> {
  /** `open` includes intermittent incidents. */
  readonly state?: 'open' | 'closed';
  /** Matches incidents about this app, and incidents that affect its mailboxes. */
  readonly app?: string;
  readonly mailbox?: string;
  readonly cause?: string;
  readonly owner?: Owner;
  /** `next` of the previous page. */
  readonly after?: string;
  /** At most 500. The page holds fewer incidents if they affect very many mailboxes. */
  readonly limit: number;
}

export interface HistoryQuery extends Span {
  readonly mailbox: string;
}
