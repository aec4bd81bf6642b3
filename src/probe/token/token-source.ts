/**
 * What the rest of `probe/` and the daemon know of tokens: the shapes only. A look and the Graph reads need a
 * `TokenSource`; the daemon owns the one `TokenCache` (see token-cache.ts) and closes it.
 */
import type { Claims, Failure, TokenFacts } from '../../model/evidence.ts';
import type { Secret } from '../../model/secret.ts';
import type { AppTokenState } from '../../model/status.ts';
import type { App } from '../../model/target.ts';

export type TokenOutcome =
  | { readonly ok: true; readonly token: Secret; readonly facts: TokenFacts; readonly claims: Claims }
  | { readonly ok: false; readonly failure: Failure; readonly facts: TokenFacts };

export interface TokenSource {
  /**
   * The app's token for that scope, from the cache where it lives. Ends when the signal aborts; the request that
   * it shares with other callers goes on. Never rejects.
   */
  readonly acquire: (app: App, scope: string, signal: AbortSignal) => Promise<TokenOutcome>;
}

export interface TokenCache extends TokenSource {
  /**
   * A fresh token, past the cache: tries the credential. On success the cache adopts it; on refusal a living
   * token stays in use. A request that is in flight already will do, unless it was begun before `since` (epoch
   * milliseconds): then the credential may have changed after it was read. Never rejects.
   */
  readonly refresh: (app: App, scope: string, signal: AbortSignal, since?: number) => Promise<TokenOutcome>;
  /** The mail scope of every app that was asked for. */
  readonly states: () => readonly AppTokenState[];
  /** Of the app's mail scope; undefined before anybody asked for it. */
  readonly stateOf: (app: App) => AppTokenState | undefined;
  /** The counters of the process before this one go on. To be called before anybody asks. */
  readonly restore: (states: readonly AppTokenState[]) => void;
  /** Forgets apps that are gone or changed. Called at reload. */
  readonly retain: (apps: readonly App[]) => void;
  /** Ends requests in flight; no timer, request or socket is left. */
  readonly close: () => void;
}
