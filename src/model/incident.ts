/**
 * An incident: one problem from its opening to its close. `status/` opens, changes and closes incidents, `store/` keeps
 * them, `notify/` and `report/` read them. Times are in epoch milliseconds.
 */
import type { Cause } from './cause.ts';
import type { Confidence, Diagnosis, Owner, Scope, Severity } from './diagnosis.ts';
import type { Protocol } from './protocol.ts';

/**
 * `intermittent`: the incident is open, and its fault came back within an hour of an earlier close. Such an incident
 * needs more successes to close than an `open` one.
 */
export const INCIDENT_STATES = ['open', 'intermittent', 'closed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/**
 * Why an incident closed:
 * - `recovered`             every affected mailbox succeeded often enough
 * - `superseded`            the fault continues in another incident: see `supersededBy`
 * - `no-longer-configured`  nothing that the incident affected is configured any more
 */
export const CLOSE_REASONS = ['recovered', 'superseded', 'no-longer-configured'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

export interface AffectedMailbox {
  readonly id: string;
  readonly since: number;
  /** Absent while the mailbox is affected. */
  readonly until?: number;
  /** The protocols that failed in this incident and have not been confirmed up since. Absent if there are none. */
  readonly protocols?: readonly Protocol[];
}

/**
 * Shows that a person took note of the incident. No reminders are sent before the time `until`. If `until` is absent,
 * no reminders are sent until the incident closes.
 */
export interface Acknowledgement {
  readonly by: string;
  readonly note: string;
  readonly at: number;
  readonly until?: number;
}

/** The outcome of a message about the incident. */
export interface Delivery {
  readonly channel: string;
  readonly message: IncidentChangeKind | 'reminder';
  /** `skipped`: the message was no longer needed when it was due. */
  readonly outcome: 'sent' | 'pending' | 'failed' | 'skipped';
  readonly at: number;
  /** The reason of `skipped`, or the receiver's refusal, bounded and redacted. */
  readonly detail?: string;
}

export interface Incident {
  /** UUID version 7 (RFC 9562): ids sort by the time of opening. */
  readonly id: string;
  /** The id of the incident's current problem: `cause:scope:subject`. */
  readonly problem: string;
  readonly cause: Cause;
  readonly scope: Scope;
  readonly subject: string;
  readonly owner: Owner;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  /** When the first failure of the problem began. For an advisory, when it was found. */
  readonly opened: number;
  /** When the failure was confirmed, and people could be notified. Absent if an older version stored the incident. */
  readonly confirmed?: number;
  /** Absent while the incident is open. */
  readonly closed?: number;
  readonly state: IncidentState;
  readonly closeReason?: CloseReason;
  readonly supersededBy?: string;
  /** The earlier causes of the incident, oldest first, without the current one. */
  readonly formerCauses: readonly Cause[];
  /** Sorted by id. */
  readonly affectedMailboxes: readonly AffectedMailbox[];
  /**
   * Keys of targets whose current failure belongs to another incident, but which have not recovered from this one. They
   * keep this incident open. Absent if there are none.
   */
  readonly alsoHeldBy?: readonly string[];
  /** The most mailboxes affected at one time. */
  readonly peakAffected: number;
  /**
   * True if the mailboxes still work, for example if a secret expires soon or a healthy probe has a warning. An
   * advisory closes when its problem is no longer found.
   */
  readonly advisory: boolean;
  /** The times at which the fault began, oldest first. An intermittent fault began several times. */
  readonly spells: readonly number[];
  /**
   * Present while the incident recovers. `successes` counts the successes in a row of the affected mailbox with the
   * fewest. The incident closes when `successes` reaches `needed`.
   */
  readonly recovering?: { readonly successes: number; readonly needed: number };
  readonly acknowledgement?: Acknowledgement;
  /** Id of the maintenance window that the incident is in. Only an incident that opened in a window has one. */
  readonly maintenance?: string;
  readonly diagnosis: Diagnosis;
}

export const INCIDENT_CHANGE_KINDS = ['opened', 'reopened', 'grew', 'changed', 'closed'] as const;
export type IncidentChangeKind = (typeof INCIDENT_CHANGE_KINDS)[number];

/** A change of an incident. It is announced once to the parts that store, send and show it. */
export interface IncidentChange {
  /** `grew`: more mailboxes are affected. `changed`: the cause, severity, confidence or title differs. */
  readonly kind: IncidentChangeKind;
  readonly at: number;
  readonly incident: Incident;
  /** The incident before the change. Absent if it just opened. */
  readonly before?: Incident;
}
