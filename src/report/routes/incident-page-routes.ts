/** `/incidents` and `/incidents/ID`: the pages that messages link to. Asked of the store. */
import { idParameter } from '../http/parameters.ts';
import { CURSOR, limitParameter, nextPath, readLimit } from '../http/paging.ts';
import { incidentListPage, incidentPage } from '../page/incident-page.ts';
import { oneOf } from './one-of.ts';
import { INCIDENT_STATE, STATES, unknownIncident } from './incident-routes.ts';
import type { Route } from './route.ts';

const HTML = 'text/html; charset=utf-8';
const PATH = '/incidents';
const MOST_ROWS = 200;
const PAGE = { 200: { description: 'For people.', content: { 'text/html': 'text' } } } as const;

const listPage: Route = {
  id: 'getIncidentsPage',
  method: 'GET',
  path: PATH,
  tag: 'past',
  access: 'page',
  summary: 'The page of incidents, the newest first',
  parameters: [INCIDENT_STATE, limitParameter(MOST_ROWS), CURSOR],
  answers: PAGE,
  problems: ['store-unavailable'],
  handler: ({ source: { past }, redactor, banner }) =>
    past &&
    (async (_, reply, query) => {
      const state = oneOf(query, 'state', STATES);
      const after = query.get('cursor');
      const page = await past.incidents({
        ...(state === undefined ? {} : { state }),
        ...(after === undefined ? {} : { after }),
        limit: readLimit(query.get('limit'), MOST_ROWS),
      });
      const next = page.next === undefined ? undefined : nextPath(PATH, query, page.next);
      const text = incidentListPage(page, next, { redactor, banner, now: Date.now() });
      return reply.header('content-type', HTML).send(text);
    }),
};

const onePage: Route = {
  id: 'getIncidentPage',
  method: 'GET',
  path: `${PATH}/:id`,
  tag: 'past',
  access: 'page',
  summary: 'The page of one incident: the verdict, the fix, the timeline',
  parameters: [idParameter('Id of the incident.')],
  answers: PAGE,
  problems: ['unknown-incident', 'store-unavailable'],
  handler: ({ source: { past }, redactor, banner }) =>
    past &&
    (async ({ params: { id } }, reply) => {
      const incident = await past.incident(id);
      if (incident === undefined) throw unknownIncident(id);
      const text = incidentPage(incident, { redactor, banner, now: Date.now() });
      return reply.header('content-type', HTML).send(text);
    }),
};

export const INCIDENT_PAGE_ROUTES: readonly Route[] = [listPage, onePage];
