/**
 * By what a pasted text shows which protocol it speaks of, and that a mailbox opened over it. The phrases of the
 * servers, each with its protocol, stand in phrases.ts.
 */
import type { Protocol } from '../model/protocol.ts';

export interface Dialect {
  /** Lower case, without the ports, which the model knows. */
  readonly hints: readonly string[];
  /** How its servers begin, in a line or in a text that quotes it. */
  readonly greeting: RegExp;
  /** The server's consent, once the mailbox is open. The hints find the lines that the pattern is tried on. */
  readonly opened: { readonly hints: readonly string[]; readonly pattern: RegExp };
}

export const DIALECTS: Readonly<Record<Protocol, Dialect>> = {
  imap: {
    greeting: /(?:^|[\s"'(])\* (?:OK|BYE|PREAUTH)\b/,
    hints: ['imap', ' authenticate ', 'no login failed', '* ok', '* bye'],
    opened: {
      hints: ['examine completed', 'select completed'],
      pattern: /OK (?:\[READ-\w{4,5}\] )?(?:EXAMINE|SELECT) completed/i,
    },
  },
  pop3: {
    greeting: /(?:^|[\s"'(])\+OK\b/,
    hints: ['pop3', '-err', '+ok', 'poplib', 'pop.access'],
    opened: {
      hints: ['user successfully authenticated', 'user successfully logged on'],
      pattern: /\+OK User successfully/i,
    },
  },
};
