/**
 * What readers who do not read cost: 300 connections that ask for the list of mailboxes and 200 pipelined scrapes, none
 * of them read, at 1,000 mailboxes that all fail. Prints how long `/livez` takes meanwhile, and the server's memory.
 * Run: `node bench/http.ts`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createRedactor } from '../src/model/redactor.ts';
import { createHttpServer } from '../src/report/http-server.ts';
import { createMetrics } from '../src/report/metrics.ts';
import { aSource, SNAPSHOT } from '../test/report/fleet.ts';
import { portOf } from '../test/support/port-of.ts';

const MAILBOXES = 1_000;
const LISTS = 300;
const SCRAPES = 200;
const ROUNDS = 100;

async function serve(): Promise<void> {
  const failing = SNAPSHOT.targets.find(({ lastProbe }) => (lastProbe?.diagnoses.length ?? 0) > 0);
  if (failing === undefined) throw new Error('no mailbox of the fleet fails');
  const targets = Array.from({ length: MAILBOXES }, (_, at) => {
    const mailbox = { ...failing.target.mailbox, id: `mailbox-${at}` };
    return { ...failing, target: { ...failing.target, mailbox } };
  });
  const source = aSource({ snapshot: () => ({ ...SNAPSHOT, targets }) });
  const server = await createHttpServer(source, {
    metrics: createMetrics(source),
    redactor: createRedactor(),
  });
  await server.listen({ host: '127.0.0.1', port: 0 });
  process.on('message', () => process.send?.(process.memoryUsage.rss()));
  process.send?.(portOf(server.server));
}

async function attack(): Promise<void> {
  const child = fork(import.meta.filename, ['serve']);
  const [port] = await once(child, 'message');
  const rssMib = async (): Promise<number> => {
    child.send('rss');
    const [bytes] = await once(child, 'message');
    return Math.round(bytes / 2 ** 20);
  };
  const unread = (text: string): Socket => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined).pause();
    return socket;
  };
  const livez = async (): Promise<number> => {
    const began = performance.now();
    const { status } = await fetch(`http://127.0.0.1:${port}/livez`);
    if (status !== 200) throw new Error(`/livez answered ${status}`);
    return performance.now() - began;
  };
  const before = await rssMib();
  await livez();
  const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;
  const sockets = Array.from({ length: LISTS }, () => unread(request('/api/v1/mailboxes')));
  sockets.push(unread(request('/metrics').repeat(SCRAPES)));
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await livez());
  times.sort((a, b) => a - b);
  process.stdout.write(
    `/livez of ${ROUNDS}: median ${times[ROUNDS / 2]?.toFixed(1)} ms, worst ${times.at(-1)?.toFixed(1)} ms; memory ${before} MiB before, ${await rssMib()} MiB after\n`,
  );
  for (const socket of sockets) socket.destroy();
  child.kill();
}

await (process.argv[2] === 'serve' ? serve() : attack());
