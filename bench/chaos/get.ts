/** Sends one request on a new connection. Accepts any certificate, because the runs create their own. */
import { once } from 'node:events';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** The common name in the server's certificate. */
  readonly commonName?: string;
}

export async function get(url: string, timeoutMs: number): Promise<Answer> {
  return await send('GET', url, '', timeoutMs);
}

/** Sends a form. */
export async function post(url: string, body: string, timeoutMs: number): Promise<Answer> {
  return await send('POST', url, body, timeoutMs);
}

async function send(method: string, url: string, form: string, timeoutMs: number): Promise<Answer> {
  const options = {
    method,
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    headers: form === '' ? {} : { 'content-type': 'application/x-www-form-urlencoded' },
  };
  const request = url.startsWith('https:')
    ? requestHttps(url, { ...options, rejectUnauthorized: false })
    : requestHttp(url, options);
  request.end(form);
  const [response] = await once(request, 'response');
  const { socket } = request;
  const commonName = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
  return {
    status: response.statusCode,
    body: await text(response),
    ...(commonName === undefined ? {} : { commonName: String(commonName) }),
  };
}
