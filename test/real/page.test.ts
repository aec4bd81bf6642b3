import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { incidentListSchema } from '../../src/report/resource/incident.ts';
import { launchBrowser, openPage, overflowOf, violationsIn } from '../support/browser.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/** The pages of a real daemon in a real Chromium: readable for everyone, on any screen, and free of complaints. */
describe.skipIf(!isInstalled('chromium'))('Chromium', () => {
  let watched: WatchedSandbox;
  let browser: Browser;
  let context: BrowserContext;
  let incident = '';

  beforeAll(async () => {
    const { tenant, plan } = createDemoTenant();
    watched = await watchSandbox({ tenant }, { plan });
    browser = await launchBrowser();
    context = await browser.newContext();
    incident = await until('the expired secret to be an incident', async () => {
      const answer = await fetch(`${watched.daemon.url}/api/v1/incidents?cause=secret-expired`);
      const list: unknown = await answer.json();
      return incidentListSchema.parse(list).incidents[0]?.id;
    });
  });

  afterAll(async () => {
    await browser.close();
    await watched.close();
  });

  test.each([
    '/',
    '/mailboxes/sales',
    '/apps/suppliers',
    '/problems/secret-expired:app:suppliers',
    '/incidents',
    '/incidents/ID',
    '/expiries',
    '/explain',
  ])(
    '%s is accessible in light, dark and on a phone, and nothing is refused by our own policy',
    async (path) => {
      const { page, complaints } = await openPage(context);
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
      const answer = await page.goto(watched.daemon.url + path.replace('ID', incident));
      expect(answer?.status()).toBe(200);
      expect(await violationsIn(page)).toEqual([]);
      await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
      await page.setViewportSize({ width: 420, height: 800 });
      expect(await violationsIn(page)).toEqual([]);
      expect(await overflowOf(page)).toBe(0);
      await page.setViewportSize({ width: 320, height: 800 });
      expect(await overflowOf(page)).toBe(0);
      expect(complaints).toEqual([]);
      await page.close();
    },
  );

  test('the first screen of a phone tells what is down and who can fix it', async () => {
    const { page } = await openPage(context);
    await page.setViewportSize({ width: 420, height: 800 });
    await page.goto(watched.daemon.url);
    for (const text of [
      'of 15 mailboxes are down',
      'The client secret of app suppliers has expired.',
      'Entra administrator',
    ]) {
      const box = await page.getByText(text).first().boundingBox();
      expect([text, (box?.y ?? 800) < 800]).toEqual([text, true]);
    }
    await page.close();
  });

  test('paper has no buttons, and nothing to fill in', async () => {
    const { page } = await openPage(context);
    for (const path of ['/', `/incidents/${incident}`, '/mailboxes/sales']) {
      await page.goto(watched.daemon.url + path);
      expect(await page.locator('button:visible').count()).toBeGreaterThan(0);
      await page.emulateMedia({ media: 'print' });
      expect(await page.locator('button:visible, input:visible, nav:visible').count()).toBe(0);
      expect(await page.locator('h1:visible').count()).toBe(1);
      await page.emulateMedia({ media: 'screen' });
    }
    await page.close();
  });

  test('a click probes now, and leads back to the mailbox', async () => {
    const { page, complaints } = await openPage(context);
    await page.goto(`${watched.daemon.url}/mailboxes/purchasing`);
    const answered = page.waitForResponse((answer) => answer.request().method() === 'POST');
    await page.getByRole('button', { name: 'Probe now' }).click();
    expect((await answered).status()).toBe(303);
    await page.getByRole('heading', { level: 1, name: 'purchasing' }).waitFor();
    expect(complaints).toEqual([]);
    await page.close();
  });
});
