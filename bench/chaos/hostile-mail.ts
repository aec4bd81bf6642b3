/**
 * Mail servers that attack a client: floods, drips, garbage, silence, and answers that contain every token that the
 * servers received. Each behavior is one function of a connection, for both IMAP and POP3. Used by `run-chaos.ts`.
 */
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { Protocol } from '../../src/model/protocol.ts';
import type { IssuedCertificate } from '../../src/sandbox/certificates.ts';
import { listen, type Listener } from '../../test/support/listener.ts';
import { floodKeyUpdates, floodRenegotiations } from './hostile-tls.ts';

interface Session {
  readonly socket: Socket;
  readonly raw: Socket;
  readonly protocol: Protocol;
  /** Everything that the client has sent so far, with base64 decoded. */
  readonly received: () => string;
  /** The server's traffic secret of TLS 1.3. */
  readonly secret: Buffer | undefined;
}

type Behavior = (session: Session) => void;

const RENEGOTIATIONS = 'renegotiations without an end';
const WANTS_CERTIFICATE = 'a demand for a certificate';
const DRIP_MS = 20;
const FLOOD_BYTES = 8 * 1024 * 1024;
const GREETINGS: Readonly<Record<Protocol, string>> = { imap: '* OK ready\r\n', pop3: '+OK ready\r\n' };

/** Writes until the client hangs up, or the limit is reached. */
function flood({ socket }: Session, text: string): void {
  const chunk = Buffer.from(text.repeat(Math.ceil(16_384 / text.length)));
  let left = FLOOD_BYTES;
  const write = (): void => {
    while (left > 0 && !socket.destroyed) {
      left -= chunk.length;
      if (!socket.write(chunk)) return void socket.once('drain', write);
    }
    socket.destroy();
  };
  write();
}

function drip({ socket }: Session, text: string): void {
  let at = 0;
  const timer = setInterval(() => socket.write(text[at++ % text.length] ?? ''), DRIP_MS);
  socket.once('close', () => clearInterval(timer));
}

/** Works until the login, and then sends what `answer` makes of the text that the client sent. */
function afterLogin(
  { socket, protocol, received }: Session,
  answer: (tag: string, said: string) => string,
): void {
  socket.write(GREETINGS[protocol]);
  socket.on('data', (chunk: Buffer) => {
    const line = chunk.toString('latin1').trim();
    const [tag = '', command = ''] = line.split(' ');
    if (/^CAPA$/i.test(line)) socket.write('+OK\r\nSASL XOAUTH2\r\n.\r\n');
    else if (/^AUTH XOAUTH2$/i.test(line)) socket.write('+ \r\n');
    else if (/^CAPABILITY$/i.test(command))
      socket.write(`* CAPABILITY IMAP4rev1 AUTH=XOAUTH2 SASL-IR\r\n${tag} OK done\r\n`);
    else socket.write(answer(protocol === 'imap' ? tag : '', received()));
  });
}

const refuse = (protocol: Protocol, tag: string, text: string): string =>
  protocol === 'imap' ? `${tag} NO ${text}\r\n` : `-ERR ${text}\r\n`;

export const BEHAVIORS: Readonly<Record<string, Behavior>> = {
  silence: () => undefined,
  'closes at once': ({ socket }) => socket.destroy(),
  'resets at once': ({ raw }) => raw.resetAndDestroy(),
  'a line without an end': (session) => flood(session, 'eyJ'),
  'lines without an end': (session) => flood(session, '* OK [ALERT] eyJ\r\n'),
  'empty lines': (session) => flood(session, '\r\n'),
  'NUL bytes': (session) => flood(session, '\0'),
  'a drip': (session) => drip(session, '* OK '),
  'a drip of lines': (session) => drip(session, '* \r\n'),
  'another protocol': ({ socket }) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'),
  'control characters': ({ socket }) => socket.write('* BYE \u001b[2J\u0007<script>alert(1)</script>\r\n'),
  'a greeting and no more': ({ socket, protocol }) => socket.write(GREETINGS[protocol]),
  'the token sent back': (session) =>
    afterLogin(session, (tag, said) => refuse(session.protocol, tag, said.replaceAll(/[\r\n]/g, ' '))),
  'the token sent back in upper case': (session) =>
    afterLogin(session, (tag, said) =>
      refuse(session.protocol, tag, said.toUpperCase().replaceAll(/[\r\n]/g, ' ')),
    ),
  'the token as a challenge': (session) =>
    afterLogin(session, (_, said) => `+ ${Buffer.from(said).toString('base64')}\r\n`),
  'OK and then BYE': (session) =>
    afterLogin(session, (tag) =>
      session.protocol === 'imap' ? `${tag} OK\r\n* BYE\r\n` : '+OK\r\n-ERR\r\n',
    ),
  'challenges without an end': (session) => afterLogin(session, () => '+ \r\n'.repeat(100)),
  'a flood after the login': (session) =>
    afterLogin(session, (tag) => refuse(session.protocol, tag, 'Bearer '.repeat(20_000))),
  'key updates without an end': ({ socket, raw, protocol, secret }) => {
    // The greeting is one record, which must be sent before the keys change.
    socket.write(GREETINGS[protocol], () => {
      if (secret !== undefined) floodKeyUpdates(raw, secret, 1);
    });
  },
  [RENEGOTIATIONS]: ({ socket, protocol }) => {
    socket.write(GREETINGS[protocol], () => floodRenegotiations(socket));
  },
  [WANTS_CERTIFICATE]: () => undefined,
};

/** The TLS options of a behavior. */
const TLS: Readonly<Record<string, TlsOptions>> = {
  [RENEGOTIATIONS]: { maxVersion: 'TLSv1.2' },
  [WANTS_CERTIFICATE]: { requestCert: true, rejectUnauthorized: true },
};

export interface HostileServer extends Listener {
  readonly protocol: Protocol;
  readonly behavior: string;
}

const SASL = /[\w+/=]{40,}/g;

/** `onToken` is called with each access token that a client sends. */
export async function startHostileServer(
  protocol: Protocol,
  behavior: string,
  tls: IssuedCertificate,
  onToken: (token: string) => void,
): Promise<HostileServer> {
  const behave = BEHAVIORS[behavior];
  if (behave === undefined) throw new Error(`There is no behavior "${behavior}".`);
  const secrets = new WeakMap<Socket, Buffer>();
  const listener = await listen(
    (socket, raw) => {
      let received = '';
      socket.on('data', (chunk: Buffer) => {
        if (received.length > 65_536) return;
        received += chunk
          .toString('latin1')
          .replaceAll(SASL, (base64) => Buffer.from(base64, 'base64').toString('latin1'));
        const token = /auth=Bearer ([\w.-]+)/.exec(received)?.[1];
        if (token !== undefined) onToken(token);
      });
      behave({ socket, raw, protocol, received: () => received, secret: secrets.get(socket) });
    },
    {
      tls: { ...tls, ...TLS[behavior] },
      onKeyLog: (line, socket) => {
        const secret = /^SERVER_TRAFFIC_SECRET_0 \w+ (\w+)/.exec(line)?.[1];
        if (secret !== undefined) secrets.set(socket, Buffer.from(secret, 'hex'));
      },
    },
  );
  return { ...listener, protocol, behavior };
}
