/**
 * Can this token work for this protocol? A verdict on the claims alone, for the `claims` stage. Called by `probe`,
 * which attempts the login all the same: what the server really says is worth more than our reading of a token.
 */
import type { Claims, Failure } from '../model/evidence.ts';
import { MAIL_ROLES, type Protocol } from '../model/target.ts';

/** Only what Microsoft issues is judged by Microsoft's rules; other issuers need neither roles nor this audience. */
const MICROSOFT =
  /^https:\/\/(?:sts\.windows\.net|login\.microsoftonline\.(?:com|us)|login\.windows\.net|(?:login|sts)\.chinacloudapi\.cn|login\.partner\.microsoftonline\.cn)\//i;

/** Exchange Online's resource in the spellings and clouds that are known, and by its application id. */
const EXCHANGE: ReadonlySet<string> = new Set([
  'https://outlook.office365.com',
  'https://outlook.office.com',
  'https://ps.outlook.com',
  'https://outlook.office365.us',
  'https://outlook-dod.office365.us',
  'https://partner.outlook.cn',
  '00000002-0000-0ff1-ce00-000000000000',
]);

/** Clocks may differ by this much before a token that begins in the future says anything. */
const TOLERANCE_MS = 5 * 60_000;

/**
 * The first claim that makes the login impossible: what is set up wrongly comes before what time has done. A token
 * that is no JWT has no claims, and nothing against it. `now` in epoch milliseconds.
 */
export function judgeClaims(claims: Claims, protocol: Protocol, now: number): Failure | undefined {
  const { issuer, audience, scopes, roles, expiresAt, notBefore } = claims;
  if (issuer !== undefined && MICROSOFT.test(issuer)) {
    if (audience !== undefined && !isExchange(audience)) {
      return unfit('wrong-audience', `The token is for ${audience}, not for Exchange Online.`);
    }
    if (scopes !== undefined) {
      return unfit('delegated-token', `The token carries delegated scopes (${scopes}): it acts for a user.`);
    }
    if (roles?.includes(MAIL_ROLES[protocol]) !== true) {
      const has =
        roles === undefined || roles.length === 0 ? 'it has no roles' : `it has ${roles.join(', ')}`;
      return unfit('role-missing', `The token lacks the role ${MAIL_ROLES[protocol]}: ${has}.`);
    }
  }
  if (expiresAt !== undefined && expiresAt <= now) {
    return unfit('token-expired', `The token expired at ${isoTime(expiresAt)}.`);
  }
  if (notBefore !== undefined && notBefore > now + TOLERANCE_MS) {
    return unfit('token-not-yet-valid', `The token is valid from ${isoTime(notBefore)} only.`);
  }
  return undefined;
}

function isExchange(audience: string): boolean {
  return EXCHANGE.has(audience.toLowerCase().replace(/\/+$/, ''));
}

function unfit(code: string, text: string): Failure {
  return { kind: 'claims', code, text };
}

/** A claim may hold any number; a date may not. */
function isoTime(epochMs: number): string {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? `${epochMs} ms` : date.toISOString();
}
