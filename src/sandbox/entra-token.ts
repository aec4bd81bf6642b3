/**
 * Evaluates a token request in Entra's order: tenant, request, application, credential, enterprise application, resource,
 * policies. Issues a token even without granted permissions: it then has no `roles`, and Exchange refuses it. Called by
 * `entra.ts`; throws `EntraError`.
 */
import type { TokenIssuer } from './access-token.ts';
import {
  findApplication,
  findServicePrincipal,
  grantedRolesFor,
  resourceOf,
  same,
  serverNow,
} from './directory.ts';
import { authenticateClient } from './entra-credential.ts';
import { EntraError, parameterMissing, tenantMalformed, tenantNotFound } from './entra-error.ts';
import type { Application, Tenant } from './tenant.ts';

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*$/i;
const SHARED_TENANTS: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers']);
const OTHER_GRANTS: ReadonlySet<string> = new Set(['authorization_code', 'password', 'refresh_token']);

export interface TokenAnswer {
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly refresh_in?: number;
  readonly access_token: string;
}

export interface TokenEndpoint {
  readonly tenant: Tenant;
  readonly issuer: TokenIssuer;
  /** `https://host:port` */
  readonly authority: string;
}

export async function answerTokenRequest(
  endpoint: TokenEndpoint,
  segment: string,
  form: URLSearchParams,
): Promise<TokenAnswer> {
  const { tenant } = endpoint;
  const now = serverNow(tenant);
  checkRequest(form);
  checkTenant(tenant, segment, form);
  const application = knownApplication(tenant, form.get('client_id') ?? '');
  checkGrant(form);
  const method = await authenticateClient(application, form, audiencesOf(endpoint, segment), now);
  const principal = findServicePrincipal(tenant, application.appId);
  if (principal === undefined) {
    throw new EntraError(
      7000229,
      'invalid_client',
      `The client application ${application.appId} is missing service principal in the tenant ${tenant.id}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
    );
  }
  if (application.disabled === true || !principal.enabled || principal.disabledByMicrosoft !== undefined) {
    throw new EntraError(
      7000112,
      'unauthorized_client',
      `Application '${application.appId}'(${application.displayName}) is disabled.`,
    );
  }
  const { uri, resource } = resourceInScope(tenant, form.get('scope') ?? '');
  if (principal.blockedByConditionalAccess) {
    throw new EntraError(
      53003,
      'invalid_grant',
      'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
    );
  }
  const roles = grantedRolesFor(principal, resource);
  const token = await endpoint.issuer.issue({
    tenant,
    application,
    principal,
    audience: uri,
    roles,
    method,
    now,
  });
  const lifetime = tenant.tokenLifetimeSeconds;
  return {
    token_type: 'Bearer',
    expires_in: lifetime - 1,
    ext_expires_in: lifetime - 1,
    // Only long-lived tokens have it.
    ...(lifetime > 7200 ? { refresh_in: Math.floor(lifetime / 2) } : {}),
    access_token: token,
  };
}

/** Also used for the discovery document, which depends only on the tenant. */
export function checkTenantSegment(tenant: Tenant, segment: string, asked: 'token' | 'discovery'): void {
  if (!GUID.test(segment) && !DOMAIN.test(segment)) {
    // Entra accepts a single word as a tenant's name: 'token', 'secrets' and 'tenant_id' were seen.
    throw /^[\w-]+$/.test(segment) ? tenantNotFound(segment, asked) : tenantMalformed(segment);
  }
  const known = same(segment, tenant.id) || same(segment, tenant.domain);
  if (!known || tenant.deleted) throw tenantNotFound(segment, asked);
}

export function isSharedTenant(segment: string): boolean {
  return SHARED_TENANTS.has(segment);
}

function checkTenant(tenant: Tenant, segment: string, form: URLSearchParams): void {
  if (isSharedTenant(segment)) throw sharedTenant(tenant, segment, form.get('client_id') ?? '');
  checkTenantSegment(tenant, segment, 'token');
  if (tenant.homeCloud !== tenant.servedCloud) {
    throw new EntraError(
      900382,
      'invalid_request',
      'Confidential Client is not supported in Cross Cloud request.',
    );
  }
}

function sharedTenant(tenant: Tenant, segment: string, clientId: string): EntraError {
  if (segment === 'consumers') {
    return new EntraError(
      9001023,
      'invalid_request',
      'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
    );
  }
  const application = findApplication(tenant, clientId);
  if (segment === 'organizations' || application === undefined) {
    return new EntraError(
      50059,
      'invalid_request',
      'No tenant-identifying information found in either the request or implied by any provided credentials.',
    );
  }
  return new EntraError(
    50194,
    'invalid_request',
    `Application '${application.appId}'(${application.displayName}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such applications created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
  );
}

function checkRequest(form: URLSearchParams): void {
  for (const name of ['grant_type', 'client_id']) {
    if ((form.get(name) ?? '') === '') throw parameterMissing(name);
  }
  if (form.has('resource')) {
    throw new EntraError(901002, 'invalid_request', "The 'resource' request parameter isn't supported.");
  }
  if ((form.get('scope') ?? '') === '') throw parameterMissing('scope');
}

function checkGrant(form: URLSearchParams): void {
  const grant = form.get('grant_type') ?? '';
  if (grant === 'client_credentials') return;
  if (OTHER_GRANTS.has(grant) && !form.has('client_secret') && !form.has('client_assertion')) {
    throw new EntraError(
      7000218,
      'invalid_client',
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    );
  }
  throw new EntraError(
    70003,
    'unsupported_grant_type',
    `The app requested an unsupported grant type '${grant}'. (The simulated tenant knows client_credentials only.)`,
  );
}

function knownApplication(tenant: Tenant, clientId: string): Application {
  const application = findApplication(tenant, clientId);
  if (application !== undefined) return application;
  throw new EntraError(
    700016,
    'unauthorized_client',
    `Application with identifier '${clientId}' was not found in the directory '${tenant.displayName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}

/** The last path segment is the scope's name, the rest the resource, so a missing `/.default` shortens the resource. */
function resourceInScope(
  tenant: Tenant,
  scope: string,
): { readonly uri: string; readonly resource: NonNullable<ReturnType<typeof resourceOf>> } {
  const [first = '', ...more] = scope.trim().split(/\s+/);
  if (first === '' || !/^[\w.:/@~+%#?=&;,$!'()*-]+$/.test(first)) {
    throw new EntraError(
      70011,
      'invalid_scope',
      `The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope ${scope} is not valid.`,
    );
  }
  const cut = first.lastIndexOf('/');
  if (more.length > 0 || cut === -1) throw notDefault(scope);
  const uri = first.slice(0, cut);
  const resource = resourceOf(tenant, uri);
  if (resource === undefined) {
    throw new EntraError(
      500011,
      'invalid_resource',
      `The resource principal named ${uri} was not found in the tenant named ${tenant.displayName}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    );
  }
  if (first.slice(cut) !== '/.default') throw notDefault(scope);
  return { uri, resource };
}

function notDefault(scope: string): EntraError {
  return new EntraError(
    1002012,
    'invalid_scope',
    `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
  );
}

/** Accepted `aud` values of an assertion: the token endpoint in both versions, or the issuer. */
function audiencesOf({ authority, tenant }: TokenEndpoint, segment: string): string[] {
  return [segment, tenant.id].flatMap((name) => [
    `${authority}/${name}/oauth2/v2.0/token`,
    `${authority}/${name}/oauth2/token`,
    `${authority}/${name}/v2.0`,
    `${authority}/${name}/`,
  ]);
}
