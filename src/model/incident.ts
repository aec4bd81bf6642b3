/**
 * An incident: one problem from its opening to its close, as it is remembered, listed and sent to people.
 * `status/` opens, changes and closes incidents, `store/` keeps them, `notify/` and `report/` read them.
 * Times in epoch milliseconds.
 */
import type { Cause } from './cause.ts';
import type { Confidence, Diagnosis, Owner, Scope, Severity } from './diagnosis.ts';
import type { Protocol } from './protocol.ts';

/** `intermittent`: it came back within an hour, and closes only after more successes than a fault that came once. */
export const INCIDENT_STATES = ['open', 'intermittent', 'closed'] as const;
export type IncidentState = (typeof INCIDENT_STATES)[number];

/**
 * - `recovered`             every affected mailbox succeeded often enough
 * - `superseded`            the fault continues under another scope: see `supersededBy`
 * - `no-longer-configured`  what was affected is no longer watched
 */
export const CLOSE_REASONS = ['recovered', 'superseded', 'no-longer-configured'] as const;
export type CloseReason = (typeof CLOSE_REASONS)[number];

export interface AffectedMailbox {
  readonly id: string;
  readonly since: number;
  /** Absent while it is affected. */
  readonly until?: number;
  /** Over these it failed under the incident, and was not confirmed up since. Absent where there are none. */
  readonly protocols?: readonly Protocol[];
}

/** A person took note: no reminders until then, or until the incident closes. */
export interface Acknowledgement {
  readonly by: string;
  readonly note: string;
  readonly at: number;
  readonly until?: number;
}

/** What became of a message about the incident. */
export interface Delivery {
  readonly channel: string;
  readonly message: IncidentChangeKind | 'reminder';
  /** `skipped`: it was no longer needed when it was due; `detail` says why. */
  readonly outcome: 'sent' | 'pending' | 'failed' | 'skipped';
  readonly at: number;
  /** The other side's refusal, bounded and redacted. */
  readonly detail?: string;
}

export interface Incident {
  /** UUID version 7 (RFC 9562): ids sort by the time of opening. */
  readonly id: string;
  /** `cause:scope:subject` of the problem at present. */
  readonly problem: string;
  readonly cause: Cause;
  readonly scope: Scope;
  readonly subject: string;
  readonly owner: Owner;
  readonly severity: Severity;
  readonly confidence: Confidence;
  readonly title: string;
  /** Start of the first failure of the problem, or when an advisory was found. */
  readonly opened: number;
  /** When the failure was confirmed, and people could be notified. Absent in what a version wrote that did not keep it. */
  readonly confirmed?: number;
  /** Absent while it is open. */
  readonly closed?: number;
  readonly state: IncidentState;
  readonly closeReason?: CloseReason;
  /** Id of the incident under which the fault continues. */
  readonly supersededBy?: string;
  /** Causes that it was reported under before, oldest first, without the present one. */
  readonly formerCauses: readonly Cause[];
  /** Sorted by id. */
  readonly affectedMailboxes: readonly AffectedMailbox[];
  /** Keys of targets that hold it open, too, while what they fail of now is another incident's. Absent where there are none. */
  readonly alsoHeldBy?: readonly string[];
  /** Most mailboxes affected at one time. */
  readonly peakAffected: number;
  /** Nobody is locked out: a secret that ends soon, a warning of a healthy probe. Closes when it is no longer found. */
  readonly advisory: boolean;
  /** Starts of its spells, oldest first: one for a fault that came once, more for one that comes and goes. */
  readonly spells: readonly number[];
  /** While an intermittent fault recovers: successes in a row of the slowest affected mailbox, and how many close it. */
  readonly recovering?: { readonly successes: number; readonly needed: number };
  readonly acknowledgement?: Acknowledgement;
  /** Id of the maintenance window that it falls into. */
  readonly maintenance?: string;
  readonly diagnosis: Diagnosis;
}

export const INCIDENT_CHANGE_KINDS = ['opened', 'reopened', 'grew', 'changed', 'closed'] as const;
export type IncidentChangeKind = (typeof INCIDENT_CHANGE_KINDS)[number];

/** What happened to an incident, announced once, to be stored, sent and shown. */
export interface IncidentChange {
  /** `grew`: more mailboxes are affected; `changed`: cause, severity, confidence or title. */
  readonly kind: IncidentChangeKind;
  readonly at: number;
  readonly incident: Incident;
  /** Absent where it opened. */
  readonly before?: Incident;
}
