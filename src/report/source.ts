/**
 * The interface between the daemon and this folder: views of the status, and the actions that a caller may request (a
 * probe, an explanation, an acknowledgement, maintenance). `report/` only renders.
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

/** `needed` is how many probes must run at once to probe all mailboxes in time. `cap` is how many may run at once. */
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

/**
 * Queries about the past, and acknowledgements. While the store is unavailable, they reject with a `StoreError`. There
 * are two exceptions: the list of open incidents, and an incident that is open or closed recently. Both then come from
 * memory, without deliveries.
 */
export interface Past {
  /** The newest comes first. */
  readonly incidents: (query: IncidentQuery) => Promise<Page<StoredIncident>>;
  readonly incident: (id: string) => Promise<StoredIncident | undefined>;
  readonly history: (query: HistoryQuery) => Promise<readonly StateChange[]>;
  /** Returns the conditions of a mailbox over the whole window, without gaps. */
  readonly conditions: (mailbox: Mailbox, window: Span) => Promise<readonly ConditionSpan[]>;
  readonly availability: (window: Span, key: AvailabilityKey) => Promise<readonly AvailabilityRow[]>;
  /** Resolves to the changed incident as soon as it is stored. Undefined if no such incident is stored. */
  readonly acknowledge: (
    id: string,
    acknowledgement: Omit<Acknowledgement, 'at'>,
  ) => Promise<StoredIncident | undefined>;
  readonly unacknowledge: (id: string) => Promise<StoredIncident | undefined>;
}

export interface Maintenance {
  readonly inForce: (now: number) => readonly MaintenanceWindow[];
  /** Returns the windows that are in effect, or begin within four weeks, in order. */
  readonly upcoming: (now: number) => readonly MaintenanceWindow[];
  /** Resolves to the window with its id as soon as it is stored. */
  readonly announce: (window: Omit<MaintenanceWindow, 'id'>) => Promise<MaintenanceWindow>;
  /**
   * Ends the window, and resolves to it with its new end. Undefined if there is no announced window with that id, or if
   * it has ended.
   */
  readonly end: (id: string, now: number) => Promise<MaintenanceWindow | undefined>;
}

/** How many incidents opened since this process started. */
export interface IncidentCount {
  readonly cause: string;
  readonly scope: string;
  readonly owner: string;
  readonly count: number;
}

export interface Incidents {
  /** The open incidents, and those that closed within the last hour. */
  readonly all: () => readonly Incident[];
  readonly counts: () => readonly IncidentCount[];
}

/** How many messages had that outcome since this process started. */
export interface NotificationCount {
  readonly channel: string;
  readonly outcome: string;
  readonly count: number;
}

export interface StoreState {
  readonly up: boolean;
  /** How many rows are not written yet. */
  readonly pending: number;
}

export interface ReplicaState {
  readonly id: string;
  readonly name: string;
  readonly apps: readonly string[];
  readonly isSelf: boolean;
  /** True if the replica is configured with the same apps and mailboxes as this one. */
  readonly isAlike: boolean;
  /** When the state of the replica was last read. Absent if it was not read yet. */
  readonly asOf?: number;
}

/**
 * No member is optional, so the compiler reports a member that the daemon does not provide. An optional member could be
 * forgotten without an error.
 */
export interface ReportSource {
  readonly snapshot: () => Snapshot;
  readonly credentials: () => readonly CredentialStatus[];
  readonly apps: () => readonly App[];
  /**
   * Probes the mailbox at once, over the named protocols, or over all if none is named. Also resolves if the probe
   * fails.
   */
  readonly probeNow: (mailboxId: string, protocols?: readonly Protocol[]) => Promise<readonly TargetStatus[]>;
  /**
   * Probes the mailbox over one protocol, and resolves to the dialogue. It is empty if there was no connection, if a
   * probe was already running, or if another replica probed.
   */
  readonly traceNow: (mailboxId: string, protocol: Protocol) => Promise<readonly TraceLine[]>;
  readonly past: Past;
  readonly maintenance: Maintenance;
  readonly incidents: Incidents;
  readonly notifications: () => readonly NotificationCount[];
  readonly store: () => StoreState;
  /** All running replicas, including this one. */
  readonly replicas: () => readonly ReplicaState[];
  /** Without a trailing slash. */
  readonly externalUrl: () => string | undefined;
  readonly explain: (text: string) => Promise<Explanation | undefined>;
  readonly schedulerLagSeconds: () => number;
  readonly probeLimits: () => ProbeLimits;
  readonly config: () => ConfigState;
  /** Whether the configuration is loaded and the scheduler runs. */
  readonly ready: () => boolean;
  /** Returns the cause of a code of the token endpoint, as the label of a metric. */
  readonly tokenFailureCause: (code: string) => Cause | 'unexplained';
  readonly build: Build;
}
