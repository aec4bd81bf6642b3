/**
 * A host and port with a name for sentences, and with the proxy through which mailprobe reaches it. `names.ts` creates
 * endpoints, and `fix/shell.ts` puts them into commands.
 */
import type { Protocol, TlsMode } from '../model/protocol.ts';
import { endpointName, proxyName, proxyPort, type NetworkOptions } from '../model/target.ts';

const PROXY_SCHEMES = ['http', 'https', 'socks5'] as const;

export interface NamedEndpoint {
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly endpoint: string;
  /**
   * Replaces `endpoint` in sentences. For a pasted text that names no host, `the mail host` or `the token host`.
   * Commands then use the usual host. For a proxy, its name: `the proxy http://proxy.example:3128`.
   */
  readonly called?: string;
  /** The configured proxy through which mailprobe reaches the endpoint. */
  readonly proxy?: ProxyRoute;
  /** True if mailprobe reaches the endpoint without a proxy. Absent if that is unknown, as for a pasted text. */
  readonly isDirect?: true;
  /** The protocol of a mail host. Absent for a token host, which uses HTTPS. */
  readonly protocol?: Protocol;
  /** The configured TLS mode. Absent if it is not known. */
  readonly tls?: TlsMode;
}

/** A configured proxy, without its credentials. */
export interface ProxyRoute {
  /** `http://proxy.example:3128`. */
  readonly name: string;
  readonly scheme: 'http' | 'https' | 'socks5';
  readonly host: string;
  readonly port: number;
  /** `host:port`. */
  readonly endpoint: string;
  /** True if the URL of the proxy holds a user. */
  readonly authenticates: boolean;
}

export function isIpLiteral(host: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host) || host.includes(':');
}

/** Returns the members that say how mailprobe reaches an endpoint: through the configured proxy, or directly. */
export function through({ proxy: url }: NetworkOptions): Pick<NamedEndpoint, 'proxy' | 'isDirect'> {
  if (url === undefined) return { isDirect: true };
  const scheme = PROXY_SCHEMES.find((known) => url.protocol === `${known}:`);
  if (scheme === undefined) return {};
  const [host, port] = [url.hostname.replace(/^\[|\]$/g, ''), proxyPort(url)];
  const endpoint = endpointName({ host, port });
  const authenticates = url.username !== '' || url.password !== '';
  return { proxy: { name: proxyName(url), scheme, host, port, endpoint, authenticates } };
}

/** Returns the endpoint of a URL such as `https://login.microsoftonline.com`. The default port is 443. */
export function endpointOfUrl(url: string): NamedEndpoint {
  const [, host = url, port = '443'] = /^https?:\/\/(\[[^\]]*\]|[^:/]+)(?::(\d+))?/.exec(url) ?? [];
  return endpointAt({ host, port: Number(port) });
}

/** Returns the endpoint of a host. The default port is 443. */
export function endpointAt({
  host,
  port = 443,
}: {
  readonly host: string;
  readonly port?: number;
}): NamedEndpoint {
  return { host, port, endpoint: endpointName({ host, port }) };
}
