/**
 * Probes every target and checks every credential, each at its own interval. Created by `prober.ts`, which reports the
 * results.
 */
import { createTracedProbes, type TracedProbes } from './traced-probes.ts';
import type { Config } from './config/config.ts';
import { createEngine, type Engine, type EngineEdges } from './engine.ts';
import type { CredentialStatus } from './model/credential.ts';
import { createCredentialWatch, type CredentialWatch } from './probe/credential/credential-watch.ts';
import { inSlices } from './in-slices.ts';
import { createProbeTarget, type ProbeReports } from './probe-target.ts';
import { type Concurrency, concurrencyOf } from './schedule/caps.ts';
import { createScheduler, type Scheduler } from './schedule/scheduler.ts';

export interface WatchingReports extends ProbeReports {
  /** `before`: the status that was last reported for that app. */
  readonly reportCredential: (credential: CredentialStatus, before: CredentialStatus | undefined) => void;
}

export interface WatchingEdges extends Omit<EngineEdges, 'onTokenAnswer'>, WatchingReports {
  /** Reduces the settings to what the limit of file descriptors allows. */
  readonly allowed: (settings: Config['concurrency']) => Concurrency;
  /** If absent, this replica probes every app. */
  readonly mayProbe?: (appId: string) => boolean;
}

export interface Watching {
  readonly engine: Engine;
  readonly scheduler: Pick<Scheduler, 'runNow' | 'lagSeconds' | 'overload' | 'loads'>;
  /** Replaces the targets and apps. Starts no probe. */
  readonly know: (config: Config) => Promise<void>;
  /** Schedules the probes of the targets and the checks of the credentials. */
  readonly schedule: (config: Config) => Promise<void>;
  /** Ends the probes under way, and starts none until `resume`. All states are kept. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Call this with the absolute paths of changed files, because a file of a credential may be among them. */
  readonly filesChanged: (paths: readonly string[]) => void;
  readonly traced: TracedProbes;
  /** Ends probes under way, requests and timers. */
  readonly close: () => Promise<void>;
}

export function createWatching({ allowed, reportCredential, ...edges }: WatchingEdges): Watching {
  const { onBug } = edges;
  const engine = createEngine({
    ...edges,
    onTokenAnswer: (app, scope, outcome) => credentials.observe(app, scope, outcome),
  });
  const credentials: CredentialWatch = createCredentialWatch({
    store: engine.credentials,
    tokens: engine.tokens,
    onStatus: (app, credential, before) => {
      engine.diagnoseCredential(app);
      reportCredential(credential, before);
    },
    onBug,
  });
  const traced = createTracedProbes();
  const probeTarget = createProbeTarget(engine, {
    ...edges,
    traceOf: traced.take,
    probeNow: (target) => void scheduler.runNow(target),
    checkCredential: credentials.loginFailed,
    mayProbe: edges.mayProbe ?? (() => true),
  });
  let current: Config | undefined;
  let isPaused = false;
  const scheduler = createScheduler({ probe: probeTarget, concurrency: concurrencyOf({}), onBug });

  return {
    engine,
    scheduler,
    traced,
    know: async (config) => await engine.update(config.apps, config.targets),
    schedule: async (config) => {
      current = config;
      if (!isPaused) await inSlices(scheduler.updateInSteps(config.targets, allowed(config.concurrency)));
      await inSlices(credentials.updateInSteps(config.apps));
    },
    pause: () => {
      isPaused = true;
      scheduler.update([]);
    },
    resume: () => {
      isPaused = false;
      if (current !== undefined) scheduler.update(current.targets, allowed(current.concurrency));
    },
    filesChanged: credentials.filesChanged,
    close: async () => {
      await Promise.all([scheduler.close(), credentials.close()]);
      engine.close();
    },
  };
}
