/**
 * Mail programs that Debian has, each told to read one mailbox of the sandbox with a token: `test/real/mail-clients.test.ts`
 * runs them. What a program needs is written into a folder of its own.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Protocol } from '../../src/model/protocol.ts';
import { WAIT_MS } from './limits.ts';

interface Access {
  readonly directory: string;
  readonly port: number;
  readonly user: string;
  readonly token: string;
  /** How long the program waits for an answer. */
  readonly patienceSeconds: number;
}

export interface MailClient {
  readonly name: string;
  readonly protocol: Protocol;
  /** It cannot send a token, so Exchange refuses it in any state. */
  readonly passwordOnly?: true;
  readonly files: (access: Access) => Readonly<Record<string, string>>;
  readonly command: (access: Access) => readonly [file: string, ...args: readonly string[]];
}

export interface ClientRun {
  readonly code: number | undefined;
  readonly output: string;
}

/** Less than the limit of the whole program, so that a program that waits in vain says so. */
const PATIENCE_SECONDS = (WAIT_MS / 1000) * 0.8;
/** For a program that waits for an answer that never comes: each run takes this long. */
export const IMPATIENCE_SECONDS = 3;
const SASL = String.raw`"user=$user\x01auth=Bearer $token\x01\x01"`;

const PYTHON = (access: Access): string => `
import base64, imaplib, poplib, ssl, sys
context = ssl.create_default_context(cafile='ca.pem')
sasl = 'user=${access.user}\\x01auth=Bearer ' + open('token').read() + '\\x01\\x01'
if sys.argv[1] == 'imap':
    m = imaplib.IMAP4_SSL('localhost', ${access.port}, ssl_context=context, timeout=${access.patienceSeconds})
    m.authenticate('XOAUTH2', lambda _: sasl.encode())
    status, data = m.select('INBOX', readonly=True)
    if status != 'OK': raise m.error(data[0])
    m.status('INBOX', '(UNSEEN MESSAGES)'); m.search(None, 'ALL'); m.fetch('1', '(RFC822.HEADER)'); m.logout()
else:
    p = poplib.POP3_SSL('localhost', ${access.port}, context=context, timeout=${access.patienceSeconds})
    p._shortcmd('AUTH XOAUTH2'); p._shortcmd(base64.b64encode(sasl.encode()).decode())
    p.stat(); p.list(1); p.uidl(1); p.top(1, 2); p.quit()
`;

const PERL = ({ user }: Access): string => `
my $user = '${user}'; my $token = do { local (@ARGV, $/) = 'token'; <> };
sub sasl { my $s = encode_base64(${SASL}, ''); $s }
`;

export const MAIL_CLIENTS: readonly MailClient[] = [
  ...(['imap', 'pop3'] as const).map(
    (protocol): MailClient => ({
      name: `curl, ${protocol}`,
      protocol,
      files: () => ({}),
      command: ({ port, user, token, patienceSeconds }) => [
        'curl',
        '-sSv',
        '-m',
        String(patienceSeconds),
        '--cacert',
        'ca.pem',
        '--login-options',
        'AUTH=XOAUTH2',
        '--oauth2-bearer',
        token,
        '-u',
        `${user}:`,
        `${protocol === 'imap' ? 'imaps' : 'pop3s'}://localhost:${port}/${protocol === 'imap' ? 'INBOX;MAILINDEX=1' : ''}`,
      ],
    }),
  ),
  ...(['imap', 'pop3'] as const).map(
    (protocol): MailClient => ({
      name: protocol === 'imap' ? 'imaplib' : 'poplib',
      protocol,
      files: (access) => ({ 'read.py': PYTHON(access) }),
      command: () => ['/usr/bin/python3', 'read.py', protocol],
    }),
  ),
  {
    name: 'mbsync',
    protocol: 'imap',
    files: ({ port, user, patienceSeconds }) => ({
      mbsyncrc: `IMAPAccount a\nHost localhost\nPort ${port}\nUser ${user}\nPassCmd "cat token"\nAuthMechs XOAUTH2\nSSLType IMAPS\nCertificateFile ca.pem\nTimeout ${patienceSeconds}\n\nIMAPStore far\nAccount a\n\nMaildirStore near\nInbox ./INBOX\nPath ./\n\nChannel c\nFar :far:\nNear :near:\nPatterns INBOX\nSync Pull\nSyncState *\n`,
    }),
    command: () => ['mbsync', '-c', 'mbsyncrc', 'c'],
  },
  {
    name: 'mpop',
    protocol: 'pop3',
    files: ({ port, user, patienceSeconds }) => ({
      mpoprc: `account a\nhost localhost\nport ${port}\nuser ${user}\nauth xoauth2\npasswordeval cat token\ntls on\ntls_starttls off\ntls_trust_file ca.pem\ntimeout ${patienceSeconds}\nkeep on\ndelivery mbox mbox\nuidls_file uidls\n`,
    }),
    command: () => ['mpop', '-C', 'mpoprc', '-Q', 'a'],
  },
  {
    name: 'getmail6',
    protocol: 'imap',
    files: ({ directory, port, user, patienceSeconds }) => ({
      getmailrc: `[retriever]\ntype = SimpleIMAPSSLRetriever\nserver = localhost\nport = ${port}\nusername = ${user}\nuse_xoauth2 = True\npassword_command = ("cat", "${directory}/token")\nca_certs = ${directory}/ca.pem\ntimeout = ${patienceSeconds}\n[destination]\ntype = MDA_external\npath = /bin/true\nallow_root_commands = true\n`,
    }),
    command: ({ directory }) => [
      'getmail',
      `--getmaildir=${directory}`,
      '--rcfile=getmailrc',
      '--dont-delete',
    ],
  },
  {
    name: 'offlineimap3',
    protocol: 'imap',
    files: ({ port, user, token, patienceSeconds }) => ({
      offlineimaprc: `[general]\naccounts = a\nmetadata = meta\nui = basic\nsocktimeout = ${patienceSeconds}\n[Account a]\nlocalrepository = near\nremoterepository = far\n[Repository near]\ntype = Maildir\nlocalfolders = mail\n[Repository far]\ntype = IMAP\nremotehost = localhost\nremoteport = ${port}\nremoteuser = ${user}\nssl = yes\nsslcacertfile = ca.pem\nauth_mechanisms = XOAUTH2\noauth2_access_token = ${token}\noauth2_request_url = https://login.microsoftonline.com/common/oauth2/v2.0/token\nreadonly = True\n`,
    }),
    command: () => ['offlineimap', '-c', 'offlineimaprc', '-o', '-1'],
  },
  {
    name: 'fetchmail',
    protocol: 'imap',
    passwordOnly: true,
    files: ({ directory, port, user, patienceSeconds }) => ({
      fetchmailrc: `poll localhost protocol imap service ${port} timeout ${patienceSeconds} auth password user "${user}" password "x" ssl sslcertck sslcertfile "${directory}/ca.pem" keep mda "/bin/cat"\n`,
    }),
    command: ({ directory }) => [
      'fetchmail',
      '-f',
      'fetchmailrc',
      '--nosyslog',
      '--pidfile',
      `${directory}/pid`,
    ],
  },
  {
    name: 'Mail::IMAPClient',
    protocol: 'imap',
    files: (access) => ({
      'read.pl': `use Mail::IMAPClient; use MIME::Base64;${PERL(access)}
my $m = Mail::IMAPClient->new(Server => 'localhost', Port => ${access.port}, Ssl => ['SSL_ca_file', 'ca.pem'], Timeout => ${access.patienceSeconds}) or die "Cannot connect to localhost: $@";
$m->authenticate('XOAUTH2', sub { sasl() }) or die 'Auth error: ' . $m->LastError;
$m->examine('INBOX') or die 'Examine error: ' . $m->LastError;
$m->search('ALL'); $m->logout;
`,
    }),
    command: () => ['perl', 'read.pl'],
  },
  {
    name: 'Net::POP3',
    protocol: 'pop3',
    files: (access) => ({
      'read.pl': `use Net::POP3; use MIME::Base64;${PERL(access)}
my $p = Net::POP3->new('localhost', Port => ${access.port}, SSL => 1, SSL_ca_file => 'ca.pem', Timeout => ${access.patienceSeconds}, Debug => 1) or die "Net::POP3 cannot connect to localhost: $@";
$p->command('AUTH', 'XOAUTH2'); $p->response; $p->command(sasl());
$p->response == 2 or die 'Auth failed: ' . $p->code . ' ' . $p->message;
$p->command('STAT'); $p->response == 2 or die 'STAT failed: ' . $p->message;
$p->list(1); $p->quit;
`,
    }),
    command: () => ['perl', 'read.pl'],
  },
];

export async function runClient(
  client: MailClient,
  server: Pick<Access, 'port' | 'user' | 'token'> & { readonly ca: string },
  patienceSeconds = PATIENCE_SECONDS,
): Promise<ClientRun> {
  const directory = mkdtempSync(join(tmpdir(), 'mailprobe-client-'));
  const access = { ...server, directory, patienceSeconds };
  const files = { 'ca.pem': server.ca, token: server.token, ...client.files(access) };
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(directory, name), text, { mode: 0o600 });
  const [file, ...args] = client.command(access);
  const ran = await new Promise<ClientRun>((resolve) => {
    const env = { ...process.env, HOME: directory, LC_ALL: 'C.UTF-8', http_proxy: '', https_proxy: '' };
    execFile(
      file,
      args,
      { cwd: directory, env, timeout: WAIT_MS, killSignal: 'SIGKILL' },
      (error, out, err) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
        resolve({ code, output: `${out}\n${err}` });
      },
    );
  });
  rmSync(directory, { recursive: true, force: true });
  return ran;
}
