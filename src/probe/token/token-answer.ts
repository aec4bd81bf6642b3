/**
 * Parses the answer of the token endpoint into facts for the evidence, and into a failure with the server's text.
 * Parses the HTTP answer, because msal's error drops the status, the headers and every answer that is not JSON. Called
 * by token-request.ts. `diagnosis/` decides what a refusal means.
 */
import type { TokenFacts } from '../../model/evidence.ts';
import type { Failure } from '../../model/failure.ts';
import { pageText } from '../page-text.ts';
import { type Clean, decidingCode, type OAuthError, readOAuthError } from './oauth-error.ts';
import { parseRetryAfter } from './retry-after.ts';

/** Entra's codes for throttling, with any HTTP status: `request loop` and `too many requests`. */
const THROTTLING_CODES = new Set([50196, 90055]);
const LONGEST_NAME = 100;
/** If an answer is not OAuth, this many of its characters are kept. */
const FIRST_WORDS = 160;

/** The parts of an HTTP answer that are read here. Header names are in lower case. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
  readonly clockSkewSeconds?: number;
}

/**
 * Returns the failure of an answer. Undefined if the status is 2xx and there is no error. The answer should hold a
 * token then.
 */
export function readFailure(answer: TokenAnswer, clean: Clean): Failure | undefined {
  const error = readOAuthError(answer.body, clean);
  const succeeded = answer.status >= 200 && answer.status < 300;
  if (succeeded && error === undefined) return undefined;
  const failure = error === undefined ? notOAuth(answer, clean) : refusal(answer.status, error);
  const retryAfterSeconds = parseRetryAfter(answer.headers['retry-after'], serverNow(answer));
  return { ...failure, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }) };
}

/** Returns the time by the server's clock, in epoch milliseconds. If that clock is unknown, uses our own. */
export function serverNow({ clockSkewSeconds = 0 }: TokenAnswer): number {
  return Date.now() - clockSkewSeconds * 1000;
}

/** The failure for an answer that is not OAuth. It comes from a proxy, a portal, a filter, or a front end of Entra. */
export function notOAuth({ status, headers, body }: TokenAnswer, clean: Clean): Failure {
  const contentType = clean(headers['content-type'] ?? 'no content type', LONGEST_NAME);
  const location = headers.location?.replace(/[?#].*$/s, '');
  const redirect = location === undefined ? '' : `, redirects to ${clean(location, LONGEST_NAME)}`;
  return {
    // A front end sends 429 as plain text: `Too Many Requests`.
    kind: status === 429 ? 'throttled' : 'http',
    status: String(status),
    text: `HTTP ${status}, ${contentType}${redirect}: ${textOf(headers, body, clean)}`,
  };
}

/**
 * Returns the text of an answer that is not OAuth. The redactor does not know a token in it, so a text that may hold
 * one is not shown.
 */
function textOf(headers: TokenAnswer['headers'], body: string, clean: Clean): string {
  const encoding = headers['content-encoding']?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity')
    return `(encoded as ${clean(encoding, LONGEST_NAME)}, which was not requested)`;
  // UTF-16 has a NUL at every other position.
  if (/access_?token/i.test(body.replaceAll('\0', ''))) return '(it mentions an access token: not shown)';
  const text = clean(pageText(body), FIRST_WORDS);
  return text === '' ? '(empty)' : text;
}

function refusal(status: number, error: OAuthError): Failure {
  const number = decidingCode(error);
  const throttled = status === 429 || (number !== undefined && THROTTLING_CODES.has(number));
  const code = number === undefined ? error.error : `AADSTS${number}`;
  return {
    kind: throttled ? 'throttled' : 'rejected',
    ...(code !== undefined && { code }),
    status: String(status),
    text: error.description ?? error.error ?? `HTTP ${status}`,
  };
}

export function readFacts(answer: TokenAnswer, clean: Clean): TokenFacts {
  const { status, headers, body, clockSkewSeconds } = answer;
  const error = readOAuthError(body, clean);
  const contentType = headers['content-type'];
  const answeredBy = [headers.server, headers.via].filter((name) => name !== undefined).join(', ');
  return {
    httpStatus: status,
    ...(error?.error !== undefined && { error: error.error }),
    ...(error !== undefined && error.codes.length > 0 && { errorCodes: error.codes }),
    ...(error?.traceId !== undefined && { traceId: error.traceId }),
    ...(error?.correlationId !== undefined && { correlationId: error.correlationId }),
    ...(contentType !== undefined && { contentType: clean(contentType, LONGEST_NAME) }),
    ...(answeredBy !== '' && { answeredBy: clean(answeredBy, LONGEST_NAME) }),
    ...(clockSkewSeconds !== undefined && { clockSkewSeconds }),
  };
}
