/**
 * Libraries for mail and tokens, each with texts that only this library prints. They are the last part of `PROGRAMS`.
 */
import type { Program } from './program.ts';

const IMAPLIB = 'Set imaplib.Debug = 4 (poplib: set_debuglevel(2)) and run it again.';
const MAIL_DEBUG = 'Set the session property mail.debug=true and run it again.';
const MSAL = "Switch on the library's log and run it again; the answer of the token endpoint tells.";

/** A library is reported only if the text names no program. */
export const LIBRARIES: readonly Program[] = [
  {
    name: 'Azure Identity for Java',
    hints: ['com.azure.identity'],
    log: 'Set AZURE_LOG_LEVEL=verbose and run it again.',
  },
  {
    name: 'Azure Identity for Go',
    hints: ['azidentity'],
    log: 'Set AZURE_SDK_GO_LOGGING=all and run it again.',
  },
  {
    name: 'Azure Identity for Node',
    hints: ['@azure/identity'],
    log: 'Set AZURE_LOG_LEVEL=verbose and run it again.',
  },
  {
    name: 'Azure Identity',
    hints: ['azure.identity', 'clientsecretcredential', 'clientcertificatecredential'],
    log: MSAL,
  },
  { name: 'MSAL for Java', hints: ['msal4j'], log: MSAL },
  { name: 'MSAL for Node', hints: ['msal-node', 'msal-common', 'clientautherror'], log: MSAL },
  { name: 'MSAL for Go', hints: ['microsoft-authentication-library-for-go'], log: MSAL },
  {
    name: 'MSAL for .NET',
    hints: ['microsoft.identity.client', 'msalserviceexception', 'msalclientexception'],
    log: MSAL,
  },
  { name: 'MSAL for Python', hints: ['msal/', 'msal\\', 'msal.application', 'oauth2cli'], log: MSAL },
  {
    name: 'ADAL',
    hints: ['identitymodel.clients.activedirectory', 'adal.adal_error', 'aad.adal4j'],
    log: MSAL,
  },
  {
    name: 'imapflow',
    hints: ['imapflow', "_connid: '", 'authenticationfailed: true'],
    log: 'Pass a logger to ImapFlow and run it again.',
  },
  {
    name: 'node-imap',
    hints: [
      'timeout-auth',
      "source: 'protocol'",
      "source: 'timeout",
      "source: 'authentication'",
      'node_modules/imap/',
    ],
    log: 'Set its option debug: console.log and run it again.',
  },
  {
    name: 'go-imap',
    hints: [
      'go-imap',
      'imap: connection closed',
      'not a status response',
      'imap: failed to read greeting',
      'imap: greeting:',
    ],
    log: 'Set client.SetDebug(os.Stderr) and run it again.',
  },
  {
    name: 'MailKit',
    hints: ['mailkit.', 'saslmechanismoauth2'],
    log: 'Pass a ProtocolLogger to the client and run it again.',
  },
  { name: 'JavaMail', hints: ['javax.mail', 'com.sun.mail', 'javamail exception'], log: MAIL_DEBUG },
  { name: 'Jakarta Mail', hints: ['jakarta.mail', 'angus.mail', 'jakarta mail exception'], log: MAIL_DEBUG },
  {
    name: "Python's IMAPClient",
    hints: ['imapclient.exceptions', 'imapclient/imapclient.py'],
    log: 'Set logging to DEBUG and run it again.',
  },
  {
    name: "Python's imaplib or poplib",
    hints: ['imaplib', 'poplib', 'imap4.error', 'error_proto'],
    log: IMAPLIB,
  },
  {
    name: 'Mail::IMAPClient',
    hints: [
      'mail::imapclient',
      'while reading data from server',
      's for data from server',
      'io::socket::ip configuration failed',
    ],
    log: 'Set Debug => 1 and run it again.',
  },
  { name: 'Net::POP3', hints: ['net::pop3', 'net/pop3.pm'], log: 'Set Debug => 1 and run it again.' },
  {
    name: "Ruby's Net::IMAP",
    hints: ['net::imap', 'net/imap.rb'],
    log: 'Set Net::IMAP.debug = true and run it again.',
  },
  {
    name: "Go's oauth2",
    hints: ['oauth2: cannot fetch token'],
    log: 'Print the Body of the *oauth2.RetrieveError.',
  },
  {
    name: "Node's got",
    hints: ['node_modules/got/', "name: 'requesterror'", "code: 'err_got_request_error'"],
    log: 'Print error.response.body.',
  },
  { name: 'LWP', hints: ["500 can't connect to ", 'lwp::'], log: 'Print $response->decoded_content.' },
  {
    name: "Python's requests",
    hints: ['httpsconnectionpool(', 'requests.exceptions'],
    log: 'Print response.text.',
  },
];
