import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createDaemonProcess } from '../../bench/chaos/daemon-process.ts';
import { PROTOCOL_IDS } from '../../src/model/protocol.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { freePorts } from '../support/free-ports.ts';
import { until } from '../support/until.ts';

const MAILBOXES = 20;
/** So slow that the process can be stopped in the middle of a login. One failure is enough for down. */
const LOGIN_MS = 1_000;
/** Eight times what a probe takes, because no other probe may miss it on a busy machine. */
const TIMEOUT_MS = 8_000;

interface View {
  readonly id: string;
  readonly protocols: Readonly<
    Record<string, { readonly up: boolean | null; readonly success: boolean; readonly last_run: string }>
  >;
}

async function mailboxes(url: string): Promise<readonly View[]> {
  const body: { mailboxes: readonly View[] } = JSON.parse(
    await (await fetch(`${url}/api/v1/mailboxes?limit=1000`)).text(),
  );
  return body.mailboxes;
}

interface Incident {
  readonly id: string;
  readonly cause: string;
}

async function incidents(url: string): Promise<readonly Incident[]> {
  const body: { incidents: readonly Incident[] } = JSON.parse(
    await (await fetch(`${url}/api/v1/incidents`)).text(),
  );
  return body.incidents;
}

async function allUp(url: string, since: number): Promise<void> {
  await until('a fresh probe of every mailbox', async () => {
    const legs = (await mailboxes(url)).flatMap(({ protocols }) => Object.values(protocols));
    return legs.every(({ last_run, success }) => success && Date.parse(last_run) > since) || undefined;
  });
}

test('a process that was stopped reports nothing of healthy mailboxes when it goes on', async () => {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Stopped' });
  for (let at = 0; at < MAILBOXES; at += 1) addMailbox(tenant, `m${at}@contoso.example`, [application.appId]);
  for (const protocol of PROTOCOL_IDS) tenant.faults[protocol] = { kind: 'slow', delayMs: LOGIN_MS };
  const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  const [port = 0] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const configFile = await configFor(sandbox, await mkdtemp(join(tmpdir(), 'mailprobe-test-')), {
    listen: `127.0.0.1:${port}`,
    interval: `${TIMEOUT_MS + 100}ms`,
    timeout: `${TIMEOUT_MS}ms`,
    failureThreshold: 1,
  });
  const daemon = createDaemonProcess(configFile, url);
  onTestFinished(async () => {
    await daemon.kill();
    await sandbox.close();
  });
  await daemon.start();
  await allUp(url, 0);
  const before = daemon.output();
  // On a busy machine the start itself may lack CPU time, and says so.
  const ofTheStart = new Set((await incidents(url)).map(({ id }) => id));

  const { logins } = sandbox.requests().imap;
  await until('a login to begin', () => sandbox.requests().imap.logins > logins || undefined);
  // Longer than any deadline, so that every probe under way misses its own.
  await daemon.pause(1.2 * TIMEOUT_MS);
  await allUp(url, Date.now());

  const since = daemon.output().slice(before.length);
  expect(since.split('\n').filter((line) => /"level":"(?:warn|error)"/.test(line))).toEqual([]);
  const problems = await (await fetch(`${url}/api/v1/problems?severity=critical`)).text();
  expect(problems).not.toContain('prober-starved');
  const causes = (await incidents(url)).filter(({ id }) => !ofTheStart.has(id)).map(({ cause }) => cause);
  expect(causes.filter((cause) => /prober-starved|exchange-transient|tcp-blocked/.test(cause))).toEqual([]);
});
