/** What every route receives, and functions that send redacted JSON and lists. */
import type { FastifyReply } from 'fastify';
import type { Redactor } from '../../model/redactor.ts';
import type { Snapshot } from '../../model/status.ts';
import { cleanText } from '../../model/text.ts';
import type { Events } from '../events.ts';
import { createTaggedText, sendConditional } from '../http/conditional.ts';
import type { Guard } from '../http/guard.ts';
import type { ExplainLimit } from '../http/explain-limit.ts';
import type { ProbeLimit } from '../http/probe-limit.ts';
import type { Page } from '../http/paging.ts';
import type { RenderedList, RenderList } from '../http/shared-lists.ts';
import { ProblemError } from '../http/problem-details.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Revision } from '../page/revision.ts';
import type { Health } from '../resource/health.ts';
import { jsonPieces, jsonText } from '../resource/json.ts';
import { type MailboxStatus, type Selection, selectMailboxes } from '../select.ts';
import { createPace, gathered } from '../slices.ts';
import type { ReportSource } from '../source.ts';

export interface RouteContext {
  readonly source: ReportSource;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  readonly admits: Guard['admits'];
  readonly mayAct: Guard['mayAct'];
  /** Shared by all routes that probe on request. */
  readonly probeLimit: ProbeLimit;
  /** Shared by `POST /api/v1/explain` and the page `/explain`. */
  readonly explainLimit: ExplainLimit;
  readonly renderList: RenderList;
  /** If undefined, the route `/api/v1/events` does not exist. */
  readonly events: Events | undefined;
  readonly revision: () => Revision;
  readonly logger: Logger | undefined;
  /** A text at the top of each page, such as "This is a simulation." */
  readonly banner: string | undefined;
  /** Returns the OpenAPI document. */
  readonly document: () => object;
  /**
   * Registers a function that runs once when the server closes. It runs before the server waits for its connections to
   * end.
   */
  readonly beforeClose: (end: () => void) => void;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends JSON without an `ETag`. */
export function sendJson(reply: FastifyReply, value: object, redactor: Redactor): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(jsonText(value, redactor));
}

/** Sends JSON with an `ETag`, or 304 if the client has it already. */
export function sendDetail(reply: FastifyReply, value: object, redactor: Redactor): FastifyReply {
  return sendConditional(reply, JSON_TYPE, jsonText(value, redactor));
}

/** Sends the health. For `fail`, the status is 503, because some clients read only the status. */
export function sendHealth(reply: FastifyReply, health: Health, redactor: Redactor): FastifyReply {
  return reply
    .code(health.status === 'fail' ? 503 : 200)
    .header('content-type', 'application/health+json')
    .send(jsonText(health, redactor));
}

/**
 * Keeps the connection open while a probe runs, because nothing is sent until the probe ends. The probe has its own
 * deadline.
 */
export function mayStaySilent(reply: FastifyReply): void {
  // A listener for `timeout` stops Node from closing the connection (https://nodejs.org/api/http.html#event-timeout).
  reply.raw.on('timeout', () => undefined);
}

export function sendList(reply: FastifyReply, { body, etag, next }: RenderedList): FastifyReply {
  if (next !== undefined) reply.header('link', `<${next}>; rel="next"`);
  return sendConditional(reply, JSON_TYPE, body, etag);
}

/**
 * Renders `{"name":[...]}`, with `next` if there are more items. The text is rendered in pieces, so that it does not
 * delay probes.
 */
export async function renderedList<T>(
  name: string,
  { items, next }: Page<T>,
  view: (item: T) => object,
  redactor: Redactor,
): Promise<RenderedList> {
  const text = createTaggedText();
  text.add(`{"${name}":[`);
  for await (const piece of gathered(membersOf(items, view, redactor), createPace())) text.add(piece);
  text.add(`]${next === undefined ? '' : `,"next":${JSON.stringify(next)}`}}`);
  return { ...text.end(), next };
}

function* membersOf<T>(
  items: readonly T[],
  view: (item: T) => object,
  redactor: Redactor,
): Generator<string> {
  for (const [at, item] of items.entries()) {
    if (at > 0) yield ',';
    yield* jsonPieces(view(item), redactor);
  }
}

/** Returns the selected mailboxes. Throws if the selection names an app or mailbox that is not configured. */
export function selected(
  source: ReportSource,
  { targets }: Snapshot,
  selection: Selection,
): readonly MailboxStatus[] {
  const { app, mailbox } = selection;
  if (app !== undefined && !source.apps().some(({ id }) => id === app)) throw unknown('app', app);
  if (mailbox !== undefined && !targets.some(({ target }) => target.mailbox.id === mailbox)) {
    throw unknown('mailbox', mailbox);
  }
  return selectMailboxes(targets, selection);
}

export function unknown(what: 'app' | 'mailbox', id: string): ProblemError {
  return new ProblemError(
    `unknown-${what}`,
    `No ${what} has the id "${cleanText(id, 80)}" in the configuration. /api/v1/${what === 'app' ? 'apps' : 'mailboxes'} lists them.`,
  );
}
