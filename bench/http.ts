/**
 * What abuse of the HTTP port costs, at 1,000 mailboxes that all fail and whose state changes with every request: lists and
 * scrapes that nobody reads, lists of which no two are alike, greedy readers, half requests up to the limit. Prints how
 * long `/livez` takes meanwhile, over a new connection each time, and the server's memory. Exit code 1 where it took a
 * second or was not answered. Run: `node bench/http.ts`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { get } from 'node:http';
import { connect, type Socket } from 'node:net';
import { createRedactor } from '../src/model/redactor.ts';
import { createHttpServer } from '../src/report/http-server.ts';
import { createMetrics } from '../src/report/metrics.ts';
import { aSource, SNAPSHOT } from '../test/report/fleet.ts';
import { portOf } from '../test/support/port-of.ts';

const MAILBOXES = 1_000;
const ROUNDS = 300;
const WORST_MS = 1_000;
const LIVEZ_LIMIT_MS = 10_000;

async function serve(): Promise<void> {
  const failing = SNAPSHOT.targets.find(({ lastProbe }) => (lastProbe?.diagnoses.length ?? 0) > 0);
  if (failing === undefined) throw new Error('no mailbox of the fleet fails');
  const targets = Array.from({ length: MAILBOXES }, (_, at) => {
    const mailbox = { ...failing.target.mailbox, id: `mailbox-${at}` };
    return { ...failing, target: { ...failing.target, mailbox } };
  });
  const source = aSource({ snapshot: () => ({ ...SNAPSHOT, targets: [...targets] }) });
  const server = await createHttpServer(source, {
    metrics: createMetrics(source),
    redactor: createRedactor(),
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  process.on('message', () => process.send?.(process.memoryUsage.rss()));
  process.send?.(portOf(server.server));
}

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

/** Each opens its connections with `open`, which never reads unless told to. */
type Attack = (open: (text: string, reads?: boolean) => Socket) => void;

const times = (count: number, act: (at: number) => void): void =>
  Array.from({ length: count }, (_, at) => at).forEach(act);

const ATTACKS: Readonly<Record<string, Attack>> = {
  nothing: () => undefined,
  '300 unread lists and 200 pipelined scrapes': (open) => {
    times(300, () => open(request('/api/v1/mailboxes')));
    open(request('/metrics').repeat(200));
  },
  '300 unread lists of which no two are alike': (open) =>
    times(300, (at) => open(request(`/api/v1/mailboxes?limit=${700 + at}`))),
  '300 readers of the status page': (open) => times(300, () => open(request('/'), true)),
  '50 readers who ask again and again': (open) =>
    times(50, (at) => {
      const path = ['/metrics', `/api/v1/mailboxes?limit=${900 + at}`, '/'][at % 3] ?? '/';
      const socket = open(request(path), true);
      socket.on('data', (chunk: Buffer) => {
        if (chunk.includes('0\r\n\r\n') || chunk.length < 65_536) socket.write(request(path));
      });
    }),
  '2,000 half requests': (open) => times(2_000, () => open('GET /livez HTTP/1.1\r\nhost: localhost\r\n')),
};

async function livez(port: number): Promise<number> {
  const began = performance.now();
  const status = await new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path: '/livez', agent: false, timeout: LIVEZ_LIMIT_MS })
      .on('response', (response) => response.resume().on('end', () => resolve(response.statusCode)))
      .on('error', resolve)
      .on('timeout', () => resolve('no answer'));
  });
  return status === 200 ? performance.now() - began : Number.POSITIVE_INFINITY;
}

/** In a process of its own, which has nothing else to do: the attacker's own delays are not the server's. */
async function ask(port: number): Promise<void> {
  const took: number[] = [await livez(port)];
  process.send?.('begun');
  for (let round = 1; round < ROUNDS; round += 1) took.push(await livez(port));
  process.send?.(took.toSorted((a, b) => a - b));
}

async function underAttack(name: string, attack: Attack): Promise<boolean> {
  const child = fork(import.meta.filename, ['serve']);
  const [port] = await once(child, 'message');
  const rssMib = async (): Promise<number> => {
    child.send('rss');
    const [bytes] = await once(child, 'message');
    return Math.round(bytes / 2 ** 20);
  };
  const before = await rssMib();
  const sockets: Socket[] = [];
  const asker = fork(import.meta.filename, ['ask', String(port)]);
  await once(asker, 'message');
  attack((text, reads = false) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined);
    if (reads) socket.resume();
    else socket.pause();
    sockets.push(socket);
    return socket;
  });
  const [took]: readonly number[][] = await once(asker, 'message');
  if (took === undefined) throw new Error('/livez was not asked');
  const worst = took.at(-1) ?? Number.POSITIVE_INFINITY;
  process.stdout.write(
    `${name}: /livez of ${ROUNDS}: median ${took[ROUNDS / 2]?.toFixed(1)} ms, worst ${worst.toFixed(1)} ms; memory ${before} MiB before, ${await rssMib()} MiB after\n`,
  );
  for (const socket of sockets) socket.destroy();
  child.kill();
  return worst < WORST_MS;
}

async function attackAll(): Promise<void> {
  const held: boolean[] = [];
  for (const [name, attack] of Object.entries(ATTACKS)) held.push(await underAttack(name, attack));
  process.exitCode = held.every(Boolean) ? 0 : 1;
}

const [role, port] = process.argv.slice(2);
if (role === 'serve') await serve();
else if (role === 'ask') await ask(Number(port));
else await attackAll();
