/** What mail programs print of refused, lost and misdirected sessions. */
import { LOST_IN_LOGIN, type ClientCase } from './client-case.ts';

const NOT_CONNECTED = [
  'mailbox-permission-missing',
  'protocol-disabled-on-mailbox',
  'exchange-transient',
] as const;
const POP_READY = '+OK The Microsoft Exchange POP3 service is ready. [UABBAEMA]';
const IMAP_READY = '* OK The Microsoft Exchange IMAP4 service is ready. [UABBAEMA]';
const EXCUSED = ['tcp-blocked', 'exchange-transient', 'dns-failure'] as const;

export const MAIL_OUTPUTS: readonly ClientCase[] = [
  {
    name: 'POP3, a dialogue in which STAT is not valid after the login',
    text: '+OK User successfully authenticated.\nSTAT\n-ERR Command is not valid in this state.',
    first: 'mailbox-permission-missing',
    among: NOT_CONNECTED,
    atMost: 'possible',
  },
  {
    name: 'POP3, a traceback through stat',
    text: 'Traceback (most recent call last):\n  File "/srv/poll.py", line 20, in <module>\n    print(M.stat()); M.quit()\n  File "/usr/lib/python3.11/poplib.py", line 229, in stat\n    retval = self._shortcmd(\'STAT\')\n             ^^^^^^^^^^^^^^^^^^^^^^\npoplib.error_proto: b\'-ERR Command is not valid in this state.\'',
    first: 'mailbox-permission-missing',
    atMost: 'possible',
  },
  {
    name: 'POP3, Net::POP3',
    text: 'STAT failed: Command is not valid in this state.',
    first: 'mailbox-permission-missing',
    atMost: 'possible',
  },
  {
    name: 'POP3, a local proxy and its client',
    text: "POP (127.0.0.1:41300-{127.0.0.1:1995}-outlook.office365.com:995) --> b'STAT\\r\\n'\nPOP (127.0.0.1:41300-{127.0.0.1:1995}-outlook.office365.com:995) <-- b'-ERR Command is not valid in this state.\\r\\n'\nerror_proto(b'-ERR Command is not valid in this state.')",
    first: 'mailbox-permission-missing',
    atMost: 'possible',
  },
  {
    name: 'POP3, UIDL in the place of STAT',
    text: '+OK User successfully authenticated.\nUIDL\n-ERR Command is not valid in this state.',
    first: 'mailbox-permission-missing',
    atMost: 'possible',
  },
  {
    name: 'POP3, the answer alone',
    text: '-ERR Command is not valid in this state.',
    first: ['client-bug', 'mailbox-permission-missing'],
    among: ['client-bug', 'mailbox-permission-missing'],
    atMost: 'likely',
  },
  {
    name: 'a POP3 greeting, mbsync',
    text: `${POP_READY}\nIMAP error: unexpected reply: ${POP_READY}`,
    first: 'wrong-port',
  },
  {
    name: 'a POP3 greeting, JavaMail',
    text: `jakarta.mail.MessagingException: ${POP_READY}\n\tat com.sun.mail.imap.protocol.IMAPProtocol.processGreeting(IMAPProtocol.java:317)`,
    first: 'wrong-port',
  },
  {
    name: 'a POP3 greeting, mutt',
    text: `[2026-11-28 12:00:00] Reading imaps://outlook.office365.com:995...\n[2026-11-28 12:00:00] Connected to outlook.office365.com:995 on fd=4\n[2026-11-28 12:00:01] 4< ${POP_READY}`,
    first: 'wrong-port',
  },
  {
    name: 'an IMAP greeting, mpop',
    text: `<-- ${IMAP_READY}\nmpop: POP3 server sent an invalid reply`,
    first: 'wrong-port',
  },
  {
    name: 'a greeting that is none, go-imap',
    text: 'invalid greeting received from server: not a status response',
    first: 'wrong-port',
    among: ['tls-mode-mismatch'],
  },
  {
    name: 'a POP3 greeting, curl that waits for its own',
    text: `* Connected to outlook.office365.com (52.97.144.85) port 995 (#0)\n< ${POP_READY}\n* Operation timed out after 10004 milliseconds with 0 bytes received\ncurl: (28) Operation timed out after 10004 milliseconds with 0 bytes received\n$ curl -v imaps://outlook.office365.com:995`,
    first: 'wrong-port',
    never: ['tcp-blocked'],
  },
  {
    name: "a POP3 greeting, and IMAP's commands by hand",
    text: `${POP_READY}\n-ERR Command is not valid in this state.\n-ERR Command is not valid in this state.\n-ERR Command is not valid in this state.\n-ERR Protocol error. Connection is closed. 10`,
    first: ['xoauth2-pop-one-line', 'wrong-port', 'client-bug'],
    among: ['wrong-port'],
  },
  ...(
    [
      ['Mail::IMAPClient', 'Auth error: socket closed while reading data from server'],
      [
        'Jakarta Mail, whose BYE is its own',
        'jakarta.mail.MessagingException: * BYE Jakarta Mail Exception: java.io.IOException: Connection dropped by server?',
      ],
      [
        'JavaMail, whose BYE is its own',
        'javax.mail.MessagingException: * BYE JavaMail Exception: java.io.IOException: Connection dropped by server?',
      ],
      ['poplib, whose -ERR is its own', 'poplib.error_proto: -ERR EOF'],
      ['mpop', 'mpop: POP3 server sent an empty reply\nmpop: error during mail retrieval'],
      ['go-imap', 'imap: connection closed'],
      [
        'curl with a greeting above',
        `* SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n< ${IMAP_READY}\n> A002 AUTHENTICATE XOAUTH2\n* response reading failed (errno: 0)\ncurl: (56) response reading failed (errno: 0)`,
      ],
    ] as const
  ).map(([name, text]) => ({
    name: `the connection ends within the login, ${name}`,
    text,
    first: 'exchange-transient' as const,
    among: LOST_IN_LOGIN,
    never: ['tls-handshake-failure'] as const,
    atMost: 'possible' as const,
  })),
  {
    name: 'the connection ends within the session, offlineimap3',
    text: "ERROR: While attempting to sync account 'work'\n  command: LIST => connection terminated",
    first: 'session-timeout',
    among: ['exchange-transient'],
    atMost: 'possible',
  },
  {
    name: 'nothing answers within the login, Mail::IMAPClient',
    text: 'Auth error: timeout waiting 8s for data from server',
    first: ['exchange-transient', 'service-incident'],
    among: ['exchange-transient', 'service-incident'],
    atMost: 'possible',
  },
  {
    name: 'nothing answers, node-imap, whose clock covers the greeting too',
    text: "Error: Timed out while authenticating with server\n    at Timeout._onTimeout {\n  source: 'timeout-auth'\n}",
    first: 'exchange-transient',
    among: ['service-incident', 'tcp-blocked', 'tls-mode-mismatch'],
    atMost: 'possible',
  },
  {
    name: 'nothing answers, mbsync',
    text: 'Socket error on outlook.office365.com (52.97.144.85:993): timeout.',
    first: ['tcp-blocked', 'exchange-transient'],
    among: ['tcp-blocked', 'exchange-transient'],
    atMost: 'possible',
  },
  {
    name: 'nothing answers, imapflow, whose ETIMEOUT is no question to a name server',
    text: "Error: Socket timeout\n    at timeoutError (file:///app/node_modules/imapflow/dist/esm/imap-flow.js:1257:48) {\n  code: 'ETIMEOUT',\n  _connId: 'nal36c157fh7'\n}",
    first: 'exchange-transient',
    among: ['service-incident', 'tcp-blocked'],
    never: ['dns-failure'],
    atMost: 'possible',
  },
  {
    name: 'a read that times out within the login, JavaMail with its debug log',
    text: 'DEBUG IMAPS: mechanism XOAUTH2 not disabled by property\nDEBUG IMAPS: AUTHENTICATE XOAUTH2 command trace suppressed\nDEBUG IMAPS: AUTHENTICATE XOAUTH2 command result: A1 BYE Jakarta Mail Exception: java.net.SocketTimeoutException: Read timed out\njakarta.mail.AuthenticationFailedException: Read timed out\nimaps host outlook.office365.com',
    first: 'exchange-transient',
    never: ['exchange-sp-wrong-object-id', 'app-permission-missing'],
    atMost: 'likely',
  },
  {
    name: 'curl, whose login is denied',
    text: 'curl: (67) Login denied',
    first: 'exchange-sp-wrong-object-id',
    among: ['exchange-throttled', 'exchange-transient', 'mailbox-permission-missing'],
    atMost: 'possible',
  },
  {
    name: "PHP's curl, whose login is denied",
    text: 'Curl error: 67 Login denied',
    first: 'exchange-sp-wrong-object-id',
    atMost: 'possible',
  },
  {
    name: 'curl, whose mailbox does not open',
    text: 'curl: (67) Select failed',
    first: 'mailbox-permission-missing',
    among: ['exchange-transient'],
    atMost: 'possible',
  },
  {
    name: 'a refusal as the greeting, before any name was sent',
    text: 'Traceback (most recent call last):\n  File "/usr/lib/python3.11/imaplib.py", line 234, in _connect\n    raise self.error(self.welcome)\nimaplib.IMAP4.error: b\'* BYE Server Unavailable. 15\'',
    first: 'exchange-transient',
    among: ['service-incident'],
    never: ['username-mailbox-mismatch'],
  },
  {
    name: 'a SASL library without the plug-in, mbsync',
    text: 'IMAP error: selected SASL mechanism(s) not available;\n   selected: XOAUTH2\n   available: SCRAM-SHA-512 SCRAM-SHA-256 DIGEST-MD5 CRAM-MD5 PLAIN LOGIN ANONYMOUS',
    first: ['client-bug', 'wrong-auth-mechanism'],
    among: ['client-bug', 'wrong-auth-mechanism'],
    never: ['xoauth2-not-offered'],
    atMost: 'likely',
  },
  {
    name: 'a SASL plug-in that does not fit its library, mbsync',
    text: 'Authenticating with SASL mechanism XOAUTH2...\nError performing SASL authentication step: SASL(-1): generic failure: Unable to find a callback: 18948',
    first: 'client-bug',
    among: ['wrong-auth-mechanism'],
    atMost: 'possible',
  },
  {
    name: 'a command in the wrong state, retold by JavaMail as a failed login',
    text: 'javax.mail.AuthenticationFailedException: Command is not valid in this state.',
    first: 'client-bug',
    among: ['mailbox-permission-missing'],
    never: ['exchange-sp-wrong-object-id'],
  },
  {
    name: 'a greeting that imaplib cannot read',
    text: '  File "/usr/lib/python3.11/imaplib.py", line 253, in _connect\n    raise self.error(self.welcome)\nimaplib.IMAP4.error: None',
    first: 'wrong-port',
    among: ['tls-mode-mismatch'],
  },
  {
    name: "PHP's imap_open, which can only send a password",
    text: "PHP Warning: imap_open(): Couldn't open stream {outlook.office365.com:993/imap/ssl}INBOX\nPHP Notice: Unknown: Can not authenticate to IMAP server: AUTHENTICATE failed.",
    first: 'basic-auth-retired',
    among: ['wrong-auth-mechanism'],
  },
  {
    name: 'a host that is not reached, Mail::IMAPClient',
    text: 'Cannot connect to outlook.office365.com: Unable to connect to outlook.office365.com: IO::Socket::IP configuration failed',
    first: 'tcp-blocked',
    among: ['dns-failure'],
    atMost: 'possible',
  },
  {
    name: 'a host that is not reached, imapfilter',
    text: 'imapfilter: error while initiating connection to outlook.office365.com at port 993',
    first: 'tcp-blocked',
    among: EXCUSED.slice(0, 1),
    atMost: 'possible',
  },
  {
    name: 'plain TCP to the port of TLS, himalaya',
    text: 'cannot connect to IMAP server outlook.office365.com:993 using TCP\ncannot receive greeting from server\nStream was closed',
    first: 'tls-mode-mismatch',
    among: ['tcp-blocked'],
  },
  ...(
    [
      [
        'himalaya',
        'cannot connect to IMAP server outlook.office365.com:993 using TLS\ncannot receive greeting from server\nStream was closed',
      ],
      ['go-imap', 'imap: failed to read greeting from outlook.office365.com:993: EOF'],
      ['another client', 'Unable to read greeting from outlook.office365.com:993'],
    ] as const
  ).map(([name, text]) => ({
    name: `a connection that ends before the greeting, ${name}`,
    text,
    first: ['exchange-transient', 'tcp-blocked'] as const,
    among: ['exchange-transient', 'tcp-blocked', 'exchange-throttled'] as const,
    atMost: 'possible' as const,
  })),
  {
    name: 'a BYE that a client retells, imapfilter',
    text: '7062 messages, 0 recent, 0 unseen, in qms@contoso.example@outlook.office365.com/INBOX.\nimapfilter: unexpected IMAP BYE for qms@contoso.example@outlook.office365.com',
    first: ['session-timeout', 'exchange-transient'],
    among: ['session-timeout', 'exchange-transient', 'exchange-throttled'],
    atMost: 'possible',
  },
  {
    name: 'a challenge that mbsync did not expect',
    text: 'Error: IMAP wants more steps despite successful SASL authentication.',
    first: 'exchange-sp-wrong-object-id',
    atMost: 'possible',
  },
  ...(
    [
      ['mpop', 'mpop: the server does not support authentication method XOAUTH2'],
      [
        'msmtp',
        'msmtp: cannot use a secure authentication method\nmsmtp: the server does not support authentication method XOAUTH2',
      ],
      ['mutt', 'imap: XOAUTH2 authentication is not supported by server outlook.office365.com'],
      ['fetchmail', 'fetchmail: XOAUTH2 not supported by server outlook.office365.com'],
      [
        'JavaMail',
        'DEBUG IMAPS: mechanism XOAUTH2 not supported by server\njavax.mail.AuthenticationFailedException: No authentication mechanisms supported by both server and client',
      ],
      ['mbsync', 'IMAP error: IMAP server does not support authentication mechanism XOAUTH2'],
    ] as const
  ).map(([name, text]) => ({
    name: `a server without XOAUTH2, ${name}`,
    text,
    first: 'xoauth2-not-offered' as const,
  })),
  {
    name: 'a login protected by TLS, and the time-out behind a token',
    text: "user=qms@contoso.example token acquired\nError: Timed out while authenticating with server\n  source: 'timeout-auth'",
    first: 'exchange-transient',
  },
  {
    name: 'SMTP that is off for the tenant',
    text: '535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled for more information.',
    first: 'protocol-disabled-on-mailbox',
  },
  {
    name: 'SMTP without passwords',
    text: '550 5.7.30 Basic authentication is not supported for Client Submission.',
    first: 'basic-auth-retired',
  },
  {
    name: 'a mailbox that the front ends over REST do not know',
    text: 'The SMTP address has no mailbox associated with it.',
    first: 'mailbox-not-found-or-unlicensed',
    among: ['username-mailbox-mismatch'],
  },
  {
    name: 'the same with its code',
    text: 'ErrorNonExistentMailbox: The SMTP address has no mailbox associated with it.',
    first: 'mailbox-not-found-or-unlicensed',
  },
];
