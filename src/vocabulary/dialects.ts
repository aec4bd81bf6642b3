/** The texts that show which protocol was used in a pasted text, and whether a mailbox was opened over it. */
import type { Protocol } from '../model/protocol.ts';

export interface Dialect {
  /** Words of the protocol, in lower case. Its ports are in `model/protocol.ts`. */
  readonly hints: readonly string[];
  /** The greeting of the protocol's servers, as a line or quoted in a text. */
  readonly greeting: RegExp;
  /** The server's reply when the mailbox opens. The pattern is tried only on lines that hold a hint. */
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
