/**
 * What do we remember? The interface of every store: asked by the daemon, the API and the commands, written to by the
 * journal. Memory is the truth for judging; a store is behind it, and may be away at any time. Every write may be
 * repeated: it leaves the same rows. Times in epoch milliseconds.
 */
import type { Owner } from '../model/diagnosis.ts';
import type { Acknowledgement, Delivery, Incident } from '../model/incident.ts';
import type { Changes, MaintenanceWindow, Memories, OutboxMessage, StateChange } from '../model/memory.ts';
import type { AvailabilityFacts } from './availability.ts';
import type { Span } from './spans.ts';

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

export interface DueRequest {
  readonly now: number;
  readonly limit: number;
  readonly leaseMs: number;
}

/**
 * - `in-use`        another daemon has it
 * - `newer-schema`  a later version of this program wrote it, and this one cannot
 * - `not-ours`      the file is another program's database
 * - `missing`       there is nothing to read there
 * - `read-only`     it, or its folder, cannot be written
 * - `disk-full`, `locked`, `corrupt`  as they say
 * - `slow`          no answer within the deadline
 * - `unsupported`   this kind of store cannot do that
 * - `failed`        anything else
 */
export const STORE_FAILURES = [
  'in-use',
  'newer-schema',
  'not-ours',
  'missing',
  'read-only',
  'disk-full',
  'locked',
  'corrupt',
  'slow',
  'unsupported',
  'failed',
] as const;
export type StoreFailure = (typeof STORE_FAILURES)[number];

/** Why a store did not do what it was asked. The message is for people. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: StoreFailure;

  constructor(code: StoreFailure, message: string) {
    super(message);
    this.code = code;
  }
}

/** Time, so that tests can bring their own. */
export interface Clock {
  readonly now: () => number;
  /** Runs it once, later; the answer cancels it. Does not keep the process alive. */
  readonly after: (ms: number, run: () => void) => () => void;
}
