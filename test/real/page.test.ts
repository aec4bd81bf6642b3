import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

/** The status page in a real Chromium: what a browser makes of it, and what it refuses. */
describe.skipIf(!isInstalled('chromium'))('Chromium', () => {
  let watched: WatchedSandbox;
  let profile: string;

  beforeAll(async () => {
    const { tenant, plan } = createDemoTenant();
    watched = await watchSandbox({ tenant }, { plan });
    profile = mkdtempSync(join(tmpdir(), 'mailprobe-chromium-'));
    await until('the expired secret to be a problem', () =>
      watched.daemon.snapshot().problems.find(({ cause }) => cause === 'secret-expired'),
    );
  });

  afterAll(async () => {
    await watched.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  });

  async function open(path: string): Promise<{ readonly dom: string; readonly console: string }> {
    const { stdout, stderr } = await promisify(execFile)(
      '/usr/bin/chromium',
      [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--no-first-run',
        '--enable-logging=stderr',
        `--user-data-dir=${profile}`,
        '--dump-dom',
        `${watched.daemon.url}${path}`,
      ],
      { maxBuffer: 10_000_000, timeout: 30_000 },
    );
    return {
      dom: stdout,
      console: stderr
        .split('\n')
        .filter((line) => line.includes('CONSOLE'))
        .join('\n'),
    };
  }

  test('shows the problem with its owner, and has nothing to refuse by our own policy', async () => {
    const { dom, console } = await open('/');
    expect(dom).toContain('The client secret of app lieferanten has expired.');
    expect(dom).toContain('Entra administrator');
    expect(console).toBe('');
  });
});
