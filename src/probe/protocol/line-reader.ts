/**
 * The socket of one look, line by line. Every byte that a mail server sends passes here first, for both protocols:
 * bounded, framed, and with every way that a connection ends (close, reset, deadline, flood) turned into one Failure
 * that settles whoever waits. It knows no protocol; the conversations do.
 */
import type { Socket } from 'node:net';
import type { Failure } from '../../model/evidence.ts';
import type { Redactor } from '../../model/redactor.ts';
import { closedFailure, failureOf, failureOfAbort } from '../network/system-failure.ts';
import { notOfTheProtocol } from './refusal.ts';
import type { Words } from './server-text.ts';
import { StageFailure } from '../stage-failure.ts';

const LONGEST_LINE = 64 * 1024;
/** Before the expected answer; counted anew for each. */
const MOST_BYTES = 1024 * 1024;
const MOST_LINES = 1000;

/** What a look waits for next. */
export interface Expectation {
  /** Completes "while waiting for". */
  readonly what: string;
  /** What the first character of a line must be: garbage need not end its line to be known for what it is. */
  readonly begins: RegExp;
  /** The same for the lines behind the first, where they differ. */
  readonly further?: RegExp;
}

export interface LineReader {
  readonly words: Words;
  /** Begins to wait for an answer: the bounds count from here. */
  readonly expect: (expectation: Expectation) => void;
  /** The next line, one character per byte, without its end. Rejects with a `StageFailure`. */
  readonly line: () => Promise<string>;
  readonly send: (line: string) => void;
  /** What the server has said beyond what was read so far. */
  readonly unread: () => string | undefined;
  /** Shows each further line to `onLine` and gives the socket to a library, which reads `before` and then the same bytes. */
  readonly share: (before: string, onLine: (line: string) => void) => Socket;
  /** Lets go of the socket for TLS. Throws where the server has said more than it was asked. */
  readonly release: () => Socket;
  /** Ends the connection with that reason, if nothing has ended it yet. */
  readonly fail: (failure: Failure) => void;
  /** Why the connection ended. */
  readonly failure: () => Failure | undefined;
  /** The end of the look: nothing of the socket is left. */
  readonly close: () => void;
}

export interface LineReaderOptions {
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  readonly words: Words;
}

interface Reader {
  readonly resolve: (line: string) => void;
  readonly reject: (error: StageFailure) => void;
}

export function createLineReader(socket: Socket, { signal, redactor, words }: LineReaderOptions): LineReader {
  let expected: Expectation = { what: 'the greeting', begins: /./ };
  let begins = expected.begins;
  let failure: Failure | undefined;
  let bytes = 0;
  let lines = 0;
  let rest = '';
  let queue: string[] = [];
  let reader: Reader | undefined;
  let onLine = (line: string): void => {
    if (reader === undefined) queue.push(line);
    else reader.resolve(line);
    reader = undefined;
  };

  const fail = (reason: Failure): void => {
    if (failure !== undefined) return;
    failure = reason;
    socket.destroy();
    reader?.reject(new StageFailure(reason));
    reader = undefined;
  };

  const flooded = (text: string): void => fail({ kind: 'protocol', code: 'flood', text });

  const onData = (chunk: Buffer): void => {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) return flooded(`More than ${MOST_BYTES} bytes instead of ${expected.what}.`);
    const text = chunk.toString('latin1');
    const atStart = rest === '';
    const parts = text.includes('\n') ? (rest + text).split('\n') : [];
    rest = parts.pop() ?? rest + text;
    lines += parts.length;
    if (lines > MOST_LINES) return flooded(`More than ${MOST_LINES} lines instead of ${expected.what}.`);
    if (rest.length > LONGEST_LINE || parts.some((line) => line.length > LONGEST_LINE)) {
      return flooded(`A line of more than ${LONGEST_LINE} bytes instead of ${expected.what}.`);
    }
    for (const line of parts) {
      if (failure !== undefined) return undefined;
      take(line.endsWith('\r') ? line.slice(0, -1) : line);
    }
    if ((atStart || parts.length > 0) && rest !== '') check(rest);
    return undefined;
  };

  const take = (line: string): void => {
    if (!check(line)) return;
    begins = expected.further ?? begins;
    onLine(line);
  };

  const check = (line: string): boolean => {
    const fits = begins.test(line);
    if (!fits) fail(notOfTheProtocol(line, expected.what, words));
    return fits;
  };

  const onError = (error: Error): void => fail(failureOf(error, `Waiting for ${expected.what}`, redactor));
  const onEnd = (): void => {
    const { kind, text } = closedFailure(`Waiting for ${expected.what}`);
    const last = queue.at(-1);
    fail({ kind, text: last === undefined ? text : `${text} Its last words: ${words(last)}` });
  };
  const onAbort = (): void => fail(failureOfAbort(signal, expected.what));

  const detach = (): void => {
    socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    signal.removeEventListener('abort', onAbort);
  };

  // The error listener stays for as long as the socket lives: an error without one ends the process.
  socket.on('error', onError).on('data', onData).on('end', onEnd).on('close', onEnd);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  else if (socket.destroyed) onEnd();
  else socket.resume();

  return {
    words,
    expect: (expectation) => {
      expected = expectation;
      begins = expectation.begins;
      bytes = 0;
      lines = 0;
    },
    line: () =>
      new Promise((resolve, reject) => {
        const next = queue.shift();
        if (next !== undefined) resolve(next);
        else if (failure !== undefined) reject(new StageFailure(failure));
        else reader = { resolve, reject };
      }),
    send: (line) => {
      if (failure === undefined) socket.write(`${line}\r\n`, 'latin1');
    },
    unread: () => queue[0] ?? (rest === '' ? undefined : rest),
    share: (before, listener) => {
      const unread = [before, ...queue].map((line) => `${line}\r\n`).join('') + rest;
      queue = [];
      rest = '';
      onLine = listener;
      socket.pause();
      if (failure === undefined) socket.unshift(Buffer.from(unread, 'latin1'));
      return socket;
    },
    release: () => {
      socket.pause();
      if (queue.length > 0 || rest !== '' || socket.readableLength > 0) {
        fail({
          kind: 'protocol',
          code: 'starttls-injection',
          text: 'The server sent more in plain text between its consent to TLS and the handshake: somebody may be injecting commands.',
        });
      }
      if (failure !== undefined) throw new StageFailure(failure);
      detach();
      failure = { kind: 'closed', text: 'The connection belongs to TLS now.' };
      return socket;
    },
    fail,
    failure: () => failure,
    close: () => {
      detach();
      failure ??= closedFailure(`Waiting for ${expected.what}`);
      socket.destroy();
    },
  };
}
