/**
 * Does the credential work? Decided by each answer to a token request, including the requests of probes. The first
 * refusal shows that the credential does not work. The first token after that shows that it works again. Pure.
 */
import type { CredentialStatus } from '../../model/credential.ts';
import type { Failure } from '../../model/failure.ts';
import type { TokenOutcome } from '../token/token-source.ts';

export type Validity = Pick<
  CredentialStatus,
  'valid' | 'lastCheck' | 'lastSuccess' | 'refusal' | 'previousInUse' | 'secretShape'
>;

/**
 * `now` is in epoch milliseconds. Returns `before` if the answer says nothing about the credential, as with a silent
 * host, a failure of a proxy, or throttling.
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
 * True if Entra refused the request, or if the credential could not be read. A status 5xx is a failure of Entra itself.
 */
function isRefusal({ kind, status = '' }: Failure): boolean {
  return kind === 'credential' || (kind === 'rejected' && !/^5\d\d$/.test(status));
}
