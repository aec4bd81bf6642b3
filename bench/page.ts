/**
 * How fast does a page appear? Loads pages with 2,000 and 10,000 mailboxes and dozens or hundreds of open incidents in
 * a real Chromium with a cold cache. Another process serves them. Prints the bytes and elements of each page, and the
 * times until its first byte and its first paint. The exit code is 1 above 300 kB, 3,000 elements or 1 s. Run: `npm run
 * bench:page [FOLDER FOR SCREENSHOTS]`.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { largeFleet, PAGES } from '../test/report/large-fleet.ts';
import { createFleetServer } from '../test/report/large-fleet-server.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { portOf } from '../test/support/port-of.ts';
import { medianOf } from './shared/median.ts';

const SIZES = [2_000, 10_000];
const ROUNDS = 5;
const MOST_BYTES = 300_000;
const MOST_ELEMENTS = 3_000;
const SLOWEST_MS = 1_000;
/** On a busy machine, a screenshot of a whole long page takes long. */
const SCREENSHOT_MS = 120_000;

interface Measured {
  readonly bytes: number;
  readonly elements: number;
  /** The time from the request to the first byte. */
  readonly answeredMs: number;
  readonly paintMs: number;
}

/** Uses a new context, so that nothing is cached. */
async function load(browser: Browser, url: string): Promise<Measured> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  const answer = await page.goto(url);
  if (answer?.status() !== 200) throw new Error(`${url}: ${answer?.status()}`);
  const bytes = (await answer.body()).length;
  const elements = await page.locator('*').count();
  const [answeredMs = 0, paintMs = 0] = await page.evaluate<number[]>(`new Promise((resolve) =>
    new PerformanceObserver((list) => {
      const [first] = list.getEntriesByName('first-contentful-paint');
      const [answer] = performance.getEntriesByType('navigation');
      if (first !== undefined) resolve([answer.responseStart, first.startTime]);
    }).observe({ type: 'paint', buffered: true }))`);
  await context.close();
  return { bytes, elements, answeredMs, paintMs };
}

async function measure(browser: Browser, size: number, folder: string | undefined): Promise<boolean> {
  const child = fork(import.meta.filename, ['serve', String(size)]);
  try {
    const [port] = await once(child, 'message');
    const url = `http://127.0.0.1:${port}`;
    let isWell = true;
    for (const path of PAGES) {
      const all: Measured[] = [];
      for (let round = 0; round < ROUNDS; round += 1) all.push(await load(browser, url + path));
      const { bytes = 0, elements = 0 } = all.at(-1) ?? {};
      const answered = spread(all.map(({ answeredMs }) => answeredMs));
      const paint = spread(all.map(({ paintMs }) => paintMs));
      isWell &&= paint.worst < SLOWEST_MS && bytes <= MOST_BYTES && elements <= MOST_ELEMENTS;
      const cells = [bytes, elements, answered.median, paint.median, paint.worst];
      process.stdout.write(`| ${size} | \`${path}\` | ${cells.join(' | ')} |\n`);
      if (folder !== undefined) await screenshots(browser, url + path, join(folder, nameOf(size, path)));
    }
    return isWell;
  } finally {
    child.kill();
  }
}

function spread(values: readonly number[]): { readonly median: number; readonly worst: number } {
  const rounded = values.map(Math.round);
  return { median: medianOf(rounded), worst: Math.max(...rounded) };
}

function nameOf(size: number, path: string): string {
  return `${size}${path.replaceAll(/\W+/g, '-')}`.replace(/-$/, '');
}

/** Takes screenshots in the widths of a phone and of a desktop, of the first screen and of the whole page. */
async function screenshots(browser: Browser, url: string, name: string): Promise<void> {
  for (const width of [420, 1280]) {
    const page = await browser.newPage({ viewport: { width, height: 900 } });
    await page.goto(url);
    await page.screenshot({ path: `${name}-${width}.png`, timeout: SCREENSHOT_MS });
    await page.screenshot({ path: `${name}-${width}-all.png`, fullPage: true, timeout: SCREENSHOT_MS });
    await page.close();
  }
}

const [role, argument] = process.argv.slice(2);
if (role === 'serve') {
  const server = await createFleetServer(largeFleet(Number(argument)));
  await server.listen({ host: '127.0.0.1', port: 0 });
  process.send?.(portOf(server.server));
} else {
  const browser = await launchBrowser();
  process.stdout.write(
    '| mailboxes | page | bytes | elements | first byte, ms | first paint, ms | worst of 5 |\n|---|---|---|---|---|---|---|\n',
  );
  const isWell: boolean[] = [];
  for (const size of SIZES) isWell.push(await measure(browser, size, role));
  await browser.close();
  process.exitCode = isWell.every(Boolean) ? 0 : 1;
}
