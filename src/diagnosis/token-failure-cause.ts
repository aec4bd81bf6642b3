/**
 * Returns the cause of a failed token request by its code or kind alone, as a metric label. The diagnosis of a probe
 * knows more, and may name another cause.
 */
import type { Cause } from '../model/cause.ts';
import { codeNumber, meaningOf } from '../vocabulary/aadsts.ts';

const KINDS: Readonly<Record<string, Cause>> = {
  dns: 'dns-failure',
  refused: 'tcp-blocked',
  unreachable: 'tcp-blocked',
  timeout: 'tcp-blocked',
  reset: 'tls-handshake-failure',
  closed: 'tls-handshake-failure',
  tls: 'tls-handshake-failure',
  untrusted: 'tls-interception',
  proxy: 'proxy-failure',
  http: 'proxy-failure',
  throttled: 'token-throttled',
  credential: 'credential-unreadable',
  unexpected: 'client-bug',
  server_error: 'token-service-transient',
  temporarily_unavailable: 'token-service-transient',
};

/**
 * Takes a code (`AADSTS7000222`, `7000222`) or the kind of a failure. Returns `unexplained` for any other text, so that
 * the label has few values.
 */
export function tokenFailureCause(code: string): Cause | 'unexplained' {
  const number = codeNumber(code) ?? (/^\d{4,8}$/.test(code) ? Number(code) : undefined);
  const meaning = number === undefined ? undefined : meaningOf(number);
  return meaning?.cause ?? (Object.hasOwn(KINDS, code) ? KINDS[code] : undefined) ?? 'unexplained';
}
