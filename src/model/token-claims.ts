/**
 * Can this token open a mailbox over this protocol? Checks the claims alone, before a mail server sees the token: Entra
 * issues a valid token for Exchange Online even where no permission exists, and only `aud` and `roles` show it. Called by
 * the probe for its claims stage, and by the diagnosis for tokens without such a stage.
 */
import type { Claims } from './evidence.ts';
import type { Failure } from './failure.ts';
import { isExchangeResource, isGraphResource, isMicrosoftIssuer } from './microsoft365.ts';
import { MAIL_ROLES, roleFor, type Protocol } from './protocol.ts';

/** The faults of claims, which are also the codes of a failed claims stage. */
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

/** Clocks may differ by this much: a token that begins further in the future is a failure. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * The first claim that makes the login impossible. Errors of the set-up come before errors of time. Roles and audience
 * are checked only for Entra's tokens. A token that is not a JWT has no claims and passes.
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

/** The same fault, as the failure of the claims stage. */
export function claimsFailureOf(use: TokenUse): Failure | undefined {
  const fault = claimsFaultOf(use);
  return fault === undefined ? undefined : { kind: 'claims', code: fault, text: textOf(fault, use) };
}

/** The text for the code of a failed claims stage. */
export function claimsFaultOfCode(code: string | undefined): ClaimsFault | undefined {
  return CLAIMS_FAULTS.find((fault) => fault === code);
}

export function hasRole(claims: Claims, protocol: Protocol): boolean {
  return claims.roles?.includes(roleFor(protocol)) ?? false;
}

/** The issuer decides. If a pasted text lacks it, claims decide that only Entra's tokens have. */
function isEntras({ issuer, tenantId, audience }: Claims): boolean {
  return (
    (issuer !== undefined && isMicrosoftIssuer(issuer)) ||
    tenantId !== undefined ||
    (audience !== undefined && (isExchangeResource(audience) || isGraphResource(audience)))
  );
}

/** The audience decides. Without one the roles decide, because only Exchange Online has those of the mail protocols. */
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

/** A claim may hold any number, but a date may not. */
function isoTime(epochMs = Number.NaN): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? `${epochMs} ms` : date.toISOString();
}
