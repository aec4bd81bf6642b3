/**
 * The data that the store keeps across restarts. `status/` writes and restores it. It never holds a token, a secret or
 * a password. Times are in epoch milliseconds.
 */
import type { CredentialStatus } from './credential.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Delivery, Incident } from './incident.ts';
import type { AppTokenState, Confirmed, ProbeResult } from './status.ts';
import type { Protocol } from './protocol.ts';

/** One of the recent probes that show whether a target is intermittent. */
export interface RecentProbe {
  /** Start of the probe. */
  readonly at: number;
  readonly failed: boolean;
}

/** The part of a target's past that its next state depends on. */
export interface TargetCourse {
  /** When the current confirmed state began. Equal to `at` of the target's last `StateChange`. */
  readonly changedAt: number;
  /** Start of the last probe that counts. A probe that failed because of the prober itself does not count. */
  readonly resultAt?: number;
  /** How long the server asked mailprobe to wait, in its answer to the probe at `resultAt`. */
  readonly backOffMs?: number;
  /** Start of the current series of successes or of failures. */
  readonly runSince?: number;
  /**
   * When the target was confirmed down. Kept if the state then becomes unknown. Absent once the target is confirmed up,
   * or once the prober's own network turns out to be the cause.
   */
  readonly downSince?: number;
  /** True if the target fails and works by turns. Such a target needs more successes in a row to be confirmed up. */
  readonly intermittent: boolean;
  /** When the target was last confirmed up after it had been down. */
  readonly recoveredAt?: number;
  /** The recent probes that count, oldest first. The first of them is a failure. */
  readonly recent: readonly RecentProbe[];
}

/** A finding of a failing target. It stays until a later probe refutes it, which is not always the next probe. */
export interface FindingMemory {
  readonly diagnosis: Diagnosis;
  readonly since: number;
  /** The failed stages of the probe, with the kind of each failure. */
  readonly failure: string;
  /**
   * True if the target was intermittent at the time of the finding. The finding then stays as long as the target fails
   * in the same way.
   */
  readonly intermittent?: true;
}

export interface LastProbeMemory {
  /** Absent if the target has no findings. */
  readonly findings?: readonly FindingMemory[];
  /** The duration of the last probe. Absent if `history` holds the last probe. */
  readonly seconds?: number;
}

/** The confirmed state and the counters of one target. The store has one such row for each target. */
export interface TargetMemory {
  /** `targetKey` of the target. */
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
  /** The labels of the mailbox, so that availability by label needs no configuration. */
  readonly labels: Readonly<Record<string, string>>;
  /** The text that `targetIdentity` returns. */
  readonly identity: string;
  readonly confirmed: Confirmed;
  readonly confirmedSince: number;
  readonly consecutiveSuccesses: number;
  readonly consecutiveFailures: number;
  readonly blamedFailures: number;
  readonly failingSince?: number;
  readonly lastFailure?: number;
  readonly lastSuccess?: number;
  /** Start of the last probe. */
  readonly lastProbe?: number;
  readonly probesTotal: number;
  readonly failuresByCause: Readonly<Record<string, number>>;
  /** Absent if an older version stored the target. */
  readonly course?: TargetCourse & LastProbeMemory;
  /** The last probes, newest first. Empty if none of them failed. */
  readonly history: readonly ProbeResult[];
}

/**
 * A change of a target's confirmed state. The first change of a new target is to `unknown`. `removed` means that the
 * target is no longer watched. The state lasts until the target's next change, even if mailprobe restarts in between.
 */
export interface StateChange {
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
  /**
   * When the state began, not when it was confirmed:
   * - `down`     start of the first of the failures that confirmed it
   * - `up`       start of the first of the successes that confirmed it
   * - `unknown`  when the last result became too old
   * The time is never before that of the target's previous change, except if the clock was set back. If two changes
   * have the same time, the one that was stored last counts.
   */
  readonly at: number;
  readonly state: Confirmed | 'removed';
}

/** A time in which a prober ran. Outside of all sessions, nothing was watched. */
export interface ProberSession {
  readonly id: string;
  /** The replica's name, if there are several replicas. */
  readonly replica?: string;
  readonly from: number;
  readonly until: number;
}

export interface CredentialMemory {
  readonly app: string;
  readonly status: CredentialStatus;
}

export interface TokenMemory {
  readonly app: string;
  readonly state: AppTokenState;
}

/** Selects the mailboxes that match every member that is present. A selector without members selects all mailboxes. */
export interface MailboxSelector {
  readonly apps?: readonly string[];
  readonly mailboxes?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A time of maintenance, either set by a person or one occurrence of a schedule. Meanwhile, probing continues, no
 * messages are sent, and incidents are marked and do not count. An occurrence is stored when it begins, so that a later
 * change of the schedule does not change the past.
 */
export interface MaintenanceWindow extends MailboxSelector {
  readonly id: string;
  readonly from: number;
  /** Exclusive. Absent if the window lasts until somebody ends it. */
  readonly until?: number;
  readonly by: string;
  readonly note: string;
}

/** A message that waits to be sent. It is stored in the same transaction as the change that it reports. */
export interface OutboxMessage {
  /** UUID version 7. It is sent as `webhook-id` or Message-ID, and is the same at every attempt. */
  readonly id: string;
  readonly channel: string;
  readonly message: Delivery['message'] | 'digest' | 'summary' | 'test';
  /** Id of the incident. Absent for a digest, a summary or a test. */
  readonly incident?: string;
  /** The data to render, as JSON. */
  readonly body: string;
  readonly due: number;
  readonly attempts: number;
  readonly createdAt: number;
}

/** The outcome of an attempt to send a message. */
export interface Settlement {
  /** Id of the message. */
  readonly message: string;
  readonly at: number;
  /** `retry`: the message is tried again at `due`. `failed`: it is given up. `skipped`: it is no longer needed. */
  readonly outcome: 'sent' | 'retry' | 'failed' | 'skipped';
  readonly due?: number;
  /** The receiver's refusal, bounded and redacted. */
  readonly detail?: string;
}

/**
 * What is written to the store in one transaction. An entry replaces the stored entry with the same key, with one
 * exception: the affected mailboxes of an incident are merged with the stored ones, so that a write needs only those
 * that changed. Acknowledgements are written by the store's `acknowledge`, and not with these changes.
 */
export interface Changes {
  readonly targets: readonly TargetMemory[];
  readonly stateChanges: readonly StateChange[];
  readonly incidents: readonly Incident[];
  readonly outbox: readonly OutboxMessage[];
  readonly settlements: readonly Settlement[];
  /** Occurrences of maintenance schedules, stored when they begin. */
  readonly maintenance: readonly MaintenanceWindow[];
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
  readonly session?: ProberSession;
}

export const NO_CHANGES: Changes = {
  targets: [],
  stateChanges: [],
  incidents: [],
  outbox: [],
  settlements: [],
  maintenance: [],
  credentials: [],
  tokens: [],
};

/** What the daemon reads from the store at its start. */
export interface Memories {
  readonly targets: readonly TargetMemory[];
  /** Open incidents with their acknowledgements, and incidents that closed recently, because those may reopen. */
  readonly incidents: readonly Incident[];
  /** The windows that have not ended. */
  readonly maintenance: readonly MaintenanceWindow[];
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
  /** The last session before this start. */
  readonly lastSession?: ProberSession;
}
