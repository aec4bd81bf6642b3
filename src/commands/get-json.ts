/**
 * Gets one answer of a daemon's API: limited in size and time, no redirect followed, checked against the schema that
 * the API publishes. Used by `check --from`. Throws a `DaemonError` whose message states what to do.
 */
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { getCACertificates } from 'node:tls';
import type { z } from 'zod';
import { cleanText } from '../model/text.ts';

export class DaemonError extends Error {
  override readonly name = 'DaemonError';
}

export interface JsonSource {
  readonly base: URL;
  readonly token: string | undefined;
  /** PEM certificates that are trusted in addition to the system's. */
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

const TIMEOUT_MS = 10_000;
const LIMIT_BYTES = 64 * 1024 * 1024;

export async function getJson<T extends z.ZodType>(
  source: JsonSource,
  path: string,
  schema: T,
): Promise<z.output<T>> {
  const base = source.base.href.endsWith('/') ? source.base : new URL(`${source.base.href}/`);
  const { status, text } = await get(source, new URL(path, base));
  const body = parseJson(text);
  if (status !== 200) throw new DaemonError(describeStatus(source, status, body));
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new DaemonError(
    `the server at ${source.base.href} is not a mailprobe daemon, or has another version: /${path} is not as expected`,
  );
}

async function get(
  { token, ca, signal, base }: JsonSource,
  url: URL,
): Promise<{ readonly status: number; readonly text: string }> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
  const headers = {
    accept: 'application/json',
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const trust = ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const options = { headers, signal: deadline, agent: false as const };
      const request =
        url.protocol === 'https:' ? httpsRequest(url, { ...options, ...trust }) : httpRequest(url, options);
      request.on('response', resolve).on('error', reject).end();
    });
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of response) {
      const bytes = Buffer.from(chunk);
      length += bytes.length;
      if (length > LIMIT_BYTES) throw new DaemonError(`the answer of ${base.href} is too large`);
      chunks.push(bytes);
    }
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() };
  } catch (error) {
    if (error instanceof DaemonError) throw error;
    throw new DaemonError(describeConnection(base, error, deadline), { cause: error });
  }
}

function describeConnection(base: URL, error: unknown, deadline: AbortSignal): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
  if (deadline.aborted) return `no answer from ${base.href} within ${TIMEOUT_MS / 1000} s`;
  if (code === 'ECONNREFUSED') {
    return `no daemon listens at ${base.href} (ECONNREFUSED); is "mailprobe serve" running, with this listen address?`;
  }
  const isUntrusted = /CERT|SELF_SIGNED|UNABLE_TO|ALTNAME/.test(code);
  const hint = isUntrusted
    ? '; name its authority with --ca-file'
    : code === 'EPROTO' && base.protocol === 'https:'
      ? '; it does not speak TLS there: try http:'
      : '';
  return `cannot ask ${base.href} (${cleanText(code, 60)})${hint}`;
}

function describeStatus({ base, token }: JsonSource, status: number, body: unknown): string {
  if (status === 401 || status === 403) {
    return token === undefined
      ? `the daemon at ${base.href} requires a token; name a file that holds one with --token-file`
      : `the daemon at ${base.href} does not accept the token of --token-file`;
  }
  const detail = typeof body === 'object' && body !== null && 'detail' in body ? String(body.detail) : '';
  const rest = detail === '' ? '; is that the address of "mailprobe serve"?' : `: ${cleanText(detail, 200)}`;
  return `${base.href} answers ${status}${rest}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
