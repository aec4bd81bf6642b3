/**
 * Does a large fleet fit into the limits? `mailprobe serve` as built, in a control group of the chart's limit where one
 * can be made, with store and scrapes, against a tenant in another process: start, first round, healthy, reloads, a total
 * outage with five reloads. Prints memory, pauses of the event loop and answers of each phase, and fails beyond the
 * limits. Run: `npm run bench:memory -- [--mailboxes N] [--interval D] [--node-option O]...`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createMemoryGroup } from './memory/cgroup.ts';
import { addMailbox, rotateSecret, writeFleet } from './memory/configuration.ts';
import type { FakeTenant } from './memory/fake-tenant.ts';
import { startDaemon, type MeasuredDaemon } from './memory/measured-daemon.ts';

const { values } = parseArgs({
  options: {
    mailboxes: { type: 'string', default: '10000' },
    interval: { type: 'string', default: '60s' },
    'node-option': { type: 'string', multiple: true, default: [] },
    'no-limit': { type: 'boolean', default: false },
  },
});

const MAILBOXES = Number(values.mailboxes);
const GROUP_BYTES = 384 * 2 ** 20;
const HEALTHY_MB = 256;
const OUTAGE_MB = 384;
const LONGEST_TASK_MS = 20;
const RELOADS = 5;
const PAGES = ['/', '/api/v1/mailboxes?limit=1000', '/api/v1/problems', '/api/v1/incidents', '/health'];

const failures: string[] = [];
const folder = mkdtempSync(join(tmpdir(), 'mailprobe-memory-'));
const group = values['no-limit'] ? undefined : createMemoryGroup(GROUP_BYTES);
const tenant = fork(join(import.meta.dirname, 'memory/fake-tenant.ts'));
const [ports]: FakeTenant[] = await once(tenant, 'message');
if (ports === undefined) throw new Error('the tenant did not start');
const port = await freePort();
const configFile = writeFleet(
  folder,
  { mailboxes: MAILBOXES, apps: 20, interval: values.interval, port },
  ports,
);

print(
  `${MAILBOXES} mailboxes over 2 protocols every ${values.interval}; ${group === undefined ? 'no control group: only RSS is judged' : 'in a control group of 384 MiB'}`,
);
let daemon: MeasuredDaemon | undefined;
// As `npm run bench` does when its time is over: the daemon must not outlive the bench.
process.once('SIGTERM', () => {
  daemon?.signal('SIGKILL');
  process.exit(1);
});
const began = Date.now();
try {
  daemon = await startDaemon({
    configFile,
    port,
    loopFile: join(folder, 'loop.jsonl'),
    group,
    nodeOptions: values['node-option'],
  });
  await measure(daemon);
} catch (error) {
  failures.push(error instanceof Error ? `${error.message} (${String(error.cause)})` : 'unknown');
  if (daemon !== undefined) print(daemon.output().slice(-2_000));
} finally {
  await daemon?.end();
  tenant.disconnect();
  if (group !== undefined) {
    print(`control group: at most ${(group.most() / 2 ** 20).toFixed(0)} MiB, page cache included`);
    await group.remove();
  }
  rmSync(folder, { recursive: true });
}
for (const failure of failures) print(`beyond the limit: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function measure(started: MeasuredDaemon): Promise<void> {
  let phaseBegan = began;
  let cpuBefore = 0;
  const report = async (phase: string, limitMb: number, note = ''): Promise<void> => {
    await delay(1_100);
    if (!started.isAlive()) throw new Error(`${phase}: the daemon died:\n${started.output().slice(-1_000)}`);
    const { now, most } = started.memory();
    const turns = new Map<number, number>();
    let gcMs = 0;
    for (const second of started.loopSince(phaseBegan)) {
      gcMs = Math.max(gcMs, second.worstGcMs);
      for (const [ms, count] of Object.entries(second.turns))
        turns.set(Number(ms), (turns.get(Number(ms)) ?? 0) + count);
    }
    const cpu = started.cpuSeconds();
    const core = ((cpu - cpuBefore) * 100_000) / (Date.now() - phaseBegan);
    const worst = Math.max(0, ...turns.keys());
    const shown = [
      `RSS ${now.toFixed(0)} MB, at most ${most.toFixed(0)}`,
      `CPU between turns: worst ${worst} ms, p99.9 ${percentile(turns, 0.999)} ms, over ${LONGEST_TASK_MS} ms ${over(turns)} of ${total(turns)}`,
      `longest GC ${gcMs.toFixed(0)} ms`,
      `${core.toFixed(0)} % of a core`,
    ];
    print(`${phase}: ${shown.join('; ')}${note === '' ? '' : `; ${note}`}`);
    if (most > limitMb) failures.push(`${phase}: ${most.toFixed(0)} MB of ${limitMb}`);
    if (worst > LONGEST_TASK_MS) failures.push(`${phase}: a turn of ${worst} ms`);
    phaseBegan = Date.now();
    cpuBefore = cpu;
  };
  const asked = async (paths: readonly string[]): Promise<string> => {
    const answers: string[] = [];
    for (const path of paths) {
      const { ms, bytes } = await started.ask(path);
      answers.push(`${path} ${ms.toFixed(0)} ms ${(bytes / 1e6).toFixed(2)} MB`);
    }
    return answers.join(', ');
  };
  const reload = async (): Promise<void> => {
    const before = started.events('config_reloaded');
    started.signal('SIGHUP');
    while (started.events('config_reloaded') === before && started.isAlive()) await delay(50);
  };

  await report('start', HEALTHY_MB, `ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await round(started, 1);
  await report('first round', HEALTHY_MB);
  await delay(15_000);
  await report('healthy', HEALTHY_MB, await asked(['/metrics', '/metrics', ...PAGES]));
  await reload();
  await report('reload of the same', HEALTHY_MB);
  addMailbox(folder, 'one-more');
  await reload();
  await report('reload with one more', HEALTHY_MB);
  const checks = started.events('credential_accepted');
  rotateSecret(folder, 3, 'def8Q~anotherSecretValueOfFortyCharacters00');
  await delay(6_000);
  await report(
    'a rotated secret',
    HEALTHY_MB,
    `${started.events('credential_accepted') - checks} credentials accepted`,
  );
  tenant.send('out');
  await round(started, 0);
  await report('outage', OUTAGE_MB, await asked(['/metrics', ...PAGES]));
  for (let at = 1; at <= RELOADS; at += 1) {
    addMailbox(folder, `another-${at}`);
    await reload();
    await report(`outage, reload ${at}`, OUTAGE_MB, await asked(['/metrics', '/']));
  }
}

/** Every mailbox has that result, over each protocol. Scrapes as Prometheus does, somewhat more often. */
async function round(daemon: MeasuredDaemon, success: 0 | 1): Promise<void> {
  for (;;) {
    const { text } = await daemon.ask('/metrics');
    const results = text.match(/^mailprobe_probe_success\{.*$/gm) ?? [];
    const done = results.filter((line) => line.endsWith(` ${success}`)).length;
    if (done >= MAILBOXES * 2) return;
    await delay(5_000);
  }
}

function total(turns: ReadonlyMap<number, number>): number {
  return [...turns.values()].reduce((sum, count) => sum + count, 0);
}

function over(turns: ReadonlyMap<number, number>): number {
  return total(new Map([...turns].filter(([ms]) => ms > LONGEST_TASK_MS)));
}

function percentile(turns: ReadonlyMap<number, number>, share: number): number {
  let left = total(turns) * (1 - share);
  for (const ms of [...turns.keys()].sort((a, b) => b - a)) {
    left -= turns.get(ms) ?? 0;
    if (left < 0) return ms;
  }
  return 0;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  server.close();
  return address.port;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
