/**
 * Writes src/report/openapi/examples.json: what a server answers to each operation with JSON, and what it was asked. Its
 * fleet and its clock are those of the tests, so that the answers are real and stay the same. Run:
 * `node tools/docs-openapi-examples.ts`. A test holds the file, and validates each example against its schema.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createMaintenanceWindows, type MaintenanceWindows } from '../src/maintenance-windows.ts';
import type { MaintenanceWindow } from '../src/model/memory.ts';
import { createPast } from '../src/past.ts';
import type { ReportSource } from '../src/report/source.ts';
import { createJournal } from '../src/store/journal.ts';
import { createMemoryStore } from '../src/store/memory-store.ts';
import { NOON } from '../test/support/builders.ts';
import { aServer, aSource, SNAPSHOT } from '../test/report/fleet.ts';
import { anIncident, INCIDENT, WINDOW } from '../test/report/past-source.ts';

export const EXAMPLES_FILE = join(import.meta.dirname, '../src/report/openapi/examples.json');

const HOUR_MS = 3_600_000;
const REPLICA = '019ac000-0000-7000-8000-0000000000';
const OPENED = NOON - 2 * HOUR_MS;
const DAY = '?from=2026-11-21T12:00:00Z&until=2026-11-22T12:00:00Z';

interface Call {
  readonly operation: string;
  readonly status?: '200' | '503';
  readonly method?: 'POST' | 'DELETE';
  readonly url: string;
  readonly request?: object;
}

const CALLS: readonly Call[] = [
  { operation: 'listMailboxes', url: '/api/v1/mailboxes?app=crm&limit=1' },
  { operation: 'getMailbox', url: '/api/v1/mailboxes/sales' },
  { operation: 'probeMailbox', method: 'POST', url: '/api/v1/mailboxes/qms-inbox/probe' },
  { operation: 'listApps', url: '/api/v1/apps' },
  { operation: 'getApp', url: '/api/v1/apps/crm' },
  { operation: 'listCredentials', url: '/api/v1/credentials' },
  { operation: 'listProblems', url: '/api/v1/problems?app=crm' },
  { operation: 'listIncidents', url: '/api/v1/incidents' },
  { operation: 'getIncident', url: `/api/v1/incidents/${INCIDENT}` },
  {
    operation: 'acknowledgeIncident',
    method: 'POST',
    url: `/api/v1/incidents/${INCIDENT}/acknowledgement`,
    request: { by: 'Ada', note: 'New secret is ordered.', until: '2026-11-23T08:00:00Z' },
  },
  {
    operation: 'unacknowledgeIncident',
    method: 'DELETE',
    url: `/api/v1/incidents/${INCIDENT}/acknowledgement`,
  },
  { operation: 'getMailboxHistory', url: `/api/v1/mailboxes/sales/history${DAY}` },
  { operation: 'getAvailability', url: `/api/v1/availability${DAY}&by=app` },
  {
    operation: 'announceMaintenance',
    method: 'POST',
    url: '/api/v1/maintenance',
    request: { by: 'Ada', note: 'Move to the new tenant', until: '2026-11-22T16:00:00Z', apps: ['plm'] },
  },
  { operation: 'listMaintenance', url: '/api/v1/maintenance' },
  { operation: 'endMaintenance', method: 'DELETE', url: `/api/v1/maintenance/${WINDOW}` },
  { operation: 'listReplicas', url: '/api/v1/replicas' },
  {
    operation: 'explain',
    method: 'POST',
    url: '/api/v1/explain',
    request: { text: 'AADSTS7000222: The provided client secret keys are expired.' },
  },
  { operation: 'getHealth', url: '/health?mailbox=qms-inbox' },
  { operation: 'getHealth', status: '503', url: '/health?app=crm' },
  { operation: 'getLiveness', url: '/livez' },
  { operation: 'getReadiness', url: '/readyz' },
];

type Examples = Record<string, Record<string, unknown>>;

/** The text of the file: by operation, `request` and the answer of each status; `ProblemDetails` apart. */
export async function openapiExamples(): Promise<string> {
  const examples: Examples = {};
  const note = (operation: string, name: string, value: unknown): void => {
    examples[operation] = { ...examples[operation], [name]: value };
  };
  const source = aSourceWithPast();
  const server = await aServer(source);
  for (const { operation, status = '200', method = 'GET', url, request } of CALLS) {
    const answer = await server.inject({
      method,
      url,
      ...(request === undefined ? {} : { payload: request }),
    });
    if (String(answer.statusCode) !== status) throw new Error(`${url}: ${answer.statusCode} ${answer.body}`);
    if (request !== undefined) note(operation, 'request', request);
    note(operation, status, answer.json());
  }
  note('ProblemDetails', '404', (await server.inject('/api/v1/mailboxes/slaes')).json());
  await server.close();
  const stopping = await aServer({ ...source, ready: () => false });
  note('getReadiness', '503', (await stopping.inject('/readyz')).json());
  await stopping.close();
  return `${JSON.stringify(examples, undefined, 2)}\n`;
}

/** The fleet of the tests with what a store knows of it: an incident, who was notified of it, and how the mailbox was. */
function aSourceWithPast(): ReportSource {
  const store = createMemoryStore();
  const journal = createJournal({ store });
  const incident = SNAPSHOT.problems.find(({ cause }) => cause === 'secret-expired');
  if (incident === undefined) throw new Error('the fleet of the tests has no expired secret');
  const { id: problem, since, affectedMailboxes, ...diagnosis } = incident;
  const { cause, scope, subject, owner, severity, confidence, title } = diagnosis;
  const its = { problem, cause, scope, subject, owner, severity, confidence, title, diagnosis };
  const change = { key: 'sales imap', mailbox: 'sales', protocol: 'imap', app: 'crm' } as const;
  journal.note({
    incidents: [
      anIncident({
        ...its,
        opened: since,
        confirmed: since + 5 * 60_000,
        spells: [since],
        affectedMailboxes: affectedMailboxes.map((id) => ({ id, since })),
        peakAffected: affectedMailboxes.length,
      }),
    ],
    stateChanges: [
      { ...change, at: NOON - 400 * HOUR_MS, state: 'up' },
      { ...change, at: OPENED, state: 'down' },
    ],
    session: { id: 'session', replica: '', from: NOON - 400 * HOUR_MS, until: NOON },
    outbox: [
      {
        id: 'message',
        channel: 'ops',
        message: 'opened',
        incident: INCIDENT,
        body: '{}',
        due: since + 5 * 60_000,
        attempts: 0,
        createdAt: since + 5 * 60_000,
      },
    ],
  });
  const book = createMaintenanceWindows(store);
  const past = createPast({
    store,
    journal,
    live: { all: () => [], appOf: () => undefined },
    now: () => NOON,
    onAcknowledged: () => undefined,
  });
  return {
    ...aSource(),
    past,
    maintenance: { ...book, announce: async (given) => await announceIn(book, { ...given, id: WINDOW }) },
    replicas: () => [
      { id: `${REPLICA}b1`, name: 'a', apps: ['crm', 'plm'], isSelf: true, isAlike: true, asOf: NOON },
      { id: `${REPLICA}b2`, name: 'b', apps: ['hr'], isSelf: false, isAlike: true, asOf: NOON - 2_000 },
    ],
  };
}

/** With an id that stays the same. */
async function announceIn(book: MaintenanceWindows, window: MaintenanceWindow): Promise<MaintenanceWindow> {
  book.restore([window]);
  return await Promise.resolve(window);
}

if (import.meta.main) writeFileSync(EXAMPLES_FILE, await openapiExamples());
