/**
 * Every error of the HTTP interface, as RFC 9457 problem details: what was expected, what came, what to do.
 * Routes throw `ProblemError`; `http-server.ts` turns it, and everything else that goes wrong, into an answer.
 */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Redactor } from '../../model/redactor.ts';
import { PROBLEM_TYPES, type ProblemType, problemUri } from './problem-types.ts';

export const problemDetailsSchema = z
  .strictObject({
    type: z.string().describe('Stable: urn:mailprobe:problem:NAME. docs/api.md lists the names'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
  })
  .meta({ id: 'ProblemDetails' });

export type ProblemDetails = z.infer<typeof problemDetailsSchema>;

export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly details: ProblemDetails;
  /** Such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ProblemType, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    const [status, title] = PROBLEM_TYPES[type];
    this.details = { type: problemUri(type), title, status, detail };
    this.headers = headers;
  }
}

/** Says nothing of what went wrong inside: that is in the log. */
const INTERNAL = new ProblemError(
  'internal-error',
  'This is an error of mailprobe itself. Its log says more, at the time of this answer.',
);

const BAD_REQUEST = new ProblemError('bad-request', 'The request cannot be read: see RFC 9110 and RFC 8259.');

const BY_STATUS: ReadonlyMap<number, ProblemError> = new Map(
  [
    BAD_REQUEST,
    new ProblemError('timeout', 'The request was not complete in time. Send it again.'),
    new ProblemError('too-large', 'The body is larger than this route takes. Send less.'),
    new ProblemError('uri-too-long', 'A part of the path is longer than any id. Check the address.'),
    new ProblemError(
      'unsupported-media-type',
      'Send text/plain or application/json, and say so in Content-Type.',
    ),
    new ProblemError('header-too-large', 'Send fewer or shorter header fields.'),
  ].map((problem) => [problem.details.status, problem]),
);

/** What the caller is told of an error. Only ours is told as it is; the words of others may hold anything. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const status = statusOf(error);
  if (status < 400 || status >= 500) return INTERNAL;
  return BY_STATUS.get(status) ?? BAD_REQUEST;
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}

/** A caller's own words come back to it in `detail`: they are scrubbed like everything else that leaves. */
export function sendProblem(
  reply: FastifyReply,
  { details, headers }: ProblemError,
  redactor: Redactor,
): FastifyReply {
  return reply
    .code(details.status)
    .headers(headers)
    .header('content-type', 'application/problem+json')
    .send(redactor.redact(JSON.stringify(details)));
}
