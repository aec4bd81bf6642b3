/**
 * What outlives the process: plain data, versioned by the store's schema. `status/` writes and restores it, `store/`
 * keeps it. It never holds a token, a secret or a password. Times in epoch milliseconds.
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

/** The past of a target, as far as its next state depends on it. */
export interface TargetCourse {
  /** When the current confirmed state began: `at` of the target's last `StateChange`. */
  readonly changedAt: number;
  /** Start of the last probe that counts. One that the prober itself made fail does not count. */
  readonly resultAt?: number;
  /** How long the server asked us to wait, in its answer to the probe at `resultAt`. */
  readonly backOffMs?: number;
  /** Start of the current run of successes or of failures. */
  readonly runSince?: number;
  /**
   * When it was confirmed down. Kept while the state is unknown after `down`. Absent once it is confirmed up, or if the
   * prober's own network turns out to be the reason.
   */
  readonly downSince?: number;
  /** True if it fails and works by turns. It then needs more successes in a row than usual to be confirmed up. */
  readonly intermittent: boolean;
  /** When it was last confirmed up after having been down. */
  readonly recoveredAt?: number;
  /** The recent probes that count, oldest first, starting with the first failure among them. */
  readonly recent: readonly RecentProbe[];
}

/** A finding of a failing target. It remains until a later probe shows otherwise, which is not always the next one. */
export interface FindingMemory {
  readonly diagnosis: Diagnosis;
  readonly since: number;
  /** The failed stages, with the kind of each failure. */
  readonly failure: string;
  /** The target was intermittent when this was found. The finding remains as long as it fails in the same way. */
  readonly intermittent?: true;
}

export interface LastProbeMemory {
  /** Absent if the target has no findings. */
  readonly findings?: readonly FindingMemory[];
  /** The duration of the last probe. Absent if `history` holds that probe. */
  readonly seconds?: number;
}

/** One target's confirmed state and counters. The store has one row of it per target, however long it is watched. */
export interface TargetMemory {
  /** `targetKey` of the target. */
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
  /** The labels of the mailbox, so that availability by label needs no configuration. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * The text that `targetIdentity` returns. It is equal only for the same mailbox, reached as the same app at the same
   * endpoint.
   */
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
  /** The last probes, newest first. Empty unless one of them failed. */
  readonly history: readonly ProbeResult[];
}

/**
 * A target's confirmed state changed. The first change of a new target is to `unknown`. `removed`: it is no longer
 * watched. The state holds until the target's next change, across restarts.
 */
export interface StateChange {
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
  /**
   * When the state began, not when it was confirmed. `down`: start of the first failure of the confirming run. `up`:
   * start of the first success of the confirming run. `unknown`: when the last result became too old. Never before the
   * target's previous change, unless the clock was set back. Of two changes at the same time, the later one counts.
   */
  readonly at: number;
  readonly state: Confirmed | 'removed';
}

/** A span in which a prober ran. Nothing was watched at times that no session covers. */
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
 * A time of maintenance, either set by a person or one occurrence of a schedule. During it, probing continues, nothing
 * is sent, and incidents are marked and do not count. An occurrence is stored when it begins, so that a later change of
 * the schedule does not rewrite the past.
 */
export interface MaintenanceWindow extends MailboxSelector {
  readonly id: string;
  readonly from: number;
  /** Exclusive. Absent if it lasts until somebody ends it. */
  readonly until?: number;
  readonly by: string;
  readonly note: string;
}

/** A message that waits to be sent. It is written in the same transaction as the change that it reports. */
export interface OutboxMessage {
  /** UUID version 7. It is sent as `webhook-id` or Message-ID, the same at every attempt. */
  readonly id: string;
  readonly channel: string;
  readonly message: Delivery['message'] | 'digest' | 'summary' | 'test';
  /** Id of the incident. Absent for a digest, a summary or a test. */
  readonly incident?: string;
  /** What to render, as JSON. */
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
  /** `retry`: it is tried again at `due`. `failed`: it is not tried again. `skipped`: it is no longer needed. */
  readonly outcome: 'sent' | 'retry' | 'failed' | 'skipped';
  readonly due?: number;
  /** The receiver's refusal, bounded and redacted. */
  readonly detail?: string;
}

/**
 * What the journal writes to the store at once. An entry replaces the stored one of the same key. The affected
 * mailboxes of an incident are merged with the stored ones, so that a write may hold only those that changed.
 * Acknowledgements are written separately, by the store's `acknowledge`.
 */
export interface Changes {
  readonly targets: readonly TargetMemory[];
  readonly stateChanges: readonly StateChange[];
  readonly incidents: readonly Incident[];
  readonly outbox: readonly OutboxMessage[];
  readonly settlements: readonly Settlement[];
  /** Occurrences of schedules that have begun. */
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
  /** Open incidents with their acknowledgements, and those that closed recently, because they may reopen. */
  readonly incidents: readonly Incident[];
  /** The windows that are not over. */
  readonly maintenance: readonly MaintenanceWindow[];
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
  /** The last session before this start. */
  readonly lastSession?: ProberSession;
}
