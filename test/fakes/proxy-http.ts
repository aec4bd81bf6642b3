/**
 * An HTTP proxy that knows only CONNECT, scripted by options. Use: `await startHttpProxy({ credentials })`, pass its
 * `url` as `network.proxy`, read the requests it received from `requests`.
 */
import { connect, type Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { hostOf, listen } from '../support/listener.ts';

export interface FakeProxy {
  /** Without credentials. */
  readonly url: URL;
  /** The same, with them. */
  readonly urlWith: (user: string, password: string) => URL;
  /** Whole requests, verbatim: HTTP headers, or the SOCKS5 messages in hex. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

export interface HttpProxyOptions {
  /** Required; without it every client may pass. */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** Replaces the tunnel: writes anything once a request is complete. */
  readonly answer?: (client: Socket, request: string) => void;
  /** Written in one packet with the header of the positive answer, as a target that speaks first. */
  readonly behindHeader?: string;
  /** Makes it an `https:` proxy. */
  readonly tls?: TlsOptions;
}

export async function startHttpProxy(options: HttpProxyOptions = {}): Promise<FakeProxy> {
  const requests: string[] = [];
  const upstreams = new Set<Socket>();
  const tls = options.tls === undefined ? {} : { tls: options.tls };
  const listener = await listen((client) => {
    readHeader(client, (request) => {
      requests.push(request);
      if (options.answer !== undefined) options.answer(client, request);
      else if (mayPass(request, options.credentials)) openTunnel(client, request, options, upstreams);
      else client.end(refusal);
    });
  }, tls);
  const url = `${options.tls === undefined ? 'http' : 'https'}://${hostOf(listener)}`;
  return {
    url: new URL(url),
    urlWith: (user, password) => withCredentials(url, user, password),
    requests,
    close: async () => {
      for (const upstream of upstreams) upstream.destroy();
      await listener.close();
    },
  };
}

export function withCredentials(base: string, user: string, password: string): URL {
  const url = new URL(base);
  url.username = encodeURIComponent(user);
  url.password = encodeURIComponent(password);
  return url;
}

const refusal = [
  'HTTP/1.1 407 Proxy Authentication Required',
  'Proxy-Authenticate: Negotiate',
  'Proxy-Authenticate: Basic realm="corporate"',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

function mayPass(request: string, credentials: HttpProxyOptions['credentials']): boolean {
  if (credentials === undefined) return true;
  const expected = Buffer.from(`${credentials.user}:${credentials.password}`).toString('base64');
  return request.includes(`\r\nProxy-Authorization: Basic ${expected}\r\n`);
}

function openTunnel(
  client: Socket,
  request: string,
  { behindHeader = '' }: HttpProxyOptions,
  upstreams: Set<Socket>,
): void {
  const target = new URL(`http://${request.split(' ')[1] ?? ''}`);
  const upstream = connect({ host: target.hostname.replace(/^\[|\]$/g, ''), port: Number(target.port) });
  upstreams.add(upstream);
  upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  client.on('close', () => upstream.destroy());
  upstream.on('connect', () => {
    client.write(`HTTP/1.1 200 Connection established\r\n\r\n${behindHeader}`);
    client.pipe(upstream).pipe(client);
  });
}

function readHeader(client: Socket, onHeader: (header: string) => void): void {
  let header = '';
  const onData = (chunk: Buffer): void => {
    header += chunk.toString('latin1');
    if (!header.includes('\r\n\r\n')) return;
    client.off('data', onData);
    onHeader(header);
  };
  client.on('data', onData);
}
