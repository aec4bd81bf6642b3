/**
 * The checks that Entra does before it looks up the application: the tenant, the parameters, the grant. They throw
 * `EntraError`. Called by `entra-token.ts`, and by `entra.ts` for the discovery document.
 */
import { findApplication, same } from './directory.ts';
import { EntraError, parameterMissing, tenantMalformed, tenantNotFound } from './entra-error.ts';
import type { Tenant } from './tenant.ts';

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const DOMAIN = /^(?:[a-z\d](?:[a-z\d-]*[a-z\d])?\.)+[a-z][a-z\d-]*$/i;
const SHARED_TENANTS: ReadonlySet<string> = new Set(['common', 'organizations', 'consumers']);
const OTHER_GRANTS: ReadonlySet<string> = new Set(['authorization_code', 'password', 'refresh_token']);

/** Throws unless the path segment names this tenant. */
export function checkTenantSegment(tenant: Tenant, segment: string, asked: 'token' | 'discovery'): void {
  if (!GUID.test(segment) && !DOMAIN.test(segment)) {
    // Entra takes a single word for the name of a tenant that does not exist. This was seen for 'token', 'secrets' and
    // 'tenant_id'.
    throw /^[\w-]+$/.test(segment) ? tenantNotFound(segment, asked) : tenantMalformed(segment);
  }
  const known = same(segment, tenant.id) || same(segment, tenant.domain);
  if (!known || tenant.deleted) throw tenantNotFound(segment, asked);
}

export function isSharedTenant(segment: string): boolean {
  return SHARED_TENANTS.has(segment);
}

export function checkTenant(tenant: Tenant, segment: string, form: URLSearchParams): void {
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

export function checkPresent(form: URLSearchParams): void {
  for (const name of ['grant_type', 'client_id']) {
    if ((form.get(name) ?? '') === '') throw parameterMissing(name);
  }
}

export function checkScope(form: URLSearchParams): void {
  checkPresent(form);
  if (form.has('resource')) {
    throw new EntraError(901002, 'invalid_request', "The 'resource' request parameter isn't supported.");
  }
  if ((form.get('scope') ?? '') === '') throw parameterMissing('scope');
}

export function checkGrant(form: URLSearchParams): void {
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
