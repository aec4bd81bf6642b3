/**
 * How a line off the wire becomes words fit for evidence. Every text that this folder reads from a socket goes
 * through here, because servers echo what they were sent.
 */
import type { Redactor } from '../../model/redactor.ts';
import { untrustedAnswer } from '../untrusted-answer.ts';

/** A line as it came off the wire (one character per byte) in, words for evidence out. */
export type Words = (line: string) => string;

/** More than is ever shown, so that a secret cut here is never shown in part. */
const LONGEST = 8 * 1024;

export function createWords(redactor: Redactor): Words {
  return (line) => {
    // An echo in UTF-16 is the text with a NUL in every other place.
    const text = Buffer.from(line.slice(0, LONGEST), 'latin1').toString('utf8').replaceAll('\0', '');
    return untrustedAnswer(text, redactor);
  };
}
