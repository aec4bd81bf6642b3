/**
 * What a token's own claims say against it, before any server does. Entra issues a valid token for Exchange Online
 * even where no permission exists: what is wrong stands in `aud` and `roles`, or is missing there.
 */
import type { Claims } from '../model/evidence.ts';
import { EXCHANGE_APP_ID, GRAPH_APP_ID } from '../model/microsoft365.ts';
import { roleFor } from './names.ts';
import type { Protocol } from '../model/target.ts';

export type ClaimsFault = 'wrong-audience' | 'delegated' | 'role-missing' | 'expired' | 'not-yet-valid';

/** Resources whose tokens Exchange's mail front ends take. */
const EXCHANGE_RESOURCES: ReadonlySet<string> = new Set([
  'outlook.office365.com',
  'outlook.office.com',
  'ps.outlook.com',
  'outlook.office365.us',
  'outlook.office.us',
  'outlook-dod.office365.us',
  'webmail.apps.mil',
  'partner.outlook.cn',
  EXCHANGE_APP_ID,
]);

/** Clocks may differ a little; a token is not expired because of that. */
const CLOCK_TOLERANCE_MS = 300_000;

export interface Judged {
  readonly claims: Claims;
  readonly protocol: Protocol;
  /** `https://outlook.office365.com/.default`. */
  readonly scope: string;
  /** Epoch milliseconds of the use. */
  readonly at: number;
  /** This machine's clock minus the server's. */
  readonly clockSkewSeconds?: number | undefined;
}

/** The first fault, the one that hides the others first; undefined for a token without fault. */
export function claimsFaultOf({
  claims,
  protocol,
  scope,
  at,
  clockSkewSeconds,
}: Judged): ClaimsFault | undefined {
  if (isWrongAudience(claims, scope)) return 'wrong-audience';
  if (claims.scopes !== undefined && claims.roles === undefined) return 'delegated';
  if (isForExchange(claims) && !hasRole(claims, protocol)) return 'role-missing';
  const serverTime = at - (clockSkewSeconds ?? 0) * 1000;
  if (claims.expiresAt !== undefined && claims.expiresAt <= serverTime) return 'expired';
  if (claims.notBefore !== undefined && claims.notBefore > serverTime + CLOCK_TOLERANCE_MS)
    return 'not-yet-valid';
  return undefined;
}

export function hasRole(claims: Claims, protocol: Protocol): boolean {
  return claims.roles?.includes(roleFor(protocol)) ?? false;
}

/** Only where both are known: an audience of another make (a test issuer, say) is judged by its server. */
function isWrongAudience(claims: Claims, scope: string): boolean {
  if (
    claims.audience === undefined ||
    !EXCHANGE_RESOURCES.has(resourceOf(scope.replace(/\/\.default$/, '')))
  ) {
    return claims.audience !== undefined && isGraph(claims.audience);
  }
  return !EXCHANGE_RESOURCES.has(resourceOf(claims.audience)) && isMicrosoft(claims);
}

function isGraph(audience: string): boolean {
  return audience === GRAPH_APP_ID || /^https:\/\/(?:[\w-]+\.)*graph\./i.test(audience);
}

function isForExchange(claims: Claims): boolean {
  return claims.audience !== undefined && isExchange(claims.audience);
}

/** A resource by its URI or id, as scopes and audiences name it. */
export function isExchange(resource: string): boolean {
  return EXCHANGE_RESOURCES.has(resourceOf(resource));
}

function isMicrosoft(claims: Claims): boolean {
  return claims.tenantId !== undefined || isGraph(claims.audience ?? '');
}

function resourceOf(audience: string): string {
  return audience
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/+$/, '');
}
