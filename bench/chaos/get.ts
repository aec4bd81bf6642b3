/** One GET on a connection of its own, whatever certificate the server presents: the runs make their own. */
import { once } from 'node:events';
import { get as getHttp } from 'node:http';
import { get as getHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { TLSSocket } from 'node:tls';

export interface Answer {
  readonly status: number;
  readonly body: string;
  /** Whom the certificate names. */
  readonly commonName?: string;
}

export async function get(url: string, timeoutMs: number): Promise<Answer> {
  const options = { agent: false, signal: AbortSignal.timeout(timeoutMs) };
  const request = url.startsWith('https:')
    ? getHttps(url, { ...options, rejectUnauthorized: false })
    : getHttp(url, options);
  const [response] = await once(request, 'response');
  const { socket } = request;
  const commonName = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
  return {
    status: response.statusCode,
    body: await text(response),
    ...(commonName === undefined ? {} : { commonName: String(commonName) }),
  };
}
