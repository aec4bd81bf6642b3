import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { startPrometheus, type Prometheus } from '../support/prometheus.ts';
import { isInstalled } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { watchSandbox, type WatchedSandbox } from '../support/watched-sandbox.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/prometheus/probe-relabeling.yml');
const example = z.object({
  scrape_configs: z.tuple([z.looseObject({ relabel_configs: z.array(z.record(z.string(), z.unknown())) })]),
});

/** The shipped example in a real Prometheus, with the demo's mailboxes and our own address put in. */
describe.skipIf(!isInstalled('prometheus'))('probing mailbox by mailbox', () => {
  let watched: WatchedSandbox;
  let prometheus: Prometheus;

  beforeAll(async () => {
    const { tenant, plan } = createDemoTenant();
    watched = await watchSandbox({ tenant }, { plan, interval: '1m', timeout: '10s' });
    const [job] = example.parse(parse(await readFile(EXAMPLE, 'utf8'))).scrape_configs;
    const address = new URL(watched.daemon.url).host;
    const relabel_configs = job.relabel_configs.map((rule) =>
      rule.target_label === '__address__' ? { ...rule, replacement: address } : rule,
    );
    prometheus = await startPrometheus({
      global: { scrape_interval: '1s', scrape_timeout: '1s' },
      scrape_configs: [
        {
          ...job,
          scrape_interval: '1s',
          relabel_configs,
          params: { fresh: ['true'] },
          static_configs: [
            { targets: ['qms-inbox', 'suppliers', 'nobody'], labels: { __param_module: 'imap' } },
            { targets: ['qms-inbox'], labels: { __param_module: 'pop3' } },
          ],
        },
      ],
    });
  });

  afterAll(async () => {
    await prometheus.close();
    await watched.close();
  });

  async function value(expression: string, wanted?: string): Promise<string> {
    return await until(expression, async () => {
      const [sample] = await prometheus.query(expression);
      return wanted === undefined || sample?.value[1] === wanted ? sample?.value[1] : undefined;
    });
  }

  test.each([
    ['probe_success{instance="qms-inbox",protocol="imap"}', '1'],
    ['probe_success{instance="qms-inbox",protocol="pop3"}', '1'],
    ['probe_success{instance="suppliers",protocol="imap"}', '0'],
    ['up{instance="suppliers"}', '1'],
    ['up{instance="nobody"}', '0'],
    ['count(probe_phase_duration_seconds{instance="qms-inbox",protocol="imap"})', '9'],
    ['probe_ssl_earliest_cert_expiry{instance="qms-inbox",protocol="imap"} > bool time()', '1'],
  ])('%s is %s', async (expression, wanted) => {
    expect(await value(expression, wanted)).toBe(wanted);
  });

  test('a host that falls silent fails the probe, and not the scrape', async () => {
    watched.sandbox.change((tenant) => {
      tenant.faults.pop3 = { kind: 'silent' };
    });
    expect(await value('probe_success{instance="qms-inbox",protocol="pop3"}', '0')).toBe('0');
    expect(await value('up{instance="qms-inbox",protocol="pop3"}', '1')).toBe('1');
    expect(Number(await value('probe_duration_seconds{protocol="pop3"}'))).toBeLessThan(1);
  });
});
