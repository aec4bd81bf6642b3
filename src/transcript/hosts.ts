/**
 * Finds the hosts that a statement in a pasted text names, and whether each is a token host, a mail host or another
 * host. Failures of other hosts are not explained.
 */
import { MAIL_PORTS } from '../model/protocol.ts';
import { isExchangeHost, isTokenHost } from '../model/microsoft365.ts';
import { isHost as isShown } from './identifiers.ts';

export interface NamedHost {
  readonly host: string;
  readonly port?: number;
  readonly role: HostRole;
}

/** `elsewhere`: it serves neither mail nor tokens. `unknown`: the name and port do not show what the host serves. */
export type HostRole = 'token' | 'mail' | 'elsewhere' | 'unknown';

const NAME = String.raw`\[[0-9a-f:.]{2,45}\]|[\w-]+(?:\.[\w-]+)*`;
const DOTTED = String.raw`[\w-]+(?:\.[\w-]+){1,8}`;

/** The first group of each pattern is a host. The second group is a port next to that host. */
const PLACES: readonly RegExp[] = [
  new RegExp(
    String.raw`\b(?:[a-z][a-z0-9+.-]{1,15}):\/\/(?:[^\s\/@"']{1,200}@)?(${NAME})(?::(\d{1,5}))?`,
    'gi',
  ),
  new RegExp(
    String.raw`\b(?:host(?:name)?|server|address|remote)["']?\s?(?:=>|[:=])\s?["']?(${NAME})["']?(?:[^\n\w]{1,6}port["']?\s?(?:=>|[:=])\s?["']?(\d{1,5}))?`,
    'gi',
  ),
  new RegExp(
    String.raw`\b(?:ENOTFOUND|EAI_AGAIN|EAI_FAIL|EAI_NODATA|ESERVFAIL|ENODATA|lookup|resolve(?: host)?:?|server name|connect(?:ing|ion)? to(?: (?:host|server|imap server|smtp host:?))?)\s["']?(${DOTTED})["']?(?:[ ,;]{1,3}port[ :=]{1,3}(\d{1,5}))?`,
    'gi',
  ),
  new RegExp(String.raw`(?:^|[\s"'(\[<>=@,/]|\}-)(${DOTTED}):(\d{2,5})\b`, 'gi'),
  new RegExp(String.raw`(?:^|[\s"'(<=@,])(\[[0-9a-f:.]{2,45}\]|localhost):(\d{2,5})\b`, 'gi'),
  new RegExp(
    String.raw`(?:^|[\s"'(])(${DOTTED})\/(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7})(?::(\d{1,5}))?`,
    'gi',
  ),
  new RegExp(
    String.raw`(?:^|[\s"'(])(${DOTTED}) \(\[?(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f:]{3,40})\]?:(\d{1,5})\)`,
    'gi',
  ),
];

/** A port in words: `port 5432`. */
const PORT_ALONE = /\bport["']?[ :=]{1,3}["']?(\d{2,5})\b/gi;

/** Endings of names of files, classes and versions. Such names look like hosts. */
const NO_DOMAIN =
  /\.(?:\d+|rb|js|mjs|cjs|ts|php|java|kt|cs|vb|go|exe|dll|so|jar|log|json|xml|ya?ml|html?|txt|cfg|conf|ini|pem|crt|cer|key|lock|gem|whl|class|cpp|c|h)$/i;
/**
 * Endings of files that are also top-level domains. A name with such an ending is a host only in a URL or with a mail
 * port.
 */
const FILE_OR_COUNTRY = /\.(?:pl|py|pm|rs|sh|md|zip|ps|so)$/i;
const ADDRESS = /^(?:\d{1,3}(?:\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i;

/** Hosts of Microsoft that count as token hosts, including some that the table of clouds does not list. */
const TOKEN_NAME =
  /^(?:(?:login|sts|device)\.(?:microsoftonline|windows|microsoft)|login-us\.microsoftonline|graph\.microsoft|aadcdn\.\w+|management\.(?:core\.windows|azure))\b/i;
const MAIL_NAME = /^(?:imaps?\d?|pops?3?|smtps?|mail|mx|exchange)[\w-]*\./i;
/** The ports of mail protocols. They include SMTP, because the text may be about sending. */
const MAIL_SERVER_PORTS: ReadonlySet<number> = new Set([...MAIL_PORTS, 25, 465, 587]);
/** Ports that many services share. They do not show what the host serves. */
const SHARED_PORTS: ReadonlySet<number> = new Set([80, 443, 1080, 3128, 8080, 8443]);

/** Returns the hosts that a piece of text names, each once, in order of appearance. */
export function hostsIn(text: string): readonly NamedHost[] {
  const found = PLACES.flatMap((pattern) =>
    [...text.matchAll(pattern)].flatMap((match) => {
      const named = match[1] ?? '';
      const host = named.toLowerCase();
      const port = match[2] === undefined ? undefined : Number(match[2]);
      return isShown(named) && isHost(host, port, match[0].includes('://'))
        ? [{ at: match.index, host, ...(port === undefined ? {} : { port }), role: roleOf(host, port) }]
        : [];
    }),
  ).toSorted((a, b) => a.at - b.at);
  const best = new Map<string, NamedHost>();
  for (const { host, port, role } of found) {
    const known = best.get(host);
    if (known === undefined || (known.port === undefined && port !== undefined))
      best.set(host, { host, role, ...(port === undefined ? {} : { port }) });
  }
  return [...best.values()];
}

export function portsIn(text: string): readonly number[] {
  return [...text.matchAll(PORT_ALONE)].map((match) => Number(match[1]));
}

export function isMailPort(port: number): boolean {
  return MAIL_SERVER_PORTS.has(port);
}

export function isUnusualPort(port: number): boolean {
  return !MAIL_SERVER_PORTS.has(port) && !SHARED_PORTS.has(port);
}

export function isAddress(host: string): boolean {
  return ADDRESS.test(host) || host === 'localhost';
}

function isHost(host: string, port: number | undefined, inUrl: boolean): boolean {
  if (isAddress(host)) return true;
  if (!host.includes('.')) return inUrl && port !== undefined;
  if (NO_DOMAIN.test(host) || !/\.[a-z]{2,24}$/i.test(host)) return false;
  return !FILE_OR_COUNTRY.test(host) || inUrl || (port !== undefined && MAIL_SERVER_PORTS.has(port));
}

function roleOf(host: string, port: number | undefined): HostRole {
  if (isTokenHost(host) || TOKEN_NAME.test(host)) return 'token';
  if (port !== undefined && MAIL_SERVER_PORTS.has(port)) return 'mail';
  if (isExchangeHost(host) || MAIL_NAME.test(host)) return 'mail';
  // A failed proxy counts as a failure of the token request, because the proxy is on the way to the token host.
  if (/(?:^|[.-])(?:web)?proxy/.test(host)) return 'token';
  if (port !== undefined && isUnusualPort(port)) return isAddress(host) ? 'elsewhere' : 'unknown';
  return 'unknown';
}
