/**
 * Turns a server's refusal into a Failure, from its status word, response code and text. IMAP writes `NO [CODE] text`
 * and POP3 `-ERR [CODE] text` (RFC 9051 section 7.1, RFC 2449 section 8).
 */
import type { Failure } from '../../model/failure.ts';
import type { Sanitize } from './server-text.ts';

/** A response code begins with a letter. A bracketed text such as `[vm:2026-11-22 21:45:57]` is no response code. */
const CODED = /^\[([A-Za-z][\w/-]*)(?: [^\]]*)?\] ?/;

/** Matches the throttling of Exchange: `Request is throttled. Suggested Backoff Time: 92415 milliseconds`. */
const THROTTLED = /\bthrottled\b|\bBackoff Time\b/i;
const BACKOFF_MS = /Backoff Time[:=\s]+(\d{1,12})\b/i;

/**
 * Response codes that mean throttling. LOGIN-DELAY is in RFC 2449 section 8.1.1, and Yahoo and Google send THROTTLED
 * over IMAP.
 */
const THROTTLING_CODES: ReadonlySet<string> = new Set(['LOGIN-DELAY', 'THROTTLED']);

/** `text`: the text after the status word, as it was received. */
export function refusal(status: 'NO' | 'BAD' | 'BYE' | '-ERR', text: string, sanitize: Sanitize): Failure {
  const code = CODED.exec(text)?.[1]?.toUpperCase();
  const backoff = BACKOFF_MS.exec(text)?.[1];
  const throttled = THROTTLED.test(text) || (code !== undefined && THROTTLING_CODES.has(code));
  return {
    kind: throttled ? 'throttled' : 'rejected',
    ...(code === undefined ? {} : { code: sanitize(code) }),
    status,
    text: sanitize(text.replace(CODED, '')) || `${status}, without a reason.`,
    ...(backoff === undefined ? {} : { retryAfterSeconds: Number(backoff) / 1000 }),
  };
}

/**
 * The failure for an answer that violates the protocol. Quotes the answer, because it often shows who sent it. If the
 * answer is empty, names what was expected.
 */
export function notOfTheProtocol(text: string, expected: string, sanitize: Sanitize): Failure {
  return { kind: 'protocol', code: 'unexpected-answer', text: sanitize(text) || `Expected ${expected}.` };
}
