/**
 * Signs are facts that the text of a failure shows besides its phrases, such as which server wrote it or which command
 * it answers. They are searched in failures of a probe and in pasted text. Rules read them.
 */
import type { SignId } from '../model/phrase-id.ts';
import { PROTOCOL_IDS } from '../model/protocol.ts';
import { DIALECTS } from './dialects.ts';

interface Sign {
  readonly id: SignId;
  readonly pattern: RegExp;
  /** The sign does not count if the text also matches this pattern. */
  readonly unless?: RegExp;
}

const IPV4_ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b/;
/** An IPv6 address has `::` or eight groups. Without this condition, the time `10:00:00` would match. */
const IPV6_ADDRESS = /(?:^|[[\s"'(/])(?:[0-9a-f]{1,4}:){1,7}(?::|(?<=(?:[0-9a-f]{1,4}:){7})[0-9a-f])/i;

const SIGNS: readonly Sign[] = [
  // The server's answer to the TLS handshake is not TLS.
  {
    id: 'plain-text',
    pattern: /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LENGTH|wrong version number/i,
  },
  { id: 'http-page', pattern: /HTTP\/1\.|<html|<!doctype/i },
  { id: 'no-tenant', pattern: /missing_tenant_id_error/i },
  // If the text also holds an IPv4 address, the connection over IPv4 failed too, and IPv6 is not the cause.
  { id: 'ipv6-only', pattern: IPV6_ADDRESS, unless: IPV4_ADDRESS },
  // `outlook.office365.com :993` shows that the configured name has a blank at its end.
  { id: 'blank-behind-host', pattern: /[\w-]\.[a-z]{2,10} :\d{2,5}\b/i },
  { id: 'of-the-tenant', pattern: /disabled for the Tenant/i },
  ...PROTOCOL_IDS.map(
    (protocol): Sign => ({ id: `greeting-of-${protocol}`, pattern: DIALECTS[protocol].greeting }),
  ),
  { id: 'greeting-of-smtp', pattern: /(?:^|[\s"'(])220[ -]\S/ },
  { id: 'login-command', pattern: /\bAUTHENTICATE\b|\bLOGIN\b|\bAUTH\b|authentication failed/ },
  { id: 'bye', pattern: /\bBYE\b/ },
];

export function signsIn(text: string): readonly SignId[] {
  return SIGNS.filter(({ pattern, unless }) => pattern.test(text) && unless?.test(text) !== true).map(
    ({ id }) => id,
  );
}
