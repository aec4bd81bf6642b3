/**
 * The lines that mail front ends say, each with the pattern that recognises it: in a failure of the probe and in
 * pasted text alike. Blanks in a pattern stand for any run of white space. Patterns are linear: no nested repeats.
 */
import { BESIDE_PHRASES } from './beside-phrases.ts';
import { WRAPPED_PHRASES } from './wrapped-phrases.ts';
import { EXCHANGE_WORDS, type Phrase, type PhraseId } from './phrase.ts';

export type { Phrase, PhraseId } from './phrase.ts';

/** `authentication failed` is said by every kind of server. */
const MAIL_WORDS: readonly string[] = [
  'imap',
  'pop3',
  'smtp',
  'xoauth2',
  'sasl',
  'outlook',
  'office365',
  'microsoft exchange',
  'mailkit',
  'mailbox',
  'javax.mail',
  'jakarta.mail',
  'angus.mail',
];

/** The login is over: what is refused now is another command. */
const LATER_COMMANDS: readonly string[] = [
  'authenticate completed',
  'login completed',
  'select completed',
  'examine completed',
  'while fetching',
  'uid fetch',
];

export const PHRASES: readonly Phrase[] = [
  {
    id: 'pop-greeting-for-imap',
    hints: ['+ok '],
    pattern:
      /\+OK (?:The )?Microsoft Exchange POP3.{0,200}? (?:TAG|[A-Za-z]{1,2})\d{1,8} (?:LOGOUT|CAPABILITY|LOGIN|AUTHENTICATE|ID|NOOP)\b/,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'imap',
  },
  {
    id: 'pop-greeting-for-imap',
    hints: ['unexpected response', 'unexpected greeting', 'unexpected token'],
    pattern: /unexpected (?:response|greeting|token).{0,40}?\+(?:OK\b|')/i,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'imap',
    needs: ['imap'],
  },
  {
    id: 'imap-greeting-for-pop',
    hints: ['* ok '],
    pattern: /unexpected (?:response|greeting).{0,40}?\* OK\b|error_proto.{0,20}?\* OK\b/i,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'pop3',
    needs: ['pop'],
  },
  {
    id: 'smtp-greeting',
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
    id: 'imap-greeting-for-pop',
    hints: ['* ok '],
    pattern: /\* OK (?:The )?Microsoft Exchange IMAP4.{0,200}?[\s>:](?:CAPA|STLS|USER \S+)\s/,
    stage: 'greeting',
    kind: 'protocol',
    protocol: 'pop3',
  },
  {
    id: 'logon-denied',
    hints: ['logondenied'],
    pattern: /AuthFailed:LogonDenied|LogonDenied-/,
    stage: 'auth',
    kind: 'rejected',
  },
  {
    id: 'no-recipient',
    hints: ['noadrecipient', 'toomanyadrecipients'],
    pattern: /NoADRecipient|TooManyADRecipients/,
    stage: 'auth',
    kind: 'rejected',
  },
  {
    id: 'basic-blocked',
    hints: ['basicauthblocked', 'basic authentication is'],
    pattern: /BasicAuthBlocked|basic authentication is (?:disabled|not supported)/i,
    stage: 'auth',
    kind: 'rejected',
    needs: [...MAIL_WORDS, 'basicauthblocked', 'logondenied'],
  },
  {
    id: 'account-blocked',
    hints: ['account is blocked'],
    pattern: /Account is blocked\. Login to your account via a web browser/i,
    stage: 'auth',
    kind: 'rejected',
  },
  {
    id: 'mechanism-unsupported',
    hints: ['authentication mechanism'],
    pattern: /authentication mechanism is not supported|Unsupported authentication mechanism/i,
    stage: 'auth',
    kind: 'rejected',
    needs: [...MAIL_WORDS, 'authenticate failed'],
  },
  {
    id: 'login-failed',
    hints: ['login failed'],
    pattern: /\bLOGIN failed\b|\bNO LOGIN FAILED\b/,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'imap',
  },
  {
    id: 'authenticate-failed',
    hints: ['authenticate failed'],
    pattern: /\bAUTHENTICATE failed\b|\bNO AUTHENTICATE FAILED\b/,
    sentences: ['no authenticate failed.'],
    stage: 'auth',
    kind: 'rejected',
    protocol: 'imap',
  },
  {
    id: 'not-connected',
    hints: ['authenticated but not connected'],
    pattern: /User is authenticated but not connected/i,
    sentences: ['user is authenticated but not connected'],
    stage: 'open',
    kind: 'rejected',
    protocol: 'imap',
  },
  {
    id: 'pop-auth-failure',
    hints: ['authentication failure: unknown'],
    pattern: /Authentication failure: unknown user name or bad password/i,
    sentences: ['authentication failure: unknown user name or bad password'],
    stage: 'auth',
    kind: 'rejected',
    protocol: 'pop3',
  },
  {
    id: 'pop-logon-failure',
    hints: ['logon failure'],
    pattern: /Logon failure: unknown user name or bad password/i,
    sentences: ['logon failure: unknown user name or bad password'],
    stage: 'auth',
    kind: 'rejected',
    protocol: 'pop3',
  },
  {
    id: 'pop-protocol-error',
    hints: ['protocol error.'],
    pattern: /Protocol error\. (?:\d+|Connection is closed\. 10)/i,
    sentences: ['-err protocol error. connection is closed. 10'],
    stage: 'auth',
    kind: 'rejected',
    protocol: 'pop3',
  },
  {
    id: 'line-too-long',
    hints: ['too long', 'maximum'],
    pattern: /\bline (?:is )?too long|exceeds? (?:the )?maximum (?:line|command) length/i,
    stage: 'auth',
    kind: 'rejected',
    needs: [...MAIL_WORDS, '-err'],
  },
  {
    id: 'pop-state',
    hints: ['command is not valid in'],
    pattern: /Command is not valid in this state/i,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'pop3',
  },
  {
    id: 'invalid-state',
    hints: ['command received in'],
    pattern: /Command received in Invalid state/i,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'imap',
  },
  {
    id: 'argument-error',
    hints: ['command argument error'],
    pattern: /Command Argument Error/i,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'imap',
    unless: LATER_COMMANDS,
  },
  {
    id: 'command-error',
    hints: ['command argument error'],
    pattern: /Command Argument Error/i,
    stage: 'open',
    kind: 'rejected',
    protocol: 'imap',
    needs: LATER_COMMANDS,
  },
  {
    id: 'command-error',
    hints: ['command error. 1'],
    pattern: /Command Error\. 1\d/i,
    stage: 'auth',
    kind: 'rejected',
  },
  {
    id: 'server-unavailable',
    hints: ['server unavailable.'],
    pattern: /Server Unavailable\. ?\d+/i,
    stage: 'auth',
    kind: 'rejected',
  },
  {
    id: 'throttled',
    hints: ['request is throttled', 'suggested backoff'],
    pattern: /Request is throttled|Suggested Backoff Time/i,
    stage: 'open',
    kind: 'throttled',
    needs: [...MAIL_WORDS, 'suggested backoff'],
  },
  {
    id: 'too-many-connections',
    hints: ['too many', 'maximum number of'],
    pattern: /too many (?:simultaneous |concurrent )?(?:connections|sessions)|maximum number of connections/i,
    stage: 'auth',
    kind: 'throttled',
    needs: [...MAIL_WORDS, '* bye', '-err'],
  },
  {
    id: 'session-token-expired',
    hints: ['accesstokenexpired'],
    pattern: /Session invalidated - AccessTokenExpired|AccessTokenExpired/i,
    stage: 'open',
    kind: 'rejected',
  },
  {
    id: 'session-invalidated',
    hints: ['session invalidated'],
    pattern: /Session invalidated - \w+/i,
    stage: 'open',
    kind: 'rejected',
  },
  {
    id: 'session-timeout',
    hints: ['connection is closed. 13'],
    pattern: /BYE Connection is closed\. 13|Connection is closed\. 13/i,
    stage: 'open',
    kind: 'closed',
  },
  {
    id: 'temporary',
    hints: ['[unavailable]', '[sys/temp]', 'temporary authentication'],
    pattern: /\[(?:UNAVAILABLE|SYS\/TEMP)\]|Temporary authentication failure/i,
    stage: 'auth',
    kind: 'rejected',
    needs: [...MAIL_WORDS, '-err', 'temporary authentication'],
  },
  {
    id: 'smtp-basic-disabled',
    hints: ['5.7.139'],
    pattern: /5\.7\.139 Authentication unsuccessful, basic authentication is disabled/i,
    stage: 'auth',
    kind: 'rejected',
  },
  {
    id: 'smtp-auth-disabled',
    hints: ['smtpclientauthentication'],
    pattern: /SmtpClientAuthentication is disabled/i,
    stage: 'auth',
    kind: 'rejected',
  },
  {
    id: 'google',
    hints: ['gimap ready', 'gpop ready', 'mail.google.com', 'invalid credentials (failure)'],
    pattern: /Gimap ready|Gpop ready|https:\/\/mail\.google\.com|Invalid credentials \(Failure\)/i,
    stage: 'auth',
    kind: 'rejected',
    unless: EXCHANGE_WORDS,
  },
  {
    id: 'xoauth2-not-offered',
    hints: ['xoauth2', 'authentication mechanism'],
    pattern:
      /does not (?:support|offer|advertise) (?:the )?(?:AUTH=)?XOAUTH2|XOAUTH2 (?:is )?not (?:supported|offered|advertised)|no (?:supported|acceptable) authentication mechanism/i,
    stage: 'auth',
    kind: 'protocol',
  },
  {
    id: 'authentication-failed',
    hints: ['authentication failed', 'authentication unsuccessful', '[authenticationfailed]', '[auth]'],
    // .NET calls a TLS handshake an authentication too.
    pattern:
      /\[AUTHENTICATIONFAILED\]|\[AUTH\]|\bauthentication (?:failed|unsuccessful)\b(?! (?:because|for user)|, see inner)/i,
    stage: 'auth',
    kind: 'rejected',
    weak: true,
    needs: MAIL_WORDS,
  },
  {
    id: 'too-many-failures',
    hints: ['closed. 14'],
    pattern: /Connection (?:is )?closed\. 14/i,
    stage: 'auth',
    kind: 'closed',
    weak: true,
  },
  ...WRAPPED_PHRASES,
  ...BESIDE_PHRASES,
];

/** The phrases that a text holds. */
export function phrasesIn(text: string): ReadonlySet<PhraseId> {
  const flat = text.replace(/\s+/g, ' ');
  const found = new Set(PHRASES.filter((phrase) => phrase.pattern.test(flat)).map((phrase) => phrase.id));
  // A proxy takes a password from its client, and sends the token.
  if (found.has('xoauth2-attempted')) found.delete('password-mechanism');
  return found;
}
