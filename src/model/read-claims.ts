/**
 * Decodes the claims of an access token. The signature is not verified, because the mail server decides whether the
 * token is genuine. A token that is not a JWT (opaque, encrypted) has no claims, which is not an error.
 */
import { decodeBase64 } from './base64.ts';
import type { Claims } from './evidence.ts';
import { parseJsonObject } from './json.ts';
import { cleanText } from './text.ts';

type Clean = (text: string, limit: number) => string;

/** In characters. A longer token is not decoded. An app-only token has about 2,000 characters. */
const LONGEST_TOKEN = 64 * 1024;
const LONGEST_VALUE = 200;
const MOST_ROLES = 50;
/** The last instant that a JavaScript date can hold, in seconds. */
const LAST_SECOND = 8_640_000_000_000;

/** Returns the claims of a token, or none if it is not a JWT. `clean` makes each value safe to show and bounds it. */
export function decodeClaims(token: string, clean: Clean = cleanText): Claims {
  return claimsOfPayload(payloadOf(token), clean);
}

/** Returns the claims of a decoded payload. */
export function claimsOfPayload(
  payload: Readonly<Record<string, unknown>>,
  clean: Clean = cleanText,
): Claims {
  const textOf = (value: unknown): string | undefined => readText(value, clean);
  const textsOf = (value: unknown): readonly string[] | undefined => readTexts(value, clean);
  return present({
    audience: textOf(payload.aud) ?? textsOf(payload.aud)?.[0],
    issuer: textOf(payload.iss),
    roles: textsOf(payload.roles),
    scopes: textOf(payload.scp),
    // v1.0 tokens have appid and appidacr, v2.0 tokens azp and azpacr.
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
  return parseJsonObject(decodeBase64(parts[1] ?? '') ?? '') ?? {};
}

/** Also accepts a number, because some issuers write `ver` and `appidacr` as numbers. Entra writes them as text. */
function readText(value: unknown, clean: Clean): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' ? clean(value, LONGEST_VALUE) : undefined;
}

/** Also accepts a single text, because some issuers were seen to send a single role as text instead of a list. */
function readTexts(value: unknown, clean: Clean): readonly string[] | undefined {
  if (typeof value === 'string') return [clean(value, LONGEST_VALUE)];
  if (!Array.isArray(value)) return undefined;
  return value.slice(0, MOST_ROLES).flatMap((item: unknown) => readText(item, clean) ?? []);
}

/**
 * Converts a NumericDate (RFC 7519, section 2), which is in seconds, to epoch milliseconds. Undefined if it is no date.
 */
function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isFinite(value)) return undefined;
  return Math.abs(value) <= LAST_SECOND ? Math.round(value * 1000) : undefined;
}

type Claimed = { readonly [Name in keyof Claims]-?: Claims[Name] | undefined };

function present(claims: Claimed): Claims {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== undefined));
}
