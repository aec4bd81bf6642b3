/** What every route receives, and functions that send redacted JSON and lists in pieces. */
import type { FastifyReply } from 'fastify';
import type { Redactor } from '../../model/redactor.ts';
import type { Snapshot } from '../../model/status.ts';
import { cleanText } from '../../model/text.ts';
import type { Events } from '../events.ts';
import { sendConditional } from '../http/conditional.ts';
import type { Guard } from '../http/guard.ts';
import type { ExplainLimit } from '../http/explain-limit.ts';
import type { ProbeLimit } from '../http/probe-limit.ts';
import type { Page } from '../http/paging.ts';
import type { ListText, RenderedList, RenderList } from '../http/shared-lists.ts';
import { ProblemError } from '../http/problem-details.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Revision } from '../page/revision.ts';
import type { Health } from '../resource/health.ts';
import { jsonText } from '../resource/json.ts';
import { type MailboxStatus, type Selection, selectMailboxes } from '../select.ts';
import { createPace, joined, textInSlices } from '../slices.ts';
import type { ReportSource } from '../source.ts';

export interface RouteContext {
  readonly source: ReportSource;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  /** May this caller use routes of an access class? */
  readonly admits: Guard['admits'];
  readonly mayAct: Guard['mayAct'];
  /** Shared by all routes that probe on request. */
  readonly probeLimit: ProbeLimit;
  /** Shared by `POST /api/v1/explain` and the page `/explain`. */
  readonly explainLimit: ExplainLimit;
  /** Shared by all list routes. */
  readonly renderList: RenderList;
  /** If undefined, `/api/v1/events` does not exist. */
  readonly events: Events | undefined;
  /** Returns the revision, which changes whenever something that the pages show changes. */
  readonly revision: () => Revision;
  readonly logger: Logger | undefined;
  /** Shown at the top of the page, such as "This is a simulation." */
  readonly banner: string | undefined;
  /** The OpenAPI document. */
  readonly document: () => object;
  /** Registers a function that runs once when the server closes, before it waits for its connections. */
  readonly beforeClose: (end: () => void) => void;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends JSON that was computed for this request. */
export function sendJson(reply: FastifyReply, value: object, redactor: Redactor): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(jsonText(value, redactor));
}

/** Sends JSON that the client may have cached. */
export function sendDetail(reply: FastifyReply, value: object, redactor: Redactor): FastifyReply {
  return sendConditional(reply, JSON_TYPE, jsonText(value, redactor));
}

/** Sends the health, with the status 503 for `fail`, for clients that read only the status. */
export function sendHealth(reply: FastifyReply, health: Health, redactor: Redactor): FastifyReply {
  return reply
    .code(health.status === 'fail' ? 503 : 200)
    .header('content-type', 'application/health+json')
    .send(jsonText(health, redactor));
}

/**
 * Keeps the connection open while a probe runs. The probe has its own deadline, and nothing is sent until it has ended.
 */
export function mayStaySilent(reply: FastifyReply): void {
  // A listener for `timeout` stops Node from closing the connection (https://nodejs.org/api/http.html#event-timeout).
  reply.raw.on('timeout', () => undefined);
}

/** Sends one page of a list. A `Link` header names the next page. */
export function sendList(reply: FastifyReply, { body, etag, next }: RenderedList): FastifyReply {
  if (next !== undefined) reply.header('link', `<${next}>; rel="next"`);
  return sendConditional(reply, JSON_TYPE, body, etag);
}

/**
 * Returns `{"name":[...]}`, with `next` if there are more items. Rendered in pieces, so that probes in flight are not
 * delayed.
 */
export async function listText<T>(
  name: string,
  { items, next }: Page<T>,
  view: (item: T) => object,
  redactor: Redactor,
): Promise<ListText> {
  const write = (item: T, at: number): string => (at === 0 ? '' : ',') + jsonText(view(item), redactor);
  const members = await joined(textInSlices(items, write, createPace(), 1));
  const more = next === undefined ? '' : `,"next":${JSON.stringify(next)}`;
  return { text: `{"${name}":[${members}]${more}}`, next };
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
