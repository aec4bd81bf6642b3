/**
 * imapflow on the socket of a probe: it sends the commands and reads the answers. The verbatim text of the server comes
 * from the line reader, which sees the same bytes. Used by imap.ts only.
 *
 * Two internals of imapflow are replaced; therefore its version is pinned, and the contract suite guards it.
 * `startSession` would also send ID, NAMESPACE, COMPRESS and ENABLE, and prefer OAUTHBEARER. `throttleWait` would wait
 * for a part of the time that a throttling server asks for.
 */
import type { Socket } from 'node:net';
import { ImapFlow } from 'imapflow';
import type { Failure } from '../../model/evidence.ts';
import { createImapAnswers, type Parsed } from './imap-answers.ts';
import type { LineReader } from './line-reader.ts';
import { StageFailure } from '../stage-failure.ts';

/** Longer than any deadline of a probe: the library's own time-outs must never fire first. */
const LIBRARY_TIMEOUT_MS = 86_400_000;

interface Atom {
  readonly type: 'ATOM';
  readonly value: string;
  readonly sensitive?: true;
}

class ReadOnlyImapFlow extends ImapFlow {
  // In the library, but not in its types.
  declare readonly tagCounter: number;
  declare readonly run: (command: string) => Promise<unknown>;
  declare readonly exec: (
    command: string,
    attributes: readonly Atom[],
    options: { readonly onPlusTag?: () => Promise<void> },
  ) => Promise<{ readonly next: () => void }>;

  constructor(socket: Socket) {
    super({
      // Not used: the socket is connected already.
      host: 'localhost',
      port: 993,
      secure: true,
      logger: false,
      transport: {
        connect: (_options, onConnect) => {
          queueMicrotask(onConnect);
          return socket;
        },
      },
      connectionTimeout: LIBRARY_TIMEOUT_MS,
      greetingTimeout: LIBRARY_TIMEOUT_MS,
      socketTimeout: LIBRARY_TIMEOUT_MS,
    });
    // imapflow reports late errors as events; the line reader has them first.
    this.on('error', () => {});
  }

  async startSession(): Promise<void> {
    await this.run('CAPABILITY');
  }

  async throttleWait(): Promise<boolean> {
    return await Promise.resolve(false);
  }
}

export interface ImapClient {
  /** In upper case; empty where the server does not list them. */
  readonly capabilities: readonly string[];
  /** Never rejects. */
  readonly command: (command: Command) => Promise<Parsed & { readonly failure?: Failure }>;
  readonly close: () => void;
}

export interface Command {
  readonly name: 'AUTHENTICATE' | 'EXAMINE' | 'LOGOUT';
  readonly argument?: string;
  /** Follows the argument. */
  readonly sensitive?: string;
  /** Answers a `+`; without it, a `+` is a protocol violation. */
  readonly onContinue?: () => void;
}

/**
 * The library parses `greeting` again: capabilities in it save a round trip. Rejects with a `StageFailure` where the
 * connection has ended.
 */
export async function createImapClient(reader: LineReader, greeting: string): Promise<ImapClient> {
  assertOpen(reader);
  const answers = createImapAnswers(reader, () => client.tagCounter.toString(16).toUpperCase());
  answers.begin('CAPABILITY');
  reader.noteSent('CAPABILITY');
  reader.expect({ what: 'the answer to CAPABILITY', begins: /^[*0-9A-F]/ });
  const client = new ReadOnlyImapFlow(reader.share(greeting, answers.parse));
  // Its error is not passed on, because it may hold data that we sent. The line reader knows why the connection ended.
  await client.connect().catch(() => {});
  assertOpen(reader);
  return {
    capabilities: [...client.capabilities.keys()],
    command: async ({ name, argument, sensitive, onContinue }) => {
      answers.begin(name);
      const response = sensitive === undefined ? '' : ' [SASL response]';
      reader.noteSent(`${name}${argument === undefined ? '' : ` ${argument}`}${response}`);
      reader.expect({
        what: `the answer to ${name}`,
        begins: onContinue === undefined ? /^[*0-9A-F]/ : /^[*+0-9A-F]/,
      });
      const attributes: readonly Atom[] = [
        ...(argument === undefined ? [] : [{ type: 'ATOM', value: argument } as const]),
        ...(sensitive === undefined ? [] : [{ type: 'ATOM', value: sensitive, sensitive: true } as const]),
      ];
      const onPlusTag = async (): Promise<void> => await Promise.resolve(onContinue?.());
      await client.exec(name, attributes, onContinue === undefined ? {} : { onPlusTag }).then(
        (answer) => answer.next(),
        () => {},
      );
      const failure = answers.failure();
      return { ...answers.parsed(), ...(failure === undefined ? {} : { failure }) };
    },
    close: () => client.close(),
  };
}

function assertOpen(reader: LineReader): void {
  const failure = reader.failure();
  if (failure !== undefined) throw new StageFailure(failure);
}
