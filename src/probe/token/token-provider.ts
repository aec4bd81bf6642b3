/**
 * An issuer of tokens: how one request is sent and its answer is parsed. The cache decides when to request, and how long
 * a token or a refusal counts, alike for all providers. The providers are listed in token-providers.ts.
 */
import type { App } from '../../model/target.ts';
import type { TokenReply } from './token-reply.ts';

export interface TokenProvider {
  /** The endpoint that issues the app's tokens: a fact of every token stage. */
  readonly endpointOf: (app: App) => string;
  /** Sends one request. Ends when the signal aborts; rejects only by a bug. */
  readonly fetch: (app: App, scope: string, signal: AbortSignal) => Promise<TokenReply>;
  /** Forgets all other apps. */
  readonly retain: (apps: readonly App[]) => void;
}
