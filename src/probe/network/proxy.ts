/**
 * Dials through a configured proxy: connects to the proxy first, and opens a tunnel to the target. Called by `dial`. A
 * failure of the proxy is of kind `proxy`, so that nobody searches for it at Microsoft.
 */
import type { Socket } from 'node:net';
import { PROXY_SILENT, type Failure } from '../../model/failure.ts';
import type { Redactor } from '../../model/redactor.ts';
import { proxyName, proxyPort, type NetworkOptions } from '../../model/target.ts';
import { requestHttpTunnel } from './http-tunnel.ts';
import { plainHost } from './resolve.ts';
import { secure } from './secure.ts';
import { requestSocksTunnel } from './socks-tunnel.ts';
import type { ProxyCredentials, TunnelTarget } from './tunnel.ts';
import { StageFailure } from '../stage-failure.ts';

/** The endpoint of the first connection: the target or the proxy. */
export interface Hop {
  readonly host: string;
  readonly port: number;
  /** The name of the endpoint in texts: `host`, or `proxy http://proxy.example:3128`. */
  readonly role: string;
  readonly proxy?: Proxy;
}

export interface Proxy {
  /** The scheme of the proxy's URL: `http:`, `https:` or `socks5:`. */
  readonly scheme: string;
  /** The proxy's URL without credentials. */
  readonly name: string;
  readonly host: string;
  readonly credentials?: ProxyCredentials;
}

interface TunnelRequest {
  readonly network: NetworkOptions;
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
}

export function firstHop(url: URL): Hop {
  const name = proxyName(url);
  const host = plainHost(url.hostname);
  const credentials = credentialsOf(url);
  return {
    host,
    port: proxyPort(url),
    role: `proxy ${name}`,
    proxy: { scheme: url.protocol, name, host, ...(credentials === undefined ? {} : { credentials }) },
  };
}

/**
 * Returns the socket that leads to the target. With an `https:` proxy, that is a TLS socket around the given one.
 * Rejects with a `StageFailure` or the socket's error.
 */
export async function openTunnel(
  socket: Socket,
  proxy: Proxy,
  target: TunnelTarget,
  request: TunnelRequest,
): Promise<Socket> {
  const { signal, redactor } = request;
  const { name, credentials } = proxy;
  if (credentials !== undefined) registerCredentials(credentials, redactor);
  const options = { name, signal, redactor, ...(credentials === undefined ? {} : { credentials }) };
  switch (proxy.scheme) {
    case 'http:':
      await requestHttpTunnel(socket, target, options);
      return socket;
    case 'https:': {
      const secured = await secureProxy(socket, proxy, request);
      await requestHttpTunnel(secured, target, options);
      return secured;
    }
    case 'socks5:':
      await requestSocksTunnel(socket, target, options);
      return socket;
    default:
      throw new StageFailure({ kind: 'proxy', text: `The proxy ${name} is none of http:, https:, socks5:.` });
  }
}

/**
 * Turns a failure on the way to a proxy into a failure of the proxy. A timeout, our own abort and a bug keep their
 * kind. If the proxy accepted the connection before a timeout, the network of this machine works. The timeout then gets
 * the code `PROXY_SILENT`.
 */
export function proxyFailure(failure: Failure, isReached: boolean): Failure {
  if (failure.kind === 'timeout') return isReached ? { ...failure, code: PROXY_SILENT } : failure;
  return failure.kind === 'aborted' || failure.kind === 'unexpected'
    ? failure
    : { ...failure, kind: 'proxy' };
}

async function secureProxy(socket: Socket, { name, host }: Proxy, request: TunnelRequest): Promise<Socket> {
  const { stage, socket: secured } = await secure(socket, { ...request, host, mode: 'implicit' });
  if (secured !== undefined) return secured;
  const { failure = { kind: 'proxy', text: 'TLS failed.' } } = stage;
  throw new StageFailure({ ...failure, text: `The proxy ${name}: ${failure.text}` });
}

function credentialsOf(url: URL): ProxyCredentials | undefined {
  if (url.username === '' && url.password === '') return undefined;
  return { user: percentDecoded(url.username), password: percentDecoded(url.password) };
}

/**
 * Registers the credentials with the redactor in the forms in which they are sent, because a proxy may return the
 * header that it received.
 */
function registerCredentials({ user, password }: ProxyCredentials, redactor: Redactor): void {
  redactor.add(password);
  redactor.add(`${user}:${password}`);
}

/** Decodes percent-encoding. A text with a stray `%` is returned unchanged. */
function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
