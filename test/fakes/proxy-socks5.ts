/**
 * A SOCKS5 proxy (RFC 1928, RFC 1929), scripted by options. Use: `await startSocksProxy({ reply: 5 })`, pass its
 * `url` as `network.proxy`, read the requested targets from `targets`.
 */
import { connect, type Socket } from 'node:net';
import { hostOf, listen } from '../support/listener.ts';
import { withCredentials, type FakeProxy } from './proxy-http.ts';

export interface SocksProxyOptions {
  readonly credentials?: { readonly user: string; readonly password: string };
  /** The reply field of its last answer; 0 opens the tunnel. */
  readonly reply?: number;
  /** The authentication method that it chooses, whatever the client offers. */
  readonly method?: number;
  /** The bound address in its reply; the type decides the reply's length. */
  readonly bound?: 'ipv4' | 'ipv6' | 'name';
  /** Sent in one packet with the positive reply, as a target that speaks first. */
  readonly behindReply?: string;
  /** Stops answering at this message: 1 greeting, 2 credentials or request. */
  readonly silentFrom?: number;
  /** Names that only this proxy resolves, to loopback. */
  readonly names?: readonly string[];
}

export interface FakeSocksProxy extends FakeProxy {
  /** `host:port` as requested: a name shows that the client did not resolve it. */
  readonly targets: readonly string[];
}

const BOUND = {
  ipv4: [1, 127, 0, 0, 1],
  ipv6: [4, ...Array.from({ length: 15 }, () => 0), 1],
  name: [3, 9, ...Buffer.from('localhost')],
} as const;

export async function startSocksProxy(options: SocksProxyOptions = {}): Promise<FakeSocksProxy> {
  const { credentials, reply = 0, bound = 'ipv4', behindReply = '', silentFrom = Infinity } = options;
  const requests: string[] = [];
  const targets: string[] = [];
  const upstreams = new Set<Socket>();
  const wanted = options.method ?? (credentials === undefined ? 0 : 2);

  const listener = await listen((client) => {
    let message = 0;
    let state: 'greeting' | 'password' | 'request' = 'greeting';
    const onData = (bytes: Buffer): void => {
      requests.push(bytes.toString('hex'));
      message += 1;
      if (message >= silentFrom) return;
      if (state === 'greeting') {
        const offered = [...bytes.subarray(2)];
        const method = options.method !== undefined || offered.includes(wanted) ? wanted : 0xff;
        client.write(Buffer.from([5, method]));
        state = method === 2 ? 'password' : 'request';
      } else if (state === 'password') {
        const { user, password } = credentials ?? { user: '', password: '' };
        const expected = [1, user.length, ...Buffer.from(user), password.length, ...Buffer.from(password)];
        const right = bytes.equals(Buffer.from(expected));
        client.write(Buffer.from([1, right ? 0 : 1]));
        state = 'request';
      } else {
        client.off('data', onData);
        const target = targetOf(bytes);
        targets.push(`${target.host}:${target.port}`);
        const answer = Buffer.from([5, reply, 0, ...BOUND[bound], 0, 80, ...Buffer.from(behindReply)]);
        if (reply !== 0) {
          client.end(answer);
          return;
        }
        const host = options.names?.includes(target.host) === true ? '127.0.0.1' : target.host;
        const upstream = connect({ host, port: target.port });
        upstreams.add(upstream);
        upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
        client.on('close', () => upstream.destroy());
        upstream.on('connect', () => {
          client.write(answer);
          client.pipe(upstream).pipe(client);
        });
      }
    };
    client.on('data', onData);
  });
  const url = `socks5://${hostOf(listener)}`;
  return {
    url: new URL(url),
    urlWith: (user, password) => withCredentials(url, user, password),
    requests,
    targets,
    close: async () => {
      for (const upstream of upstreams) upstream.destroy();
      await listener.close();
    },
  };
}

function targetOf(request: Buffer): { readonly host: string; readonly port: number } {
  const port = request.readUInt16BE(request.length - 2);
  const address = request.subarray(4, -2);
  switch (request[3]) {
    case 1:
      return { host: address.join('.'), port };
    case 4:
      return { host: (address.toString('hex').match(/.{4}/g) ?? []).join(':'), port };
    default:
      return { host: address.subarray(1).toString('utf8'), port };
  }
}
