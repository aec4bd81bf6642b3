/**
 * What one more healthy result costs besides its probe, counted in calls and rows. Time is not looked at: `bench:probe`
 * measures it. A count that grows here is paid by every probe of a large fleet.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Config } from '../src/config/config.ts';
import { loadConfig } from '../src/config/load.ts';
import { formatErrors } from '../src/config/config-error.ts';
import type { Changes } from '../src/model/memory.ts';
import { createRedactor, type Redactor } from '../src/model/redactor.ts';
import { targetKey } from '../src/model/target.ts';
import { inMemory, type OpenedStore } from '../src/open-store.ts';
import { createProber, type Prober } from '../src/prober.ts';
import { createLogger } from '../src/report/log.ts';
import { createMetrics } from '../src/report/metrics.ts';
import { sourceOf } from '../src/report-source.ts';
import { configFor } from '../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../src/sandbox/sandbox.ts';
import { files } from './support/files.ts';
import { PATIENT } from './support/patient.ts';
import { until } from './support/until.ts';

const ROUNDS = 4;
const counts = { redactions: 0, lines: 0, rows: new Map<string, number>() };
let directory: string;
let sandbox: Sandbox;
let config: Config;
let prober: Prober;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  sandbox = await createSandbox();
  const configFile = await configFor(sandbox, directory, {
    interval: '1h',
    timeout: PATIENT.timeout,
    credentialInterval: '1d',
  });
  const loaded = await loadConfig(configFile, { env: {}, files });
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  config = loaded.config;
  const redactor = counting(createRedactor());
  const logger = createLogger({
    level: 'info',
    redactor,
    destination: { write: () => (counts.lines += 1) },
  });
  const onBug = (error: unknown): void => {
    throw error;
  };
  const edges = { configFile, env: {}, files, logger, redactor, opened: countingStore() };
  prober = createProber(config, edges, { metrics: () => metrics, onBug });
  const loading = { current: () => config, state: () => ({ loadedAt: 0, lastReloadSuccessful: true }) };
  const explain = { explain: async () => await Promise.resolve(undefined) };
  const metrics = createMetrics(sourceOf(prober, loading, explain, () => true));
  await prober.update(config);
  await prober.start();
  // It reads the directory meanwhile, and what comes from there is redacted.
  await until('the checks of the credentials', () => (areCredentialsChecked() ? true : undefined));
  await probeAll(ROUNDS);
  // The directory shows more permissions than needed. That incident is opened and written at some moment: wait for it.
  await until('the incident of the permissions', async () => {
    await prober.recording.remembering.journal.flush();
    return counts.rows.has('incidents') ? true : undefined;
  });
});

afterAll(async () => {
  await prober.close(async () => await Promise.resolve());
  await sandbox.close();
  await rm(directory, { recursive: true });
});

test('a healthy result redacts nothing, logs nothing, and writes at most one row, for its target', async () => {
  Object.assign(counts, { redactions: 0, lines: 0, rows: new Map() });
  const before = stagesOfAll();
  await probeAll(ROUNDS);
  expect(counts.redactions).toBe(0);
  expect(counts.lines).toBe(0);
  expect(counts.rows.get('targets')).toBeLessThanOrEqual(ROUNDS * config.targets.length);
  const others = ['stateChanges', 'incidents', 'outbox', 'credentials'];
  expect(others.filter((part) => counts.rows.has(part))).toEqual([]);
  expect(stagesOfAll().every((facts, at) => facts === before[at])).toBe(true);
});

/** Rounds of all targets; then what waits is written. */
async function probeAll(rounds: number): Promise<void> {
  const { runNow } = prober.watching.scheduler;
  for (let round = 0; round < rounds; round += 1) for (const target of config.targets) await runNow(target);
  await prober.recording.remembering.journal.flush();
}

function areCredentialsChecked(): boolean {
  const statuses = prober.watching.engine.credentials.statuses();
  return statuses.length === config.apps.length && statuses.every(({ match }) => match === 'matched');
}

/** The facts of each stage of the last probes: of one server they are the same objects, probe after probe. */
function stagesOfAll(): readonly object[] {
  return config.targets.flatMap((target) => {
    const probe = prober.watching.engine.status.get(targetKey(target))?.lastProbe;
    if (probe?.success !== true) throw new Error(`${targetKey(target)} is not healthy`);
    return probe.evidence.stages.map(({ facts }) => facts);
  });
}

function counting(redactor: Redactor): Redactor {
  return {
    ...redactor,
    redact: (text) => {
      counts.redactions += 1;
      return redactor.redact(text);
    },
    finds: (text) => {
      counts.redactions += 1;
      return redactor.finds(text);
    },
  };
}

function countingStore(): OpenedStore {
  const opened = inMemory();
  const { store } = opened;
  return {
    ...opened,
    store: {
      ...store,
      save: async (changes: Changes) => {
        for (const [part, rows] of Object.entries(changes))
          if (Array.isArray(rows) && rows.length > 0)
            counts.rows.set(part, (counts.rows.get(part) ?? 0) + rows.length);
        await store.save(changes);
      },
    },
  };
}
