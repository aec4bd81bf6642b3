/**
 * What is known besides the evidence when a probe is diagnosed, such as how other targets fare. The text of a failure
 * alone often does not show its cause. Made by `status/`, read by `diagnosis/`.
 */
import { perProtocol, type Protocol } from './protocol.ts';
import type { CredentialStatus } from './credential.ts';
import { failedStages, type Stage } from './evidence.ts';
import type { AppTokenState, ProbeResult } from './status.ts';
import type { App, Target } from './target.ts';

/**
 * How the last probes of other targets ended, as counts, because an app may have ten thousand mailboxes. If the
 * diagnosed target worked before, older results say nothing about what changed, and count as `unknown`: successes if
 * none of them came after the target began to fail, and failures of one signature if none of them began after the
 * target last worked.
 */
export interface Peers {
  readonly succeeded: number;
  readonly failed: number;
  /** How many have no result yet, or one that is too old as described above. */
  readonly unknown: number;
  /** How many of the failed have the same signature as the diagnosed probe. */
  readonly failedAlike: number;
  /** How many of all ever succeeded. */
  readonly everSucceeded: number;
}

export interface History {
  readonly lastSuccess?: number;
  readonly failingSince?: number;
  /** Failures in a row, this probe included. */
  readonly consecutiveFailures: number;
  readonly probesTotal: number;
  /** How many recent failures with the same signature had a success just before and just after. */
  readonly passedAlike: number;
  /** It is intermittent, and succeeded within the last hour or the last 12 intervals, whichever is longer. */
  readonly intermittent?: true;
  /** Distinct signatures of the recent failures, newest first. */
  readonly recentSignatures: readonly string[];
}

/**
 * The state of the network of this machine. `down`: connections to the token hosts and the mail hosts all fail before
 * any server answers.
 */
export type OwnNetwork = 'ok' | 'down' | 'unknown';

export interface Context {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Absent for pasted text (`explain`), like all other members that need a configuration. */
  readonly target?: Target;
  readonly app?: App;
  /** The last probes of the same mailbox over its other protocols, if they are recent. */
  readonly otherProtocols: readonly ProbeResult[];
  /** Other mailboxes of the same app, by protocol. */
  readonly siblings: Readonly<Record<Protocol, Peers>>;
  /** Targets of other apps of the same tenant. */
  readonly tenant: Peers;
  /** Targets of other apps at the same mail `host:port`. */
  readonly endpoint: Peers;
  readonly history: History;
  readonly token?: AppTokenState;
  readonly credential?: CredentialStatus;
  readonly ownNetwork: OwnNetwork;
  /** The name of this replica, if one is configured. It is the subject of diagnoses of the prober itself. */
  readonly prober?: string;
}

export const NO_PEERS: Peers = { succeeded: 0, failed: 0, unknown: 0, failedAlike: 0, everSucceeded: 0 };

/** The context of a pasted text, which has no configuration. */
export function emptyContext(now: number): Context {
  return {
    now,
    otherProtocols: [],
    siblings: perProtocol(() => NO_PEERS),
    tenant: NO_PEERS,
    endpoint: NO_PEERS,
    history: { consecutiveFailures: 1, probesTotal: 1, passedAlike: 0, recentSignatures: [] },
    ownNetwork: 'unknown',
  };
}

/**
 * Returns the failed stages with kind, code and status as one text. Two probes failed alike if these texts are equal.
 * The messages of servers are left out, because they hold ids and times.
 */
export function failureSignature(evidence: { readonly stages: readonly Stage[] }): string {
  return failedStages(evidence)
    .map(({ stage, failure }) => [stage, failure?.kind, failure?.code, failure?.status].join('/'))
    .join(' ');
}
