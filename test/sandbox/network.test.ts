import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect as connectTcp, createServer } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import type { NetworkFault } from '../../src/sandbox/fault.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { WAIT_MS } from '../support/limits.ts';
import { ask, askToken, jsonOf, openDialogue, parametersOf } from './client.ts';

let certificateAuthority: CertificateAuthority;
let sandbox: Sandbox;

beforeAll(async () => {
  certificateAuthority = await createCertificateAuthority('test');
  sandbox = await createSandbox({ certificateAuthority, failureDelayMs: 0 });
});
afterEach(() => {
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
});

const FRONTS = ['entra', 'graph', 'imap', 'pop3'] as const;
type Front = (typeof FRONTS)[number];

function portOf(front: Front): number {
  if (front === 'imap' || front === 'pop3') return sandbox[front].port;
  return Number(new URL(front === 'entra' ? sandbox.authority : sandbox.graphEndpoint).port);
}

/** `secured`, or the code of what went wrong. */
async function handshake(front: Front, timeout = WAIT_MS): Promise<string> {
  const socket = connectTls({ host: '127.0.0.1', port: portOf(front), ca: sandbox.ca, timeout });
  return await new Promise((resolve) => {
    const end = (outcome: string): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.on('secureConnect', () => {
      end('secured');
    });
    socket.on('timeout', () => {
      end('silence');
    });
    socket.on('error', (error) => {
      end('code' in error ? String(error.code) : error.message);
    });
  });
}

const OUTCOMES: Readonly<Record<NetworkFault, string>> = {
  refuse: 'ECONNREFUSED',
  hang: 'silence',
  reset: 'ECONNRESET',
  plaintext: 'ERR_SSL_WRONG_VERSION_NUMBER',
  'untrusted-certificate': 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'expired-certificate': 'CERT_HAS_EXPIRED',
  'wrong-name-certificate': 'ERR_TLS_CERT_ALTNAME_INVALID',
};

describe.each(FRONTS)('the way to %s', (front) => {
  test.each(Object.entries(OUTCOMES))('with the fault %s ends in %s, and heals', async (kind, outcome) => {
    sandbox.change((tenant) => {
      Object.assign(tenant.faults, { [front]: { kind } });
    });
    expect(await handshake(front, kind === 'hang' ? 300 : undefined)).toBe(outcome);
    sandbox.reset();
    expect(await handshake(front)).toBe('secured');
  });
});

test('the port of a host that refuses connections stays its own', async () => {
  sandbox.change(({ faults }) => {
    faults.imap = { kind: 'refuse' };
  });
  expect(await handshake('imap')).toBe('ECONNREFUSED');
  const port = portOf('imap');
  const [reservation, anyPort] = [createSocket('udp4'), createServer()];
  onTestFinished(() => {
    reservation.close();
    anyPort.close();
  });
  reservation.bind({ port, address: '127.0.0.1', exclusive: true });
  await expect(once(reservation, 'listening'), 'the reservation').rejects.toThrow('EADDRINUSE');
  await once(anyPort.listen(0, '127.0.0.1'), 'listening');
  const address = anyPort.address();
  expect(typeof address === 'object' ? address?.port : 0, 'a port that the system gives').toBeGreaterThan(
    port,
  );
});

describe.each(['imap', 'pop3'] as const)('%s with a fault of the host', (protocol) => {
  test.each([
    ['bye', /^(?:\* BYE|-ERR) Server Unavailable\. \d\d$/],
    [
      'other-protocol',
      protocol === 'imap' ? /^\+OK The Microsoft Exchange POP3/ : /^\* OK The Microsoft Exchange IMAP4/,
    ],
    ['garbage', /simulated garbage/],
  ] as const)('%s says so in place of its greeting', async (kind, greeting) => {
    sandbox.change((tenant) => {
      tenant.faults[protocol] = { kind };
    });
    const { read, close } = await openDialogue(sandbox[protocol], sandbox.ca);
    expect(await read()).toMatch(greeting);
    close();
  });

  test('silent never greets', async () => {
    sandbox.change((tenant) => {
      tenant.faults[protocol] = { kind: 'silent' };
    });
    const { socket } = await openDialogue(sandbox[protocol], sandbox.ca);
    socket.setTimeout(200);
    await once(socket, 'timeout');
    expect(socket.bytesRead).toBe(0);
    socket.destroy();
  });

  test('silent at login accepts the credentials and sends nothing more', async () => {
    sandbox.change((tenant) => {
      tenant.faults[protocol] = { kind: 'silent-at-login' };
    });
    const { socket, read, send } = await openDialogue(sandbox[protocol], sandbox.ca);
    await read();
    send(protocol === 'imap' ? 'a1 AUTHENTICATE XOAUTH2' : 'AUTH XOAUTH2');
    expect(await read()).toBe('+ ');
    send('eA==');
    socket.setTimeout(200);
    await once(socket, 'timeout');
    socket.destroy();
  });
});

describe.each(['imap', 'pop3'] as const)('%s survives', (protocol) => {
  test.each([
    ['garbage before TLS', 'tcp', randomBytes(4096)],
    ['garbage within TLS', 'tls', randomBytes(4096)],
    ['half a line', 'tls', Buffer.from('a1 AUTHENT')],
    ['a line without an end', 'tls', Buffer.alloc(1_000_000, 'A')],
    ['a flood of commands', 'tls', Buffer.from('a1 NOOP\r\n'.repeat(50_000))],
  ] as const)('%s', async (_name, layer, bytes) => {
    const address = sandbox[protocol];
    const socket = layer === 'tcp' ? connectTcp(address) : connectTls({ ...address, ca: sandbox.ca });
    socket.on('error', () => undefined);
    await once(socket, layer === 'tcp' ? 'connect' : 'secureConnect');
    // The answers to a flood are not read: it must not grow without bound, nor keep others waiting.
    socket.write(bytes);
    const { read, close } = await openDialogue(address, sandbox.ca);
    expect(await read()).toContain('The Microsoft Exchange');
    close();
    socket.destroy();
  });

  test('a client that goes away in mid-login', async () => {
    const first = await openDialogue(sandbox[protocol], sandbox.ca);
    await first.read();
    first.send(protocol === 'imap' ? 'a1 AUTHENTICATE XOAUTH2 eA==' : 'AUTH XOAUTH2');
    first.socket.destroy();
    const { read, close } = await openDialogue(sandbox[protocol], sandbox.ca);
    expect(await read()).toContain('The Microsoft Exchange');
    close();
  });
});

test('a body that is too large is cut off, and the next request is served', async () => {
  const url = `${sandbox.authority}/${sandbox.tenant.id}/oauth2/v2.0/token`;
  const large = ask(url, { ca: sandbox.ca, method: 'POST', body: 'x'.repeat(2_000_000) });
  await expect(large).rejects.toThrow(/socket hang up|ECONNRESET|EPIPE/);
  expect((await askToken(sandbox, parametersOf(sandbox))).status).toBe(200);
});

test('two sandboxes at once have their own tenants, ports and keys', async () => {
  const other = await createSandbox({ certificateAuthority, failureDelayMs: 0 });
  other.change((tenant) => {
    tenant.displayName = 'Fabrikam';
  });
  expect(other.imap.port).not.toBe(sandbox.imap.port);
  const stranger = jsonOf(await askToken(other, parametersOf(sandbox), { tenant: other.tenant.id }));
  expect(stranger.error_description).toContain("was not found in the directory 'Fabrikam'");
  expect((await askToken(sandbox, parametersOf(sandbox))).status).toBe(200);
  await other.close();
});
