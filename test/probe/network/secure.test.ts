import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createSecureContext, type TlsOptions } from 'node:tls';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { secure, type SecureRequest, type Secured } from '../../../src/probe/network/secure.ts';
import { secureContextFor } from '../../../src/probe/network/trust.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../../../src/sandbox/certificates.ts';
import { expectNothingLeft } from '../../support/leaks.ts';
import { listen, type Listener } from '../../support/listener.ts';

const DAY_MS = 86_400_000;
const listeners: Listener[] = [];
let trusted: CertificateAuthority;
let stranger: CertificateAuthority;

beforeAll(async () => {
  [trusted, stranger] = await Promise.all([
    createCertificateAuthority('Trusted Root'),
    createCertificateAuthority('Corporate Inspection CA'),
  ]);
});

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

function request(host: string): SecureRequest {
  const { signal } = new AbortController();
  return { host, network: { ca: trusted.cert }, signal, redactor: createRedactor(), mode: 'starttls' };
}

/** What the server received after the handshake belongs to the test: nothing may come before trust. */
async function handshake(
  tls: TlsOptions,
  host: string,
): Promise<Secured & { readonly received: () => number; readonly sni: () => string | undefined }> {
  let received = 0;
  let sni: string | undefined;
  const serve = (socket: Socket): void => {
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length;
    });
  };
  const SNICallback: TlsOptions['SNICallback'] = (name, answer) => {
    sni = name;
    answer(null, createSecureContext(tls));
  };
  const listener = await listen(serve, { tls: { ...tls, SNICallback } });
  listeners.push(listener);
  return await expectNothingLeft(async () => {
    const socket = connect({ host: '127.0.0.1', port: listener.port });
    await once(socket, 'connect');
    const secured = await secure(socket, request(host));
    secured.socket?.destroy();
    return { ...secured, received: () => received, sni: () => sni };
  });
}

describe('a certificate that is refused is still reported', () => {
  test('one of an unknown authority, with the name of the device that inspects the traffic', async () => {
    const leaf = await stranger.issue({ commonName: 'mail.example', names: ['mail.example'] });
    const { stage, socket, received } = await handshake(leaf, 'mail.example');
    expect(socket).toBeUndefined();
    expect(stage.failure).toEqual({
      kind: 'untrusted',
      code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      text: 'The certificate of CN=mail.example was issued by CN=Corporate Inspection CA, which no trusted root vouches for (UNABLE_TO_VERIFY_LEAF_SIGNATURE).',
    });
    expect(stage.facts).toEqual({
      mode: 'starttls',
      protocol: 'TLSv1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      certificate: {
        subject: 'CN=mail.example',
        issuer: 'CN=Corporate Inspection CA',
        names: ['DNS:mail.example'],
        notBefore: expect.any(Number),
        notAfter: expect.any(Number),
        fingerprint256: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
      },
    });
    expect(received()).toBe(0);
  });

  test('one that came with its unknown root', async () => {
    const leaf = await stranger.issue({ commonName: 'mail.example', names: ['mail.example'] });
    const { stage } = await handshake({ key: leaf.key, cert: leaf.cert + stranger.cert }, 'mail.example');
    expect(stage.failure).toMatchObject({ kind: 'untrusted', code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  });

  test('one that has expired, with the date', async () => {
    const notAfter = new Date('2020-02-03T04:05:06Z');
    const leaf = await trusted.issue({
      commonName: 'mail.example',
      names: ['mail.example'],
      notBefore: new Date('2019-01-01T00:00:00Z'),
      notAfter,
    });
    const { stage } = await handshake(leaf, 'mail.example');
    expect(stage.failure).toEqual({
      kind: 'untrusted',
      code: 'CERT_HAS_EXPIRED',
      text: 'The certificate of CN=mail.example expired at 2020-02-03T04:05:06.000Z (CERT_HAS_EXPIRED).',
    });
    expect(stage.facts.certificate?.notAfter).toBe(notAfter.getTime());
  });

  test('one that is not valid yet', async () => {
    const leaf = await trusted.issue({
      commonName: 'mail.example',
      names: ['mail.example'],
      notBefore: new Date(Date.now() + DAY_MS),
    });
    const { stage } = await handshake(leaf, 'mail.example');
    expect(stage.failure).toMatchObject({
      kind: 'untrusted',
      code: 'CERT_NOT_YET_VALID',
      text: expect.stringContaining('is not valid before'),
    });
  });

  test.each([
    [
      'a name',
      'outlook.office365.com',
      ['portal.example', '*.proxy.example'],
      'is for DNS:portal.example, DNS:*.proxy.example, not for outlook.office365.com.',
    ],
    [
      'an address',
      '192.0.2.7',
      ['portal.example', '192.0.2.8'],
      'is for DNS:portal.example, IP Address:192.0.2.8, not for 192.0.2.7.',
    ],
    [
      'a name, of very many',
      'mail.example',
      Array.from({ length: 120 }, (_, n) => `host${n}.example`),
      'DNS:host4.example and more, not for mail.example.',
    ],
  ])('one that is not for %s', async (_, host, names, words) => {
    const leaf = await trusted.issue({ commonName: 'portal', names });
    const { stage } = await handshake(leaf, host);
    expect(stage.failure).toMatchObject({ kind: 'untrusted', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
    expect(stage.failure?.text).toContain(words);
    expect(stage.facts.certificate?.names).toHaveLength(Math.min(names.length, 50));
  });

  test.each([
    ['*.mail.example', 'mail.example'],
    ['*.mail.example', 'a.b.mail.example'],
    ['*.example', '192.0.2.7'],
  ])('one for %s does not stand for %s', async (name, host) => {
    const leaf = await trusted.issue({ commonName: host, names: [name] });
    const { stage } = await handshake(leaf, host);
    expect(stage.failure).toMatchObject({ kind: 'untrusted', code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  });

  test('one with control characters in its name', async () => {
    const leaf = await stranger.issue({ commonName: 'evil\u001B[2J\nCN=Microsoft', names: ['mail.example'] });
    const { stage } = await handshake(leaf, 'mail.example');
    expect(stage.failure?.kind).toBe('untrusted');
    // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
    expect(JSON.stringify(stage)).not.toMatch(/[\u0000-\u001F]|\\u00|\\n/);
  });

  test('one with neither common name nor alternative names', async () => {
    const leaf = await stranger.issue({ commonName: ' ', names: [] });
    const { stage } = await handshake(leaf, 'mail.example');
    expect(stage.failure?.kind).toBe('untrusted');
    expect(stage.facts.certificate?.names).toEqual([]);
  });
});

test.each([
  ['*.mail.example', 'eu.mail.example'],
  ['MAIL.example', 'mail.EXAMPLE'],
  ['mail.example', 'mail.example.'],
  ['xn--bcher-kva.example', 'bücher.example'],
  ['::1', '0:0:0:0:0:0:0:1'],
])('a certificate for %s is valid for %s', async (name, host) => {
  const leaf = await trusted.issue({ commonName: 'mail', names: [name] });
  const { stage } = await handshake(leaf, host);
  expect(stage.outcome).toBe('ok');
});

describe('the name that is sent', () => {
  test.each([
    ['a name is sent as SNI', 'mail.example', 'mail.example'],
    ['an address is not', '127.0.0.1', undefined],
  ])('%s', async (_, host, servername) => {
    const leaf = await trusted.issue({ commonName: 'mail', names: ['mail.example', '127.0.0.1'] });
    const { stage, sni } = await handshake(leaf, host);
    expect(stage.outcome).toBe('ok');
    expect(stage.facts.mode).toBe('starttls');
    expect(sni()).toBe(servername);
  });
});

describe('a socket that is not fit for TLS', () => {
  test('plain text sent after STARTTLS is never taken for text over TLS', async () => {
    const leaf = await trusted.issue({ commonName: 'mail', names: ['mail.example'] });
    const listener = await listen(undefined, { tls: leaf });
    listeners.push(listener);
    const socket = connect({ host: '127.0.0.1', port: listener.port });
    await once(socket, 'connect');
    socket.unshift('* OK [CAPABILITY AUTH=PLAIN] injected\r\n');
    const { stage } = await secure(socket, request('mail.example'));
    expect(stage.failure).toMatchObject({ kind: 'tls', code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  });

  test('one that is closed already fails at once', async () => {
    const listener = await listen();
    listeners.push(listener);
    const socket = connect({ host: '127.0.0.1', port: listener.port });
    await once(socket, 'connect');
    socket.destroy();
    const { stage } = await secure(socket, request('mail.example'));
    expect(stage.failure?.kind).toBe('closed');
  });
});

test('connections with the same authorities share one context', () => {
  expect(secureContextFor(trusted.cert)).toBe(secureContextFor(trusted.cert));
  expect(secureContextFor(trusted.cert)).not.toBe(secureContextFor());
});
