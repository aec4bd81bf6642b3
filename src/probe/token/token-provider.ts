/**
 * The interface of an issuer of tokens: sends one request and parses the answer. The cache decides when to request, and
 * how long a token or a refusal counts, alike for all providers. The providers are listed in token-providers.ts.
 */
import type { App } from '../../model/target.ts';
import type { TokenReply } from './token-reply.ts';

export interface TokenProvider {
  /** Returns the endpoint that issues the app's tokens. Every token stage records it in its `facts`. */
  readonly endpointOf: (app: App) => string;
  /** Sends one request. An abort ends it early. The reply tells every failure, an abort too. A rejection is a bug. */
  readonly fetch: (app: App, scope: string, signal: AbortSignal) => Promise<TokenReply>;
  /** Forgets what is remembered about all other apps. */
  readonly retain: (apps: readonly App[]) => void;
}
