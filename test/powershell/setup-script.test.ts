/** The set-up script, run for real against tenants in every state; what it says is compared with what became of them. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { setupScript } from '../../src/commands/setup-script.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import type { Application, Tenant } from '../../src/sandbox/tenant.ts';
import { POWERSHELL } from '../support/provision.ts';
import { runCommand } from '../support/run-command.ts';
import { configure, type Configured, probe } from './administrator.ts';
import type { Situation } from './effect.ts';
import type { ModuleOptions } from './generate-modules.ts';
import { type Outcome, type PowerShell, type RunOptions, startPowerShell } from './power-shell.ts';
import { createSimulation, type Simulation } from './simulation.ts';

interface Begun {
  readonly sandbox: Sandbox;
  readonly config: Configured;
  readonly application: Application;
}

interface ScriptRun extends RunOptions {
  readonly arguments?: string;
  readonly modules?: ModuleOptions;
}

describe.skipIf(!existsSync(POWERSHELL))('setup.ps1, in a real PowerShell', () => {
  let simulation: Simulation;
  let shell: PowerShell;
  let directory: string;
  let begun: Begun | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
    simulation = await createSimulation();
    shell = await startPowerShell(simulation);
  });
  afterEach(async () => {
    await begun?.config.close();
    await begun?.sandbox.close();
    begun = undefined;
  });
  afterAll(async () => {
    await shell.close();
    await simulation.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** One app, two mailboxes, everything right; then `change` breaks it. */
  async function begin(
    change: (tenant: Tenant, application: Application) => void = () => undefined,
    situation: Situation = {},
    addresses: readonly string[] = ['qms@contoso.example', 'lab@contoso.example'],
  ): Promise<Begun> {
    const tenant = createTenant();
    const { application } = addApplication(tenant, { displayName: 'Mail reader' });
    for (const address of addresses) addMailbox(tenant, address, [application.appId]);
    const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
    const config = await configure(sandbox);
    const { stdout } = await runCommand(setupScript, ['--config', config.file]);
    await writeFile(join(directory, 'setup.ps1'), stdout);
    sandbox.change((changed) => {
      change(changed, changed.applications[0] ?? application);
    });
    simulation.begin(sandbox, situation);
    begun = { sandbox, config, application };
    return begun;
  }

  async function runScript({
    arguments: more = '',
    modules = {},
    ...options
  }: ScriptRun = {}): Promise<Outcome> {
    const window = await shell.open(modules);
    try {
      return await window.run(`Set-Location '${directory}'\n./setup.ps1 ${more}`, options);
    } finally {
      await window.close();
    }
  }

  /** Without what is random in it. */
  function stateOf({ sandbox }: Begun): string {
    return JSON.stringify(sandbox.tenant);
  }

  async function opens({ config }: Begun): Promise<boolean> {
    return (await probe(config.file)).every(({ ok }) => ok);
  }

  const NOTHING = (tenant: Tenant, application: Application): void => {
    application.requiredResourceAccess = [{ permission: 'Mail.Read', type: 'Role' }];
    tenant.servicePrincipals = [];
    tenant.exchangeServicePrincipals = [];
    for (const mailbox of tenant.mailboxes) mailbox.fullAccess = [];
  };

  test('nothing is there: all of it is made, and the mailboxes open', async () => {
    const tenant = await begin(NOTHING);
    const outcome = await runScript();
    expect(outcome.errors).toEqual([]);
    expect(outcome.exitCode).toBe(0);
    expect(outcome.text).toContain('Changed: 7');
    expect(await opens(tenant)).toBe(true);
    // What other services need is carried over.
    expect(tenant.sandbox.tenant.applications[0]?.requiredResourceAccess).toContainEqual({
      permission: 'Mail.Read',
      type: 'Role',
    });
  });

  test('everything is there: it changes nothing', async () => {
    const tenant = await begin();
    const before = stateOf(tenant);
    const outcome = await runScript();
    expect(outcome).toMatchObject({ errors: [], exitCode: 0 });
    expect(outcome.text).not.toMatch(/Changed|Would|Failed|Waits/);
    expect(stateOf(tenant)).toBe(before);
  });

  test('run twice: the second time there is nothing left to do', async () => {
    const tenant = await begin(NOTHING);
    await runScript();
    const before = stateOf(tenant);
    const outcome = await runScript();
    expect(outcome.text).not.toMatch(/Changed|Failed/);
    expect(stateOf(tenant)).toBe(before);
  });

  test('-WhatIf: says what it would do, and changes nothing', async () => {
    const tenant = await begin(NOTHING);
    const before = stateOf(tenant);
    const outcome = await runScript({ arguments: '-WhatIf' });
    expect(outcome.errors).toEqual([]);
    expect(outcome.text).toContain('Would be changed, and was not');
    expect(stateOf(tenant)).toBe(before);
  });
});
