/**
 * The engine, driven by a schedule and reported over HTTP, metrics and log. Called by `serve` and `demo`. Connects the
 * parts; what each decides stands with it.
 */
import type { Logger } from 'pino';
import { createAppShare } from './app-share.ts';
import type { LeaseTimes } from './cluster/leases.ts';
import type { Config } from './config/config.ts';
import { createConfiguration } from './configuration.ts';
import { type ConfigLoader, createConfigReader } from './config-loader.ts';
import { createDescriptors } from './descriptors.ts';
import { createExplainThread } from './explain-thread.ts';
import { applyExposure, protectionOf } from './exposure.ts';
import type { Files } from './model/files.ts';
import type { Redactor } from './model/redactor.ts';
import type { Snapshot, StatusChange } from './model/status.ts';
import { createHttpServer } from './report/http-server.ts';
import { watchLoopDelay } from './loop-delay.ts';
import { createMetrics } from './report/metrics.ts';
import type { OpenedStore } from './open-store.ts';
import { createRecording, type Recording } from './recording.ts';
import { sourceOf } from './report-source.ts';
import { version } from './version.ts';
import { reportsTo } from './reporters.ts';
import { createWatching, type Watching } from './watching.ts';

export interface DaemonEdges {
  readonly configFile: string;
  /** Loads the configuration anew. Absent: in this process. */
  readonly loader?: ConfigLoader;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly files: Files;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** Where states, incidents and history are kept. Absent: in memory. */
  readonly opened?: OpenedStore;
  /** For tests: shorter leases. */
  readonly leaseTimes?: LeaseTimes;
  /** Called after every probe, besides the log and the metrics. */
  readonly onProbe?: () => void;
  /** Told of every change of a mailbox's confirmed state. */
  readonly onChange?: (change: StatusChange) => void;
  /** Shown at the top of the status page. */
  readonly banner?: string;
}

export interface Daemon {
  /** `http://127.0.0.1:10993`: where it listens. */
  readonly url: string;
  readonly snapshot: () => Snapshot;
  /** Reads the configuration anew. A bad one is logged and the old one stays in force; false then. */
  readonly reload: () => Promise<boolean>;
  /** Ends probes under way, requests and timers; resolves within about a second. */
  readonly close: () => Promise<void>;
}

/** Starts watching. Rejects only when it cannot listen where `config.listen` says. */
export async function createDaemon(initial: Config, edges: DaemonEdges): Promise<Daemon> {
  const { logger, redactor } = edges;
  // No function that lives as long as the daemon may refer to `initial`, which would live as long, too.
  const started = { listen: initial.listen, isTls: initial.http.tls !== undefined };
  const onBug = (error: unknown): void => logger.error({ event: 'bug', err: error }, 'a bug in mailprobe');
  let isRunning = false;

  const descriptors = createDescriptors(logger);
  const reports = reportsTo(
    { ...edges, descriptors },
    { metrics: () => metrics, recording: () => recording },
  );
  const shared = edges.opened?.shared;
  const prober = shared === undefined ? {} : { prober: shared.name };
  const share = createAppShare({
    shared,
    watching: () => watching,
    recording: () => recording,
    logger,
    ...(edges.leaseTimes && { times: edges.leaseTimes }),
  });
  const watching: Watching = createWatching({
    ...edges,
    ...prober,
    mayProbe: share.mayProbe,
    concurrency: descriptors.allowed(initial.concurrency),
    onBug,
    ...reports,
    onStateChange: (change) => {
      if (!share.isHandOver(change)) recording.remembering.noteStateChange(change);
    },
  });
  const simulated = edges.banner !== undefined;
  const recording: Recording = createRecording(initial, {
    ...edges,
    ...prober,
    ...reports,
    watching,
    simulated,
    onBug,
  });
  const configuration = createConfiguration(initial, {
    ...edges,
    loader: edges.loader ?? createConfigReader(edges),
    apply: async (next) => {
      applyExposure(next, { server: http.server, started, logger, redactor });
      if (logger.level !== 'silent') logger.level = next.logLevel;
      const allowed = { ...next, concurrency: descriptors.allowed(next.concurrency) };
      // Before anything is probed: what was open before the start is news to nobody.
      await share.update(allowed, () => recording.update(next));
    },
    onFilesChanged: watching.filesChanged,
    onBug,
  });
  const explaining = createExplainThread();
  const source = {
    ...sourceOf(watching, configuration, explaining, recording, () => isRunning),
    replicas: share.replicas,
  };
  const metrics = createMetrics(source);
  const endLoopDelay = watchLoopDelay(metrics.observeLoopDelay);
  // Metrics tell what this replica probes, everything else what all of them do.
  const whole = {
    ...source,
    snapshot: () => share.snapshot(source.snapshot()),
    credentials: () => share.credentials(source.credentials()),
  };
  const http = await createHttpServer(whole, {
    ...edges,
    metrics,
    events: recording.events,
    protection: () => protectionOf(configuration.current()),
    tls: initial.http.tls,
    mostConnections: descriptors.shares.connections,
  });
  const close = async (): Promise<void> => {
    isRunning = false;
    endLoopDelay();
    configuration.close();
    await share.close();
    recording.stop();
    await Promise.all([watching.close(), recording.notifications.close(), http.close(), explaining.close()]);
    await recording.close();
  };

  const url = await listen(http, initial, close);
  await configuration.start();
  await share.start();
  recording.notifications.start();
  isRunning = true;
  const fields = { event: 'started', url, mailboxes: initial.mailboxes.length, version };
  logger.info(fields, `mailprobe listens on ${url}`);

  return {
    url,
    snapshot: watching.engine.snapshot,
    reload: configuration.reload,
    close: async () => {
      await close();
      logger.info({ event: 'stopped' }, 'mailprobe stopped');
    },
  };
}

/** Where it listens. What was begun already ends where it cannot. */
async function listen(http: Http, config: Config, close: () => Promise<void>): Promise<string> {
  try {
    const url = await http.listen(config.listen);
    return config.http.tls === undefined ? url : url.replace(/^http:/, 'https:');
  } catch (error) {
    await close();
    throw error;
  }
}

type Http = Awaited<ReturnType<typeof createHttpServer>>;
