/**
 * The routes of the forms on the pages: probe now, acknowledge, maintenance. They do the same as the API, under the
 * same limits, and then redirect to the page.
 */
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { FORM } from '../http/form.ts';
import { readBody } from '../http/json-body.ts';
import { idParameter } from '../http/parameters.ts';
import { ProblemError } from '../http/problem-details.ts';
import { acknowledgementRequestSchema } from '../resource/incident.ts';
import type { ReportSource } from '../source.ts';
import { unknownIncident } from './incident-routes.ts';
import { announceWindow } from './maintenance-routes.ts';
import { mayStaySilent, unknown } from './route-context.ts';
import type { Route } from './route.ts';

const HOUR_MS = 3_600_000;

const who = z.string().trim().min(1).max(100);
const note = z.string().max(1_000).default('');
const hours = z.coerce
  .number()
  .int()
  .min(1)
  .max(24 * 31);

const acknowledgeFields = z
  .strictObject({ by: who, note, hours: hours.optional() })
  .meta({ id: 'AcknowledgeForm' });
const maintenanceFields = z.strictObject({ by: who, note, hours }).meta({ id: 'MaintenanceForm' });
const endFields = z.strictObject({ window: z.string().max(200) }).meta({ id: 'EndMaintenanceForm' });

/** A form of a single button. */
const noFields = z.strictObject({}).meta({ id: 'ButtonForm' });

const BACK = { 303: { description: 'Done: back to the page.', content: {} } } as const;
const FORM_PROBLEMS = ['no-tokens', 'bad-body', 'unsupported-media-type', 'store-unavailable'] as const;

const probe: Route = {
  id: 'probeFromPage',
  method: 'POST',
  path: '/mailboxes/:id/probe',
  tag: 'act',
  access: 'act',
  summary: 'A form of the page: probe now',
  parameters: [idParameter('Id of the mailbox.')],
  body: { [FORM]: noFields },
  answers: BACK,
  problems: [
    'no-tokens',
    'unknown-mailbox',
    'unsupported-media-type',
    'too-many-requests',
    'store-unavailable',
    'replica-silent',
  ],
  handler:
    ({ source, probeLimit }) =>
    async ({ params: { id } }, reply) => {
      const own = source.snapshot().targets.filter(({ target }) => target.mailbox.id === id);
      if (own.length === 0) throw unknown('mailbox', id);
      probeLimit(own.map(({ target }) => target));
      mayStaySilent(reply);
      await source.probeNow(id);
      return seeOther(reply, `/mailboxes/${encodeURIComponent(id)}`);
    },
};

const acknowledge: Route = {
  id: 'acknowledgeFromPage',
  method: 'POST',
  path: '/incidents/:id/acknowledgement',
  tag: 'act',
  access: 'act',
  summary: 'A form of the page: acknowledge an incident',
  parameters: [idParameter('Id of the incident.')],
  body: { [FORM]: acknowledgeFields },
  answers: BACK,
  problems: [...FORM_PROBLEMS, 'unknown-incident'],
  handler:
    ({ source: { past, snapshot } }) =>
    async ({ params: { id }, body }, reply) => {
      const { hours, ...given } = readBody(acknowledgeFields, body ?? {});
      const { by, note } = readBody(acknowledgementRequestSchema, given);
      const end = hours === undefined ? {} : { until: snapshot().at + hours * HOUR_MS };
      if ((await past.acknowledge(id, { by, note, ...end })) === undefined) throw unknownIncident(id);
      return seeOther(reply, `/incidents/${encodeURIComponent(id)}`);
    },
};

const unacknowledge: Route = {
  id: 'unacknowledgeFromPage',
  method: 'POST',
  path: '/incidents/:id/acknowledgement/end',
  tag: 'act',
  access: 'act',
  summary: 'A form of the page: take the acknowledgement back',
  parameters: [idParameter('Id of the incident.')],
  body: { [FORM]: noFields },
  answers: BACK,
  problems: ['no-tokens', 'unknown-incident', 'unsupported-media-type', 'store-unavailable'],
  handler:
    ({ source: { past } }) =>
    async ({ params: { id } }, reply) => {
      if ((await past.unacknowledge(id)) === undefined) throw unknownIncident(id);
      return seeOther(reply, `/incidents/${encodeURIComponent(id)}`);
    },
};

/** The maintenance routes of a mailbox or of an app. */
function maintenanceRoutes(what: 'mailbox' | 'app'): readonly Route[] {
  const [kind, path, Name] =
    what === 'mailbox'
      ? (['mailboxes', '/mailboxes', 'Mailbox'] as const)
      : (['apps', '/apps', 'App'] as const);
  const begin: Route = {
    id: `begin${Name}Maintenance`,
    method: 'POST',
    path: `${path}/:id/maintenance`,
    tag: 'act',
    access: 'act',
    summary: `A form of the page: start maintenance of the ${what}`,
    parameters: [idParameter(`Id of the ${what}.`)],
    body: { [FORM]: maintenanceFields },
    answers: BACK,
    problems: [...FORM_PROBLEMS, `unknown-${what}`],
    handler:
      ({ source, source: { maintenance } }) =>
      async ({ params: { id }, body }, reply) => {
        const { by, note, hours } = readBody(maintenanceFields, body ?? {});
        const until = new Date(source.snapshot().at + hours * HOUR_MS).toISOString();
        await announceWindow(source, maintenance, { by, note, until, [kind]: [id] });
        return seeOther(reply, `${path}/${encodeURIComponent(id)}`);
      },
  };
  const end: Route = {
    id: `end${Name}Maintenance`,
    method: 'POST',
    path: `${path}/:id/maintenance/end`,
    tag: 'act',
    access: 'act',
    summary: `A form of the page: end maintenance of the ${what}`,
    parameters: [idParameter(`Id of the ${what}.`)],
    body: { [FORM]: endFields },
    answers: BACK,
    problems: [...FORM_PROBLEMS, 'unknown-window'],
    handler:
      ({ source }) =>
      async ({ params: { id }, body }, reply) => {
        const { window } = readBody(endFields, body ?? {});
        await endWindow(source, window);
        return seeOther(reply, `${path}/${encodeURIComponent(id)}`);
      },
  };
  return [begin, end];
}

export const ACT_ROUTES: readonly Route[] = [
  probe,
  acknowledge,
  unacknowledge,
  ...maintenanceRoutes('mailbox'),
  ...maintenanceRoutes('app'),
];

async function endWindow({ maintenance, snapshot }: ReportSource, id: string): Promise<void> {
  if ((await maintenance.end(id, snapshot().at)) !== undefined) return;
  throw new ProblemError(
    'unknown-window',
    'This maintenance window is over, or stands in the configuration.',
  );
}

/**
 * The browser then requests the page with GET (RFC 9110, section 15.4.4), so reloading it does not send the form again.
 */
function seeOther(reply: FastifyReply, path: string): FastifyReply {
  return reply.code(303).header('location', path).send();
}
