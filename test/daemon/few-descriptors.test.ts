import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDaemonProcess } from '../../bench/chaos/daemon-process.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { freePorts } from '../support/free-ports.ts';
import { until } from '../support/until.ts';

/** More targets than descriptors, and every second mailbox at an IMAP server that accepts the login and then says nothing. */
const DESCRIPTORS = 64;
const APPS = 8;
const MAILBOXES = 60;
/** The silent ones wait for their deadline, six at once: 30 s of it. One failure is enough, and a minute apart is no overload. */
const PACE = { interval: '1m', timeout: '6s', failureThreshold: 1 } as const;
const isSilent = (at: number): boolean => at % 2 !== 0;

interface Line {
  readonly event: string;
  readonly level: string;
  readonly msg: string;
  readonly cause?: string;
}

async function daemonWithFewDescriptors() {
  const tenant = createTenant();
  const apps = Array.from(
    { length: APPS },
    (_, at) => addApplication(tenant, { displayName: `App ${at}`, graph: true }).application,
  );
  for (let at = 0; at < MAILBOXES; at += 1)
    addMailbox(tenant, `m${at}@contoso.example`, [apps[at % APPS]?.appId ?? '']);
  const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  const kind = { kind: 'silent-at-login' } as const;
  for (let at = 0; at < MAILBOXES; at += 1) {
    if (!isSilent(at)) continue;
    const body = JSON.stringify({ faults: { imap: kind } });
    await fetch(`${sandbox.control}/mailboxes/m${at}@contoso.example`, { method: 'PATCH', body });
  }
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const configFile = await configFor(sandbox, await mkdtemp(join(tmpdir(), 'mailprobe-test-')), {
    listen: `127.0.0.1:${port}`,
    ...PACE,
  });
  const daemon = createDaemonProcess(configFile, url, { descriptors: DESCRIPTORS });
  onTestFinished(async () => {
    await daemon.kill();
    await sandbox.close();
  });
  await daemon.start();
  return { daemon, url };
}

const statesAt = async (url: string): Promise<readonly (boolean | null)[][]> => {
  const response = await fetch(`${url}/api/v1/mailboxes?limit=1000`);
  const { mailboxes }: { mailboxes: { protocols: Record<string, { up: boolean | null }> }[] } = JSON.parse(
    await response.text(),
  );
  return mailboxes.map(({ protocols }) => Object.values(protocols).map(({ up }) => up));
};

test('with 64 file descriptors it probes less at once, answers, and blames nobody', async () => {
  const { daemon, url } = await daemonWithFewDescriptors();
  const expected = Array.from({ length: MAILBOXES }, (_, at) => [!isSilent(at), true]);
  await until(
    'every verdict to be true',
    async () => {
      const scrape = await fetch(`${url}/metrics`);
      expect(scrape.status).toBe(200);
      expect(await scrape.text()).toMatch(/^# TYPE mailprobe_probes_total counter$/m);
      return JSON.stringify(await statesAt(url)) === JSON.stringify(expected) || undefined;
    },
    240_000,
  );
  expect(await daemon.liveness()).toMatchObject({ failures: [] });

  const lines: readonly Line[] = daemon
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  const warnings = lines.filter(({ event }) => event === 'few_descriptors');
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject({ level: 'warn', limit: DESCRIPTORS, probes: 6, wanted: 50 });
  expect(warnings[0]?.msg).toContain('ulimit -n 65536');
  expect(lines.filter(({ cause }) => cause === 'client-bug' || cause === 'prober-starved')).toEqual([]);
  expect(lines.filter(({ level }) => level === 'error')).toEqual([]);
  // Alone 40 s. On a busy machine a probe that missed its deadline has its next turn a minute later.
}, 270_000);
