/**
 * What `/metrics` costs: time to render, size, and the longest time that the event loop was stopped by it, at 1,000
 * and 10,000 mailboxes over two protocols. Run: `node --expose-gc bench/metrics.ts`.
 */
import type { TargetStatus } from '../src/model/status.ts';
import { PROTOCOL_IDS } from '../src/model/protocol.ts';
import { createMetrics } from '../src/report/metrics.ts';
import { aSource } from '../test/report/fleet.ts';
import { aProbe, aTarget, NOON } from '../test/support/builders.ts';

const ROUNDS = 7;

function statusesOf(mailboxes: number): readonly TargetStatus[] {
  const ids = Array.from({ length: mailboxes }, (_, n) => `mailbox-${n}`);
  return ids.flatMap((mailbox, n) =>
    PROTOCOL_IDS.map((protocol): TargetStatus => {
      const target = aTarget({ mailbox, protocol });
      const lastProbe = aProbe({ target, startedAt: NOON + n, seconds: 0.1 + n / 7 });
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
 * The longest time between two turns of the event loop while `work` runs, in milliseconds of this thread's CPU: on
 * a machine that does other things too, the time on the wall would be theirs.
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
  // What making the fleet left behind is not the scrape's.
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
  const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[ROUNDS >> 1] ?? 0;
  process.stdout.write(
    `${mailboxes} mailboxes x ${PROTOCOL_IDS.length}: ${(bytes / 1e6).toFixed(1)} MB in ${median(cpuMs).toFixed(0)} ms of CPU; ` +
      `longest block ${median(blockMs).toFixed(1)} ms (median of ${ROUNDS} scrapes), ${blockMs[0]?.toFixed(1)} ms (first), ` +
      `${Math.max(...blockMs.slice(1)).toFixed(1)} ms (worst of the others); RSS ${(process.memoryUsage.rss() / 1e6).toFixed(0)} MB\n`,
  );
}
