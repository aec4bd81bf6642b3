/**
 * A fake Entra, mail server and webhook in a process of its own, which notes who probes which mailbox and when: each
 * replica has a secret of its own, and the token that it gets for it names the replica. Forked by `cluster-world.ts`.
 */
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { portOf } from '../../test/support/port-of.ts';
import { answerWith } from '../chaos/forked.ts';
import { fakeTokenAnswer } from '../fake-token.ts';
import type { Seen, SeenMessage, SeenProbe, TenantPorts, TenantRequest } from './tenant.ts';

const authority = await createCertificateAuthority('chaos');
const issued = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] });

let failing: ReadonlySet<string> = new Set();
let probes: SeenProbe[] = [];
let messages: SeenMessage[] = [];

/** What happens between two turns of the event loop happened at the earliest at the end of the first. */
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
  // The secret is `replica-NAME-…`.
  const replica = form.get('client_secret')?.split('-')[1] ?? '';
  response.end(fakeTokenAnswer(form.get('client_id') ?? '', replica));
}

const token = createHttpsServer(issued, (request, response) => void giveToken(request, response));

/** The mailbox, and the replica that the token was issued to. */
function login(sasl: string): { readonly mailbox: string; readonly replica: string } {
  const text = Buffer.from(sasl, 'base64').toString();
  const mailbox = /user=([^@]*)@/.exec(text)?.[1] ?? '';
  const payload = /Bearer [^.]*\.([^.]*)\./.exec(text)?.[1] ?? '';
  const claims: { readonly uti?: string } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}');
  return { mailbox, replica: claims.uti ?? '' };
}

interface Session {
  readonly admits: (sasl: string) => boolean;
  readonly end: () => void;
}

/** One line in, one answer out. */
function serve(
  socket: TLSSocket,
  protocol: SeenProbe['protocol'],
  answer: (line: string, session: Session) => string,
): void {
  const from = lastTurn;
  let probe: SeenProbe | undefined;
  const session: Session = {
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
  const connectedAt = Date.now();
  let rest = '';
  socket.on('error', () => undefined).setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (!socket.destroyed) socket.write(answer(line, session));
  });
}

const imap = createTlsServer(issued, (socket) => {
  serve(socket, 'imap', (line, { admits, end }) => {
    const [tag = '', command = '', , sasl = ''] = line.split(' ');
    switch (command.toUpperCase()) {
      case 'CAPABILITY':
        return `* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n${tag} OK CAPABILITY completed.\r\n`;
      case 'AUTHENTICATE':
        return admits(sasl) ? `${tag} OK AUTHENTICATE completed.\r\n` : `${tag} NO AUTHENTICATE failed.\r\n`;
      case 'EXAMINE':
        return `* 42 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY 14] UIDVALIDITY value\r\n${tag} OK [READ-ONLY] EXAMINE completed.\r\n`;
      case 'LOGOUT':
        end();
        return `* BYE signing off.\r\n${tag} OK LOGOUT completed.\r\n`;
      default:
        return `${tag} BAD Command Error. 11\r\n`;
    }
  });
  socket.write('* OK The Microsoft Exchange IMAP4 service is ready.\r\n');
});

const pop3 = createTlsServer(issued, (socket) => {
  let isLogin = false;
  serve(socket, 'pop3', (line, { admits, end }) => {
    if (isLogin) {
      isLogin = false;
      return admits(line)
        ? '+OK User successfully authenticated.\r\n'
        : '-ERR Authentication failure: unknown user name or bad password.\r\n';
    }
    switch (line.split(' ')[0]?.toUpperCase()) {
      case 'CAPA':
        return '+OK\r\nSASL XOAUTH2\r\n.\r\n';
      case 'AUTH':
        isLogin = true;
        return '+ \r\n';
      case 'STAT':
        return '+OK 42 123456\r\n';
      case 'QUIT':
        end();
        return '+OK signing off.\r\n';
      default:
        return '-ERR Protocol error. 14\r\n';
    }
  });
  socket.write('+OK The Microsoft Exchange POP3 service is ready.\r\n');
});

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
