import ICAL from 'ical.js';
import { afterEach, describe, expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { writeCalendar } from '../../src/report/calendar/ical.ts';
import { credentialListSchema } from '../../src/report/resource/credential.ts';
import type { ReportSource } from '../../src/report/source.ts';
import { anApp, NOON } from '../support/builders.ts';
import { CREDENTIALS, aServer, aSource } from './fleet.ts';
import { misfits } from './schema-check.ts';

const DAY = 86_400_000;
type Server = Awaited<ReturnType<typeof aServer>>;
let server: Server | undefined;
afterEach(async () => {
  await server?.close();
});

async function get(url: string, overrides: Partial<ReportSource> = {}, redactor = createRedactor()) {
  server = await aServer(aSource(overrides), {}, redactor);
  return await server.inject(url);
}

describe('/api/v1/credentials', () => {
  test('matches its schema and its golden file', async () => {
    const answer = await get('/api/v1/credentials');
    expect(misfits(credentialListSchema, answer.json())).toEqual([]);
    const pretty = `${JSON.stringify(answer.json(), undefined, 2)}\n`;
    await expect(pretty).toMatchFileSnapshot('../golden/report/credentials.json');
  });

  test('names dependent mailboxes, owner and days left', async () => {
    const { credentials } = credentialListSchema.parse((await get('/api/v1/credentials')).json());
    expect(
      credentials.map(({ app, owner, days_left, mailboxes }) => [app, owner, days_left, mailboxes]),
    ).toEqual([
      ['plm', 'it-operations', 29, ['qms-inbox', 'r&d "lab"\\<b>', 'brand-new']],
      ['crm', null, null, ['sales', 'support']],
    ]);
  });

  test('filters by app; an unknown app is an error', async () => {
    const { credentials } = credentialListSchema.parse((await get('/api/v1/credentials?app=crm')).json());
    expect(credentials.map(({ app }) => app)).toEqual(['crm']);
    await server?.close();
    expect((await get('/api/v1/credentials?app=nobody')).statusCode).toBe(404);
  });
});

interface ReadEvent {
  readonly uid: string;
  readonly summary: string;
  readonly description: string;
  readonly start: string;
  readonly end: string;
  readonly triggers: readonly string[];
}

/** Parses as a calendar client does, after checking each line against RFC 5545, section 3.1. */
function read(text: string): { readonly method: unknown; readonly events: readonly ReadEvent[] } {
  expect(text.endsWith('\r\n')).toBe(true);
  for (const line of text.slice(0, -2).split('\r\n')) {
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
    expect(line).not.toMatch(/[\r\n]/);
  }
  const calendar = new ICAL.Component(ICAL.parse(text));
  const events = calendar.getAllSubcomponents('vevent').map((component) => {
    const { uid, summary, description, startDate, endDate } = new ICAL.Event(component);
    expect([startDate.isDate, endDate.isDate]).toEqual([true, true]);
    const triggers = component
      .getAllSubcomponents('valarm')
      .map((alarm) => String(alarm.getFirstPropertyValue('trigger')));
    return { uid, summary, description, start: String(startDate), end: String(endDate), triggers };
  });
  return { method: calendar.getFirstPropertyValue('method'), events };
}

describe('/credentials.ics', () => {
  test('matches its golden file', async () => {
    const answer = await get('/credentials.ics');
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      'text/calendar; charset=utf-8',
    ]);
    await expect(answer.body).toMatchFileSnapshot('../golden/report/credentials.ics');
  });

  test('has an event with two alarms for each credential and server certificate', async () => {
    const { method, events } = read((await get('/credentials.ics')).body);
    expect(method).toBe('PUBLISH');
    expect(events.map(({ uid, start, triggers }) => [uid, start, triggers])).toEqual([
      ['credential-plm-aaaaaaaa-0000-0000-0000-000000000001@mailprobe', '2026-12-21', ['-P30D', '-P7D']],
      ['server-certificate-outlook.office365.com:993@mailprobe', '2027-03-22', ['-P14D', '-P3D']],
      ['server-certificate-outlook.office365.com:995@mailprobe', '2027-03-22', ['-P14D', '-P3D']],
    ]);
    expect(events[0]).toMatchObject({
      end: '2026-12-22',
      summary: 'Client secret of plm ends (it-operations)',
      description: expect.stringContaining('3 (qms-inbox, r&d "lab"\\<b>, brand-new)'),
    });
  });

  test('is a calendar without events if no end date is known', async () => {
    const empty = { at: NOON, targets: [], tokens: [], problems: [] };
    const answer = await get('/credentials.ics', { snapshot: () => empty, credentials: () => [] });
    expect(read(answer.body).events).toEqual([]);
  });

  test('keeps the identity of an event while its date moves, and gives a new credential one of its own', async () => {
    const uids = async (keyId: string, days: number): Promise<unknown> => {
      const [plm] = CREDENTIALS;
      if (plm === undefined) throw new Error('expected a credential');
      const status = {
        ...plm,
        matchedKeyId: keyId,
        endDates: [{ source: 'graph' as const, credential: keyId, expiresAt: NOON + days * DAY }],
      };
      const answer = await get('/credentials.ics?app=plm', { credentials: () => [status] });
      await server?.close();
      return read(answer.body).events[0]?.uid;
    };
    expect(await uids('one', 5)).toBe(await uids('one', 9));
    expect(await uids('one', 5)).not.toBe(await uids('two', 5));
  });

  test('names an old and a new credential side by side', async () => {
    const [plm] = CREDENTIALS;
    if (plm === undefined) throw new Error('expected a credential');
    const next = { source: 'graph' as const, credential: 'the-new-one', expiresAt: NOON + 200 * DAY };
    const status = { ...plm, endDates: [...plm.endDates, next] };
    const answer = await get('/credentials.ics?app=plm', { credentials: () => [status] });
    const [used, other] = read(answer.body).events;
    expect(used?.description).toContain('in use');
    expect(other?.description).toContain('not known to be in use here');
  });

  test('shows no secret, not even across a fold', async () => {
    const secret = 'abc8Q~a-secret-in-the-name-of-a-credential';
    const redactor = createRedactor();
    redactor.add(secret);
    const [plm] = CREDENTIALS;
    if (plm === undefined) throw new Error('expected a credential');
    const registered = plm.registered.map((one) => ({ ...one, displayName: `x ${secret}` }));
    const answer = await get('/credentials.ics', { credentials: () => [{ ...plm, registered }] }, redactor);
    expect(answer.body.replaceAll('\r\n ', '')).not.toContain(secret);
  });

  test('omits an end beyond the range of dates', async () => {
    const [plm] = CREDENTIALS;
    if (plm === undefined) throw new Error('expected a credential');
    const endDates = [{ source: 'configuration' as const, credential: 'configured', expiresAt: 9e15 }];
    const status = { ...plm, endDates, registered: [] };
    const answer = await get('/credentials.ics', { credentials: () => [status] });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).not.toContain('credential-plm');
  });
});

test('a line is folded at 75 octets and never within a character; commas, semicolons and line ends are escaped', () => {
  const summary = `a,b;c\\d\n${'ü€😀'.repeat(60)}`;
  const event = { uid: 'u', at: NOON, summary, description: 'x\r\ny', alarmDaysBefore: [1] };
  const { events } = read(writeCalendar('name', [event], NOON));
  expect(events[0]).toMatchObject({ summary, description: 'x\ny' });
});

test('the page shows end date and owner of each credential, and that one is refused', async () => {
  const page = (await get('/expiries')).body;
  expect(page).toContain('29 days');
  expect(page).toContain('✗ refused');
  expect(page).toMatch(/<td[^>]*>it-operations<\/td>/);
  expect(page).toContain('href="/credentials.ics"');
});

test('a value of a credential that comes from outside cannot break the page', async () => {
  const app = anApp({ id: 'plm', owner: '<script>alert(1)</script>' });
  const page = (await get('/expiries', { apps: () => [app] })).body;
  expect(page).not.toContain('<script>');
});
