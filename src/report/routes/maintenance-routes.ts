/** `/api/v1/maintenance`: lists the windows that are in effect or to come, announces a window, and ends one. */
import { cleanText } from '../../model/text.ts';
import { readBody } from '../http/json-body.ts';
import { idParameter } from '../http/parameters.ts';
import { ProblemError } from '../http/problem-details.ts';
import {
  maintenanceListSchema,
  maintenanceRequestSchema,
  maintenanceView,
  maintenanceWindowSchema,
} from '../resource/maintenance.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import type { Maintenance, ReportSource } from '../source.ts';
import { sendDetail, sendJson, unknown } from './route-context.ts';
import type { Route } from './route.ts';

const PATH = '/api/v1/maintenance';
const WINDOW = { 'application/json': maintenanceWindowSchema };

const listMaintenance: Route = {
  id: 'listMaintenance',
  method: 'GET',
  path: PATH,
  tag: 'state',
  access: 'api',
  summary: 'Maintenance windows in force, and those of the next four weeks',
  conditional: true,
  answers: {
    200: { description: 'Sorted by their begin.', content: { 'application/json': maintenanceListSchema } },
  },
  handler:
    ({ source: { maintenance, snapshot }, redactor }) =>
    async (_, reply) => {
      const { at } = snapshot();
      const windows = maintenance.upcoming(at).map((window) => maintenanceView(window, at));
      return sendDetail(reply, { windows }, redactor);
    },
};

const announceMaintenance: Route = {
  id: 'announceMaintenance',
  method: 'POST',
  path: PATH,
  tag: 'act',
  access: 'api',
  summary: 'Announce a maintenance window',
  description: 'Answers when it is stored. Without apps, mailboxes and labels: all mailboxes.',
  body: { 'application/json': maintenanceRequestSchema },
  answers: { 200: { description: 'The window, with its id.', content: WINDOW } },
  problems: ['bad-body', 'unknown-app', 'unknown-mailbox', 'unsupported-media-type', 'store-unavailable'],
  handler:
    ({ source, source: { maintenance }, redactor }) =>
    async ({ body }, reply) => {
      const window = await announceWindow(source, maintenance, body);
      const { at } = source.snapshot();
      return sendJson(reply, maintenanceView(window, at), redactor);
    },
};

const endMaintenance: Route = {
  id: 'endMaintenance',
  method: 'DELETE',
  path: `${PATH}/:id`,
  tag: 'act',
  access: 'api',
  summary: 'End a maintenance window now, or cancel one to come',
  description:
    'One that has begun stays in the history. A window of the configuration is ended in the configuration.',
  parameters: [idParameter('Id of the window.')],
  answers: { 200: { description: 'The window with its new end.', content: WINDOW } },
  problems: ['unknown-window', 'store-unavailable'],
  handler:
    ({ source: { maintenance, snapshot }, redactor }) =>
    async ({ params: { id } }, reply) => {
      const { at } = snapshot();
      const ended = await maintenance.end(id, at);
      if (ended === undefined) throw unknownWindow(id, maintenance, at);
      return sendJson(reply, maintenanceView(ended, at), redactor);
    },
};

export const MAINTENANCE_ROUTES: readonly Route[] = [listMaintenance, announceMaintenance, endMaintenance];

function unknownWindow(id: string, { upcoming }: Maintenance, now: number): ProblemError {
  const shown = cleanText(id, 80);
  const isConfigured = upcoming(now).some((window) => window.id === id);
  return new ProblemError(
    'unknown-window',
    isConfigured
      ? `"${shown}" is a window of the configuration: change it there.`
      : `No window that was announced has the id "${shown}", or it is over. ${PATH} lists them.`,
  );
}

/**
 * Announces the window that a request body describes. Throws if the body names an app or mailbox that is not
 * configured, or if the window ends before it begins.
 */
export async function announceWindow(
  source: ReportSource,
  maintenance: Maintenance,
  body: unknown,
): Promise<MaintenanceWindow> {
  const { by, note, from, until, apps, mailboxes, labels } = readBody(maintenanceRequestSchema, body);
  const { at, targets } = source.snapshot();
  const begin = from === undefined ? at : Date.parse(from);
  const end = until === undefined ? undefined : Date.parse(until);
  if (end !== undefined && end <= Math.max(begin, at)) {
    const detail = 'The window ends before it begins: expected "until" after "from" and after now.';
    throw new ProblemError('bad-body', detail);
  }
  for (const id of apps ?? []) if (!source.apps().some((app) => app.id === id)) throw unknown('app', id);
  for (const id of mailboxes ?? [])
    if (!targets.some(({ target }) => target.mailbox.id === id)) throw unknown('mailbox', id);
  return await maintenance.announce({
    by,
    note,
    from: begin,
    ...(end === undefined ? {} : { until: end }),
    ...(apps === undefined ? {} : { apps }),
    ...(mailboxes === undefined ? {} : { mailboxes }),
    ...(labels === undefined ? {} : { labels }),
  });
}
