/**
 * Asks a proxy for a tunnel to the target by HTTP CONNECT (RFC 9110, section 9.3.6). Reads the socket without Node's
 * HTTP client, for two reasons. The answer is limited in size and time even if it is not HTTP, and the bytes after the
 * answer are not lost.
 */
import type { Socket } from 'node:net';
import type { Failure } from '../../model/failure.ts';
import { untrustedText } from '../../model/untrusted-text.ts';
import { endpointName } from '../../model/target.ts';
import type { TunnelOptions, TunnelTarget } from './tunnel.ts';
import { readAnswer } from './wait-on.ts';
import { pageText } from '../page-text.ts';
import { StageFailure } from '../stage-failure.ts';

const MOST_HEADER_BYTES = 16 * 1024;
const HEADER_END = '\r\n\r\n';
const MOST_SCHEMES = 10;
const LONGEST_SCHEME = 40;

interface ProxyAnswer {
  readonly status: number;
  readonly reason: string;
  /** The authentication schemes that the proxy offers, such as `Negotiate`. mailprobe supports only Basic. */
  readonly schemes: readonly string[];
  /** The part of the proxy's error page that arrived together with the header. */
  readonly page: string;
}

/** Resolves when the tunnel is open. Rejects with a `StageFailure` or the socket's error. */
export async function requestHttpTunnel(
  socket: Socket,
  target: TunnelTarget,
  { name, credentials, signal, redactor }: TunnelOptions,
): Promise<void> {
  const authority = endpointName(target);
  const authorization =
    credentials === undefined
      ? []
      : [`Proxy-Authorization: Basic ${toBase64(`${credentials.user}:${credentials.password}`)}`];
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`, 'User-Agent: mailprobe'];
  socket.write([...lines, ...authorization, '', ''].join('\r\n'));
  const waitedFor = `the proxy ${name} to answer CONNECT ${authority}`;
  const answer = await readAnswer(socket, parseAnswer, MOST_HEADER_BYTES, { signal, waitedFor });
  if (answer === 'not-http') {
    throw new StageFailure({
      kind: 'proxy',
      text: `The proxy ${name} did not answer CONNECT with HTTP.`,
    });
  }
  if (answer.status < 200 || answer.status > 299) {
    const failure = refusal(answer, `The proxy ${name} refused CONNECT ${authority}`);
    throw new StageFailure({ ...failure, text: untrustedText(failure.text, redactor) });
  }
}

function parseAnswer(
  bytes: Buffer,
): { readonly answer: ProxyAnswer | 'not-http'; readonly length: number } | undefined {
  const text = bytes.toString('latin1');
  if (!text.startsWith('HTTP/'.slice(0, text.length))) return { answer: 'not-http', length: bytes.length };
  const end = text.indexOf(HEADER_END);
  if (end === -1) return undefined;
  const header = text.slice(0, end);
  const statusLine = /^HTTP\/\d\.\d (\d{3})(?: ([^\r\n]*))?/.exec(header);
  if (statusLine === null) return { answer: 'not-http', length: bytes.length };
  const length = end + HEADER_END.length;
  const answer = {
    status: Number(statusLine[1]),
    reason: statusLine[2] ?? '',
    schemes: schemesIn(header),
    page: bytes.subarray(length).toString('utf8'),
  };
  return { answer, length };
}

/**
 * Returns the names of the offered schemes. A header may list several with parameters, such as `Negotiate, Basic
 * realm="corporate"` (RFC 9110, section 11.6.1).
 */
function schemesIn(header: string): readonly string[] {
  const offers = [...header.matchAll(/^proxy-authenticate:([^\r\n]*)/gim)].flatMap(([, offer = '']) =>
    offer.replaceAll(/"[^"]*"?/g, '').split(','),
  );
  // An item with an equals sign is a parameter of the scheme before it.
  const names = offers.flatMap((offer) => /^([\w-]+)(?: |$)/.exec(offer.trim())?.[1] ?? []);
  return [...new Set(names)].slice(0, MOST_SCHEMES).map((name) => name.slice(0, LONGEST_SCHEME));
}

function refusal({ status, reason, schemes, page }: ProxyAnswer, what: string): Failure {
  const asked = schemes.length === 0 ? '' : `; it asks for: ${schemes.join(', ')}`;
  const message = pageText(page).trim();
  const quoted = message === '' ? '' : ` It says: ${message}`;
  const code = String(status);
  return {
    kind: 'proxy',
    code,
    status: code,
    text: `${what}: ${`${code} ${reason}`.trim()}${asked}.${quoted}`,
    ...(schemes.length === 0 ? {} : { schemes: schemes.map((scheme) => scheme.toLowerCase()) }),
  };
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
