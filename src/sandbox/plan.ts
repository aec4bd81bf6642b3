/**
 * The apps and mailboxes of the configuration for a simulated tenant, separate from the tenant's own data. Defined by
 * `demo-tenant.ts`, or derived from a tenant. `config-file.ts` writes the files.
 */
import type { Protocol } from '../model/protocol.ts';
import { SandboxInputError, same } from './directory.ts';
import type { Tenant } from './tenant.ts';

/** The credential that mailprobe sends. It may differ from the tenant's data. */
export type PlannedCredential =
  | { readonly kind: 'secret'; readonly value: string }
  | { readonly kind: 'certificate'; readonly certificate: string; readonly privateKey: string }
  | { readonly kind: 'federated-token'; readonly token: string };

export interface PlannedApp {
  readonly id: string;
  readonly appId: string;
  readonly credential: PlannedCredential;
  readonly graph?: boolean;
  readonly owner?: string;
  /** `expires_at` of the configuration, RFC 3339. */
  readonly expiresAt?: string;
}

export interface PlannedMailbox {
  readonly id: string;
  readonly address: string;
  /** The id of a `PlannedApp`. */
  readonly app: string;
  readonly protocols?: readonly Protocol[];
  readonly labels?: Readonly<Record<string, string>>;
}

export interface DemoPlan {
  readonly apps: readonly PlannedApp[];
  readonly watch: readonly PlannedMailbox[];
}

/**
 * Returns a plan that has every application with its first secret, and every mailbox with the first application that
 * may open it. Throws `SandboxInputError` if an application has no secret.
 */
export function planOf(tenant: Tenant): DemoPlan {
  const apps = tenant.applications.map((application, at): PlannedApp => {
    const principal = tenant.servicePrincipals.find(({ appId }) => same(appId, application.appId));
    const id = `${slug(application.displayName)}${at === 0 ? '' : `-${at + 1}`}`;
    const value = application.secrets[0]?.value;
    if (value === undefined) throw new SandboxInputError(`expected a secret at ${application.displayName}`);
    return {
      id,
      appId: application.appId,
      credential: { kind: 'secret', value },
      graph: principal?.grantedRoles.includes('Application.Read.All') ?? false,
    };
  });
  const appFor = (fullAccess: readonly string[]): string => {
    const principal = tenant.servicePrincipals.find(({ id }) => fullAccess.includes(id));
    const planned = apps.find(({ appId }) => appId === principal?.appId) ?? apps[0];
    if (planned === undefined) throw new SandboxInputError('expected an application for the mailboxes');
    return planned.id;
  };
  return {
    apps,
    watch: tenant.mailboxes.map(({ address, fullAccess }) => ({
      id: slug(address.replace(/@.*$/s, '')),
      address,
      app: appFor(fullAccess),
    })),
  };
}

function slug(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}
