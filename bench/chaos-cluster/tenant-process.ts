/**
 * A fake Entra, mail server and webhook in its own process. It records which replica probes which mailbox and when.
 * Each replica has its own secret, and its token names the replica. Forked by `cluster-world.ts`.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { portOf } from '../../test/support/port-of.ts';
import { answerWith } from '../chaos/forked.ts';
import { fakeMail, type FakeSession } from '../fake-mail.ts';
import { fakeTokenAnswer } from '../fake-token.ts';
import type { Seen, SeenMessage, SeenProbe, TenantPorts, TenantRequest } from './tenant.ts';

const authority = await createCertificateAuthority('chaos');
const issued = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] });

let failing: ReadonlySet<string> = new Set();
let probes: SeenProbe[] = [];
let messages: SeenMessage[] = [];

/**
 * The earliest time at which a connection that is accepted now can have begun: the end of the last turn of the event
 * loop.
 */
let lastTurn = Date.now();
setInterval(() => (lastTurn = Date.now()), 5);

async function textOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

async function giveToken(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await textOf(request));
  response.setHeader('content-type', 'application/json');
  // The secret has the form `replica-NAME-…`.
  const replica = form.get('client_secret')?.split('-')[1] ?? '';
  response.end(fakeTokenAnswer(form.get('client_id') ?? '', replica));
}

const token = createHttpsServer(issued, (request, response) => void giveToken(request, response));

/** Returns the mailbox, and the replica to which the token was issued. */
function login(sasl: string): { readonly mailbox: string; readonly replica: string } {
  const text = Buffer.from(sasl, 'base64').toString();
  const mailbox = /user=([^@]*)@/.exec(text)?.[1] ?? '';
  const payload = /Bearer [^.]*\.([^.]*)\./.exec(text)?.[1] ?? '';
  const claims: { readonly uti?: string } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}');
  return { mailbox, replica: claims.uti ?? '' };
}

/** Records the probe that logs in over this connection, and when it ended. */
function sessionOf(protocol: SeenProbe['protocol']): FakeSession {
  const from = lastTurn;
  const connectedAt = Date.now();
  let probe: SeenProbe | undefined;
  return {
    admits: (sasl) => {
      const { mailbox, replica } = login(sasl);
      probe = { mailbox, replica, protocol, from, until: connectedAt };
      probes.push(probe);
      return !failing.has(mailbox);
    },
    end: () => {
      if (probe !== undefined) probes.push({ ...probe, ended: Date.now() });
    },
  };
}

const { imap, pop3 } = fakeMail(issued, sessionOf);

interface HookBody {
  readonly type: string;
  readonly data?: { readonly incident?: { readonly id: string } };
}

async function takeMessage(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { type, data }: HookBody = JSON.parse(await textOf(request));
  messages.push({ id: String(request.headers['webhook-id']), type, incident: data?.incident?.id });
  response.end();
}

const hook = createHttpServer((request, response) => void takeMessage(request, response));

for (const server of [token, imap, pop3, hook]) {
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', 4_096, resolve));
}

answerWith(async (text): Promise<TenantPorts | Seen> => {
  const request: TenantRequest = JSON.parse(text);
  if (request.ask === 'ports')
    return {
      token: portOf(token),
      imap: portOf(imap),
      pop3: portOf(pop3),
      hook: portOf(hook),
      ca: authority.cert,
    };
  if (request.ask === 'fail') failing = new Set(request.mailboxes);
  const seen = { probes, messages };
  if (request.ask === 'take') {
    probes = [];
    messages = [];
  }
  return request.ask === 'take' ? seen : { probes: [], messages: [] };
});
