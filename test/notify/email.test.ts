/** E-mail against a real SMTP server (`smtp-server`), and against servers that misbehave. */
import type { Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { EmailSettings } from '../../src/model/notification.ts';
import type { SendResult } from '../../src/notify/channel.ts';
import { createEmail } from '../../src/notify/email.ts';
import type { Message } from '../../src/notify/message.ts';
import {
  createCertificateAuthority,
  type CertificateAuthority,
  type IssuedCertificate,
} from '../../src/sandbox/certificates.ts';
import { expectNothingLeft } from '../support/leaks.ts';
import { listen } from '../support/listener.ts';
import { aMessage, CANARY, someEdges } from './edges.ts';

const closers: (() => Promise<void>)[] = [];
let authority: CertificateAuthority;
let good: IssuedCertificate;

beforeAll(async () => {
  authority = await createCertificateAuthority('Test Root');
  good = await authority.issue({ commonName: 'localhost', names: ['localhost'] });
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map(async (close) => await close()));
});

interface Mailbox {
  readonly port: number;
  readonly mails: readonly string[];
  readonly logins: readonly string[];
}

async function startSmtp(options: SMTPServerOptions = {}): Promise<Mailbox> {
  const mails: string[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    ...good,
    disabledCommands: ['AUTH'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(`${session.secure ? 'TLS' : 'plain'}
${Buffer.concat(chunks).toString()}`);
        done(null);
      });
    },
    onAuth: ({ method, username = '', password = '', accessToken = '' }, _session, done) => {
      logins.push(`${method} ${username} ${password}${accessToken}`);
      if (`${password}${accessToken}` === CANARY) done(null, { user: username });
      else done(new Error(`wrong password ${password}`));
    },
    closeTimeout: 100,
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  closers.push(async () => await new Promise((resolve) => server.close(() => resolve())));
  const address = server.server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP port');
  return { port: address.port, mails, logins };
}

async function send(
  settings: Partial<EmailSettings> & { readonly port: number },
  message: Message = aMessage(),
  signal = new AbortController().signal,
): Promise<SendResult> {
  const whole: EmailSettings = {
    type: 'email',
    host: 'localhost',
    tls: 'starttls',
    from: 'mailprobe <mailprobe@contoso.example>',
    to: ['it@contoso.example', 'ops@contoso.example'],
    ...settings,
  };
  const edges = someEdges(
    { ca: authority.cert },
    { PASSWORD: CANARY, WRONG: `wrong-${CANARY}`, token: CANARY },
  );
  return await createEmail(whole, edges).send(message, signal);
}

function headersOf(mail: string | undefined): string {
  return (mail ?? '').split('\r\n\r\n')[0]?.replace(/\r\n[ \t]+/g, ' ') ?? '';
}

describe('a good relay', () => {
  test.each<[string, SMTPServerOptions, Partial<EmailSettings>, string]>([
    ['STARTTLS', {}, { tls: 'starttls' }, 'TLS'],
    ['TLS from the first byte', { secure: true }, { tls: 'implicit' }, 'TLS'],
    ['no TLS, where that is configured', { hideSTARTTLS: true }, { tls: 'none' }, 'plain'],
  ])('gets the message over %s', async (_, options, settings, transport) => {
    const { port, mails } = await startSmtp(options);
    const result = await expectNothingLeft(async () => await send({ port, ...settings }));
    expect(result).toMatchObject({ outcome: 'accepted', answer: expect.stringMatching(/^250 /) });
    expect(mails.length).toBe(1);
    expect(mails[0]?.startsWith(transport)).toBe(true);
    expect(mails[0]).not.toContain(CANARY);
    expect(mails[0]).not.toContain(Buffer.from(CANARY).toString('base64').slice(0, 30));
  });

  test('with headers that thread an incident and keep absence notices away', async () => {
    const { port, mails } = await startSmtp();
    await send({ port });
    await send({ port }, aMessage({ id: '01a0c0de-0000-7000-8000-00000000beef', event: 'closed' }));
    const [first, second] = mails.map(headersOf);
    expect(first).toContain('Message-ID: <01a0c0de-0000-7000-8000-00000000c0de@contoso.example>');
    expect(second).toContain('Message-ID: <01a0c0de-0000-7000-8000-00000000beef@contoso.example>');
    expect(first).toContain('Auto-Submitted: auto-generated');
    expect(first).toContain('To: it@contoso.example, ops@contoso.example');
    expect(first).toContain('Subject: 2 mailboxes down: The client secret of app plm has expired');
    const root = /In-Reply-To: (<[^>]+>)/.exec(first ?? '')?.[1];
    expect(root).toBeDefined();
    expect(first).toContain(`References: ${root}`);
  });

  test('has text and HTML, and nothing of a server becomes markup', async () => {
    const { port, mails } = await startSmtp();
    await send({ port });
    const mail = (mails[0] ?? '').replace(/=\r\n/g, '');
    expect(mail).toContain('Content-Type: text/plain; charset=utf-8');
    expect(mail).toContain('Content-Type: text/html; charset=utf-8');
    expect(mail).toContain('&lt;b&gt;&amp; &quot;send&quot; it&lt;/b&gt;');
  });

  test('a line end in a headline makes no header of its own', async () => {
    const { port, mails } = await startSmtp();
    await send({ port }, aMessage({ headline: 'down\r\nBcc: evil@evil.example' }));
    expect(headersOf(mails[0])).not.toMatch(/^Bcc:/m);
  });

  test.each<[string, NonNullable<EmailSettings['login']>, string]>([
    [
      'a password',
      { kind: 'password', username: 'probe', password: { from: 'env', name: 'PASSWORD' } },
      `PLAIN probe ${CANARY}`,
    ],
    [
      'XOAUTH2 with the token of an app',
      { kind: 'app', username: 'probe@contoso.example', app: 'plm' },
      `XOAUTH2 probe@contoso.example ${CANARY}`,
    ],
  ])('logs in with %s', async (_, login, seen) => {
    const { port, logins } = await startSmtp({ disabledCommands: [], authMethods: ['PLAIN', 'XOAUTH2'] });
    expect(await send({ port, login })).toMatchObject({ outcome: 'accepted' });
    expect(logins).toEqual([seen]);
  });
});

describe('a bad one', () => {
  const login = { kind: 'password', username: 'probe', password: { from: 'env', name: 'WRONG' } } as const;
  const refuse = (code: number, message: string): Error =>
    Object.assign(new Error(`${message} ${CANARY}`), { responseCode: code });

  test.each<[string, SMTPServerOptions, Partial<EmailSettings>, SendResult['outcome'], RegExp]>([
    ['offers no STARTTLS', { disabledCommands: ['STARTTLS', 'AUTH'] }, {}, 'retry', /ETLS|STARTTLS/],
    ['refuses the login', { disabledCommands: [] }, { login }, 'retry', /EAUTH/],
    ['offers no login', {}, { login }, 'retry', /EAUTH|EPROTOCOL|50\d|login|AUTH/i],
    [
      'refuses the sender',
      { onMailFrom: (_a, _s, done) => done(refuse(550, 'not you')) },
      {},
      'retry',
      /not you \[redacted\]/,
    ],
    [
      'refuses all recipients',
      { onRcptTo: (_a, _s, done) => done(refuse(550, 'unknown')) },
      {},
      'refused',
      /unknown \[redacted\]/,
    ],
    ['is full for now', { onRcptTo: (_a, _s, done) => done(refuse(452, 'full')) }, {}, 'retry', /full/],
    [
      'refuses the message',
      {
        onData: (stream, _s, done) => {
          stream.resume().on('end', () => done(refuse(554, 'spam')));
        },
      },
      {},
      'refused',
      /spam/,
    ],
  ])('that %s is reported', async (_, options, settings, outcome, reason) => {
    const { port, mails } = await startSmtp(options);
    const result = await expectNothingLeft(async () => await send({ port, ...settings }));
    expect(result).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(result)).not.toContain(CANARY);
    expect(mails).toEqual([]);
  });

  test.each<[string, (socket: Socket, began: () => void) => void]>([
    ['never greets', (_socket, began) => began()],
    [
      'stops in the middle of its greeting',
      (socket, began) => {
        socket.write('220 hel');
        began();
      },
    ],
  ])('that %s is left when the time is over', async (_, serve) => {
    const over = new AbortController();
    const listener = await listen((socket) => serve(socket, () => over.abort()));
    closers.push(listener.close);
    const result = await expectNothingLeft(
      async () => await send({ host: '127.0.0.1', port: listener.port }, aMessage(), over.signal),
    );
    expect(result.outcome).toBe('retry');
  });

  test.each([
    ['closes at once', ''],
    ['is busy', '421 too many connections\r\n'],
    ['is a web server', 'HTTP/1.1 400 Bad Request\r\n\r\n<html>'],
  ])('that %s is reported', async (_, greeting) => {
    const listener = await listen((socket) => socket.end(greeting));
    closers.push(listener.close);
    const result = await expectNothingLeft(
      async () => await send({ host: '127.0.0.1', port: listener.port }),
    );
    expect(result.outcome).toBe('retry');
  });

  test('whose certificate is of another name, or of nobody that is trusted, gets no login', async () => {
    const other = await authority.issue({ commonName: 'other', names: ['other.example'] });
    const stranger = await createCertificateAuthority('Stranger');
    const strange = await stranger.issue({ commonName: 'localhost', names: ['localhost'] });
    const right = { ...login, password: { from: 'env', name: 'PASSWORD' } } as const;
    for (const certificate of [other, strange]) {
      for (const tls of ['starttls', 'implicit'] as const) {
        const options = { ...certificate, disabledCommands: [], secure: tls === 'implicit' };
        const { port, logins, mails } = await startSmtp(options);
        expect(await send({ port, tls, login: right })).toMatchObject({ outcome: 'retry' });
        expect([...logins, ...mails]).toEqual([]);
      }
    }
  });
});
