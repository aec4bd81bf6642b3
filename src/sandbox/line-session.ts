/**
 * The lines of a mail dialogue: reads one bounded line at a time, writes replies, and upgrades to TLS between two
 * lines. Used by `imap.ts` and `pop3.ts`.
 */
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import type { Connection } from './listener.ts';
import type { Wait } from './wait.ts';

export const LINGER_MS = 500;
const LONGEST_FLUSH_MS = 10_000;

/** Thrown for a line that is too long. The dialogue replies with an error and hangs up. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError';
}

export interface LineSession {
  /** Returns the next line without its line end, undefined at the end of the connection. Throws `LineTooLongError`. */
  readonly read: () => Promise<string | undefined>;
  /** Sends lines, and adds their line ends. */
  readonly write: (...lines: readonly string[]) => void;
  /** Upgrades to TLS. Discards input that was sent before the handshake (CVE-2011-0411). */
  readonly startTls: () => Promise<void>;
  /** Resolves after `ms` milliseconds, or earlier when the client is gone. */
  readonly wait: (ms: number) => Promise<void>;
  /** Reads everything and sends nothing until the client is gone. */
  readonly stall: () => Promise<void>;
  /** Sends all pending lines and closes the connection. Waits about ten seconds for a client that reads nothing. */
  readonly end: () => Promise<void>;
}

/** `longest`: the most bytes of a line. */
export function createLineSession(connection: Connection, longest: number, wait: Wait): LineSession {
  const { signal } = connection;
  let socket = connection.socket;
  let buffered = Buffer.alloc(0);
  let chunks = chunksOf(socket);

  return {
    read: async () => {
      // A client that sends commands but never reads replies waits here.
      if (socket.writableNeedDrain) await once(socket, 'drain', { signal });
      for (;;) {
        const end = buffered.indexOf(0x0a);
        if (end > longest || (end === -1 && buffered.length > longest)) throw new LineTooLongError();
        if (end !== -1) {
          const line = buffered.subarray(0, end).toString('latin1').replace(/\r$/, '');
          buffered = buffered.subarray(end + 1);
          return line;
        }
        const next = await chunks.next();
        if (next.done === true) return undefined;
        buffered = Buffer.concat([buffered, next.value]);
      }
    },
    write: (...lines) => {
      if (socket.writable) socket.write(lines.map((line) => `${line}\r\n`).join(''), 'latin1');
    },
    startTls: async () => {
      await chunks.return(undefined);
      buffered = Buffer.alloc(0);
      socket = await connection.startTls();
      chunks = chunksOf(socket);
    },
    wait: async (ms) => await wait(ms, signal),
    stall: async () => {
      for (;;) {
        const next = await chunks.next();
        if (next.done === true) return;
      }
    },
    end: async () => {
      // A handshake may still be under way. Written lines are sent after it.
      const flushed = new Promise<void>((resolve) => {
        socket.end(resolve);
      });
      await Promise.race([flushed, wait(LONGEST_FLUSH_MS, signal)]);
      await wait(LINGER_MS, signal);
      socket.destroy();
    },
  };
}

async function* chunksOf(socket: Duplex): AsyncGenerator<Buffer, void, undefined> {
  // The socket must stay open when this reader ends, because it is then upgraded to TLS.
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    if (Buffer.isBuffer(chunk)) yield chunk;
  }
}
