import { expect, test } from 'vitest';
import { incidentView } from '../../src/notify/incident-view.ts';
import { incidentView as incidentOfApi } from '../../src/report/resource/incident.ts';
import { anIncident } from '../store/builders.ts';

/** What a receiver gets at the link of the message, and not in the webhook. */
const ONLY_IN_API = new Set([
  'page',
  'advisory',
  'spells',
  'recovering',
  'acknowledgement',
  'maintenance',
  'deliveries',
]);

test.each([
  ['an open incident', anIncident('i1')],
  [
    'a closed incident',
    anIncident('i2', { state: 'closed', closed: 1_795_000_000_000, closeReason: 'recovered' }),
  ],
])('a webhook holds %s as the API does', (_, incident) => {
  const api = Object.entries(incidentOfApi({ ...incident, deliveries: [] }));
  const expected = Object.fromEntries(api.filter(([name]) => !ONLY_IN_API.has(name)));
  expect(incidentView(incident)).toEqual(expected);
});
