/**
 * A mail server that a test scripts step by step; steps without a script are healthy. It speaks the protocol of its
 * dialect, over implicit TLS or after STARTTLS.
 */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Protocol } from '../../src/model/protocol.ts';
import type { IssuedCertificate } from '../../src/sandbox/certificates.ts';

/** A step of the client: it connected, or sent a line. */
export type StepName =
  | 'greeting'
  | 'capabilities'
  | 'starttls'
  /** AUTH without a response: the server requests it. */
  | 'prompt'
  | 'auth'
  /** The empty line that answers an error challenge. */
  | 'challenged'
  | 'open'
  | 'logout';

export interface Peer {
  /** The tag of the current command; empty in POP3. */
  readonly tag: string;
  /** One or more lines, without the last line end. In one packet, unless the server splits. */
  readonly say: (text: string) => void;
  readonly write: (bytes: string | Buffer) => void;
  /** The bytes for ever, as fast as they are taken. */
  readonly flood: (bytes: string) => void;
  readonly hangUp: () => void;
  /** FIN only: what the client still sends is read. */
  readonly halfClose: () => void;
  readonly reset: () => void;
  /** No TLS follows the positive reply: the test continues in plain text. */
  readonly hold: () => void;
  /** When the client has sent more. */
  readonly onBytes: (run: () => void) => void;
  /** When both sides have closed the connection. */
  readonly onClosed: (run: () => void) => void;
  /** The client's last line. */
  readonly line: string;
}

export interface Step {
  readonly step: StepName;
  readonly tag: string;
}

export type Act = (peer: Peer) => void;

export interface Dialect {
  readonly protocol: Protocol;
  readonly step: (line: string, last: Step) => Step;
  /** A healthy server with three messages. */
  readonly healthy: Readonly<Record<StepName, Act>>;
  /** The final refusal of the current command. */
  readonly refuse: (words: string) => Act;
  /** A SASL continuation. */
  readonly challenge: (base64: string) => Act;
  /** A greeting that turns the client away. */
  readonly turnAway: (words: string) => Act;
  readonly greet: (words: string) => Act;
  /** Capabilities without this one. */
  readonly offerWithout: (word: string) => Act;
}

export interface FakeMailServer {
  readonly port: number;
  /** Its deviations from a healthy server, by step. Set before each probe. */
  script: Partial<Record<StepName, Act>>;
  /** Every byte in a packet of its own. */
  split: boolean;
  /** What clients have sent, line by line: before TLS, and after. */
  readonly plain: string[];
  readonly parsed: string[];
  readonly close: () => Promise<void>;
}

export interface FakeMailServerOptions {
  readonly dialect: Dialect;
  readonly certificate: IssuedCertificate;
  readonly tls: 'implicit' | 'starttls';
}

export async function startFakeMailServer(options: FakeMailServerOptions): Promise<FakeMailServer> {
  const { dialect, certificate, tls } = options;
  const secureContext = createSecureContext(certificate);
  const connections = new Set<Socket>();

  const server = createServer({ noDelay: true, allowHalfOpen: true }, (raw) => {
    connections.add(raw);
    raw.on('error', () => {}).on('close', () => connections.delete(raw));
    if (tls === 'implicit') secureThen(raw, true);
    else converse(raw, raw, fake.plain, true);
  });

  const secureThen = (raw: Socket, greets: boolean): void => {
    const socket = new TLSSocket(raw, { isServer: true, secureContext });
    socket
      .on('error', () => raw.destroy())
      .on('end', () => raw.destroy())
      .resume();
    // A step of ours must not cut the handshake short.
    socket.once('secure', () => converse(raw, socket, fake.parsed, greets));
  };

  const converse = (raw: Socket, socket: Socket, log: string[], greets: boolean): void => {
    let last: Step = { step: 'greeting', tag: '' };
    let rest = '';
    let held = false;
    const hold = (): void => {
      held = true;
    };
    const act = (step: Step, line: string): void => {
      last = step;
      const todo = fake.script[step.step] ?? dialect.healthy[step.step];
      todo({ ...createPeer(raw, socket, fake.split), tag: step.tag, line, hold });
    };
    const onData = (chunk: Buffer): void => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        log.push(line);
        const step = dialect.step(line, last);
        if (step.step === 'starttls') socket.off('data', onData);
        act(step, line);
        if (step.step === 'starttls' && !held && !raw.destroyed) secureThen(raw, false);
      }
    };
    socket.on('data', onData).on('end', () => raw.destroy());
    if (greets) act(last, '');
  };

  const fake: FakeMailServer = {
    port: 0,
    script: {},
    split: false,
    plain: [],
    parsed: [],
    close: async () => {
      for (const connection of connections) connection.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return Object.assign(fake, { port: typeof address === 'object' ? (address?.port ?? 0) : 0 });
}

function createPeer(raw: Socket, socket: Socket, split: boolean): Omit<Peer, 'tag' | 'line' | 'hold'> {
  const write = (bytes: string | Buffer): void => {
    if (!split) socket.write(bytes);
    else for (const byte of Buffer.from(bytes)) socket.write(Buffer.from([byte]));
  };
  return {
    write,
    say: (text) => write(`${text.replaceAll('\n', '\r\n')}\r\n`),
    flood: (bytes) => {
      const block = bytes.repeat(Math.ceil(16_384 / bytes.length));
      const pour = (): void => {
        while (!raw.destroyed && socket.write(block));
        if (!raw.destroyed) socket.once('drain', pour);
      };
      pour();
    },
    hangUp: () => raw.destroy(),
    halfClose: () => {
      socket.end();
    },
    reset: () => raw.resetAndDestroy(),
    onBytes: (run) => void socket.once('data', run),
    onClosed: (run) => void raw.once('close', run),
  };
}
