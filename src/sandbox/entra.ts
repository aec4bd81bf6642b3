/**
 * Entra's front end: the token endpoint, the discovery document, the signing keys, and the faults of the whole host.
 * `entra-token.ts` evaluates token requests.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { TokenIssuer } from './access-token.ts';
import { serverNow } from './directory.ts';
import { EntraError, errorBody, type ErrorContext } from './entra-error.ts';
import { checkTenantSegment, isSharedTenant } from './entra-request.ts';
import { answerTokenRequest, answerTokenRequestV1 } from './entra-token.ts';
import type { HttpAnswer, HttpHandler, HttpRequest } from './http-front.ts';
import type { EntraFault } from './fault.ts';
import type { Tenant } from './tenant.ts';

export interface EntraOptions {
  readonly tenant: () => Tenant;
  readonly issuer: TokenIssuer;
  /** `https://host:port` */
  readonly authority: () => string;
  /** Called for every token request, with the client id as sent. */
  readonly onTokenRequest: (clientId: string) => void;
}

export function createEntra(options: EntraOptions): HttpHandler {
  const meets = createTurns();
  return async (request) => {
    const tenant = options.tenant();
    const tokenOf = /^\/([^/]+)\/oauth2\/(?:v2\.0\/)?token\/?$/.exec(request.path)?.[1];
    const form = new URLSearchParams(isForm(request) ? request.body : '');
    if (tokenOf !== undefined && request.method === 'POST') {
      options.onTokenRequest(form.get('client_id') ?? '');
    }
    const fault = meets(tenant.faults.entra, tokenOf !== undefined) ? tenant.faults.entra : HEALTHY;
    if (fault.kind === 'silent') return 'silent';
    if (fault.kind === 'slow') {
      await delay(fault.delayMs ?? 5000, undefined, { signal: request.signal }).catch(() => undefined);
    }
    const context: ErrorContext = {
      now: serverNow(tenant),
      authority: options.authority(),
      clientRequestId:
        header(request, 'client-request-id') ?? request.query.get('client-request-id') ?? undefined,
    };
    const broken = brokenHost(fault, tenant, context);
    if (broken !== undefined) return broken;
    try {
      if (tokenOf !== undefined) return await answerToken(options, request, tokenOf, form);
      return answerMetadata(options, request);
    } catch (error) {
      if (error instanceof EntraError) return refusal(error, context);
      throw error;
    }
  };
}

const HEALTHY: EntraFault = { kind: 'healthy' };

/**
 * Returns a function that decides whether the fault applies to a request. Without `every`, it applies to each request.
 * With `every`, it applies to every n-th token request since the fault was set.
 */
function createTurns(): (fault: EntraFault, isForToken: boolean) => boolean {
  let current: EntraFault | undefined;
  let requests = 0;
  return (fault, isForToken) => {
    if (fault !== current) requests = 0;
    current = fault;
    if (fault.every === undefined) return true;
    if (isForToken) requests += 1;
    return isForToken && requests % fault.every === 0;
  };
}

async function answerToken(
  options: EntraOptions,
  request: HttpRequest,
  segment: string,
  form: URLSearchParams,
): Promise<HttpAnswer> {
  if (request.method !== 'POST') {
    throw new EntraError(
      900561,
      'invalid_request',
      `The endpoint only accepts POST, OPTIONS requests. Received a ${request.method} request.`,
    );
  }
  const endpoint = { tenant: options.tenant(), issuer: options.issuer, authority: options.authority() };
  const answer = request.path.includes('/v2.0/') ? answerTokenRequest : answerTokenRequestV1;
  return { status: 200, body: await answer(endpoint, segment, form) };
}

function answerMetadata(options: EntraOptions, request: HttpRequest): HttpAnswer {
  const tenant = options.tenant();
  const authority = options.authority();
  if (/^\/[^/]+\/discovery\/(?:v2\.0\/)?keys$/.test(request.path)) {
    return { status: 200, body: { keys: [options.issuer.jwk] } };
  }
  if (request.path === '/common/discovery/instance') {
    const { host } = new URL(authority);
    const asked = request.query.get('authorization_endpoint');
    if (asked !== null && !isKnownInstance(asked, host))
      throw new EntraError(50049, 'invalid_instance', 'Unknown or invalid instance.');
    return {
      status: 200,
      body: {
        tenant_discovery_endpoint: `${authority}/${tenant.id}/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
      },
    };
  }
  const [, segment, version] =
    /^\/([^/]+)(\/v2\.0)?\/\.well-known\/openid-configuration$/.exec(request.path) ?? [];
  if (segment === undefined) {
    return {
      status: 404,
      body: { error: 'not_found', error_description: 'Not a path of the simulated Entra.' },
    };
  }
  const shared = isSharedTenant(segment);
  if (!shared) checkTenantSegment(tenant, segment, 'discovery');
  const named = shared ? segment : tenant.id;
  const part = version === undefined ? '' : '/v2.0';
  return {
    status: 200,
    body: {
      token_endpoint: `${authority}/${named}/oauth2${part}/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
      jwks_uri: `${authority}/${named}/discovery${part}/keys`,
      response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      issuer:
        version === undefined
          ? `https://sts.windows.net/${shared ? '{tenantid}' : tenant.id}/`
          : `${authority}/${shared ? '{tenantid}' : tenant.id}/v2.0`,
      authorization_endpoint: `${authority}/${named}/oauth2${part}/authorize`,
      end_session_endpoint: `${authority}/${named}/oauth2${part}/logout`,
      tenant_region_scope: 'EU',
    },
  };
}

/** The hosts of Entra's clouds. The sandbox accepts them besides its own host. */
const INSTANCES: ReadonlySet<string> = new Set([
  'login.microsoftonline.com',
  'login.microsoft.com',
  'login.windows.net',
  'sts.windows.net',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
]);

function isKnownInstance(endpoint: string, own: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const { host } = new URL(endpoint);
  return host === own || INSTANCES.has(host);
}

/**
 * Returns the response that the fault causes for every client. Undefined if it causes none. `listener.ts` applies the
 * faults of the network.
 */
function brokenHost(fault: EntraFault, tenant: Tenant, context: ErrorContext): HttpAnswer | undefined {
  if (fault.kind === 'throttled') {
    // The body is plain text, not JSON: seen in microsoft-authentication-library-for-dotnet #2855.
    const seconds = fault.retryAfterSeconds ?? 60;
    return { status: 429, headers: { 'retry-after': String(seconds) }, body: 'Too Many Requests' };
  }
  if (fault.kind === 'empty') return { status: 200, body: {} };
  if (fault.kind === 'proxy-html') return proxyPage(fault.status ?? 407);
  if (fault.kind === 'unavailable') {
    const error = new EntraError(
      90033,
      'temporarily_unavailable',
      'A transient error has occurred. Please try again.',
      fault.status ?? 503,
    );
    const retry = fault.retryAfterSeconds;
    return refusal(error, context, retry === undefined ? {} : { 'retry-after': String(retry) });
  }
  if (fault.kind === 'request-loop') {
    return refusal(
      new EntraError(
        50196,
        'invalid_grant',
        'The server terminated an operation because it encountered a client request loop. Please contact your app vendor.',
      ),
      context,
    );
  }
  if (fault.kind === 'tenant-restrictions') {
    return refusal(
      new EntraError(500021, 'access_denied', `Access to '${tenant.displayName}' tenant is denied.`),
      context,
    );
  }
  return undefined;
}

function refusal(
  error: EntraError,
  context: ErrorContext,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const body = errorBody(error, context);
  return { status: error.status, headers: { ...headers, 'x-ms-request-id': body.trace_id }, body };
}

function proxyPage(status: number): HttpAnswer {
  const title = status === 407 ? 'Proxy Authentication Required' : 'Access Denied';
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      server: 'simulated-proxy/1.0',
      via: '1.1 proxy.contoso.example (simulated)',
      ...(status === 407 ? { 'proxy-authenticate': 'Basic realm="proxy.contoso.example"' } : {}),
    },
    body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>Your request was blocked by the web gateway of Contoso (simulated by mailprobe).</p></body></html>\n`,
  };
}

function isForm(request: HttpRequest): boolean {
  return (request.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded');
}

function header(request: HttpRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}
