/** Commands for a POSIX shell on the machine that cannot connect. Every name goes through `quoteShell`. */
import { factsOf, PROTOCOL_IDS } from '../../model/protocol.ts';
import { isIpLiteral, type NamedEndpoint } from '../names.ts';
import { withoutControls } from './powershell.ts';

/** A single-quoted POSIX shell word. */
export function quoteShell(text: string): string {
  const clean = withoutControls(text);
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", String.raw`'\''`)}'`;
}

/** Ports that begin in plain text, by the name that `openssl s_client -starttls` knows the protocol by: its id here. */
const STARTTLS: ReadonlyMap<number, string> = new Map([
  [25, 'smtp'],
  [587, 'smtp'],
  ...PROTOCOL_IDS.map((protocol) => [factsOf(protocol).ports.starttls, protocol] as const),
]);

/** An address is no server name (RFC 6066, section 3). */
function connectTo({ endpoint, host, port }: NamedEndpoint): string {
  const name = isIpLiteral(host) ? '' : ` -servername ${quoteShell(host)}`;
  const protocol = STARTTLS.get(port);
  const upgrade = protocol === undefined ? '' : ` -starttls ${protocol}`;
  return `openssl s_client -connect ${quoteShell(endpoint)}${name}${upgrade}`;
}

export function handshakeCommand(endpoint: NamedEndpoint, ...options: readonly string[]): string {
  return `${[connectTo(endpoint), ...options].join(' ')} </dev/null`;
}

/** Subject, issuer and dates of the certificate that is presented. */
export function certificateCommand(endpoint: NamedEndpoint): string {
  return `${connectTo(endpoint)} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates`;
}
