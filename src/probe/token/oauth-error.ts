/**
 * Reads the members of an OAuth error answer (RFC 6749, 5.2) and Entra's additions to it. A member of the wrong type
 * counts as absent.
 */
import { parseJsonObject } from '../../model/json.ts';

/**
 * Codes without a specific meaning. In old answers, such a code comes before the specific one: `error_codes: [70002,
 * 50012]`.
 */
const WRAPPING_CODES = new Set([70002]);
const MOST_CODES = 10;
const LONGEST_ID = 100;

/** Makes an untrusted text safe to show: removes secrets, puts it on one line and limits its length. */
export type Clean = (text: string, limit?: number) => string;

export interface OAuthError {
  readonly error?: string;
  readonly description?: string;
  readonly codes: readonly number[];
  readonly traceId?: string;
  readonly correlationId?: string;
}

/** Undefined if the body holds no error, as with `{}`, HTML or a token. */
export function readOAuthError(body: string, clean: Clean): OAuthError | undefined {
  const json = parseJsonObject(body);
  if (json === undefined) return undefined;
  const text = (name: string, limit?: number): string | undefined => {
    const value = json[name];
    return typeof value === 'string' && value !== '' ? clean(value, limit) : undefined;
  };
  const error = text('error', LONGEST_ID);
  const description = text('error_description');
  const codes = readCodes(json.error_codes);
  if (error === undefined && description === undefined && codes.length === 0) return undefined;
  const traceId = text('trace_id', LONGEST_ID);
  const correlationId = text('correlation_id', LONGEST_ID);
  return {
    ...(error !== undefined && { error }),
    ...(description !== undefined && { description }),
    codes,
    ...(traceId !== undefined && { traceId }),
    ...(correlationId !== undefined && { correlationId }),
  };
}

/**
 * Returns the last specific code in `error_codes`, or else the last specific one in the description. If no code is
 * specific, returns the last general one. Undefined if there is no code.
 */
export function decidingCode({ codes, description = '' }: OAuthError): number | undefined {
  const named = [...description.matchAll(/AADSTS(\d{4,9})/g)].map((match) => Number(match[1]));
  const telling = (code: number): boolean => !WRAPPING_CODES.has(code);
  return codes.findLast(telling) ?? named.findLast(telling) ?? codes.at(-1) ?? named.at(-1);
}

function readCodes(value: unknown): readonly number[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, MOST_CODES)
    .map(Number)
    .filter((code) => Number.isSafeInteger(code) && code > 0);
}
