/**
 * What outlives the process: plain data, versioned by the store's schema. `status/` gives it and takes it back,
 * `store/` keeps it. Never a token, a secret or a password. Times in epoch milliseconds.
 */
import type { CredentialStatus } from './credential.ts';
import type { Acknowledgement, Delivery, Incident } from './incident.ts';
import type { AppTokenState, Confirmed, Look } from './status.ts';
import type { Protocol } from './target.ts';

/** One target's confirmed state and counters: one row, however long it is watched. */
export interface TargetMemory {
  /** `targetKey` of the target. */
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
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
  /** Only where a failure is remembered: the last probes, newest first. */
  readonly history: readonly Look[];
}

/** A target's confirmed state changed. `removed`: it is no longer watched. */
export interface StateChange {
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
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

/** Probing goes on, nothing is sent, incidents in it are marked and do not count. */
export interface MaintenanceWindow {
  readonly id: string;
  readonly from: number;
  /** Absent: until it is ended. */
  readonly until?: number;
  readonly by: string;
  readonly note: string;
  /** Absent members match everything. */
  readonly apps?: readonly string[];
  readonly mailboxes?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
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

/** What one write of the journal holds. Later entries of one key replace earlier ones. */
export interface Changes {
  readonly targets: readonly TargetMemory[];
  readonly stateChanges: readonly StateChange[];
  readonly incidents: readonly Incident[];
  readonly outbox: readonly OutboxMessage[];
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
  readonly session?: ProberSession;
}

/** What a start finds. */
export interface Memories {
  readonly targets: readonly TargetMemory[];
  /** Open ones, and those that closed within the last hour: they may reopen. */
  readonly incidents: readonly Incident[];
  readonly acknowledgements: readonly {
    readonly incident: string;
    readonly acknowledgement: Acknowledgement;
  }[];
  readonly maintenance: readonly MaintenanceWindow[];
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
}
