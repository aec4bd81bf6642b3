/**
 * Evaluates a token request in Entra's order: tenant, request, application, credential, enterprise application,
 * resource, policies. Throws `EntraError` if Entra would refuse. If no permission is granted, issues a token without
 * `roles`, as Entra does. Exchange refuses such a token. Called by `entra.ts`.
 */
import type { TokenIssuer } from './access-token.ts';
import {
  findApplication,
  findServicePrincipal,
  grantedRolesFor,
  resourceOf,
  serverNow,
} from './directory.ts';
import { authenticateClient } from './entra-credential.ts';
import { EntraError } from './entra-error.ts';
import { checkGrant, checkPresent, checkScope, checkTenant } from './entra-request.ts';
import type { Application, Tenant } from './tenant.ts';

export interface TokenAnswer {
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly refresh_in?: number;
  readonly access_token: string;
}

/** The answer of the v1 endpoint. Its numbers are strings, and it names the resource. */
export interface TokenAnswerV1 {
  readonly token_type: 'Bearer';
  readonly expires_in: string;
  readonly ext_expires_in: string;
  readonly expires_on: string;
  readonly not_before: string;
  readonly resource: string;
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
  checkScope(form);
  const { lifetime, token } = await issueToken(endpoint, segment, form, form.get('scope') ?? '');
  return {
    token_type: 'Bearer',
    expires_in: lifetime - 1,
    ext_expires_in: lifetime - 1,
    // Only long-lived tokens have `refresh_in`.
    ...(lifetime > 7200 ? { refresh_in: Math.floor(lifetime / 2) } : {}),
    access_token: token,
  };
}

/** Answers a request to the v1 endpoint, `/oauth2/token`, which names a resource in place of a scope. */
export async function answerTokenRequestV1(
  endpoint: TokenEndpoint,
  segment: string,
  form: URLSearchParams,
): Promise<TokenAnswerV1> {
  checkPresent(form);
  const resource = form.get('resource') ?? '';
  if (resource === '')
    throw new EntraError(50001, 'invalid_resource', 'Resource identifier is not provided.');
  const scope = `${resource.replace(/\/$/, '')}/.default`;
  const { lifetime, token } = await issueToken(endpoint, segment, form, scope);
  const issuedAt = Math.floor(serverNow(endpoint.tenant) / 1000);
  return {
    token_type: 'Bearer',
    expires_in: String(lifetime - 1),
    ext_expires_in: String(lifetime - 1),
    expires_on: String(issuedAt + lifetime - 1),
    not_before: String(issuedAt - 300),
    resource,
    access_token: token,
  };
}

async function issueToken(
  endpoint: TokenEndpoint,
  segment: string,
  form: URLSearchParams,
  scope: string,
): Promise<{ readonly lifetime: number; readonly token: string }> {
  const { tenant } = endpoint;
  const now = serverNow(tenant);
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
  const { uri, resource } = resourceInScope(tenant, scope);
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
  return { lifetime: tenant.tokenLifetimeSeconds, token };
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

/**
 * Returns the resource of the scope. The last path segment is the scope's name, and the rest is the resource. So if
 * `/.default` is missing, the last segment of the resource is lost.
 */
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

/** Returns the accepted `aud` values of an assertion: the token endpoint in both versions, or the issuer. */
function audiencesOf({ authority, tenant }: TokenEndpoint, segment: string): string[] {
  return [segment, tenant.id].flatMap((name) => [
    `${authority}/${name}/oauth2/v2.0/token`,
    `${authority}/${name}/oauth2/token`,
    `${authority}/${name}/v2.0`,
    `${authority}/${name}/`,
  ]);
}
