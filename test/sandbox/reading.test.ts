/** What a client reads of a simulated mailbox: answered with what was asked for, over both protocols; and Entra's v1. */
import { createServer, connect as connectTcp, type Socket } from 'node:net';
import { once } from 'node:events';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCertificateAuthority, type CertificateAuthority } from '../../src/sandbox/certificates.ts';
import { LINGER_MS } from '../../src/sandbox/line-session.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { portOf } from '../support/port-of.ts';
import { ask, jsonOf, openDialogue, saslOf, tokenOf, type Dialogue } from './client.ts';

const QMS = 'qms@contoso.example';
let sandbox: Sandbox;
let sasl: string;
let certificateAuthority: CertificateAuthority;

beforeAll(async () => {
  certificateAuthority = await createCertificateAuthority('test');
  sandbox = await createSandbox({
    failureDelayMs: 5,
    certificateAuthority,
    certificateNames: ['outlook.office365.com'],
  });
  sandbox.change(({ mailboxes }) => {
    for (const mailbox of mailboxes) mailbox.messages = 3;
  });
  sasl = saslOf(QMS, await tokenOf(sandbox));
});
afterAll(async () => {
  await sandbox.close();
});

async function imapSession(): Promise<Dialogue> {
  const dialogue = await openDialogue(sandbox.imap, sandbox.ca);
  await dialogue.read();
  await dialogue.say(`a0 AUTHENTICATE XOAUTH2 ${sasl}`);
  return dialogue;
}

async function popSession(): Promise<Dialogue> {
  const dialogue = await openDialogue(sandbox.pop3, sandbox.ca);
  await dialogue.read();
  await dialogue.say('AUTH XOAUTH2');
  await dialogue.say(sasl);
  return dialogue;
}

/** All lines up to the tagged one, or the full stop. */
async function linesOf({ send, read }: Dialogue, command: string, last: RegExp): Promise<readonly string[]> {
  send(command);
  const lines: string[] = [];
  for (;;) {
    const line = await read();
    if (line === undefined) return lines;
    lines.push(line);
    if (last.test(line)) return lines;
  }
}

describe('IMAP answers', () => {
  test.each([
    [
      'STATUS with the items that were asked for',
      'STATUS INBOX (UIDNEXT MESSAGES)',
      ['* STATUS INBOX (UIDNEXT 4 MESSAGES 3)'],
    ],
    ['LIST "" "" with the separator', 'LIST "" ""', [String.raw`* LIST (\Noselect \HasChildren) "/" ""`]],
    ['LIST with a pattern', 'LIST "" "*"', [String.raw`* LIST (\Marked \HasNoChildren) "/" INBOX`]],
    ['LIST with another name', 'LIST "" Archive', []],
    ['SEARCH ALL', 'SEARCH ALL', ['* SEARCH 1 2 3']],
    ['SEARCH UNSEEN, of which there are none', 'SEARCH UNSEEN', ['* SEARCH']],
    ['UID SEARCH with a set', 'UID SEARCH UID 2:*', ['* SEARCH 2 3']],
    [
      'FETCH with flags and size',
      'FETCH 1:2 (FLAGS RFC822.SIZE)',
      [
        String.raw`* 1 FETCH (FLAGS (\Seen) RFC822.SIZE 4711)`,
        String.raw`* 2 FETCH (FLAGS (\Seen) RFC822.SIZE 4711)`,
      ],
    ],
    ['UID FETCH with a UID', 'UID FETCH 3 (FLAGS)', [String.raw`* 3 FETCH (UID 3 FLAGS (\Seen))`]],
    ['NOOP', 'NOOP', []],
  ] as const)('%s', async (_name, command, expected) => {
    const dialogue = await imapSession();
    await dialogue.say('a1 EXAMINE INBOX');
    const lines = await linesOf(dialogue, `a2 ${command}`, /^a2 /);
    expect(lines.slice(0, -1)).toEqual(expected);
    expect(lines.at(-1)).toMatch(/^a2 OK /);
    dialogue.close();
  });

  test('a part of a message with the size that it has', async () => {
    const dialogue = await imapSession();
    await dialogue.say('a1 EXAMINE INBOX');
    const lines = await linesOf(dialogue, 'a2 FETCH 1 BODY.PEEK[]', /^a2 /);
    const size = Number(/\{(\d+)\}$/.exec(lines[0] ?? '')?.[1]);
    expect(size).toBe(4711);
    expect(`${lines.slice(1, -2).join('\r\n')}\r\n`).toHaveLength(size);
    expect(lines.at(-2)).toBe(')');
    dialogue.close();
  });

  test.each(['FETCH 1 NONSENSE', 'STATUS INBOX (NONSENSE)', 'LIST'])(
    '%s with an argument error',
    async (command) => {
      const dialogue = await imapSession();
      await dialogue.say('a1 EXAMINE INBOX');
      expect(await dialogue.say(`a2 ${command}`)).toBe('a2 BAD Command Argument Error. 11');
      dialogue.close();
    },
  );

  test('no FETCH before a mailbox is open', async () => {
    const dialogue = await imapSession();
    expect(await dialogue.say('a2 FETCH 1 FLAGS')).toBe('a2 BAD Command received in Invalid state.');
    dialogue.close();
  });

  test('IDLE until it is done', async () => {
    const dialogue = await imapSession();
    await dialogue.say('a1 EXAMINE INBOX');
    expect(await dialogue.say('a2 IDLE')).toMatch(/^\+ IDLE accepted/);
    dialogue.send('DONE');
    expect(await dialogue.read()).toBe('a2 OK IDLE completed.');
    dialogue.close();
  });
});

describe('POP3 answers', () => {
  test.each([
    ['LIST 2', '+OK 2 4711'],
    ['UIDL 3', '+OK 3 40003'],
    ['LIST 4', '-ERR The specified message is out of range.'],
    ['DELE 1', '-ERR Command is not valid in this state.'],
  ])('%s', async (command, expected) => {
    const dialogue = await popSession();
    expect(await dialogue.say(command)).toBe(expected);
    dialogue.close();
  });

  test('TOP with the header and so many lines', async () => {
    const dialogue = await popSession();
    const lines = await linesOf(dialogue, 'TOP 1 1', /^\.$/);
    expect(lines[0]).toBe('+OK');
    expect(lines).toContain('Subject: Simulated message 1');
    expect(lines.slice(lines.indexOf(''))).toHaveLength(3);
    dialogue.close();
  });

  test('RETR with all of it', async () => {
    const dialogue = await popSession();
    const lines = await linesOf(dialogue, 'RETR 1', /^\.$/);
    expect(`${lines.slice(1, -1).join('\r\n')}\r\n`).toHaveLength(4711);
    dialogue.close();
  });
});

test('its certificate carries further names', async () => {
  const socket = connect({ ...sandbox.imap, ca: sandbox.ca, servername: 'outlook.office365.com' });
  await once(socket, 'secureConnect');
  expect(socket.authorized).toBe(true);
  socket.destroy();
});

test('a refusing greeting outlives a handshake that takes its time', async () => {
  const ending = Promise.withResolvers<void>();
  // Lingering is over at once; what waits for the handshake waits as long as the connection lasts.
  const hasty = await createSandbox({
    certificateAuthority,
    wait: async (ms, signal) => {
      ending.resolve();
      if (ms > LINGER_MS && !signal.aborted) await once(signal, 'abort');
    },
  });
  hasty.change(({ faults }) => {
    faults.imap = { kind: 'bye' };
  });
  // A relay that holds the client's first bytes back until the server has said all that it has to say.
  const relayOnceEnding = async (upstream: Socket, hello: Buffer, client: Socket): Promise<void> => {
    await ending.promise;
    upstream.write(hello);
    client.pipe(upstream);
    upstream.pipe(client);
  };
  const relay = createServer((client) => {
    const upstream = connectTcp(hasty.imap);
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.once('data', (hello) => {
      client.pause();
      void relayOnceEnding(upstream, hello, client);
    });
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const dialogue = await openDialogue({ host: '127.0.0.1', port: portOf(relay) }, hasty.ca);
  expect(await dialogue.read()).toBe('* BYE Server Unavailable. 15');
  dialogue.close();
  relay.close();
  await hasty.close();
});

describe("Entra's older endpoints", () => {
  const form = (parameters: Readonly<Record<string, string>>): string =>
    new URLSearchParams(parameters).toString();
  const post = async (body: string) =>
    await ask(`${sandbox.authority}/${sandbox.tenant.id}/oauth2/token`, {
      ca: sandbox.ca,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
  const credentials = (): Readonly<Record<string, string>> => ({
    grant_type: 'client_credentials',
    client_id: sandbox.tenant.applications[0]?.appId ?? '',
    client_secret: sandbox.tenant.applications[0]?.secrets[0]?.value ?? '',
  });

  test('take a resource, and answer with strings', async () => {
    const answer = jsonOf(await post(form({ ...credentials(), resource: 'https://outlook.office365.com' })));
    expect(answer).toMatchObject({
      expires_in: expect.stringMatching(/^\d+$/),
      resource: 'https://outlook.office365.com',
    });
  });

  test('want a resource', async () => {
    expect(jsonOf(await post(form(credentials()))).error_description).toMatch(/^AADSTS50001:/);
  });

  test.each([
    ['the own host', (authority: string) => authority, 200],
    ['a host of Entra', () => 'https://login.microsoftonline.com/common/oauth2/authorize', 200],
    ['an unknown host', () => 'https://login.contoso.example/common/oauth2/authorize', 400],
  ] as const)('instance discovery of %s', async (_name, endpoint, status) => {
    const query = new URLSearchParams({
      'api-version': '1.1',
      authorization_endpoint: endpoint(sandbox.authority),
    });
    const answer = await ask(`${sandbox.authority}/common/discovery/instance?${query.toString()}`, {
      ca: sandbox.ca,
    });
    expect(answer.status).toBe(status);
    expect(answer.text.includes('AADSTS50049')).toBe(status === 400);
  });

  test('the discovery document names the older paths', async () => {
    const answer = await ask(`${sandbox.authority}/${sandbox.tenant.id}/.well-known/openid-configuration`, {
      ca: sandbox.ca,
    });
    expect(jsonOf(answer).token_endpoint).toMatch(/\/oauth2\/token$/);
    expect(jsonOf(answer).issuer).toBe(`https://sts.windows.net/${sandbox.tenant.id}/`);
  });
});
