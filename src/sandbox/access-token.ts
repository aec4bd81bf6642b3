/**
 * Issues and verifies the sandbox's access tokens: RS256 JWTs with the claims of an Exchange Online v1.0 token.
 * `entra-token.ts` issues tokens, `exchange.ts` and `graph.ts` verify them. Each sandbox generates new keys.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose';
import type { AuthenticationMethod } from './entra-credential.ts';
import type { Application, ServicePrincipal, Tenant } from './tenant.ts';

export interface TokenRequest {
  readonly tenant: Tenant;
  readonly application: Application;
  readonly principal: ServicePrincipal;
  /** The resource as written in the scope. */
  readonly audience: string;
  readonly roles: readonly string[];
  readonly method: AuthenticationMethod;
  /** The time of the simulated servers, in epoch milliseconds. */
  readonly now: number;
}

/** The claims that resource servers read. Times in epoch seconds. */
export interface VerifiedToken {
  readonly audience: string;
  readonly objectId: string;
  readonly appId: string;
  readonly roles: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
}

export interface TokenIssuer {
  /** The public key, for the discovery document's `jwks_uri`. */
  readonly jwk: JWK;
  readonly issue: (request: TokenRequest) => Promise<string>;
  /** Returns the claims of a valid token of this issuer for this tenant. Undefined for any other token. */
  readonly verify: (token: string, tenant: Tenant, now: number) => Promise<VerifiedToken | undefined>;
}

export async function createTokenIssuer(): Promise<TokenIssuer> {
  const { publicKey, privateKey } = await generateKeyPair('RS256');
  const exported = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(exported);
  return {
    jwk: { ...exported, kid, x5t: kid, use: 'sig', alg: 'RS256' },
    issue: async (request) =>
      await new SignJWT(claimsOf(request))
        .setProtectedHeader({ typ: 'JWT', alg: 'RS256', x5t: kid, kid })
        .sign(privateKey),
    verify: async (token, tenant, now) => {
      try {
        const { payload } = await jwtVerify(token, publicKey, {
          algorithms: ['RS256'],
          issuer: issuerOf(tenant),
          currentDate: new Date(now),
          clockTolerance: tenant.tokenLeewaySeconds ?? 0,
        });
        const { aud, oid, appid, roles, iat, exp } = payload;
        if (typeof aud !== 'string' || typeof oid !== 'string' || typeof appid !== 'string') return undefined;
        return {
          audience: aud,
          objectId: oid,
          appId: appid,
          roles: Array.isArray(roles) ? roles.filter((value) => typeof value === 'string') : [],
          issuedAt: iat ?? 0,
          expiresAt: exp ?? 0,
        };
      } catch {
        return undefined;
      }
    },
  };
}

function claimsOf(request: TokenRequest): Record<string, unknown> {
  const { tenant, application, principal, roles } = request;
  const issuedAt = Math.floor(request.now / 1000);
  return {
    aud: request.audience,
    iss: issuerOf(tenant),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + tenant.tokenLifetimeSeconds,
    aio: randomBytes(24).toString('base64'),
    app_displayname: application.displayName,
    appid: application.appId,
    appidacr: request.method,
    idp: issuerOf(tenant),
    idtyp: 'app',
    oid: principal.id,
    rh: `1.${randomBytes(24).toString('base64url')}.`,
    ...(roles.length === 0 ? {} : { roles }),
    sid: randomUUID(),
    sub: principal.id,
    tid: tenant.id,
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
    wids: ['0997a1d0-0d1d-4acb-b408-d5ca73121e90'],
  };
}

function issuerOf(tenant: Tenant): string {
  return `https://sts.windows.net/${tenant.id}/`;
}
