import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { portOf } from '../support/port-of.ts';
import { aServer } from './fleet.ts';

/** Malformed requests, byte for byte. The server answers or hangs up, and keeps serving. */
let server: FastifyInstance;

beforeAll(async () => {
  server = await aServer();
  await server.listen({ host: '127.0.0.1', port: 0 });
});

afterAll(async () => {
  await server.close();
});

async function answerTo(bytes: string | Uint8Array): Promise<string> {
  const socket = connect(portOf(server.server), '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  return await text(socket).catch(() => '');
}

const request = (line: string, ...headers: readonly string[]): string =>
  [line, 'Host: localhost', 'Connection: close', ...headers, '', ''].join('\r\n');

describe('malformed requests', () => {
  test.each<[string, string | Uint8Array, number]>([
    ['no HTTP', 'HELO\r\n\r\n', 400],
    ['TLS on the plain port', Uint8Array.of(0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0), 400],
    ['an HTTP version that is none', request('GET / HTTP/9.9'), 400],
    ['a method that is none', request('BREW / HTTP/1.1'), 400],
    ['a method with a control character', request('G\u0001T / HTTP/1.1'), 400],
    ['a target with a space', request('GET /a b HTTP/1.1'), 400],
    ['a header without a colon', request('GET / HTTP/1.1', 'nonsense'), 400],
    ['a header name with a space', request('GET / HTTP/1.1', 'a b: c'), 400],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ['two lengths', request('POST /api/v1/explain HTTP/1.1', 'Content-Length: 1', 'Content-Length: 2'), 400],
    [
      'a length and chunks: request smuggling',
      request('POST /api/v1/explain HTTP/1.1', 'Content-Length: 1', 'Transfer-Encoding: chunked'),
      400,
    ],
    ['a length that is none', request('POST /api/v1/explain HTTP/1.1', 'Content-Length: -1'), 400],
    [
      'a chunk that is none',
      `${request('POST /api/v1/explain HTTP/1.1', 'Content-Type: text/plain', 'Transfer-Encoding: chunked')}zz\r\n`,
      400,
    ],
    ['a path beyond Unicode', request('GET /api/v1/mailboxes/%ff HTTP/1.1'), 400],
    ['a path with a null byte', request('GET /api/v1/mailboxes/%00 HTTP/1.1'), 404],
    ['a path upwards', request('GET /../../etc/passwd HTTP/1.1'), 404],
    ['an encoded path upwards', request('GET /%2e%2e%2fetc%2fpasswd HTTP/1.1'), 404],
    // RFC 9112, section 3.2.2: must be accepted. The host in it is ignored.
    ['an absolute target elsewhere', request('GET http://evil.example/ HTTP/1.1'), 200],
    ['a proxy request', request('CONNECT evil.example:443 HTTP/1.1'), 0],
    ['an upgrade', request('GET /livez HTTP/1.1', 'Upgrade: websocket', 'Connection: Upgrade'), 200],
    ['a query of brackets', request('GET /api/v1/mailboxes?a[b][c]=d HTTP/1.1'), 400],
    ['a query that pollutes', request('GET /api/v1/mailboxes?__proto__=x HTTP/1.1'), 400],
    ['a query that cannot be decoded', request('GET /api/v1/mailboxes?app=%zz HTTP/1.1'), 404],
    ['a thousand parameters', request(`GET /health?${'a=b&'.repeat(1_000)} HTTP/1.1`), 400],
    ['a very long line', request(`GET /?${'x'.repeat(20_000)} HTTP/1.1`), 431],
    ['very many headers', request('GET / HTTP/1.1', ...Array.from({ length: 3_000 }, () => 'a: bcdef')), 431],
    ['an expectation', request('POST /api/v1/explain HTTP/1.1', 'Expect: miracles'), 417],
  ])('%s', async (_, bytes, status) => {
    const answer = await answerTo(bytes);
    expect(answer === '' ? 0 : Number(answer.slice(9, 12))).toBe(status);
    expect(answer).not.toMatch(/node_modules|at \w+ \(|Error:/);
    expect((await fetch(`http://127.0.0.1:${portOf(server.server)}/livez`)).status).toBe(200);
  });
});
