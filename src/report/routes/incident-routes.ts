/**
 * `/api/v1/incidents`: past and open incidents, and their acknowledgements. The incidents are read from the store.
 * While the store is unavailable, open incidents are read from memory.
 */
import { OWNERS } from '../../model/diagnosis.ts';
import type { IncidentQuery } from '../../model/past.ts';
import { cleanText } from '../../model/text.ts';
import { readBody } from '../http/json-body.ts';
import { idParameter, PAST_FILTERS, type Parameter } from '../http/parameters.ts';
import { limitParameter, CURSOR, nextPath, readLimit } from '../http/paging.ts';
import { ProblemError } from '../http/problem-details.ts';
import { readTime, timeParameter } from '../http/times.ts';
import {
  acknowledgementRequestSchema,
  incidentListSchema,
  incidentSchema,
  incidentView,
} from '../resource/incident.ts';
import { oneOf } from './one-of.ts';
import { renderedList, sendDetail, sendJson, sendList } from './route-context.ts';
import type { Route } from './route.ts';

const MOST_ITEMS = 500;
const PATH = '/api/v1/incidents';
const ID = idParameter('Id of the incident.');
const STATES = ['open', 'closed'] as const;

const textParameter = (name: string, description: string): Parameter => ({
  name,
  in: 'query',
  description,
  schema: { type: 'string' },
});

const INCIDENT_STATE: Parameter = {
  name: 'state',
  in: 'query',
  description: '`open` includes intermittent ones.',
  schema: { type: 'string', enum: [...STATES] },
};

/** The filters for incidents, in the API and on the page `/incidents`. */
export const INCIDENT_FILTERS: readonly Parameter[] = [
  INCIDENT_STATE,
  timeParameter('from', 'Only incidents that were open at or after that time.'),
  timeParameter('until', 'Only incidents that opened before that time.'),
  ...PAST_FILTERS,
  textParameter('cause', 'Only incidents of this cause.'),
  {
    name: 'owner',
    in: 'query',
    description: 'Only incidents that this role can fix.',
    schema: { type: 'string', enum: [...OWNERS] },
  },
];

const PARAMETERS: readonly Parameter[] = [...INCIDENT_FILTERS, limitParameter(MOST_ITEMS), CURSOR];

const listIncidents: Route = {
  id: 'listIncidents',
  method: 'GET',
  path: PATH,
  tag: 'past',
  access: 'api',
  summary: 'Incidents, the newest first',
  parameters: PARAMETERS,
  conditional: true,
  answers: { 200: { description: 'A page of them.', content: { 'application/json': incidentListSchema } } },
  problems: ['store-unavailable'],
  handler:
    ({ source: { past }, redactor }) =>
    async (_, reply, query) => {
      const { items, next } = await past.incidents(readIncidentQuery(query, MOST_ITEMS));
      const page = { items, ...(next === undefined ? {} : { next: nextPath(PATH, query, next) }) };
      return sendList(reply, await renderedList('incidents', page, incidentView, redactor));
    },
};

const getIncident: Route = {
  id: 'getIncident',
  method: 'GET',
  path: `${PATH}/:id`,
  tag: 'past',
  access: 'api',
  summary: 'One incident, with the affected mailboxes and the notifications sent',
  parameters: [ID],
  conditional: true,
  answers: { 200: { description: 'Its state.', content: { 'application/json': incidentSchema } } },
  problems: ['unknown-incident', 'store-unavailable'],
  handler:
    ({ source: { past }, redactor }) =>
    async ({ params: { id } }, reply) => {
      const incident = await past.incident(id);
      if (incident === undefined) throw unknownIncident(id);
      return sendDetail(reply, incidentView(incident), redactor);
    },
};

const acknowledgeIncident: Route = {
  id: 'acknowledgeIncident',
  method: 'POST',
  path: `${PATH}/:id/acknowledgement`,
  tag: 'act',
  access: 'api',
  summary: 'Acknowledge an incident: no reminders until then',
  description: 'Answers when it is stored. Replaces an earlier one.',
  parameters: [ID],
  body: { 'application/json': acknowledgementRequestSchema },
  answers: { 200: { description: 'The incident.', content: { 'application/json': incidentSchema } } },
  problems: ['bad-body', 'unknown-incident', 'unsupported-media-type', 'store-unavailable'],
  handler:
    ({ source: { past }, redactor }) =>
    async ({ params: { id }, body }, reply) => {
      const { by, note, until } = readBody(acknowledgementRequestSchema, body);
      const end = until === undefined ? {} : { until: Date.parse(until) };
      const incident = await past.acknowledge(id, { by, note, ...end });
      if (incident === undefined) throw unknownIncident(id);
      return sendJson(reply, incidentView(incident), redactor);
    },
};

const unacknowledgeIncident: Route = {
  id: 'unacknowledgeIncident',
  method: 'DELETE',
  path: `${PATH}/:id/acknowledgement`,
  tag: 'act',
  access: 'api',
  summary: 'Withdraw the acknowledgement',
  parameters: [ID],
  answers: { 200: { description: 'The incident.', content: { 'application/json': incidentSchema } } },
  problems: ['unknown-incident', 'store-unavailable'],
  handler:
    ({ source: { past }, redactor }) =>
    async ({ params: { id } }, reply) => {
      const incident = await past.unacknowledge(id);
      if (incident === undefined) throw unknownIncident(id);
      return sendJson(reply, incidentView(incident), redactor);
    },
};

export const INCIDENT_ROUTES: readonly Route[] = [
  listIncidents,
  getIncident,
  acknowledgeIncident,
  unacknowledgeIncident,
];

export function readIncidentQuery(query: ReadonlyMap<string, string>, most: number): IncidentQuery {
  const state = oneOf(query, 'state', STATES);
  const owner = oneOf(query, 'owner', OWNERS);
  const from = readTime(query, 'from');
  const until = readTime(query, 'until');
  const texts = ['app', 'mailbox', 'cause'].flatMap((name) => {
    const given = query.get(name);
    return given === undefined ? [] : [[name, given]];
  });
  const after = query.get('cursor');
  return {
    ...Object.fromEntries(texts),
    ...(state === undefined ? {} : { state }),
    ...(owner === undefined ? {} : { owner }),
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
    ...(after === undefined ? {} : { after }),
    limit: readLimit(query.get('limit'), most),
  };
}

export function unknownIncident(id: string): ProblemError {
  const detail = `No incident has the id "${cleanText(id, 80)}" (any more). ${PATH} lists them.`;
  return new ProblemError('unknown-incident', detail);
}
