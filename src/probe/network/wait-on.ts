/**
 * Waits on a socket for an event, or for an answer of known form. When the wait ends, all its listeners are removed,
 * and the caller can go on using the socket.
 */
import type { Socket } from 'node:net';
import { closedFailure, failureOfAbort } from './system-failure.ts';
import { StageFailure } from '../stage-failure.ts';
import { whenAborted } from '../when-aborted.ts';

export interface Waiting {
  readonly signal: AbortSignal;
  /** Completes the phrase "while waiting for". */
  readonly waitedFor: string;
}

/**
 * Resolves at the event. Rejects with the socket's error, or with a `StageFailure` if the other side closed or the
 * signal aborted.
 */
export async function waitForEvent(
  socket: Socket,
  event: 'connect' | 'secureConnect',
  waiting: Waiting,
): Promise<void> {
  await waitOn(socket, event, () => true, waiting);
}

/** Returns the answer and the number of its bytes, or undefined if more bytes are needed. Can throw. */
export type Parse<T> = (bytes: Buffer) => { readonly answer: T; readonly length: number } | undefined;

/**
 * Reads until `parse` returns an answer, and puts the bytes after the answer back into the socket. Rejects if `parse`
 * throws. Rejects with a `StageFailure` after more than `limit` bytes without an answer.
 */
export async function readAnswer<T>(
  socket: Socket,
  parse: Parse<T>,
  limit: number,
  waiting: Waiting,
): Promise<T> {
  let bytes: Buffer = Buffer.alloc(0);
  const attempt = (): { readonly answer: T } | undefined => {
    for (let chunk: unknown = socket.read(); Buffer.isBuffer(chunk); chunk = socket.read()) {
      bytes = Buffer.concat([bytes, chunk]);
    }
    const parsed = parse(bytes);
    if (parsed === undefined && bytes.length > limit) {
      throw new StageFailure({
        kind: 'protocol',
        text: `More than ${limit} bytes came while waiting for ${waiting.waitedFor}.`,
      });
    }
    if (parsed !== undefined && parsed.length < bytes.length) socket.unshift(bytes.subarray(parsed.length));
    return parsed;
  };
  const parsed = await waitOn(socket, 'readable', attempt, waiting);
  return parsed.answer;
}

/**
 * Calls `attempt` at each `event`. Resolves to the first value that `attempt` returns, or rejects with what it throws.
 */
function waitOn<T extends object | true>(
  socket: Socket,
  event: 'connect' | 'secureConnect' | 'readable',
  attempt: () => T | undefined,
  { signal, waitedFor }: Waiting,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      socket.off(event, onEvent).off('error', onError).off('end', onClose).off('close', onClose);
      ignoreAbort();
      end();
    };
    const onEvent = (): void => {
      try {
        const result = attempt();
        if (result !== undefined) settle(() => resolve(result));
      } catch (error) {
        onError(error instanceof Error ? error : new Error('a value that is not an error was thrown'));
      }
    };
    const onError = (error: Error): void => settle(() => reject(error));
    const onClose = (): void => onError(new StageFailure(closedFailure(`Waiting for ${waitedFor}`)));
    const onAbort = (): void => onError(new StageFailure(failureOfAbort(signal, waitedFor)));
    socket.on(event, onEvent).on('error', onError).on('end', onClose).on('close', onClose);
    const ignoreAbort = whenAborted(signal, onAbort);
    if (signal.aborted) onAbort();
    else if (socket.destroyed) onClose();
  });
}
