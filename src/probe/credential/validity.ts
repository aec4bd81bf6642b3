/**
 * Derives from one answer to a token request whether the credential works. Pure. The answers of all parts count,
 * including those to probes. So the first refused request shows a refusal, and the first token ends it.
 */
import type { CredentialStatus } from '../../model/credential.ts';
import type { Failure } from '../../model/failure.ts';
import type { TokenOutcome } from '../token/token-source.ts';

export type Validity = Pick<
  CredentialStatus,
  'valid' | 'lastCheck' | 'lastSuccess' | 'refusal' | 'previousInUse' | 'secretShape'
>;

/**
 * Returns the validity after an answer; `now` is in epoch milliseconds. Returns `before` for an answer that is not
 * about the credential, such as silence, a failure of a proxy, or throttling.
 */
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

/**
 * Returns true if Entra refused the request, or if there is no credential to present. A status 5xx is Entra's own
 * failure.
 */
function isRefusal({ kind, status = '' }: Failure): boolean {
  return kind === 'credential' || (kind === 'rejected' && !/^5\d\d$/.test(status));
}
