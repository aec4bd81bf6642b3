/**
 * Answers that a client may keep and ask after: an `ETag` of the text, and 304 where the client has it already (RFC
 * 9110, section 13.1.2).
 */
import { createHash } from 'node:crypto';
import type { FastifyReply } from 'fastify';

/** Sends the text with its type, or 304 without it. */
export function sendConditional(
  reply: FastifyReply,
  contentType: string,
  body: string | Buffer,
  etag = etagOf(body),
): FastifyReply {
  // May be kept, must be asked after: what is kept holds mailbox addresses, so only by the caller itself.
  reply.headers({ etag, 'cache-control': 'private, no-cache' });
  if (holds(reply.request.headers['if-none-match'], etag)) return reply.code(304).send();
  return reply.header('content-type', contentType).send(body);
}

/** Weak, because the same facts may one day be written otherwise. */
export function etagOf(body: string | Buffer): string {
  return `W/"${createHash('sha1').update(body).digest('base64url')}"`;
}

/** The comparison is weak: `W/` does not count. */
function holds(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  const known = new Set(ifNoneMatch.split(',').map((tag) => tag.trim().replace(/^W\//, '')));
  return known.has('*') || known.has(etag.replace(/^W\//, ''));
}
