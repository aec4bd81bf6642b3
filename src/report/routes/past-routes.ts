/** `/api/v1/mailboxes/ID/history` and `/api/v1/availability`: past states, read from the store. */
import type { AvailabilityKey } from '../../model/availability.ts';
import { DAY_MS } from '../../model/duration.ts';
import { cleanText } from '../../model/text.ts';
import { idParameter, LABEL_PREFIX } from '../http/parameters.ts';
import { badParameter } from '../http/query.ts';
import { readWindow, timeParameter } from '../http/times.ts';
import { availabilitySchema, availabilityView } from '../resource/availability.ts';
import { historySchema, historyView } from '../resource/history.ts';
import { sendDetail, unknown } from './route-context.ts';
import type { Route } from './route.ts';

const MONTH_MS = 30 * DAY_MS;

const getHistory: Route = {
  id: 'getMailboxHistory',
  method: 'GET',
  path: '/api/v1/mailboxes/:id/history',
  tag: 'past',
  access: 'api',
  summary: 'When a mailbox was up, down and unknown',
  parameters: [
    idParameter('Id of the mailbox, also of one that is no longer configured.'),
    timeParameter('from', 'Begin of the window; 30 days before its end unless given.'),
    timeParameter('until', 'End of the window; now unless given.'),
  ],
  conditional: true,
  answers: {
    200: { description: 'Changes of its state, not probes.', content: { 'application/json': historySchema } },
  },
  problems: ['unknown-mailbox', 'store-unavailable'],
  handler:
    ({ source: { past, snapshot }, redactor }) =>
    async ({ params: { id } }, reply, query) => {
      const { at, targets } = snapshot();
      const window = readWindow(query, at, MONTH_MS);
      const changes = await past.history({ mailbox: id, ...window });
      const isConfigured = targets.some(({ target }) => target.mailbox.id === id);
      if (changes.length === 0 && !isConfigured) throw unknown('mailbox', id);
      return sendDetail(reply, historyView(id, window, changes), redactor);
    },
};

const getAvailability: Route = {
  id: 'getAvailability',
  method: 'GET',
  path: '/api/v1/availability',
  tag: 'past',
  access: 'api',
  summary: 'For how long mailboxes were up, down, unknown, in maintenance and not watched',
  parameters: [
    timeParameter('from', 'Begin of the window; 30 days before its end unless given.'),
    timeParameter('until', 'End of the window; now unless given.'),
    {
      name: 'by',
      in: 'query',
      description: '`mailbox`, `app`, or `label.NAME` for the values of a label.',
      schema: { type: 'string', default: 'mailbox' },
    },
  ],
  conditional: true,
  answers: {
    200: {
      description: 'In order of the subjects. The five sums of each add up to the window.',
      content: { 'application/json': availabilitySchema },
    },
  },
  problems: ['store-unavailable'],
  handler:
    ({ source: { past, snapshot }, redactor }) =>
    async (_, reply, query) => {
      const window = readWindow(query, snapshot().at, MONTH_MS);
      const by = query.get('by') ?? 'mailbox';
      const rows = await past.availability(window, keyOf(by));
      return sendDetail(reply, availabilityView(window, by, rows), redactor);
    },
};

export const PAST_ROUTES: readonly Route[] = [getHistory, getAvailability];

function keyOf(by: string): AvailabilityKey {
  if (by === 'mailbox' || by === 'app') return by;
  if (by.startsWith(LABEL_PREFIX) && by !== LABEL_PREFIX) return { label: by.slice(LABEL_PREFIX.length) };
  throw badParameter('by', `is "${cleanText(by, 40)}". Expected mailbox, app or label.NAME.`);
}
