/**
 * A client of the sandbox for its tests: raw HTTPS requests, token requests, and mail dialogues line by line. It
 * knows nothing of the product's own probes, so that a mistake in one cannot hide a mistake in the other.
 */
import { once } from 'node:events';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { connect, type TLSSocket } from 'node:tls';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

export async function ask(
  url: string,
  options: {
    readonly ca?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Answer> {
  const request = url.startsWith('https:') ? requestHttps : requestHttp;
  const sent = request(url, {
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    method: options.method ?? 'GET',
    headers: { ...options.headers },
    agent: false,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  sent.end(options.body ?? '');
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.on('response', resolve);
    sent.on('error', reject);
  });
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += String(chunk);
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

export function jsonOf(answer: Answer): Record<string, unknown> {
  const parsed: unknown = JSON.parse(answer.text);
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`no JSON object: ${answer.text}`);
  return { ...parsed };
}

/** `undefined` leaves a parameter out. */
export type TokenParameters = Readonly<Record<string, string | undefined>>;

export function parametersOf(sandbox: Sandbox): TokenParameters {
  const [application] = sandbox.tenant.applications;
  return {
    grant_type: 'client_credentials',
    client_id: application?.appId,
    client_secret: application?.secrets[0]?.value,
    scope: 'https://outlook.office365.com/.default',
  };
}

export async function askToken(
  sandbox: Sandbox,
  parameters: TokenParameters,
  options: { readonly tenant?: string; readonly signal?: AbortSignal } = {},
): Promise<Answer> {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) form.set(name, value);
  return await ask(`${sandbox.authority}/${options.tenant ?? sandbox.tenant.id}/oauth2/v2.0/token`, {
    ca: sandbox.ca,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

/** The access token of the sandbox's first application. */
export async function tokenOf(sandbox: Sandbox, changes: TokenParameters = {}): Promise<string> {
  const answer = await askToken(sandbox, { ...parametersOf(sandbox), ...changes });
  const token = jsonOf(answer).access_token;
  if (typeof token !== 'string') throw new Error(`no token: ${answer.text}`);
  return token;
}

export function saslOf(user: string, token: string): string {
  return Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString('base64');
}

export interface Dialogue {
  readonly socket: TLSSocket;
  readonly send: (line: string) => void;
  /** The next line; `undefined` when the server has closed. */
  readonly read: () => Promise<string | undefined>;
  /** Sends a command, returns the last line of its answer: the tagged one, or `+OK`, `-ERR`, or `* BYE`. */
  readonly say: (line: string) => Promise<string | undefined>;
  readonly close: () => void;
}

/** Connects and skips nothing: the greeting is the first line to read. */
export async function openDialogue(
  address: { readonly host: string; readonly port: number },
  ca: string,
): Promise<Dialogue> {
  const socket = connect({ ...address, ca });
  await once(socket, 'secureConnect');
  return talkOn(socket);
}

export function talkOn(socket: TLSSocket): Dialogue {
  socket.on('error', () => undefined);
  const lines = linesOf(socket);
  const read = async (): Promise<string | undefined> => {
    const next = await lines.next();
    return next.done === true ? undefined : next.value;
  };
  return {
    socket,
    send: (line) => socket.write(`${line}\r\n`),
    read,
    say: async (line) => {
      socket.write(`${line}\r\n`);
      const tag = /^a\d+(?= )/.exec(line)?.[0];
      for (;;) {
        const answer = await read();
        if (answer === undefined || tag === undefined) return answer;
        if (answer.startsWith(`${tag} `) || answer.startsWith('* BYE') || answer.startsWith('+'))
          return answer;
      }
    },
    close: () => socket.destroy(),
  };
}

async function* linesOf(socket: TLSSocket): AsyncGenerator<string, void, undefined> {
  let rest = '';
  try {
    for await (const chunk of socket) {
      rest += String(chunk);
      const lines = rest.split('\r\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch {
    // A reset is an end too.
  }
  if (rest !== '') yield rest;
}
