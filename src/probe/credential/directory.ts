/**
 * Reads what the directory holds about an app: the registered credentials, the enterprise application, and the
 * requested and granted permissions. Sends one request after the other through Microsoft Graph, with the app's own
 * token. The first failure ends the reading. What was read before the failure is returned with it. Called by
 * directory-cache.ts.
 */
import type { RegisteredCredential, Registration } from '../../model/credential.ts';
import type { Failure } from '../../model/failure.ts';
import { untrustedText } from '../../model/untrusted-text.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { App } from '../../model/target.ts';
import type { sendHttpsRequest } from '../network/https-request.ts';
import { isRecord } from '../../model/json.ts';
import type { Clean } from '../token/oauth-error.ts';
import type { TokenCache } from '../token/token-source.ts';
import { createGraphReader, type GraphReader, type Json, nonsense } from './graph-reader.ts';
import { EXCHANGE_APP_ID } from '../../model/microsoft365.ts';
import { DEFAULT_ACCESS, KNOWN_PERMISSIONS } from './permissions.ts';
import { readRegistered } from './registered.ts';
import { mayReadPolicy, readPolicy } from './app-policy.ts';

/** A part that could not be read is absent, and `failure` holds the reason. */
export interface DirectoryReading {
  readonly registered?: readonly RegisteredCredential[];
  readonly registration?: Registration;
  readonly failure?: Failure;
}

export interface DirectoryEdges {
  readonly tokens: Pick<TokenCache, 'acquire' | 'refresh'>;
  readonly redactor: Redactor;
  readonly send: typeof sendHttpsRequest;
}

/** A permission in an app registration or an admin consent. */
interface Permission {
  readonly id: string;
  /** The Graph path of the API that defines the permission. */
  readonly api: string;
  /** The display name of the API. Shown if the name of the permission is unknown. */
  readonly apiName: string;
}

const APPLICATION =
  'id,appId,displayName,createdDateTime,passwordCredentials,keyCredentials,requiredResourceAccess';
const PRINCIPAL = 'id,appId,accountEnabled,disabledByMicrosoftStatus,appOwnerOrganizationId';
/** For names of permissions, at most this many APIs other than Exchange are read. */
const MOST_LOOKUPS = 4;
const MOST_PERMISSIONS = 200;

/**
 * `freshToken`: request a new token, because the cached one may lack a permission that was granted later. Never
 * rejects.
 */
export async function readDirectory(
  app: App,
  { tokens, redactor, send }: DirectoryEdges,
  signal: AbortSignal,
  freshToken: boolean,
): Promise<DirectoryReading> {
  const outcome = await tokens[freshToken ? 'refresh' : 'acquire'](app, app.graphScope, signal);
  if (!outcome.ok) return { failure: outcome.failure };
  const graph = createGraphReader({ app, token: outcome.token, redactor, signal, send });
  const clean: Clean = (text, limit) => untrustedText(text, redactor, limit);

  const application = await graph.get(`/applications(${byAppId(app.clientId)})?$select=${APPLICATION}`);
  if (!application.ok) return { failure: application.failure };
  if (typeof application.value.id !== 'string') {
    return { failure: nonsense('an application', application.value, clean).failure };
  }
  const registered = readRegistered(application.value, clean);
  const principal = await graph.get(`/servicePrincipals(${byAppId(app.clientId)})?$select=${PRINCIPAL}`);
  const absent = !principal.ok && principal.failure.status === '404';
  if (!principal.ok && !absent) return { registered, failure: principal.failure };
  const entry = principal.ok ? principal.value : {};
  const grants = absent
    ? { ok: true as const, value: [] }
    : await graph.list(`/servicePrincipals(${byAppId(app.clientId)})/appRoleAssignments`);
  if (!grants.ok) return { registered, failure: grants.failure };
  const registration = await readRegistration(application.value, entry, grants.value, graph, clean);
  if (!mayReadPolicy(registration.grantedRoles)) return { registered, registration };
  const policy = await readPolicy(application.value, graph, clean);
  if (!policy.ok) return { registered, registration, failure: policy.failure };
  return {
    registered,
    registration: { ...registration, ...(policy.value !== undefined && { policy: policy.value }) },
  };
}

async function readRegistration(
  application: Json,
  principal: Json,
  grants: readonly Json[],
  graph: GraphReader,
  clean: Clean,
): Promise<Registration> {
  const requested = requestedPermissions(application, clean);
  const granted = grants.flatMap((grant) => grantedPermission(grant, clean)).slice(0, MOST_PERMISSIONS);
  const valueOf = await readNames(
    [...requested.map(({ permission }) => permission), ...granted],
    graph,
    clean,
  );
  const roles = requested.filter(({ type, api }) => type === 'Role' && api === EXCHANGE_APP_ID);
  const scopes = requested.filter(({ type }) => type === 'Scope');
  const { id, accountEnabled, disabledByMicrosoftStatus: disabled } = principal;
  return {
    ...(typeof application.id === 'string' && { applicationObjectId: clean(application.id, 100) }),
    ...(typeof id === 'string' && { servicePrincipalId: clean(id, 100) }),
    ...(typeof accountEnabled === 'boolean' && { servicePrincipalEnabled: accountEnabled }),
    ...(typeof disabled === 'string' &&
      !/^NotDisabled$/i.test(disabled) && { disabledByMicrosoft: clean(disabled, 100) }),
    requestedRoles: roles.map(({ permission }) => valueOf(permission)),
    requestedScopes: scopes.map(({ permission }) => valueOf(permission)),
    grantedRoles: granted.map(valueOf),
  };
}

interface Requested {
  readonly api: string;
  readonly type: string;
  readonly permission: Permission;
}

/** https://learn.microsoft.com/en-us/graph/api/resources/requiredresourceaccess */
function requestedPermissions(application: Json, clean: Clean): readonly Requested[] {
  const { requiredResourceAccess: apis } = application;
  const all = (Array.isArray(apis) ? apis.slice(0, MOST_PERMISSIONS).filter(isRecord) : []).flatMap(
    ({ resourceAppId, resourceAccess }): Requested[] => {
      if (typeof resourceAppId !== 'string' || !Array.isArray(resourceAccess)) return [];
      const api = `/servicePrincipals(${byAppId(resourceAppId)})`;
      return resourceAccess
        .slice(0, MOST_PERMISSIONS)
        .filter(isRecord)
        .flatMap(({ id, type }) =>
          typeof id === 'string' && typeof type === 'string'
            ? [{ api: resourceAppId, type, permission: { id, api, apiName: clean(resourceAppId, 60) } }]
            : [],
        );
    },
  );
  return all.slice(0, MOST_PERMISSIONS);
}

/** https://learn.microsoft.com/en-us/graph/api/resources/approleassignment */
function grantedPermission(
  { appRoleId, resourceId, resourceDisplayName: name }: Json,
  clean: Clean,
): Permission[] {
  if (typeof appRoleId !== 'string' || typeof resourceId !== 'string' || appRoleId === DEFAULT_ACCESS)
    return [];
  const api = `/servicePrincipals/${encodeURIComponent(resourceId)}`;
  return [{ id: appRoleId, api, apiName: clean(typeof name === 'string' ? name : resourceId, 60) }];
}

/**
 * Returns a function that names a permission. Exchange is always read. Another API is read only for a permission that
 * is not in permissions.ts. If an API cannot be read, its permissions are shown by their ids.
 */
async function readNames(
  permissions: readonly Permission[],
  graph: GraphReader,
  clean: Clean,
): Promise<(permission: Permission) => string> {
  const names = new Map(KNOWN_PERMISSIONS);
  const wanted = new Set(permissions.map(({ id }) => id));
  const learn = async (api: string): Promise<void> => {
    const reply = await graph.get(`${api}?$select=id,appId,appRoles,oauth2PermissionScopes`);
    if (!reply.ok) return;
    const { appRoles, oauth2PermissionScopes: scopes } = reply.value;
    for (const list of [appRoles, scopes]) {
      for (const entry of Array.isArray(list) ? list.filter(isRecord) : []) {
        const { id, value } = entry;
        if (typeof id === 'string' && wanted.has(id) && typeof value === 'string')
          names.set(id, clean(value, 100));
      }
    }
  };
  if (permissions.length > 0) await learn(`/servicePrincipals(${byAppId(EXCHANGE_APP_ID)})`);
  const asked = new Set<string>();
  for (const { id, api } of permissions) {
    if (names.has(id) || asked.has(api) || asked.size === MOST_LOOKUPS) continue;
    asked.add(api);
    await learn(api);
  }
  return ({ id, apiName }) => names.get(id) ?? `${apiName} ${clean(id, 60)}`;
}

function byAppId(id: string): string {
  return `appId='${encodeURIComponent(id)}'`;
}
