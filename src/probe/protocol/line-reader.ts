/**
 * The socket of one probe, line by line. Every byte of a mail server passes here first, for every protocol. The reader
 * bounds and frames it, and turns every end of the connection (close, reset, deadline, flood) into one Failure that
 * rejects the waiting read. It knows no protocol; the conversations do.
 */
import type { Socket } from 'node:net';
import type { Failure } from '../../model/evidence.ts';
import type { Trace } from '../../model/trace.ts';
import type { Redactor } from '../../model/redactor.ts';
import { closedFailure, failureOf, failureOfAbort } from '../network/system-failure.ts';
import { notOfTheProtocol } from './refusal.ts';
import type { Sanitize } from './server-text.ts';
import { StageFailure } from '../stage-failure.ts';

const LONGEST_LINE = 64 * 1024;
/** Limits until the expected answer; counted anew for each. */
const MOST_BYTES = 1024 * 1024;
const MOST_LINES = 1000;

/** What the conversation waits for next. */
export interface Expectation {
  /** Completes "while waiting for". */
  readonly what: string;
  /** The first character of a line must match: so garbage is recognized before its line ends. */
  readonly begins: RegExp;
  /** The same for the lines after the first, where they differ. */
  readonly further?: RegExp;
}

export interface LineReader {
  readonly sanitize: Sanitize;
  /** Begins to wait for an answer: the bounds count from here. */
  readonly expect: (expectation: Expectation) => void;
  /** The next line, one character per byte, without its end. Rejects with a `StageFailure`. */
  readonly line: () => Promise<string>;
  readonly send: (line: string) => void;
  /** Sends what a library has composed, its line end included. `shown`: for the trace, without a token. */
  readonly sendAs: (bytes: Uint8Array, shown: string) => void;
  /** Data that has arrived but was not read yet. */
  readonly unread: () => string | undefined;
  /** Passes what has arrived and each further line to `onLine`, for a library that parses them. `onEnd`: there is none any more. */
  readonly follow: (onLine: (line: string) => void, onEnd: () => void) => void;
  /** Releases the socket for TLS. Throws where the server has sent more than the answer. */
  readonly release: () => Socket;
  /** Ends the connection with this reason, unless it has ended already. */
  readonly fail: (failure: Failure) => void;
  /** Why the connection ended. */
  readonly failure: () => Failure | undefined;
  /** Closes the socket and removes all listeners. */
  readonly close: () => void;
}

export interface LineReaderOptions {
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  readonly sanitize: Sanitize;
  /** Written to where the dialogue was asked for. */
  readonly trace?: Trace | undefined;
}

interface PendingRead {
  readonly resolve: (line: string) => void;
  readonly reject: (error: StageFailure) => void;
}

export function createLineReader(
  socket: Socket,
  { signal, redactor, sanitize, trace }: LineReaderOptions,
): LineReader {
  let expected: Expectation = { what: 'the greeting', begins: /./ };
  let begins = expected.begins;
  let failure: Failure | undefined;
  let bytes = 0;
  let lines = 0;
  let rest = '';
  let queue: string[] = [];
  let pending: PendingRead | undefined;
  let onEndOfLines: (() => void) | undefined;
  let onLine = (line: string): void => {
    if (pending === undefined) queue.push(line);
    else pending.resolve(line);
    pending = undefined;
  };

  const fail = (reason: Failure): void => {
    if (failure !== undefined) return;
    failure = reason;
    socket.destroy();
    pending?.reject(new StageFailure(reason));
    pending = undefined;
    onEndOfLines?.();
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
    trace?.note('server', sanitize(line));
    if (!check(line)) return;
    begins = expected.further ?? begins;
    onLine(line);
  };

  const check = (line: string): boolean => {
    const fits = begins.test(line);
    if (!fits) fail(notOfTheProtocol(line, expected.what, sanitize));
    return fits;
  };

  const onError = (error: Error): void => fail(failureOf(error, `Waiting for ${expected.what}`, redactor));
  const onEnd = (): void => {
    const { kind, text } = closedFailure(`Waiting for ${expected.what}`);
    const last = queue.at(-1);
    fail({ kind, text: last === undefined ? text : `${text} Its last line: ${sanitize(last)}` });
  };
  const onAbort = (): void => fail(failureOfAbort(signal, expected.what));

  const detach = (): void => {
    socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    signal.removeEventListener('abort', onAbort);
  };

  // The error listener is never removed: a socket error without a listener ends the process.
  socket.on('error', onError).on('data', onData).on('end', onEnd).on('close', onEnd);
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  else if (socket.destroyed) onEnd();
  else socket.resume();

  return {
    sanitize,
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
        else pending = { resolve, reject };
      }),
    send: (line) => {
      if (failure !== undefined) return;
      trace?.note('client', line);
      socket.write(`${line}\r\n`, 'latin1');
    },
    sendAs: (bytes, shown) => {
      if (failure !== undefined) return;
      trace?.note('client', shown);
      socket.write(bytes);
    },
    unread: () => queue[0] ?? (rest === '' ? undefined : rest),
    follow: (listener, onEnd) => {
      onLine = listener;
      onEndOfLines = onEnd;
      const arrived = queue;
      queue = [];
      arrived.forEach(listener);
    },
    release: () => {
      socket.pause();
      if (queue.length > 0 || rest !== '' || socket.readableLength > 0) {
        fail({
          kind: 'protocol',
          code: 'starttls-injection',
          text: 'The server sent more plain text after it agreed to TLS and before the handshake: an attacker may be injecting commands.',
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
