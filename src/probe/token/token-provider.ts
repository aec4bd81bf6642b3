/**
 * The interface of a token issuer: sends one request and parses the answer. The cache decides when to send one, and how
 * long a token or a refusal counts. token-providers.ts lists the providers.
 */
import type { App } from '../../model/target.ts';
import type { TokenReply } from './token-reply.ts';

export interface TokenProvider {
  /** Returns the endpoint that issues the app's tokens. Every token stage records it in its `facts`. */
  readonly endpointOf: (app: App) => string;
  /**
   * Sends one request, or stops when the signal aborts. Every failure, even an abort, is in the reply. A rejection is a
   * bug.
   */
  readonly fetch: (app: App, scope: string, signal: AbortSignal) => Promise<TokenReply>;
  /** Forgets everything about other apps. */
  readonly retain: (apps: readonly App[]) => void;
}
