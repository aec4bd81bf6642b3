import { spawn } from 'node:child_process';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { dial, type Dial, type DialRequest } from '../../../src/probe/network/dial.ts';
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type IssuedCertificate,
} from '../../../src/sandbox/certificates.ts';
import { freePorts } from '../../support/free-ports.ts';
import { expectNoListeners, expectNothingLeft } from '../../support/leaks.ts';
import { listen, type Listener, type ListenerOptions } from '../../support/listener.ts';

const OVER = new DOMException('the probe took too long', 'TimeoutError');
const STOPPED = new Error('shutdown');

/** CI tests IPv6 whatever the machine; elsewhere one may be without. */
const mustHaveIPv6 =
  process.env['CI'] !== undefined ||
  Object.values(networkInterfaces()).some((own) => own?.some(({ address }) => address === '::1'));

let authority: CertificateAuthority;
let good: IssuedCertificate;
const closers: (() => Promise<void>)[] = [];

beforeAll(async () => {
  authority = await createCertificateAuthority('Test Root');
  good = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1', '::1'] });
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function serve(
  behave?: (socket: Socket, raw: Socket) => void,
  options?: ListenerOptions,
): Promise<Listener> {
  const listener = await listen(behave, options);
  closers.push(listener.close);
  return listener;
}

/** Walks, destroys what it got, and proves that nothing is left. */
async function go(request: Partial<DialRequest> & Pick<DialRequest, 'port'>): Promise<Dial> {
  const controller = new AbortController();
  const { signal } = request.signal === undefined ? controller : { signal: request.signal };
  return await expectNothingLeft(async () => {
    const dialed = await dial({
      host: '127.0.0.1',
      tls: true,
      network: { ca: authority.cert },
      redactor: createRedactor(),
      ...request,
      signal,
    });
    dialed.socket?.destroy();
    expectNoListeners(signal);
    return dialed;
  });
}

function socketOf({ socket, tls, connect }: Dial): Socket {
  if (socket === undefined) throw new Error(`the walk failed: ${JSON.stringify([connect, tls])}`);
  return socket;
}

function outcomes({ dns, connect, tls }: Dial): string {
  return [dns, connect, tls].map(({ outcome }) => outcome).join(' ');
}

describe('a host that works', () => {
  /** What the stages of a walk to a listener at `address` say. */
  const stages = (host: string, address: string): object => ({
    dns: { outcome: 'ok', facts: { host, addresses: expect.arrayContaining([address]) } },
    connect: { outcome: 'ok', facts: { address, port: expect.any(Number) } },
    tls: {
      outcome: 'ok',
      facts: {
        protocol: 'TLSv1.3',
        mode: 'implicit',
        certificate: {
          subject: 'CN=localhost',
          issuer: 'CN=Test Root',
          names: ['DNS:localhost', 'IP Address:127.0.0.1', 'IP Address:0:0:0:0:0:0:0:1'],
        },
      },
    },
  });

  test('an IPv4 address is walked to in three stages', async () => {
    const { port } = await serve(undefined, { tls: good });
    expect(await go({ host: '127.0.0.1', port })).toMatchObject(stages('127.0.0.1', '127.0.0.1'));
  });

  test.skipIf(!mustHaveIPv6).each(['::1', '[::1]'])('the IPv6 address %s is walked to', async (host) => {
    const { port } = await serve(undefined, { host: '::1', tls: good });
    expect(await go({ host, port })).toMatchObject(stages('::1', '::1'));
  });

  test('a name is walked to at the first of its addresses', async () => {
    const { address } = await lookup('localhost', { order: 'verbatim' });
    const { port } = await serve(undefined, { host: address, tls: good });
    const dialed = await go({ host: 'localhost', port });
    expect(dialed).toMatchObject(stages('localhost', address));
    expect(dialed.dns.facts.addresses?.[0]).toBe(address);
  });

  test('without TLS dialing ends after TCP, and the first data of the server is still there', async () => {
    const { port } = await serve((socket) => socket.write('* OK ready\r\n'));
    const dialed = await dial({
      host: '127.0.0.1',
      port,
      tls: false,
      network: {},
      signal: new AbortController().signal,
      redactor: createRedactor(),
    });
    expect(outcomes(dialed)).toBe('ok ok skipped');
    const [greeting] = await once(socketOf(dialed), 'data');
    expect(String(greeting)).toBe('* OK ready\r\n');
    dialed.socket?.destroy();
  });

  test.each([
    ['TCP', false],
    ['TLS', true],
  ])('a reset that comes after the walk, over %s, does not end the process', async (_, tls) => {
    const { port } = await serve(
      (socket, raw) => socket.once('data', () => raw.resetAndDestroy()),
      tls ? { tls: good } : {},
    );
    await expectNothingLeft(async () => {
      const dialed = await dial({
        host: '127.0.0.1',
        port,
        tls,
        network: { ca: authority.cert },
        signal: new AbortController().signal,
        redactor: createRedactor(),
      });
      const socket = socketOf(dialed);
      socket.resume().write('hello');
      await once(socket, 'close').catch(() => undefined);
      expect(socket.destroyed).toBe(true);
    });
  });
});

describe('dns', () => {
  test('a name that does not exist fails the stage and skips the others', async () => {
    const dialed = await go({ host: 'name.invalid', port: 993 });
    expect(outcomes(dialed)).toBe('failed skipped skipped');
    expect(dialed.dns.failure).toMatchObject({ kind: 'dns', text: expect.stringContaining('name.invalid') });
    expect(dialed.dns.failure?.code).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    expect(dialed.dns.facts).toEqual({ host: 'name.invalid' });
  });
});

describe('connect', () => {
  test('a closed port refuses', async () => {
    const [port = 0] = await freePorts(1);
    const dialed = await go({ port });
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure).toEqual({
      kind: 'refused',
      code: 'ECONNREFUSED',
      text: `Connecting to the host at 127.0.0.1:${port}: connection refused (ECONNREFUSED).`,
    });
    expect(dialed.connect.facts).toEqual({ address: '127.0.0.1', port });
  });

  test('an address that cannot be routed to is unreachable', async () => {
    const dialed = await go({ host: '255.255.255.255', port: 993 });
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure).toMatchObject({ kind: 'unreachable' });
  });

  test.each([
    ['the deadline', OVER, 'timeout', 'The time limit ended'],
    ['a stop', STOPPED, 'aborted', 'Stopped'],
  ])('%s ends an unanswered connection attempt', async (_, reason, kind, words) => {
    const blackhole = await startBlackhole();
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    const dialed = await go({ port: blackhole.port, signal: controller.signal });
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure).toEqual({
      kind,
      text: `${words} while waiting for the host to accept the connection at 127.0.0.1:${blackhole.port}.`,
    });
  });

  test('a signal that was aborted before the dial ends it at once', async () => {
    const { port, connections } = await serve();
    const dialed = await go({ port, signal: AbortSignal.abort(STOPPED) });
    expect(outcomes(dialed)).toBe('ok failed skipped');
    expect(dialed.connect.failure?.kind).toBe('aborted');
    expect(connections()).toBe(0);
  });

  test('an impossible port is reported as a bug', async () => {
    const dialed = await go({ port: 70_000 });
    expect(dialed.connect.failure).toMatchObject({ kind: 'unexpected', code: 'ERR_SOCKET_BAD_PORT' });
  });
});

describe('tls', () => {
  test.each<[string, (socket: Socket) => void, object]>([
    [
      'a server that greets in plain text',
      (socket) => socket.write('* OK ready\r\n'),
      { kind: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
    ],
    [
      'a web server',
      (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      { kind: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
    ],
    ['a server that sends random bytes', (socket) => socket.write(Buffer.alloc(9000, 0xa7)), { kind: 'tls' }],
    ['a server that floods', flood, { kind: 'tls' }],
    ['a server that closes at once', (socket) => socket.end(), { kind: 'closed' }],
    [
      'a server that closes on our first byte',
      (socket) => socket.once('data', () => socket.end()),
      { kind: 'closed' },
    ],
    [
      'a server that resets on our first byte',
      (socket) => socket.once('data', () => socket.resetAndDestroy()),
      { kind: 'reset', code: 'ECONNRESET' },
    ],
  ])('%s fails the handshake', async (_, behave, failure) => {
    const { port } = await serve(behave);
    const dialed = await go({ port });
    expect(outcomes(dialed)).toBe('ok ok failed');
    expect(dialed.tls.failure).toMatchObject(failure);
    expect(dialed.tls.facts).toEqual({ mode: 'implicit' });
  });

  test.each([
    ['the deadline', OVER, 'timeout'],
    ['a stop', STOPPED, 'aborted'],
  ])('%s ends a handshake that a silent server holds', async (_, reason, kind) => {
    const controller = new AbortController();
    const { port } = await serve((socket) => socket.once('data', () => controller.abort(reason)));
    const dialed = await go({ port, signal: controller.signal });
    expect(outcomes(dialed)).toBe('ok ok failed');
    expect(dialed.tls.failure).toMatchObject({
      kind,
      text: expect.stringContaining('the TLS handshake with 127.0.0.1'),
    });
  });

  test('a server that is too old is reported as such', async () => {
    const old = {
      ...good,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    const { port } = await serve(undefined, { tls: old });
    const dialed = await go({ port });
    expect(dialed.tls.failure).toMatchObject({ kind: 'tls', text: expect.stringMatching(/protocol/) });
  });
});

function flood(socket: Socket): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(Buffer.alloc(65_536, 'x')));
  };
  socket.on('drain', more);
  more();
}

/** A port whose kernel queue is full: connection requests to it are answered by nobody. */
async function startBlackhole(): Promise<{ readonly port: number }> {
  const script = `
    const server = require('node:net').createServer().listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => {
      require('node:fs').writeSync(1, server.address().port + '\\n');
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
    });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface(child.stdout), 'line');
  const port = Number(line);
  // The queue takes the first ones; the last stand outside.
  const fillers = Array.from({ length: 8 }, () =>
    connect({ host: '127.0.0.1', port }).on('error', () => undefined),
  );
  await Promise.race(fillers.map((filler) => once(filler, 'connect')));
  closers.push(async () => {
    for (const filler of fillers) filler.destroy();
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  return { port };
}
