/**
 * Logs in to a healthy mailbox over IMAP every second, without any code of the daemon, and keeps the logins that were
 * slow or failed. If this client was slow, too, the server was slow, not the daemon. The first message is the account.
 * Each later message asks for the results so far. Forked by `run-chaos.ts`.
 */
import { once } from 'node:events';
import { connect } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { answerWith } from './forked.ts';
import { post } from './get.ts';

export interface Account {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly secret: string;
  readonly host: string;
  readonly port: number;
  readonly address: string;
}

export interface Login {
  /** When the login began, in epoch milliseconds. */
  readonly at: number;
  readonly ms: number;
  readonly opened: boolean;
}

export interface Opinion {
  readonly logins: number;
  readonly worstMs: number;
  /** The logins that took longer than a quarter of a second, or failed. */
  readonly notable: readonly Login[];
}

const PAUSE_MS = 1000;
const LIMIT_MS = 5000;
const NOTABLE_MS = 250;

const notable: Login[] = [];
let logins = 0;
let worstMs = 0;
let isStarted = false;

answerWith(async (text): Promise<Opinion> => {
  if (!isStarted) {
    isStarted = true;
    const account: Account = JSON.parse(text);
    void logInForever(account, await tokenOf(account));
  }
  return { logins, worstMs, notable };
});

async function tokenOf({ tokenUrl, clientId, secret }: Account): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope: 'https://outlook.office365.com/.default',
    client_id: clientId,
    client_secret: secret,
  });
  const { access_token: token }: { readonly access_token?: string } = JSON.parse(
    (await post(tokenUrl, String(form), LIMIT_MS)).body,
  );
  if (token === undefined) throw new Error('The sandbox gave no token.');
  return token;
}

async function logInForever(account: Account, token: string): Promise<void> {
  for (;;) {
    const at = Date.now();
    const began = performance.now();
    const opened = await logIn(account, token).catch(() => false);
    const ms = Math.round(performance.now() - began);
    logins += 1;
    worstMs = Math.max(worstMs, ms);
    if (!opened || ms > NOTABLE_MS) notable.push({ at, ms, opened });
    await delay(PAUSE_MS);
  }
}

async function logIn({ host, port, address }: Account, token: string): Promise<boolean> {
  const signal = AbortSignal.timeout(LIMIT_MS);
  const socket = connect({ host, port, rejectUnauthorized: false });
  socket.setEncoding('latin1').on('error', () => undefined);
  let received = '';
  const answered = async (line: RegExp): Promise<void> => {
    while (!line.test(received)) {
      const [text]: readonly string[] = await once(socket, 'data', { signal });
      received += text ?? '';
    }
  };
  try {
    await answered(/^\* OK/m);
    const login = Buffer.from(`user=${address}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64');
    socket.write(`a AUTHENTICATE XOAUTH2 ${login}\r\n`);
    await answered(/^a OK/m);
    socket.write('b EXAMINE INBOX\r\n');
    await answered(/^b OK/m);
    return true;
  } finally {
    socket.destroy();
  }
}
