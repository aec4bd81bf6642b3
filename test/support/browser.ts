/** A real Chromium for the tests of the pages, and what each of its pages must be free of. */
import axe from 'axe-core';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { z } from 'zod';
import { WAIT_MS } from './limits.ts';
import { REAL_SERVERS } from './provision.ts';

export async function launchBrowser(): Promise<Browser> {
  return await chromium.launch({ executablePath: REAL_SERVERS.chromium.file, args: ['--no-sandbox'] });
}

/** A page that notes what the browser complains of: errors of scripts, and what our own policy refuses. */
export async function openPage(context: BrowserContext): Promise<{ page: Page; complaints: string[] }> {
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints };
}

const found = z.array(z.string());

/** What axe-core finds wrong, a line each. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return found.parse(
    await page.evaluate(`axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`),
  );
}

/** How much wider than the window the page is. */
export async function overflowOf(page: Page): Promise<number> {
  return await page.evaluate<number>(
    'document.documentElement.scrollWidth - document.documentElement.clientWidth',
  );
}
