import type { FastifyInstance } from 'fastify';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/model/status.ts';
import { launchBrowser, openPage, overflowOf, violationsIn } from '../support/browser.ts';
import { portOf } from '../support/port-of.ts';
import { isInstalled } from '../support/provision.ts';
import { aServer, aSource, SNAPSHOT } from '../report/fleet.ts';
import { largeFleet } from '../report/large-fleet.ts';
import { createFleetServer } from '../report/large-fleet-server.ts';

/** What the script of the pages does in a real Chromium, and what works without it. */
describe.skipIf(!isInstalled('chromium'))('Chromium', () => {
  let browser: Browser;
  const servers: FastifyInstance[] = [];

  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterEach(async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });
  afterAll(async () => await browser.close());

  /** A server whose snapshot the test replaces; counts the streams that are open. */
  async function serve(initial: Snapshot = SNAPSHOT) {
    const state = { snapshot: initial, streams: 0, streamsOpened: 0 };
    const server = await aServer(aSource({ snapshot: () => state.snapshot }));
    servers.push(server);
    server.server.on('request', ({ url }, answer) => {
      if (url !== '/stream') return;
      state.streams += 1;
      state.streamsOpened += 1;
      answer.on('close', () => (state.streams -= 1));
    });
    await server.listen({ host: '127.0.0.1', port: 0 });
    return { server, state, url: `http://127.0.0.1:${portOf(server.server)}` };
  }

  const recovered: Snapshot = {
    ...SNAPSHOT,
    problems: SNAPSHOT.problems.slice(0, 2),
    targets: SNAPSHOT.targets.map((status) =>
      status.target.mailbox.id === 'support'
        ? Object.assign({}, status, { confirmed: 'up' as const })
        : status,
    ),
  };

  test('news show without a reload; scroll position, opened details, typed text and focus stay', async () => {
    const { state, url } = await serve();
    const context = await browser.newContext({ viewport: { width: 800, height: 400 } });
    const { page, complaints } = await openPage(context);
    await page.goto(url);
    await page.locator('details', { hasText: 'secret of app "crm"' }).locator('summary').click();
    await page.getByRole('searchbox').fill('sal');
    const seen = `[document.activeElement.name, document.activeElement.value, document.querySelectorAll('details[open]').length,
      scrollY, document.body.marked]`;
    await page.evaluate('document.body.marked = true');
    const before = await page.evaluate(seen);

    state.snapshot = recovered;
    await page.getByRole('heading', { level: 1, name: '2 of 7 mailboxes are down' }).waitFor();
    expect(await page.title()).toContain('2 of 7 mailboxes are down');
    expect(await page.evaluate(seen)).toEqual(before);
    expect(before).toEqual(['q', 'sal', 1, expect.any(Number), true]);
    expect(complaints).toEqual([]);
  });

  test('a change between the answer of the page and the first message of the stream shows', async () => {
    const { state, url } = await serve();
    const { page } = await openPage(await browser.newContext());
    const changed = Promise.withResolvers<undefined>();
    await page.route('**/stream', async (route) => {
      await changed.promise;
      await route.continue();
    });
    await page.goto(url);
    await page.getByRole('heading', { level: 1, name: '3 of 7 mailboxes are down' }).waitFor();
    state.snapshot = recovered;
    changed.resolve(undefined);
    await page.getByRole('heading', { level: 1, name: '2 of 7 mailboxes are down' }).waitFor();
    expect(await page.title()).toContain('2 of 7 mailboxes are down');
  });

  test('a selection stays', async () => {
    const { state, url } = await serve();
    const { page } = await openPage(await browser.newContext());
    await page.goto(url);
    await page.locator('summary', { hasText: 'secret of app "crm"' }).click();
    await page.evaluate(`getSelection().selectAllChildren(document.querySelector('details[open] ol li'))`);
    const before = await page.evaluate('getSelection().toString()');
    state.snapshot = recovered;
    await page.getByRole('heading', { level: 1, name: '2 of 7 mailboxes are down' }).waitFor();
    expect(await page.evaluate('getSelection().toString()')).toBe(before);
    expect(before).toContain('Add a new secret');
  });

  test('eight tabs load over one stream, which another tab takes over', async () => {
    const { state, url } = await serve();
    const context = await browser.newContext();
    const pages = [];
    for (let n = 0; n < 8; n += 1) {
      const { page } = await openPage(context);
      await page.goto(url);
      pages.push(page);
    }
    await expect.poll(() => state.streams).toBe(1);
    expect(state.streamsOpened).toBe(1);
    await pages[0]?.close();
    await expect.poll(() => [state.streams, state.streamsOpened]).toEqual([1, 2]);
    state.snapshot = recovered;
    for (const page of pages.slice(1)) {
      await page.getByRole('heading', { level: 1, name: '2 of 7 mailboxes are down' }).waitFor();
    }
  });

  test('a lost connection shows with its age, and goes when it is back', async () => {
    const { server, url } = await serve();
    const { page } = await openPage(await browser.newContext());
    await page.clock.install();
    await page.goto(url);
    await page.route('**/*', (route) => route.abort());
    server.server.closeAllConnections();
    await page.clock.runFor(40_000);
    const notice = page.getByText(/^No connection to mailprobe\. This is how it was \d+ s ago\.$/);
    await notice.waitFor();
    expect(await violationsIn(page)).toEqual([]);
    await page.unroute('**/*');
    const answered = page.waitForResponse((answer) => answer.url() === `${url}/`);
    await page.clock.runFor(15_000);
    await answered;
    await page.clock.runFor(2_000);
    await notice.waitFor({ state: 'hidden' });
  });

  test('the keyboard alone reaches the content, and opens an incident', async () => {
    const { url } = await serve();
    const { page } = await openPage(await browser.newContext());
    await page.goto(url);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.locator('details[open]').count()).toBe(1);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.closest("details[open]") !== null')).toBe(true);
  });

  test('without JavaScript the filter narrows the table', async () => {
    const { url } = await serve();
    const { page } = await openPage(await browser.newContext({ javaScriptEnabled: false }));
    await page.goto(url);
    await page.getByLabel('State').selectOption('down');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/up=false/);
    expect(await page.locator('table.stack tbody tr').count()).toBe(3);
  });

  test('times are in the zone of the reader, with UTC as tooltip', async () => {
    const { url } = await serve();
    const context = await browser.newContext({ timezoneId: 'Asia/Tokyo', locale: 'en-GB' });
    const { page } = await openPage(context);
    await page.goto(url);
    const time = page.locator('footer time');
    expect([await time.textContent(), await time.getAttribute('title')]).toEqual([
      '17 Nov 2026, 21:00',
      '2026-11-17T12:00:00.000Z',
    ]);
  });

  test.each([2_000, 10_000])('%i mailboxes are a bounded page, also on a phone', async (size) => {
    const server = await createFleetServer(largeFleet(size));
    servers.push(server);
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    const { page } = await openPage(await browser.newContext({ viewport: { width: 320, height: 800 } }));
    await page.goto(url);
    expect(await page.locator('*').count()).toBeLessThan(3_000);
    expect(await overflowOf(page)).toBe(0);
    await page.getByRole('link', { name: 'Next' }).click();
    await page.getByText(`page 2 of ${size / 50}`).waitFor();
  });
});
