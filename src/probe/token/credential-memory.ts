/**
 * Keeps an app working if its new credential is wrong. If the configured credential is refused or cannot be read, the
 * last one that worked is used for as long as Entra accepts it. Credentials are kept in memory only. Called by
 * token-request.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ClientCredential } from './client-credential.ts';
import type { TokenReply } from './token-reply.ts';

/** The memory of one app, shared by its scopes. */
export interface CredentialMemory {
  lastAccepted?: ClientCredential;
}

/**
 * If `reply` refuses the configured credential, sends the request again with the previous one. Returns the second reply
 * if it holds a token, otherwise `reply`. `credential`: the configured one, undefined if it could not be read. `ask`
 * sends the same request with another credential.
 */
export async function orWithPrevious(
  reply: TokenReply,
  credential: ClientCredential | undefined,
  memory: CredentialMemory,
  ask: (previous: ClientCredential) => Promise<TokenReply>,
): Promise<TokenReply> {
  if (reply.ok) {
    if (credential !== undefined) memory.lastAccepted = credential;
    return reply;
  }
  const { lastAccepted: previous } = memory;
  if (previous === undefined || !isCredentialRefused(reply)) return reply;
  if (isDeepStrictEqual(previous, credential)) {
    delete memory.lastAccepted;
    return reply;
  }
  const again = await ask(previous);
  const requests = reply.requests + again.requests;
  if (again.ok) return { ...again, requests, facts: { ...again.facts, replacementRefused: reply.failure } };
  // Both credentials are refused. From the next request on, only the configured one is tried.
  if (isCredentialRefused(again)) delete memory.lastAccepted;
  return { ...reply, requests };
}

/** True if the credential itself is refused, and not the app, the tenant or the request (RFC 6749, 5.2). */
function isCredentialRefused({ failure, facts }: Extract<TokenReply, { ok: false }>): boolean {
  return failure.kind === 'credential' || facts.error === 'invalid_client';
}
