/**
 * Runs imapflow on the lines of a probe: imapflow composes the commands, parses the answers and assigns them to
 * commands. The verbatim text of the server comes from the line reader, which gets every line first. Used by imap.ts
 * only.
 *
 * imapflow's `connect()` is replaced, and with it all reading. The original would split the same bytes into lines a
 * second time, hold timers, send ID, NAMESPACE, COMPRESS and ENABLE, and prefer OAUTHBEARER. Its `throttleWait` is
 * replaced, too: it would wait for part of the time that a throttling server asks for. Both methods are internal.
 * Therefore the version of imapflow is pinned, and the contract suite guards it.
 */
import { ImapFlow } from 'imapflow';
import type { Failure } from '../../model/failure.ts';
import { createImapAnswers, type Parsed } from './imap-answers.ts';
import type { LineReader } from './line-reader.ts';
import { StageFailure } from '../stage-failure.ts';

/**
 * An argument of a command. The SASL response is sent as TEXT, which must not contain a line end: imapflow checks an
 * ATOM character by character, which takes as long as the rest of a login.
 */
interface Attribute {
  readonly type: 'ATOM' | 'TEXT';
  readonly value: string;
  readonly sensitive?: true;
}

interface Handlers {
  CAPABILITY?: (list: never) => Promise<void>;
}

/** Writes one command, line end included. */
type Write = (bytes: Uint8Array) => void;

class ReadOnlyImapFlow extends ImapFlow {
  // These members are in the library, but not in its types.
  declare readonly tagCounter: number;
  declare readonly untaggedHandlers: Handlers;
  declare readonly sectionHandlers: Handlers;
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
    // imapflow reports late errors as events. The line reader has them already.
    this.on('error', () => {});
    const socket = { destroyed: false, write, destroy: () => {}, removeListener: () => {} };
    // Its type declares a socket, but imapflow only writes to it.
    Object.assign(this, { socket, writeSocket: socket });
    this.untaggedHandlers.CAPABILITY = async (untagged) => await this.untaggedCapability(untagged);
    this.sectionHandlers.CAPABILITY = async (section) => await this.sectionCapability(section);
  }

  /**
   * Takes the greeting. Asks for the capabilities only if the greeting does not list them, which saves a round trip.
   */
  async greeted(greeting: string): Promise<void> {
    if (concernsClient(greeting)) await this.#parse(greeting);
    await this.run('CAPABILITY');
  }

  /** Handles one line after the other, so that an answer is parsed only when the command before it is settled. */
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
 * The client information for the command ID, which a probe does not send. Without it, imapflow would prepare its own
 * for each connection.
 */
const NO_INFO = { name: '', version: '', vendor: '', 'support-url': '' };

/**
 * Returns true if imapflow must parse the line. Of the untagged answers, it needs only the capabilities. Parsing the
 * others (flags, UIDs, the goodbye) would take half of the time of a dialogue for nothing: `imap-answers.ts` reads
 * those that are evidence.
 */
function concernsClient(line: string): boolean {
  return !line.startsWith('* ') || /\bCAPABILITY\b/i.test(line);
}

const ANSWER = /^[*0-9A-F]/;
const ANSWER_OR_CONTINUATION = /^[*+0-9A-F]/;

export interface ImapClient {
  /** In upper case; empty if the server does not list them. */
  readonly capabilities: readonly string[];
  /** Never rejects. */
  readonly command: (command: Command) => Promise<Parsed & { readonly failure?: Failure }>;
}

export interface Command {
  readonly name: 'AUTHENTICATE' | 'EXAMINE' | 'LOGOUT';
  readonly argument?: string;
  /** The SASL response, sent after the argument. */
  readonly sensitive?: string;
  /** Called at each `+` of the server. If absent, a `+` is a protocol violation. */
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
      const failure = answers.failure();
      return { ...answers.parsed(), ...(failure === undefined ? {} : { failure }) };
    },
  };
}

function assertOpen(reader: LineReader): void {
  const failure = reader.failure();
  if (failure !== undefined) throw new StageFailure(failure);
}
