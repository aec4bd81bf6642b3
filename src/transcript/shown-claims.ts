/** Keeps the claims of a pasted token whose values have the expected form. Any other value could be a secret. */
import type { Claims } from '../model/evidence.ts';
import { isGuid, isPermission, shownId, shownResource, UNSHOWN } from './identifiers.ts';

export function shownClaims(claims: Claims): Claims {
  const { audience, issuer, roles, scopes, appId, objectId, tenantId } = claims;
  const { identityType, authenticationMethod, version, issuedAt, notBefore, expiresAt } = claims;
  const all: { readonly [Name in keyof Claims]: Claims[Name] | undefined } = {
    audience: audience === undefined ? undefined : shownResource(audience),
    issuer: issuer === undefined ? undefined : shownResource(issuer),
    roles: roles?.filter(isPermission),
    scopes: scopes?.split(' ').map(shownScope).join(' '),
    appId: only(appId, isGuid),
    objectId: only(objectId, isGuid),
    tenantId: tenantId === undefined ? undefined : shownId(tenantId),
    identityType: only(identityType, (type) => type === 'app' || type === 'user'),
    authenticationMethod: only(authenticationMethod, (method) => /^\d$/.test(method)),
    version: only(version, (number) => /^[12]\.0$/.test(number)),
    issuedAt,
    notBefore,
    expiresAt,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

function only(value: string | undefined, fits: (value: string) => boolean): string | undefined {
  return value !== undefined && fits(value) ? value : undefined;
}

function shownScope(scope: string): string {
  return isPermission(scope) ? scope : UNSHOWN;
}
