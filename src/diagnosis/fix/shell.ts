/**
 * Commands for a POSIX shell on the machine that cannot connect. Each command connects as mailprobe does: through the
 * same proxy, and with the same TLS mode.
 */
import { factsOf, PROTOCOL_IDS } from '../../model/protocol.ts';
import { isIpLiteral, type NamedEndpoint } from '../named-endpoint.ts';
import { PLACEHOLDERS } from './placeholders.ts';
import { withoutControls } from './powershell.ts';

/** Returns the text as one word for a POSIX shell, single-quoted if necessary. */
export function quoteShell(text: string): string {
  const clean = withoutControls(text);
  return /^[\w@%+=:,./-]+$/.test(clean) ? clean : `'${clean.replaceAll("'", String.raw`'\''`)}'`;
}

/**
 * Key: a port on which a session begins in plain text. Value: the protocol's name for `openssl s_client -starttls`,
 * which for IMAP and POP3 equals the id of the protocol.
 */
const STARTTLS: ReadonlyMap<number, string> = new Map([
  [25, 'smtp'],
  [587, 'smtp'],
  ...PROTOCOL_IDS.map((protocol) => [factsOf(protocol).ports.starttls, protocol] as const),
]);

/**
 * Returns the name for `-starttls` if the session begins in plain text. The configured TLS mode decides. If it is not
 * known, the port decides.
 */
function upgradeOf({ protocol, tls, port }: NamedEndpoint): string | undefined {
  if (protocol === undefined || tls === undefined) return STARTTLS.get(port);
  return tls === 'starttls' ? protocol : undefined;
}

/** Options of s_client, each with the options of curl that do the same. */
const CURL_OPTIONS: ReadonlyMap<string, string> = new Map([['-tls1_2', '--tlsv1.2 --tls-max 1.2']]);

/** s_client supports only proxies with plain HTTP. With any other proxy, the command uses curl. */
function isForCurl({ proxy }: NamedEndpoint): boolean {
  return proxy !== undefined && proxy.scheme !== 'http';
}

/** If the host is an IP address, no server name is sent (RFC 6066, section 3). */
function openssl(endpoint: NamedEndpoint): string {
  const { host, proxy } = endpoint;
  const upgrade = upgradeOf(endpoint);
  return [
    'openssl s_client',
    ...(proxy === undefined ? [] : [`-proxy ${quoteShell(proxy.endpoint)}`]),
    ...(proxy?.authenticates === true
      ? [`-proxy_user ${quoteShell(PLACEHOLDERS.proxyUser)} -proxy_pass env:PROXY_PASSWORD`]
      : []),
    `-connect ${quoteShell(endpoint.endpoint)}`,
    ...(isIpLiteral(host) ? [] : [`-servername ${quoteShell(host)}`]),
    ...(upgrade === undefined ? [] : [`-starttls ${upgrade}`]),
  ].join(' ');
}

/**
 * Returns a curl command. curl itself asks for the password of a proxy. A direct connection gets `--noproxy`, because
 * curl, unlike mailprobe, reads `HTTPS_PROXY`.
 */
export function curl({ proxy, isDirect }: NamedEndpoint, ...options: readonly string[]): string {
  const direct = isDirect === true ? ["--noproxy '*'"] : [];
  if (proxy === undefined) return ['curl', ...options, ...direct].join(' ');
  const scheme = proxy.scheme === 'socks5' ? 'socks5h' : proxy.scheme;
  const user = proxy.authenticates ? [`-U ${quoteShell(PLACEHOLDERS.proxyUser)}`] : [];
  return ['curl', ...options, `-x ${quoteShell(`${scheme}://${proxy.endpoint}`)}`, ...user].join(' ');
}

/** Connects without credentials. A mail server then answers that a login is required. */
function curlTo(endpoint: NamedEndpoint, ...options: readonly string[]): string {
  const { protocol, endpoint: name } = endpoint;
  const upgrade = upgradeOf(endpoint);
  const scheme = upgrade ?? (protocol === undefined ? 'https' : `${protocol}s`);
  const url = quoteShell(`${scheme}://${name}/`);
  return `${curl(endpoint, ...options, ...(upgrade === undefined ? [] : ['--ssl-reqd']))} ${url}`;
}

export function handshakeCommand(endpoint: NamedEndpoint, ...options: readonly string[]): string {
  if (!isForCurl(endpoint)) return `${[openssl(endpoint), ...options].join(' ')} </dev/null`;
  return curlTo(endpoint, '-v', ...options.flatMap((option) => CURL_OPTIONS.get(option) ?? []));
}

/** Shows subject, issuer and dates of the server's certificate. */
export function certificateCommand(endpoint: NamedEndpoint): string {
  return isForCurl(endpoint)
    ? `${curlTo(endpoint, '-vk')} 2>&1 | grep -E 'subject:|issuer:|date:'`
    : `${openssl(endpoint)} </dev/null 2>/dev/null | openssl x509 -noout -subject -issuer -dates`;
}

/**
 * Looks up the address of the host. If a proxy is configured, looks up the proxy instead, because the proxy itself
 * resolves the host.
 */
export function lookupCommand({ host, proxy }: NamedEndpoint): string {
  return `getent hosts ${quoteShell(proxy?.host ?? host)}`;
}
