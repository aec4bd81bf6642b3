import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { applyScenario } from '../../src/sandbox/scenarios.ts';
import { daysFromNow } from '../../src/sandbox/tenant-builder.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { PATIENT } from '../support/patient.ts';
import { runCommand } from '../support/run-command.ts';
import { passSilence } from '../support/silence.ts';

/** What `check` reports about a credential, in addition to the mailbox. */
let sandbox: Sandbox;
let directory: string;
let config: string;

interface ProbeResult {
  readonly ok: boolean;
  readonly diagnoses: readonly {
    readonly cause: string;
    readonly severity: string;
    readonly title: string;
  }[];
}

beforeAll(async () => {
  sandbox = await createSandbox({ failureDelayMs: 5 });
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  config = await configFor(sandbox, directory, PATIENT);
});
afterAll(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});
beforeEach(() => sandbox.reset());

interface Answer {
  readonly exitCode: number;
  readonly probes: readonly ProbeResult[];
  readonly text: string;
}

async function run(...args: readonly string[]): Promise<Answer> {
  const format = args.length === 0 ? ['--format', 'json'] : args;
  const { exitCode, stdout } = await runCommand(check, ['qms', ...format, '--config', config]);
  return { exitCode, probes: args.length === 0 ? JSON.parse(stdout).probes : [], text: stdout };
}
const secretsEnd = (days: number): void =>
  sandbox.change((tenant) => {
    for (const secret of tenant.applications[0]?.secrets ?? []) secret.endDateTime = daysFromNow(days);
  });

test('a healthy credential adds nothing', async () => {
  const { exitCode, probes } = await run();
  expect([exitCode, probes.map(({ ok, diagnoses }) => [ok, diagnoses])]).toEqual([
    0,
    [
      [true, []],
      [true, []],
    ],
  ]);
});

test.each([
  [25, 'info'],
  [10, 'warning'],
  [5, 'critical'],
])('a secret that ends in %d days is exit code 1, severity %s, with the date', async (days, severity) => {
  secretsEnd(days);
  const { exitCode, probes } = await run();
  expect(exitCode).toBe(1);
  for (const { ok, diagnoses } of probes) {
    expect([ok, diagnoses.map(({ cause }) => cause)]).toEqual([true, ['secret-expiring']]);
    expect(diagnoses[0]).toMatchObject({
      severity,
      title: expect.stringContaining(daysFromNow(days).slice(0, 10)),
    });
  }
});

test('the text shows it in full once, and that the mailbox opens', async () => {
  secretsEnd(5);
  const { text } = await run('--format', 'text');
  expect(text.match(/^The mailbox opens, 1 warning\.$/gm)).toHaveLength(2);
  expect(text.match(/Add-MgApplicationPassword/g)).toHaveLength(1);
  expect(text).toContain('Hits: qms (imap, pop3)');
});

test('it takes one token for mail and one for Graph, whatever the number of probes', async () => {
  const before = Object.values(sandbox.requests().token)[0] ?? 0;
  await run();
  expect(Object.values(sandbox.requests().token)[0]).toBe(before + 2);
});

describe('a mailbox that opens is ok, whatever Graph does', () => {
  test.each<[Tenant['faults']['graph']['kind'], string]>([
    ['forbidden', 'graph-permission-missing'],
    ['throttled', 'graph-unavailable'],
    ['unavailable', 'graph-unavailable'],
    ['nonsense', 'graph-unavailable'],
    ['endless-pages', 'graph-unavailable'],
    ['refuse', 'graph-unavailable'],
    ['silent', 'graph-unavailable'],
    ['hang', 'graph-unavailable'],
  ])('%s: a warning, and the end after a timeout or two', async (kind, cause) => {
    sandbox.change((tenant) => {
      tenant.faults.graph = { kind };
    });
    const isSilent = kind === 'silent' || kind === 'hang';
    const { exitCode, probes } = await (isSilent ? passSilence(run) : run());
    expect([exitCode, probes.every(({ ok }) => ok)]).toEqual([1, true]);
    expect(probes[0]?.diagnoses.map((diagnosis) => diagnosis.cause)).toEqual([cause]);
  });
});

test('missing consent is distinguished from a permission that was never added, if Graph can be read', async () => {
  sandbox.change((tenant) => {
    applyScenario(tenant, 'admin-consent-missing', {});
  });
  const { exitCode, probes } = await run();
  expect(exitCode).toBe(2);
  expect(probes[0]?.diagnoses[0]).toMatchObject({ cause: 'admin-consent-missing', confidence: 'certain' });
});

test('a refused secret is reported once, and not tried at Graph as well', async () => {
  secretsEnd(-2);
  const before = Object.values(sandbox.requests().token)[0] ?? 0;
  const { exitCode, probes } = await run();
  expect(exitCode).toBe(2);
  expect(probes[0]?.diagnoses.filter(({ cause }) => cause === 'secret-expired')).toHaveLength(1);
  expect(Object.values(sandbox.requests().token)[0]).toBe(before + 1);
});

test("a mail server's certificate that is about to end is a warning with its date", async () => {
  const authority = await createCertificateAuthority('check test authority');
  const ends = new Date(Date.now() + 12 * 86_400_000);
  const short = await createSandbox({
    failureDelayMs: 5,
    certificateAuthority: {
      ...authority,
      issue: async (options) =>
        await authority.issue({ ...options, notBefore: new Date(daysFromNow(-300)), notAfter: ends }),
    },
  });
  try {
    const file = await configFor(short, join(directory, 'short'), PATIENT);
    const { exitCode, stdout } = await runCommand(check, ['qms', '--config', file]);
    expect(exitCode).toBe(1);
    expect(stdout).toContain('The mailbox opens, 2 warnings.');
    expect(stdout).toContain(`expires in 11 days, on ${ends.toISOString().slice(0, 10)}.`);
  } finally {
    await short.close();
  }
});
