/**
 * What outlives the process: plain data, versioned by the store's schema. `status/` gives it and takes it back,
 * `store/` keeps it. Never a token, a secret or a password. Times in epoch milliseconds.
 */
import type { CredentialStatus } from './credential.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { Delivery, Incident } from './incident.ts';
import type { AppTokenState, Confirmed, ProbeResult } from './status.ts';
import type { Protocol } from './protocol.ts';

/** A probe that counts, of those that show whether a target comes and goes. */
export interface RecentProbe {
  /** Its start. */
  readonly at: number;
  readonly failed: boolean;
}

/** How a target has fared, as far as its confirmed state continues from it. */
export interface TargetCourse {
  /** When `confirmed` became what it is: `at` of the target's last `StateChange`. */
  readonly changedAt: number;
  /** Start of the last probe that counts. */
  readonly resultAt?: number;
  /** How long a server then asked us to wait. */
  readonly backOffMs?: number;
  /** Start of the run of like results, successes or failures, that the last one belongs to. */
  readonly runSince?: number;
  /** When it was confirmed down. Absent once it is up: it may be unknown now, and yet was down before. */
  readonly downSince?: number;
  /** It comes and goes: more successes in a row than otherwise confirm it up. */
  readonly intermittent: boolean;
  /** When it was last confirmed up after it was down. */
  readonly recoveredAt?: number;
  /** The last probes that count, oldest first, from the first failure among them on. */
  readonly recent: readonly RecentProbe[];
}

/** What a target was found to fail of: it holds until a later probe shows otherwise, which is not always the next one. */
export interface FindingMemory {
  readonly diagnosis: Diagnosis;
  readonly since: number;
  /** What failed, by stage and kind. */
  readonly failure: string;
  /** Found while its target comes and goes: it holds as long as what fails is of that kind. */
  readonly intermittent?: true;
}

export interface LastProbeMemory {
  /** Absent where it has none. */
  readonly findings?: readonly FindingMemory[];
  /** Duration of the last probe, where no history is kept. */
  readonly seconds?: number;
}

/** One target's confirmed state and counters: one row, however long it is watched. */
export interface TargetMemory {
  /** `targetKey` of the target. */
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
  /** The mailbox's, so that availability by label needs no configuration. */
  readonly labels: Readonly<Record<string, string>>;
  /** Equal only for the same mailbox, reached as the same app at the same endpoint: what `isSameTarget` compares. */
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
  /** Absent in what a version wrote that did not know of it. */
  readonly course?: TargetCourse & LastProbeMemory;
  /** Only where a failure is remembered: the last probes, newest first. */
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
   * When it became so, not when it was confirmed. `down`: start of the first failure of the confirming run. `up`: start
   * of the first success of the confirming run. `unknown`: when the last result ceased to count. Never before the
   * target's previous change, unless the clock was set back; of two changes at one time the later one counts.
   */
  readonly at: number;
  readonly state: Confirmed | 'removed';
}

/** A span in which a prober ran: outside of all sessions nothing was watched. */
export interface ProberSession {
  readonly id: string;
  /** The replica's name; empty where there is one. */
  readonly replica: string;
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

/** Which mailboxes: those that match every member that is present. Without members: all of them. */
export interface MailboxSelector {
  readonly apps?: readonly string[];
  readonly mailboxes?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Probing continues, nothing is sent, incidents in it are marked and do not count. A person's, or one occurrence of a
 * schedule, which is stored when it begins: so a later change of the schedule does not rewrite the past.
 */
export interface MaintenanceWindow extends MailboxSelector {
  readonly id: string;
  readonly from: number;
  /** Exclusive. Absent: until it is ended. */
  readonly until?: number;
  readonly by: string;
  readonly note: string;
}

/** A message that waits to be sent. It is written in the transaction of the change that it reports. */
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

/** What became of an attempt to send a message. */
export interface Settlement {
  /** Id of the message. */
  readonly message: string;
  readonly at: number;
  /** `retry` is tried again at `due`; `failed` is given up; `skipped` was no longer needed. */
  readonly outcome: 'sent' | 'retry' | 'failed' | 'skipped';
  readonly due?: number;
  /** The other side's refusal, bounded and redacted. */
  readonly detail?: string;
}

/**
 * What one write of the journal holds. Later entries of one key replace earlier ones. An incident's affected mailboxes
 * are added to those that are stored, mailbox by mailbox: a write may carry only those that changed. Its acknowledgement
 * is not written with it: that is the store's `acknowledge`.
 */
export interface Changes {
  readonly targets: readonly TargetMemory[];
  readonly stateChanges: readonly StateChange[];
  readonly incidents: readonly Incident[];
  readonly outbox: readonly OutboxMessage[];
  readonly settlements: readonly Settlement[];
  /** Occurrences of schedules that began. */
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

/** What a start finds. */
export interface Memories {
  readonly targets: readonly TargetMemory[];
  /** Open ones with their acknowledgements, and those that closed lately: they may reopen. */
  readonly incidents: readonly Incident[];
  /** Those that are not over. */
  readonly maintenance: readonly MaintenanceWindow[];
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
  /** The latest session before this start. */
  readonly lastSession?: ProberSession;
}
