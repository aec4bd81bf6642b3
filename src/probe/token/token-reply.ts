/** The result of one token request. Made by token-request.ts, read by credential-memory.ts and the cache. */
import type { Claims, TokenFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import type { Secret } from '../../model/secret.ts';

/** `requests` is the number of requests that were sent. It is 0 if the credential could not be read. */
export type TokenReply = { readonly requests: number; readonly facts: TokenFacts } & (
  | {
      readonly ok: true;
      readonly token: Secret;
      readonly claims: Claims;
      /** Epoch milliseconds, by this machine's clock. */
      readonly sentAt: number;
      readonly lifetimeMs: number;
    }
  | { readonly ok: false; readonly failure: Failure }
);
