/**
 * Runs imapflow on the lines of a probe. imapflow composes the commands, parses the answers and assigns them to
 * commands. The line reader gets every line first, and keeps the server's text. Used by imap.ts only.
 *
 * imapflow's `connect()` and its own reading are not used. They would split the same bytes into lines a second time,
 * hold timers, send ID, NAMESPACE, COMPRESS and ENABLE, and prefer OAUTHBEARER. `throttleWait` is overridden, because it
 * would wait if a server throttles. This file uses members that are internal to imapflow, and a new version may change
 * them. Therefore the version is pinned.
 */
import { ImapFlow } from 'imapflow';
import type { Failure } from '../../model/failure.ts';
import { createImapAnswers, type Parsed } from './imap-answers.ts';
import type { LineReader } from './line-reader.ts';
import { StageFailure } from '../stage-failure.ts';

/**
 * An argument of a command. The SASL response is sent as TEXT, because imapflow checks an ATOM character by character,
 * which takes as long as the rest of a login. A TEXT must not contain a line end.
 */
interface Attribute {
  readonly type: 'ATOM' | 'TEXT';
  readonly value: string;
  readonly sensitive?: true;
}

/** Writes one command, including the line end. */
type Write = (bytes: Uint8Array) => void;

class ReadOnlyImapFlow extends ImapFlow {
  // The types of the library do not declare these members.
  declare readonly tagCounter: number;
  declare readonly untaggedCapability: (untagged: never) => Promise<void>;
  declare readonly sectionCapability: (section: never) => Promise<void>;
  declare readonly handleResponse: (data: {
    readonly payload: Buffer;
    readonly literals: [];
  }) => Promise<boolean>;
  declare readonly run: (command: string) => Promise<unknown>;
  declare readonly exec: (
    command: string,
    attributes: readonly Attribute[],
    options: { readonly onPlusTag?: () => Promise<void> },
  ) => Promise<{ readonly next: () => void }>;

  readonly #arrived: string[] = [];
  #isReading = false;

  constructor(write: Write) {
    // Host and port are not used, because the line reader already has the connected socket.
    super({ id: 'probe', host: 'localhost', port: 993, secure: true, logger: false, clientInfo: NO_INFO });
    // imapflow reports late errors as events. The line reader already has them.
    this.on('error', () => {});
    const socket = { destroyed: false, write, destroy: () => {}, removeListener: () => {} };
    // The property is declared as a socket, but imapflow only writes to it. The handlers are members of new objects,
    // because V8 allocates a function that is assigned to a member in the old generation. There it would keep the whole
    // dialogue until the next full garbage collection.
    Object.assign(this, {
      socket,
      writeSocket: socket,
      untaggedHandlers: { CAPABILITY: async (untagged: never) => await this.untaggedCapability(untagged) },
      sectionHandlers: { CAPABILITY: async (section: never) => await this.sectionCapability(section) },
    });
  }

  /** The original would make seven functions for each connection, although none of them logs anything. */
  getLogger(): typeof SILENT {
    return SILENT;
  }

  /**
   * Parses the greeting. If the greeting lists the capabilities, imapflow does not ask for them, which saves a round
   * trip.
   */
  async greeted(greeting: string): Promise<void> {
    if (concernsClient(greeting)) await this.#parse(greeting);
    await this.run('CAPABILITY');
  }

  /** Parses one line at a time. No line is parsed before imapflow has handled the line before it. */
  take(line: string): void {
    this.#arrived.push(line);
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    for (let line = this.#arrived.shift(); line !== undefined; line = this.#arrived.shift())
      await this.#parse(line);
    this.#isReading = false;
  }

  async #parse(line: string): Promise<void> {
    try {
      await this.handleResponse({ payload: Buffer.from(line, 'latin1'), literals: [] });
    } catch {
      // imapflow cannot parse the line, so the command ends. The line reader knows the reason.
      this.close();
    }
  }

  async throttleWait(): Promise<boolean> {
    return await Promise.resolve(false);
  }
}

/**
 * The client information for the command ID, which a probe does not send. Without this value, imapflow would compose
 * its own for each connection.
 */
const NO_INFO = { name: '', version: '', vendor: '', 'support-url': '' };

const SILENT = {
  trace: ignore,
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  fatal: ignore,
  isLevelEnabled: () => false,
};

function ignore(): void {}

/**
 * True if imapflow must parse the line. Of the untagged answers, imapflow needs only the capabilities. Parsing the
 * others would take half of the time of a dialogue. `imap-answers.ts` reads those that are evidence.
 */
function concernsClient(line: string): boolean {
  return !line.startsWith('* ') || /\bCAPABILITY\b/i.test(line);
}

const ANSWER = /^[*0-9A-F]/;
const ANSWER_OR_CONTINUATION = /^[*+0-9A-F]/;

export interface ImapClient {
  /** In upper case. Empty if the server does not list any. */
  readonly capabilities: readonly string[];
  /** Never rejects. */
  readonly command: (command: Command) => Promise<Parsed & { readonly failure?: Failure }>;
}

export interface Command {
  readonly name: 'AUTHENTICATE' | 'EXAMINE' | 'LOGOUT';
  readonly argument?: string;
  /** The SASL response, sent after the argument. */
  readonly sensitive?: string;
  /** Called at each continuation (`+`) of the server. If absent, a continuation violates the protocol. */
  readonly onContinue?: () => void;
}

/** Rejects with a `StageFailure` if the connection has ended. */
export async function createImapClient(reader: LineReader, greeting: string): Promise<ImapClient> {
  assertOpen(reader);
  const answers = createImapAnswers(reader, () => client.tagCounter.toString(16).toUpperCase());
  let shown = 'CAPABILITY';
  const client = new ReadOnlyImapFlow((bytes) => reader.sendAs(bytes, shown));
  answers.begin('CAPABILITY');
  reader.expect({ what: 'the answer to CAPABILITY', begins: ANSWER });
  reader.follow(
    (line) => {
      answers.parse(line);
      if (concernsClient(line)) client.take(line);
    },
    () => client.close(),
  );
  // An error of imapflow is not passed on, because it may hold data that we sent. The line reader knows why the
  // connection ended.
  await client.greeted(greeting).catch(() => {});
  assertOpen(reader);
  return {
    capabilities: [...client.capabilities.keys()],
    command: async ({ name, argument, sensitive, onContinue }) => {
      answers.begin(name);
      const response = sensitive === undefined ? '' : ' [SASL response]';
      shown = `${name}${argument === undefined ? '' : ` ${argument}`}${response}`;
      reader.expect({
        what: `the answer to ${name}`,
        begins: onContinue === undefined ? ANSWER : ANSWER_OR_CONTINUATION,
      });
      const attributes: readonly Attribute[] = [
        ...(argument === undefined ? [] : [{ type: 'ATOM', value: argument } as const]),
        ...(sensitive === undefined ? [] : [{ type: 'TEXT', value: sensitive, sensitive: true } as const]),
      ];
      const onPlusTag = async (): Promise<void> => await Promise.resolve(onContinue?.());
      await client.exec(name, attributes, onContinue === undefined ? {} : { onPlusTag }).then(
        (answer) => answer.next(),
        () => {},
      );
      // `close` drops imapflow's reference to the reader. Otherwise V8 would keep the reader as long as the client, which
      // is until the next full garbage collection.
      if (name === 'LOGOUT') client.close();
      const failure = answers.failure();
      return { ...answers.parsed(), ...(failure === undefined ? {} : { failure }) };
    },
  };
}

function assertOpen(reader: LineReader): void {
  const failure = reader.failure();
  if (failure !== undefined) throw new StageFailure(failure);
}
