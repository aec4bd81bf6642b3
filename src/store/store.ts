/**
 * The interface of every store. A store keeps what must survive a restart. The daemon, the API and the commands read
 * from it, and the journal writes to it. Diagnoses do not read it, because it may be unavailable at any time. The same
 * write can be repeated without changing the rows again. Times are in epoch milliseconds.
 */
import type { HistoryQuery, IncidentQuery, Page, Span, StoredIncident } from '../model/past.ts';
import type { Acknowledgement } from '../model/incident.ts';
import type { Changes, MaintenanceWindow, Memories, OutboxMessage, StateChange } from '../model/memory.ts';
import type { AvailabilityFacts } from './availability.ts';

export interface Store {
  /**
   * Opens or creates the store, and migrates it. Every other operation does the same first, if the store is not open
   * yet.
   */
  readonly open: () => Promise<void>;
  /** Loads the rows that a start needs. Of the closed incidents, loads those that closed after `closedSince`. */
  readonly load: (closedSince: number) => Promise<Memories>;
  /** Writes the changes in one transaction. */
  readonly save: (changes: Changes) => Promise<void>;
  /** Returns one page of incidents, the newest first. */
  readonly incidents: (query: IncidentQuery) => Promise<Page<StoredIncident>>;
  readonly incident: (id: string) => Promise<StoredIncident | undefined>;
  /**
   * Returns the state changes of a mailbox in the span, and for each target of the mailbox the last change before the
   * span.
   */
  readonly history: (query: HistoryQuery) => Promise<readonly StateChange[]>;
  /** Returns the availability of every mailbox that was ever watched. `availabilityBy` groups it. */
  readonly availability: (window: Span) => Promise<AvailabilityFacts>;
  /** Resolves when the acknowledgement is safe on the disk. False if there is no such incident. */
  readonly acknowledge: (incident: string, acknowledgement: Acknowledgement) => Promise<boolean>;
  readonly unacknowledge: (incident: string) => Promise<boolean>;
  readonly addMaintenance: (window: MaintenanceWindow) => Promise<void>;
  /**
   * Ends the window at `at`. A window that has begun stays in the history, and any other is deleted. False if there is
   * no such window, or if it is over.
   */
  readonly endMaintenance: (id: string, at: number) => Promise<boolean>;
  /** Returns the windows that overlap the span, sorted by start. */
  readonly maintenance: (span: Span) => Promise<readonly MaintenanceWindow[]>;
  /** Returns the sessions of probers that overlap the span, sorted by start. */
  readonly sessions: (span: Span) => Promise<readonly Span[]>;
  /**
   * Takes messages that are due, the oldest first. Taking a message counts as an attempt to send it. If `save` does not
   * write the outcome of a taken message within `leaseMs`, the message is due again. So no other process sends the
   * message in that time, and the message is not lost if the process dies.
   */
  readonly takeDue: (request: DueRequest) => Promise<readonly OutboxMessage[]>;
  /**
   * Deletes in slices what ended before `before`. Keeps what is open or still in effect. Resolves to the number of
   * deleted rows.
   */
  readonly prune: (before: number) => Promise<number>;
  /** Copies everything to a new file while others read and write. */
  readonly backup: (file: string) => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface DueRequest {
  readonly now: number;
  readonly limit: number;
  readonly leaseMs: number;
}

export interface Clock {
  readonly now: () => number;
  /**
   * Calls `run` once, later. The returned function cancels the call. A planned call does not keep the process alive.
   */
  readonly after: (ms: number, run: () => void) => () => void;
}
