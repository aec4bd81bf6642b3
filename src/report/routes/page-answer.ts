/** The responses of the routes of pages. A page is not rendered if the browser has it already. */
import type { FastifyReply } from 'fastify';
import { holds } from '../http/conditional.ts';
import type { Answer } from './route.ts';
import type { RouteContext } from './route-context.ts';

const HTML = 'text/html; charset=utf-8';
const MINUTE_MS = 60_000;

export const PAGE_ANSWER: { readonly 200: Answer } = {
  200: { description: 'For people.', content: { 'text/html': 'text' } },
};

/**
 * Sends a page of the current state. The `ETag` changes with the state. It also changes every minute, because the page
 * shows ages in minutes.
 */
export async function sendPage(
  { revision }: Pick<RouteContext, 'revision'>,
  reply: FastifyReply,
  render: () => string | Promise<string>,
): Promise<FastifyReply> {
  const { state, probes } = revision();
  const etag = `W/"${state} ${probes} ${Math.floor(Date.now() / MINUTE_MS)}"`;
  reply.headers({ etag, 'cache-control': 'private, no-cache', vary: 'Authorization' });
  // The script of the page reads this header, so that it notices a change before the first message of the stream.
  reply.header('server-timing', `state;desc="${state}", probes;desc="${probes}"`);
  if (holds(reply.request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.header('content-type', HTML).send(await render());
}

export function sendHtml(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-type', HTML).send(text);
}

/** Drops empty parameters, because a form sends its empty fields, too. */
export function filledIn(query: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...query].filter(([, value]) => value !== ''));
}
