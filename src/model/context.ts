/**
 * What else is known when one probe is diagnosed. The text of a failure often decides nothing; how other targets fare
 * does. Made by `status/`, read by `diagnosis/`.
 */
import { perProtocol, type Protocol } from './protocol.ts';
import type { CredentialStatus } from './credential.ts';
import { failedStages, type Stage } from './evidence.ts';
import type { AppTokenState, ProbeResult } from './status.ts';
import type { App, Target } from './target.ts';

/**
 * Other targets by their last probe, as counts, because an app may have ten thousand mailboxes. If the diagnosed target
 * worked before, others count as `succeeded` only if one of them worked after it began to fail, and as `failed` only if
 * one of them failed in that way after it last worked. All others are `unknown`, because their results are older than
 * the failure.
 */
export interface Peers {
  readonly succeeded: number;
  readonly failed: number;
  /** Not probed yet, or not since the diagnosed target began to fail. */
  readonly unknown: number;
  /** Of the failed, those with the same signature as the diagnosed probe. */
  readonly failedAlike: number;
  /** Of all, those that succeeded at any time. */
  readonly everSucceeded: number;
}

export interface History {
  readonly lastSuccess?: number;
  readonly failingSince?: number;
  /** Failures in a row, this probe included. */
  readonly consecutiveFailures: number;
  readonly probesTotal: number;
  /** How often it recently failed in this way and worked at the very next probe. */
  readonly passedAlike: number;
  /** It is intermittent, and opened within the last hour. */
  readonly intermittent?: true;
  /** Distinct signatures of the recent failures, newest first. */
  readonly recentSignatures: readonly string[];
}

/** `down`: the token hosts and the mail hosts all fail before any server answers, so the fault is on our side. */
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
 * Two probes failed alike if their signatures are equal: the failed stages with kind, code and status. Texts do not
 * count, because they hold ids and times.
 */
export function failureSignature(evidence: { readonly stages: readonly Stage[] }): string {
  return failedStages(evidence)
    .map(({ stage, failure }) => [stage, failure?.kind, failure?.code, failure?.status].join('/'))
    .join(' ');
}
