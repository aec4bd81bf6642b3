/**
 * Who issues tokens: how one request is made and its answer is read. When to request, and how long a token or a refusal
 * counts, is the cache's and the same for all. The providers stand in token-providers.ts.
 */
import type { App } from '../../model/target.ts';
import type { TokenReply } from './token-reply.ts';

export interface TokenProvider {
  /** Where tokens for the app are requested: a fact of every token stage. */
  readonly endpointOf: (app: App) => string;
  /** One request. Ends when the signal aborts; never rejects, but for a bug. */
  readonly fetch: (app: App, scope: string, signal: AbortSignal) => Promise<TokenReply>;
  /** Forgets what it remembers of other apps. */
  readonly retain: (apps: readonly App[]) => void;
}
