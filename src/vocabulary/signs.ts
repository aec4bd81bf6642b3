/**
 * What a text shows besides its statement: who wrote it, over which addresses, in reply to which command. Each sign is
 * searched in the text of one failure, pasted or verbatim, and gives the rules one more fact about it.
 */
import type { SignId } from '../model/phrase-id.ts';
import { PROTOCOL_IDS } from '../model/protocol.ts';
import { DIALECTS } from './dialects.ts';

interface Sign {
  readonly id: SignId;
  readonly pattern: RegExp;
  /** The sign does not count if the text matches this as well. */
  readonly unless?: RegExp;
}

const IPV4_ADDRESS = /\b\d{1,3}(?:\.\d{1,3}){3}\b/;
/** An address has `::` or eight groups. `10:00:00` is a time. */
const IPV6_ADDRESS = /(?:^|[[\s"'(/])(?:[0-9a-f]{1,4}:){1,7}(?::|(?<=(?:[0-9a-f]{1,4}:){7})[0-9a-f])/i;

const SIGNS: readonly Sign[] = [
  // The answer to the handshake is not TLS.
  {
    id: 'plain-text',
    pattern: /WRONG_VERSION_NUMBER|HTTP_REQUEST|PACKET_LENGTH_TOO_LONG|RECORD_LENGTH|wrong version number/i,
  },
  { id: 'http-page', pattern: /HTTP\/1\.|<html|<!doctype/i },
  { id: 'no-tenant', pattern: /missing_tenant_id_error/i },
  // If the connection over IPv4 failed too, IPv6 is not the cause.
  { id: 'ipv6-only', pattern: IPV6_ADDRESS, unless: IPV4_ADDRESS },
  // `outlook.office365.com :993`: the configured name has a blank at its end.
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
