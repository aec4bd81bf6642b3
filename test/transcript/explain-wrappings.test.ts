/** What went through logs, mails and clipboards keeps its verdict; what was cut off gets no other certain one. */
import { describe, expect, test } from 'vitest';
import type { Cause } from '../../src/model/cause.ts';
import { explain } from '../../src/explain.ts';
import { ENTRA_TEXTS } from '../cases/entra-texts.ts';
import { MAIL_TEXTS } from '../cases/mail-texts.ts';
import { NETWORK_TEXTS } from '../cases/network-texts.ts';
import { PASTED_AT } from '../cases/text-case.ts';
import { MAIL_THREADS } from '../cases/threads/mail-threads.ts';
import { NETWORK_THREADS } from '../cases/threads/network-threads.ts';
import { EXPIRED, INVALID } from '../cases/threads/thread-case.ts';
import { TOKEN_THREADS } from '../cases/threads/token-threads.ts';
import { WRAPPINGS } from '../cases/threads/wrappings.ts';

const BASES: readonly (readonly [name: string, text: string, first: Cause])[] = [
  ['an expired secret', EXPIRED, 'secret-expired'],
  ['an invalid secret', INVALID, 'secret-invalid'],
  [
    'an answer of the endpoint',
    `{"error":"invalid_client","error_description":"${EXPIRED} Trace ID: 5","error_codes":[7000222]}`,
    'secret-expired',
  ],
  [
    'a scope without /.default',
    'AADSTS1002012: The provided value for scope https://outlook.office365.com/IMAP.AccessAsUser.All is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
    'scope-format-invalid',
  ],
  ['a sentence without its code', EXPIRED.slice(16), 'secret-expired'],
  [
    'a refused login',
    'C: A2 AUTHENTICATE XOAUTH2 ****\nS: A2 NO AUTHENTICATE failed.',
    'exchange-sp-wrong-object-id',
  ],
  [
    'a mailbox that does not open',
    'A2 OK AUTHENTICATE completed.\nA3 EXAMINE INBOX\nA3 BAD User is authenticated but not connected.',
    'mailbox-permission-missing',
  ],
  [
    'a refused POP3 login',
    'AUTH XOAUTH2\n+ \n-ERR Authentication failure: unknown user name or bad password.',
    'exchange-sp-wrong-object-id',
  ],
  ['a password', 'A1 NO LOGIN failed.', 'basic-auth-retired'],
  [
    'an intercepted connection',
    'ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate in certificate chain (_ssl.c:1129)',
    'tls-interception',
  ],
  [
    'an unknown host',
    'socket.gaierror: [Errno -2] Name or service not known: outlook.office365.com',
    'dns-failure',
  ],
  ['a refused connection', 'Error: connect ECONNREFUSED 52.97.201.50:993', 'tcp-blocked'],
];

describe.each(BASES)('%s keeps its verdict', (_name, text, first) => {
  test('as it is', () => {
    expect(explain(text, PASTED_AT)[0]?.cause).toBe(first);
  });

  test.each(WRAPPINGS)('in $name', ({ wrap }) => {
    expect(explain(wrap(text), PASTED_AT)[0]?.cause).toBe(first);
  });
});

const TEXTS: readonly { readonly name: string; readonly text: string }[] = [
  ...ENTRA_TEXTS,
  ...MAIL_TEXTS,
  ...NETWORK_TEXTS,
  ...TOKEN_THREADS,
  ...MAIL_THREADS,
  ...NETWORK_THREADS,
];
const TENTHS = [1, 2, 3, 4, 5, 6, 7, 8, 9];

describe('what is cut off is not certain of anything else', () => {
  test.each(TEXTS)('$name', ({ text }) => {
    const whole = new Set(explain(text, PASTED_AT).map(({ cause }) => cause));
    const cuts = TENTHS.flatMap((tenth) => {
      const at = Math.round((text.length * tenth) / 10);
      return [text.slice(0, at), text.slice(at)];
    });
    const others = cuts.flatMap((cut) =>
      explain(cut, PASTED_AT).filter(
        ({ cause, confidence }) => confidence === 'certain' && !whole.has(cause),
      ),
    );
    expect(others.map(({ cause }) => cause)).toEqual([]);
  });
});
