/**
 * The types through which the rest of `probe/` and the daemon get tokens. A probe and the Graph reads need a
 * `TokenSource`. The engine owns the only `TokenCache` (see token-cache.ts) and closes it.
 */
import type { Claims, TokenFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import type { Secret } from '../../model/secret.ts';
import type { AppTokenState } from '../../model/status.ts';
import type { App } from '../../model/target.ts';

export type TokenOutcome =
  | { readonly ok: true; readonly token: Secret; readonly facts: TokenFacts; readonly claims: Claims }
  | { readonly ok: false; readonly failure: Failure; readonly facts: TokenFacts };

export interface TokenSource {
  /**
   * Returns the app's token for the scope, from the cache if it is valid. Ends when the signal aborts, but a request
   * that other callers share continues. Never rejects.
   */
  readonly acquire: (app: App, scope: string, signal: AbortSignal) => Promise<TokenOutcome>;
}

export interface TokenCache extends TokenSource {
  /**
   * Requests a fresh token that bypasses the cache, to check the credential. If the request succeeds, the cache adopts
   * the token. If the request is refused, a valid token stays in use. Joins a request in flight if that request began
   * at `since` (epoch milliseconds) or later. An earlier request may have used an older credential. Never rejects.
   */
  readonly refresh: (app: App, scope: string, signal: AbortSignal, since?: number) => Promise<TokenOutcome>;
  /** Returns the token states of all apps that requested a token for the mail scope. */
  readonly states: () => readonly AppTokenState[];
  /** Returns the state of the app's token for the mail scope. Undefined before the first request. */
  readonly stateOf: (app: App) => AppTokenState | undefined;
  /** Adds the counters of the previous process to those since the start. */
  readonly restore: (states: readonly AppTokenState[]) => void;
  /** Forgets apps that were removed or changed. Called at a reload. */
  readonly retain: (apps: readonly App[]) => void;
  /** Ends requests in flight. No timer, request or socket is left. */
  readonly close: () => void;
}
