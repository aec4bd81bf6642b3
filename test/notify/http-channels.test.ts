/** The contract of every channel that speaks HTTP, over real sockets: what a good receiver gets, and what bad ones cannot do. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { AdaptiveCard, Versions } from 'adaptivecards';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ChannelSettings, UrlSource } from '../../src/model/notification.ts';
import type { NetworkOptions } from '../../src/model/target.ts';
import type { SendResult } from '../../src/notify/channel.ts';
import { createChannel } from '../../src/notify/create-channel.ts';
import { parseSigningKeys } from '../../src/model/signing-keys.ts';
import { createCertificateAuthority, type CertificateAuthority } from '../../src/sandbox/certificates.ts';
import { startHttpProxy } from '../fakes/proxy-http.ts';
import { freePorts } from '../support/free-ports.ts';
import { expectNothingLeft } from '../support/leaks.ts';
import { hostOf, listen } from '../support/listener.ts';
import { aMessage, CANARY, someEdges } from './edges.ts';

const KEY = `whsec_${randomBytes(32).toString('base64')}`;
const SECRETS = { KEY, TOKEN: CANARY, URL: 'unused' };
const closers: (() => Promise<void>)[] = [];
let authority: CertificateAuthority;

beforeAll(async () => {
  authority = await createCertificateAuthority('Test Root');
});

afterEach(async () => {
  await Promise.all(closers.splice(0).map(async (close) => await close()));
});

const CHANNELS: readonly (readonly [string, (url: UrlSource) => ChannelSettings])[] = [
  ['webhook', (url) => ({ id: 'w', type: 'webhook', url, secret: { from: 'env', name: 'KEY' } })],
  [
    'alertmanager',
    (url) => ({
      id: 'a',
      type: 'alertmanager',
      url,
      token: { from: 'env', name: 'TOKEN' },
    }),
  ],
  ['teams', (url) => ({ id: 't', type: 'teams', url })],
];

interface Request {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

async function receiver(
  answer: (response: ServerResponse) => void,
): Promise<{ readonly url: URL; readonly requests: readonly Request[] }> {
  const requests: Request[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { url = '', headers } = request;
      requests.push({ path: url, headers, body: Buffer.concat(chunks).toString() });
      answer(response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: new URL(`http://127.0.0.1:${address.port}/hook?code=1`), requests };
}

async function send(
  settingsFor: (url: UrlSource) => ChannelSettings,
  url: URL,
  network: NetworkOptions = {},
  signal = new AbortController().signal,
): Promise<SendResult> {
  const channel = createChannel(settingsFor({ from: 'text', url }), someEdges(network, SECRETS));
  return await channel.send(aMessage(), signal);
}

/** What is never true of a failure's reason. */
function expectFit(result: SendResult): void {
  const text = JSON.stringify(result);
  expect(text).not.toContain(CANARY);
  expect(text.length).toBeLessThan(700);
}

describe.each(CHANNELS)('%s', (name, settingsFor) => {
  test('hands the message over, without any secret in it', async () => {
    const { url, requests } = await receiver((response) => response.writeHead(202).end('1'));
    const result = await expectNothingLeft(async () => await send(settingsFor, url));
    expect(result).toEqual({ outcome: 'accepted', answer: 'HTTP 202: 1' });
    expect(requests.length).toBe(1);
    expect(requests[0]?.body).not.toContain(CANARY);
    expect(requests[0]?.body).toContain('The client secret of app plm has expired');
    expect(requests[0]?.headers['content-type']).toBe('application/json');
    const { authorization, ...headers } = requests[0]?.headers ?? {};
    expect(authorization).toBe(name === 'alertmanager' ? `Bearer ${CANARY}` : undefined);
    expect(JSON.stringify(headers)).not.toContain(CANARY);
  });

  test.each<[string, (response: ServerResponse) => void, SendResult['outcome'], RegExp]>([
    ['a fault of the server', (r) => r.writeHead(500).end(`oops ${CANARY}`), 'retry', /HTTP 500: oops/],
    ['a redirect', (r) => r.writeHead(302, { location: '/elsewhere' }).end(), 'retry', /redirect/],
    [
      'an HTML page in place of an answer',
      (r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in'),
      'retry',
      /HTML page/,
    ],
    [
      'interim responses without an end',
      (r) => {
        for (let n = 0; n < 100; n += 1) r.writeContinue();
      },
      'retry',
      /more than 16 interim responses/,
    ],
    ['an answer without an end', (r) => r.write('x'.repeat(70_000)), 'retry', /longer than/],
    ['a connection that is cut', (r) => r.destroy(), 'retry', /closed|ECONNRESET/],
    ['a wrong address', (r) => r.writeHead(404).end(), 'retry', /HTTP 404/],
    ['a message that is not taken', (r) => r.writeHead(400).end('bad card'), 'refused', /bad card/],
    ['a receiver that is gone for good', (r) => r.writeHead(410).end(), 'refused', /410/],
  ])('%s is reported, once, and nothing is left', async (_, answer, outcome, reason) => {
    const { url, requests } = await receiver(answer);
    const result = await expectNothingLeft(async () => await send(settingsFor, url));
    expect(result).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    expectFit(result);
    expect(requests.length).toBe(1);
  });

  test.each([
    ['120', 120_000],
    ['999999999', 6 * 3_600_000],
    ['soon', undefined],
  ])('a pause of %s is passed on', async (retryAfter, afterMs) => {
    const { url } = await receiver((r) => r.writeHead(429, { 'retry-after': retryAfter }).end());
    const result = await send(settingsFor, url);
    expect(result).toEqual({
      outcome: 'retry',
      reason: 'HTTP 429',
      ...(afterMs === undefined ? {} : { afterMs }),
    });
  });

  test.each<[string, (socket: Socket, began: () => void) => void]>([
    ['says nothing', (socket, began) => void socket.once('data', began)],
    [
      'drips its answer',
      (socket, began) =>
        void socket.once('data', () => {
          socket.write('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nx');
          began();
        }),
    ],
  ])('a server that %s is left when the time is over', async (_, serve) => {
    const over = new AbortController();
    const listener = await listen((socket) => serve(socket, () => over.abort()));
    closers.push(listener.close);
    const url = new URL(`http://${hostOf(listener)}/`);
    const result = await expectNothingLeft(async () => await send(settingsFor, url, {}, over.signal));
    expect(result).toEqual({ outcome: 'retry', reason: `no answer from ${url.host} to POST in time` });
  });

  test('a certificate of nobody that is trusted, or of another name, gets not a byte', async () => {
    const other = await authority.issue({ commonName: 'other', names: ['other.example'] });
    const stranger = await createCertificateAuthority('Stranger');
    const strange = await stranger.issue({ commonName: 'localhost', names: ['localhost'] });
    for (const { cert, key } of [other, strange]) {
      let received = 0;
      const listener = await listen(
        (socket) => void socket.on('data', (data: Buffer) => (received += data.length)),
        { tls: { cert, key } },
      );
      closers.push(listener.close);
      const url = new URL(`https://localhost:${listener.port}/`);
      const result = await expectNothingLeft(
        async () => await send(settingsFor, url, { ca: authority.cert }),
      );
      expect(result.outcome).toBe('retry');
      expectFit(result);
      expect(received).toBe(0);
    }
  });

  test('a server that speaks no TLS', async () => {
    const listener = await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    closers.push(listener.close);
    const url = new URL(`https://localhost:${listener.port}/`);
    expect(await send(settingsFor, url)).toMatchObject({ outcome: 'retry' });
  });

  test('a port where nobody listens', async () => {
    const [port] = await freePorts(1);
    const url = new URL(`http://127.0.0.1:${port}/`);
    expect(await send(settingsFor, url)).toMatchObject({
      outcome: 'retry',
      reason: expect.stringMatching(/./),
    });
  });

  test('goes through the proxy, and reports one that refuses', async () => {
    const { url, requests } = await receiver((response) => response.writeHead(200).end());
    const open = await startHttpProxy();
    const shut = await startHttpProxy({ credentials: { user: 'u', password: CANARY } });
    closers.push(open.close, shut.close);
    expect(await send(settingsFor, url, { proxy: open.url })).toMatchObject({ outcome: 'accepted' });
    expect(open.requests[0]).toMatch(/^CONNECT 127\.0\.0\.1:/);
    const refused = await send(settingsFor, url, { proxy: shut.urlWith('u', 'wrong') });
    expect(refused).toMatchObject({ outcome: 'retry' });
    expectFit(refused);
    expect(requests.length).toBe(1);
  });

  test('a URL or key that cannot be read is a failure that says where it should stand', async () => {
    const channel = createChannel(settingsFor({ from: 'env', name: 'NOWHERE' }), someEdges({}, SECRETS));
    const result = await channel.send(aMessage(), new AbortController().signal);
    expect(result).toEqual({ outcome: 'retry', reason: 'the environment variable NOWHERE: it is not set' });
  });
});

describe('webhook', () => {
  const webhook = CHANNELS[0]?.[1];
  if (webhook === undefined) throw new Error('no webhook');

  test('is verified by the public package, with the old and with the new key', async () => {
    const next = `whsec_${randomBytes(24).toString('base64')}`;
    const { url, requests } = await receiver((response) => response.writeHead(204).end());
    const channel = createChannel(
      webhook({ from: 'text', url }),
      someEdges({}, { KEY: `${KEY}\n${next}\n` }),
    );
    await channel.send(aMessage(), new AbortController().signal);
    const [request] = requests;
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(request?.headers ?? {})) headers[name] = String(value);
    expect(headers['webhook-id']).toBe(aMessage().id);
    for (const key of [KEY, next]) {
      expect(new Webhook(key).verify(request?.body ?? '', headers)).toMatchObject({
        type: 'incident.opened',
        timestamp: '2026-11-22T12:01:00.000Z',
        data: { title: '2 mailboxes down: The client secret of app plm has expired', severity: 'critical' },
      });
    }
    const stranger = `whsec_${randomBytes(24).toString('base64')}`;
    expect(() => new Webhook(stranger).verify(request?.body ?? '', headers)).toThrow(/signature/i);
    expect(() => new Webhook(KEY).verify(`${request?.body} `, headers)).toThrow(/signature/i);
  });

  test.each([
    ['', /^expected a signing key, got an empty file$/],
    [CANARY, /line 1 of the signing keys, got a text of 28 characters/],
    [`${KEY}\nwhsec_c2hvcnQ=`, /line 2/],
  ])('a key file that holds none (%#) is named without its content', (text, message) => {
    const parsed = parseSigningKeys(text);
    expect(parsed).toEqual(expect.stringMatching(message));
    expect(parsed).not.toContain(CANARY);
  });
});

describe('teams', () => {
  const teams = CHANNELS[2]?.[1];
  if (teams === undefined) throw new Error('no teams');

  test("sends a card that Microsoft's own parser takes, with a summary for the phone", async () => {
    const { url, requests } = await receiver((response) => response.writeHead(202).end());
    await send(teams, url);
    const body = JSON.parse(requests[0]?.body ?? '');
    expect(body.summary).toBe('2 mailboxes down: The client secret of app plm has expired');
    const card = new AdaptiveCard();
    card.version = Versions.v1_4;
    card.parse(body.attachments[0].content);
    expect(card.validateProperties().validationEvents).toEqual([]);
    // What the parser did not know it left out.
    expect(card.getItemCount()).toBe(body.attachments[0].content.body.length);
    expect(card.toJSON()).toMatchObject({ version: '1.4', fallbackText: body.summary });
  });

  test('fits into what Teams takes, however long a message is', async () => {
    const { url, requests } = await receiver((response) => response.writeHead(202).end());
    const channel = createChannel(teams({ from: 'text', url }), someEdges());
    const sections = Array.from({ length: 60 }, (_, at) => ({
      heading: `Part ${at}`,
      steps: [{ text: 'x'.repeat(3_000) }],
    }));
    await channel.send(aMessage({ sections }), new AbortController().signal);
    expect(requests[0]?.body.length).toBeLessThan(28_000);
  });
});
