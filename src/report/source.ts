/**
 * The interface between the daemon and this folder: read-only views of the status, and the actions that a caller may
 * request (a probe, an explanation, an acknowledgement, maintenance). `report/` only renders. It decides nothing and
 * stores nothing.
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

/** `needed`: how many probes must run at once to probe all mailboxes in time. `cap`: how many may run at once now. */
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
 * Questions about the past, and acknowledgements. While the store is unavailable, they reject with a `StoreError`. Two
 * are then answered from memory, without deliveries: the list of open incidents, and an incident that is open or was
 * closed recently.
 */
export interface Past {
  /** Newest first. */
  readonly incidents: (query: IncidentQuery) => Promise<Page<StoredIncident>>;
  readonly incident: (id: string) => Promise<StoredIncident | undefined>;
  readonly history: (query: HistoryQuery) => Promise<readonly StateChange[]>;
  /** The conditions of a mailbox over the window, without gaps. */
  readonly conditions: (mailbox: Mailbox, window: Span) => Promise<readonly ConditionSpan[]>;
  readonly availability: (window: Span, key: AvailabilityKey) => Promise<readonly AvailabilityRow[]>;
  /**
   * Resolves when the acknowledgement is durable, to the changed incident. Undefined if it is not acknowledged, because
   * no such incident is stored.
   */
  readonly acknowledge: (
    id: string,
    acknowledgement: Omit<Acknowledgement, 'at'>,
  ) => Promise<StoredIncident | undefined>;
  readonly unacknowledge: (id: string) => Promise<StoredIncident | undefined>;
}

export interface Maintenance {
  readonly inForce: (now: number) => readonly MaintenanceWindow[];
  /** Windows that are in force or begin within four weeks, in order. */
  readonly upcoming: (now: number) => readonly MaintenanceWindow[];
  /** Resolves to the window with its id, when it is durable. */
  readonly announce: (window: Omit<MaintenanceWindow, 'id'>) => Promise<MaintenanceWindow>;
  /**
   * Ends the window, and resolves to it with its new end. Undefined if no window with that id was announced, or if it
   * is over.
   */
  readonly end: (id: string, now: number) => Promise<MaintenanceWindow | undefined>;
}

/** The number of incidents that opened since this process started. */
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

/** The number of messages with that outcome since this process started. */
export interface NotificationCount {
  readonly channel: string;
  readonly outcome: string;
  readonly count: number;
}

export interface StoreState {
  readonly up: boolean;
  /** The number of rows that are not written yet. */
  readonly pending: number;
}

export interface ReplicaState {
  readonly id: string;
  readonly name: string;
  readonly apps: readonly string[];
  readonly isSelf: boolean;
  /** Its configuration has the same apps and mailboxes as ours. */
  readonly isAlike: boolean;
  /** When its state was last read. Absent if it was not read yet. */
  readonly asOf?: number;
}

/**
 * No member is optional, so that the compiler reports a member that the daemon does not provide. An optional one would
 * be missing from every page, and no test would fail.
 */
export interface ReportSource {
  readonly snapshot: () => Snapshot;
  readonly credentials: () => readonly CredentialStatus[];
  readonly apps: () => readonly App[];
  /** Probes the mailbox now, over all its protocols unless some are named. Resolves also if the probe failed. */
  readonly probeNow: (mailboxId: string, protocols?: readonly Protocol[]) => Promise<readonly TargetStatus[]>;
  /**
   * Probes the mailbox over one protocol, and resolves to the dialogue. The dialogue is empty if there was no
   * connection, if a probe was already under way, or if another replica probed.
   */
  readonly traceNow: (mailboxId: string, protocol: Protocol) => Promise<readonly TraceLine[]>;
  readonly past: Past;
  readonly maintenance: Maintenance;
  readonly incidents: Incidents;
  readonly notifications: () => readonly NotificationCount[];
  readonly store: () => StoreState;
  /** The living replicas, including this one. */
  readonly replicas: () => readonly ReplicaState[];
  /** Without a trailing slash. */
  readonly externalUrl: () => string | undefined;
  readonly explain: (text: string) => Promise<Explanation | undefined>;
  readonly schedulerLagSeconds: () => number;
  /** How many probes must run at once, and how many may, over all apps and for each app. */
  readonly probeLimits: () => ProbeLimits;
  readonly config: () => ConfigState;
  /** Is the configuration loaded and the scheduler running? */
  readonly ready: () => boolean;
  /** Maps a code of the token endpoint to the cause that labels the failure counter. */
  readonly tokenFailureCause: (code: string) => Cause | 'unexplained';
  readonly build: Build;
}
