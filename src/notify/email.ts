/**
 * Sends e-mail through a relay with STARTTLS or TLS. Logs in with a password, or by XOAUTH2 with the token of an app.
 * All messages about one incident form one thread. `nodemailer` writes the message and speaks SMTP over a socket that
 * `dial` returns.
 */
import type { SMTPTransportGetSocket } from 'nodemailer/lib/smtp-transport';
import type { EmailSettings } from '../model/notification.ts';
import { untrustedText } from '../model/untrusted-text.ts';
import type { Channel, ChannelEdges, SendResult } from './channel.ts';
import type { Message } from './message.ts';
import { ChannelFault, faultResult, readKey } from './read-source.ts';
import { renderHtml } from './render-html.ts';
import { renderBody } from './render-text.ts';

const LONGEST_EXCERPT = 200;
const SILENCE_MS = 20_000;

type Login =
  | { readonly user: string; readonly pass: string }
  | { readonly type: 'OAuth2'; readonly user: string; readonly accessToken: string };

export function createEmail(settings: EmailSettings, edges: ChannelEdges): Channel {
  return {
    async send(message, signal) {
      try {
        const login = await loginOf(settings, edges, signal);
        return await deliver(message, settings, login, edges, signal);
      } catch (error) {
        return faultResult(error);
      }
    },
  };
}

async function loginOf(
  { login }: EmailSettings,
  edges: ChannelEdges,
  signal: AbortSignal,
): Promise<Login | undefined> {
  if (login === undefined) return undefined;
  const { username: user } = login;
  if (login.kind === 'password') return { user, pass: await readKey(login.password, edges) };
  try {
    const token = await edges.acquireToken(login.app, signal);
    edges.redactor.add(token.reveal());
    return { type: 'OAuth2', user, accessToken: token.reveal() };
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new ChannelFault(edges.redactor.redact(`no token of the app ${login.app} for SMTP: ${reason}`));
  }
}

async function deliver(
  message: Message,
  settings: EmailSettings,
  login: Login | undefined,
  edges: ChannelEdges,
  signal: AbortSignal,
): Promise<SendResult> {
  const { host, port, tls } = settings;
  const dialed = await edges.dial({ host, port, tls: tls === 'implicit', signal });
  if (!dialed.ok) return { outcome: 'retry', reason: dialed.reason };
  const getSocket: SMTPTransportGetSocket = (_options, give) =>
    give(null, { connection: dialed.socket, secured: tls === 'implicit' });
  // Loaded with the first e-mail, because loading takes about a tenth of the daemon's start time.
  const { createTransport } = await import('nodemailer');
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    tls: { secureContext: edges.secureContext() },
    getSocket,
    ...(login === undefined ? {} : { auth: login, forceAuth: true }),
    greetingTimeout: SILENCE_MS,
    socketTimeout: SILENCE_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const onAbort = (): void => void dialed.socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    const { response } = await transport.sendMail(mailOf(message, settings, edges));
    return { outcome: 'accepted', answer: untrustedText(response, edges.redactor, LONGEST_EXCERPT) };
  } catch (error) {
    return failure(error, settings, edges, signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    transport.close();
    dialed.socket.destroy();
  }
}

/**
 * All messages about one incident refer to `root`, so that mail programs show them as one thread. No message has this
 * Message-ID.
 */
export function mailOf(message: Message, { from, to }: EmailSettings, { redactor }: ChannelEdges) {
  const domain = /@([^\s@>]+)>?$/.exec(from)?.[1] ?? 'mailprobe.invalid';
  const root = `<${message.thread}@${domain}>`;
  return {
    from,
    to: [...to],
    subject: redactor.redact(message.headline),
    text: redactor.redact(renderBody(message)),
    html: redactor.redact(renderHtml(message)),
    messageId: `<${message.id}@${domain}>`,
    inReplyTo: root,
    references: root,
    date: new Date(message.at),
    headers: {
      // RFC 3834: prevents automatic replies.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      ...(message.tone === 'problem' && message.severity === 'critical' ? { Importance: 'high' } : {}),
    },
  };
}

/**
 * Returns `refused` if the server refuses a recipient or the message itself with a 5xx reply. Returns `retry` for other
 * failures, because an operator may fix a refused login, sender or connection before the next attempt.
 */
function failure(
  error: unknown,
  { host }: EmailSettings,
  { redactor }: ChannelEdges,
  signal: AbortSignal,
): SendResult {
  if (signal.aborted) return { outcome: 'retry', reason: `no answer from ${host} in time` };
  const { message, code, responseCode, command } = smtpError(error);
  const reason = untrustedText(`${host}: ${message}`, redactor, LONGEST_EXCERPT);
  const isOfMessage = code === 'EMESSAGE' || command === 'DATA' || command === 'RCPT TO';
  return isOfMessage && responseCode >= 500
    ? { outcome: 'refused', reason }
    : { outcome: 'retry', reason: code === '' ? reason : `${reason} (${code})` };
}

function smtpError(error: unknown): {
  readonly message: string;
  readonly code: string;
  readonly responseCode: number;
  readonly command: string;
} {
  const of = (name: string): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  const message = of('response') ?? of('message');
  const code = of('code');
  const command = of('command');
  return {
    message: typeof message === 'string' ? message : 'the message could not be handed over',
    code: typeof code === 'string' ? code : '',
    responseCode: Number(of('responseCode') ?? 0),
    command: typeof command === 'string' ? command : '',
  };
}
