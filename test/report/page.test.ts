import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import type { Snapshot } from '../../src/model/status.ts';
import { createHtmlTag } from '../../src/report/page/html.ts';
import { headlineOf } from '../../src/report/page/sections.ts';
import { durationText } from '../../src/report/page/labels.ts';
import { aProbe, aTarget, NOON } from '../support/builders.ts';
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

test('the content security policy allows the style of the page, which needs nothing else', async () => {
  const { body, headers } = await page();
  const style = /<style>(.*)<\/style>/s.exec(body)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(headers['content-security-policy']).toContain(`style-src 'sha256-${hash}'`);
  expect(body).not.toMatch(/<script|<link rel="stylesheet"|style="|\son\w+=|src=|@import|url\(/i);
});

test('ids, addresses and messages of servers cannot become markup', async () => {
  const { body } = await page();
  expect(body).toContain('r&amp;d &quot;lab&quot;\\&lt;b&gt;');
  expect(body).not.toContain('<b>:');
  expect(body).not.toContain('"lab"\\<b>');
});

test('only an https reference becomes a link', async () => {
  const { body } = await page();
  expect(body).toContain('<a href="https://learn.microsoft.com/');
  expect(body).not.toMatch(/href="javascript/);
});

test('a filter narrows the page, and the page shows that', async () => {
  const { body } = await page(SNAPSHOT, '?app=crm');
  expect(body).toContain('2 of 2 mailboxes are down');
  expect(body).toContain('show everything');
  expect(body).not.toContain('qms-inbox');
});

test('a large fleet is shown worst first, bounded, with the way to the rest', async () => {
  const targets = Array.from({ length: 1200 }, (_, n): Snapshot['targets'][number] => {
    const target = aTarget({ mailbox: `box-${n}` });
    return {
      target,
      confirmed: n === 1150 ? 'down' : 'up',
      consecutiveFailures: 0,
      consecutiveSuccesses: 1,
      lastProbe: aProbe({ target, startedAt: NOON }),
      probesTotal: 1,
      failuresByCause: {},
      history: [],
    };
  });
  const [problem] = SNAPSHOT.problems;
  if (problem === undefined) throw new Error('the fleet has no problem');
  const ids = targets.map(({ target }) => target.mailbox.id);
  const problems = Array.from({ length: 60 }, (_, n) => ({
    ...problem,
    id: `p${n}`,
    affectedMailboxes: ids,
  }));
  const { body } = await page({ at: NOON, targets, tokens: [], problems });
  // The credentials section has a heading and two rows.
  expect(body.match(/<tr>/g)).toHaveLength(201 + 3);
  expect(body.match(/<article/g)).toHaveLength(50);
  expect(/<th scope="row"><a[^>]*>([^<]*)/.exec(body)?.[1]).toBe('box-1150');
  expect(body).toContain('1,000 healthier mailboxes are not shown');
  expect(body).toContain('10 more: see');
  expect(body).toContain('and 1188 more');
  expect(body.length).toBeLessThan(500_000);
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

test.each([
  [0, '0 s'],
  [-5, '0 s'],
  [59_400, '59 s'],
  [60_000, '1 min'],
  [7_500_000, '2 h 5 min'],
  [86_400_000 * 3, '3 d'],
  [86_400_000 * 40 + 7_200_000 + 60_000, '40 d 2 h'],
  [3_600_000 + 5_000, '1 h'],
])('%i ms is %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('everything but HTML made by the tag is escaped', () => {
  const html = createHtmlTag(createRedactor());
  const items = ['<', html`<i>${'&'}</i>`, undefined, 3];
  expect(html`<p title="${'"'}">${items}</p>`.text).toBe('<p title="&quot;">&lt;<i>&amp;</i>3</p>');
});
