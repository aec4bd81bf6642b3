/**
 * The routes of the forms on the pages: probe now, acknowledge, maintenance. They do the same as the routes of the API,
 * with the same limits, and then redirect to the page.
 */
import { z } from 'zod';
import { readBody } from '../http/json-body.ts';
import { ProblemError } from '../http/problem-details.ts';
import { acknowledgementRequestSchema } from '../resource/incident.ts';
import { buttonRoute, formRoute } from './form-route.ts';
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

const probe = buttonRoute(
  {
    id: 'probeFromPage',
    page: '/mailboxes',
    action: 'probe',
    of: 'mailbox',
    summary: 'probe now',
    problems: ['unknown-mailbox', 'too-many-requests', 'replica-silent'],
  },
  async ({ source, probeLimit }, id, _, reply) => {
    const own = source.snapshot().targets.filter(({ target }) => target.mailbox.id === id);
    if (own.length === 0) throw unknown('mailbox', id);
    probeLimit(own.map(({ target }) => target));
    mayStaySilent(reply);
    await source.probeNow(id);
  },
);

const acknowledge = formRoute(
  acknowledgeFields,
  {
    id: 'acknowledgeFromPage',
    page: '/incidents',
    action: 'acknowledgement',
    of: 'incident',
    summary: 'acknowledge an incident',
    problems: ['bad-body', 'unknown-incident'],
  },
  async ({ source: { past, snapshot } }, id, { hours, ...given }) => {
    const { by, note } = readBody(acknowledgementRequestSchema, given);
    const end = hours === undefined ? {} : { until: snapshot().at + hours * HOUR_MS };
    if ((await past.acknowledge(id, { by, note, ...end })) === undefined) throw unknownIncident(id);
  },
);

const unacknowledge = buttonRoute(
  {
    id: 'unacknowledgeFromPage',
    page: '/incidents',
    action: 'acknowledgement/end',
    of: 'incident',
    summary: 'withdraw the acknowledgement',
    problems: ['unknown-incident'],
  },
  async ({ source: { past } }, id) => {
    if ((await past.unacknowledge(id)) === undefined) throw unknownIncident(id);
  },
);

/** Returns the maintenance routes of a mailbox or of an app. */
function maintenanceRoutes(of: 'mailbox' | 'app'): readonly Route[] {
  const [kind, Name] = of === 'mailbox' ? (['mailboxes', 'Mailbox'] as const) : (['apps', 'App'] as const);
  const page = `/${kind}` as const;
  const begin = formRoute(
    maintenanceFields,
    {
      id: `begin${Name}Maintenance`,
      page,
      action: 'maintenance',
      of,
      summary: `start maintenance of the ${of}`,
      problems: ['bad-body', `unknown-${of}`],
    },
    async ({ source }, id, { by, note, hours }) => {
      const until = new Date(source.snapshot().at + hours * HOUR_MS).toISOString();
      await announceWindow(source, source.maintenance, { by, note, until, [kind]: [id] });
    },
  );
  const end = formRoute(
    endFields,
    {
      id: `end${Name}Maintenance`,
      page,
      action: 'maintenance/end',
      of,
      summary: `end maintenance of the ${of}`,
      problems: ['bad-body', 'unknown-window'],
    },
    async ({ source: { maintenance, snapshot } }, _, { window }) => {
      if ((await maintenance.end(window, snapshot().at)) !== undefined) return;
      throw new ProblemError(
        'unknown-window',
        'This maintenance window is over, or is part of the configuration.',
      );
    },
  );
  return [begin, end];
}

export const ACT_ROUTES: readonly Route[] = [
  probe,
  acknowledge,
  unacknowledge,
  ...maintenanceRoutes('mailbox'),
  ...maintenanceRoutes('app'),
];
