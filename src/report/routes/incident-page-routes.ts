/**
 * `/incidents` and `/incidents/ID`: the pages of incidents. The incidents are read from the store. While the store is
 * unavailable, open incidents are read from memory.
 */
import { idParameter } from '../http/parameters.ts';
import { CURSOR, limitParameter, nextPath } from '../http/paging.ts';
import { createHtmlTag } from '../page/html.ts';
import { incidentListPage } from '../page/incident-list-page.ts';
import { incidentPage } from '../page/incident-page.ts';
import { INCIDENT_FILTERS, readIncidentQuery, unknownIncident } from './incident-routes.ts';
import { filledIn, PAGE_ANSWER, sendPage } from './page-answer.ts';
import type { Route } from './route.ts';

const PATH = '/incidents';
const MOST_ROWS = 100;

const listPage: Route = {
  id: 'getIncidentsPage',
  method: 'GET',
  path: PATH,
  tag: 'past',
  access: 'page',
  summary: 'The page of incidents, the newest first',
  parameters: [...INCIDENT_FILTERS, limitParameter(MOST_ROWS), CURSOR],
  conditional: true,
  answers: PAGE_ANSWER,
  problems: ['store-unavailable'],
  handler: (context) => {
    const { source, redactor, banner } = context;
    const { past } = source;
    return async (_, reply, given) => {
      const query = filledIn(given);
      const asked = readIncidentQuery(query, MOST_ROWS);
      return await sendPage(context, reply, async () => {
        const page = await past.incidents(asked);
        const next = page.next === undefined ? undefined : nextPath(PATH, query, page.next);
        const list = { page, next, query, apps: source.apps(), banner, now: source.snapshot().at };
        return incidentListPage(createHtmlTag(redactor), list);
      });
    };
  },
};

const onePage: Route = {
  id: 'getIncidentPage',
  method: 'GET',
  path: `${PATH}/:id`,
  tag: 'past',
  access: 'page',
  summary: 'The page of one incident: the verdict, the fix, the timeline',
  parameters: [idParameter('Id of the incident.')],
  conditional: true,
  answers: PAGE_ANSWER,
  problems: ['unknown-incident', 'store-unavailable'],
  handler: (context) => {
    const { source, redactor, banner, mayAct } = context;
    const { past } = source;
    return async (request, reply) => {
      const { id } = request.params;
      return await sendPage(context, reply, async () => {
        const incident = await past.incident(id);
        if (incident === undefined) throw unknownIncident(id);
        const page = { incident, mayAct: mayAct(request), banner, now: source.snapshot().at };
        return incidentPage(createHtmlTag(redactor), page);
      });
    };
  },
};

export const INCIDENT_PAGE_ROUTES: readonly Route[] = [listPage, onePage];
