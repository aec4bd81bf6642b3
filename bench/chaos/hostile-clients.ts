/**
 * Clients that abuse the HTTP port: incomplete requests, garbage, lists that nobody reads, bodies that stall. Used by
 * `run-chaos.ts`.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Random } from './random.ts';

const REQUESTS: readonly string[] = [
  // The first request is incomplete.
  'GET /metrics HTTP/1.1\r\nhost: x\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001',
  'GET /metrics HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(20),
  'GET /api/v1/mailboxes HTTP/1.1\r\nhost: localhost\r\n\r\n',
  'GET / HTTP/1.1\r\nhost: localhost\r\n\r\n'.repeat(5),
  `GET /api/v1/mailboxes/${'%2e'.repeat(2000)} HTTP/1.1\r\nhost: localhost\r\n\r\n`,
  'POST /api/v1/explain HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 900000\r\n\r\neyJ',
  `POST /api/v1/explain HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length: 200000\r\n\r\n${'eyJ'.repeat(66_666)}xx`,
];

const RESETS_AT_ONCE = 50;

export interface HostileClients {
  readonly connections: () => number;
  readonly attack: (port: number, count: number) => void;
  /** Opens connections and resets each immediately. Resolves when all are closed. */
  readonly reset: (port: number, count: number) => Promise<void>;
  readonly hangUp: () => void;
}

/** These clients never read a response. */
export function createHostileClients(random: Random): HostileClients {
  let connections = 0;
  const open = new Set<Socket>();
  return {
    connections: () => connections,
    attack: (port, count) => {
      for (let at = 0; at < count; at += 1) {
        const request = random.pick(REQUESTS);
        const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'));
        socket.on('error', () => undefined).on('close', () => open.delete(socket));
        socket.pause();
        open.add(socket);
        connections += 1;
      }
    },
    reset: async (port, count) => {
      let left = count;
      const resetOnes = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          connections += 1;
          const socket = connect(port, '127.0.0.1', () => socket.resetAndDestroy());
          socket.on('error', () => undefined);
          await once(socket, 'close');
        }
      };
      await Promise.all(Array.from({ length: RESETS_AT_ONCE }, resetOnes));
    },
    hangUp: () => {
      for (const socket of open) socket.destroy();
    },
  };
}
