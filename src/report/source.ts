/**
 * The interface between the daemon and this folder: read-only views of the status, and the two actions that a caller may
 * request (a probe, an explanation). `report/` renders what is known; it decides nothing and stores nothing.
 */
import type { TraceLine } from '../model/trace.ts';
import type { AvailabilityKey, AvailabilityRow, ConditionSpan } from '../model/availability.ts';
import type { Cause } from '../model/cause.ts';
import type { CredentialStatus } from '../model/credential.ts';
import type { Explanation } from '../model/explanation.ts';
import type { Acknowledgement, Incident } from '../model/incident.ts';
import type { MaintenanceWindow, StateChange } from '../model/memory.ts';
import type { HistoryQuery, IncidentQuery, Page, Span, StoredIncident } from '../model/past.ts';
import type { Snapshot, TargetStatus } from '../model/status.ts';
import type { Protocol } from '../model/protocol.ts';
import type { App, Mailbox } from '../model/target.ts';

export interface Build {
  readonly version: string;
  readonly revision: string;
  readonly nodeVersion: string;
}

/** Probes at once that keep up with what is due, by what they take; and how many may run now. */
export interface ProbeLimit {
  readonly needed: number;
  readonly cap: number;
}

export interface ProbeLimits {
  readonly total: ProbeLimit;
  readonly apps: ReadonlyMap<string, ProbeLimit>;
}

export interface ConfigState {
  /** Epoch milliseconds. */
  readonly loadedAt: number;
  readonly lastReloadSuccessful: boolean;
}

/** What was. Rejects with a `StoreError` while the store is away. */
export interface Past {
  /** Newest first. */
  readonly incidents: (query: IncidentQuery) => Promise<Page<StoredIncident>>;
  readonly incident: (id: string) => Promise<StoredIncident | undefined>;
  readonly history: (query: HistoryQuery) => Promise<readonly StateChange[]>;
  /** What a mailbox was in the window, without gaps. */
  readonly conditions: (mailbox: Mailbox, window: Span) => Promise<readonly ConditionSpan[]>;
  readonly availability: (window: Span, key: AvailabilityKey) => Promise<readonly AvailabilityRow[]>;
  /** Resolves when it is durable, to the incident as it is then. */
  readonly acknowledge: (
    id: string,
    acknowledgement: Omit<Acknowledgement, 'at'>,
  ) => Promise<StoredIncident | undefined>;
  readonly unacknowledge: (id: string) => Promise<StoredIncident | undefined>;
}

export interface Maintenance {
  readonly inForce: (now: number) => readonly MaintenanceWindow[];
  /** In force, and those that begin within four weeks; in order. */
  readonly upcoming: (now: number) => readonly MaintenanceWindow[];
  /** Resolves when it is durable. */
  readonly announce: (window: Omit<MaintenanceWindow, 'id'>) => Promise<MaintenanceWindow>;
  /** Undefined: nobody announced one with that id, or it is over. */
  readonly end: (id: string, now: number) => Promise<MaintenanceWindow | undefined>;
}

/** Opened since this process started. */
export interface IncidentCount {
  readonly cause: string;
  readonly scope: string;
  readonly owner: string;
  readonly count: number;
}

export interface Incidents {
  /** Open ones, and those that closed within the last hour. */
  readonly all: () => readonly Incident[];
  readonly counts: () => readonly IncidentCount[];
}

/** Messages that came to that end since this process started. */
export interface NotificationCount {
  readonly channel: string;
  readonly outcome: string;
  readonly count: number;
}

export interface StoreState {
  readonly up: boolean;
  /** Rows that are not written yet. */
  readonly pending: number;
}

export interface ReplicaState {
  readonly id: string;
  readonly name: string;
  readonly apps: readonly string[];
  readonly isSelf: boolean;
  /** Its apps and mailboxes are configured as here. */
  readonly isAlike: boolean;
  /** What it knows is shown as of then. Absent: it was not read yet. */
  readonly asOf?: number;
}

/** No member is optional: what the daemon forgot to hand over would be missing from every page, and no test would fail. */
export interface ReportSource {
  readonly snapshot: () => Snapshot;
  readonly credentials: () => readonly CredentialStatus[];
  readonly apps: () => readonly App[];
  /** Probes the mailbox now, over all its protocols unless some are named. A failed probe is a result, not a rejection. */
  readonly probeNow: (mailboxId: string, protocols?: readonly Protocol[]) => Promise<readonly TargetStatus[]>;
  /** The same over one protocol, with the dialogue; empty where that probe was under way already. */
  readonly traceNow: (mailboxId: string, protocol: Protocol) => Promise<readonly TraceLine[]>;
  readonly past: Past;
  readonly maintenance: Maintenance;
  readonly incidents: Incidents;
  readonly notifications: () => readonly NotificationCount[];
  readonly store: () => StoreState;
  /** The living ones, this one among them. */
  readonly replicas: () => readonly ReplicaState[];
  /** Without a trailing slash. */
  readonly externalUrl: () => string | undefined;
  readonly explain: (text: string) => Promise<Explanation | undefined>;
  readonly schedulerLagSeconds: () => number;
  /** Probes at once: what the fleet needs, and what may run. */
  readonly probeLimits: () => ProbeLimits;
  readonly config: () => ConfigState;
  /** Configuration loaded and scheduler running. */
  readonly ready: () => boolean;
  /** Maps a code of the token endpoint to the cause that labels the failure counter. */
  readonly tokenFailureCause: (code: string) => Cause | 'unexplained' | undefined;
  readonly build: Build;
}
