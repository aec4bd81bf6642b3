/**
 * The only place that knows everyone: makes the parts and connects them along the arrows
 * config → schedule → probe → diagnosis → status → report. Called by `serve` and `demo`. Holds no logic of its own.
 */
import type { Logger } from 'pino';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load.ts';
import { readSecret } from './config/secret.ts';
import { watchFiles } from './config/watch-files.ts';
import { diagnose } from './diagnosis/diagnose.ts';
import { tokenFailureCause } from './diagnosis/token-failure-cause.ts';
import { createCredentialJudge } from './judge-credential.ts';
import { failedAtLogin, stageOf } from './model/evidence.ts';
import { createExplainThread } from './explain-thread.ts';
import type { Redactor } from './model/redactor.ts';
import type { Snapshot, StatusChange } from './model/status.ts';
import { type SecretSource, targetKey } from './model/target.ts';
import { createCredentialWatch, type CredentialWatch } from './probe/credential/credential-watch.ts';
import { createControlConnections, needsControl } from './probe/control-connection.ts';
import { createProbe } from './probe/probe.ts';
import { createTokenCache } from './probe/token/token-cache.ts';
import { applyExposure, protectionOf } from './exposure.ts';
import { createEvents } from './report/events.ts';
import { createHttpServer } from './report/http-server.ts';
import { logChange, logCredential, logLook } from './report/log.ts';
import { createMetrics } from './report/metrics.ts';
import type { ReportSource } from './report/source.ts';
import { createScheduler } from './schedule/scheduler.ts';
import { createStatusStore } from './status/status-store.ts';
import { revision, version } from './version.ts';
import { createWatch } from './watch.ts';

export interface DaemonEdges {
  readonly configFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** Told of every look, besides the log and the metrics. */
  readonly onLook?: () => void;
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
  /** Ends looks under way, requests and timers; resolves within about a second. */
  readonly close: () => Promise<void>;
}

/** Starts watching. Rejects only when it cannot listen where `config.listen` says. */
export async function createDaemon(initial: Config, edges: DaemonEdges): Promise<Daemon> {
  const { env, logger, redactor } = edges;
  let config = initial;
  let loadedAt = Date.now();
  let lastReloadSuccessful = true;
  const reportBug = (error: unknown): void =>
    logger.error({ event: 'bug', err: error }, 'a bug in mailprobe');

  const readers = { readSecret: async (source: SecretSource) => await readSecret(source, env), redactor };
  const tokens = createTokenCache({
    ...readers,
    onAnswer: (app, scope, outcome) => credentials.observe(app, scope, outcome),
  });
  const credentials: CredentialWatch = createCredentialWatch({
    ...readers,
    tokens,
    onStatus: (app, credential, before) => {
      logCredential(logger, credential, before);
      judge.judge(app, credential);
    },
    onBug: reportBug,
  });
  const judge = createCredentialJudge({
    tokenOf: tokens.stateOf,
    credentialOf: credentials.statusOf,
    targets: () => config.targets,
    tell: (app, diagnoses) => {
      status.recordAppDiagnoses(app, diagnoses, Date.now());
      events.noteLook();
    },
  });
  const probe = createProbe({ tokens, redactor, reportBug });
  const status = createStatusStore();
  const events = createEvents(() => status.problems(Date.now()), redactor);

  const snapshot = (): Snapshot => {
    const at = Date.now();
    return { at, targets: status.targets(), tokens: tokens.states(), problems: status.problems(at) };
  };

  const explaining = createExplainThread();
  const control = createControlConnections(redactor);
  const watch = createWatch({
    probe,
    askControl: async ({ app }, evidence) => {
      if (!needsControl(evidence)) return [];
      const answer = await control(app);
      return status.setControl({ role: 'token', host: app.authority, ...answer }, Date.now());
    },
    factsOf: ({ app }) => {
      const token = tokens.stateOf(app);
      const credential = credentials.statusOf(app.id);
      return {
        ...(token === undefined ? {} : { token }),
        ...(credential === undefined ? {} : { credential }),
      };
    },
    diagnose,
    status,
    lookAtOther: (target) => void scheduler.runNow(target),
    reportLook: (target, look) => {
      metrics.observeLook(target, look);
      logLook(logger, target, look);
      events.noteLook();
      const run = status.get(targetKey(target))?.consecutiveFailures;
      // Claims that cannot work are mended in the directory: only a fresh token will show it.
      const unfit = stageOf(look.evidence, 'claims')?.outcome === 'failed';
      if (unfit || (run === 1 && failedAtLogin(look.evidence))) credentials.loginFailed(target.app.id);
      judge.noteLook(target.app);
      edges.onLook?.();
    },
    reportChange: (change) => {
      logChange(logger, change);
      events.publishChange(change);
      edges.onChange?.(change);
    },
  });
  const scheduler = createScheduler({ look: watch, concurrency: config.concurrency, onBug: reportBug });

  const source: ReportSource = {
    snapshot,
    credentials: credentials.statuses,
    apps: () => config.apps,
    probeNow: async (mailboxId, protocols) => {
      const targets = config.targets.filter(
        ({ mailbox, protocol }) => mailbox.id === mailboxId && (protocols?.includes(protocol) ?? true),
      );
      const [app] = targets
        .filter((target) => status.get(targetKey(target))?.lastLook?.success === false)
        .map((target) => target.app);
      // Whoever asks after a failure has mended something: no old token, no remembered refusal.
      if (app !== undefined) await tokens.refresh(app, app.scope, AbortSignal.timeout(app.timeoutMs));
      await Promise.all(targets.map(scheduler.runNow));
      return targets.flatMap((target) => status.get(targetKey(target)) ?? []);
    },
    explain: explaining.explain,
    schedulerLagSeconds: scheduler.lagSeconds,
    config: () => ({ loadedAt, lastReloadSuccessful }),
    tokenFailureCause,
    build: { version, revision, nodeVersion: process.version },
  };
  const metrics = createMetrics(source);
  const http = await createHttpServer(source, {
    metrics,
    redactor,
    logger,
    events,
    protection: () => protectionOf(config),
    tls: config.http.tls,
    ...(edges.banner === undefined ? {} : { banner: edges.banner }),
  });

  const apply = async (next: Config): Promise<void> => {
    config = next;
    applyExposure(next, { server: http.server, started: initial, logger, redactor });
    if (logger.level !== 'silent') logger.level = next.logLevel;
    tokens.retain(next.apps);
    status.update(next.targets, Date.now());
    scheduler.update(next.targets, next.concurrency);
    credentials.update(next.apps);
    await files.update([...next.files, ...next.folders]);
  };

  const reload = async (): Promise<boolean> => {
    const loaded = await loadConfig(edges.configFile, env);
    lastReloadSuccessful = loaded.ok;
    if (loaded.ok) {
      loadedAt = Date.now();
      await apply(loaded.config);
      logger.info(
        { event: 'config_reloaded', mailboxes: loaded.config.mailboxes.length },
        'configuration reloaded',
      );
      return true;
    }
    for (const problem of loaded.problems) {
      logger.error(
        { event: 'config_refused', ...problem },
        `${problem.file}:${problem.line}: ${problem.message}`,
      );
    }
    // What was read this time is what the mending will touch.
    await files.update([...new Set([...config.files, ...config.folders, ...loaded.files])]);
    return false;
  };
  const files = watchFiles(async (paths) => {
    await reload().catch(reportBug);
    // Also where the file was refused: the credential may be one of those that changed.
    credentials.filesChanged(paths);
  });

  let url: string;
  try {
    url = await http.listen(config.listen);
    if (config.http.tls !== undefined) url = url.replace(/^http:/, 'https:');
  } catch (error) {
    files.close();
    events.close();
    await scheduler.close();
    throw error;
  }
  await apply(config);
  logger.info(
    { event: 'started', url, mailboxes: config.mailboxes.length, version },
    `mailprobe listens on ${url}`,
  );

  return {
    url,
    snapshot,
    reload,
    close: async () => {
      files.close();
      events.close();
      await Promise.all([scheduler.close(), credentials.close(), http.close(), explaining.close()]);
      tokens.close();
      logger.info({ event: 'stopped' }, 'mailprobe stopped');
    },
  };
}
