/** What every route is given, and how it answers: JSON without secrets, lists in pieces. */
import type { FastifyReply } from 'fastify';
import type { Redactor } from '../../model/redactor.ts';
import type { Snapshot } from '../../model/status.ts';
import { cleanText } from '../../model/text.ts';
import type { Events } from '../events.ts';
import { sendConditional } from '../http/conditional.ts';
import type { Guard } from '../http/guard.ts';
import type { ProbeLimit } from '../http/probe-limit.ts';
import type { Page } from '../http/paging.ts';
import type { ListText, RenderedList, RenderList } from '../http/shared-lists.ts';
import { ProblemError } from '../http/problem-details.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Health } from '../resource/health.ts';
import { jsonText } from '../resource/json.ts';
import { type MailboxStatus, type Selection, selectMailboxes } from '../select.ts';
import { createPace, joined, textInSlices } from '../slices.ts';
import type { ReportSource } from '../source.ts';

export interface RouteContext {
  readonly source: ReportSource;
  readonly metrics: Metrics;
  readonly redactor: Redactor;
  /** May this caller see more than what everyone may? */
  readonly admits: Guard['admits'];
  /** Shared by all routes that take a look because a caller asks. */
  readonly probeLimit: ProbeLimit;
  /** Shared by all routes that list. */
  readonly renderList: RenderList;
  /** Absent: there is no `/api/v1/events`. */
  readonly events: Events | undefined;
  readonly logger: Logger | undefined;
  /** Shown at the top of the page: "This is a simulation." */
  readonly banner: string | undefined;
  /** The OpenAPI document. */
  readonly document: () => object;
  /** Called once when the server closes, before it waits for its connections. */
  readonly beforeClose: (end: () => void) => void;
}

const JSON_TYPE = 'application/json; charset=utf-8';

/** For what is computed for this caller, now. */
export function sendJson(reply: FastifyReply, value: object, redactor: Redactor): FastifyReply {
  return reply.header('content-type', JSON_TYPE).send(jsonText(value, redactor));
}

/** For what a client may have already. */
export function sendDetail(reply: FastifyReply, value: object, redactor: Redactor): FastifyReply {
  return sendConditional(reply, JSON_TYPE, jsonText(value, redactor));
}

/** 503 for `fail`, so that those who read no body know it. */
export function sendHealth(reply: FastifyReply, health: Health, redactor: Redactor): FastifyReply {
  return reply
    .code(health.status === 'fail' ? 503 : 200)
    .header('content-type', 'application/health+json')
    .send(jsonText(health, redactor));
}

/** A look has a deadline of its own, and says nothing on the connection until it has ended. */
export function mayStaySilent(reply: FastifyReply): void {
  // Once listened to, the idle timeout cuts nobody off (https://nodejs.org/api/http.html#event-timeout).
  reply.raw.on('timeout', () => undefined);
}

/** For a list, in pages. */
export function sendList(reply: FastifyReply, { body, etag, next }: RenderedList): FastifyReply {
  if (next !== undefined) reply.header('link', `<${next}>; rel="next"`);
  return sendConditional(reply, JSON_TYPE, body, etag);
}

/** `{"name":[...]}`, with `next` where there is more: a thousand members do not stop the probes in flight. */
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

/** The mailboxes that are asked about. An app or mailbox that is not configured is an error, not an empty list. */
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
