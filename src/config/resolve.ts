/**
 * Turns checked settings into the types of `model/`. Defaults and overrides are resolved here and nowhere else. The
 * most specific setting applies: mailbox, app, top level, cloud. Called by `load.ts` and `cross-check.ts`.
 */
import { CLOUDS } from '../model/microsoft365.ts';
import { factsOf, type Protocol, type TlsMode } from '../model/protocol.ts';
import type { App, Endpoint, Mailbox, NetworkOptions, Target } from '../model/target.ts';
import { toCredential } from './credential-files.ts';
import type { AppSettings, MailboxSettings, Settings } from './schema.ts';

/** `ca`: PEM, read from `tls.ca_file`. `folder`: where relative paths begin. */
export function resolveApp(
  settings: Settings,
  app: AppSettings,
  folder: string,
  ca: string | undefined,
): App {
  const cloud = CLOUDS[app.cloud];
  const { defaults } = settings;
  return {
    id: app.id,
    tenant: app.tenant,
    clientId: app.client_id,
    credential: toCredential(app.credential, folder),
    cloud: app.cloud,
    authority: app.authority ?? settings.authority ?? cloud.authority,
    graphEndpoint: app.graph_endpoint ?? settings.graph_endpoint ?? cloud.graphEndpoint,
    scope: app.scope ?? settings.scope ?? cloud.scope,
    graphScope: cloud.graphScope,
    provider: 'entra',
    graph: app.graph,
    ...(app.owner === undefined ? {} : { owner: app.owner }),
    network: resolveNetwork(settings, app, ca),
    timeoutMs: app.timeout ?? defaults.timeout,
    credentialIntervalMs: app.credential_interval ?? defaults.credential_interval,
    expiryThresholdDays: app.expiry_thresholds ?? defaults.expiry_thresholds,
  };
}

/** `proxy: null` in an app means that this app uses no proxy, even if the top level sets one. */
export function resolveNetwork(
  settings: Settings,
  app: Pick<AppSettings, 'proxy'>,
  ca: string | undefined,
): NetworkOptions {
  const proxy = app.proxy === undefined ? settings.proxy : app.proxy;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(proxy === undefined || proxy === null ? {} : { proxy }),
  };
}

export function resolveProtocols(
  settings: Settings,
  app: AppSettings,
  mailbox: MailboxSettings,
): readonly Protocol[] {
  return mailbox.protocols ?? app.protocols ?? settings.defaults.protocols;
}

export function resolveMailbox(settings: Settings, app: AppSettings, mailbox: MailboxSettings): Mailbox {
  const { id, address, labels } = mailbox;
  return { id, address, app: mailbox.app, labels, protocols: resolveProtocols(settings, app, mailbox) };
}

export function resolveTargets(
  settings: Settings,
  appSettings: AppSettings,
  mailboxSettings: MailboxSettings,
  app: App,
  mailbox: Mailbox,
): readonly Target[] {
  const levels = [mailboxSettings, appSettings, settings.defaults];
  const first = <T>(read: (level: (typeof levels)[number]) => T | undefined, otherwise: T): T =>
    levels.map(read).find((value) => value !== undefined) ?? otherwise;
  return mailbox.protocols.map((protocol) => ({
    mailbox,
    protocol,
    app,
    endpoint: resolveEndpoint(protocol, settings, appSettings, mailboxSettings),
    network: app.network,
    intervalMs: first((level) => level.interval, settings.defaults.interval),
    timeoutMs: first((level) => level.timeout, settings.defaults.timeout),
    failureThreshold: first((level) => level.failure_threshold, settings.defaults.failure_threshold),
    successThreshold: first((level) => level.success_threshold, settings.defaults.success_threshold),
  }));
}

/**
 * Applies the levels from the most general to the most specific. A port belongs to a TLS mode, so a level that changes
 * `tls` drops the `port` of the wider levels.
 */
export function resolveEndpoint(
  protocol: Protocol,
  settings: Settings,
  app: AppSettings,
  mailbox: MailboxSettings,
): Endpoint {
  const levels = [settings[protocol], app[protocol], mailbox[protocol]];
  let host = CLOUDS[app.cloud].mailHost;
  let tls: TlsMode = 'implicit';
  let port: number | undefined;
  for (const level of levels) {
    if (level?.tls !== undefined && level.tls !== tls) port = undefined;
    host = level?.host ?? host;
    tls = level?.tls ?? tls;
    port = level?.port ?? port;
  }
  return { host, port: port ?? factsOf(protocol).ports[tls], tls };
}
