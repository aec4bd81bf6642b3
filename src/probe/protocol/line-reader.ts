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
import { createLineIntake, type LineIntake } from './line-intake.ts';
import { createLineQueue } from './line-queue.ts';
import type { Sanitize } from './server-text.ts';
import { StageFailure } from '../stage-failure.ts';
import { whenAborted } from '../when-aborted.ts';

export interface LineReader extends Pick<LineIntake, 'expect' | 'unread'> {
  readonly sanitize: Sanitize;
  /** Returns the next line without its end, one character per byte. Rejects with a `StageFailure`. */
  readonly line: () => Promise<string>;
  readonly send: (line: string) => void;
  /**
   * Sends bytes that a library has composed, including the line end. `shown` is the text for the trace, without a
   * token.
   */
  readonly sendAs: (bytes: Uint8Array, shown: string) => void;
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
  const queue = createLineQueue();
  const fail = (reason: Failure): void => {
    if (queue.failure() !== undefined) return;
    socket.destroy();
    queue.end(reason);
  };
  const intake = createLineIntake({ queue, fail, sanitize, trace });
  const waiting = (): string => `Waiting for ${intake.expected()}`;
  const detach = listen(socket, signal, {
    onData: intake.add,
    onError: (error) => fail(failureOf(error, waiting(), redactor)),
    onEnd: () => fail(endAfter(queue.last(), waiting(), sanitize)),
    onAbort: () => fail(failureOfAbort(signal, intake.expected())),
  });
  const send = (bytes: Uint8Array, shown: string): void => {
    if (queue.failure() !== undefined) return;
    trace?.note('client', shown);
    socket.write(bytes);
  };

  return {
    sanitize,
    expect: intake.expect,
    line: queue.next,
    send: (line) => send(Buffer.from(`${line}\r\n`, 'latin1'), line),
    sendAs: send,
    unread: intake.unread,
    follow: queue.follow,
    release: () => {
      socket.pause();
      if (intake.unread() !== undefined || socket.readableLength > 0) fail(INJECTION);
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
      queue.close(closedFailure(waiting()));
      socket.destroy();
    },
  };
}

/**
 * The failure for a connection that the server closed. The server's last line, which nobody read, may name the reason.
 */
function endAfter(last: string | undefined, waiting: string, sanitize: Sanitize): Failure {
  const { kind, text } = closedFailure(waiting);
  return { kind, text: last === undefined ? text : `${text} Its last line: ${sanitize(last)}` };
}

interface SocketListeners {
  readonly onData: (chunk: Buffer) => void;
  readonly onError: (error: Error) => void;
  readonly onEnd: () => void;
  readonly onAbort: () => void;
}

/**
 * The returned function removes all listeners. A closed socket stays in memory until the next full garbage collection,
 * and with a listener of ours, the whole dialogue would stay with it. For late errors, whoever dialed the socket keeps
 * a listener.
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
    socket.off('error', onError).off('data', onData).off('end', onEnd).off('close', onEnd);
    ignoreAbort();
  };
}
