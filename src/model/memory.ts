/**
 * What outlives the process: plain data, versioned by the store's schema. `status/` writes and restores it, `store/`
 * keeps it. Never a token, a secret or a password. Times in epoch milliseconds.
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

/** How a target has fared, as far as its next state depends on it. */
export interface TargetCourse {
  /** When `confirmed` became what it is: `at` of the target's last `StateChange`. */
  readonly changedAt: number;
  /** Start of the last probe that counts. */
  readonly resultAt?: number;
  /** How long the server asked us to wait then. */
  readonly backOffMs?: number;
  /** Start of the current run of successes or of failures. */
  readonly runSince?: number;
  /** When it was confirmed down. Absent once it is up. It stays while the state is unknown after down. */
  readonly downSince?: number;
  /** It needs more successes in a row than usual to be confirmed up. */
  readonly intermittent: boolean;
  /** When it was last confirmed up after it was down. */
  readonly recoveredAt?: number;
  /** The recent probes that count, oldest first, starting with the first failure among them. */
  readonly recent: readonly RecentProbe[];
}

/** A finding of a failing target. It remains until a later probe shows otherwise, which is not always the next one. */
export interface FindingMemory {
  readonly diagnosis: Diagnosis;
  readonly since: number;
  /** What failed, by stage and kind. */
  readonly failure: string;
  /** Found while its target was intermittent: it remains as long as the target fails in the same way. */
  readonly intermittent?: true;
}

export interface LastProbeMemory {
  /** Absent if there are none. */
  readonly findings?: readonly FindingMemory[];
  /** Duration of the last probe, if no history is kept. */
  readonly seconds?: number;
}

/** One target's confirmed state and counters: one row per target, however long it is watched. */
export interface TargetMemory {
  /** `targetKey` of the target. */
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
  /** The labels of the mailbox, so that availability by label needs no configuration. */
  readonly labels: Readonly<Record<string, string>>;
  /**
   * Equal only for the same mailbox, reached as the same app at the same endpoint. `isSameTarget` compares the same
   * members.
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
  /** Empty unless a failure is remembered. The last probes, newest first. */
  readonly history: readonly ProbeResult[];
}

/**
 * A target's confirmed state changed. `unknown` also begins the watch of a new target; `removed` ends it.
 * The state holds until the target's next change, across restarts.
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

/** A span in which a prober ran. Outside of all sessions nothing was watched. */
export interface ProberSession {
  readonly id: string;
  /** The replica's name, where there are several. */
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
 * During maintenance, probing continues, nothing is sent, and incidents are marked and do not count. Either set by a
 * person, or one occurrence of a schedule. An occurrence is stored when it begins, so that a later change of the
 * schedule does not rewrite the past.
 */
export interface MaintenanceWindow extends MailboxSelector {
  readonly id: string;
  readonly from: number;
  /** Exclusive. Absent: until somebody ends it. */
  readonly until?: number;
  readonly by: string;
  readonly note: string;
}

/** A message that waits to be sent. It is written in the same transaction as the change that it reports. */
export interface OutboxMessage {
  /** UUID version 7: `webhook-id` and Message-ID, the same at every attempt. */
  readonly id: string;
  readonly channel: string;
  readonly message: Delivery['message'] | 'digest' | 'summary' | 'test';
  /** Absent for a digest, a summary, a test. */
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
  /** `retry`: will be tried again at `due`. `failed`: given up. `skipped`: no longer needed. */
  readonly outcome: 'sent' | 'retry' | 'failed' | 'skipped';
  readonly due?: number;
  /** The receiver's refusal, bounded and redacted. */
  readonly detail?: string;
}

/**
 * What one write of the journal holds. Later entries of a key replace earlier ones. Affected mailboxes of an incident
 * are merged with the stored ones, mailbox by mailbox, so that a write may carry only those that changed.
 * Acknowledgements are not part of it: they are written by the store's `acknowledge`.
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

/** What a start reads from the store. */
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
