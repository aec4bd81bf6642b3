/**
 * A server that understood and said no: status word, response code and words become a Failure. Both protocols use
 * the same shape, `NO [CODE] words` and `-ERR [CODE] words` (RFC 9051 section 7.1, RFC 2449 section 8).
 */
import type { Failure } from '../../model/evidence.ts';
import type { Words } from './server-text.ts';

/** The code is a name, so `[vm:2026-11-22 21:45:57]` is none. */
const CODED = /^\[([A-Za-z][\w/-]*)(?: [^\]]*)?\] ?/;

/** Exchange: `Request is throttled. Suggested Backoff Time: 92415 milliseconds`. */
const THROTTLED = /\bthrottled\b|\bBackoff Time\b/i;
const BACKOFF_MS = /Backoff Time[:=\s]+(\d{1,12})\b/i;

/** RFC 2449 section 8.1.1, and what Yahoo and Google send over IMAP. */
const THROTTLING_CODES: ReadonlySet<string> = new Set(['LOGIN-DELAY', 'THROTTLED']);

/** `said`: the text after the status word, verbatim. */
export function refusal(status: 'NO' | 'BAD' | 'BYE' | '-ERR', said: string, words: Words): Failure {
  const code = CODED.exec(said)?.[1]?.toUpperCase();
  const backoff = BACKOFF_MS.exec(said)?.[1];
  const throttled = THROTTLED.test(said) || (code !== undefined && THROTTLING_CODES.has(code));
  return {
    kind: throttled ? 'throttled' : 'rejected',
    ...(code === undefined ? {} : { code: words(code) }),
    status,
    text: words(said.replace(CODED, '')) || `${status}, without a reason.`,
    ...(backoff === undefined ? {} : { retryAfterSeconds: Number(backoff) / 1000 }),
  };
}

/** The answer violates the protocol. Its text is the evidence: it often identifies the sender. */
export function notOfTheProtocol(said: string, expected: string, words: Words): Failure {
  return { kind: 'protocol', code: 'unexpected-answer', text: words(said) || `Expected ${expected}.` };
}
