/**
 * Look-ups in a tenant, and the catalog of permissions and resources that all tenants share. Called by all front ends.
 * For an unknown id, the look-ups for servers return undefined, and those for the control API throw a
 * `SandboxInputError`.
 */
import type { Cloud } from '../model/microsoft365.ts';
import type { Protocol } from '../model/protocol.ts';
import type { Application, Mailbox, ServicePrincipal, Tenant } from './tenant.ts';

export const EXCHANGE_ONLINE = '00000002-0000-0ff1-ce00-000000000000';
export const MICROSOFT_GRAPH = '00000003-0000-0000-c000-000000000000';

/** Invalid input to the control API. The message states what was expected. */
export class SandboxInputError extends Error {
  override readonly name = 'SandboxInputError';
}

export interface Permission {
  readonly value: string;
  readonly id: string;
  readonly resource: typeof EXCHANGE_ONLINE | typeof MICROSOFT_GRAPH;
  readonly type: 'Role' | 'Scope';
}

/** The permissions with the ids that Microsoft publishes, the same in every tenant. */
export const PERMISSIONS: readonly Permission[] = [
  role(EXCHANGE_ONLINE, 'IMAP.AccessAsApp', '5e5addcd-3e8d-4e90-baf5-964efab2b20a'),
  role(EXCHANGE_ONLINE, 'POP.AccessAsApp', 'cb842b43-da6e-4506-86fe-bb12199c656d'),
  role(EXCHANGE_ONLINE, 'full_access_as_app', 'dc890d15-9560-4a4c-9b7f-a736ec74ec40'),
  role(MICROSOFT_GRAPH, 'Application.Read.All', '9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30'),
  role(MICROSOFT_GRAPH, 'Application.ReadWrite.OwnedBy', '18a4783c-866b-4cc7-a460-3d5e5662c884'),
  role(MICROSOFT_GRAPH, 'Policy.Read.All', '246dd0d5-5bd0-4def-940b-0421030a5b68'),
  role(MICROSOFT_GRAPH, 'User.Read.All', 'df021288-bdef-4463-88db-98f22de89214'),
  role(MICROSOFT_GRAPH, 'Mail.Read', '810c84a8-4a9e-49e6-bf7d-12d183f40d01'),
  role(MICROSOFT_GRAPH, 'Mail.ReadWrite', 'e2a3a72e-5f79-4c64-b1b1-878b674786c9'),
  scope(MICROSOFT_GRAPH, 'User.Read', 'e1fe6dd8-ba31-4d61-89e7-88639da4683d'),
  scope(MICROSOFT_GRAPH, 'IMAP.AccessAsUser.All', '652390e4-393a-48de-9484-05f9b1212954'),
  scope(MICROSOFT_GRAPH, 'POP.AccessAsUser.All', 'd7b7f2d9-0f45-4ea1-9d42-e50810c06991'),
];

function role(resource: Permission['resource'], value: string, id: string): Permission {
  return { resource, value, id, type: 'Role' };
}

function scope(resource: Permission['resource'], value: string, id: string): Permission {
  return { resource, value, id, type: 'Scope' };
}

/** The application permission that a protocol requires. */
export const PROTOCOL_ROLE: Readonly<Record<Protocol, string>> = {
  imap: 'IMAP.AccessAsApp',
  pop3: 'POP.AccessAsApp',
};

const RESOURCES: Readonly<Record<Cloud, Readonly<Record<string, Permission['resource']>>>> = {
  global: {
    'https://outlook.office365.com': EXCHANGE_ONLINE,
    'https://outlook.office.com': EXCHANGE_ONLINE,
    'https://ps.outlook.com': EXCHANGE_ONLINE,
    'https://graph.microsoft.com': MICROSOFT_GRAPH,
  },
  'gcc-high': {
    'https://outlook.office365.us': EXCHANGE_ONLINE,
    'https://outlook.office.us': EXCHANGE_ONLINE,
    'https://graph.microsoft.us': MICROSOFT_GRAPH,
  },
  dod: {
    'https://outlook-dod.office365.us': EXCHANGE_ONLINE,
    'https://webmail.apps.mil': EXCHANGE_ONLINE,
    'https://outlook.office365.us': EXCHANGE_ONLINE,
    'https://dod-graph.microsoft.us': MICROSOFT_GRAPH,
  },
  china: {
    'https://partner.outlook.cn': EXCHANGE_ONLINE,
    'https://microsoftgraph.chinacloudapi.cn': MICROSOFT_GRAPH,
  },
};

/** Returns the API that a resource URI or app id identifies. Undefined if the tenant does not have it. */
export function resourceOf(tenant: Tenant, uri: string): Permission['resource'] | undefined {
  const bare = uri.replace(/(?<!\/)\/+$/, '').toLowerCase();
  const found = [EXCHANGE_ONLINE, MICROSOFT_GRAPH].includes(bare)
    ? bare
    : RESOURCES[tenant.servedCloud][bare];
  if (found === EXCHANGE_ONLINE) return tenant.exchangeOnlineId === null ? undefined : EXCHANGE_ONLINE;
  return found === MICROSOFT_GRAPH ? MICROSOFT_GRAPH : undefined;
}

/** Returns the roles of a token for this API. A role that is not in `PERMISSIONS` counts as a role of Exchange. */
export function grantedRolesFor(principal: ServicePrincipal, resource: Permission['resource']): string[] {
  return principal.grantedRoles.filter(
    (value) => (permissionOf(value)?.resource ?? EXCHANGE_ONLINE) === resource,
  );
}

export function permissionOf(value: string): Permission | undefined {
  return PERMISSIONS.find((permission) => permission.value === value);
}

export function findApplication(tenant: Tenant, appId: string): Application | undefined {
  return tenant.applications.find((application) => same(application.appId, appId));
}

export function findServicePrincipal(tenant: Tenant, appId: string): ServicePrincipal | undefined {
  return tenant.servicePrincipals.find((principal) => same(principal.appId, appId));
}

/** Finds a mailbox by its primary address only, so logins with an alias fail. */
export function findMailbox(tenant: Tenant, address: string): Mailbox | undefined {
  return tenant.mailboxes.find((mailbox) => same(mailbox.address, address));
}

export function applicationOf(tenant: Tenant, appId: string): Application {
  const known = tenant.applications.map((application) => application.appId);
  return findApplication(tenant, appId) ?? missing('an application id', appId, known);
}

export function servicePrincipalOf(tenant: Tenant, appId: string): ServicePrincipal {
  const known = tenant.servicePrincipals.map((principal) => principal.appId);
  return findServicePrincipal(tenant, appId) ?? missing('the id of an enterprise application', appId, known);
}

export function mailboxOf(tenant: Tenant, address: string): Mailbox {
  const known = tenant.mailboxes.map((mailbox) => mailbox.address);
  return findMailbox(tenant, address) ?? missing('the address of a mailbox', address, known);
}

/** Returns the time of the simulated servers, in epoch milliseconds. */
export function serverNow(tenant: Tenant): number {
  return Date.now() + tenant.faults.clockSkewSeconds * 1000;
}

export function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function missing(what: string, given: string, known: readonly string[]): never {
  throw new SandboxInputError(
    `expected ${what} of this tenant (${known.join(', ') || 'it has none'}), got ${JSON.stringify(given)}`,
  );
}
