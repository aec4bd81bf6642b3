/** What a probe says and expects, for the programs that it is compared with. */
import type { Protocol } from '../../src/model/protocol.ts';

export interface Exchange {
  /** A line that begins like this; a regular expression. */
  readonly expect: string;
  /** Then. The last exchange sends nothing. */
  readonly send?: string;
}

/** Ask which mechanisms the server offers, log in, open read-only, log out. */
export function dialogues(token: string): Readonly<Record<Protocol, readonly Exchange[]>> {
  const payload = Buffer.from(`user=bench@contoso.example\u0001auth=Bearer ${token}\u0001\u0001`).toString(
    'base64',
  );
  return {
    imap: [
      { expect: '^\\* OK', send: 'a1 CAPABILITY' },
      { expect: '^a1 OK', send: `a2 AUTHENTICATE XOAUTH2 ${payload}` },
      { expect: '^a2 OK', send: 'a3 EXAMINE INBOX' },
      { expect: '^a3 OK', send: 'a4 LOGOUT' },
      { expect: '^a4 OK' },
    ],
    pop3: [
      { expect: '^\\+OK', send: 'CAPA' },
      { expect: '^\\.', send: 'AUTH XOAUTH2' },
      { expect: '^\\+', send: payload },
      { expect: '^\\+OK', send: 'STAT' },
      { expect: '^\\+OK', send: 'QUIT' },
      { expect: '^\\+OK' },
    ],
  };
}
