/**
 * Composes the sandbox: a tenant, its front ends on loopback behind TLS, and the control API. Used by the commands
 * `sandbox` and `demo` and by tests. All responses follow from the tenant.
 */
import { perProtocol, PROTOCOL_IDS, type Protocol } from '../model/protocol.ts';
import { createTokenIssuer } from './access-token.ts';
import { type CertificateAuthority, createCertificateAuthority } from './certificates.ts';
import { createControl } from './control.ts';
import { serverNow } from './directory.ts';
import { createEntra } from './entra.ts';
import { createGraph } from './graph.ts';
import { type FrontName, type MailFrontName, openFronts } from './fronts.ts';
import { createHttpFront } from './http-front.ts';
import type { MailFrontOptions } from './mail-front.ts';
import { createSecureContexts } from './server-certificate.ts';
import { addApplication, addMailbox, createTenant } from './tenant-builder.ts';
import type { Tenant } from './tenant.ts';
import { waitByClock, type Wait } from './wait.ts';

export interface SandboxOptions {
  /** Loopback only. */
  readonly host?: '127.0.0.1';
  /** 0 or absent: a free port. */
  readonly ports?: Partial<Record<FrontName, number>>;
  /** Default: one healthy application and two mailboxes. */
  readonly tenant?: Tenant;
  /** Delay of a refused login: 50 ms by default. Exchange takes one to six seconds. */
  readonly failureDelayMs?: number;
  /** Created if absent; several sandboxes of one test file can share one. */
  readonly certificateAuthority?: CertificateAuthority;
  /** Further names of its certificates, for clients that reach it under a host's real name. */
  readonly certificateNames?: readonly string[];
  /** How its mail servers wait, for tests. */
  readonly wait?: Wait;
}

export interface MailCounts {
  readonly connections: number;
  /** Logins attempted, and logins that opened a mailbox. */
  readonly logins: number;
  readonly opened: number;
}

export interface RequestCounts extends Readonly<Record<Protocol, MailCounts>> {
  /** By client id, as it was sent. */
  readonly token: Readonly<Record<string, number>>;
  readonly graph: number;
}

interface Address {
  readonly host: string;
  readonly port: number;
}

/** Its mail servers by name: `imap`, `imapStartTls`. */
export interface Sandbox extends Readonly<Record<MailFrontName, Address>> {
  /** PEM of the authority that signed the certificates. */
  readonly ca: string;
  /** `https://127.0.0.1:port` */
  readonly authority: string;
  readonly graphEndpoint: string;
  /** `http://127.0.0.1:port` of the control API. */
  readonly control: string;
  /** The current tenant. Change it with `change`, so that the ports follow. */
  readonly tenant: Tenant;
  readonly change: (mutate: (tenant: Tenant) => void) => void;
  /** Restores the tenant that it was started with. */
  readonly reset: () => void;
  readonly requests: () => RequestCounts;
  /** Closes every connection at once. */
  readonly close: () => Promise<void>;
}

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  let tenant = options.tenant ?? exampleTenant();
  const initial = structuredClone(tenant);
  const [authority, issuer] = await Promise.all([
    options.certificateAuthority ?? createCertificateAuthority('mailprobe sandbox (simulated)'),
    createTokenIssuer(),
  ]);
  const secureContext = createSecureContexts(authority, options.certificateNames);
  const counts = createCounts();
  const urls = { entra: '', graph: '' };
  const now = (): number => serverNow(tenant);
  const mail: MailFrontOptions = {
    tenant: () => tenant,
    issuer,
    failureDelayMs: options.failureDelayMs ?? 50,
    wait: options.wait ?? waitByClock,
    onConnection: (protocol) => {
      counts[protocol].connections += 1;
    },
    onLogin: (protocol, opened) => {
      counts[protocol].logins += 1;
      if (opened) counts[protocol].opened += 1;
    },
  };
  const fronts = {
    entra: createHttpFront(
      createEntra({
        tenant: () => tenant,
        issuer,
        authority: () => urls.entra,
        onTokenRequest: (clientId) => {
          counts.token.set(clientId, (counts.token.get(clientId) ?? 0) + 1);
        },
      }),
      now,
    ),
    graph: createHttpFront(
      createGraph({
        tenant: () => tenant,
        issuer,
        endpoint: () => urls.graph,
        onRequest: () => {
          counts.graph += 1;
        },
      }),
      now,
    ),
    control: createHttpFront(
      createControl({
        tenant: () => tenant,
        change: (mutate) => {
          change(mutate);
        },
        reset: () => {
          reset();
        },
        requests: () => counts.shown(),
        addresses: () => addresses(),
      }),
      Date.now,
    ),
  };

  const listeners = await openFronts({
    host,
    ports: options.ports ?? {},
    tenant: () => tenant,
    secureContext,
    http: fronts,
    mail,
  });
  urls.entra = `https://${host}:${listeners.entra.port}`;
  urls.graph = `https://${host}:${listeners.graph.port}`;
  const reconcile = (): void => {
    for (const listener of Object.values(listeners)) listener.reconcile();
  };
  reconcile();

  const change = (mutate: (tenant: Tenant) => void): void => {
    mutate(tenant);
    reconcile();
  };
  const reset = (): void => {
    tenant = structuredClone(initial);
    reconcile();
  };
  const addresses = (): Record<string, string> => ({
    authority: urls.entra,
    graph_endpoint: urls.graph,
    ...Object.fromEntries(PROTOCOL_IDS.map((protocol) => [protocol, `${host}:${listeners[protocol].port}`])),
    ...Object.fromEntries(
      PROTOCOL_IDS.map((protocol) => [
        `${protocol}_starttls`,
        `${host}:${listeners[`${protocol}StartTls`].port}`,
      ]),
    ),
    control: `http://${host}:${listeners.control.port}`,
  });

  return {
    ca: authority.cert,
    authority: urls.entra,
    graphEndpoint: urls.graph,
    ...perProtocol((protocol) => ({ host, port: listeners[protocol].port })),
    imapStartTls: { host, port: listeners.imapStartTls.port },
    pop3StartTls: { host, port: listeners.pop3StartTls.port },
    control: `http://${host}:${listeners.control.port}`,
    get tenant() {
      return tenant;
    },
    change,
    reset,
    requests: () => counts.shown(),
    close: async () => {
      await Promise.all(Object.values(listeners).map(async (listener) => await listener.close()));
      for (const front of Object.values(fronts)) front.close();
    },
  };
}

function createCounts() {
  const counts = {
    token: new Map<string, number>(),
    graph: 0,
    ...perProtocol(() => ({ connections: 0, logins: 0, opened: 0 })),
  };
  const shown = (): RequestCounts => ({
    token: Object.fromEntries(counts.token),
    graph: counts.graph,
    ...perProtocol((protocol) => ({ ...counts[protocol] })),
  });
  return Object.assign(counts, { shown });
}

function exampleTenant(): Tenant {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Mail reader', graph: true });
  addMailbox(tenant, 'qms@contoso.example', [application.appId]);
  addMailbox(tenant, 'service@contoso.example', [application.appId]);
  return tenant;
}
