/**
 * A sandbox and all that the daemon is made of, without its schedule and its HTTP interface: a test says when the
 * mailboxes are probed, and what time it is. Needs vitest's fake `Date`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { formatErrors } from '../../src/config/config-error.ts';
import type { Config } from '../../src/config/config.ts';
import { loadConfig } from '../../src/config/load.ts';
import type { Engine } from '../../src/engine.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import type { Problem, StatusChange, TargetStatus } from '../../src/model/status.ts';
import { targetKey, type Target } from '../../src/model/target.ts';
import type { Lookup } from '../../src/probe/network/resolve.ts';
import { configFor, type ConfigFileOptions } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { CertificateAuthority } from '../../src/sandbox/certificates.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { concurrencyOf } from '../../src/schedule/caps.ts';
import { createWatching } from '../../src/watching.ts';
import { files } from './files.ts';
import { PATIENT } from './patient.ts';
import { untilStill } from './still.ts';

export interface StageOptions extends ConfigFileOptions {
  readonly tenant: Tenant;
  readonly certificateAuthority: CertificateAuthority;
  readonly lookup?: Lookup;
  /** Changes the configuration after it was loaded. */
  readonly adjust?: (config: Config) => Config;
}

export interface Stage {
  readonly sandbox: Sandbox;
  readonly directory: string;
  readonly targets: readonly Target[];
  readonly engine: Engine;
  /** Probes these targets, or all, and waits for what these probes cause. */
  readonly round: (of?: (target: Target) => boolean) => Promise<void>;
  /** Probes until each failure is confirmed, or over. */
  readonly settle: () => Promise<void>;
  /** Lets time pass: of the wall clock. */
  readonly later: (ms: number) => void;
  readonly filesChanged: (name: string) => void;
  /** Each confirmed failure so far. */
  readonly downs: readonly StatusChange[];
  readonly statusOf: (mailbox: string, protocol: Target['protocol']) => TargetStatus | undefined;
  /** Those of the last probe. */
  readonly verdictOf: (mailbox: string, protocol: Target['protocol']) => readonly Diagnosis[];
  /** Open ones that somebody has to fix. */
  readonly problems: () => readonly Problem[];
  readonly close: () => Promise<void>;
}

export async function openStage(options: StageOptions): Promise<Stage> {
  const { tenant, certificateAuthority, lookup, adjust = (config) => config, ...configOptions } = options;
  const sandbox = await createSandbox({ tenant, certificateAuthority, failureDelayMs: 0 });
  const directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  const configFile = await configFor(sandbox, directory, {
    interval: '1h',
    timeout: PATIENT.timeout,
    ...configOptions,
  });
  const loaded = await loadConfig(configFile, { env: {}, files });
  if (!loaded.ok) throw new Error(formatErrors(loaded.errors));
  const config = adjust(loaded.config);
  const downs: StatusChange[] = [];
  const watching = createWatching({
    env: {},
    files,
    redactor: createRedactor(),
    allowed: (settings) => concurrencyOf(settings),
    reportProbe: () => undefined,
    reportDiscarded: () => undefined,
    reportChange: (change) => {
      if (change.to === 'down') downs.push(change);
    },
    reportCredential: () => undefined,
    onBug: (error) => {
      throw error;
    },
    ...(lookup === undefined ? {} : { lookup }),
  });
  const { engine, scheduler } = watching;
  await watching.know(config);
  await watching.schedule(config);
  const statusOf: Stage['statusOf'] = (mailbox, protocol) => {
    const target = config.targets.find((each) => each.mailbox.id === mailbox && each.protocol === protocol);
    return target && engine.status.get(targetKey(target));
  };
  const round: Stage['round'] = async (of = () => true) => {
    await Promise.all(config.targets.filter(of).map(scheduler.runNow));
    await untilStill(() => engine.credentials.statuses().some(({ pending }) => pending === true));
  };
  const isUnsettled = (target: Target): boolean => {
    const status = engine.status.get(targetKey(target));
    return status === undefined || (status.consecutiveFailures > 0 && status.confirmed !== 'down');
  };
  return {
    sandbox,
    directory,
    targets: config.targets,
    engine,
    round,
    settle: async () => {
      await round();
      for (let more = 0; more < MOST_ROUNDS && config.targets.some(isUnsettled); more += 1)
        await round(isUnsettled);
    },
    later: (ms) => void vi.setSystemTime(Date.now() + ms),
    filesChanged: (name) => watching.filesChanged([join(directory, name)]),
    downs,
    statusOf,
    verdictOf: (mailbox, protocol) => statusOf(mailbox, protocol)?.lastProbe?.diagnoses ?? [],
    problems: () => engine.snapshot().problems.filter(({ severity }) => severity !== 'info'),
    close: async () => {
      await watching.close();
      await sandbox.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A failure is confirmed by the second one; a probe that was under way already may be the first. */
const MOST_ROUNDS = 4;
