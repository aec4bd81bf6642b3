import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { CAUSES } from '../../src/model/cause.ts';
import { createRedactor } from '../../src/model/redactor.ts';
import type { Snapshot } from '../../src/model/status.ts';
import { explainPage } from '../../src/report/page/explain-page.ts';
import { createHtmlTag } from '../../src/report/page/html.ts';
import { headlineOf } from '../../src/report/page/overview-page.ts';
import { aDiagnosis, aProbe, anApp, aTarget, NOON } from '../support/builders.ts';
import { aServer, aSource, SNAPSHOT } from './fleet.ts';

async function page(snapshot: Snapshot = SNAPSHOT, query = '', banner?: string) {
  const server = await aServer(aSource({ snapshot: () => snapshot }), banner === undefined ? {} : { banner });
  const answer = await server.inject(`/${query}`);
  await server.close();
  return answer;
}

test('the page matches its golden file', async () => {
  const { statusCode, body } = await page(SNAPSHOT, '', 'This is a simulation.');
  expect(statusCode).toBe(200);
  await expect(body).toMatchFileSnapshot('../golden/report/page.html');
});

test('the content security policy allows the style of the page, and scripts of our own origin only', async () => {
  const { body, headers } = await page();
  const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  expect(headers['content-security-policy']).toContain("script-src 'self'");
  expect(body.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/assets/page.js">']);
  expect(body).not.toMatch(/http-equiv|<link rel="stylesheet"|style="|\son\w+=|@import|url\(/i);
});

test('ids, addresses and messages of servers cannot become markup', async () => {
  const { body } = await page();
  expect(body).toContain('r&amp;d &quot;lab&quot;\\&lt;b&gt;');
  expect(body).not.toContain('<b>:');
  expect(body).not.toContain('"lab"\\<b>');
});

test('a mailbox in maintenance is marked, and no other', async () => {
  const { maintenance } = aSource();
  const window = { id: 'w', from: NOON, by: 'Ada', note: '', mailboxes: ['sales'] };
  const server = await aServer(aSource({ maintenance: { ...maintenance, inForce: () => [window] } }));
  expect((await server.inject('/?mailbox=sales')).body).toContain('>in maintenance<');
  expect((await server.inject('/?mailbox=qms-inbox')).body).not.toContain('>in maintenance<');
  await server.close();
});

test('an explanation shows the likeliest cause in full, and collapses what else fits the same text', () => {
  const leader = aDiagnosis();
  const others = ['Another one.', 'A third one.'].map((title) =>
    aDiagnosis({ title, alternativeTo: leader.cause }),
  );
  const explanation = { diagnoses: [leader, ...others], wouldHelp: [] };
  const body = explainPage(createHtmlTag(createRedactor()), {
    asked: { text: 'NO AUTHENTICATE failed.', explanation },
    banner: undefined,
  });
  expect(body.match(/<article class="card/g)).toHaveLength(1);
  expect(body.match(/<summary>Or: [^<]*/g)).toEqual([
    '<summary>Or: Another one.',
    '<summary>Or: A third one.',
  ]);
});

test('a filter narrows the page, and the page shows that', async () => {
  const { body } = await page(SNAPSHOT, '?app=crm');
  expect(body).toContain('2 of 2 mailboxes are down');
  expect(body).toContain('show everything');
  expect(body).not.toContain('qms-inbox');
});

function aFleet(size: number, confirmed: (n: number) => 'up' | 'down' = () => 'up'): Snapshot['targets'] {
  return Array.from({ length: size }, (_, n): Snapshot['targets'][number] => {
    const app = anApp({ id: n % 2 === 0 ? 'crm' : 'hr' });
    const target = aTarget({ mailbox: `box-${n}`, app, labels: { team: `t${n % 3}` } });
    return {
      target,
      confirmed: confirmed(n),
      confirmedSince: NOON - n,
      consecutiveFailures: 0,
      consecutiveSuccesses: 1,
      lastProbe: aProbe({ target, startedAt: NOON }),
      probesTotal: 1,
      failuresByCause: {},
      history: [],
    };
  });
}

/** Ids of the mailboxes in the table, in order. */
function rowsOf(body: string): readonly string[] {
  return [...body.matchAll(/<th scope="row"[^>]*><a[^>]*>([^<]*)/g)].map(([, id = '']) => id);
}

const LARGE: Snapshot = {
  at: NOON,
  targets: aFleet(1200, (n) => (n === 1150 ? 'down' : 'up')),
  tokens: [],
  problems: [],
};

test('a large fleet is shown worst first, page by page', async () => {
  const first = await page(LARGE);
  expect(rowsOf(first.body)).toHaveLength(50);
  expect(rowsOf(first.body)[0]).toBe('box-1150');
  expect(first.body).toContain('page 1 of 24');
  expect(first.body).toContain('<a rel="next" href="/?page=2#mailboxes">Next</a>');
  const last = await page(LARGE, '?page=24&sort=name');
  expect(rowsOf(last.body).at(-1)).toBe('box-999');
  expect(last.body).toContain('<a rel="prev" href="/?page=23&amp;sort=name#mailboxes">Previous</a>');
  expect(last.body).not.toContain('rel="next"');
  expect(rowsOf((await page(LARGE, '?page=99')).body)).toHaveLength(50);
});

test('many problems of many mailboxes make a page of less than 300 kB', async () => {
  const problem = SNAPSHOT.problems.find(({ fix }) => fix.length > 1);
  if (problem === undefined) throw new Error('the fleet has no problem');
  const affectedMailboxes = LARGE.targets.map(({ target }) => target.mailbox.id);
  const problems = Array.from({ length: 60 }, (_, n) => ({ ...problem, id: `p${n}`, affectedMailboxes }));
  const { body } = await page({ ...LARGE, problems });
  expect(body.match(/<details/g)).toHaveLength(25);
  expect(body).toContain('35 more: see');
  expect(body).toContain('and 1,188 more');
  expect(body.length).toBeLessThan(300_000);
});

test.each([
  ['a part of an id, in any case', 'q=BOX-11&sort=name', 111, 'box-11'],
  ['a part of an address', 'q=1199@contoso', 1, 'box-1199'],
  ['the value of a label', 'q=t2&sort=name', 400, 'box-1001'],
  ['a state', 'up=false', 1, 'box-1150'],
  ['an app', 'app=hr&sort=name', 600, 'box-1'],
  ['empty fields, as a form sends them', 'q=&app=&up=&sort=&group=', 1200, 'box-1150'],
  ['the latest change', 'sort=since', 1200, 'box-0'],
])('the mailboxes can be narrowed and sorted by %s', async (_, query, total, first) => {
  const { body } = await page(LARGE, `?${query}`);
  expect(rowsOf(body)[0]).toBe(first);
  expect(body).toContain(`<p class="pages">${total.toLocaleString('en')} mailbox`);
});

test('groups come with their counts, those with the most down first', async () => {
  const byApp = await page(LARGE, '?group=app');
  expect(byApp.body.match(/<tr role="row" class="group">/g)).toHaveLength(1);
  expect(byApp.body).toMatch(/scope="colgroup"[^>]*>crm <small>600 mailboxes: 1 down/);
  const byTeam = await page(LARGE, '?group=label.team&page=9');
  expect(byTeam.body).toMatch(/>t0 <small>400 mailboxes, all up/);
});

test.each([
  ['sort=best', 'sort'],
  ['group=colour', 'group'],
  ['page=0', 'page'],
  [`q=${'x'.repeat(101)}`, 'q'],
])('%s is refused', async (query, name) => {
  const { statusCode, body } = await page(LARGE, `?${query}`);
  expect(statusCode).toBe(400);
  expect(JSON.parse(body).detail).toContain(`Query parameter "${name}"`);
});

test('a page that did not change within the minute is not sent again', async () => {
  const server = await aServer();
  const { headers } = await server.inject('/');
  const again = await server.inject({ url: '/', headers: { 'if-none-match': String(headers.etag) } });
  expect([again.statusCode, again.body]).toEqual([304, '']);
  await server.close();
});

test('a browser that follows a wrong link gets a page, a program problem details', async () => {
  const server = await aServer();
  const person = await server.inject({ url: '/nowhere', headers: { accept: 'text/html,*/*;q=0.8' } });
  expect([person.statusCode, person.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8']);
  expect(person.body).toContain('<h1>Not found</h1>');
  const program = await server.inject({ url: '/api/v1/nowhere', headers: { accept: 'text/html' } });
  expect(program.headers['content-type']).toContain('application/problem+json');
  await server.close();
});

test('the scripts that a page imports are all served, as modules of our own origin', async () => {
  const server = await aServer();
  const seen = new Set(['page.js']);
  for (const name of seen) {
    const { statusCode, headers, body } = await server.inject(`/assets/${name}`);
    expect([name, statusCode, headers['content-type']]).toEqual([
      name,
      200,
      'text/javascript; charset=utf-8',
    ]);
    for (const [, imported = ''] of body.matchAll(/^import .* from '\.\/([^']+)'/gm)) seen.add(imported);
  }
  expect([...seen].sort()).toEqual([
    'copy.js',
    'duration-text.js',
    'follow.js',
    'idiomorph.js',
    'page.js',
    'times.js',
    'update.js',
  ]);
  expect((await server.inject('/assets/..%2Fassets.ts')).statusCode).toBe(404);
  await server.close();
});

test('the handbook of this version is a page, with each cause as an anchor', async () => {
  const server = await aServer();
  const { body, statusCode } = await server.inject('/docs/diagnoses');
  await server.close();
  expect(statusCode).toBe(200);
  expect(CAUSES.filter((cause) => !body.includes(`<h2 id="${cause}">`))).toEqual([]);
  expect(body.length).toBeLessThan(300_000);
});

test('expiries are sorted by their end, with the days that are left', async () => {
  const server = await aServer();
  const { body } = await server.inject('/expiries');
  await server.close();
  await expect(body).toMatchFileSnapshot('../golden/report/expiries.html');
});

test.each([
  [{ up: 0, down: 0, unknown: 0 }, 0, 'No mailbox is watched'],
  [{ up: 1, down: 0, unknown: 0 }, 0, 'The mailbox is up'],
  [{ up: 1200, down: 0, unknown: 0 }, 0, 'All 1,200 mailboxes are up'],
  [{ up: 2, down: 0, unknown: 0 }, 1, 'All 2 mailboxes are up, with 1 open problem'],
  [{ up: 1, down: 1, unknown: 1 }, 1, '1 of 3 mailboxes is down'],
  [{ up: 0, down: 2, unknown: 0 }, 1, '2 of 2 mailboxes are down'],
  [{ up: 3, down: 0, unknown: 2 }, 0, '2 of 5 mailboxes are not known yet'],
  [{ up: 0, down: 0, unknown: 1 }, 0, '1 of 1 mailbox is not known yet'],
])('%j with %i problems has its own headline', (counts, problems, headline) => {
  expect(headlineOf(counts, problems)).toBe(headline);
});

test('everything but HTML made by the tag is escaped', () => {
  const html = createHtmlTag(createRedactor());
  const items = ['<', html`<i>${'&'}</i>`, undefined, 3];
  expect(html`<p title="${'"'}">${items}</p>`.text).toBe('<p title="&quot;">&lt;<i>&amp;</i>3</p>');
});
