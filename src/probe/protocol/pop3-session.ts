/**
 * Runs node-pop3 on the socket of a probe. Its `connect()` and all its reading are replaced. The original takes each
 * TCP chunk for one answer, confuses `+ ` with `+OK`, never settles if the server closes, and puts the SASL response
 * (with the token) into its errors. Used by pop3.ts only.
 */
import Pop3Command from 'node-pop3';
import { notOfTheProtocol, refusal } from './refusal.ts';
import type { LineReader } from './line-reader.ts';
import { StageFailure } from '../stage-failure.ts';

/** RFC 1939 section 3 and RFC 5034 section 4: `+OK`, `-ERR`, or `+ ` with a challenge. */
const REPLY = /^(?:(\+OK|-ERR)(?: (.*))?|\+(?: (.*))?)$/i;

export class Pop3Session extends Pop3Command {
  readonly #reader: LineReader;
  /** The greeting as it was received, even if it is invalid. */
  greeting = '';
  /** True if the last answer was a SASL continuation (`+ `). */
  continues = false;

  /** `greeted`: the greeting was already read, in plain text. */
  constructor(reader: LineReader, greeted: boolean) {
    super({ user: '', password: '', host: '' });
    this.#reader = reader;
    if (greeted) this.#adopt();
  }

  /** Reads the greeting of a connection that is already open. Rejects with a `StageFailure`. */
  override async connect(): Promise<void> {
    this.#reader.expect({ what: 'the POP3 greeting', begins: /^[+-]/ });
    this.greeting = await this.#reader.line();
    this.#read(this.greeting);
    if (this.continues)
      throw new StageFailure(notOfTheProtocol(this.greeting, 'a greeting', this.#reader.sanitize));
    this.#adopt();
  }

  /** Sends one command. Returns the text after `+OK` or `+`. Rejects with a `StageFailure`, also for `-ERR`. */
  async ask(command: string, waitedFor = `the answer to ${command}`): Promise<string> {
    return await this.#exchange(waitedFor, async () => (await this.command(command))[0]);
  }

  override async STAT(): Promise<string> {
    return await this.#exchange('the answer to STAT', async () => await super.STAT());
  }

  override async QUIT(): Promise<string> {
    return await this.#exchange('the answer to QUIT', async () => await super.QUIT());
  }

  /** Reads the capabilities (RFC 2449 section 5), up to the line that is a single dot. */
  async capabilities(): Promise<readonly string[]> {
    await this.#exchange('the answer to CAPA', async () => await this.command('CAPA'), /^/);
    const lines: string[] = [];
    for (let line = await this.#reader.line(); line !== '.'; line = await this.#reader.line())
      lines.push(line);
    return lines;
  }

  async #exchange<T>(what: string, command: () => Promise<T>, further?: RegExp): Promise<T> {
    this.#refuseUnasked();
    this.#reader.expect({ what, begins: /^[+-]/, ...(further === undefined ? {} : { further }) });
    try {
      return await command();
    } finally {
      // node-pop3 keeps the last command, which may be the SASL response with the token. After a refusal, it also keeps
      // a listener.
      this._command = '';
      this.removeAllListeners('response');
    }
  }

  /**
   * Fails if an answer has arrived before the command is sent. Each command has one answer (RFC 1939 section 3), so the
   * surplus one would be taken for the answer to the next command.
   */
  #refuseUnasked(): void {
    const line = this.#reader.unread();
    if (line === undefined) return;
    // A server that shuts down sends -ERR without a command.
    const failure = /^-ERR /i.test(line)
      ? refusal('-ERR', line.slice('-ERR '.length), this.#reader.sanitize)
      : notOfTheProtocol(line, 'no answer without a command', this.#reader.sanitize);
    this.#reader.fail(failure);
    throw new StageFailure(failure);
  }

  /**
   * Gives node-pop3 a socket that it can write to. After each write, one answer is read, because node-pop3 then waits
   * for one.
   */
  #adopt(): void {
    const write = (command: string): void => {
      this.#reader.send(command.trimEnd());
      this.#reader.line().then(
        (line) => this.#answer(line),
        (error) => this.emit('error', error),
      );
    };
    // node-pop3 calls no other method. A real socket, even an unused one, costs as much as the rest of a command.
    Reflect.set(this, '_socket' satisfies keyof Pop3Command, { write });
  }

  #answer(line: string): void {
    try {
      this.emit('response', this.#read(line), null);
    } catch (error) {
      this.emit('error', error);
    }
  }

  #read(line: string): string {
    const [matched, status, text = '', continuation = ''] = REPLY.exec(line) ?? [];
    if (matched === undefined) {
      throw new StageFailure(notOfTheProtocol(line, 'a POP3 answer', this.#reader.sanitize));
    }
    if (status?.toUpperCase() === '-ERR')
      throw new StageFailure(refusal('-ERR', text, this.#reader.sanitize));
    this.continues = status === undefined;
    return this.continues ? continuation : text;
  }
}
