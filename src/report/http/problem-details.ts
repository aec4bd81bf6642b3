/**
 * The errors of the HTTP interface as problem details (RFC 9457): what was expected, what came, what to do. Routes
 * throw a `ProblemError`. `http-server.ts` turns it, and every other error, into a response.
 */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { StoreError } from '../../model/store-error.ts';
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
  /** Additional headers, such as `Retry-After`. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(type: ProblemType, detail: string, headers: Readonly<Record<string, string>> = {}) {
    super(detail);
    const [status, title] = PROBLEM_TYPES[type];
    this.details = { type: problemUri(type), title, status, detail };
    this.headers = headers;
  }
}

/** Sent in place of an internal error. Only the log shows the internal error. */
const INTERNAL = new ProblemError(
  'internal-error',
  'This is an error of mailprobe itself. Its log has the details, at the time of this response.',
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
      'Send text/plain or application/json, and name it in Content-Type.',
    ),
    new ProblemError('header-too-large', 'Send fewer or shorter header fields.'),
  ].map((problem) => [problem.details.status, problem]),
);

/** Returns the problem details of an error. Messages of third parties are replaced, because they may hold a secret. */
export function problemOf(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof StoreError) return storeUnavailable(error);
  const status = statusOf(error);
  if (status < 400 || status >= 500) return INTERNAL;
  return BY_STATUS.get(status) ?? BAD_REQUEST;
}

/** The error of requests that need the store. Requests about the current state do not need it. */
function storeUnavailable({ message }: StoreError): ProblemError {
  const detail = `Past data is unavailable: ${message}. Probing continues; try again later.`;
  return new ProblemError('store-unavailable', detail, { 'retry-after': '30' });
}

function statusOf(error: unknown): number {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return 500;
  return typeof error.statusCode === 'number' ? error.statusCode : 500;
}

/** `detail` may quote the request, so it is redacted. */
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
