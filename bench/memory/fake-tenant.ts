/**
 * A fake Entra and Exchange Online in its own process, so that its CPU time is not counted for the daemon. Forked by
 * `bench/memory.ts`. Sends its ports and its authority to the parent. Refuses every login after the message `out`.
 */
import { createServer as createHttpsServer } from 'node:https';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { portOf } from '../../test/support/port-of.ts';
import { fakeMail } from '../fake-mail.ts';
import { fakeTokenAnswer } from '../fake-token.ts';

export interface FakeTenant {
  readonly token: number;
  readonly imap: number;
  readonly pop3: number;
  /** PEM. */
  readonly ca: string;
}

let isOut = false;

const authority = await createCertificateAuthority('bench');
const issued = await authority.issue({ commonName: 'localhost', names: ['localhost', '127.0.0.1'] });

/** Makes the token as long as one of Entra with all its claims. */
const UTI = 'x'.repeat(600);

const token = createHttpsServer(issued, (request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => (body += chunk.toString()));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    response.end(fakeTokenAnswer(new URLSearchParams(body).get('client_id') ?? '', UTI));
  });
});

const { imap, pop3 } = fakeMail(issued, () => ({ admits: () => !isOut }));

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
