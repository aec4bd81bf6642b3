/**
 * Decodes the tokens in a pasted text, even if they are wrapped or part of a SASL string. Also reads decoded claims
 * that were pasted as JSON. Keeps only claims whose values have the expected form.
 */
import { decodeBase64 } from '../model/base64.ts';
import type { Claims } from '../model/evidence.ts';
import { claimsOfPayload } from '../model/read-claims.ts';
import type { Finder } from './finder.ts';
import { isMailboxAddress, isPermission, shownResource, UNSHOWN } from './identifiers.ts';
import { shownClaims } from './shown-claims.ts';

export interface SaslString {
  /** The user, if it is a complete mailbox address. */
  readonly user?: string;
  /** True if the user has a form that no mailbox address has. */
  readonly oddUser?: true;
  /** What is wrong with the string, as a sentence. */
  readonly fault?: string;
  /** False if the fault is uncertain, because the paste may have lost the end of the string. */
  readonly sure?: boolean;
}

const LONGEST_TOKEN = 64 * 1024;
const LONGEST_WRAPPED = 8 * 1024;
const SHORTEST_TOKEN = 40;
const MOST_TOKENS = 20;
/** The characters of base64url, and the dots between the parts. */
const TOKEN_CHARACTERS: ReadonlySet<number> = new Set(
  Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'),
);
/** Returns the claims of each token that can be decoded, then claims that were pasted as JSON or as a table. */
export function claimsIn(finder: Finder): readonly Claims[] {
  const decoded = decodeAll(tokensIn(finder.text, false));
  return [
    ...(decoded.length > 0 ? decoded : decodeAll(tokensIn(finder.text, true))),
    ...claimsAsJson(finder),
  ];
}

function decodeAll(tokens: readonly string[]): readonly Claims[] {
  return tokens.flatMap((token) => decodeJwt(token) ?? []);
}

/** Returns the runs of token characters that begin with `eyJ`. `wrapped`: a run may span several lines. */
function tokensIn(text: string, wrapped: boolean): readonly string[] {
  const found: string[] = [];
  for (let at = text.indexOf('eyJ'); at >= 0 && found.length < MOST_TOKENS; ) {
    const token = wrapped
      ? text.slice(at, at + LONGEST_WRAPPED).replace(/[\s"'+]/g, '')
      : text.slice(at, runEnd(text, at));
    if (token.length >= SHORTEST_TOKEN) found.push(token);
    at = text.indexOf('eyJ', wrapped ? at + LONGEST_WRAPPED : at + token.length);
  }
  return found;
}

function runEnd(text: string, from: number): number {
  let end = from;
  while (end < from + LONGEST_TOKEN && TOKEN_CHARACTERS.has(text.charCodeAt(end))) end += 1;
  return end;
}

function decodeJwt(token: string): Claims | undefined {
  const [, payload, signature] = token.split('.');
  const json = payload === undefined ? undefined : decodeBase64(payload);
  if (json === undefined || isIdToken(json)) return undefined;
  const claims = claimsFromText(json);
  // If the end of the payload is missing, the roles may have been in it. So missing roles prove nothing.
  const cut = signature === undefined && !json.trimEnd().endsWith('}');
  if (cut && claims.roles === undefined && claims.scopes === undefined) return undefined;
  return Object.keys(claims).length === 0 ? undefined : claims;
}

/** Whether it is an id token, which describes a user to the program itself and is never sent to a server. */
function isIdToken(json: string): boolean {
  return /"(?:nonce|preferred_username)"/.test(json) && !/"(?:scp|roles|appid)"/.test(json);
}

/** Reads `{"aud":"...","roles":[...]}`, or a table of the same claims as copied from jwt.ms. */
function claimsAsJson(finder: Finder): readonly Claims[] {
  const hit = finder.find(['"aud"', "'aud'"]);
  if (hit === undefined) return claimsAsTable(finder);
  const json = finder.text.slice(Math.max(0, hit.at - 4000), hit.at + 4000).replaceAll("'", '"');
  if (isIdToken(json) || /id[_ ]token/i.test(json)) return [];
  const claims = claimsFromText(json);
  return claims.tenantId === undefined && claims.roles === undefined && claims.scopes === undefined
    ? []
    : [claims];
}

const AUDIENCE_LINE =
  /(?:^|\n)aud[ :]{1,3}(https?:\/\/[^\s"',]{4,100}|0000000[23]-0000-0[\da-f]{3}-[\da-f]{4}-[\da-f]{12})/i;

function claimsAsTable({ text, has }: Finder): readonly Claims[] {
  const audience = has('aud') ? AUDIENCE_LINE.exec(text.slice(0, MOST_TABLE))?.[1] : undefined;
  if (audience === undefined) return [];
  const roles = /(?:^|\n)roles[ :]{1,3}(?:\[ ?)?"?([\w.]{3,60}(?:"?,? ?"?[\w.]{3,60}){0,20})/i.exec(
    text,
  )?.[1];
  return [
    {
      audience: shownResource(audience),
      ...(roles === undefined ? {} : { roles: roles.split(/[",\s]+/).filter(isPermission) }),
    },
  ];
}

const MOST_TABLE = 100_000;

/** Reads the members one by one, so that it also finds the members of a payload without an end. */
function claimsFromText(json: string): Claims {
  const payload: Record<string, unknown> = {};
  for (const [, name, text, timeName, seconds] of json.matchAll(MEMBER)) {
    if (name !== undefined) payload[name] ??= text;
    if (timeName !== undefined) payload[timeName] ??= Number(seconds);
  }
  const roles = /"roles"\s?:\s?\[([^\]]{0,2000})/.exec(json)?.[1];
  return shownClaims(
    claimsOfPayload({
      ...payload,
      ...(roles === undefined
        ? {}
        : { roles: [...roles.matchAll(/"([^"]{1,100})"/g)].map(([, role]) => role) }),
    }),
  );
}

/** A member that holds a text or a time. */
const MEMBER =
  /"(?:(aud|iss|scp|appid|azp|oid|tid|idtyp|appidacr|azpacr|ver)"\s?:\s?"([^"]{0,300})"|(iat|nbf|exp)"\s?:\s?"?(\d{9,11}))/g;

const SEPARATOR = '\u0001';
const MOST_SASL = 20;

/**
 * Finds the SASL string after AUTHENTICATE XOAUTH2. The string begins with dXNlc, which is `user=` in base64. `until`
 * is the offset of a failure. The failure is the reply to the last string before that offset, so that string is read.
 * If no string comes before the offset, the first string is read.
 */
export function saslIn(
  finder: Finder,
  until = finder.text.length,
): { readonly sasl: SaslString; readonly claims?: Claims } | undefined {
  const all = [...finder.text.matchAll(/dXNlc[jg][\w+/=-]{1,65536}/g)].slice(0, MOST_SASL);
  const match = all.findLast(({ index }) => index < until) ?? all[0];
  if (match === undefined) return undefined;
  const [encoded] = match;
  const after = finder.text.slice(match.index + encoded.length, match.index + encoded.length + 3);
  const decoded = decodeBase64(encoded);
  if (decoded === undefined)
    return { sasl: { fault: 'The string after XOAUTH2 is not valid base64.', sure: true } };
  const user = userIn(decoded);
  const [claims] = decodeAll(tokensIn(decoded, false));
  const fault = wasTaken(finder) ? undefined : faultOfSasl(decoded, /^(?:\.|\u2026|\[)/.test(after));
  return {
    sasl: {
      ...(user === undefined
        ? {}
        : isOddUser(user)
          ? { oddUser: true }
          : isMailboxAddress(user)
            ? { user }
            : {}),
      ...fault,
    },
    ...(claims === undefined ? {} : { claims }),
  };
}

/** Whether the server accepted the string. An accepted string was not malformed. */
function wasTaken({ has }: Finder): boolean {
  return has('authenticate completed') || has('+ok user successfully');
}

/**
 * Returns the user in the string. Undefined if the end of the user is missing, because a part of an address would be
 * another address.
 */
function userIn(decoded: string): string | undefined {
  const [first, ...rest] = decoded.split(SEPARATOR);
  const whole = rest.length > 0 ? first : /^.{0,330}?(?=auth=|\^A|\\x01)/.exec(decoded)?.[0];
  const user = whole?.startsWith('user=') === true ? whole.slice('user='.length) : undefined;
  return user !== undefined && (user.includes('@') || isOddUser(user)) ? user : undefined;
}

/** Whether the user is not a mailbox address: `DOMAIN\user`, `user@domain\shared`, a GUID. */
function isOddUser(user: string): boolean {
  return user.includes('\\') || /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(user);
}

/**
 * Returns what is wrong with the string. Undefined if nothing is wrong. XOAUTH2 has no RFC, so Google's page is the
 * specification. `cut` is true if the characters after the string show that its end is missing.
 */
function faultOfSasl(decoded: string, cut: boolean): Pick<SaslString, 'fault' | 'sure'> | undefined {
  if (/\^A|\\x01|\\1|\\u0001/.test(decoded)) {
    return sure('The SASL string holds ^A or \\x01 as typed characters instead of the byte 0x01.');
  }
  // If the string was cut off before the token, nothing is known about the rest.
  if (!decoded.includes('auth=') || cut) return undefined;
  const [, auth, ...ends] = decoded.split(SEPARATOR);
  if (auth === undefined) return sure('The SASL string holds no byte 0x01 between its parts.');
  if (!auth.startsWith('auth=')) return sure('The SASL string must say auth= after the first byte 0x01.');
  if (ends.length === 0 && 'auth=Bearer '.startsWith(auth)) return undefined;
  if (!/^auth=Bearer \S/i.test(auth)) {
    return sure('The SASL string must say auth=Bearer, one blank, and the token.');
  }
  if (/^auth=Bearer (?:Bearer|ZXlK)/.test(auth)) {
    return sure(
      'The token in the SASL string was encoded in base64, or given the word Bearer, a second time.',
    );
  }
  if (ends.length > 0 && /[\r\n]/.test(auth)) return sure('The token in the SASL string holds a line end.');
  const token = auth.slice('auth=Bearer '.length);
  if (ends.length > 1 && /^[\w.~-]{3}\dQ~/.test(token))
    return sure("The SASL string holds the client secret in the token's place.");
  // A wrong end counts only if the string seems complete, because a person may have shortened or masked it.
  return ends.length === 1 && /[\w-]{20}$/.test(auth)
    ? { fault: 'The SASL string ends in one byte 0x01 instead of two.', sure: false }
    : undefined;
}

function sure(fault: string): Pick<SaslString, 'fault' | 'sure'> {
  return { fault, sure: true };
}

const OAUTH_STATUS: ReadonlySet<string> = new Set(['invalid_token', 'invalid_request', 'invalid_scope']);

/** Returns the server's SASL error challenge (`+ eyJzdGF0dXMi...`), even if it was pasted in decoded form. */
export function challengeIn(
  finder: Finder,
): { readonly status?: string; readonly schemes?: string; readonly scope?: string } | undefined {
  const encoded = /eyJ(?:zdGF0dXMi|zY2hlbWVzIj)[\w+/=]{0,400}/.exec(finder.text)?.[0];
  const json =
    encoded === undefined
      ? /\{"status" ?: ?"(?:\d{3}|invalid_\w{1,20})"[^}]{0,300}\}/.exec(finder.text)?.[0]
      : decodeBase64(encoded);
  if (json === undefined) return undefined;
  const member = (name: string): string | undefined =>
    new RegExp(`"${name}" ?: ?"([^"]{0,200})"`).exec(json)?.[1];
  const status = member('status');
  const schemes = member('schemes');
  const scope = member('scope');
  if (status === undefined) return undefined;
  return {
    status: /^\d{3}$/.test(status) || OAUTH_STATUS.has(status) ? status : UNSHOWN,
    ...(schemes === undefined || !/^bearer$/i.test(schemes.trim()) ? {} : { schemes: schemes.trim() }),
    ...(scope === undefined ? {} : { scope: shownResource(scope) }),
  };
}
