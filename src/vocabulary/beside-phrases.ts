/**
 * Lines of pasted dialogues that add facts to a failure near them: the tried mechanism, the requested scope, the maker
 * of the server. The lines themselves are no failures.
 */
import { EXCHANGE_RESOURCE_HOSTS } from '../model/microsoft365.ts';
import { EXCHANGE_MESSAGES, type Phrase } from './phrase.ts';

export const BESIDE_PHRASES: readonly Phrase[] = [
  {
    id: 'other-server',
    hints: [
      'dovecot',
      'imapgate',
      'icloud imap4',
      'xapplepushservice',
      'courier-imap',
      'cyrus imap',
      'zimbra',
      'gmx',
      'qqmail',
      'zoho',
    ],
    pattern:
      /(?:\* OK|\+OK).{0,200}?(?:Dovecot|imapgate|iCloud IMAP4|XAPPLEPUSHSERVICE|Courier-IMAP|Cyrus IMAP|Zimbra|GMX|QQMail|Zoho)/i,
    stage: 'auth',
    kind: 'rejected',
    beside: true,
    unless: EXCHANGE_MESSAGES,
  },
  {
    id: 'password-mechanism',
    hints: [
      'authenticate plain',
      'authenticate login',
      'authenticate ntlm',
      'plain authentication',
      'login authentication',
      'login "',
      'imap_open()',
    ],
    pattern:
      /\bimap_open\(\)|AUTHENTICATE (?:PLAIN|LOGIN|NTLM)\b|Retrying (?:PLAIN|LOGIN|NTLM) authentication|\bLOGIN "[^"\s]{1,100}" /i,
    stage: 'auth',
    kind: 'rejected',
    beside: true,
  },
  {
    id: 'xoauth2-attempted',
    hints: ['authenticate xoauth2', 'auth xoauth2', '[xoauth2]'],
    pattern: /\bAUTH(?:ENTICATE)? XOAUTH2\b|auth \[XOAUTH2\]/i,
    stage: 'auth',
    kind: 'rejected',
    beside: true,
  },
  {
    id: 'xoauth2-two-lines',
    hints: ['auth xoauth2'],
    pattern: /\bAUTH XOAUTH2(?:[\s<>:'"-]|\b[bSC]\b){1,12}\+(?=[\s'"]|$)/,
    stage: 'auth',
    kind: 'rejected',
    beside: true,
  },
  {
    id: 'graph-scope',
    hints: ['graph.microsoft'],
    pattern:
      /https?(?::\/\/|%3a%2f%2f)(?:dod-)?graph\.microsoft\.(?:com|us)(?:\/|%2f){1,2}(?:\.default|IMAP\.|POP\.|Mail\.|User\.)|\bresource["']?\s?[=:]\s?["']?https:\/\/graph\.microsoft\.com/i,
    stage: 'auth',
    kind: 'rejected',
    beside: true,
    unless: EXCHANGE_RESOURCE_HOSTS.map((host) => `${host}/.default`),
  },
];
