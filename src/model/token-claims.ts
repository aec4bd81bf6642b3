/**
 * Can this token open a mailbox over this protocol? One verdict on the claims alone, before any server is asked: Entra
 * issues a valid token for Exchange Online even where no permission exists, and what is wrong stands in `aud` and
 * `roles`. Asked by the probe for its claims stage, and by the diagnosis for tokens that it has no such stage of.
 */
import type { Claims, Failure } from './evidence.ts';
import { isExchangeResource, isGraphResource, isMicrosoftIssuer } from './microsoft365.ts';
import { MAIL_ROLES, roleFor, type Protocol } from './protocol.ts';

/** Also the codes of a failed claims stage. */
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
  /** When it is shown to the server, in epoch milliseconds of the issuer's clock. */
  readonly at: number;
}

/** Clocks may differ by this much before a token that begins in the future says anything. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * The first claim that makes the login impossible: what is set up wrongly comes before what time has done. Roles and
 * audience are judged of Entra's tokens alone; a token that is no JWT has no claims, and nothing against it.
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

/** The same as a failure of the claims stage. */
export function claimsFailureOf(use: TokenUse): Failure | undefined {
  const fault = claimsFaultOf(use);
  return fault === undefined ? undefined : { kind: 'claims', code: fault, text: textOf(fault, use) };
}

/** What the code of a failed claims stage says. */
export function claimsFaultOfCode(code: string | undefined): ClaimsFault | undefined {
  return CLAIMS_FAULTS.find((fault) => fault === code);
}

export function hasRole(claims: Claims, protocol: Protocol): boolean {
  return claims.roles?.includes(roleFor(protocol)) ?? false;
}

/** By its issuer; where a pasted text does not hold that, by what only Entra's tokens name. */
function isEntras({ issuer, tenantId, audience }: Claims): boolean {
  return (
    (issuer !== undefined && isMicrosoftIssuer(issuer)) ||
    tenantId !== undefined ||
    (audience !== undefined && (isExchangeResource(audience) || isGraphResource(audience)))
  );
}

/** Its roles tell where its audience does not: no resource but Exchange Online's has those of the mail protocols. */
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

/** A claim may hold any number; a date may not. */
function isoTime(epochMs = Number.NaN): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? `${epochMs} ms` : date.toISOString();
}
