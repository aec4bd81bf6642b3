/**
 * Reads the socket of one probe line by line, for every protocol. Splits the bytes of the mail server into lines and
 * limits their amount. If the connection ends in any way (close, reset, deadline, too much data), the waiting read is
 * rejected with one Failure. The protocols interpret the lines.
 */
import type { Socket } from 'node:net';
import type { Failure } from '../../model/failure.ts';
import type { Trace } from '../../model/trace.ts';
import type { Redactor } from '../../model/redactor.ts';
import { closedFailure, failureOf, failureOfAbort } from '../network/system-failure.ts';
import { createLineFraming } from './line-framing.ts';
import { createLineQueue } from './line-queue.ts';
import { notOfTheProtocol } from './refusal.ts';
import type { Sanitize } from './server-text.ts';
import { StageFailure } from '../stage-failure.ts';
import { whenAborted } from '../when-aborted.ts';

/** What the conversation waits for next. */
export interface Expectation {
  /** Completes the phrase "while waiting for". */
  readonly what: string;
  /** The first character of a line must match, so that an invalid line is recognized before its end. */
  readonly begins: RegExp;
  /** Replaces `begins` for the lines after the first one, if their form differs. */
  readonly further?: RegExp;
}

export interface LineReader {
  readonly sanitize: Sanitize;
  /** Begins to wait for an answer. The limits of an answer count from here. */
  readonly expect: (expectation: Expectation) => void;
  /** Returns the next line without its end, one character per byte. Rejects with a `StageFailure`. */
  readonly line: () => Promise<string>;
  readonly send: (line: string) => void;
  /**
   * Sends bytes that a library has composed, including the line end. `shown` is the text for the trace, without a
   * token.
   */
  readonly sendAs: (bytes: Uint8Array, shown: string) => void;
  /** Returns a line, or the beginning of one, that has arrived but was not read yet. Undefined if there is none. */
  readonly unread: () => string | undefined;
  /**
   * Passes all lines that were not read yet and all further lines to `onLine`, for a library that parses them. Calls
   * `onEnd` when the connection has ended.
   */
  readonly follow: (onLine: (line: string) => void, onEnd: () => void) => void;
  /**
   * Releases the socket for TLS. Throws a `StageFailure` if the server has sent more than the answer, or if the
   * connection has ended.
   */
  readonly release: () => Socket;
  /** Ends the connection with this reason, unless it has already ended. */
  readonly fail: (failure: Failure) => void;
  readonly failure: () => Failure | undefined;
  readonly close: () => void;
}

export interface LineReaderOptions {
  readonly signal: AbortSignal;
  readonly redactor: Redactor;
  readonly sanitize: Sanitize;
  /** Present if a caller asked for the dialogue. Every line is added to it. */
  readonly trace?: Trace | undefined;
}

const INJECTION: Failure = {
  kind: 'protocol',
  code: 'starttls-injection',
  text: 'The server sent more plain text after it agreed to TLS and before the handshake: an attacker may be injecting commands.',
};

export function createLineReader(
  socket: Socket,
  { signal, redactor, sanitize, trace }: LineReaderOptions,
): LineReader {
  const framing = createLineFraming();
  const queue = createLineQueue();
  let expected: Expectation = { what: 'the greeting', begins: /./ };
  let begins = expected.begins;

  const fail = (reason: Failure): void => {
    if (queue.failure() !== undefined) return;
    socket.destroy();
    queue.end(reason);
  };
  const check = (line: string): boolean => {
    const fits = begins.test(line);
    if (!fits) fail(notOfTheProtocol(line, expected.what, sanitize));
    return fits;
  };
  const take = (line: string): void => {
    trace?.note('server', sanitize(line));
    if (!check(line)) return;
    begins = expected.further ?? begins;
    queue.push(line);
  };
  const detach = listen(socket, signal, {
    onData: (chunk) => {
      const framed = framing.add(chunk);
      if ('tooMuch' in framed) {
        fail({ kind: 'protocol', code: 'flood', text: `${framed.tooMuch} instead of ${expected.what}.` });
        return;
      }
      for (const line of framed.lines) {
        if (queue.failure() !== undefined) return;
        take(line);
      }
      if (framed.beginning !== undefined) check(framed.beginning);
    },
    onError: (error) => fail(failureOf(error, `Waiting for ${expected.what}`, redactor)),
    onEnd: () => {
      const { kind, text } = closedFailure(`Waiting for ${expected.what}`);
      const last = queue.last();
      fail({ kind, text: last === undefined ? text : `${text} Its last line: ${sanitize(last)}` });
    },
    onAbort: () => fail(failureOfAbort(signal, expected.what)),
  });
  const send = (bytes: Uint8Array, shown: string): void => {
    if (queue.failure() !== undefined) return;
    trace?.note('client', shown);
    socket.write(bytes);
  };

  return {
    sanitize,
    expect: (expectation) => {
      expected = expectation;
      begins = expectation.begins;
      framing.restart();
    },
    line: queue.next,
    send: (line) => send(Buffer.from(`${line}\r\n`, 'latin1'), line),
    sendAs: send,
    unread: () => queue.first() ?? (framing.rest() === '' ? undefined : framing.rest()),
    follow: queue.follow,
    release: () => {
      socket.pause();
      if (queue.first() !== undefined || framing.rest() !== '' || socket.readableLength > 0) fail(INJECTION);
      const failure = queue.failure();
      if (failure !== undefined) throw new StageFailure(failure);
      detach();
      queue.close({ kind: 'closed', text: 'The connection belongs to TLS now.' });
      return socket;
    },
    fail,
    failure: queue.failure,
    close: () => {
      detach();
      queue.close(closedFailure(`Waiting for ${expected.what}`));
      socket.destroy();
    },
  };
}

interface SocketListeners {
  readonly onData: (chunk: Buffer) => void;
  readonly onError: (error: Error) => void;
  readonly onEnd: () => void;
  readonly onAbort: () => void;
}

/**
 * The returned function removes all listeners except the one for errors. Without that one, a socket error would end the
 * process.
 */
function listen(
  socket: Socket,
  signal: AbortSignal,
  { onData, onError, onEnd, onAbort }: SocketListeners,
): () => void {
  socket.on('error', onError).on('data', onData).on('end', onEnd).on('close', onEnd);
  const ignoreAbort = whenAborted(signal, onAbort);
  if (signal.aborted) onAbort();
  else if (socket.destroyed) onEnd();
  else socket.resume();
  return () => {
    socket.off('data', onData).off('end', onEnd).off('close', onEnd);
    ignoreAbort();
  };
}
