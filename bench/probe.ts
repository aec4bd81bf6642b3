/**
 * Measures the CPU milliseconds of a probe over IMAP and POP3: of the probe alone, of the probe with everything on, and
 * of blackbox_exporter (Debian package prometheus-blackbox-exporter) with the same dialogue. The server greets like
 * Exchange Online. Each program runs in its own process and is warm, and the rounds alternate their order. Machines
 * drift by a quarter between runs, so only figures of the same run can be compared. mailprobe runs with the memory
 * settings of `serve`. Run: `npm run bench:probe [-- --probes N --rounds N]`.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MALLOC, YOUNG_GENERATION } from '../src/memory-at-start.ts';
import { PROTOCOL_IDS, type Protocol } from '../src/model/protocol.ts';
import { writeFleet } from './memory/configuration.ts';
import type { FakeTenant } from './memory/fake-tenant.ts';
import { hasBlackbox, startBlackbox, type Blackbox } from './probe/blackbox.ts';
import type { Begin, Order, ProberRole, Spent } from './probe/prober.ts';
import { inParallel } from './shared/in-parallel.ts';
import { machineLine } from './shared/machine.ts';
import { medianOf } from './shared/median.ts';
import { note } from './shared/table.ts';

const { values } = parseArgs({
  options: {
    probes: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    /** In seconds. No round begins after this time, so a busy machine runs fewer rounds. */
    within: { type: 'string', default: '3600' },
    only: { type: 'string', multiple: true, default: ['bare', 'probe', 'everything', 'blackbox'] },
    /** Options for Node.js in the processes that run mailprobe. */
    'node-option': { type: 'string', multiple: true, default: [] },
  },
});
const PROBES = Number(values.probes);
const ROUNDS = Number(values.rounds);
const WITHIN_MS = Number(values.within) * 1_000;
/**
 * After this many probes over each protocol, V8 has compiled what a probe runs. The first 3,000 take up to 40 % more
 * CPU, which a daemon spends in its first minutes.
 */
const WARM_UP = 3_000;
const LEAST_WARM_UP = 500;
const CONCURRENCY = 10;
const FULL = 50;
const MAILBOXES = 500;
/** Enough apps that the limit of probes per app delays nothing. */
const APPS = 20;
/** A text as long as a token of Entra. */
const TOKEN = `eyJ${'x'.repeat(1_600)}`;

const NAMES: Readonly<Record<ProberRole, string>> = {
  bare: 'bare Node.js',
  probe: 'probe alone',
  everything: 'everything on',
};

/** A program that is measured. `run` resolves to the CPU milliseconds per probe. */
interface Program {
  readonly name: string;
  readonly run: (protocol: Protocol, probes: number) => Promise<number>;
  readonly spend?: (order: Order) => Promise<Spent>;
}

const folder = mkdtempSync(join(tmpdir(), 'mailprobe-bench-'));
const children: ChildProcess[] = [];
let blackbox: Blackbox | undefined;
try {
  await measure();
} finally {
  blackbox?.close();
  for (const child of children) if (child.connected) child.disconnect();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const tenant = start('../memory/fake-tenant.ts');
  const [ports]: FakeTenant[] = await once(tenant, 'message');
  if (ports === undefined) throw new Error('the tenant did not start');
  const configFile = writeFleet(folder, { mailboxes: MAILBOXES, apps: APPS, interval: '1h', port: 0 }, ports);
  const programs: Program[] = [];
  const begin: Begin = { configFile, tenant: ports, token: TOKEN };
  for (const role of ['bare', 'probe', 'everything'] as const)
    if (values.only.includes(role)) programs.push(await startProber(role, begin));
  if (values.only.includes('blackbox') && hasBlackbox()) {
    const exporter = await startBlackbox(folder, ports, TOKEN);
    blackbox = exporter;
    programs.push({
      name: 'blackbox_exporter',
      run: async (...order) => await runBlackbox(exporter, ...order),
    });
  }
  print(machineLine());
  print(`${ROUNDS} rounds of ${PROBES} probes, ${CONCURRENCY} at once; CPU ms per probe`);
  const figures = new Map<string, number[]>();
  print(`warm after ${await warmUp(programs)} probes over each protocol`);
  for (let round = 0; round < ROUNDS && (round === 0 || performance.now() < WITHIN_MS); round += 1) {
    const inTurn = round % 2 === 0 ? programs : programs.toReversed();
    for (const protocol of PROTOCOL_IDS) {
      for (const { name, run } of inTurn) {
        const key = `${protocol} ${name}`;
        figures.set(key, [...(figures.get(key) ?? []), await run(protocol, PROBES)]);
      }
    }
  }
  for (const protocol of PROTOCOL_IDS) report(protocol, programs, figures);
  const whole = programs.find(({ name }) => name === NAMES.everything);
  if (whole?.spend !== undefined) await fullCore(whole.spend);
  print(machineLine());
}

/** Ends early if the machine is so busy that no time would be left to measure. Returns the probes over each protocol. */
async function warmUp(programs: readonly Program[]): Promise<number> {
  let probes = 0;
  while (probes < WARM_UP && (probes === 0 || performance.now() < WITHIN_MS / 2)) {
    for (const protocol of PROTOCOL_IDS) for (const { run } of programs) await run(protocol, LEAST_WARM_UP);
    probes += LEAST_WARM_UP;
  }
  return probes;
}

/** Measures how many probes one process can run, over one protocol after the other. */
async function fullCore(spend: NonNullable<Program['spend']>): Promise<void> {
  let [probes, wallMs, cpuMs] = [0, 0, 0];
  for (const protocol of PROTOCOL_IDS) {
    const spent = await spend({ protocol, probes: 2 * PROBES, concurrency: FULL });
    probes += spent.probes;
    wallMs += spent.wallMs;
    cpuMs += spent.cpuMs;
  }
  const measured = `${((probes * 1_000) / wallMs).toFixed(0)} probes a second on the wall with ${((cpuMs * 100) / wallMs).toFixed(0)} % of a core, ${((probes * 1_000) / cpuMs).toFixed(0)} per second of CPU`;
  print(`full core, ${FULL} at once: ${measured}`);
  note(`everything on, ${FULL} probes at once`, measured);
}

function report(
  protocol: Protocol,
  programs: readonly Program[],
  figures: ReadonlyMap<string, readonly number[]>,
): void {
  const theirs = figures.get(`${protocol} blackbox_exporter`);
  for (const { name } of programs) {
    const own = figures.get(`${protocol} ${name}`) ?? [];
    const ratio =
      theirs === undefined ? '' : `, ${(medianOf(own) / medianOf(theirs)).toFixed(2)} of blackbox_exporter`;
    const row = `median ${medianOf(own).toFixed(2)} ms, best ${Math.min(...own).toFixed(2)} ms${ratio}`;
    print(
      `${protocol.padEnd(4)} ${name.padEnd(22)} ${row}; rounds ${own.map((ms) => ms.toFixed(2)).join(' ')}`,
    );
    note(`CPU per probe, ${protocol.toUpperCase()}, ${name}`, row);
  }
}

async function startProber(role: ProberRole, begin: Begin): Promise<Program> {
  const child = start('prober.ts', [role]);
  child.send(begin);
  await once(child, 'message');
  const spend = async (order: Order): Promise<Spent> => {
    child.send(order);
    const [spent]: Spent[] = await once(child, 'message');
    if (spent === undefined) throw new Error(`the prober (${role}) ended`);
    return spent;
  };
  return {
    name: NAMES[role],
    spend,
    run: async (protocol, probes) => {
      const { cpuMs, probes: ended } = await spend({ protocol, probes, concurrency: CONCURRENCY });
      return cpuMs / ended;
    },
  };
}

async function runBlackbox(exporter: Blackbox, protocol: Protocol, probes: number): Promise<number> {
  const before = exporter.cpuMs();
  await inParallel(probes, CONCURRENCY, async () => await exporter.probe(protocol));
  return (exporter.cpuMs() - before) / probes;
}

function start(file: string, args: readonly string[] = []): ChildProcess {
  const execArgv = [...YOUNG_GENERATION, ...values['node-option']];
  const env = { ...process.env, ...MALLOC };
  const child = fork(join(import.meta.dirname, 'probe', file), args, { execArgv, env });
  children.push(child);
  return child;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
