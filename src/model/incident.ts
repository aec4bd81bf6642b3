/**
 * An incident: one problem from its opening to its close, as it is stored, listed and reported. `status/` opens,
 * changes and closes incidents, `store/` keeps them, `notify/` and `report/` read them. Times in epoch milliseconds.
 */
import type { Cause } from './cause.ts';
import type { Confidence, Diagnosis, Owner, Scope, Severity } from './diagnosis.ts';
import type { Protocol } from './protocol.ts';

/**
 * `intermittent`: the incident is open, and its fault came back within an hour of an earlier close. It needs more
 * successes to close than `open` does.
 */
export const INCIDENT_STATES = ['open', 'intermittent', 'closed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/**
 * - `recovered`             every affected mailbox succeeded often enough
 * - `superseded`            the fault continues in another incident: see `supersededBy`
 * - `no-longer-configured`  what was affected is no longer watched
 */
export const CLOSE_REASONS = ['recovered', 'superseded', 'no-longer-configured'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

export interface AffectedMailbox {
  readonly id: string;
  readonly since: number;
  /** Absent while it is affected. */
  readonly until?: number;
  /** The protocols that failed in this incident and have not been confirmed up since. Absent if there are none. */
  readonly protocols?: readonly Protocol[];
}

/** A person took note of the incident. No reminders are sent until `until`, or until the incident closes. */
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
  /** `skipped`: the message was no longer needed when it was due. `detail` gives the reason. */
  readonly outcome: 'sent' | 'pending' | 'failed' | 'skipped';
  readonly at: number;
  /** The receiver's refusal, bounded and redacted. */
  readonly detail?: string;
}

export interface Incident {
  /** UUID version 7 (RFC 9562): ids sort by the time of opening. */
  readonly id: string;
  /** `cause:scope:subject` of its current problem. */
  readonly problem: string;
  readonly cause: Cause;
  readonly scope: Scope;
  readonly subject: string;
  readonly owner: Owner;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  /** When the problem's first failure started. For an advisory: when it was found. */
  readonly opened: number;
  /**
   * When the failure was confirmed, so that people could be notified. Absent if an older version stored the incident.
   */
  readonly confirmed?: number;
  /** Absent while it is open. */
  readonly closed?: number;
  readonly state: IncidentState;
  readonly closeReason?: CloseReason;
  /** Id of the incident under which the fault continues. */
  readonly supersededBy?: string;
  /** The earlier causes of the incident, oldest first, without the current one. */
  readonly formerCauses: readonly Cause[];
  /** Sorted by id. */
  readonly affectedMailboxes: readonly AffectedMailbox[];
  /**
   * Keys of targets that keep this incident open, although their current failure belongs to another incident. Absent if
   * there are none.
   */
  readonly alsoHeldBy?: readonly string[];
  /** The most mailboxes affected at one time. */
  readonly peakAffected: number;
  /**
   * True if the mailboxes still work, as with a secret that expires soon or a warning of a healthy probe. The incident
   * closes when its problem is no longer found.
   */
  readonly advisory: boolean;
  /** When the fault began, oldest first. An intermittent fault has begun several times. */
  readonly spells: readonly number[];
  /** Present while it recovers. Successes in a row of the slowest affected mailbox, and how many close the incident. */
  readonly recovering?: { readonly successes: number; readonly needed: number };
  readonly acknowledgement?: Acknowledgement;
  /** Id of the maintenance window that the incident falls into. */
  readonly maintenance?: string;
  readonly diagnosis: Diagnosis;
}

export const INCIDENT_CHANGE_KINDS = ['opened', 'reopened', 'grew', 'changed', 'closed'] as const;
export type IncidentChangeKind = (typeof INCIDENT_CHANGE_KINDS)[number];

/** A change of an incident, announced once, to be stored, sent and shown. */
export interface IncidentChange {
  /** `grew`: more mailboxes are affected. `changed`: the cause, severity, confidence or title differs. */
  readonly kind: IncidentChangeKind;
  readonly at: number;
  readonly incident: Incident;
  /** The incident before the change. Absent if it just opened. */
  readonly before?: Incident;
}
