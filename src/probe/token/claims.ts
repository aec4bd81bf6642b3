/**
 * What an access token says of itself. Decoded as evidence, not verified: whether it is genuine is for the server
 * that it is shown to. Tolerant: a token that is no JWT (opaque, encrypted) has no claims, and that is no error.
 */
import type { Claims } from '../../model/evidence.ts';
import { cleanText } from '../../model/text.ts';
import type { Clean } from './oauth-error.ts';

/** An app-only token is about 2,000 characters long; one of this size is not read. */
const LONGEST_TOKEN = 64 * 1024;
const LONGEST_VALUE = 200;
const MOST_ROLES = 50;
/** The last instant that a JavaScript date can hold, in seconds. */
const LAST_SECOND = 8_640_000_000_000;

/** `clean` makes the values fit to be shown; they are bounded here. */
export function decodeClaims(token: string, clean: Clean = cleanText): Claims {
  const payload = payloadOf(token);
  const textOf = (value: unknown): string | undefined => readText(value, clean);
  const textsOf = (value: unknown): readonly string[] | undefined => readTexts(value, clean);
  return present({
    audience: textOf(payload.aud) ?? textsOf(payload.aud)?.[0],
    issuer: textOf(payload.iss),
    roles: textsOf(payload.roles),
    scopes: textOf(payload.scp),
    // v1.0 tokens say appid and appidacr, v2.0 tokens azp and azpacr.
    appId: textOf(payload.appid) ?? textOf(payload.azp),
    objectId: textOf(payload.oid),
    tenantId: textOf(payload.tid),
    identityType: textOf(payload.idtyp),
    authenticationMethod: textOf(payload.appidacr) ?? textOf(payload.azpacr),
    version: textOf(payload.ver),
    issuedAt: timeOf(payload.iat),
    notBefore: timeOf(payload.nbf),
    expiresAt: timeOf(payload.exp),
  });
}

function payloadOf(token: string): Readonly<Record<string, unknown>> {
  const parts = token.split('.');
  if (parts.length !== 3 || token.length > LONGEST_TOKEN) return {};
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'));
    return isRecord(payload) ? payload : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Some issuers write numbers where Entra writes text: `ver`, `appidacr`. */
function readText(value: unknown, clean: Clean): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? clean(value, LONGEST_VALUE) : undefined;
}

/** `roles` is a list; a single role as plain text was seen from other issuers. */
function readTexts(value: unknown, clean: Clean): readonly string[] | undefined {
  if (typeof value === 'string') return [clean(value, LONGEST_VALUE)];
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, MOST_ROLES).flatMap((item: unknown) => readText(item, clean) ?? []);
}

/** NumericDate (RFC 7519, section 2), in seconds. */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.abs(value) <= LAST_SECOND ? Math.round(value * 1000) : undefined;
}

type Claimed = { readonly [Name in keyof Claims]-?: Claims[Name] | undefined };

/** Absent claims are absent members, not members that are undefined. */
function present(claims: Claimed): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
