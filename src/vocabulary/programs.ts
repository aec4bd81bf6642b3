/**
 * The programs that may have written a pasted text, each with texts that only this program prints, and with how to make
 * it log more. If several match, the earlier in this list is reported. So a program comes before the library that it
 * uses.
 */
import { LIBRARIES } from './libraries.ts';
import type { Program } from './program.ts';

const MAIL_PROGRAMS: readonly Program[] = [
  {
    name: 'email-oauth2-proxy',
    hints: [
      'email oauth 2.0 proxy',
      'removed from proxy log',
      'requesting oauth 2.0 credentials for account',
      '->outlook.office365.com',
      '}-outlook.office365.com',
      'email-oauth2-proxy',
      'caught connection error in',
    ],
    log: 'Run it with --debug --no-gui and repeat the login.',
  },
  {
    name: 'mbsync',
    hints: [
      'mbsync',
      'imap error: ',
      'socket error on ',
      "imap command 'authenticate",
      "imap command 'login",
      'wants more steps despite',
    ],
    pattern:
      /\bmbsync\b|\bIMAP error: |Socket error on \S{1,80} \(|IMAP command '(?:AUTHENTICATE|LOGIN)|IMAP wants more steps/,
    log: 'Run mbsync -D for that channel.',
  },
  {
    name: 'getmail6',
    hints: ['getmailrc: ', 'getmail version', 'imapsslretriever', 'pop3sslretriever'],
    log: 'Run getmail -vv --trace for that rcfile.',
  },
  { name: 'fetchmail', hints: ['fetchmail: '], log: 'Run fetchmail -vvv --nodetach.' },
  {
    name: 'offlineimap3',
    hints: ['offlineimap', 'while attempting to sync account'],
    log: 'Run offlineimap -d imap -o.',
  },
  { name: 'neomutt', hints: ['neomutt'], log: 'Run neomutt -d 2 and paste ~/.neomuttdebug0.' },
  {
    name: 'mutt',
    hints: ['mutt', ' on fd='],
    pattern: /\bmutt(?:\/| |:|_)|Connected to \S{1,80} on fd=\d/i,
    log: 'Run mutt -d 2 and paste ~/.muttdebug0.',
  },
  { name: 'mpop', hints: ['mpop: '], log: 'Run mpop --debug.' },
  { name: 'msmtp', hints: ['msmtp: '], log: 'Run msmtp --debug.' },
  { name: 'imapfilter', hints: ['imapfilter: '], log: 'Run imapfilter -d debug.log.' },
  {
    name: 'imapsync',
    hints: ['imapsync', 'host1 failure', 'host2 failure'],
    log: 'Run imapsync with --debugimap1 --justlogin.',
  },
  {
    name: 'himalaya',
    hints: ['himalaya', 'cannot connect to imap server', 'cannot receive greeting from server'],
    log: 'Run himalaya --trace.',
  },
  { name: 'DavMail', hints: ['davmail'], log: 'Set davmail.logging to DEBUG and run it again.' },
  {
    name: "PHP's imap_open",
    hints: ['imap_open()'],
    log: 'Print imap_errors() and imap_alerts() after the call.',
  },
  { name: 'Webklex php-imap', hints: ['webklex'], log: "Set its option 'debug' to true and run it again." },
  {
    name: 'Horde Imap_Client',
    hints: ['horde_imap_client'],
    log: "Set its option 'debug' to a file and run it again.",
  },
];

const SHELL_PROGRAMS: readonly Program[] = [
  {
    name: 'Exchange Online PowerShell',
    hints: ['connect-exchangeonline', 'exchangeonlinemanagement'],
    log: 'Run Connect-ExchangeOnline with -Verbose, and paste $Error[0] | Format-List * -Force.',
  },
  {
    name: 'Microsoft Graph PowerShell',
    hints: ['connect-mggraph', 'get-mg', 'new-mg', 'update-mg', 'invoke-mggraphrequest'],
    pattern: /\b(?:Connect-MgGraph|(?:Get|New|Update|Add|Remove)-Mg[A-Z]\w{2,40}|Invoke-MgGraphRequest)\b/i,
    log: 'Run the command with -Debug, and paste $Error[0] | Format-List * -Force.',
  },
  {
    name: 'Azure PowerShell',
    hints: ['connect-azaccount'],
    log: 'Run it with -Debug, and paste Resolve-AzError.',
  },
  {
    name: 'Azure CLI',
    hints: ['azure-cli', 'azure cli', 'knack.util', 'cli.azure.cli'],
    log: 'Run the command with --debug.',
  },
  {
    name: 'curl',
    hints: ['curl: (', '* connected to ', '* closing connection'],
    pattern: /curl: \(\d{1,3}\)|^\s?\* (?:Connected to \S{1,80} \(|Closing connection)/i,
    log: 'Run it with -v, and paste the lines from "Connected to" on, without the line that holds the token.',
  },
  {
    name: 'openssl s_client',
    hints: ['connected(0000', 'write:errno=', 'verify return code: ', 'verify error:num='],
    log: 'Paste all of it, from CONNECTED to "Verify return code".',
  },
  {
    name: 'wget',
    hints: ['http request sent, awaiting response'],
    log: 'Run it with -d --content-on-error.',
  },
];

export const PROGRAMS: readonly Program[] = [...MAIL_PROGRAMS, ...SHELL_PROGRAMS, ...LIBRARIES];

/** Sentences that say what to paste if the failure was not recognized. */
export const LINES_THAT_HELP: readonly string[] = [
  'The line with the error as the program printed it, with the lines above and below it.',
  'Of a mail login: the lines of the server that begin with NO, BAD, BYE or -ERR, and the command before them.',
  'Of a token request: the answer of the token endpoint with its AADSTS code, or an access token.',
  'Of a connection: the host, the port, and what the system said (refused, timed out, a certificate).',
];
