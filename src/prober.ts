/**
 * Connects three parts that refer to each other. `watching.ts` probes the targets, `app-share.ts` decides which apps
 * this replica probes, and `recording.ts` stores and sends the results. Created by the daemon.
 */
import type { Logger } from 'pino';
import { createAppShare, type AppShare } from './app-share.ts';
import type { LeaseTimes } from './cluster/leases.ts';
import type { Config } from './config/config.ts';
import type { Surroundings } from './config/surroundings.ts';
import { createDescriptors, type Descriptors } from './descriptors.ts';
import type { Target } from './model/target.ts';
import { createProbeOnDemand, type ProbeOnDemand } from './probe-on-demand.ts';
import type { Redactor } from './model/redactor.ts';
import type { StatusChange } from './model/status.ts';
import type { OpenedStore } from './open-store.ts';
import { createRecording, type Recording } from './recording.ts';
import type { Metrics } from './report/metrics.ts';
import { reportsTo } from './reporters.ts';
import { createWatching, type Watching } from './watching.ts';

export interface ProberEdges extends Surroundings {
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** The store for states, incidents and history. If absent, they are kept in memory. */
  readonly opened?: OpenedStore;
  /** Shorter leases, for tests. */
  readonly leaseTimes?: LeaseTimes;
  readonly onProbe?: () => void;
  /** Called with every change of a mailbox's confirmed state. */
  readonly onChange?: (change: StatusChange) => void;
  /** Shown at the top of the status page. */
  readonly banner?: string;
}

export interface Prober {
  readonly descriptors: Descriptors;
  readonly share: AppShare;
  readonly watching: Watching;
  readonly recording: Recording;
  /** Probes a mailbox now, if this replica probes its app. */
  readonly probeHere: ProbeOnDemand;
  /** Replaces the configuration. The first call restores the stored problems before anything is probed. */
  readonly update: (config: Config) => Promise<void>;
  /** If replicas share the apps, starts to take some of them. Starts to send notifications. */
  readonly start: () => Promise<void>;
  /** Releases all apps, ends the probes under way, calls `closeServers`, then writes all pending changes. */
  readonly close: (closeServers: () => Promise<unknown>) => Promise<void>;
}

/** No inner function may refer to `initial`, because `initial` would then stay in memory as long as the daemon runs. */
export function createProber(
  initial: Config,
  edges: ProberEdges,
  { metrics, onBug }: { readonly metrics: () => Metrics; readonly onBug: (error: unknown) => void },
): Prober {
  const { logger, opened, leaseTimes, banner } = edges;
  const descriptors = createDescriptors(logger);
  const shared = opened?.shared;
  const common = {
    ...edges,
    ...reportsTo({ ...edges, descriptors }, { metrics, recording: () => recording }),
    ...(shared !== undefined && { prober: shared.name }),
    onBug,
  };
  const share = createAppShare({
    shared,
    watching: () => watching,
    recording: () => recording,
    probeHere: async (mailbox, protocols) => await probeHere(mailbox, protocols),
    logger,
    ...(leaseTimes && { times: leaseTimes }),
  });
  const watching: Watching = createWatching({
    ...common,
    mayProbe: share.mayProbe,
    allowed: descriptors.allowed,
    onStateChange: (change) => {
      if (!share.isHandOver(change)) recording.remembering.noteStateChange(change);
    },
  });
  const recording: Recording = createRecording(initial, {
    ...common,
    watching,
    simulated: banner !== undefined,
    ...(share.all && { whole: share.all }),
  });
  let targets: readonly Target[] = [];
  const probeHere = createProbeOnDemand(watching.engine, {
    targets: () => targets,
    probeNow: watching.scheduler.runNow,
  });
  const update = async (config: Config): Promise<void> => {
    ({ targets } = config);
    await share.update(config, () => recording.update(config));
  };
  const start = async (): Promise<void> => {
    await share.start();
    recording.notifications.start();
  };
  const close = async (closeServers: () => Promise<unknown>): Promise<void> => {
    await share.close();
    recording.stop();
    await Promise.all([watching.close(), recording.notifications.close(), closeServers()]);
    await recording.close();
  };
  return { descriptors, share, watching, recording, probeHere, update, start, close };
}
