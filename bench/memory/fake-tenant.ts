/**
 * A cheap Entra and Exchange Online in a process of its own, so that its cost is not the daemon's. Forked by
 * `bench/memory.ts`: sends its ports and its authority, and refuses every login while it is told to.
 */
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { portOf } from '../../test/support/port-of.ts';
import { fakeTokenAnswer } from '../fake-token.ts';

export interface FakeTenant {
  readonly token: number;
  readonly imap: number;
  readonly pop3: number;
  /** PEM. */
  readonly ca: string;
}

/** As Exchange Online greets: no capabilities, and the encoded name of the server. */
const SERVER =
  '[RABCADgAUABSADAANgBDAEEAMAAwADAANgAuAGUAdQByAHAAcgBkADAANgAuAHAAcgBvAGQALgBvAHUAdABsAG8AbwBrAC4AYwBvAG0A]';
let isOut = false;

const authority = await createCertificateAuthority('bench');
const issued = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] });

/** As long as a token of Entra's with all its claims. */
const UTI = 'x'.repeat(600);

const token = createHttpsServer(issued, (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(fakeTokenAnswer(new URLSearchParams(body).get('client_id') ?? '', UTI));
  });
});

function onLines(socket: TLSSocket, answer: (line: string) => string): void {
  let rest = '';
  socket.on('error', () => undefined).setNoDelay(true);
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    // blackbox_exporter ends its lines with a line feed only.
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (!socket.destroyed) socket.write(answer(line));
  });
}

const imap = createTlsServer(issued, (socket) => {
  onLines(socket, (line) => {
    const [tag = '', command = ''] = line.split(' ');
    switch (command.toUpperCase()) {
      case 'CAPABILITY':
        return `* CAPABILITY IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS MOVE ID UNSELECT CHILDREN IDLE NAMESPACE LITERAL+\r\n${tag} OK CAPABILITY completed.\r\n`;
      case 'AUTHENTICATE':
        return isOut ? `${tag} NO AUTHENTICATE failed.\r\n` : `${tag} OK AUTHENTICATE completed.\r\n`;
      case 'EXAMINE':
        return `* 42 EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft $MDNSent)\r\n* OK [PERMANENTFLAGS ()] Permanent flags\r\n* OK [UIDVALIDITY 14] UIDVALIDITY value\r\n* OK [UIDNEXT 555] The next unique identifier value\r\n${tag} OK [READ-ONLY] EXAMINE completed.\r\n`;
      case 'LOGOUT':
        return `* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n${tag} OK LOGOUT completed.\r\n`;
      default:
        return `${tag} BAD Command Error. 11\r\n`;
    }
  });
  socket.write(`* OK The Microsoft Exchange IMAP4 service is ready. ${SERVER}\r\n`);
});

const pop3 = createTlsServer(issued, (socket) => {
  let isLogin = false;
  onLines(socket, (line) => {
    if (isLogin) {
      isLogin = false;
      return isOut
        ? '-ERR Authentication failure: unknown user name or bad password.\r\n'
        : '+OK User successfully authenticated.\r\n';
    }
    switch (line.split(' ')[0]?.toUpperCase()) {
      case 'CAPA':
        return '+OK\r\nTOP\r\nUIDL\r\nSASL PLAIN XOAUTH2\r\nUSER\r\n.\r\n';
      case 'AUTH':
        isLogin = true;
        return '+ \r\n';
      case 'STAT':
        return '+OK 42 123456\r\n';
      case 'QUIT':
        return '+OK Microsoft Exchange Server POP3 server signing off.\r\n';
      default:
        return '-ERR Protocol error. 14\r\n';
    }
  });
  socket.write(`+OK The Microsoft Exchange POP3 service is ready. ${SERVER}\r\n`);
});

process.on('message', (message) => {
  isOut = message === 'out';
});
process.on('disconnect', () => process.exit());
for (const server of [token, imap, pop3]) {
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', 4_096, resolve));
}
const ports: FakeTenant = {
  token: portOf(token),
  imap: portOf(imap),
  pop3: portOf(pop3),
  ca: authority.cert,
};
process.send?.(ports);
