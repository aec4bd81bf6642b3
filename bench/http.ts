/**
 * Measures the daemon while its HTTP port is abused: unread lists and scrapes, lists that all differ, fast readers,
 * incomplete requests up to the limit. 1,000 mailboxes fail, and their state changes with every request. Prints how
 * long `/livez` takes over a new connection, with and without the waits for a CPU, the CPU time of the longest turns of
 * the event loop, and the memory. The exit code is 1 if an answer does not come or takes a second without these waits,
 * or if a turn takes more than 100 ms of CPU. Run: `node bench/http.ts`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createRedactor } from '../src/model/redactor.ts';
import { sharedListen } from '../src/report/http/acceptors.ts';
import { MOST_CONNECTIONS } from '../src/report/http/node-server.ts';
import { createHttpServer } from '../src/report/http-server.ts';
import { createMetrics } from '../src/report/metrics.ts';
import { aSource, SNAPSHOT } from '../test/report/fleet.ts';
import { portOf } from '../test/support/port-of.ts';
import { timeAnswer } from './chaos/cpu-wait.ts';
import { get } from './chaos/get.ts';

const MAILBOXES = 1_000;
const ROUNDS = 300;
const WORST_MS = 1_000;
const LONGEST_TURN_MS = 100;
const LIVEZ_LIMIT_MS = 60_000;
const TICK_MS = 1;

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
  await server.listen(await sharedListen({ host: '127.0.0.1', port: 0 }, MOST_CONNECTIONS));
  const turns = watchTurns();
  process.on('message', () =>
    process.send?.({ rss: process.memoryUsage.rss(), turns: turns() } satisfies Server),
  );
  process.send?.(portOf(server.server));
}

interface Server {
  readonly rss: number;
  /** CPU milliseconds of the longest turns of the event loop since the last question. */
  readonly turns: readonly number[];
}

/** Measures CPU time, because on a shared machine elapsed time includes the work of other processes. */
function watchTurns(): () => readonly number[] {
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  let turns: number[] = [];
  let last = cpuMs();
  setInterval(() => {
    const now = cpuMs();
    turns = [...turns, now - last].toSorted((a, b) => b - a).slice(0, 5);
    last = now;
  }, TICK_MS).unref();
  return () => {
    const longest = turns;
    turns = [];
    return longest;
  };
}

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nhost: localhost\r\n\r\n`;

/** `open` opens a connection and sends the text. It reads nothing, unless `reads` is true. */
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

interface Answered {
  readonly ms: number;
  readonly ownMs: number;
}

async function livez(port: number, pid: number): Promise<Answered> {
  const { value, ms, ownMs } = await timeAnswer(pid, async () =>
    get(`http://127.0.0.1:${port}/livez`, LIVEZ_LIMIT_MS).then(
      ({ status }) => status,
      () => undefined,
    ),
  );
  return value === 200 ? { ms, ownMs } : { ms: Number.MAX_VALUE, ownMs: Number.MAX_VALUE };
}

/** Runs in its own process, so that delays of the attacker do not count as delays of the server. */
async function ask(port: number, pid: number): Promise<void> {
  const took: Answered[] = [await livez(port, pid)];
  process.send?.('begun');
  for (let round = 1; round < ROUNDS; round += 1) took.push(await livez(port, pid));
  process.send?.(took);
}

async function underAttack(name: string, attack: Attack): Promise<boolean> {
  const child = fork(import.meta.filename, ['serve']);
  const [port] = await once(child, 'message');
  const measured = async (): Promise<Server> => {
    child.send('measure');
    const [server] = await once(child, 'message');
    return server;
  };
  const before = await measured();
  const sockets: Socket[] = [];
  const asker = fork(import.meta.filename, ['ask', String(port), String(child.pid)]);
  await once(asker, 'message');
  attack((text, reads = false) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    socket.on('error', () => undefined);
    if (reads) socket.resume();
    else socket.pause();
    sockets.push(socket);
    return socket;
  });
  const [took]: readonly Answered[][] = await once(asker, 'message');
  if (took === undefined) throw new Error('/livez was not asked');
  const after = await measured();
  const all = took.map(({ ms }) => ms).toSorted((a, b) => a - b);
  const worstOwnMs = Math.max(...took.map(({ ownMs }) => ownMs));
  const [longest = 0] = after.turns;
  process.stdout.write(
    `${name}: /livez of ${ROUNDS}: median ${all[ROUNDS / 2]?.toFixed(1)} ms, worst ${all.at(-1)?.toFixed(1)} ms, of which ` +
      `the server's own at most ${worstOwnMs.toFixed(1)} ms; longest turns of its loop ${after.turns.map((ms) => ms.toFixed(0)).join(', ')} ms of CPU; ` +
      `memory ${mib(before)} MiB before, ${mib(after)} MiB after\n`,
  );
  for (const socket of sockets) socket.destroy();
  child.kill();
  return worstOwnMs < WORST_MS && longest <= LONGEST_TURN_MS;
}

async function attackAll(): Promise<void> {
  const held: boolean[] = [];
  for (const [name, attack] of Object.entries(ATTACKS)) held.push(await underAttack(name, attack));
  process.exitCode = held.every(Boolean) ? 0 : 1;
}

const mib = ({ rss }: Server): number => Math.round(rss / 2 ** 20);

const [role, port, pid] = process.argv.slice(2);
if (role === 'serve') await serve();
else if (role === 'ask') await ask(Number(port), Number(pid));
else await attackAll();
