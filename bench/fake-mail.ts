/**
 * The mail servers of a fake Exchange Online. They answer each line with as little work as possible. Used by the fake
 * tenants of `memory/` and `chaos-cluster/`, which decide who may log in.
 */
import { createServer, type Server, type TLSSocket } from 'node:tls';

export interface FakeSession {
  /** `sasl`: the initial response of XOAUTH2, in base64. */
  readonly admits: (sasl: string) => boolean;
  /** Called at LOGOUT or QUIT. */
  readonly end?: () => void;
}

export interface FakeMail {
  readonly imap: Server;
  readonly pop3: Server;
}

/** The end of Exchange Online's greeting: no capabilities, only the encoded name of the server. */
const SERVER =
  '[RABCADgAUABSADAANgBDAEEAMAAwADAANgAuAGUAdQByAHAAcgBkADAANgAuAHAAcgBvAGQALgBvAHUAdABsAG8AbwBrAC4AYwBvAG0A]';

export function fakeMail(
  issued: { readonly key: string; readonly cert: string },
  connected: (protocol: 'imap' | 'pop3') => FakeSession,
): FakeMail {
  const imap = createServer(issued, (socket) => {
    const session = connected('imap');
    onLines(socket, (line) => imapAnswer(line, session));
    socket.write(`* OK The Microsoft Exchange IMAP4 service is ready. ${SERVER}\r\n`);
  });
  const pop3 = createServer(issued, (socket) => {
    const session = connected('pop3');
    let isLogin = false;
    onLines(socket, (line) => {
      if (!isLogin) {
        isLogin = /^AUTH\b/i.test(line);
        return isLogin ? '+ \r\n' : pop3Answer(line, session);
      }
      isLogin = false;
      return session.admits(line)
        ? '+OK User successfully authenticated.\r\n'
        : '-ERR Authentication failure: unknown user name or bad password.\r\n';
    });
    socket.write(`+OK The Microsoft Exchange POP3 service is ready. ${SERVER}\r\n`);
  });
  return { imap, pop3 };
}

function onLines(socket: TLSSocket, answer: (line: string) => string): void {
  let rest = '';
  socket.on('error', () => undefined).setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    // blackbox_exporter ends its lines with LF, not CRLF.
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (!socket.destroyed) socket.write(answer(line));
  });
}

function imapAnswer(line: string, { admits, end }: FakeSession): string {
  const [tag = '', command = '', , sasl = ''] = line.split(' ');
  switch (command.toUpperCase()) {
    case 'CAPABILITY':
      return `* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+\r\n${tag} OK CAPABILITY completed.\r\n`;
    case 'AUTHENTICATE':
      return admits(sasl) ? `${tag} OK AUTHENTICATE completed.\r\n` : `${tag} NO AUTHENTICATE failed.\r\n`;
    case 'EXAMINE':
      return `* 42 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)\r\n* OK [PERMANENTFLAGS ()] Permanent flags\r\n* OK [UIDVALIDITY 14] UIDVALIDITY value\r\n* OK [UIDNEXT 555] The next unique identifier value\r\n${tag} OK [READ-ONLY] EXAMINE completed.\r\n`;
    case 'LOGOUT':
      end?.();
      return `* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n${tag} OK LOGOUT completed.\r\n`;
    default:
      return `${tag} BAD Command Error. 11\r\n`;
  }
}

function pop3Answer(line: string, { end }: FakeSession): string {
  switch (line.split(' ')[0]?.toUpperCase()) {
    case 'CAPA':
      return '+OK\r\nTOP\r\nUIDL\r\nSASL PLAIN XOAUTH2\r\nUSER\r\n.\r\n';
    case 'STAT':
      return '+OK 42 123456\r\n';
    case 'QUIT':
      end?.();
      return '+OK Microsoft Exchange Server POP3 server signing off.\r\n';
    default:
      return '-ERR Protocol error. 14\r\n';
  }
}
