/**
 * The same through a running daemon, for one fault of each kind: it names the cause, the commands that its API prints
 * are run in a real PowerShell, and it turns green by itself.
 */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { applyScenario } from '../../src/sandbox/scenarios.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { POWERSHELL } from '../support/provision.ts';
import { until } from '../support/until.ts';
import { type WatchedSandbox, watchSandbox } from '../support/watched-sandbox.ts';
import { openDesk, type PrintedStep, useCertificate } from './administrator.ts';
import { type PowerShell, startPowerShell } from './power-shell.ts';
import { createSimulation, type Simulation } from './simulation.ts';

interface PrintedProblem {
  readonly cause: string;
  readonly severity: string;
  readonly fix: readonly PrintedStep[];
}

describe.skipIf(!existsSync(POWERSHELL))('the daemon, fixed by what it prints', () => {
  let simulation: Simulation;
  let shell: PowerShell;
  let watched: WatchedSandbox | undefined;

  beforeAll(async () => {
    simulation = await createSimulation();
    shell = await startPowerShell(simulation);
  });
  afterEach(async () => {
    await watched?.close();
    watched = undefined;
  });
  afterAll(async () => {
    await shell.close();
    await simulation.close();
  });

  /** A daemon that finds the tenant broken when it starts. */
  async function begin(scenario: string): Promise<WatchedSandbox> {
    const tenant = createTenant();
    const { application } = addApplication(tenant, { displayName: 'Mail reader', graph: true });
    addMailbox(tenant, 'qms@contoso.example', [application.appId]);
    applyScenario(tenant, scenario);
    const begun = await watchSandbox({ tenant }, { interval: '1s', credentialInterval: '1s' });
    watched = begun;
    simulation.begin(begun.sandbox);
    return begun;
  }

  async function problemsOf({ daemon }: WatchedSandbox): Promise<readonly PrintedProblem[]> {
    const answer = await fetch(`${daemon.url}/api/v1/problems`);
    const { problems }: { problems: readonly PrintedProblem[] } = JSON.parse(await answer.text());
    return problems;
  }

  test.each([
    // A consent shows with the fresh token of the next minute: fixes.test.ts proves it without that wait.
    ['an entry in Exchange', 'exchange-sp-not-registered', 'exchange-sp-not-registered'],
    ['a permission of a mailbox', 'mailbox-permission-missing-not-connected', 'mailbox-permission-missing'],
    ['a switch of a mailbox', 'imap-disabled-not-connected', 'protocol-disabled-on-mailbox'],
    ['a secret', 'secret-expired', 'secret-expired'],
    ['a certificate in place of a secret', 'secret-renewal-blocked', 'secret-renewal-blocked'],
  ])('%s', async (_kind, scenario, cause) => {
    const begun = await begin(scenario);
    const { daemon, directory, configFile } = begun;
    const names = async (wanted: string): Promise<boolean> =>
      (await problemsOf(begun)).some((each) => each.cause === wanted);
    const problem = await until(`the problem ${cause}`, async () =>
      (await problemsOf(begun)).find((each) => each.cause === cause),
    );
    const desk = await openDesk(shell, directory);
    const outcomes = await desk.follow(problem.fix, undefined, { answers: ['N'] });
    await desk.close();
    expect(outcomes.flatMap(({ errors }) => errors)).toEqual([]);
    const secret = /^SecretText *: (\S+)/m.exec(outcomes.map(({ text }) => text).join('\n'))?.[1];
    if (secret !== undefined) await writeFile(join(directory, 'mail-reader.secret'), secret);
    if (existsSync(join(directory, 'mailprobe.crt'))) {
      await useCertificate({ file: configFile });
      if (!(await daemon.reload())) throw new Error('the configuration with the certificate was refused');
    }
    await until('the daemon to be green', async () => {
      const { targets } = daemon.snapshot();
      const isUp = targets.length > 0 && targets.every(({ confirmed }) => confirmed === 'up');
      const open = (await problemsOf(begun)).filter(({ severity }) => severity !== 'info');
      return (isUp && open.length === 0 && !(await names(cause))) || undefined;
    });
  });
});
