/**
 * Makes a received line safe for evidence. Used for every text that this folder reads from a socket, because servers
 * echo what they receive.
 */
import type { Redactor } from '../../model/redactor.ts';
import { untrustedAnswer } from '../untrusted-answer.ts';

/** Takes a line as it was received, one character per byte. Returns text for evidence. */
export type Sanitize = (line: string) => string;

/**
 * A received line is cut to this length before it is searched for secrets. Shown texts are far shorter, so a secret at
 * the cut is not shown.
 */
const LONGEST = 8 * 1024;

/**
 * The number of lines that are remembered as safe to show, and the longest of them. Servers send the same lines to
 * every probe, and a remembered line is not searched for secrets again.
 */
const MOST_KNOWN = 500;
const LONGEST_KNOWN = 512;

export function createSanitizer(redactor: Redactor): Sanitize {
  const fit = new Set<string>();
  let revision = redactor.revision();

  return (line) => {
    if (revision !== redactor.revision()) {
      revision = redactor.revision();
      fit.clear();
    }
    if (fit.has(line)) return line;
    // A server may echo in UTF-16, which has a NUL at every other position.
    const text = Buffer.from(line.slice(0, LONGEST), 'latin1').toString('utf8').replaceAll('\0', '');
    const shown = untrustedAnswer(text, redactor);
    if (shown === line && line.length <= LONGEST_KNOWN) {
      if (fit.size >= MOST_KNOWN) fit.clear();
      fit.add(line);
    }
    return shown;
  };
}
