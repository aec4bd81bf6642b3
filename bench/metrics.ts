/**
 * Measures `/metrics` at 1,000 and 10,000 mailboxes over two protocols: time to render, size, and for how long it
 * blocks the event loop. Then measures a scrape over HTTP, as text and compressed, while other work keeps the event
 * loop 90 % busy. The exit code is 1 if a scrape takes more than 10 seconds, the default limit of Prometheus. Run:
 * `node --expose-gc bench/metrics.ts`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { TargetStatus } from '../src/model/status.ts';
import { PROTOCOL_IDS } from '../src/model/protocol.ts';
import { createMetrics } from '../src/report/metrics.ts';
import { aSource } from '../test/report/fleet.ts';
import { aProbe, aTarget, NOON } from '../test/support/builders.ts';
import { portOf } from '../test/support/port-of.ts';
import { medianOf } from './shared/median.ts';
import type { Scraped } from './metrics/scrape.ts';

const ROUNDS = 7;
/** The other work: tasks of this length, for this share of the time. */
const TASK_MS = 18;
const BUSY = 0.9;
const SCRAPE_WITHIN_MS = 10_000;

function statusesOf(mailboxes: number): readonly TargetStatus[] {
  const ids = Array.from({ length: mailboxes }, (_, n) => `mailbox-${n}`);
  return ids.flatMap((mailbox, n) =>
    PROTOCOL_IDS.map((protocol): TargetStatus => {
      const target = aTarget({ mailbox, protocol });
      const lastProbe = aProbe({ target, startedAt: NOON + n, seconds: 0.1 + (n % 97) / 71 });
      const stages = lastProbe.evidence.stages.map((stage, at) => ({ ...stage, seconds: (at + n) / 977 }));
      return {
        target,
        confirmed: 'up',
        consecutiveFailures: 0,
        consecutiveSuccesses: 1,
        lastProbe: { ...lastProbe, evidence: { ...lastProbe.evidence, stages } },
        lastSuccess: NOON + n,
        probesTotal: 1000 + n,
        failuresByCause: { 'exchange-transient': 1, 'dns-failure': 2 },
        history: [],
      };
    }),
  );
}

/**
 * Returns the longest turn of the event loop while `work` runs, in CPU milliseconds of this thread. On a busy machine,
 * elapsed time would include the work of other processes.
 */
async function longestBlock(work: () => Promise<void>): Promise<number> {
  let longest = 0;
  let last = threadCpuMs();
  let running = true;
  const tick = (): void => {
    const now = threadCpuMs();
    longest = Math.max(longest, now - last);
    last = now;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  await work();
  running = false;
  return longest;
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}

for (const mailboxes of [1000, 10_000]) {
  const targets = statusesOf(mailboxes);
  const metrics = createMetrics(
    aSource({ snapshot: () => ({ at: NOON, targets, tokens: [], problems: [] }) }),
  );
  // Collects the garbage of creating the fleet, so that it is not counted for the scrape.
  globalThis.gc?.();
  const cpuMs: number[] = [];
  const blockMs: number[] = [];
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    bytes = 0;
    const cpu = process.cpuUsage();
    const block = await longestBlock(async () => {
      for await (const chunk of metrics.stream().chunks) bytes += Buffer.byteLength(chunk);
    });
    const { user, system } = process.cpuUsage(cpu);
    cpuMs.push((user + system) / 1000);
    blockMs.push(block);
  }
  process.stdout.write(
    `${mailboxes} mailboxes x ${PROTOCOL_IDS.length}: ${(bytes / 1e6).toFixed(1)} MB in ${medianOf(cpuMs).toFixed(0)} ms of CPU; ` +
      `longest block ${medianOf(blockMs).toFixed(1)} ms (median of ${ROUNDS} scrapes), ${blockMs[0]?.toFixed(1)} ms (first), ` +
      `${Math.max(...blockMs.slice(1)).toFixed(1)} ms (worst of the others); RSS ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB\n`,
  );
}

const large = statusesOf(10_000);
const busyMetrics = createMetrics(
  aSource({ snapshot: () => ({ at: NOON, targets: large, tokens: [], problems: [] }) }),
);
const server = createServer((request, response) => {
  const { headers, chunks } = busyMetrics.stream(undefined, request.headers['accept-encoding']?.toString());
  response.writeHead(200, headers);
  Readable.from(chunks, { highWaterMark: 1 }).pipe(response);
});
await once(server.listen(0, '127.0.0.1'), 'listening');
const reader = fork(join(import.meta.dirname, 'metrics/scrape.ts'), [String(portOf(server))]);
let isBusy = true;
const work = (): void => {
  const until = performance.now() + TASK_MS;
  while (performance.now() < until);
  if (isBusy) setTimeout(work, TASK_MS / BUSY - TASK_MS);
};
work();
for (const encoding of ['identity', 'gzip']) {
  reader.send(encoding);
  const [scraped]: Scraped[] = await once(reader, 'message');
  if (scraped === undefined) throw new Error('the reader sent nothing');
  process.stdout.write(
    `10000 mailboxes x ${PROTOCOL_IDS.length}, ${encoding}, the loop ${BUSY * 100} % busy: ` +
      `${(scraped.bytes / 1e6).toFixed(1)} MB in ${(scraped.ms / 1000).toFixed(1)} s\n`,
  );
  if (scraped.ms > SCRAPE_WITHIN_MS) process.exitCode = 1;
}
isBusy = false;
reader.disconnect();
server.close();
