/**
 * Does the credential work? Derives that from one answer to a token request. Pure. The answers of all parts count,
 * including those to probes. So a refusal is known with the first refused request, and is over with the first token.
 */
import type { CredentialStatus } from '../../model/credential.ts';
import type { Failure } from '../../model/failure.ts';
import type { TokenOutcome } from '../token/token-source.ts';

export type Validity = Pick<
  CredentialStatus,
  'valid' | 'lastCheck' | 'lastSuccess' | 'refusal' | 'previousInUse' | 'secretShape'
>;

/** Epoch milliseconds. Unchanged by an answer that is not about the credential: silence, a proxy, throttling. */
export function validityAfter(before: Validity, outcome: TokenOutcome, now: number): Validity {
  const refusal = outcome.ok ? outcome.facts.replacementRefused : outcome.failure;
  if (refusal === undefined) return { valid: true, lastCheck: now, lastSuccess: now };
  if (!isRefusal(refusal)) return before;
  const { secretShape } = outcome.facts;
  return {
    valid: false,
    lastCheck: now,
    ...(before.lastSuccess !== undefined && { lastSuccess: before.lastSuccess }),
    refusal,
    ...(outcome.ok && { previousInUse: true }),
    ...(secretShape !== undefined && { secretShape }),
  };
}

/** Entra refused it, or there is nothing to present. A 5xx is Entra's own failure. */
function isRefusal({ kind, status = '' }: Failure): boolean {
  return kind === 'credential' || (kind === 'rejected' && !/^5\d\d$/.test(status));
}
