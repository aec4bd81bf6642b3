/** What was, over HTTP: asked of a real store behind its journal, and of one that is away. */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createMaintenanceWindows } from '../../src/maintenance-windows.ts';
import { StoreError } from '../../src/model/store-error.ts';
import { createPast } from '../../src/past.ts';
import { problemDetailsSchema } from '../../src/report/http/problem-details.ts';
import { availabilitySchema } from '../../src/report/resource/availability.ts';
import { historySchema } from '../../src/report/resource/history.ts';
import { incidentListSchema, incidentSchema } from '../../src/report/resource/incident.ts';
import { maintenanceListSchema, maintenanceWindowSchema } from '../../src/report/resource/maintenance.ts';
import { createJournal, type Journal } from '../../src/store/journal.ts';
import { createMemoryStore } from '../../src/store/memory-store.ts';
import type { Store } from '../../src/store/store.ts';
import { NOON } from '../support/builders.ts';
import { aServer, aSource } from './fleet.ts';
import { anIncident } from './past-source.ts';

const HOUR = 3_600_000;
const FIRST = '019ac000-0000-7000-8000-000000000001';
const SECOND = '019ac000-0000-7000-8000-000000000002';

let store: Store;
let journal: Journal;
let server: FastifyInstance;
let away: StoreError | undefined;
const acknowledged: unknown[] = [];

beforeEach(async () => {
  away = undefined;
  acknowledged.length = 0;
  const kept = createMemoryStore();
  store = {
    ...kept,
    save: async (changes) => {
      if (away !== undefined) throw away;
      await kept.save(changes);
    },
  };
  journal = createJournal({ store });
  const past = createPast({
    store,
    journal,
    live: {
      all: () => [anIncident({ id: SECOND, opened: NOON + 2 * HOUR })],
      appOf: (mailbox) => (mailbox === 'sales' ? 'plm' : undefined),
    },
    now: () => NOON + HOUR,
    onAcknowledged: (...args) => void acknowledged.push(args),
  });
  const source = aSource();
  const maintenance = createMaintenanceWindows(store);
  server = await aServer({ ...source, past, maintenance });
  journal.note({
    incidents: [
      anIncident({ id: FIRST, state: 'closed', closed: NOON + HOUR, closeReason: 'recovered' }),
      anIncident({ id: SECOND, opened: NOON + 2 * HOUR }),
    ],
    stateChanges: [
      { key: 'sales imap', mailbox: 'sales', protocol: 'imap', app: 'plm', at: NOON, state: 'up' },
      { key: 'sales imap', mailbox: 'sales', protocol: 'imap', app: 'plm', at: NOON + HOUR, state: 'down' },
    ],
    session: { id: 's', from: NOON, until: NOON + 4 * HOUR },
  });
});
afterEach(async () => {
  await server.close();
  await journal.close();
});

const get = async (url: string) => await server.inject(url);
const typeOf = (answer: { readonly json: () => unknown }): string =>
  problemDetailsSchema.parse(answer.json()).type;

describe('incidents', () => {
  test('are listed with what was noted a moment ago, the newest first', async () => {
    const answer = await get('/api/v1/incidents');
    const { incidents } = incidentListSchema.parse(answer.json());
    expect(incidents.map(({ id, state, close_reason }) => [id, state, close_reason])).toEqual([
      [SECOND, 'open', null],
      [FIRST, 'closed', 'recovered'],
    ]);
  });

  test.each([
    ['state=open', [SECOND]],
    ['state=closed', [FIRST]],
    ['mailbox=sales&limit=1', [SECOND]],
    ['mailbox=other', []],
    [`until=${new Date(NOON + HOUR).toISOString()}`, [FIRST]],
    ['owner=microsoft', []],
  ])('?%s', async (query, ids) => {
    const { incidents } = incidentListSchema.parse((await get(`/api/v1/incidents?${query}`)).json());
    expect(incidents.map(({ id }) => id)).toEqual(ids);
  });

  test('come in pages', async () => {
    const first = incidentListSchema.parse((await get('/api/v1/incidents?limit=1')).json());
    const second = incidentListSchema.parse((await get(first.next ?? '')).json());
    expect(second.incidents.map(({ id }) => id)).toEqual([FIRST]);
    expect(second.next).toBeUndefined();
  });

  test.each([
    ['state=half', 'bad-parameter'],
    ['from=yesterday', 'bad-parameter'],
    ['limit=501', 'bad-parameter'],
    ['color=red', 'bad-parameter'],
  ])('?%s is refused', async (query, type) => {
    const answer = await get(`/api/v1/incidents?${query}`);
    expect([answer.statusCode, typeOf(answer)]).toEqual([400, `urn:mailprobe:problem:${type}`]);
  });

  test('the timeline: first failure, confirmed, reported to whom, acknowledged, fixed', async () => {
    const third = { id: '019ac000-0000-7000-8000-000000000003', confirmed: NOON + 5 };
    const message = { channel: 'ops', message: 'opened', body: '{}', attempts: 0 } as const;
    journal.note({
      incidents: [anIncident(third)],
      outbox: [{ ...message, id: 'm1', incident: third.id, due: NOON + 5, createdAt: NOON + 5 }],
    });
    await server.inject({
      method: 'POST',
      url: `/api/v1/incidents/${third.id}/acknowledgement`,
      payload: { by: 'Ada', note: 'New secret is ordered' },
    });
    const end = { state: 'closed', closed: NOON + 2 * HOUR, closeReason: 'recovered' } as const;
    journal.note({ incidents: [anIncident({ ...third, ...end })] });
    const { body } = await get(`/incidents/${third.id}`);
    const timeline = /<h2 id="timeline">.*?<ol>(.*?)<\/ol>/s.exec(body)?.[1] ?? '';
    expect([...timeline.matchAll(/<\/time>: (.*?)<\/li>/g)].map(([, text]) => text)).toEqual([
      'First failure',
      'Confirmed',
      'Message &quot;opened&quot; over ops waits to be sent',
      'Acknowledged by Ada: New secret is ordered',
      'Fixed',
    ]);
  });

  test('one that is not known is 404', async () => {
    const answer = await get('/api/v1/incidents/nobody');
    expect([answer.statusCode, typeOf(answer)]).toEqual([404, 'urn:mailprobe:problem:unknown-incident']);
  });
});

describe('an acknowledgement', () => {
  const url = `/api/v1/incidents/${SECOND}/acknowledgement`;

  test('answers with the incident once the store has it, and is taken back', async () => {
    const payload = { by: 'Ada', note: 'New secret is ordered.', until: '2026-11-30T08:00:00+01:00' };
    const answer = await server.inject({ method: 'POST', url, payload });
    expect(answer.statusCode).toBe(200);
    expect(incidentSchema.parse(answer.json()).acknowledgement).toEqual({
      by: 'Ada',
      note: 'New secret is ordered.',
      at: new Date(NOON + HOUR).toISOString(),
      until: '2026-11-30T07:00:00.000Z',
    });
    expect(await store.incident(SECOND)).toMatchObject({ acknowledgement: { by: 'Ada' } });
    const back = await server.inject({ method: 'DELETE', url });
    expect(incidentSchema.parse(back.json()).acknowledgement).toBeNull();
    expect(acknowledged).toEqual([
      [SECOND, expect.objectContaining({ by: 'Ada' })],
      [SECOND, undefined],
    ]);
  });

  test.each([
    ['nothing', undefined],
    ['nobody', { note: 'x' }],
    ['an empty name', { by: '  ' }],
    ['a time without an offset', { by: 'Ada', until: '2026-11-30' }],
    ['something else', { by: 'Ada', color: 'red' }],
  ])('by %s is refused', async (_, payload) => {
    const answer = await server.inject({ method: 'POST', url, ...(payload && { payload }) });
    expect([answer.statusCode, typeOf(answer)]).toEqual([400, 'urn:mailprobe:problem:bad-body']);
    expect(acknowledged).toEqual([]);
  });

  test('of an incident that is not known is 404', async () => {
    const nobody = '/api/v1/incidents/nobody/acknowledgement';
    const answers = [
      await server.inject({ method: 'POST', url: nobody, payload: { by: 'Ada' } }),
      await server.inject({ method: 'DELETE', url: nobody }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([404, 404]);
  });

  test('that a page of another site sends is refused', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await server.inject({ method: 'POST', url, payload: { by: 'Ada' }, headers });
    expect(answer.statusCode).toBe(403);
  });
});

test('the history of a mailbox is its changes, with the one that held at the begin', async () => {
  const query = `from=${new Date(NOON + 1).toISOString()}&until=${new Date(NOON + 2 * HOUR).toISOString()}`;
  const answer = await get(`/api/v1/mailboxes/sales/history?${query}`);
  expect(historySchema.parse(answer.json()).changes.map(({ state }) => state)).toEqual(['up', 'down']);
  expect((await get('/api/v1/mailboxes/nobody/history')).statusCode).toBe(404);
});

describe('availability', () => {
  const window = `from=${new Date(NOON).toISOString()}&until=${new Date(NOON + 4 * HOUR).toISOString()}`;

  test('adds up to the window', async () => {
    const answer = await get(`/api/v1/availability?${window}`);
    const [row] = availabilitySchema.parse(answer.json()).rows;
    expect(row).toMatchObject({
      subject: 'sales',
      availability: 0.25,
      up_seconds: 3_600,
      down_seconds: 10_800,
      unknown_seconds: 0,
      maintenance_seconds: 0,
      not_watched_seconds: 0,
      outages: 1,
      longest_outage: { mailbox: 'sales', down_seconds: 10_800 },
    });
  });

  test.each(['by=tenant', 'by=label.', 'from=2026-11-02&until=2026-11-01'])(
    '?%s is refused',
    async (query) => {
      expect((await get(`/api/v1/availability?${query}`)).statusCode).toBe(400);
    },
  );
});

describe('maintenance', () => {
  const url = '/api/v1/maintenance';

  test('is announced, listed and ended', async () => {
    const payload = { by: 'Ada', note: 'Move', apps: ['plm'] };
    const answer = await server.inject({ method: 'POST', url, payload });
    const window = maintenanceWindowSchema.parse(answer.json());
    expect(window).toMatchObject({ by: 'Ada', note: 'Move', apps: ['plm'], until: null, active: true });
    const list = async () => maintenanceListSchema.parse((await get(url)).json()).windows.map(({ id }) => id);
    expect(await list()).toEqual([window.id]);
    expect((await server.inject({ method: 'DELETE', url: `${url}/${window.id}` })).statusCode).toBe(200);
    expect(await list()).toEqual([]);
    expect((await server.inject({ method: 'DELETE', url: `${url}/${window.id}` })).statusCode).toBe(404);
  });

  test.each([
    [{ note: 'x' }, 400],
    [{ by: 'configuration' }, 400],
    [{ by: 'Ada', until: '2020-01-01T00:00:00Z' }, 400],
    [{ by: 'Ada', apps: ['nobody'] }, 404],
    [{ by: 'Ada', mailboxes: ['nobody'] }, 404],
  ])('%j is refused', async (payload, status) => {
    expect((await server.inject({ method: 'POST', url, payload })).statusCode).toBe(status);
  });
});

test('while the store is away the past is 503, and what is known now is answered', async () => {
  away = new StoreError(
    'disk-full',
    'the store /data/mailprobe.db cannot grow, the disk is full: free some space',
  );
  const urls = [
    '/api/v1/incidents',
    '/api/v1/incidents?state=closed',
    `/api/v1/incidents/${FIRST}`,
    '/api/v1/mailboxes/sales/history',
    '/api/v1/availability',
  ];
  for (const url of urls) {
    const answer = await get(url);
    expect([answer.statusCode, typeOf(answer)]).toEqual([503, 'urn:mailprobe:problem:store-unavailable']);
    expect(answer.headers['retry-after']).toBe('30');
    expect(answer.body).toContain('the disk is full: free some space');
  }
  const note = {
    method: 'POST',
    url: `/api/v1/incidents/${FIRST}/acknowledgement`,
    payload: { by: 'Ada' },
  } as const;
  expect((await server.inject(note)).statusCode).toBe(503);
  expect(acknowledged).toEqual([]);
  for (const url of ['/api/v1/problems', '/api/v1/maintenance', '/api/v1/mailboxes'])
    expect((await get(url)).statusCode).toBe(200);
  const open = async (query: string) =>
    incidentListSchema
      .parse((await get(`/api/v1/incidents?state=open&${query}`)).json())
      .incidents.map(({ id }) => id);
  expect(await open('')).toEqual([SECOND]);
  expect([await open('app=plm&mailbox=sales'), await open('app=crm')]).toEqual([[SECOND], []]);
  expect((await get(`/api/v1/incidents/${SECOND}`)).statusCode).toBe(200);
  away = undefined;
  await journal.flush();
  expect((await get('/api/v1/incidents')).statusCode).toBe(200);
});

describe('the pages of incidents', () => {
  test('list every one with its state, and link to each', async () => {
    const { body, headers } = await get('/incidents');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
    for (const id of [FIRST, SECOND]) expect(body).toContain(`<a href="/incidents/${id}">`);
    const open = await get('/incidents?state=open');
    expect(open.body).toContain(SECOND);
    expect(open.body).not.toContain(FIRST);
  });

  test('one page leads to the next', async () => {
    const { body } = await get('/incidents?limit=1');
    const next = /<a rel="next" href="([^"]+)"/.exec(body)?.[1]?.replaceAll('&amp;', '&');
    expect(body).toContain(SECOND);
    expect((await get(next ?? '')).body).toContain(FIRST);
  });

  test('one incident shows the verdict, the fix, the timeline and the affected mailboxes', async () => {
    journal.note({
      incidents: [
        anIncident({
          id: FIRST,
          state: 'closed',
          closed: NOON + HOUR,
          closeReason: 'superseded',
          supersededBy: SECOND,
          formerCauses: ['propagation-delay'],
          spells: [NOON, NOON + HOUR / 2],
          title: 'A title with <b>markup</b>',
        }),
      ],
    });
    const { body } = await get(`/incidents/${FIRST}`);
    for (const part of [
      'Closed, 1 h',
      'Who can fix it',
      'What to do',
      'propagation-delay',
      'First failure',
      'Came back',
      `<a href="/incidents/${SECOND}">Closed: continues as another incident</a>`,
      '1 affected mailbox',
      'A title with &lt;b&gt;markup&lt;/b&gt;',
    ]) {
      expect(body).toContain(part);
    }
    expect(body).not.toContain('<b>markup');
  });

  test('one that is not known is 404', async () => {
    expect((await get('/incidents/none')).statusCode).toBe(404);
  });
});
