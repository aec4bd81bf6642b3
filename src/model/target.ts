/**
 * What is watched: an app registration, its mailboxes, and a target (one mailbox over one protocol). Made by `config/`,
 * passed to all folders, never changed.
 * Durations are milliseconds, points in time are milliseconds since the Unix epoch.
 */
import type { Cloud } from './microsoft365.ts';
import type { Protocol, TlsMode } from './protocol.ts';

/** `host:port` of a mail front end. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
}

/** The source of a secret. The value is read at each use, so that a rotation needs no restart. */
export type SecretSource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'env'; readonly name: string };

export type Credential = (
  | { readonly kind: 'secret'; readonly source: SecretSource }
  | { readonly kind: 'certificate'; readonly certificateFile: string; readonly privateKeyFile: string }
  | { readonly kind: 'federated-token'; readonly tokenFile: string }
) & {
  /** `expires_at` of the configuration: what the operator states. */
  readonly expiresAt?: number;
};

/** How to reach a host: shared by the token, Graph and mail legs. */
export interface NetworkOptions {
  /** PEM certificates that are trusted in addition to the system's roots. */
  readonly ca?: string;
  /** `http:`, `https:` or `socks5:` URL of a proxy. May hold credentials: never print it, print `proxyName()`. */
  readonly proxy?: URL;
}

/** Who issues an app's tokens. */
export type ProviderKind = 'entra';

export interface App {
  readonly id: string;
  readonly provider: ProviderKind;
  /** GUID or domain of the directory. */
  readonly tenant: string;
  readonly clientId: string;
  readonly credential: Credential;
  readonly cloud: Cloud;
  /** `https://login.microsoftonline.com`: no path, no trailing slash. */
  readonly authority: string;
  readonly graphEndpoint: string;
  /** Scope of the mail token. */
  readonly scope: string;
  /** Scope of the Graph token: follows `cloud`, never `graphEndpoint`. */
  readonly graphScope: string;
  /** The app may read its own registration through Graph. */
  readonly graph: boolean;
  readonly owner?: string;
  readonly network: NetworkOptions;
  readonly timeoutMs: number;
  /** How often the credential is checked with a fresh token. */
  readonly credentialIntervalMs: number;
  /** A problem opens this many days before a credential's end, with rising severity: `[30, 14, 7]`. */
  readonly expiryThresholdDays: readonly number[];
}

export interface Mailbox {
  readonly id: string;
  readonly address: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly protocols: readonly Protocol[];
}

/** One mailbox over one protocol: the unit of watching. */
export interface Target {
  readonly mailbox: Mailbox;
  readonly protocol: Protocol;
  readonly app: App;
  readonly endpoint: Endpoint;
  readonly network: NetworkOptions;
  readonly intervalMs: number;
  /** The deadline of a whole probe. */
  readonly timeoutMs: number;
  /** Failures in a row until `down` is confirmed. */
  readonly failureThreshold: number;
  /** Successes in a row until `up` is confirmed. */
  readonly successThreshold: number;
}

/**
 * Cached keys. A key is used in many maps, and each map would keep its own copy of a new text. Cached by mailbox,
 * because copies of a target with another protocol share the mailbox.
 */
const keys = new WeakMap<object, Partial<Record<Protocol, string>>>();

/** The identity of a target in maps and on metrics. A mailbox id holds no space, so this is unambiguous. */
export function targetKey({
  mailbox,
  protocol,
}: {
  readonly mailbox: { readonly id: string };
  readonly protocol: Protocol;
}): string {
  const known = keys.get(mailbox) ?? {};
  // A template string would keep references to its parts; a joined one is a single piece.
  const key = (known[protocol] ??= [mailbox.id, protocol].join(' '));
  keys.set(mailbox, known);
  return key;
}

/**
 * Do both mean the same mailbox, reached as the same app at the same endpoint? If not, results of one say nothing about
 * the other, even if a reload gave them the same key.
 */
export function isSameTarget(a: Target, b: Target): boolean {
  return (
    targetKey(a) === targetKey(b) &&
    a.mailbox.address === b.mailbox.address &&
    a.app.id === b.app.id &&
    a.app.tenant === b.app.tenant &&
    a.app.clientId === b.app.clientId &&
    endpointName(a.endpoint) === endpointName(b.endpoint)
  );
}

/** The text that `isSameTarget` compares, in a form that can be stored: equal for the same target only. */
export function targetIdentity({ mailbox, protocol, app, endpoint }: Target): string {
  return JSON.stringify([
    mailbox.id,
    protocol,
    mailbox.address,
    app.id,
    app.tenant,
    app.clientId,
    endpointName(endpoint),
  ]);
}

/** `host:port`, IPv6 in brackets. */
export function endpointName(endpoint: { readonly host: string; readonly port: number }): string {
  return endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
}

/** A proxy's URL without its credentials. */
export function proxyName(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

/** The URL parser omits the default port of a scheme. */
const PROXY_PORTS: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
  ['socks5:', 1080],
]);

export function proxyPort(proxy: URL): number {
  return proxy.port === '' ? (PROXY_PORTS.get(proxy.protocol) ?? 0) : Number(proxy.port);
}

/** The source of the credential as text: `the file /run/secrets/plm`. */
export function credentialLocation(credential: Credential): string {
  switch (credential.kind) {
    case 'secret':
      return credential.source.from === 'file'
        ? `the file ${credential.source.path}`
        : `the environment variable ${credential.source.name}`;
    case 'certificate':
      return `the files ${credential.certificateFile} and ${credential.privateKeyFile}`;
    case 'federated-token':
      return `the file ${credential.tokenFile}`;
  }
}
