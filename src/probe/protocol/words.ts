/**
 * How the words of a mail server become fit for evidence: decoded, scrubbed, on one line, bounded. Every text that
 * this folder reads from a socket goes through here, because servers echo what they were sent.
 */
import type { Redactor } from '../../model/redactor.ts';
import { cleanText } from '../../model/text.ts';

/** A line as it came off the wire (one character per byte) in, words for evidence out. */
export type Words = (line: string) => string;

/** More than is ever shown, so that a secret cut here is never shown in part. */
const LONGEST = 8 * 1024;

/** Long runs of escapes or hex digits say nothing to people, and hide what the redactor would have found. */
const ESCAPED = /(?:%[0-9A-Fa-f]{2}){12,}|[0-9A-Fa-f]{64,}/g;
const BASE64 = /[A-Za-z0-9+/]{40,}={0,2}/g;
const MARK = '[redacted]';

export function createWords(redactor: Redactor): Words {
  /** Exchange writes base64 of UTF-16, in which the redactor cannot see a value. */
  const unlessUtf16 = (run: string): string => {
    const text = Buffer.from(run, 'base64').toString('utf16le');
    return redactor.scrub(text) === text ? run : MARK;
  };
  return (line) => {
    // An echo in UTF-16 is the text with a NUL in every other place.
    const text = Buffer.from(line.slice(0, LONGEST), 'latin1').toString('utf8').replaceAll('\0', '');
    const scrubbed = redactor.scrub(text.replace(ESCAPED, MARK).replace(BASE64, unlessUtf16));
    // Again after cleaning: taking out characters that are not seen can join the halves of a secret.
    return redactor.scrub(cleanText(scrubbed));
  };
}
