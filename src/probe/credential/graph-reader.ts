/**
 * Reads from Microsoft Graph with the app's own token: one object, or all pages of a list. Sends requests to one host
 * only, and does not follow a link to another host. Called by directory.ts.
 */
import type { Failure } from '../../model/failure.ts';
import { untrustedText } from '../../model/untrusted-text.ts';
import type { Redactor } from '../../model/redactor.ts';
import type { Secret } from '../../model/secret.ts';
import type { App } from '../../model/target.ts';
import type { HttpsAnswer, sendHttpsRequest } from '../network/https-request.ts';
import { isRecord, parseJsonObject } from '../../model/json.ts';
import type { Clean } from '../token/oauth-error.ts';
import { notOAuth, serverNow } from '../token/token-answer.ts';
import { parseRetryAfter } from '../token/retry-after.ts';

export type Json = Readonly<Record<string, unknown>>;

export type GraphReply<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

export interface GraphReader {
  /** `path` begins after the version, such as `/applications(...)`. Never rejects. */
  readonly get: (path: string) => Promise<GraphReply<Json>>;
  /**
   * Returns the entries of all pages, at most `MOST_ENTRIES`. More than `MOST_PAGES` pages are a failure. Never
   * rejects.
   */
  readonly list: (path: string) => Promise<GraphReply<readonly Json[]>>;
}

export interface GraphAccess {
  readonly app: App;
  readonly token: Secret;
  readonly redactor: Redactor;
  readonly signal: AbortSignal;
  readonly send: typeof sendHttpsRequest;
}

const VERSION = '/v1.0';
/**
 * The limit for one answer, in bytes. The enterprise applications of Exchange and Graph list all their permissions in a
 * megabyte or more.
 */
const LONGEST_ANSWER = 4 * 1024 * 1024;
const MOST_PAGES = 10;
/** A list is read up to this many entries. No app has more permissions. */
const MOST_ENTRIES = 2000;

type Answered = Extract<HttpsAnswer, { outcome: 'answered' }>;

export function createGraphReader({ app, token, redactor, signal, send }: GraphAccess): GraphReader {
  const clean: Clean = (text, limit) => untrustedText(text, redactor, limit);

  const getUrl = async (url: URL): Promise<GraphReply<Json>> => {
    const answer = await send({
      url,
      method: 'GET',
      headers: { accept: 'application/json', authorization: `Bearer ${token.reveal()}` },
      network: app.network,
      signal,
      maxBytes: LONGEST_ANSWER,
      redactor,
    });
    if (answer.outcome === 'failed') return { ok: false, failure: answer.failure };
    const body = parseJsonObject(answer.body);
    if (answer.status === 200 && body !== undefined) return { ok: true, value: body };
    return { ok: false, failure: refusalOf(answer, body, clean) };
  };

  return {
    get: (path) => getUrl(new URL(`${app.graphEndpoint}${VERSION}${path}`)),
    list: async (path) => {
      const entries: Json[] = [];
      let url = new URL(`${app.graphEndpoint}${VERSION}${path}`);
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const reply = await getUrl(url);
        if (!reply.ok) return reply;
        const { value, '@odata.nextLink': link } = reply.value;
        if (!Array.isArray(value)) return nonsense(`a list in ${path}`, reply.value, clean);
        for (const entry of value.slice(0, MOST_ENTRIES - entries.length))
          if (isRecord(entry)) entries.push(entry);
        if (link === undefined || entries.length === MOST_ENTRIES) return { ok: true, value: entries };
        const next = typeof link === 'string' ? URL.parse(link) : null;
        if (next?.origin !== url.origin) {
          return nonsense('the next page on the same host', { '@odata.nextLink': link }, clean);
        }
        url = next;
      }
      const text = `Microsoft Graph gave more than ${MOST_PAGES} pages of ${path}: expected an end.`;
      return { ok: false, failure: { kind: 'protocol', code: 'too-many-pages', text } };
    },
  };
}

/** The failure for an answer with status 200 whose JSON does not have the expected form. */
export function nonsense(
  expected: string,
  got: Json,
  clean: Clean,
): Extract<GraphReply<never>, { ok: false }> {
  const names = clean(Object.keys(got).slice(0, 10).join(', '), 200);
  const text = `Expected ${expected} from Microsoft Graph, got JSON with ${names === '' ? 'no members' : names}.`;
  return { ok: false, failure: { kind: 'protocol', code: 'nonsense', text } };
}

/** https://learn.microsoft.com/en-us/graph/errors */
function refusalOf(answer: Answered, body: Json | undefined, clean: Clean): Failure {
  const error = isRecord(body?.error) ? body.error : undefined;
  const { code, message } = error ?? {};
  const seconds = parseRetryAfter(answer.headers['retry-after'], serverNow(answer));
  const later = seconds === undefined ? {} : { retryAfterSeconds: seconds };
  if (typeof code !== 'string') return { ...notOAuth(answer, clean), ...later };
  return {
    kind: answer.status === 429 ? 'throttled' : 'rejected',
    code: clean(code, 100),
    status: String(answer.status),
    text: typeof message === 'string' && message !== '' ? clean(message) : `HTTP ${answer.status}`,
    ...later,
  };
}
