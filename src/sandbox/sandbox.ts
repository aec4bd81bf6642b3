/**
 * Starts a sandbox: a tenant, its front ends on loopback behind TLS, and the control API. All responses are computed
 * from the tenant's data. Used by the commands `sandbox` and `demo` and by tests.
 */
import { createTokenIssuer, type TokenIssuer } from './access-token.ts';
import { type CertificateAuthority, createCertificateAuthority } from './certificates.ts';
import { createControl } from './control.ts';
import { serverNow } from './directory.ts';
import { createEntra } from './entra.ts';
import { createGraph } from './graph.ts';
import { type FrontName, type FrontsOptions, openFronts } from './fronts.ts';
import { createHttpFront } from './http-front.ts';
import { createRequestCounts, type RequestCounter, type RequestCounts } from './request-counts.ts';
import { addressesOf, shownAddresses, type Addresses } from './sandbox-addresses.ts';
import { createSecureContexts } from './server-certificate.ts';
import { addApplication, addMailbox, createTenant } from './tenant-builder.ts';
import { createTenantState, type TenantState } from './tenant-state.ts';
import type { Tenant } from './tenant.ts';
import { waitByClock, type Wait } from './wait.ts';

export interface SandboxOptions {
  /** Loopback only. */
  readonly host?: '127.0.0.1';
  /** The port of each front end. A front end whose port is 0 or absent gets a free port. */
  readonly ports?: Partial<Record<FrontName, number>>;
  /** The tenant to simulate. By default, one healthy application and two mailboxes. */
  readonly tenant?: Tenant;
  /** Delay of a refused login: 50 ms by default. Exchange takes one to six seconds. */
  readonly failureDelayMs?: number;
  /** Signs the server certificates. Created if absent. Several sandboxes of one test file can share one. */
  readonly certificateAuthority?: CertificateAuthority;
  /** Further names in the server certificates, for clients that reach the sandbox under a host's real name. */
  readonly certificateNames?: readonly string[];
  /** Replaces the way in which the mail servers wait, for tests. */
  readonly wait?: Wait;
}

export interface Sandbox extends Addresses {
  /** PEM of the authority that signed the certificates. */
  readonly ca: string;
  /** The current tenant. Change it only with `change`, which also opens and closes ports. */
  readonly tenant: Tenant;
  readonly change: (mutate: (tenant: Tenant) => void) => void;
  /** Restores the tenant with which the sandbox was started. */
  readonly reset: () => void;
  readonly requests: () => RequestCounts;
  /** Closes every connection at once. */
  readonly close: () => Promise<void>;
}

export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  const [authority, issuer] = await Promise.all([
    options.certificateAuthority ?? createCertificateAuthority('mailprobe sandbox (simulated)'),
    createTokenIssuer(),
  ]);
  const state = createTenantState(options.tenant ?? exampleTenant());
  const { tenant, change, reset } = state;
  const counts = createRequestCounts();
  const http = createHttpFronts(state, issuer, counts, () => addresses);
  const listeners = await openFronts({
    host,
    ports: options.ports ?? {},
    tenant,
    secureContext: createSecureContexts(authority, options.certificateNames),
    http,
    mail: {
      tenant,
      issuer,
      failureDelayMs: options.failureDelayMs ?? 50,
      wait: options.wait ?? waitByClock,
      onConnection: counts.countConnection,
      onLogin: counts.countLogin,
    },
  });
  /** The front ends read `addresses` only while they answer a request, so `addresses` can be set after they listen. */
  const addresses = addressesOf(host, listeners);
  state.follow(Object.values(listeners));

  return {
    ca: authority.cert,
    ...addresses,
    get tenant() {
      return tenant();
    },
    change,
    reset,
    requests: counts.shown,
    close: async () => {
      await Promise.all(Object.values(listeners).map(async (listener) => await listener.close()));
      for (const front of Object.values(http)) front.close();
    },
  };
}

function createHttpFronts(
  { tenant, change, reset }: TenantState,
  issuer: TokenIssuer,
  counts: RequestCounter,
  addresses: () => Addresses,
): FrontsOptions['http'] {
  const entra = createEntra({
    tenant,
    issuer,
    authority: () => addresses().authority,
    onTokenRequest: counts.countToken,
  });
  const graph = createGraph({
    tenant,
    issuer,
    endpoint: () => addresses().graphEndpoint,
    onRequest: counts.countGraph,
  });
  const control = createControl({
    tenant,
    change,
    reset,
    requests: counts.shown,
    addresses: () => shownAddresses(addresses()),
  });
  const now = (): number => serverNow(tenant());
  return {
    entra: createHttpFront(entra, now),
    graph: createHttpFront(graph, now),
    control: createHttpFront(control, Date.now),
  };
}

function exampleTenant(): Tenant {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Mail reader', graph: true });
  addMailbox(tenant, 'qms@contoso.example', [application.appId]);
  addMailbox(tenant, 'service@contoso.example', [application.appId]);
  return tenant;
}
