import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { TargetStatus } from '../../src/model/status.ts';
import { describeMetrics } from '../../src/report/metrics/describe-metrics.ts';
import { writeFleetFamily } from '../../src/report/metrics/exposition.ts';
import { FLEET_FAMILIES } from '../../src/report/metrics/fleet-families.ts';
import { LOOP_DELAY, PHASE_DURATION } from '../../src/report/metrics/recorder.ts';
import { TARGET_FAMILIES } from '../../src/report/metrics/target-families.ts';
import { createMetrics } from '../../src/report/metrics.ts';
import { createPace, joined, PAUSE, textInSlices } from '../../src/report/slices.ts';
import { aProbe, aTarget, NOON } from '../support/builders.ts';
import { aSource, SNAPSHOT } from './fleet.ts';
import { WAIT_MS } from '../support/limits.ts';

const OPENMETRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8';
const TEXT = 'text/plain; version=0.0.4; charset=utf-8';

/** What Prometheus 2.42 sends. */
const PROMETHEUS_ACCEPT =
  'application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1';

const [anyStatus] = SNAPSHOT.targets;
if (anyStatus === undefined) throw new Error('the fleet is empty');

/** A scrape after three probes. */
function scraped(accept?: string): Promise<{ readonly contentType: string; readonly body: string }> {
  const metrics = createMetrics(aSource());
  const target = aTarget();
  metrics.observeProbe(target, aProbe({ target }));
  metrics.observeProbe(target, aProbe({ target, failed: { connect: { kind: 'refused' } } }));
  metrics.observeProbe(target, aProbe({ target, standstillMs: 400 }));
  return metrics.render(accept);
}

/** Removes the metrics of the process, which differ at every scrape. */
function ownMetrics(body: string): string {
  const ours = /^(?:# (?:HELP|TYPE|UNIT) )?mailprobe_|^# EOF$/;
  return `${body
    .split('\n')
    .filter((line) => ours.test(line))
    .join('\n')}\n`;
}

test('the Prometheus text matches its golden file', async () => {
  const { contentType, body } = await scraped();
  expect(contentType).toBe(TEXT);
  await expect(ownMetrics(body)).toMatchFileSnapshot('../golden/report/metrics.txt');
});

test('the OpenMetrics text matches its golden file', async () => {
  const { contentType, body } = await scraped(PROMETHEUS_ACCEPT);
  expect(contentType).toBe(OPENMETRICS);
  expect(body.endsWith('\n# EOF\n')).toBe(true);
  await expect(ownMetrics(body)).toMatchFileSnapshot('../golden/report/metrics.openmetrics.txt');
});

describe('promtool check metrics', () => {
  const missing = spawnSync('promtool', ['--version'], { timeout: WAIT_MS }).error !== undefined;

  test('is installed where nothing may be skipped', () => {
    expect(missing && process.env.CI !== undefined, 'promtool is missing: install prometheus').toBe(false);
  });

  test.skipIf(missing)('accepts the text without complaint', async () => {
    const { body } = await scraped();
    const { status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: body,
      encoding: 'utf8',
      timeout: WAIT_MS,
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});

test('of a target that was read back from the store, the time of its last probe is known', () => {
  const family = TARGET_FAMILIES.find(({ name }) => name === 'mailprobe_probe_last_run_timestamp_seconds');
  const { lastProbe: _forgotten, ...status } = anyStatus;
  const written: number[] = [];
  family?.sample({ ...status, resultAt: NOON }, (value) => written.push(value), 1);
  expect(written).toEqual([NOON / 1000]);
});

test('docs/metrics.md matches the tables', async () => {
  await expect(describeMetrics()).toMatchFileSnapshot('../../docs/metrics.md');
});

test('the names of metrics are stable', () => {
  const labeled = [...TARGET_FAMILIES, ...FLEET_FAMILIES, PHASE_DURATION, LOOP_DELAY].map(
    ({ name, labels }) => `${name}{${labels.join(',')}}`,
  );
  expect(labeled.sort()).toEqual([
    'mailprobe_app_info{app,tenant,token_host,app_owner}',
    'mailprobe_app_probes_limit{app}',
    'mailprobe_app_probes_needed{app}',
    'mailprobe_build_info{version,revision,node_version}',
    'mailprobe_config_last_reload_success_timestamp_seconds{}',
    'mailprobe_config_last_reload_successful{}',
    'mailprobe_credential_expiry_timestamp_seconds{app,credential,kind,source}',
    'mailprobe_credential_in_use{app,credential}',
    'mailprobe_credential_last_check_timestamp_seconds{app}',
    'mailprobe_credential_valid{app}',
    'mailprobe_event_loop_delay_seconds{}',
    'mailprobe_external_url_info{url}',
    'mailprobe_incidents_total{cause,scope,owner}',
    'mailprobe_mailbox_info{mailbox,protocol,app,endpoint}',
    'mailprobe_mailbox_messages{mailbox,protocol}',
    'mailprobe_mailbox_up{mailbox,protocol}',
    'mailprobe_maintenance_active{mailbox}',
    'mailprobe_notifications_total{channel,outcome}',
    'mailprobe_phase_duration_seconds{protocol,phase}',
    'mailprobe_probe_back_off_seconds{mailbox,protocol}',
    'mailprobe_probe_duration_seconds{mailbox,protocol}',
    'mailprobe_probe_failures_total{mailbox,protocol,cause}',
    'mailprobe_probe_interval_seconds{mailbox,protocol}',
    'mailprobe_probe_last_run_timestamp_seconds{mailbox,protocol}',
    'mailprobe_probe_last_success_timestamp_seconds{mailbox,protocol}',
    'mailprobe_probe_phase_duration_seconds{mailbox,protocol,phase}',
    'mailprobe_probe_success{mailbox,protocol}',
    'mailprobe_probes_limit{}',
    'mailprobe_probes_total{mailbox,protocol}',
    'mailprobe_problem_affected_mailboxes{cause,scope,subject,owner}',
    'mailprobe_problem_since_timestamp_seconds{cause,scope,subject,owner,severity}',
    'mailprobe_replica_apps{}',
    'mailprobe_replicas{}',
    'mailprobe_scheduler_lag_seconds{}',
    'mailprobe_store_pending{}',
    'mailprobe_store_up{}',
    'mailprobe_tls_certificate_expiry_timestamp_seconds{endpoint}',
    'mailprobe_token_expiry_timestamp_seconds{app}',
    'mailprobe_token_request_failures_total{app,cause}',
    'mailprobe_token_requests_total{app}',
  ]);
});

test.each([
  ['nothing', undefined, TEXT],
  ['anything', '*/*', TEXT],
  ['Prometheus 2', PROMETHEUS_ACCEPT, OPENMETRICS],
  [
    'Prometheus 3, which likes protobuf best',
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited;q=0.6,application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.1',
    OPENMETRICS,
  ],
  ['a browser', 'text/html,application/xhtml+xml,*/*;q=0.8', TEXT],
  ['OpenMetrics with quality zero', 'application/openmetrics-text;q=0', TEXT],
  ['plain text rather than OpenMetrics', 'text/plain;q=0.9,application/openmetrics-text;q=0.5', TEXT],
  ['only the old draft of OpenMetrics', 'application/openmetrics-text; version=0.0.1', TEXT],
  ['nonsense', ';;q=x,,/', TEXT],
])('Accept: %s is answered with %s', async (_, accept, contentType) => {
  expect(createMetrics(aSource()).stream(accept).headers['content-type']).toBe(contentType);
});

test('the lag of this process is not counted as the phases of a server', async () => {
  const { body } = await scraped();
  expect(body).toContain('mailprobe_phase_duration_seconds_count{protocol="imap",phase="tls"} 1\n');
  expect(body).toContain('mailprobe_phase_duration_seconds_count{protocol="imap",phase="dns"} 2\n');
});

test('a repeated label set is written once', () => {
  const family = FLEET_FAMILIES.find(({ name }) => name === 'mailprobe_problem_affected_mailboxes');
  if (family === undefined) throw new Error('the family is gone');
  const twice = { ...SNAPSHOT, problems: [...SNAPSHOT.problems, ...SNAPSHOT.problems] };
  const write = (snapshot: typeof SNAPSHOT) =>
    writeFleetFamily(family, { source: aSource(), snapshot, serverCertificates: [] }, 'text');
  expect(write(twice)).toBe(write(SNAPSHOT));
});

test('codes of one cause are counted together, and no text of a server is a label', async () => {
  const { body } = await createMetrics(aSource()).render();
  expect(body).toContain('mailprobe_token_request_failures_total{app="crm",cause="secret-expired"} 25\n');
  expect(body).toContain('mailprobe_token_request_failures_total{app="crm",cause="unexplained"} 3\n');
});

test('an invalid time is absent', async () => {
  const tokens = [{ app: 'plm', requestsTotal: 1, failuresByCode: {}, expiresAt: Number.NaN }];
  const { body } = await createMetrics(aSource({ snapshot: () => ({ ...SNAPSHOT, tokens }) })).render();
  expect(body).not.toContain('mailprobe_token_expiry_timestamp_seconds');
});

test('of several certificates of one endpoint, the one that expires first is reported', async () => {
  const [one] = SNAPSHOT.targets;
  if (one === undefined) throw new Error('the fleet is empty');
  const earlier = {
    subject: 'CN=x',
    issuer: 'CN=y',
    names: [],
    notBefore: 0,
    notAfter: NOON,
    fingerprint256: '',
  };
  const lastProbe = aProbe({ target: one.target, facts: { tls: { certificate: earlier } } });
  const targets = [{ ...one, lastProbe }, ...SNAPSHOT.targets];
  const { body } = await createMetrics(aSource({ snapshot: () => ({ ...SNAPSHOT, targets }) })).render();
  expect(body).toContain(
    `mailprobe_tls_certificate_expiry_timestamp_seconds{endpoint="outlook.office365.com:993"} ${NOON / 1000}\n`,
  );
});

describe('the phases of a last probe', () => {
  const name = 'mailprobe_probe_phase_duration_seconds';
  const statusOf = (mailbox: string, options: Parameters<typeof aProbe>[0] = {}): TargetStatus => {
    const target = aTarget({ mailbox });
    return { ...anyStatus, target, lastProbe: aProbe({ ...options, target }) };
  };
  const phasesIn = async (targets: readonly TargetStatus[]): Promise<readonly string[]> => {
    const { body } = await createMetrics(aSource({ snapshot: () => ({ ...SNAPSHOT, targets }) })).render();
    const shown = body.matchAll(new RegExp(`^${name}{mailbox="(.*?)".*$`, 'gm'));
    return [...new Set([...shown].map(([, mailbox = '']) => mailbox))];
  };
  const notable = [
    statusOf('failed', { failed: { auth: { kind: 'rejected' } } }),
    statusOf('slow', { seconds: 5 }),
    statusOf('quick', { seconds: 4.9 }),
  ];
  const many = (count: number): readonly TargetStatus[] =>
    Array.from({ length: count }, (_, n) => statusOf(`healthy-${n}`));

  test('are shown of every target of a fleet of 2,000', async () => {
    expect(await phasesIn([...notable, ...many(1_997)])).toHaveLength(2_000);
  });

  test('are shown of failed and slow probes only in a larger one', async () => {
    expect(await phasesIn([...notable, ...many(1_998)])).toEqual(['failed', 'slow']);
  });
});

test('the event loop runs between the slices of a large fleet, whenever their time is up', async () => {
  let turns = 0;
  let running = true;
  const tick = (): void => {
    turns += 1;
    if (running) setImmediate(tick);
  };
  setImmediate(tick);
  let nowMs = 0;
  const pace = createPace(() => nowMs);
  const write = (): string => {
    nowMs += 1;
    return 'x';
  };
  const sizes: number[] = [];
  const items = Array.from({ length: 1100 }, () => 'x');
  for await (const chunk of textInSlices(items, write, pace, 1))
    if (chunk !== PAUSE) sizes.push(chunk.length);
  running = false;
  expect(sizes).toEqual(Array.from({ length: 275 }, () => 4));
  expect(turns).toBeGreaterThanOrEqual(274);
});

test('items that take no time do not yield to the event loop', async () => {
  const items = Array.from({ length: 10_000 }, () => 'x');
  const chunks = textInSlices(
    items,
    (item) => item,
    createPace(() => 0),
  );
  const sizes: number[] = [];
  for await (const chunk of chunks) sizes.push(chunk.length);
  expect(sizes).toEqual([10_000]);
});

describe('scrapes at the same time', () => {
  test('share one rendering, each at its own speed', async () => {
    let snapshots = 0;
    const source = aSource();
    const metrics = createMetrics({
      ...source,
      snapshot: () => {
        snapshots += 1;
        return source.snapshot();
      },
    });
    const slow = metrics.stream().chunks[Symbol.asyncIterator]();
    const first = await slow.next();
    const others = await Promise.all(Array.from({ length: 20 }, () => joined(metrics.stream().chunks)));
    const rest: unknown[] = [first.value];
    for (let piece = await slow.next(); piece.done !== true; piece = await slow.next())
      rest.push(piece.value);
    expect(snapshots).toBe(1);
    expect(new Set([...others, rest.join('')]).size).toBe(1);
    await joined(metrics.stream().chunks);
    expect(snapshots).toBe(2);
  });

  test('are compressed once for all scrapers that accept it', async () => {
    const metrics = createMetrics(aSource());
    const streams = Array.from({ length: 3 }, () => metrics.stream('', 'br;q=1.0, gzip;q=0.8'));
    const plain = joined(metrics.stream().chunks);
    const bodies = await Promise.all(streams.map(({ chunks }) => buffer(chunks)));
    expect(streams[0]?.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Accept, Accept-Encoding',
    });
    const texts = bodies.map((body) => gunzipSync(body).toString());
    expect(new Set(texts).size).toBe(1);
    // Memory and time of the process differ between two renderings.
    const ofProbes = (text: string): readonly string[] =>
      text.split('\n').filter((line) => line.startsWith('mailprobe_probe'));
    expect(ofProbes(texts[0] ?? '')).toEqual(ofProbes(await plain));
    expect(ofProbes(await plain).length).toBeGreaterThan(20);
    expect(metrics.stream('', 'gzip;q=0').headers).not.toHaveProperty('content-encoding');
  });
});
