/**
 * Builds Graph's resources from the tenant: applications with credentials, service principals with grants, users and
 * policies. Called by `graph.ts`, which checks access.
 */
import { createHash } from 'node:crypto';
import {
  EXCHANGE_ONLINE,
  findApplication,
  findMailbox,
  findServicePrincipal,
  MICROSOFT_GRAPH,
  PERMISSIONS,
  permissionOf,
  same,
} from './directory.ts';
import { assignedPolicies, defaultPolicy, POLICY_READERS } from './graph-policy.ts';
import { thumbprintSha1 } from './entra-credential.ts';
import type { Application, Mailbox, ServicePrincipal, Tenant } from './tenant.ts';

export type Entity = Readonly<Record<string, unknown>>;

interface Allowed {
  /** Any one of these application permissions allows reading the resource. */
  readonly allowedBy: readonly string[];
}

export type Found =
  | ({ readonly kind: 'entity'; readonly context: string; readonly entity: Entity } & Allowed)
  | ({
      readonly kind: 'collection';
      readonly context: string;
      readonly entities: readonly Entity[];
    } & Allowed)
  | ({ readonly kind: 'missing'; readonly name: string } & Allowed)
  | { readonly kind: 'unknown-path' };

const READ_APPLICATIONS = [
  'Application.Read.All',
  'Application.ReadWrite.OwnedBy',
  'Application.ReadWrite.All',
];
const READ_USERS = ['User.Read.All', 'Directory.Read.All'];

/**
 * Finds the resource at a path such as `/v1.0/SET`, `/v1.0/SET/ID`, `/v1.0/SET(appId='ID')`, and `/appRoleAssignments`
 * below a service principal.
 */
export function findResource(tenant: Tenant, path: string, query: URLSearchParams): Found {
  const [version, collection = '', ...rest] = path.split('/').slice(1);
  const [, set, alternateKey] = /^(\w+)(?:\(appId='([^']*)'\))?$/.exec(collection) ?? [];
  const key = alternateKey ?? rest.shift();
  const [child, ...more] = rest;
  if (version !== 'v1.0' || more.length > 0) return { kind: 'unknown-path' };
  if (set === 'users' && key !== undefined && child === undefined) return findUser(tenant, key);
  if (set === 'policies' && key === 'defaultAppManagementPolicy' && child === undefined) {
    const context = 'policies/defaultAppManagementPolicy/$entity';
    return { kind: 'entity', context, entity: defaultPolicy(tenant), allowedBy: POLICY_READERS };
  }
  if (set !== 'applications' && set !== 'servicePrincipals') return { kind: 'unknown-path' };
  const all = set === 'applications' ? applicationEntities(tenant) : principalEntities(tenant);
  if (key === undefined) return filtered(set, all, query);
  const name = alternateKey === undefined ? 'id' : 'appId';
  const entity = all.find((candidate) => same(String(candidate[name]), key));
  if (entity === undefined) return { kind: 'missing', name: key, allowedBy: READ_APPLICATIONS };
  if (child === undefined) {
    return { kind: 'entity', context: `${set}/$entity`, entity, allowedBy: READ_APPLICATIONS };
  }
  if (set === 'applications' && child === 'appManagementPolicies') {
    const entities = assignedPolicies(tenant, String(entity.appId));
    return {
      kind: 'collection',
      context: 'policies/appManagementPolicies',
      entities,
      allowedBy: POLICY_READERS,
    };
  }
  return set === 'servicePrincipals' && child === 'appRoleAssignments'
    ? assignmentsOf(tenant, entity)
    : { kind: 'unknown-path' };
}

function filtered(set: string, all: readonly Entity[], query: URLSearchParams): Found {
  const filter = query.get('$filter');
  const wanted = /^\s*appId\s+eq\s+'([^']*)'\s*$/.exec(filter ?? '')?.[1];
  const entities =
    filter === null ? all : all.filter(({ appId }) => wanted !== undefined && same(String(appId), wanted));
  return { kind: 'collection', context: set, entities, allowedBy: READ_APPLICATIONS };
}

function applicationEntities(tenant: Tenant): Entity[] {
  return tenant.applications.map((application) => ({
    id: application.objectId,
    appId: application.appId,
    displayName: application.displayName,
    createdDateTime: '2026-01-15T09:10:02Z',
    signInAudience: 'AzureADMyOrg',
    isDisabled: application.disabled ?? null,
    isFallbackPublicClient: application.publicClient,
    passwordCredentials: application.secrets.map((secret) => ({
      customKeyIdentifier: null,
      displayName: secret.displayName,
      endDateTime: secret.endDateTime,
      hint: secret.hint,
      keyId: secret.keyId,
      // Graph shows the value of a secret only once, when the secret is created.
      secretText: null,
      startDateTime: secret.startDateTime,
    })),
    keyCredentials: application.certificates.map((certificate) => ({
      customKeyIdentifier: Buffer.from(thumbprintSha1(certificate), 'hex').toString('base64'),
      displayName: certificate.displayName,
      endDateTime: certificate.endDateTime,
      key: null,
      keyId: certificate.keyId,
      startDateTime: certificate.startDateTime,
      type: 'AsymmetricX509Cert',
      usage: 'Verify',
    })),
    requiredResourceAccess: requiredAccess(application),
  }));
}

function requiredAccess(application: Application): Entity[] {
  const wanted = application.requiredResourceAccess.flatMap(({ permission, type }) => {
    const known = permissionOf(permission);
    return known === undefined ? [] : [{ resource: known.resource, id: known.id, type }];
  });
  return [EXCHANGE_ONLINE, MICROSOFT_GRAPH]
    .map((resourceAppId) => ({
      resourceAppId,
      resourceAccess: wanted
        .filter(({ resource }) => resource === resourceAppId)
        .map(({ id, type }) => ({ id, type })),
    }))
    .filter(({ resourceAccess }) => resourceAccess.length > 0);
}

function principalEntities(tenant: Tenant): Entity[] {
  const own = tenant.servicePrincipals.map((principal) => ({
    id: principal.id,
    appId: principal.appId,
    displayName: findApplication(tenant, principal.appId)?.displayName ?? principal.appId,
    accountEnabled: principal.enabled,
    appOwnerOrganizationId: tenant.id,
    appRoles: [],
    disabledByMicrosoftStatus: principal.disabledByMicrosoft ?? null,
    servicePrincipalType: 'Application',
  }));
  const exchange =
    tenant.exchangeOnlineId === null
      ? []
      : [microsoftPrincipal(tenant.exchangeOnlineId, EXCHANGE_ONLINE, 'Office 365 Exchange Online')];
  return [...own, ...exchange, microsoftPrincipal(tenant.graphId, MICROSOFT_GRAPH, 'Microsoft Graph')];
}

function microsoftPrincipal(id: string, appId: string, displayName: string): Entity {
  return {
    id,
    appId,
    displayName,
    accountEnabled: true,
    appOwnerOrganizationId: 'f8cdef31-a31e-4b4a-93e4-5f571e91255a',
    appRoles: PERMISSIONS.filter(({ resource, type }) => resource === appId && type === 'Role').map(
      (permission) => ({
        allowedMemberTypes: ['Application'],
        description: permission.value,
        displayName: permission.value,
        id: permission.id,
        isEnabled: true,
        origin: 'Application',
        value: permission.value,
      }),
    ),
    oauth2PermissionScopes: PERMISSIONS.filter(
      ({ resource, type }) => resource === appId && type === 'Scope',
    ).map((permission) => ({ id: permission.id, value: permission.value, isEnabled: true, type: 'User' })),
    disabledByMicrosoftStatus: null,
    servicePrincipalType: 'Application',
  };
}

function assignmentsOf(tenant: Tenant, entity: Entity): Found {
  const principal = findServicePrincipal(tenant, String(entity.appId));
  return {
    kind: 'collection',
    context: 'appRoleAssignments',
    entities: principal === undefined ? [] : grants(tenant, principal, String(entity.displayName)),
    allowedBy: READ_APPLICATIONS,
  };
}

function grants(tenant: Tenant, principal: ServicePrincipal, displayName: string): Entity[] {
  return principal.grantedRoles.flatMap((value) => {
    const known = permissionOf(value);
    const exchange = known?.resource === EXCHANGE_ONLINE;
    const resourceId = exchange ? tenant.exchangeOnlineId : tenant.graphId;
    if (known === undefined || resourceId === null) return [];
    return [
      {
        id: createHash('sha256').update(`${principal.id} ${value}`).digest('base64url'),
        appRoleId: known.id,
        createdDateTime: '2026-01-15T09:12:44Z',
        deletedDateTime: null,
        principalDisplayName: displayName,
        principalId: principal.id,
        principalType: 'ServicePrincipal',
        resourceDisplayName: exchange ? 'Office 365 Exchange Online' : 'Microsoft Graph',
        resourceId,
      },
    ];
  });
}

function findUser(tenant: Tenant, name: string): Found {
  const mailbox = findMailbox(tenant, name);
  if (mailbox === undefined) return { kind: 'missing', name, allowedBy: READ_USERS };
  return { kind: 'entity', context: 'users/$entity', entity: userEntity(mailbox), allowedBy: READ_USERS };
}

function userEntity(mailbox: Mailbox): Entity {
  return {
    id: createHash('sha256')
      .update(mailbox.address)
      .digest('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5'),
    userPrincipalName: mailbox.address,
    mail: mailbox.address,
    accountEnabled: true,
    proxyAddresses: [`SMTP:${mailbox.address}`, ...mailbox.aliases.map((alias) => `smtp:${alias}`)],
    assignedPlans: mailbox.licensed
      ? [
          {
            assignedDateTime: '2026-01-15T09:00:00Z',
            capabilityStatus: 'Enabled',
            service: 'exchange',
            servicePlanId: 'efb87545-963c-4e0d-99df-69c6916d9eb0',
          },
        ]
      : [],
  };
}
