/**
 * Messages that mail libraries and programs print in place of the server's text if a login is refused or a mailbox does
 * not open. The messages give no reason. A message that several programs print counts only if the text also names a
 * host or product of Microsoft.
 */
import type { Phrase } from './phrase.ts';

const MICROSOFTS: readonly string[] = [
  'outlook.office',
  'office365',
  'office 365',
  'microsoft 365',
  'outlook.com',
  'microsoft exchange',
  'exchange online',
];

export const WRAPPED_PHRASES: readonly Phrase[] = [
  {
    id: 'wrapped-refusal',
    hints: [
      'cannot login, user or password wrong',
      'authentication cancelled',
      'authorization failure on',
      '(authfail)',
      'too many login failures',
      'connection broken (authenticate)',
      'server denied authentication',
      'failed to authenticate with',
      'failed to authenticate using',
      'unable to authenticate with the current',
      'login to server',
      'cannot authenticate to',
      'can not authenticate to',
      'auth for user',
      'authentication to mail server failed',
      'could not authenticate',
      'authenticationfailedexception',
      'login failure',
      'invalid login',
      'login denied',
      'failed to connect',
    ],
    pattern:
      /cannot login, user or password wrong|(?:IMAP|POP3) Authentication cancelled|Authorization failure on|\(AUTHFAIL\)|Too many login failures|connection broken \(authenticate\)|server denied authentication|Failed to authenticate (?:with the specified user|using XOAUTH2)|Unable to authenticate with the current session|Login to server .{1,120} failed|can ?not authenticate to (?:IMAP|POP3?|mail)|Auth for user .{1,120} failed|authentication to mail server failed|could not authenticate|\bAuthenticationFailedException\b(?!: (?:Read timed out|Connection |No authentication mech|Command is not))|\blogin failure\b|\binvalid login\b|\blogin denied\b|Failed to connect \S{1,80}: Command failed/i,
    stage: 'auth',
    kind: 'rejected',
    weak: true,
    needs: MICROSOFTS,
  },
  {
    // curl prints this for every refused login.
    id: 'wrapped-refusal',
    hints: ['curl: (67) login denied', 'curl error: 67 login denied', 'wants more steps despite'],
    pattern: /curl(?: error)?: \(?67\)? Login denied|IMAP wants more steps despite/i,
    stage: 'auth',
    kind: 'rejected',
    weak: true,
    open: ['exchange-throttled', 'client-bug'],
  },
  {
    id: 'wrapped-open',
    hints: ['curl: (67) select failed', 'curl error: 67 select failed'],
    pattern: /curl(?: error)?: \(?67\)? Select failed/i,
    stage: 'open',
    kind: 'rejected',
    weak: true,
  },
  {
    id: 'wrapped-open',
    hints: [
      'cannot change folder',
      "couldn't open the folder",
      'could not open the folder',
      'unable to open folder',
    ],
    pattern:
      /cannot change folder, maybe it does not exist|(?:couldn't|could not|unable to) open (?:the )?folder/i,
    stage: 'open',
    kind: 'rejected',
    weak: true,
    needs: MICROSOFTS,
  },
];
