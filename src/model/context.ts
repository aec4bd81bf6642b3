/**
 * What else is known when one probe is judged. Words alone often cannot tell; the neighbors can.
 * Made by `status/`, read by `diagnosis/`.
 */
import { perProtocol, type Protocol } from './protocol.ts';
import type { CredentialStatus } from './credential.ts';
import { failedStages, type Stage } from './evidence.ts';
import type { AppTokenState, ProbeResult } from './status.ts';
import type { App, Target } from './target.ts';

/**
 * Other targets, by their last probe. Counts, not lists: an app may have ten thousand mailboxes. Where the target that
 * is judged worked before, those count as `succeeded` once one of them worked since it began to fail, and as `failed`
 * those whose kind of failure befell one of them since it last worked; the others say nothing of what was lost.
 */
export interface Peers {
  readonly succeeded: number;
  readonly failed: number;
  /** Not probed yet, or not since then. */
  readonly unknown: number;
  /** Of the failed: those with the same signature as the probe that is judged. */
  readonly failedAlike: number;
  /** Of all: those that ever succeeded. */
  readonly everSucceeded: number;
}

export interface History {
  readonly lastSuccess?: number;
  readonly failingSince?: number;
  /** Failures in a row, this probe included. */
  readonly consecutiveFailures: number;
  readonly probesTotal: number;
  /** How often it failed in this way lately, and opened at the very next probe. */
  readonly passedAlike: number;
  /** It comes and goes, and opened within the last hour. */
  readonly intermittent?: true;
  /** Distinct signatures of the recent failures, newest first. */
  readonly recentSignatures: readonly string[];
}

/** Is it us? `down`: token and mail hosts all fail before any server has spoken. */
export type OwnNetwork = 'ok' | 'down' | 'unknown';

export interface Context {
  /** Epoch milliseconds. */
  readonly now: number;
  /** Absent for pasted text (`explain`), as is everything else that needs a configuration. */
  readonly target?: Target;
  readonly app?: App;
  /** The same mailbox over its other protocols: the last probe of each, where it is recent. */
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
  /** The name of this replica, where one is configured: the subject of what is wrong with the prober itself. */
  readonly prober?: string;
}

export const NO_PEERS: Peers = { succeeded: 0, failed: 0, unknown: 0, failedAlike: 0, everSucceeded: 0 };

/** The context of a text without a configuration. */
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
 * Two probes failed alike when their signatures are equal: the failed stages with kind, code and status, without
 * the words (which carry ids and times).
 */
export function failureSignature(evidence: { readonly stages: readonly Stage[] }): string {
  return failedStages(evidence)
    .map(({ stage, failure }) => [stage, failure?.kind, failure?.code, failure?.status].join('/'))
    .join(' ');
}
