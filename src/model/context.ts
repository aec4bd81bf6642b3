/**
 * What a diagnosis knows besides the evidence of the probe, such as the results of other targets. The text of a failure
 * alone often does not show its cause. Made by `status/`, read by `diagnosis/`.
 */
import { perProtocol, type Protocol } from './protocol.ts';
import type { CredentialStatus } from './credential.ts';
import { failedStages, type Stage } from './evidence.ts';
import type { AppTokenState, ProbeResult } from './status.ts';
import type { App, Target } from './target.ts';

/**
 * Counts of how the last probes of other targets ended.
 * If the diagnosed target worked before, results from before its failure do not show what changed, so they count as
 * `unknown`. Successes count only if at least one of them came after the diagnosed target began to fail. Failures with
 * the same signature count only if at least one of them began after the diagnosed target last worked.
 * If it never worked, the same applies with the latest loss of other mailboxes of its app. But if another mailbox of the
 * app has worked since that loss, or since the diagnosed target was confirmed down, every result counts.
 */
export interface Peers {
  readonly succeeded: number;
  readonly failed: number;
  /** Targets without a result, or with a result that does not count. */
  readonly unknown: number;
  /** How many of `failed` have the same `failureSignature` as the diagnosed probe. */
  readonly failedAlike: number;
  /** How many of all these targets ever succeeded. */
  readonly everSucceeded: number;
}

export interface History {
  readonly lastSuccess?: number;
  readonly failingSince?: number;
  /** Failures in a row, this probe included. */
  readonly consecutiveFailures: number;
  readonly probesTotal: number;
  /** How many recent failures with the signature of this probe came between two successes. */
  readonly passedAlike: number;
  /**
   * True if the target fails and works by turns, and last succeeded within an hour or 12 intervals, whichever is
   * longer.
   */
  readonly intermittent?: true;
  /** Distinct signatures of the recent failures, newest first. */
  readonly recentSignatures: readonly string[];
}

/**
 * The state of this machine's network. `down`: all connections to token hosts and mail hosts fail before a server
 * answers.
 */
export type OwnNetwork = 'ok' | 'down' | 'unknown';

export interface Context {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Absent for pasted text, which has no configuration. */
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
  /** The configured name of this replica. Used as the subject of diagnoses about the machine that probes. */
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
 * Returns stage, kind, code and status of each failure as one text. Two probes failed in the same way if these texts
 * are equal. Messages of servers are left out, because they hold ids and times that differ at each probe.
 */
export function failureSignature(evidence: { readonly stages: readonly Stage[] }): string {
  return failedStages(evidence)
    .map(({ stage, failure }) => [stage, failure?.kind, failure?.code, failure?.status].join('/'))
    .join(' ');
}
