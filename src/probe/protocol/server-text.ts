/**
 * Turns a received line into text that is safe for evidence. Every text that this folder reads from a socket passes
 * here, because servers echo what they receive.
 */
import type { Redactor } from '../../model/redactor.ts';
import { untrustedAnswer } from '../untrusted-answer.ts';

/** Takes a line as received (one character per byte), returns text for evidence. */
export type Sanitize = (line: string) => string;

/** More than is ever shown, so that a secret cut at this limit is never shown in part. */
const LONGEST = 8 * 1024;

export function createSanitizer(redactor: Redactor): Sanitize {
  return (line) => {
    // An echo in UTF-16 is the text with a NUL at every other position.
    const text = Buffer.from(line.slice(0, LONGEST), 'latin1').toString('utf8').replaceAll('\0', '');
    return untrustedAnswer(text, redactor);
  };
}
