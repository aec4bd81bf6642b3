import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';
import { WAIT_MS } from '../support/limits.ts';

/** A real Prometheus scrapes the daemon while it watches the demo's tenant. */
describe.skipIf(!isInstalled('prometheus'))('a real Prometheus', () => {
  let watched: WatchedSandbox;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const { tenant, plan } = createDemoTenant();
    watched = await watchSandbox({ tenant }, { plan });
    const target = new URL(watched.daemon.url).host;
    prometheus = await startPrometheus({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [{ job_name: 'mailprobe', static_configs: [{ targets: [target] }] }],
    });
  });

  afterAll(async () => {
    await prometheus.close();
    await watched.close();
  });

  async function valueOf(expression: string): Promise<string | undefined> {
    const [sample] = await prometheus.query(expression);
    return sample?.value[1];
  }

  test('has the daemon up', async () => {
    const up = await until('the target to be up', async () => {
      const value = await valueOf('up{job="mailprobe"}');
      return value === '1' ? value : undefined;
    });
    expect(up).toBe('1');
  });

  test('answers which mailboxes are down', async () => {
    const up = await until(
      'a healthy mailbox',
      async () => await valueOf('mailprobe_mailbox_up{mailbox="qms-inbox",protocol="imap"}'),
    );
    expect(up).toBe('1');
    const down = await until(
      'a broken mailbox',
      async () => await valueOf('mailprobe_mailbox_up{mailbox="suppliers",protocol="imap"}'),
    );
    expect(down).toBe('0');
  });

  test('counts the mailboxes that one expired secret hits as one problem', async () => {
    const count = await until('the problem with both its mailboxes', async () => {
      const value = await valueOf(
        'mailprobe_problem_affected_mailboxes{cause="secret-expired",scope="app",subject="suppliers"}',
      );
      return value === '2' ? value : undefined;
    });
    expect(count).toBe('2');
  });

  test('promtool accepts the exposition', async () => {
    const response = await fetch(`${watched.daemon.url}/metrics`);
    const output = execFileSync('/usr/bin/promtool', ['check', 'metrics'], {
      input: await response.text(),
      timeout: WAIT_MS,
    });
    expect(output.toString()).toBe('');
  });
});
