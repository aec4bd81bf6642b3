/**
 * The lines that mail front ends say, each with the pattern that recognises it: in a failure of the probe and in
 * pasted text alike. Blanks in a pattern stand for any run of white space. Patterns are linear: no nested repeats.
 */
import type { FailureKind } from '../../model/evidence.ts';
import type { Protocol } from '../../model/target.ts';

export interface Phrase {
  readonly id: PhraseId;
  /** Lower-case words that stand in every text which the pattern fits: found first, because that is fast. */
  readonly hints: readonly string[];
  readonly pattern: RegExp;
  /** Where pasted text that holds it belongs. */
  readonly stage: 'greeting' | 'auth' | 'open';
  readonly kind: FailureKind;
  readonly protocol?: Protocol;
  /** Says less than any phrase without it. */
  readonly weak?: true;
}

export type PhraseId =
  | 'authenticate-failed'
  | 'authentication-failed'
  | 'not-connected'
  | 'logon-denied'
  | 'no-recipient'
  | 'basic-blocked'
  | 'login-failed'
  | 'account-blocked'
  | 'mechanism-unsupported'
  | 'invalid-state'
  | 'argument-error'
  | 'server-unavailable'
  | 'session-timeout'
  | 'too-many-failures'
  | 'throttled'
  | 'too-many-connections'
  | 'session-token-expired'
  | 'session-invalidated'
  | 'pop-auth-failure'
  | 'pop-logon-failure'
  | 'pop-protocol-error'
  | 'pop-state'
  | 'line-too-long'
  | 'temporary'
  | 'smtp-auth-disabled'
  | 'smtp-basic-disabled'
  | 'google'
  | 'xoauth2-not-offered'
  | 'password-mechanism';

export const PHRASES: readonly Phrase[] = [
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
  },
  {
    id: 'login-failed',
    hints: ['login failed'],
    pattern: /\bLOGIN failed\b/i,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'imap',
  },
  {
    id: 'authenticate-failed',
    hints: ['authenticate failed'],
    pattern: /\bAUTHENTICATE failed\b/i,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'imap',
  },
  {
    id: 'not-connected',
    hints: ['authenticated but not connected'],
    pattern: /User is authenticated but not connected/i,
    stage: 'open',
    kind: 'rejected',
    protocol: 'imap',
  },
  {
    id: 'pop-auth-failure',
    hints: ['authentication failure: unknown'],
    pattern: /Authentication failure: unknown user name or bad password/i,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'pop3',
  },
  {
    id: 'pop-logon-failure',
    hints: ['logon failure'],
    pattern: /Logon failure: unknown user name or bad password/i,
    stage: 'auth',
    kind: 'rejected',
    protocol: 'pop3',
  },
  {
    id: 'pop-protocol-error',
    hints: ['protocol error.'],
    pattern: /Protocol error\. (?:\d+|Connection is closed\. 10)/i,
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
  },
  {
    id: 'too-many-connections',
    hints: ['too many', 'maximum number of'],
    pattern: /too many (?:simultaneous |concurrent )?(?:connections|sessions)|maximum number of connections/i,
    stage: 'auth',
    kind: 'throttled',
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
    id: 'password-mechanism',
    hints: ['authenticate plain', 'authenticate login', 'authenticate ntlm'],
    pattern: /AUTHENTICATE (?:PLAIN|LOGIN|NTLM)\b/i,
    stage: 'auth',
    kind: 'rejected',
    weak: true,
  },
  {
    id: 'authentication-failed',
    hints: ['authentication failed', 'authentication unsuccessful', '[authenticationfailed]', '[auth]'],
    pattern: /\[AUTHENTICATIONFAILED\]|\[AUTH\]|\bauthentication (?:failed|unsuccessful)\b/i,
    stage: 'auth',
    kind: 'rejected',
    weak: true,
  },
  {
    id: 'too-many-failures',
    hints: ['closed. 14'],
    pattern: /Connection (?:is )?closed\. 14/i,
    stage: 'auth',
    kind: 'closed',
    weak: true,
  },
];

/** The phrases that a text holds. */
export function phrasesIn(text: string): ReadonlySet<PhraseId> {
  const flat = text.replace(/\s+/g, ' ');
  return new Set(PHRASES.filter((phrase) => phrase.pattern.test(flat)).map((phrase) => phrase.id));
}
