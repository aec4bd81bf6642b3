/** What mail servers say, in the wrapping of the programs that print it. */
import type { Cause } from '../../src/model/cause.ts';
import { aJwt, GOOD_CLAIMS, PASTED_AT, type TextCase } from './text-case.ts';

const REGISTRATION: readonly Cause[] = [
  'exchange-sp-not-registered',
  'exchange-sp-wrong-object-id',
  'mailbox-permission-missing',
];

function sasl(user: string, token: string, separator = '\u0001', end = '\u0001\u0001'): string {
  return Buffer.from(`user=${user}${separator}auth=Bearer ${token}${end}`).toString('base64');
}

export const MAIL_TEXTS: readonly TextCase[] = [
  {
    name: "a refusal in Python's imaplib",
    text: "Traceback (most recent call last):\n  File \"probe.py\", line 12, in <module>\n    imap.authenticate('XOAUTH2', lambda x: auth)\nimaplib.IMAP4.error: b'AUTHENTICATE failed.'",
    first: 'exchange-sp-wrong-object-id',
    confidence: 'possible',
    among: [...REGISTRATION, 'app-permission-missing', 'wrong-audience', 'username-mailbox-mismatch'],
  },
  {
    name: 'a refusal in JavaMail',
    text: 'javax.mail.AuthenticationFailedException: AUTHENTICATE failed.\n\tat com.sun.mail.imap.IMAPStore.protocolConnect(IMAPStore.java:732)',
    first: 'exchange-sp-wrong-object-id',
    among: REGISTRATION,
  },
  {
    name: 'a refusal in a wrapped line of a mail',
    text: '> A1 NO AUTHENTICATE\n> failed.',
    first: 'exchange-sp-wrong-object-id',
  },
  {
    name: 'an open mailbox that is not, in MailKit',
    text: "MailKit.Net.Imap.ImapCommandException: The IMAP server replied to the 'NAMESPACE' command with a 'BAD' response: User is authenticated but not connected.",
    first: 'mailbox-permission-missing',
    confidence: 'possible',
    among: [
      'protocol-disabled-on-mailbox',
      'mailbox-not-found-or-unlicensed',
      'exchange-transient',
      'exchange-sp-not-registered',
    ],
  },
  {
    name: 'three times not connected, of which the third hangs up',
    text: 'a3 BAD User is authenticated but not connected.\r\na4 BAD User is authenticated but not connected.\r\na5 BAD User is authenticated but not connected.\r\n* BYE Connection closed. 14',
    first: 'mailbox-permission-missing',
  },
  {
    name: 'a POP3 refusal, when IMAP works in the same text',
    text: '< +OK The Microsoft Exchange POP3 service is ready.\n> AUTH XOAUTH2\n< +\n< -ERR Authentication failure: unknown user name or bad password.\nIMAP:\nA2 OK AUTHENTICATE completed.\nA3 OK [READ-ONLY] EXAMINE completed.',
    first: 'protocol-disabled-on-mailbox',
    confidence: 'likely',
  },
  {
    name: 'a POP3 refusal',
    text: '-ERR Authentication failure: unknown user name or bad password.',
    first: 'exchange-sp-wrong-object-id',
    among: REGISTRATION,
  },
  {
    name: 'a POP3 password',
    text: "poplib.error_proto: b'-ERR Logon failure: unknown user name or bad password.'",
    first: 'basic-auth-retired',
    among: ['wrong-auth-mechanism'],
  },
  {
    name: 'an IMAP password',
    text: 'A0002 NO LOGIN failed.',
    first: 'basic-auth-retired',
    among: ['wrong-auth-mechanism'],
  },
  {
    name: 'a password in imapsync',
    text: 'Host1 failure: Error login on [outlook.office365.com] with user [qms@contoso.example] auth [LOGIN]: 2 NO LOGIN failed.',
    first: 'basic-auth-retired',
  },
  {
    name: 'PLAIN',
    text: 'C: A2 AUTHENTICATE PLAIN ****\nS: A2 NO AUTHENTICATE failed.',
    first: 'basic-auth-retired',
  },
  {
    name: 'the extended answer of blocked basic authentication',
    text: 'NO AUTHENTICATE failed. Error="AuthFailed:LogonDenied-BasicAuthBlocked-<UserType:OutlookCom> LogonFailed-BasicAuthBlocked"',
    first: 'basic-auth-retired',
    confidence: 'certain',
  },
  {
    name: 'an app password',
    text: 'A2 NO AUTHENTICATE failed. Provided authentication mechanism is not supported',
    first: 'basic-auth-retired',
  },
  {
    name: 'the extended answer that knows no recipient',
    text: 'a2 NO AUTHENTICATE failed. Error="AuthFailed:LogonDenied-NoADRecipient" AuthResultFromPopImapEnd=8 User:<nobody@contoso.example>',
    first: 'mailbox-not-found-or-unlicensed',
    among: ['username-mailbox-mismatch'],
  },
  {
    name: 'the extended answer of a denied logon',
    text: 'a2 NO AUTHENTICATE failed. Error="AuthFailed:LogonDenied-None-OAuthLog:AuthExc_Auth Failed. [x] User:<qms@contoso.example>"',
    first: 'exchange-sp-wrong-object-id',
    among: REGISTRATION,
  },
  {
    name: 'a blocked personal account',
    text: 'NO LOGIN failed. Account is blocked. Login to your account via a web browser to verify your identity.',
    first: 'account-blocked',
    confidence: 'certain',
  },
  {
    name: 'POP3 on one line',
    text: 'AUTH XOAUTH2 dXNlcj0=\n-ERR Protocol error. Connection is closed. 10',
    first: 'xoauth2-pop-one-line',
    among: ['xoauth2-token-too-long'],
  },
  { name: 'a line that is too long', text: '-ERR line too long', first: 'xoauth2-token-too-long' },
  {
    name: 'throttling',
    text: 'a4 BAD Request is throttled. Suggested Backoff Time: 92415 milliseconds',
    first: 'exchange-throttled',
    confidence: 'certain',
  },
  {
    name: 'too many connections',
    text: '* BYE Too many simultaneous connections.',
    first: 'exchange-throttled',
  },
  {
    name: 'a server that is unavailable',
    text: 'a2 NO Server Unavailable. 15',
    first: 'exchange-transient',
    among: ['username-mailbox-mismatch'],
  },
  {
    name: 'a POP3 server that is unavailable',
    text: '-ERR Server Unavailable. 21',
    first: 'exchange-transient',
  },
  {
    name: 'a session that lasted too long',
    text: '* BYE Connection is closed. 13',
    first: 'session-timeout',
  },
  {
    name: 'a session whose token ended',
    text: '* BYE Session invalidated - AccessTokenExpired',
    first: 'access-token-expired',
    confidence: 'certain',
  },
  {
    name: 'a session that was invalidated otherwise',
    text: '* BYE Session invalidated - MailboxInTransit',
    first: 'exchange-transient',
  },
  {
    name: 'a command in the wrong state',
    text: 'A3 BAD Command received in Invalid state.',
    first: 'client-bug',
  },
  {
    name: 'the third bad command alone',
    text: '* BYE Connection closed. 14',
    first: 'client-bug',
    confidence: 'possible',
  },
  {
    name: 'a malformed argument',
    text: 'A01 BAD Command Argument Error. 11',
    first: 'xoauth2-string-malformed',
  },
  {
    name: 'Google',
    text: '* OK Gimap ready for requests from 192.0.2.1\nA1 NO [AUTHENTICATIONFAILED] Invalid credentials (Failure)',
    first: 'not-exchange-online',
  },
  {
    name: "Google's challenge",
    text: `+ ${Buffer.from('{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}').toString('base64')}`,
    first: 'not-exchange-online',
  },
  {
    name: 'a server without XOAUTH2',
    text: 'The server does not support XOAUTH2 authentication',
    first: 'xoauth2-not-offered',
  },
  {
    name: 'SMTP submission that is off',
    text: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.',
    first: 'protocol-disabled-on-mailbox',
    detail: 'smtp-client-authentication',
  },
  {
    name: 'SMTP with a password',
    text: '535 5.7.139 Authentication unsuccessful, basic authentication is disabled.',
    first: 'basic-auth-retired',
    detail: 'smtp',
  },
  {
    name: 'a refusal in small letters',
    text: 'I am still getting the no authenticate failed from outlook.office365.com:993',
    first: 'exchange-sp-wrong-object-id',
    confidence: 'possible',
    among: REGISTRATION,
  },
  {
    name: 'a refusal in the words of a ticket system',
    text: 'Auth for user xxx/outlook.office365.com failed! The same token works with IMAP.',
    first: 'exchange-sp-wrong-object-id',
    confidence: 'possible',
  },
  {
    name: 'a mailbox that Graph does not find',
    text: '{"error":{"code":"MailboxNotEnabledForRESTAPI","message":"The mailbox is either inactive, soft-deleted, or is hosted on-premise."}}',
    first: 'mailbox-not-found-or-unlicensed',
    confidence: 'likely',
  },
  {
    name: 'the words of a time-out in the place of an answer to a login',
    text: 'LOGIN authentication failed: Connection is closed. 13',
    first: 'exchange-sp-wrong-object-id',
    confidence: 'possible',
    among: ['session-timeout'],
  },

  {
    name: 'a token for Graph',
    text: aJwt({ ...GOOD_CLAIMS, aud: 'https://graph.microsoft.com' }),
    first: 'wrong-audience',
    confidence: 'certain',
  },
  {
    name: 'a token without roles',
    text: `token: ${aJwt({ ...GOOD_CLAIMS, roles: undefined })}`,
    first: 'app-permission-missing',
    confidence: 'likely',
    among: ['admin-consent-missing'],
  },
  {
    name: 'a token with roles for other things',
    text: aJwt({ ...GOOD_CLAIMS, roles: ['full_access_as_app'] }),
    first: 'app-permission-missing',
  },
  {
    name: 'a token for POP3 only, and a refusal over IMAP',
    text: `${aJwt({ ...GOOD_CLAIMS, roles: ['POP.AccessAsApp'] })}\nA2 NO AUTHENTICATE failed.`,
    first: 'app-permission-missing',
  },
  {
    name: 'a token of a user',
    text: aJwt({ ...GOOD_CLAIMS, roles: undefined, scp: 'IMAP.AccessAsUser.All' }),
    first: 'token-user-mailbox-mismatch',
  },
  {
    name: 'a token that has expired',
    text: aJwt({ ...GOOD_CLAIMS, exp: PASTED_AT / 1000 - 60 }),
    first: 'access-token-expired',
  },
  { name: 'a token that is good', text: aJwt(GOOD_CLAIMS), first: 'token-usable' },
  {
    name: 'a token that is wrapped over lines',
    text: (aJwt({ ...GOOD_CLAIMS, aud: 'https://graph.microsoft.com' }).match(/.{1,60}/g) ?? []).join('\n'),
    first: 'wrong-audience',
  },
  {
    name: 'decoded claims',
    text: JSON.stringify({ ...GOOD_CLAIMS, roles: ['Mail.Read'] }, undefined, 2),
    first: 'app-permission-missing',
  },
  {
    name: 'a token with the right role, refused',
    text: `${aJwt(GOOD_CLAIMS)}\nA2 NO AUTHENTICATE failed.`,
    first: 'exchange-sp-wrong-object-id',
    among: ['exchange-sp-not-registered'],
  },
  {
    name: 'a SASL string with ^A as two characters',
    text: `A1 AUTHENTICATE XOAUTH2 ${sasl('qms@contoso.example', aJwt(GOOD_CLAIMS), '^A', '^A^A')}\nA1 NO AUTHENTICATE failed.`,
    first: 'xoauth2-string-malformed',
    confidence: 'certain',
  },
  {
    name: 'a SASL string that ends too soon',
    text: `A1 AUTHENTICATE XOAUTH2 ${sasl('qms@contoso.example', aJwt(GOOD_CLAIMS), '\u0001', '\u0001')}\nA1 NO AUTHENTICATE failed.`,
    first: 'xoauth2-string-malformed',
  },
  {
    name: 'a SASL string with a Graph token inside',
    text: `A1 AUTHENTICATE XOAUTH2 ${sasl('qms@contoso.example', aJwt({ ...GOOD_CLAIMS, aud: 'https://graph.microsoft.com' }))}\nA1 NO AUTHENTICATE failed.`,
    first: 'wrong-audience',
  },
];
