import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { PATIENT } from '../support/patient.ts';

const MAIN = join(import.meta.dirname, '../../src/main.ts');
const DESCRIPTORS = 64;
const MAILBOXES = 40;

test('check probes fewer mailboxes at once where the limit of descriptors is low, and finds all of them healthy', async () => {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'Many', graph: true });
  for (let at = 0; at < MAILBOXES; at += 1) addMailbox(tenant, `m${at}@contoso.example`, [application.appId]);
  const sandbox = await createSandbox({ tenant });
  onTestFinished(async () => await sandbox.close());
  const configFile = await configFor(sandbox, await mkdtemp(join(tmpdir(), 'mailprobe-test-')), PATIENT);
  const limited = ['-c', `ulimit -n ${DESCRIPTORS} && exec "$@"`, 'sh'];
  const args = [process.execPath, MAIN, 'check', '--config', configFile, '--format', 'json'];
  const child = spawn('sh', [...limited, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(output).not.toContain('EMFILE');
  const { probes }: { probes: readonly { readonly ok: boolean }[] } = JSON.parse(output);
  expect(probes.filter(({ ok }) => ok)).toHaveLength(MAILBOXES * 2);
  expect(code).toBe(0);
});
