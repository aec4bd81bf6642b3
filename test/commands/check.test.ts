import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { check } from '../../src/commands/check.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { diagnosisSchema } from '../../src/report/resource/diagnosis.ts';
import { stageSchema } from '../../src/report/resource/stage.ts';
import { PATIENT } from '../support/patient.ts';
import { runCommand } from '../support/run-command.ts';

let sandbox: Sandbox;
let directory: string;
let config: string;

beforeAll(async () => {
  const { tenant, plan } = createDemoTenant();
  sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  config = await configFor(sandbox, directory, { plan, ...PATIENT });
});

afterAll(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});

/** Times, ports, dates and ids differ from run to run; the shape does not. */
function steady(text: string): string {
  return text
    .replaceAll(directory, 'DIRECTORY')
    .replaceAll(/^ *This machine was busy.*\n/gm, '')
    .replaceAll(/\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(?:\.\d+)?Z/g, 'TIME')
    .replaceAll(/\d{4}-\d{2}-\d{2}/g, 'DATE')
    .replaceAll(/ +\d+ ms/g, ' N ms')
    .replaceAll(/\d+\.\d{3}s/g, 'Ns')
    .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replaceAll(/[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}/g, 'GUID');
}

test('a healthy mailbox: all stages, and exit code 0', async () => {
  const { exitCode, stdout } = await runCommand(check, [
    'qms-inbox',
    '--protocol',
    'imap',
    '--config',
    config,
  ]);
  await expect(steady(stdout)).toMatchFileSnapshot('../golden/commands/check-healthy.txt');
  expect(exitCode).toBe(0);
});

test("a mailbox whose app's secret has expired: where it broke, the verdict, and exit code 2", async () => {
  const { exitCode, stdout } = await runCommand(check, [
    'suppliers',
    '--protocol',
    'pop3',
    '--config',
    config,
  ]);
  await expect(steady(stdout)).toMatchFileSnapshot('../golden/commands/check-secret-expired.txt');
  expect(exitCode).toBe(2);
});

test('siblings and the other protocol decide what the message cannot', async () => {
  const { stdout } = await runCommand(check, ['--format', 'json', '--config', config]);
  const {
    probes,
  }: {
    probes: readonly {
      mailbox: string;
      protocol: string;
      ok: boolean;
      stages: object[];
      diagnoses: { cause: string }[];
    }[];
  } = JSON.parse(stdout);
  expect(() => z.array(diagnosisSchema).parse(probes.flatMap(({ diagnoses }) => diagnoses))).not.toThrow();
  expect(() => z.array(stageSchema).parse(probes.flatMap(({ stages }) => stages))).not.toThrow();
  const causeOf = (mailbox: string, protocol: string): string | undefined =>
    probes.find((probe) => probe.mailbox === mailbox && probe.protocol === protocol)?.diagnoses[0]?.cause;
  expect(causeOf('sales', 'imap')).toBe('mailbox-permission-missing');
  expect(causeOf('lab', 'imap')).toBe('protocol-disabled-on-mailbox');
  expect(causeOf('careers', 'pop3')).toBe('exchange-sp-not-registered');
  expect(probes.find((probe) => probe.mailbox === 'lab' && probe.protocol === 'pop3')?.ok).toBe(true);
});

test('the JSON writes times as RFC 3339, as the API does', async () => {
  const args = ['qms-inbox', '--protocol', 'imap', '--format', 'json', '--config', config];
  const { stdout } = await runCommand(check, args);
  const { probes }: { probes: readonly { stages: readonly { stage: string; facts: object }[] }[] } =
    JSON.parse(stdout);
  const token = probes[0]?.stages.find(({ stage }) => stage === 'token');
  expect(token?.facts).toMatchObject({ expires_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
});

test('Nagios: one line, perfdata, details, and its exit code', async () => {
  const { exitCode, stdout } = await runCommand(check, ['lab', '--format', 'nagios', '--config', config]);
  await expect(steady(stdout)).toMatchFileSnapshot('../golden/commands/check-nagios.txt');
  expect(exitCode).toBe(2);
});

describe('an invalid command line is answered with the reason', () => {
  test.each([
    [
      'a mailbox that is not configured',
      ['qms-inbx'],
      'no mailbox has the id "qms-inbx". Did you mean "qms-inbox"?',
    ],
    ['a format that there is not', ['--format', 'xml'], '--format expects text or json or nagios, got "xml"'],
    ['a protocol that there is not', ['--protocol', 'smtp'], '--protocol expects imap or pop3, got "smtp"'],
  ])('%s', async (_name, args, message) => {
    await expect(runCommand(check, [...args, '--config', config])).rejects.toThrow(message);
  });
});

test('a configuration that is not there ends with exit code 3 and its path', async () => {
  const missing = join(directory, 'absent.yaml');
  const { exitCode, stderr, stdout } = await runCommand(check, ['--config', missing]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain(missing);
  expect(stdout).toBe('');
});
