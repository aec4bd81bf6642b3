/**
 * Runs mailprobe in its own process, so that its CPU time can be measured. Forked by `bench/probe.ts` as `bare` (Node's
 * TLS and nothing else), as `probe` (the probe alone) or as `everything` (scheduler, tokens, diagnosis, status,
 * journal, metrics and log, as in `serve`). Probes on request, and answers with the CPU time.
 */
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { FakeTenant } from '../memory/fake-tenant.ts';
import { loadConfig } from '../../src/config/load.ts';
import { isSuccess } from '../../src/model/evidence.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import { Secret } from '../../src/model/secret.ts';
import type { Protocol } from '../../src/model/protocol.ts';
import type { Target } from '../../src/model/target.ts';
import { openStore } from '../../src/open-store.ts';
import { createProbe } from '../../src/probe/probe.ts';
import { createProber } from '../../src/prober.ts';
import { createLogger } from '../../src/report/log.ts';
import { createMetrics } from '../../src/report/metrics.ts';
import { sourceOf } from '../../src/report-source.ts';
import { createFiles } from '../../src/files/bounded-files.ts';
import { createBareProbe } from './bare.ts';
import { inParallel } from '../shared/in-parallel.ts';

export type ProberRole = 'bare' | 'probe' | 'everything';

/** The first message to the process. */
export interface Begin {
  readonly configFile: string;
  readonly tenant: FakeTenant;
  readonly token: string;
}

export interface Order {
  readonly protocol: Protocol;
  readonly probes: number;
  readonly concurrency: number;
}

/** The result of one order: the CPU time of all threads, and how many probes ended meanwhile. */
export interface Spent {
  readonly cpuMs: number;
  readonly probes: number;
  readonly wallMs: number;
}

interface Running {
  readonly probe: (target: Target) => Promise<unknown>;
  readonly targets: readonly Target[];
  readonly ended: () => number;
}

const [role] = process.argv.slice(2);
if (process.send !== undefined) {
  process.on('disconnect', () => process.exit());
  const [begin]: Begin[] = await once(process, 'message');
  if (begin === undefined) throw new Error('nothing to begin with');
  const running = await (role === 'everything' ? everything : role === 'bare' ? bare : probeAlone)(begin);
  process.on('message', (order: Order) => {
    obey(running, order).then(
      (spent) => process.send?.(spent),
      (error: unknown) => {
        process.stderr.write(`${String(error)}\n`);
        process.exit(1);
      },
    );
  });
  process.send('ready');
}

async function obey(running: Running, { protocol, probes, concurrency }: Order): Promise<Spent> {
  const own = running.targets.filter((target) => target.protocol === protocol);
  const endedBefore = running.ended();
  const began = performance.now();
  const before = process.cpuUsage();
  await inParallel(probes, concurrency, async (at) => {
    const target = own[at % own.length];
    if (target !== undefined) await running.probe(target);
  });
  const { user, system } = process.cpuUsage(before);
  return {
    cpuMs: (user + system) / 1_000,
    probes: running.ended() - endedBefore,
    wallMs: performance.now() - began,
  };
}

async function configured(configFile: string) {
  const loaded = await loadConfig(configFile, { env: {}, files: createFiles() });
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'));
  return loaded.config;
}

async function probeAlone({ configFile, token }: Begin): Promise<Running> {
  const { targets } = await configured(configFile);
  let ended = 0;
  const redactor = createRedactor();
  redactor.add(token);
  const granted = { ok: true, token: new Secret(token), facts: {}, claims: {} } as const;
  const probe = createProbe({
    tokens: { acquire: async () => await Promise.resolve(granted) },
    redactor,
    reportBug: (error) => process.stderr.write(`${String(error)}\n`),
  });
  return {
    targets,
    ended: () => ended,
    probe: async (target) => {
      const evidence = await probe(target, new AbortController().signal);
      ended += 1;
      if (!isSuccess(evidence)) throw new Error(`a probe failed: ${JSON.stringify(evidence.stages)}`);
    },
  };
}

async function bare({ configFile, tenant, token }: Begin): Promise<Running> {
  const { targets } = await configured(configFile);
  const probe = createBareProbe(tenant.ca, token);
  let ended = 0;
  return {
    targets,
    ended: () => ended,
    probe: async (target) => {
      await probe(target);
      ended += 1;
    },
  };
}

async function everything({ configFile }: Begin): Promise<Running> {
  // `serve` sets the same flag.
  setFlagsFromString('--memory-saver-mode');
  const config = await configured(configFile);
  const redactor = createRedactor();
  const logger = createLogger({
    level: 'info',
    destination: { write: () => undefined },
    redactor,
  });
  const edges = { configFile, env: {}, files: createFiles(), logger, redactor };
  const onBug = (error: unknown): void => void process.stderr.write(`${String(error)}\n`);
  let ended = 0;
  const opened = await openStore({ ...config, store: join(dirname(configFile), 'everything.db') }, edges);
  const prober = createProber(
    config,
    { ...edges, opened, onProbe: () => (ended += 1) },
    { metrics: () => metrics, onBug },
  );
  const state = () => ({ loadedAt: 0, lastReloadSuccessful: true });
  const explain = async () => await Promise.resolve(undefined);
  const metrics = createMetrics(sourceOf(prober, { current: () => config, state }, { explain }, () => true));
  await prober.update(config);
  await prober.start();
  const { runNow } = prober.watching.scheduler;
  return { targets: config.targets, ended: () => ended, probe: runNow };
}
