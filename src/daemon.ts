/**
 * The daemon: probes all mailboxes on a schedule, and reports the results over HTTP, metrics and log. This file only
 * connects the parts. Called by `serve` and `demo`.
 */
import type { Config } from './config/config.ts';
import { createConfiguration } from './configuration.ts';
import { type ConfigLoader, createConfigReader } from './config-loader.ts';
import { createExplainThread } from './explain-thread.ts';
import { applyExposure, protectionOf } from './exposure.ts';
import type { Snapshot } from './model/status.ts';
import { sharedListen } from './report/http/acceptors.ts';
import { createHttpServer } from './report/http-server.ts';
import { watchLoopDelay } from './loop-delay.ts';
import { createMetrics } from './report/metrics.ts';
import { expectedMisfits, WHAT_FITS } from './fit.ts';
import { prepareTrust } from './probe/network/trust.ts';
import { createProber, type Prober, type ProberEdges } from './prober.ts';
import { sourceOf, wholeSource } from './report-source.ts';
import { version } from './version.ts';

export interface DaemonEdges extends ProberEdges {
  readonly configFile: string;
  /** Loads the configuration. If absent, it is loaded in this process. */
  readonly loader?: ConfigLoader;
}

export interface Daemon {
  /** The address of the HTTP server, such as `http://127.0.0.1:10993`. */
  readonly url: string;
  readonly snapshot: () => Snapshot;
  /** Reloads the configuration. If it is invalid, logs its errors, keeps the old one, and resolves to false. */
  readonly reload: () => Promise<boolean>;
  /** Ends probes under way, requests and timers. Stores all pending changes. */
  readonly close: () => Promise<void>;
}

/** Rejects if the HTTP server cannot listen on `initial.listen`. */
export async function createDaemon(initial: Config, edges: DaemonEdges): Promise<Daemon> {
  const { logger, redactor } = edges;
  // No function that lives as long as the daemon may refer to `initial`, because `initial` would stay in memory.
  const started = { listen: initial.listen, isTls: initial.http.tls !== undefined };
  const onBug = (error: unknown): void => logger.error({ event: 'bug', err: error }, 'a bug in mailprobe');
  let isRunning = false;

  const prober = createProber(initial, edges, { metrics: () => metrics, onBug });
  const configuration = createConfiguration(initial, {
    ...edges,
    loader: edges.loader ?? createConfigReader(edges),
    apply: async (next) => {
      applyExposure(next, { server: http.server, started, logger, redactor });
      if (logger.level !== 'silent') logger.level = next.logLevel;
      await prober.update(next);
    },
    onFilesChanged: prober.watching.filesChanged,
    onBug,
  });
  const explaining = createExplainThread();
  const source = sourceOf(prober, configuration, explaining, () => isRunning);
  const metrics = createMetrics(source);
  const endLoopDelay = watchLoopDelay(metrics.observeLoopDelay);
  const { connections: mostConnections } = prober.descriptors.shares;
  const http = await createHttpServer(wholeSource(source, prober.share, configuration), {
    ...edges,
    metrics,
    events: prober.recording.events,
    protection: () => protectionOf(configuration.current()),
    tls: initial.http.tls,
    mostConnections,
  });
  const close = async (): Promise<void> => {
    isRunning = false;
    endLoopDelay();
    configuration.close();
    await prober.close(async () => await Promise.all([http.close(), explaining.close()]));
  };

  // Reading the system's roots takes 70 ms, and would otherwise delay the first probes.
  prepareTrust(initial.network.ca);
  const url = await listen(http, initial, { mostConnections, close });
  await configuration.start();
  await prober.start();
  isRunning = true;
  logger.info(
    { event: 'started', url, mailboxes: initial.mailboxes.length, version },
    `mailprobe listens on ${url}`,
  );
  warnOfOverload(initial, prober, logger);
  return {
    url,
    snapshot: source.snapshot,
    reload: configuration.reload,
    close: async () => {
      await close();
      logger.info({ event: 'stopped' }, 'mailprobe stopped');
    },
  };
}

function warnOfOverload(config: Config, { descriptors }: Prober, logger: DaemonEdges['logger']): void {
  const misfits = expectedMisfits(config, descriptors.shares.probes);
  if (misfits.length > 0)
    logger.warn({ event: 'overload_expected', misfits }, `${misfits.join('; ')}: ${WHAT_FITS}`);
}

async function listen(
  http: Http,
  config: Config,
  { mostConnections, close }: { readonly mostConnections: number; readonly close: () => Promise<void> },
): Promise<string> {
  try {
    const url = await http.listen(await sharedListen(config.listen, mostConnections));
    return config.http.tls === undefined ? url : url.replace(/^http:/, 'https:');
  } catch (error) {
    await close();
    throw error;
  }
}

type Http = Awaited<ReturnType<typeof createHttpServer>>;
