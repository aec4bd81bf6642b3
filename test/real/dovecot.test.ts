import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { failedStages, isSuccess, STAGE_NAMES, stageOf, type Evidence } from '../../src/model/evidence.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import type { Protocol } from '../../src/model/protocol.ts';
import type { App, Endpoint, Target } from '../../src/model/target.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { createTokenCache } from '../../src/probe/token/token-cache.ts';
import type { TokenCache } from '../../src/probe/token/token-source.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../../src/sandbox/certificates.ts';
import { aTarget } from '../support/builders.ts';
import { startDovecot, type Dovecot } from '../support/dovecot.ts';
import { WAIT_MS } from '../support/limits.ts';
import { portOf } from '../support/port-of.ts';
import { isInstalled } from '../support/provision.ts';
import { startTokenIssuer, type TokenIssuer } from '../support/token-issuer.ts';
import { readFile } from '../support/files.ts';

/**
 * Probes a real Dovecot: success, and every failure that it can produce. Tokens come through the token leg from a
 * test issuer that names the mailbox in the token, as Dovecot wants it.
 */
const USER = 'quality@contoso.example';

let authority: CertificateAuthority;
let issuer: TokenIssuer;
let dovecot: Dovecot;
let tokens: TokenCache;
const bugs: unknown[] = [];

describe.skipIf(!isInstalled('dovecot'))('a real Dovecot', () => {
  beforeAll(async () => {
    authority = await createCertificateAuthority('mailprobe test');
    const certificate = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] });
    issuer = await startTokenIssuer(certificate);
    dovecot = await startDovecot({ certificate, publicKey: issuer.publicKey });
    dovecot.deliver(USER, 3);
    tokens = createTokenCache({
      readSecret: async () => await Promise.resolve(new Secret('a-secret-of-the-test-issuer')),
      readFile,
      redactor: createRedactor(),
    });
  });

  afterAll(async () => {
    tokens.close();
    dovecot.close();
    await issuer.close();
  });

  /** Each case is an app of its own, so that it has a token of its own. */
  function target(clientId: string, protocol: Protocol, endpoint?: Partial<Endpoint>): Target {
    const base = aTarget({ protocol });
    const network = { ca: authority.cert };
    const app: App = {
      ...base.app,
      id: clientId,
      clientId,
      authority: issuer.authority,
      network,
      timeoutMs: WAIT_MS,
    };
    const port = protocol === 'imap' ? dovecot.ports.imaps : dovecot.ports.pop3s;
    return {
      ...base,
      app,
      mailbox: { ...base.mailbox, address: USER, app: clientId },
      network,
      endpoint: { host: 'localhost', port, tls: 'implicit', ...endpoint },
      timeoutMs: WAIT_MS,
    };
  }

  async function probe(at: Target): Promise<Evidence> {
    const probe = createProbe({ tokens, redactor: createRedactor(), reportBug: (error) => bugs.push(error) });
    const evidence = await probe(at, new AbortController().signal);
    expect(bugs).toEqual([]);
    expect(evidence.stages.map((stage) => stage.stage)).toEqual([...STAGE_NAMES]);
    return evidence;
  }

  describe.each(['imap', 'pop3'] as const)('over %s', (protocol) => {
    const plainPort = (): number => (protocol === 'imap' ? dovecot.ports.imap : dovecot.ports.pop3);

    test('opens the mailbox and counts its messages', async () => {
      issuer.claims.set('healthy', { upn: USER });
      const evidence = await probe(target('healthy', protocol));
      expect(failedStages(evidence)).toEqual([]);
      expect(isSuccess(evidence)).toBe(true);
      expect(stageOf(evidence, 'open')?.facts.messages).toBe(3);
      expect(stageOf(evidence, 'tls')?.facts.certificate?.issuer).toContain('mailprobe test');
      expect(stageOf(evidence, 'greeting')?.facts.text).toContain('Dovecot');
    });

    test('opens the mailbox after STARTTLS', async () => {
      issuer.claims.set('starttls', { upn: USER });
      const evidence = await probe(target('starttls', protocol, { port: plainPort(), tls: 'starttls' }));
      expect(failedStages(evidence)).toEqual([]);
      expect(stageOf(evidence, 'tls')?.facts.mode).toBe('starttls');
      expect(isSuccess(evidence)).toBe(true);
    });

    test.each([
      ['a token that is signed by another key', 'forged', () => issuer.forged.add('forged')],
      [
        'a token for another user',
        'another-user',
        () => issuer.claims.set('another-user', { upn: 'other@contoso.example' }),
      ],
      [
        'a token that has expired',
        'late',
        () => issuer.claims.set('late', { upn: USER, exp: Math.floor(Date.now() / 1000) - 60 }),
      ],
      [
        'a token that is not valid yet',
        'early',
        () => issuer.claims.set('early', { upn: USER, nbf: Math.floor(Date.now() / 1000) + 3000 }),
      ],
    ])("is refused with %s, with the server's message", async (_name, clientId, arrange) => {
      arrange();
      const evidence = await probe(target(clientId, protocol));
      const auth = stageOf(evidence, 'auth');
      expect(auth?.outcome).toBe('failed');
      expect(auth?.failure).toMatchObject(
        protocol === 'imap'
          ? { kind: 'rejected', status: 'NO', code: 'AUTHENTICATIONFAILED', text: 'Authentication failed.' }
          : { kind: 'rejected', status: '-ERR', code: 'AUTH', text: 'Authentication failed.' },
      );
      expect(auth?.facts.challenge).toMatchObject({ status: '401', schemes: 'bearer' });
      expect(stageOf(evidence, 'open')?.outcome).toBe('skipped');
    });

    test('distinguishes a transient fault from a refusal: a token that names no user', async () => {
      issuer.claims.set('nobody', {});
      const auth = stageOf(await probe(target('nobody', protocol)), 'auth');
      expect(auth?.failure).toMatchObject({
        kind: 'rejected',
        code: protocol === 'imap' ? 'UNAVAILABLE' : 'SYS/TEMP',
      });
    });

    test('reports the certificate that it does not trust, and sends no token', async () => {
      issuer.claims.set('untrusted', { upn: USER });
      const at = target('untrusted', protocol);
      const evidence = await probe({ ...at, network: {} });
      const tls = stageOf(evidence, 'tls');
      expect(tls?.failure?.kind).toBe('untrusted');
      expect(tls?.facts.certificate?.issuer).toContain('mailprobe test');
      expect(stageOf(evidence, 'auth')?.outcome).toBe('skipped');
    });

    test('recognizes a plain-text server on a TLS port', async () => {
      const evidence = await probe(target('healthy', protocol, { port: plainPort() }));
      expect(stageOf(evidence, 'tls')?.failure).toMatchObject({
        kind: 'tls',
        code: 'ERR_SSL_WRONG_VERSION_NUMBER',
      });
    });

    test('recognizes a port of the other protocol', async () => {
      const other = protocol === 'imap' ? dovecot.ports.pop3s : dovecot.ports.imaps;
      const evidence = await probe(target('healthy', protocol, { port: other }));
      expect(stageOf(evidence, 'greeting')?.failure?.kind).toBe('protocol');
    });
  });

  describe('that asks an introspection endpoint', () => {
    let introspection: Server;
    let asking: Dovecot;
    let answer: { readonly status: number; readonly body: string };

    beforeAll(async () => {
      introspection = createServer((request, response) => {
        request.resume();
        request.on('end', () => {
          response.writeHead(answer.status, { 'content-type': 'application/json' });
          response.end(answer.body);
        });
      });
      introspection.listen(0, '127.0.0.1');
      await once(introspection, 'listening');
      asking = await startDovecot({
        certificate: await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] }),
        publicKey: issuer.publicKey,
        introspectionUrl: `http://127.0.0.1:${portOf(introspection)}/introspect`,
      });
    });

    afterAll(async () => {
      asking.close();
      introspection.closeAllConnections();
      introspection.close();
      await once(introspection, 'close');
    });

    const port = (protocol: Protocol): number =>
      protocol === 'imap' ? asking.ports.imaps : asking.ports.pop3s;

    test.each(['imap', 'pop3'] as const)(
      'opens the mailbox over %s with a token that names nobody',
      async (protocol) => {
        answer = { status: 200, body: JSON.stringify({ active: true, upn: USER }) };
        issuer.claims.set('app-only', {});
        const evidence = await probe(target('app-only', protocol, { port: port(protocol) }));
        expect(failedStages(evidence)).toEqual([]);
      },
    );

    test.each([
      ['imap', { kind: 'rejected', status: 'NO', code: 'UNAVAILABLE' }],
      ['pop3', { kind: 'rejected', status: '-ERR', code: 'SYS/TEMP' }],
    ] as const)('fails for the time being over %s when the endpoint fails', async (protocol, failure) => {
      answer = { status: 500, body: '{}' };
      issuer.claims.set('app-only', {});
      const evidence = await probe(target('app-only', protocol, { port: port(protocol) }));
      expect(stageOf(evidence, 'auth')?.failure).toMatchObject(failure);
      expect(stageOf(evidence, 'auth')?.failure?.text).toContain('Temporary authentication failure');
    });
  });
});
