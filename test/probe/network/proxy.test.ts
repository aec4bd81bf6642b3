import { once } from 'node:events';
import type { Socket } from 'node:net';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { dial, type Dial, type DialRequest } from '../../../src/probe/network/dial.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../../../src/sandbox/certificates.ts';
import { startHttpProxy, type HttpProxyOptions } from '../../fakes/proxy-http.ts';
import { startSocksProxy, type SocksProxyOptions } from '../../fakes/proxy-socks5.ts';
import { freePorts } from '../../support/free-ports.ts';
import { expectNoListeners, expectNothingLeft } from '../../support/leaks.ts';
import { listen, type Listener, type ListenerOptions } from '../../support/listener.ts';

const USER = 'probe@corp';
/** Shaped so that every encoding of it differs from itself. */
const CANARY = 'cAnary:/p%ss wörd+42';
const OVER = new DOMException('the probe took too long', 'TimeoutError');
const STOPPED = new Error('shutdown');

const closers: (() => Promise<void>)[] = [];
let authority: CertificateAuthority;
let tls: Required<ListenerOptions>['tls'];

beforeAll(async () => {
  authority = await createCertificateAuthority('Test Root');
  tls = await authority.issue({
    commonName: 'mail.example',
    names: ['mail.example', 'localhost', '127.0.0.1', '::1'],
  });
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

function keep<T extends { readonly close: () => Promise<void> }>(server: T): T {
  closers.push(server.close);
  return server;
}

async function mailHost(
  serve?: (socket: Socket) => void,
  options: ListenerOptions = { tls },
): Promise<Listener> {
  return keep(await listen(serve, options));
}

const httpProxy = async (options?: HttpProxyOptions) => keep(await startHttpProxy(options));
const socksProxy = async (options?: SocksProxyOptions) => keep(await startSocksProxy(options));

/** Dials through a proxy, destroys what it got, and proves that nothing is left and no secret is shown. */
async function go(proxy: URL, request: Partial<DialRequest> = {}): Promise<Dial> {
  const signal = request.signal ?? new AbortController().signal;
  return await expectNothingLeft(async () => {
    const dialed = await dial({
      host: '127.0.0.1',
      port: 993,
      tls: true,
      network: { ca: authority.cert, proxy },
      redactor: createRedactor(),
      ...request,
      signal,
    });
    dialed.socket?.destroy();
    expectNoListeners(signal);
    expectNoCanary(dialed);
    return dialed;
  });
}

function expectNoCanary({ dns, connect, tls }: Dial): void {
  const shown = JSON.stringify([dns, connect, tls]);
  const both = Buffer.from(`${USER}:${CANARY}`);
  for (const form of [CANARY, encodeURIComponent(CANARY), both.toString('base64'), both.toString('hex')]) {
    expect(shown).not.toContain(form);
  }
}

function outcomes({ dns, connect, tls }: Dial): string {
  return [dns, connect, tls].map(({ outcome }) => outcome).join(' ');
}

describe('a proxy that opens the tunnel', () => {
  test('HTTP CONNECT: the stages are the way to the proxy, and TLS is with the target', async () => {
    const { port } = await mailHost();
    const { url, requests } = await httpProxy();
    const dialed = await go(url, { host: 'localhost', port });
    expect(outcomes(dialed)).toBe('ok ok ok');
    expect(dialed.dns.facts).toEqual({ host: '127.0.0.1', addresses: ['127.0.0.1'] });
    expect(dialed.connect.facts).toEqual({
      address: '127.0.0.1',
      port: Number(url.port),
      proxy: `http://127.0.0.1:${url.port}`,
    });
    expect(dialed.tls.facts.certificate?.subject).toBe('CN=mail.example');
    expect(requests).toEqual([
      `CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\nUser-Agent: mailprobe\r\n\r\n`,
    ]);
  });

  test('HTTP CONNECT with credentials, whatever characters they hold', async () => {
    const { port } = await mailHost();
    const { urlWith } = await httpProxy({ credentials: { user: USER, password: CANARY } });
    expect(outcomes(await go(urlWith(USER, CANARY), { port }))).toBe('ok ok ok');
  });

  test('HTTP CONNECT over TLS: TLS with the target inside TLS with the proxy', async () => {
    const { port } = await mailHost();
    const { url } = await httpProxy({ tls });
    const dialed = await go(url, { port });
    expect(outcomes(dialed)).toBe('ok ok ok');
    expect(dialed.connect.facts.proxy).toBe(`https://127.0.0.1:${url.port}`);
  });

  test.each(['ipv4', 'ipv6', 'name'] as const)(
    'SOCKS5 that bound an address of type %s resolves the name of the target',
    async (bound) => {
      const { port } = await mailHost();
      const { url, targets } = await socksProxy({ bound, names: ['mail.example'] });
      const dialed = await go(url, { host: 'mail.example', port });
      expect(outcomes(dialed)).toBe('ok ok ok');
      expect(targets).toEqual([`mail.example:${port}`]);
      expect(dialed.connect.facts.proxy).toBe(`socks5://127.0.0.1:${url.port}`);
    },
  );

  test('SOCKS5 with user and password', async () => {
    const { port } = await mailHost();
    const password = 'cAnary:/p%ss+42';
    const { urlWith } = await socksProxy({ credentials: { user: USER, password } });
    const dialed = await go(urlWith(USER, password), { port });
    expect(outcomes(dialed)).toBe('ok ok ok');
    expect(JSON.stringify([dialed.dns, dialed.connect])).not.toContain(password);
  });

  test.each([
    ['::1', '0000:0000:0000:0000:0000:0000:0000:0001'],
    ['[2001:db8::7:0:1]', '2001:0db8:0000:0000:0000:0007:0000:0001'],
    ['::ffff:192.0.2.7', '0000:0000:0000:0000:0000:ffff:c000:0207'],
    ['192.0.2.7', '192.0.2.7'],
  ])('SOCKS5 sends the address %s as an address', async (host, sent) => {
    const { url, targets } = await socksProxy({ reply: 3 });
    await go(url, { host, port: 995 });
    expect(targets).toEqual([`${sent}:995`]);
  });

  test.each(['http', 'socks5'])('bytes that come with the answer of %s are not lost', async (kind) => {
    const { port } = await mailHost(undefined, {});
    const words = '* OK The Microsoft Exchange IMAP4 service is ready.\r\n';
    const { url } =
      kind === 'http' ? await httpProxy({ behindHeader: words }) : await socksProxy({ behindReply: words });
    const { socket, connect } = await dial({
      host: '127.0.0.1',
      port,
      tls: false,
      network: { proxy: url },
      signal: new AbortController().signal,
      redactor: createRedactor(),
    });
    if (socket === undefined) throw new Error(`the walk failed: ${JSON.stringify(connect)}`);
    const [greeting] = await once(socket, 'data');
    expect(String(greeting)).toBe(words);
    socket.destroy();
  });
});

describe('an HTTP proxy that does not', () => {
  const html =
    '<html><head><style>b{}</style><script>alert("no")</script></head><body><h1>Access denied</h1>\n<p>Category: web mail</p></body></html>';

  test.each<[string, HttpProxyOptions['answer'], object]>([
    [
      'asks for credentials',
      (client) =>
        client.end(
          'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\n\r\n',
        ),
      {
        code: '407',
        status: '407',
        text: expect.stringContaining(
          'refused CONNECT 127.0.0.1:993: 407 Proxy Authentication Required; it asks for: Negotiate, NTLM.',
        ),
        schemes: ['negotiate', 'ntlm'],
      },
    ],
    [
      'lists the ways to authenticate in one header, with their parameters',
      (client) =>
        client.end(
          'HTTP/1.1 407 No\r\nProxy-Authenticate: Digest realm="a, Bearer b", qop=auth, Basic realm="c"\r\n\r\n',
        ),
      { code: '407', schemes: ['digest', 'basic'] },
    ],
    [
      'answers with a page',
      (client) => client.end(`HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n\r\n${html}`),
      {
        code: '403',
        status: '403',
        text: expect.stringMatching(/403 Forbidden\. It says: Access denied Category: web mail$/),
      },
    ],
    [
      'cannot reach the target',
      (client) => client.end('HTTP/1.0 502\r\n\r\n'),
      { code: '502', status: '502', text: expect.stringMatching(/refused CONNECT 127\.0\.0\.1:993: 502\.$/) },
    ],
    [
      'answers what is not HTTP',
      (client) => client.write('220 smtp.example ESMTP\r\n'),
      { text: expect.stringContaining('did not answer CONNECT with HTTP') },
    ],
    [
      'answers with a part of an HTTP line and more',
      (client) => client.write('HTTP/9\r\n\r\n'),
      { text: expect.stringContaining('did not answer CONNECT with HTTP') },
    ],
    [
      'floods a header',
      (client) => flood(client, 'HTTP/1.1 200 OK\r\nX: '),
      { text: expect.stringContaining('More than 16384 bytes came') },
    ],
    [
      'closes',
      (client) => client.end(),
      { text: expect.stringContaining('the other side closed the connection') },
    ],
    ['resets', (client) => client.resetAndDestroy(), { code: 'ECONNRESET' }],
    [
      'closes within its header',
      (client) => client.end('HTTP/1.1 200 OK\r\nX: '),
      { text: expect.stringContaining('closed') },
    ],
  ])('%s: the connect stage fails as the proxy', async (_, answer, failure) => {
    const { url } = await httpProxy(answer === undefined ? {} : { answer });
    const dialed = await go(url);
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure).toMatchObject({ kind: 'proxy', ...failure });
    expect(dialed.connect.failure?.text).toContain(`proxy http://127.0.0.1:${url.port}`);
    expect(dialed.connect.facts.proxy).toBe(`http://127.0.0.1:${url.port}`);
  });

  test.each<[string, (client: Socket) => void]>([
    ['hangs', () => undefined],
    ['hangs within its header', (client) => client.write('HTTP/1.1 200 OK\r\n')],
  ])('%s: the deadline and a stop end it', async (_, behave) => {
    for (const [reason, kind] of [
      [OVER, 'timeout'],
      [STOPPED, 'aborted'],
    ] as const) {
      const controller = new AbortController();
      const { url } = await httpProxy({
        answer: (client) => {
          behave(client);
          setImmediate(() => controller.abort(reason));
        },
      });
      const dialed = await go(url, { signal: controller.signal });
      expect(dialed.connect.failure).toMatchObject({
        kind,
        text: expect.stringContaining(`the proxy ${url.origin} to answer CONNECT 127.0.0.1:993`),
      });
    }
  });

  test('asks for other credentials than the configured ones', async () => {
    const { urlWith } = await httpProxy({ credentials: { user: USER, password: 'another' } });
    const dialed = await go(urlWith(USER, CANARY));
    expect(dialed.connect.failure).toMatchObject({ kind: 'proxy', code: '407' });
  });

  test('prints the request: nothing of it is quoted', async () => {
    const { urlWith } = await httpProxy({
      answer: (client, request) =>
        client.end(`HTTP/1.1 407 ${CANARY}\r\n\r\n<pre>${request}</pre> ${CANARY}`),
    });
    const dialed = await go(urlWith(USER, CANARY));
    expect(dialed.connect.failure?.text).toContain('[redacted]');
  });

  test('is of TLS and is not trusted: nothing is sent to it', async () => {
    const stranger = await createCertificateAuthority('Somebody');
    const leaf = await stranger.issue({ commonName: 'proxy', names: ['127.0.0.1'] });
    const { urlWith, requests } = await httpProxy({ tls: leaf });
    const dialed = await go(urlWith(USER, CANARY));
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure).toMatchObject({
      kind: 'proxy',
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      text: expect.stringMatching(/^The proxy https:.*CN=Somebody/),
    });
    expect(requests).toEqual([]);
  });
});

describe('a SOCKS5 proxy that does not', () => {
  test.each<[string, SocksProxyOptions, string, RegExp]>([
    ['fails', { reply: 1 }, 'SOCKS_GENERAL_FAILURE', /general SOCKS server failure/],
    [
      'forbids the target',
      { reply: 2 },
      'SOCKS_NOT_ALLOWED',
      /did not connect to mail\.example:993: connection not allowed by ruleset\.$/,
    ],
    ['cannot reach the host', { reply: 4 }, 'SOCKS_HOST_UNREACHABLE', /host unreachable/],
    ['is refused by the target', { reply: 5 }, 'SOCKS_CONNECTION_REFUSED', /connection refused/],
    ['answers a number of its own', { reply: 99 }, 'SOCKS_UNKNOWN_REPLY', /unknown reply 99/],
    [
      'wants credentials',
      { credentials: { user: 'a', password: 'b' } },
      'SOCKS_NO_ACCEPTABLE_METHOD',
      /no user and password are configured/,
    ],
    ['chooses what was not offered', { method: 1 }, 'SOCKS_NO_ACCEPTABLE_METHOD', /did not offer/],
  ])('%s: the connect stage fails with its reply', async (_, options, code, text) => {
    const { url } = await socksProxy(options);
    const dialed = await go(url, { host: 'mail.example' });
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure).toMatchObject({ kind: 'proxy', code, text: expect.stringMatching(text) });
  });

  test('refuses the credentials', async () => {
    const { urlWith } = await socksProxy({ credentials: { user: USER, password: 'another' } });
    const dialed = await go(urlWith(USER, CANARY));
    expect(dialed.connect.failure).toMatchObject({ kind: 'proxy', code: 'SOCKS_AUTHENTICATION_FAILED' });
  });

  test.each([1, 2])('is silent from message %i on: the deadline ends it', async (silentFrom) => {
    const { url, requests } = await socksProxy({ silentFrom });
    const controller = new AbortController();
    const poll = setInterval(() => requests.length >= silentFrom && controller.abort(OVER), 5);
    const dialed = await go(url, { signal: controller.signal }).finally(() => clearInterval(poll));
    expect(dialed.connect.failure).toMatchObject({
      kind: 'timeout',
      text: expect.stringContaining(url.host),
    });
  });

  test.each<[string, (client: Socket) => void]>([
    ['speaks HTTP', (client) => client.end('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['floods', (client) => flood(client, 'x')],
    ['accepts and then floods', (client) => flood(client, Buffer.from([5, 0, 5, 0, 0, 9]))],
    ['closes', (client) => client.end()],
  ])('%s: the connect stage fails as the proxy', async (_, behave) => {
    const { port } = await mailHost((client) => client.once('data', () => behave(client)), {});
    const dialed = await go(new URL(`socks5://127.0.0.1:${port}`));
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure?.kind).toBe('proxy');
  });

  test('cannot carry so long a host name', async () => {
    const { url } = await socksProxy();
    const dialed = await go(url, { host: 'x'.repeat(300) });
    expect(dialed.connect.failure).toMatchObject({
      kind: 'proxy',
      text: 'The host name is longer than the 255 bytes of SOCKS5.',
    });
  });

  test('cannot carry so long a password', async () => {
    const { urlWith } = await socksProxy({ method: 2 });
    const dialed = await go(urlWith('u', 'p'.repeat(300)));
    expect(dialed.connect.failure).toMatchObject({
      kind: 'proxy',
      text: 'The proxy password is longer than the 255 bytes of SOCKS5.',
    });
  });
});

describe('a proxy that is not there', () => {
  test('refuses: the proxy is reported, not the host', async () => {
    const [port = 0] = await freePorts(1);
    const dialed = await go(new URL(`http://127.0.0.1:${port}`));
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure).toEqual({
      kind: 'proxy',
      code: 'ECONNREFUSED',
      text: `Connecting to the proxy http://127.0.0.1:${port} at 127.0.0.1:${port}: connection refused (ECONNREFUSED).`,
    });
  });

  test('has no address: the dns stage names it', async () => {
    const dialed = await go(new URL('http://user:secret-of-the-proxy@proxy.invalid:3128'));
    expect(outcomes(dialed)).toBe('failed skipped skipped');
    expect(dialed.dns.failure).toMatchObject({
      kind: 'dns',
      text: expect.stringContaining('proxy http://proxy.invalid:3128'),
    });
    expect(JSON.stringify(dialed)).not.toContain('secret-of-the-proxy');
  });

  test('is of an unknown kind', async () => {
    const { port } = await mailHost(undefined, {});
    const dialed = await go(new URL(`socks4://127.0.0.1:${port}`));
    expect(dialed.connect.failure).toMatchObject({
      kind: 'proxy',
      text: expect.stringContaining('none of http:, https:, socks5:'),
    });
  });
});

function flood(socket: Socket, start: string | Buffer): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
  };
  socket.write(start);
  socket.on('drain', more);
  more();
}
