/**
 * Does a large fleet fit into the limits? Runs the built `mailprobe serve` with store and scrapes, if possible in a
 * control group of 384 MiB, against a tenant in another process. Phases: start, first round, healthy, reloads, a total
 * outage with five reloads. Prints memory, pauses of the event loop and answers of each phase, and then all phases as a
 * table for docs/performance.md. The exit code is 1 if a limit is exceeded: of memory, of the longest turn without
 * garbage collection, or of p99.9 of all turns. Pauses before the daemon listens delay no request, so they are not
 * limited. Ends within 19 minutes. Run: `npm run bench:memory -- [--mailboxes N] [--interval
 * D] [--node-option O]...`.
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
import { tableOf, type Phase } from './memory/phase-table.ts';
import { longest, over, percentile, total, turnsOf } from './memory/turns.ts';
import { machineLine } from './shared/machine.ts';

const { values } = parseArgs({
  options: {
    mailboxes: { type: 'string', default: '10000' },
    interval: { type: 'string', default: '300s' },
    'node-option': { type: 'string', multiple: true, default: [] },
    'no-limit': { type: 'boolean', default: false },
  },
});

const MAILBOXES = Number(values.mailboxes);
const GROUP_BYTES = 384 * 2 ** 20;
const HEALTHY_MB = 256;
const OUTAGE_MB = 384;
const LONGEST_TASK_MS = 20;
const BEFORE_IT_LISTENS = 'start';
const RELOADS = 5;
const ROTATED = 3;
/** A run with an interval of five minutes takes eleven minutes. */
const WITHIN_MS = 19 * 60_000;
const PAGES = ['/', '/api/v1/mailboxes?limit=1000', '/api/v1/problems', '/api/v1/incidents', '/health'];

const failures: string[] = [];
const phases: Phase[] = [];
const began = Date.now();
const machine = machineLine();
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
// `npm run bench` sends SIGTERM when the time is over. The daemon must not outlive this bench.
process.once('SIGTERM', () => void stop());
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
print(
  `\n${new Date().toISOString().slice(0, 10)}. At the start: ${machine}; at the end: ${machineLine()}.\n\n${tableOf(phases)}\n`,
);
for (const failure of failures) print(`beyond the limit: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

async function stop(): Promise<void> {
  daemon?.signal('SIGKILL');
  await group?.remove();
  rmSync(folder, { recursive: true });
  process.exit(1);
}

async function measure(started: MeasuredDaemon): Promise<void> {
  let phaseBegan = began;
  let turnsFrom = 0;
  let cpuBefore = 0;
  const report = async (phase: string, limitMb: number, note = ''): Promise<void> => {
    await delay(300);
    if (!started.isAlive()) throw new Error(`${phase}: the daemon died:\n${started.output().slice(-1_000)}`);
    const isJudged = phase !== BEFORE_IT_LISTENS;
    const { now, most } = started.memory();
    const { turns, own: ownTurns, gcMs } = turnsOf(started.loopSince(turnsFrom), turnsFrom);
    const cpu = started.cpuSeconds();
    const core = ((cpu - cpuBefore) * 100_000) / (Date.now() - phaseBegan);
    const own = longest(ownTurns);
    const p999 = percentile(turns, 0.999);
    const measured = { now, most, worst: longest(turns), own, p999, gcMs, core };
    phases.push({ phase, ...measured, over: over(turns, LONGEST_TASK_MS), total: total(turns), note });
    const shown = [
      `RSS ${now.toFixed(0)} MB, at most ${most.toFixed(0)}`,
      `CPU between turns: worst ${measured.worst} ms, ${own} ms without collection, p99.9 ${p999} ms, over ${LONGEST_TASK_MS} ms ${over(turns, LONGEST_TASK_MS)} of ${total(turns)}`,
      `longest GC ${gcMs.toFixed(0)} ms`,
      `${core.toFixed(0)} % of a core`,
    ];
    print(`${phase}: ${shown.join('; ')}${note === '' ? '' : `; ${note}`}`);
    if (most > limitMb) failures.push(`${phase}: ${most.toFixed(0)} MB of ${limitMb}`);
    if (isJudged && own > LONGEST_TASK_MS) failures.push(`${phase}: a turn of ${own} ms of its own`);
    if (isJudged && p999 > LONGEST_TASK_MS) failures.push(`${phase}: p99.9 of ${p999} ms`);
    phaseBegan = Date.now();
    turnsFrom = isJudged ? phaseBegan : started.listensSince;
    cpuBefore = cpu;
    if (phaseBegan - began > WITHIN_MS) throw new Error(`${phase}: not ended in 19 minutes`);
  };
  const asked = async (paths: readonly string[]): Promise<string> => {
    const answers: string[] = [];
    for (const path of paths) {
      const answer = await started.ask(path).catch(() => undefined);
      const took =
        answer === undefined
          ? 'broke off'
          : `${answer.ms.toFixed(0)} ms ${(answer.bytes / 1e6).toFixed(2)} MB`;
      answers.push(`${path} ${took}`);
    }
    return answers.join(', ');
  };
  const reload = async (): Promise<void> => {
    const before = started.events('config_reloaded');
    started.signal('SIGHUP');
    while (started.events('config_reloaded') === before && started.isAlive()) await delay(50);
  };
  const stored = (): string => `store ${(started.storeBytes() / 1e6).toFixed(0)} MB`;

  await report(BEFORE_IT_LISTENS, HEALTHY_MB, `listens after ${seconds(started.listensSince)}`);
  await round(started, 1);
  await report('first round', HEALTHY_MB, `ready after ${seconds(started.readySince)}`);
  await delay(15_000);
  await report('healthy', HEALTHY_MB, `${await asked(['/metrics', '/metrics', ...PAGES])}, ${stored()}`);
  await reload();
  await report('reload of the same', HEALTHY_MB);
  addMailbox(folder, 'one-more');
  await reload();
  await report('reload with one more', HEALTHY_MB);
  await report('a rotated secret', HEALTHY_MB, await rotate(started));
  tenant.send('out');
  await round(started, 0);
  await report('outage', OUTAGE_MB, `${await asked(['/metrics', ...PAGES])}, ${stored()}`);
  for (let at = 1; at <= RELOADS; at += 1) {
    addMailbox(folder, `another-${at}`);
    await reload();
    await report(`outage, reload ${at}`, OUTAGE_MB, await asked(['/metrics', '/']));
  }
}

/**
 * Rotates a secret, and waits until a token is requested with it. The log does not show this, because the credential is
 * still accepted.
 */
async function rotate(daemon: MeasuredDaemon): Promise<string> {
  const reloads = daemon.events('config_reloaded');
  const before = await tokenRequests(daemon);
  rotateSecret(folder, ROTATED, 'def8Q~anotherSecretValueOfFortyCharacters00');
  const until = Date.now() + 15_000;
  let requests = 0;
  while (requests === 0 && Date.now() < until) {
    await delay(500);
    requests = (await tokenRequests(daemon)) - before;
  }
  if (requests === 0) failures.push('a rotated secret: no token was requested with it');
  return `${requests} tokens requested with it, ${daemon.events('config_reloaded') - reloads} reloads`;
}

async function tokenRequests(daemon: MeasuredDaemon): Promise<number> {
  const text = (await daemon.ask('/metrics').catch(() => undefined))?.text ?? '';
  return Number(
    new RegExp(`^mailprobe_token_requests_total\\{app="app-${ROTATED}"\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0,
  );
}

function seconds(at: number): string {
  return `${((at - began) / 1000).toFixed(1)} s`;
}

/**
 * Waits until the last probe of every mailbox has this result over each protocol. Scrapes somewhat more often than
 * Prometheus.
 */
async function round(daemon: MeasuredDaemon, success: 0 | 1): Promise<void> {
  for (;;) {
    // On a busy machine, the daemon breaks off a scrape that takes too long, as it does for Prometheus.
    const scrape = await daemon.ask('/metrics').catch(() => undefined);
    if (!daemon.isAlive()) throw new Error(`the daemon died:\n${daemon.output().slice(-1_000)}`);
    const results = scrape?.text.match(/^mailprobe_probe_success\{.*$/gm) ?? [];
    const done = results.filter((line) => line.endsWith(` ${success}`)).length;
    if (done >= MAILBOXES * 2) return;
    if (Date.now() - began > WITHIN_MS) throw new Error(`${done} results after 19 minutes`);
    await delay(5_000);
  }
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
