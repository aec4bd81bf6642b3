/** Commands for a POSIX shell on the machine that cannot connect. Every name goes through `quoteShell`. */
import { isIpLiteral, type Place } from '../names.ts';
import { withoutControls } from './powershell.ts';

/** A single-quoted POSIX shell word. */
export function quoteShell(text: string): string {
  const clean = withoutControls(text);
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", String.raw`'\''`)}'`;
}

/** The port says how TLS begins there: 143, 110 and 587 in plain text. */
const STARTTLS: Readonly<Record<number, string>> = {
  143: ' -starttls imap',
  110: ' -starttls pop3',
  25: ' -starttls smtp',
  587: ' -starttls smtp',
};

/** An address is no server name (RFC 6066, section 3). */
function connectTo({ endpoint, host, port }: Place): string {
  const name = isIpLiteral(host) ? '' : ` -servername ${quoteShell(host)}`;
  return `openssl s_client -connect ${quoteShell(endpoint)}${name}${STARTTLS[port] ?? ''}`;
}

export function handshakeCommand(place: Place, ...options: readonly string[]): string {
  return `${[connectTo(place), ...options].join(' ')} </dev/null`;
}

/** Subject, issuer and dates of the certificate that is presented. */
export function certificateCommand(place: Place): string {
  return `${connectTo(place)} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates`;
}
