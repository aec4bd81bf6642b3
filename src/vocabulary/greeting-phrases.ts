/** Lines that show a wrong port or the greeting of another protocol: a part of the table in phrases.ts. */
import type { Phrase } from './phrase.ts';

/** Words that show that the mail program itself uses POP3. */
const POP3_SESSION: readonly string[] = [' capa ', 'auth xoauth2', ' user ', 'user successfully', ' stls'];

export const GREETING_PHRASES: readonly Phrase[] = [
  {
    id: 'wrong-greeting-of-pop3',
    hints: ['+ok '],
    pattern:
      /\+OK (?:The )?Microsoft Exchange POP3.{0,200}? (?:TAG|[A-Za-z]{1,2})\d{1,8} (?:LOGOUT|CAPABILITY|LOGIN|AUTHENTICATE|ID|NOOP)\b/,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'imap',
  },
  {
    id: 'wrong-greeting-of-pop3',
    hints: ['unexpected response', 'unexpected greeting', 'unexpected token'],
    pattern: /unexpected (?:response|greeting|token).{0,40}?\+(?:OK\b|')/i,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'imap',
    needs: ['imap'],
  },
  {
    id: 'wrong-greeting-of-imap',
    hints: ['* ok '],
    pattern: /unexpected (?:response|greeting).{0,40}?\* OK\b|error_proto.{0,20}?\* OK\b/i,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'pop3',
    needs: ['pop'],
  },
  {
    id: 'wrong-greeting-of-smtp',
    hints: ['greeting'],
    pattern: /greeting.{0,80}?(?:\[atom: 220\]|\b220[ -]\S)/i,
    stage: 'greeting',
    kind: 'protocol',
  },
  {
    id: 'starttls-refused',
    hints: ['stls', 'starttls'],
    pattern:
      /\bSTLS\b.{0,60}?-ERR Command is not valid|\bSTARTTLS\b.{0,80}?BAD Command received in Invalid|(?:upgrade|starttls).{0,40}?to TLS failed/i,
    stage: 'greeting',
    kind: 'protocol',
  },
  {
    // The program uses IMAP, and received only this greeting of POP3.
    id: 'wrong-greeting-of-pop3',
    hints: ['+ok the microsoft exchange pop3', '+ok microsoft exchange pop3'],
    pattern: /\+OK (?:The )?Microsoft Exchange POP3/,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'imap',
    needs: ['imap error: unexpected', 'imapprotocol', 'imaps://', 'imaplib', 'imap4.', 'not an imap server'],
    unless: POP3_SESSION,
    pasted: true,
  },
  {
    id: 'wrong-greeting-of-pop3',
    hints: ['+ok the microsoft exchange pop3', '+ok microsoft exchange pop3'],
    // The client uses IMAP, but the server uses POP3. The client waits for a greeting of IMAP until it times out, or
    // sends commands that the server refuses.
    pattern:
      /\+OK (?:The )?Microsoft Exchange POP3[^>]{0,200}?(?:operation timed out|(?:-ERR Command is not valid in this state\.\s?){2})/i,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'imap',
    unless: POP3_SESSION,
    pasted: true,
  },
  {
    id: 'wrong-greeting-of-imap',
    hints: ['* ok the microsoft exchange imap4', '* ok microsoft exchange imap4'],
    pattern: /\* OK (?:The )?Microsoft Exchange IMAP4/,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'pop3',
    needs: [
      'pop3 server sent an invalid',
      'pop3protocol',
      'pops://',
      'pop3s://',
      'poplib',
      'mpop:',
      'net::pop3',
    ],
    unless: [' capability', 'authenticate', ' login'],
    pasted: true,
  },
  {
    id: 'wrong-greeting-of-imap',
    hints: ['* ok '],
    pattern: /\* OK (?:The )?Microsoft Exchange IMAP4.{0,200}?[\s>:](?:CAPA|STLS|USER \S+)\s/,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'pop3',
  },
];
