/**
 * A fix is proved end to end: the tenant is broken, `check` names the cause, the commands that it prints are run in a
 * real PowerShell, and the mailboxes open. It proves syntax, parameters, order, and effect in our model of a tenant;
 * it does not prove what Microsoft's servers do.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { CLOUD_NAMES, type Cloud } from '../../src/model/microsoft365.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { applyScenario } from '../../src/sandbox/scenarios.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import { POWERSHELL } from '../support/provision.ts';
import {
  configure,
  type Configured,
  type Desk,
  diagnosesOf,
  openDesk,
  type PrintedDiagnosis,
  probe,
} from './administrator.ts';
import { type Outcome, type PowerShell, startPowerShell } from './power-shell.ts';
import { createSimulation, type Simulation } from './simulation.ts';

const APP_OF_YOURS = '99999999-0000-4000-8000-000000000009';

describe.skipIf(!existsSync(POWERSHELL))('the printed commands, in a real PowerShell', () => {
  let simulation: Simulation;
  let shell: PowerShell;
  const open: { sandbox?: Sandbox; config?: Configured; desk?: Desk } = {};

  beforeAll(async () => {
    simulation = await createSimulation();
    shell = await startPowerShell(simulation);
  });
  afterEach(async () => {
    await open.desk?.close();
    await open.config?.close();
    await open.sandbox?.close();
  });
  afterAll(async () => {
    await shell.close();
    await simulation.close();
  });

  /** One app with two mailboxes, everything right; a `certificate` is not what it presents. */
  async function begin(cloud: Cloud): Promise<Required<typeof open>> {
    const tenant = createTenant({ servedCloud: cloud, homeCloud: cloud });
    const { application } = addApplication(tenant, { displayName: 'Mail reader', graph: true });
    addMailbox(tenant, 'qms@contoso.example', [application.appId]);
    addMailbox(tenant, 'service@contoso.example', [application.appId]);
    const sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
    simulation.begin(sandbox);
    const begun = { sandbox, config: await configure(sandbox, {}, cloud), desk: await openDesk(shell) };
    return Object.assign(open, begun);
  }

  /** Does what is printed for the first cause, again and again, until nothing is left; the causes on the way. */
  async function fixAll({ config, desk }: Required<typeof open>): Promise<readonly string[]> {
    const causes: string[] = [];
    for (let round = 0; round < 8; round += 1) {
      const probes = await probe(config.file);
      const first = await choose(desk, diagnosesOf(probes));
      if (first === undefined) return causes;
      causes.push(first.cause);
      const outcomes = await follow(desk, first.fix);
      const errors = outcomes.flatMap((outcome) => outcome.errors);
      expect(errors.filter((error) => !isHarmless(error))).toEqual([]);
      await putSecret(config, outcomes);
    }
    return [...causes, 'and so on'];
  }

  /** The first; but the text of its first step says when it is the other one: Exchange shows another ObjectId. */
  async function choose(
    desk: Desk,
    diagnoses: readonly PrintedDiagnosis[],
  ): Promise<PrintedDiagnosis | undefined> {
    const [first] = diagnoses;
    if (first?.cause !== 'exchange-sp-not-registered') return first;
    const shown = await follow(desk, first.fix.slice(0, 1));
    const other = diagnoses.find(({ cause }) => cause === 'exchange-sp-wrong-object-id');
    return shownIn(shown, 'ObjectId') === undefined ? first : other;
  }

  async function follow(desk: Desk, fix: Parameters<Desk['follow']>[0]): Promise<readonly Outcome[]> {
    const replace = (command: string, soFar: readonly Outcome[]): string =>
      command
        .replaceAll(/<id of an app of yours[^>]*>/g, APP_OF_YOURS)
        .replaceAll('<wrong ObjectId>', shownIn(soFar, 'ObjectId') ?? '<wrong ObjectId>');
    // What removes something is told in words, and done by hand.
    const steps = fix.map((step) =>
      step.command === undefined && step.text.includes('Remove-ServicePrincipal with -Identity')
        ? { ...step, command: "Remove-ServicePrincipal -Identity '<wrong ObjectId>'", shell: 'powershell' }
        : step,
    );
    return await desk.follow(steps, replace, { answers: ['Y'] });
  }

  function shownIn(outcomes: readonly Outcome[], name: string): string | undefined {
    const text = outcomes.map((outcome) => outcome.text).join('\n');
    return new RegExp(`^${name} *: (\\S+)`, 'm').exec(text)?.[1];
  }

  async function putSecret(config: Configured, outcomes: readonly Outcome[]): Promise<void> {
    const value = shownIn(outcomes, 'SecretText');
    if (value === undefined) return;
    const [, file] = /secret_file: (\S+)/.exec(await readFile(config.file, 'utf8')) ?? [];
    await writeFile(join(config.directory, file?.split('/').at(-1) ?? ''), value);
  }

  /** Answers that the steps foresee in words. */
  function isHarmless(error: string): boolean {
    return /already exists|soft-deleted mailbox/.test(error);
  }

  const FIXED: readonly (readonly [scenario: string, ...causes: string[]])[] = [
    ['secret-expired', 'secret-expired'],
    ['secret-expiring', 'secret-expiring'],
    ['secret-deleted', 'secret-invalid'],
    ['app-disabled', 'app-disabled'],
    ['app-permission-missing', 'app-permission-missing'],
    ['delegated-permission-added', 'app-permission-missing'],
    ['admin-consent-missing', 'admin-consent-missing'],
    ['other-permission-granted', 'app-permission-missing'],
    ['imap-permission-missing', 'app-permission-missing'],
    ['pop3-permission-missing', 'app-permission-missing'],
    ['exchange-sp-not-registered', 'exchange-sp-not-registered'],
    ['exchange-sp-wrong-object-id', 'exchange-sp-wrong-object-id'],
    ['mailbox-permission-missing', 'mailbox-permission-missing'],
    ['mailbox-permission-missing-not-connected', 'mailbox-permission-missing'],
    [
      'sp-missing-in-tenant',
      'sp-missing-in-tenant',
      'app-permission-missing',
      'exchange-sp-wrong-object-id',
      'mailbox-permission-missing',
      'graph-permission-missing',
    ],
    ['imap-disabled', 'protocol-disabled-on-mailbox'],
    ['imap-disabled-not-connected', 'protocol-disabled-on-mailbox'],
    ['pop3-disabled', 'protocol-disabled-on-mailbox'],
  ];

  test.each(FIXED)('%s: done as printed, it is %s no more', async (scenario, ...causes) => {
    const begun = await begin('global');
    begun.sandbox.change((tenant) => {
      applyScenario(tenant, scenario);
    });
    expect(await fixAll(begun)).toEqual(causes);
    expect((await probe(begun.config.file)).every(({ ok }) => ok)).toBe(true);
  });

  const POLICY = '77777777-0000-4000-8000-000000000007';

  test.each([
    ['shortens', { id: POLICY, blocked: false, maxLifetimeDays: 100 }],
    ['forbids', { id: POLICY, blocked: true }],
  ])(
    'a policy that %s client secrets: the answer is one that the steps name',
    async (_name, secretPolicy) => {
      const { sandbox, config, desk } = await begin('global');
      sandbox.change((tenant) => {
        applyScenario(tenant, 'secret-expired');
        tenant.secretPolicy = secretPolicy;
      });
      const [first] = diagnosesOf(await probe(config.file));
      const outcomes = await desk.follow(first?.fix ?? [], undefined, { answers: ['N'] });
      const [, code = 'no code'] = /\[(Credential\w+)\]/.exec(outcomes[0]?.errors.join('\n') ?? '') ?? [];
      const steps = first?.fix.map(({ text }) => text).join('\n') ?? '';
      expect(steps).toContain(code);
      const shorter = await desk.follow(
        first?.fix ?? [],
        (command) => command.replace('AddMonths(6)', 'AddDays(90)'),
        {
          answers: ['N'],
        },
      );
      expect(shorter[0]?.errors.length === 0).toBe(!secretPolicy.blocked);
    },
  );

  test.each(CLOUD_NAMES)('in the cloud %s: everything that was undone is done again', async (cloud) => {
    const begun = await begin(cloud);
    begun.sandbox.change((tenant) => {
      applyScenario(tenant, 'secret-expired');
      applyScenario(tenant, 'admin-consent-missing');
      applyScenario(tenant, 'exchange-sp-not-registered');
      applyScenario(tenant, 'imap-disabled');
    });
    expect(await fixAll(begun)).toEqual([
      'secret-expired',
      'admin-consent-missing',
      'exchange-sp-not-registered',
      'protocol-disabled-on-mailbox',
    ]);
    expect((await probe(begun.config.file)).every(({ ok }) => ok)).toBe(true);
  });
});
