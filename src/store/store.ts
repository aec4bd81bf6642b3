/**
 * What do we remember? The interface of every store: asked by the daemon, the API and the commands, written to by the
 * journal. Memory is the truth for judging; a store is behind it, and may be away at any time. Every write may be
 * repeated: it leaves the same rows. Times in epoch milliseconds.
 */
import type { HistoryQuery, IncidentQuery, Page, Span, StoredIncident } from '../model/past.ts';
import type { Acknowledgement } from '../model/incident.ts';
import type { Changes, MaintenanceWindow, Memories, OutboxMessage, StateChange } from '../model/memory.ts';
import type { AvailabilityFacts } from './availability.ts';

export interface Store {
  /** Opens or creates, and migrates. Every other operation does it too, where it has not succeeded yet. */
  readonly open: () => Promise<void>;
  /** What a start needs. Of the closed incidents those that closed after `closedSince`. */
  readonly load: (closedSince: number) => Promise<Memories>;
  /** One transaction: all of it or nothing. */
  readonly save: (changes: Changes) => Promise<void>;
  /** Newest first. */
  readonly incidents: (query: IncidentQuery) => Promise<Page<StoredIncident>>;
  readonly incident: (id: string) => Promise<StoredIncident | undefined>;
  /** State changes of a mailbox in [from, until), and before them the one of each target that holds at `from`. */
  readonly history: (query: HistoryQuery) => Promise<readonly StateChange[]>;
  /** Of every mailbox that was ever watched; `availabilityBy` groups it. */
  readonly availability: (window: Span) => Promise<AvailabilityFacts>;
  /** Resolves when it is durable. False: there is no such incident. */
  readonly acknowledge: (incident: string, acknowledgement: Acknowledgement) => Promise<boolean>;
  /** False: there is no acknowledgement. */
  readonly unacknowledge: (incident: string) => Promise<boolean>;
  readonly addMaintenance: (window: MaintenanceWindow) => Promise<void>;
  /**
   * Ends it at `at`. One that has begun stays in the history; one that has not is deleted. False: there is none, or it
   * is over.
   */
  readonly endMaintenance: (id: string, at: number) => Promise<boolean>;
  /** Those that overlap the span, in order. */
  readonly maintenance: (span: Span) => Promise<readonly MaintenanceWindow[]>;
  /** When a prober ran: those that overlap the span, in order. */
  readonly sessions: (span: Span) => Promise<readonly Span[]>;
  /**
   * Messages that are due, oldest first. Each counts as an attempt and is not due again for `leaseMs`, so that nobody
   * else sends it meanwhile and none is lost with the process. What became of it is a settlement, written by `save`.
   */
  readonly takeDue: (request: DueRequest) => Promise<readonly OutboxMessage[]>;
  /** Deletes what ended before, in slices. Resolves to the number of rows. Never what is open or still holds. */
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

/** Time, so that tests can bring their own. */
export interface Clock {
  readonly now: () => number;
  /** Runs it once, later; the answer cancels it. Does not keep the process alive. */
  readonly after: (ms: number, run: () => void) => () => void;
}
