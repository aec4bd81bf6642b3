/**
 * Checks whether the claims of a token allow it to open a mailbox, before a mail server sees the token. Entra issues a
 * valid token for Exchange Online even if the app lacks the permission. Only `aud` and `roles` show that. Called by the
 * probe for its claims stage, and by the diagnosis for evidence without that stage.
 */
import type { Claims } from './evidence.ts';
import type { Failure } from './failure.ts';
import { isExchangeResource, isGraphResource, isMicrosoftIssuer } from './microsoft365.ts';
import { MAIL_ROLES, roleFor, type Protocol } from './protocol.ts';

/** The faults of claims. Each is also a failure code of the claims stage. */
const CLAIMS_FAULTS = [
  'wrong-audience',
  'delegated-token',
  'role-missing',
  'token-expired',
  'token-not-yet-valid',
] as const;

export type ClaimsFault = (typeof CLAIMS_FAULTS)[number];

export interface TokenUse {
  readonly claims: Claims;
  readonly protocol: Protocol;
  /** When the token is used, in epoch milliseconds of the issuer's clock. */
  readonly at: number;
}

/** The tolerated difference between two clocks. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * Returns the first fault that makes the login impossible. Faults of the set-up come before faults of time. Audience,
 * scopes and roles are checked only if Entra issued the token. Undefined if there is no fault, or if there are no
 * claims because the token is not a JWT.
 */
export function claimsFaultOf({ claims, protocol, at }: TokenUse): ClaimsFault | undefined {
  if (isEntras(claims)) {
    if (!isForExchange(claims)) return 'wrong-audience';
    if (claims.scopes !== undefined) return 'delegated-token';
    if (!hasRole(claims, protocol)) return 'role-missing';
  }
  if (claims.expiresAt !== undefined && claims.expiresAt <= at) return 'token-expired';
  if (claims.notBefore !== undefined && claims.notBefore > at + TOLERANCE_MS) return 'token-not-yet-valid';
  return undefined;
}

/**
 * Returns the fault that `claimsFaultOf` finds, in the form of a failure of the claims stage. Undefined if there is
 * none.
 */
export function claimsFailureOf(use: TokenUse): Failure | undefined {
  const fault = claimsFaultOf(use);
  return fault === undefined ? undefined : { kind: 'claims', code: fault, text: textOf(fault, use) };
}

/** Returns the code of a failed claims stage as a fault. Undefined for any other code. */
export function claimsFaultOfCode(code: string | undefined): ClaimsFault | undefined {
  return CLAIMS_FAULTS.find((fault) => fault === code);
}

export function hasRole(claims: Claims, protocol: Protocol): boolean {
  return claims.roles?.includes(roleFor(protocol)) ?? false;
}

/**
 * Whether Entra issued the token. Usually the issuer shows it. A pasted text may lack the issuer, so a tenant id or an
 * audience of Microsoft is enough.
 */
function isEntras({ issuer, tenantId, audience }: Claims): boolean {
  return (
    (issuer !== undefined && isMicrosoftIssuer(issuer)) ||
    tenantId !== undefined ||
    (audience !== undefined && (isExchangeResource(audience) || isGraphResource(audience)))
  );
}

/**
 * Whether the token is for Exchange Online. A token without an audience passes. If the audience is neither Exchange
 * Online nor Graph, the roles decide, because only Exchange Online has the roles of the mail protocols.
 */
function isForExchange({ audience, roles = [] }: Claims): boolean {
  if (audience === undefined || isExchangeResource(audience)) return true;
  return !isGraphResource(audience) && MAIL_ROLES.some((role) => roles.includes(role));
}

function textOf(fault: ClaimsFault, { claims, protocol }: TokenUse): string {
  const { audience = '', scopes = '', roles = [], expiresAt, notBefore } = claims;
  switch (fault) {
    case 'wrong-audience':
      return `The token is for ${audience}, not for Exchange Online.`;
    case 'delegated-token':
      return `The token carries delegated scopes (${scopes}): it acts for a user.`;
    case 'role-missing': {
      const has = roles.length === 0 ? 'it has no roles' : `it has ${roles.join(', ')}`;
      return `The token lacks the role ${roleFor(protocol)}: ${has}.`;
    }
    case 'token-expired':
      return `The token expired at ${isoTime(expiresAt)}.`;
    case 'token-not-yet-valid':
      return `The token is valid from ${isoTime(notBefore)} only.`;
  }
}

/** A claim may hold a number that is outside the range of dates. */
function isoTime(epochMs = Number.NaN): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? `${epochMs} ms` : date.toISOString();
}
