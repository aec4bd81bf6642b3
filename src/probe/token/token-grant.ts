/**
 * Does a successful answer hold a usable token, and for how long is the token valid? Status 200 alone proves nothing: a
 * portal or a broken proxy may answer `{}`, which msal takes for an empty token.
 */
import { clockWitnessOf } from '../../model/clock-skew.ts';
import type { Claims, ClockWitness } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import { decodeClaims } from '../../model/read-claims.ts';
import type { Clean } from './oauth-error.ts';

/** Entra's longest lifetime is 28 hours. An `expires_in` of a year is a mistake of the server. */
const LONGEST_LIFETIME_MS = 48 * 3_600_000;
/**
 * The assumed lifetime of a token that does not state one. A short lifetime does little harm if the assumption is
 * wrong.
 */
const UNTOLD_LIFETIME_MS = 300_000;
/** The longest accepted token, in characters. Exchange accepts only about 4,000. */
const LONGEST_TOKEN = 16_384;
/** Visible ASCII, which includes all characters of a bearer token (RFC 6750, 2.1). */
const BEARER_TOKEN = /^[\x21-\x7e]+$/;

export type Grant =
  | {
      readonly ok: true;
      readonly token: string;
      readonly claims: Claims;
      readonly lifetimeMs: number;
      readonly clockWitness?: ClockWitness;
    }
  | { readonly ok: false; readonly failure: Failure };

/** The time in epoch milliseconds, by this machine's clock and by the server's. */
export interface Now {
  readonly own: number;
  readonly host: number;
}

export function readGrant(body: Readonly<Record<string, unknown>>, now: Now, clean: Clean): Grant {
  const { access_token: token, token_type: type } = body;
  if ((token ?? '') === '') {
    const names = Object.keys(body).slice(0, 10).join(', ');
    return refused(
      'empty-token',
      `Expected an access token, got JSON without one; its members: ${names === '' ? 'none' : clean(names, 200)}.`,
    );
  }
  if (type !== undefined && (typeof type !== 'string' || type.toLowerCase() !== 'bearer')) {
    const shown = clean(JSON.stringify(type), 40);
    return refused('token-type', `Expected a token of type Bearer, got token_type ${shown}.`);
  }
  if (typeof token !== 'string' || !BEARER_TOKEN.test(token)) {
    return refused('malformed-token', 'The access token holds characters that no bearer token may hold.');
  }
  if (token.length > LONGEST_TOKEN) {
    const text = `The access token has ${token.length} characters. Expected about 2,000, and at most ${LONGEST_TOKEN}.`;
    return refused('token-too-long', text);
  }
  const claims = decodeClaims(token, clean);
  const statedMs = millisecondsOf(body.expires_in);
  const witness = now.own === now.host ? undefined : clockWitnessOf(now, claims, statedMs);
  const lifetimeMs = lifetimeOf(statedMs, claims, witness === 'contradicts' ? now.own : now.host);
  return {
    ok: true,
    token,
    claims,
    lifetimeMs,
    ...(witness !== undefined && { clockWitness: witness }),
  };
}

/** Converts `expires_in` from seconds, which some servers write as text. Undefined if it is not a number. */
function millisecondsOf(expiresIn: unknown): number | undefined {
  const statedMs = typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn;
  return typeof statedMs === 'number' && Number.isFinite(statedMs) ? statedMs * 1000 : undefined;
}

/**
 * Returns the shorter of `expires_in` and the time left by the claim `exp`, in milliseconds. Returns 0 for a token that
 * has already ended. The cache does not serve such a token, and the next caller sends a new request.
 */
function lifetimeOf(statedMs: number | undefined, claims: Claims, now: number): number {
  const left = claims.expiresAt === undefined ? undefined : claims.expiresAt - now;
  if (left !== undefined && left <= 0) return 0;
  const candidates = [statedMs ?? Number.NaN, left ?? Number.NaN].filter(
    (ms) => Number.isFinite(ms) && ms > 0 && ms <= LONGEST_LIFETIME_MS,
  );
  return candidates.length === 0 ? UNTOLD_LIFETIME_MS : Math.min(...candidates);
}

function refused(code: string, text: string): Grant {
  return { ok: false, failure: { kind: 'http', code, text } };
}
