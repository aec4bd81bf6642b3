/**
 * Makes docs/page.png, the picture of the page in the README: the demo's tenant, watched by a real daemon, in Debian's
 * Chromium. Run: `node tools/screenshot.ts`
 */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { createDemoTenant } from '../src/sandbox/demo-tenant.ts';
import { launchBrowser } from '../test/support/browser.ts';
import { until } from '../test/support/until.ts';
import { watchSandbox } from '../test/support/watched-sandbox.ts';

const FILE = join(import.meta.dirname, '../docs/page.png');
/** As large as a README shows it. */
const LARGEST_BYTES = 150_000;

const { tenant, plan } = createDemoTenant();
const watched = await watchSandbox({ tenant }, { plan });
const browser = await launchBrowser();
try {
  await until('most mailboxes to be up or down', () => {
    const { targets } = watched.daemon.snapshot();
    return targets.filter(({ confirmed }) => confirmed === 'unknown').length <= 2 || undefined;
  });
  const page = await browser.newPage({ viewport: { width: 1100, height: 860 }, colorScheme: 'light' });
  await page.goto(watched.daemon.url);
  await page.locator('summary').first().click();
  await page.screenshot({ path: FILE });
} finally {
  await browser.close();
  await watched.close();
}
const { size } = statSync(FILE);
if (size > LARGEST_BYTES) throw new Error(`docs/page.png has ${size} bytes, more than ${LARGEST_BYTES}`);
