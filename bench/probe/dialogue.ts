/** The lines that a probe sends and expects, for the programs with which mailprobe is compared. */
import type { Protocol } from '../../src/model/protocol.ts';

export interface Exchange {
  /** A regular expression for the line to wait for. */
  readonly expect: string;
  /** The line to send after that. The last exchange sends nothing. */
  readonly send?: string;
}

/** Each dialogue asks for the mechanisms of the server, logs in, opens the mailbox for reading, and logs out. */
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
