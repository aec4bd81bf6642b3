/**
 * Messages that mail programs print if a session is lost, stalls or does not begin: a part of the table in phrases.ts.
 * The messages give no reason, so each phrase lists its possible causes.
 */
import type { Cause } from '../model/cause.ts';
import type { Phrase } from './phrase.ts';

const LOST: readonly Cause[] = [
  'exchange-transient',
  'service-incident',
  'exchange-throttled',
  'tcp-blocked',
];
const HELD: readonly Cause[] = ['exchange-transient', 'service-incident', 'tcp-blocked', 'tls-mode-mismatch'];

function lost(stage: Phrase['stage'], open: readonly Cause[]): Omit<Phrase, 'hints' | 'pattern'> {
  return { id: 'left-open', stage, kind: 'closed', weak: true, pasted: true, open };
}

export const LOST_PHRASES: readonly Phrase[] = [
  {
    // The program waited for the greeting, and nothing arrived.
    hints: ['timeout waiting ', 'seconds waiting for server'],
    pattern:
      /Cannot connect to .{1,100}: timeout waiting \d{1,6}s for data|timeout after \d{1,6} seconds waiting for server/i,
    ...lost('greeting', ['tcp-blocked', 'exchange-transient', 'wrong-port', 'tls-mode-mismatch']),
  },
  {
    // Mail::IMAPClient, JavaMail, poplib, mpop, go-imap, curl and MailKit print these if a session broke.
    hints: [
      'socket closed while reading data',
      'mail exception: ',
      '-err eof',
      'server sent an empty reply',
      'imap: connection closed',
      'response reading failed',
      'server has unexpectedly disconnected',
      'timeout waiting ',
      'unexpected eof on command channel',
    ],
    pattern:
      /unexpected EOF on command channel|socket closed while reading data from server|BYE (?:Jakarta Mail|JavaMail|Angus Mail) Exception: |error_proto: (?:b['"])?-ERR EOF|(?:POP3|IMAP) server sent an empty reply|\bimap: connection closed|response reading failed|(?:IMAP|POP3) server has unexpectedly disconnected|timeout waiting \d{1,6}s for data from server/i,
    ...lost('auth', LOST),
  },
  {
    // node-imap, imapflow and mbsync print these after a timeout, which may have been at the connection or at the
    // login.
    hints: ['timed out while authenticating', 'timeout-auth', 'socket timeout', 'socket error on '],
    pattern:
      /Timed out while authenticating with server|['"]timeout-auth['"]|Error: Socket timeout\b|Socket error on .{1,120}: timeout\b/i,
    ...lost('auth', HELD),
  },
  {
    hints: ['connection terminated', 'unexpected imap bye'],
    pattern: /command: \w{1,20} => connection terminated|unexpected IMAP BYE for /i,
    ...lost('open', ['session-timeout', 'exchange-transient', 'exchange-throttled', 'client-bug']),
  },
  {
    // The client begins in plain text on a port that expects TLS from the first byte.
    hints: ['using tcp', 'encrypted connection to a non-encrypted server'],
    pattern: /server \S{1,80}:99[35] using TCP\b|encrypted connection to a non-encrypted server/i,
    ...lost('greeting', ['tls-mode-mismatch', 'tcp-blocked']),
    confidence: 'likely',
  },
  {
    // go-imap, mpop, imaplib2, imaplib and programs built on it print these if they cannot parse the greeting.
    hints: [
      'not a status response',
      'imap4.error: none',
      'imap error (none)',
      'server sent an invalid reply',
      'server welcome message',
    ],
    pattern:
      /invalid greeting.{0,40}: not a status response|\bIMAP4\.error: None\b|\bIMAP error \(None\)|(?:POP3|IMAP) server sent an invalid reply|unrecogni[sz]ed server welcome message/i,
    ...lost('greeting', ['wrong-port', 'tls-mode-mismatch']),
    kind: 'rejected',
    confidence: 'likely',
  },
  {
    // Mail::IMAPClient, imapfilter and imaplib2 print these if the connection failed. They omit the system's message.
    hints: ['io::socket::ip configuration failed', 'while initiating connection to', 'could not open socket'],
    pattern:
      /IO::Socket::\w{1,8} configuration failed|error while initiating connection to |\bcould not open socket\b/i,
    ...lost('connect', ['tcp-blocked', 'dns-failure']),
  },
  {
    // The client's own SASL library lacks the mechanism. The message lists the mechanisms that the library has.
    hints: ['sasl mechanism(s) not available', 'performing sasl authentication step'],
    pattern:
      /selected SASL mechanism\(s\) not available|performing SASL authentication step: SASL\(-\d{1,3}\)/i,
    ...lost('auth', ['client-bug', 'wrong-auth-mechanism']),
    kind: 'protocol',
  },
];
