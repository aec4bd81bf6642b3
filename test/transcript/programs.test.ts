/** Which program wrote a text: each row of the tables is found by each of its forms, and prose names none. */
import { describe, expect, test } from 'vitest';
import { explainText } from '../../src/explain.ts';
import { PROGRAMS } from '../../src/vocabulary/programs.ts';
import { PASTED_AT } from '../cases/text-case.ts';

function writer(text: string): string | undefined {
  return explainText(text, PASTED_AT).writtenBy;
}

describe('the writer is known of', () => {
  test.each([
    ['curl', 'curl: (67) Login denied'],
    ['openssl s_client', 'CONNECTED(00000003)\nwrite:errno=104'],
    ['mbsync', 'IMAP error: unexpected reply: +OK The Microsoft Exchange POP3 service is ready.'],
    ['mutt', '[2026-11-28 12:00:00] Connected to outlook.office365.com:995 on fd=4'],
    ['neomutt', 'neomutt: imap_authenticate: Using any available method.'],
    ['getmail6', "getmailrc: operation error (IMAP error (SELECT command error: BAD [b'x']))"],
    ['fetchmail', 'fetchmail: Authorization failure on qms@contoso.example@outlook.office365.com'],
    ['offlineimap3', "ERROR: While attempting to sync account 'work'"],
    ["Python's imaplib or poplib", "imaplib.IMAP4.error: b'AUTHENTICATE failed.'"],
    ['JavaMail', 'javax.mail.AuthenticationFailedException: AUTHENTICATE failed.'],
    ['MailKit', 'MailKit.Security.AuthenticationException: Authentication failed.'],
    ['node-imap', "Error: Timed out while authenticating with server { source: 'timeout-auth' }"],
    ['imapflow', "code: 'ETIMEOUT', _connId: 'nal36c157fh7'"],
    ['himalaya', 'cannot connect to IMAP server outlook.office365.com:993 using TLS'],
    ['go-imap', 'invalid greeting received from server: not a status response'],
    ['mpop', 'mpop: POP3 server sent an empty reply'],
    ['msmtp', 'msmtp: authentication failed'],
    ['email-oauth2-proxy', "--> b'[[ Credentials removed from proxy log ]]'"],
    ['MSAL for .NET', 'Microsoft.Identity.Client.MsalServiceException: AADSTS7000215: Invalid client secret'],
    ['MSAL for Python', 'File "/app/msal/application.py", line 2072, in acquire_token_for_client'],
    ['MSAL for Java', 'com.microsoft.aad.msal4j.MsalServiceException: AADSTS7000222'],
    ['MSAL for Node', 'at node_modules/@azure/msal-node/dist/client/ClientAssertion.cjs'],
    ['MSAL for Go', 'github.com/AzureAD/microsoft-authentication-library-for-go/apps/internal'],
    ['Exchange Online PowerShell', 'Connect-ExchangeOnline : The term is not recognized'],
    ['Microsoft Graph PowerShell', 'Get-MgApplication : Insufficient privileges to complete the operation.'],
  ])('%s', (name, text) => {
    expect(writer(text)).toBe(name);
  });
});

test('every row is reached', () => {
  const names = PROGRAMS.map(({ name }) => name);
  const unreached = PROGRAMS.filter(
    ({ name, hints, pattern }) => pattern === undefined && !hints.some((hint) => writer(hint) === name),
  );
  expect(new Set(names).size).toBe(names.length);
  expect(unreached).toEqual([]);
});

test('prose names no program', () => {
  expect(writer('Hello, our mailbox does not work since Monday. The weather is fine.')).toBeUndefined();
});

test('what is not explained comes with what would help, and what is explained without', () => {
  expect(explainText('mpop: something else', PASTED_AT).wouldHelp[0]).toContain('mpop --debug');
  expect(explainText('AADSTS7000222', PASTED_AT).wouldHelp).toEqual([]);
});
