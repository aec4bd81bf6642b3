/**
 * What is watched: app registrations, their mailboxes, and targets (one mailbox over one protocol). Made by `config/`,
 * and never changed. Durations are in milliseconds, times in epoch milliseconds.
 */
import type { Cloud } from './microsoft365.ts';
import type { Protocol, TlsMode } from './protocol.ts';

/** The host and port of a mail server, and how TLS begins on it. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: TlsMode;
}

/** Where a secret is stored. The secret is read at each use, so that replacing it needs no restart. */
export type SecretSource =
  | { readonly from: 'file'; readonly path: string }
  | { readonly from: 'env'; readonly name: string };

export type Credential = (
  | { readonly kind: 'secret'; readonly source: SecretSource }
  | { readonly kind: 'certificate'; readonly certificateFile: string; readonly privateKeyFile: string }
  | { readonly kind: 'federated-token'; readonly tokenFile: string }
) & {
  /** The end date of the credential, as the operator states it with `expires_at` in the configuration. */
  readonly expiresAt?: number;
};

/** How to reach a host. Used for token hosts, Graph and mail hosts. */
export interface NetworkOptions {
  /** PEM certificates that are trusted in addition to the system's roots. */
  readonly ca?: string;
  /** The URL of a proxy: `http:`, `https:` or `socks5:`. It may hold credentials, so print only its `proxyName`. */
  readonly proxy?: URL;
}

/** The kind of the service that issues an app's tokens. */
export type ProviderKind = 'entra';

export interface App {
  readonly id: string;
  readonly provider: ProviderKind;
  /** The GUID or a domain of the directory. */
  readonly tenant: string;
  readonly clientId: string;
  readonly credential: Credential;
  readonly cloud: Cloud;
  /** `https://login.microsoftonline.com`: no path, no trailing slash. */
  readonly authority: string;
  readonly graphEndpoint: string;
  /** The scope of the mail token. */
  readonly scope: string;
  /** The scope of the Graph token. It depends on `cloud` only, even if `graphEndpoint` is configured. */
  readonly graphScope: string;
  /** Whether the app may read its own registration through Graph. */
  readonly graph: boolean;
  readonly owner?: string;
  readonly network: NetworkOptions;
  readonly timeoutMs: number;
  /** How often the credential is checked with a fresh token. */
  readonly credentialIntervalMs: number;
  /**
   * Days before the end of a credential. At the first number, a problem opens. At each further number, the problem gets
   * more severe.
   */
  readonly expiryThresholdDays: readonly number[];
}

export interface Mailbox {
  readonly id: string;
  readonly address: string;
  readonly app: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly protocols: readonly Protocol[];
}

/** One mailbox over one protocol. Each target is probed separately. */
export interface Target {
  readonly mailbox: Mailbox;
  readonly protocol: Protocol;
  readonly app: App;
  readonly endpoint: Endpoint;
  readonly network: NetworkOptions;
  readonly intervalMs: number;
  /** The deadline of a whole probe. */
  readonly timeoutMs: number;
  /** The number of failures in a row that confirm `down`. */
  readonly failureThreshold: number;
  /** The number of successes in a row that confirm `up`. */
  readonly successThreshold: number;
}

/**
 * The keys of targets, by mailbox object and protocol. Many maps use these keys. Without this cache, each map would
 * hold its own copy of the text.
 */
const keys = new WeakMap<object, Partial<Record<Protocol, string>>>();

/** Returns the key of a target for maps and metrics: mailbox id, space, protocol. A mailbox id contains no space. */
export function targetKey({
  mailbox,
  protocol,
}: {
  readonly mailbox: { readonly id: string };
  readonly protocol: Protocol;
}): string {
  const known = keys.get(mailbox) ?? {};
  // V8 keeps the parts of a template string in memory. `join` creates one flat string.
  const key = (known[protocol] ??= [mailbox.id, protocol].join(' '));
  keys.set(mailbox, known);
  return key;
}

/**
 * Whether both are the same mailbox, reached as the same app at the same endpoint. If not, the results of one say
 * nothing about the other, even if both have the same key after a reload.
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

/** Returns what `isSameTarget` compares, as a text that can be stored. */
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

export function endpointName(endpoint: { readonly host: string; readonly port: number }): string {
  return endpoint.host.includes(':')
    ? `[${endpoint.host}]:${endpoint.port}`
    : `${endpoint.host}:${endpoint.port}`;
}

/** Returns the proxy's URL without its credentials. */
export function proxyName(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`;
}

/** The ports of proxies whose URL names none. The URL parser omits a scheme's default port. */
const PROXY_PORTS: ReadonlyMap<string, number> = new Map([
  ['http:', 80],
  ['https:', 443],
  ['socks5:', 1080],
]);

export function proxyPort(proxy: URL): number {
  return proxy.port === '' ? (PROXY_PORTS.get(proxy.protocol) ?? 0) : Number(proxy.port);
}

/** Returns the source of the credential as text: `the file /run/secrets/plm`. */
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
