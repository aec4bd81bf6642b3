/**
 * A fix is proved end to end: the tenant is broken, `check` names the cause, the commands that it prints are run in a
 * real PowerShell, and the mailboxes open. It proves syntax, parameters, order, and effect in our model of a tenant;
 * it does not prove what Microsoft's servers do.
 */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { namesOf, type Names } from '../../src/diagnosis/names.ts';
import { RULES } from '../../src/diagnosis/rules.ts';
import { CAUSES, type Cause } from '../../src/model/cause.ts';
import { emptyContext } from '../../src/model/context.ts';
import { explain } from '../../src/commands/explain.ts';
import { CLOUD_NAMES, type Cloud } from '../../src/model/microsoft365.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { applyScenario } from '../../src/sandbox/scenarios.ts';
import {
  addApplication,
  addMailbox,
  createTenant,
  registerCertificate,
} from '../../src/sandbox/tenant-builder.ts';
import { POWERSHELL } from '../support/provision.ts';
import { runCommand } from '../support/run-command.ts';
import {
  configure,
  type Configured,
  type Desk,
  diagnosesOf,
  openDesk,
  type PrintedDiagnosis,
  type PrintedStep,
  probe,
  useCertificate,
} from './administrator.ts';
import { type Outcome, type PowerShell, startPowerShell } from './power-shell.ts';
import { createSimulation, type Simulation } from './simulation.ts';

const APP_OF_YOURS = '99999999-0000-4000-8000-000000000009';

describe.skipIf(!existsSync(POWERSHELL))('the printed commands, in a real PowerShell', () => {
  let simulation: Simulation;
  let shell: PowerShell;
  const sandboxes = new Map<Cloud, Promise<Sandbox>>();
  const open: { config?: Configured; desk?: Desk } = {};

  beforeAll(async () => {
    simulation = await createSimulation();
    shell = await startPowerShell(simulation);
  });
  afterEach(async () => {
    await open.desk?.close();
    await open.config?.close();
    // A test that begins nothing has nothing to close.
    for (const key of ['desk', 'config'] as const) delete open[key];
  });
  afterAll(async () => {
    for (const sandbox of sandboxes.values()) await (await sandbox).close();
    await shell.close();
    await simulation.close();
  });

  interface Begun extends Required<typeof open> {
    readonly sandbox: Sandbox;
  }

  /** One app with two mailboxes, everything right. */
  async function begin(cloud: Cloud): Promise<Begun> {
    const known = sandboxes.get(cloud) ?? startSandbox(cloud);
    sandboxes.set(cloud, known);
    const sandbox = await known;
    sandbox.reset();
    simulation.begin(sandbox);
    open.config = await configure(sandbox, {}, cloud);
    open.desk = await openDesk(shell, open.config.directory);
    return { sandbox, config: open.config, desk: open.desk };
  }

  async function startSandbox(cloud: Cloud): Promise<Sandbox> {
    const tenant = createTenant({ servedCloud: cloud, homeCloud: cloud });
    const { application } = addApplication(tenant, { displayName: 'Mail reader', graph: true });
    addMailbox(tenant, 'qms@contoso.example', [application.appId]);
    addMailbox(tenant, 'service@contoso.example', [application.appId]);
    return await createSandbox({ tenant, failureDelayMs: 5 });
  }

  /** Does what is printed for the first cause, again and again, until nothing is left; the causes on the way. */
  async function fixAll({ config, desk }: Begun, rounds = 8): Promise<readonly string[]> {
    const causes: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const probes = await probe(config.file);
      const first = await choose(desk, diagnosesOf(probes));
      if (first === undefined) return causes;
      causes.push(first.cause);
      const outcomes = await follow(desk, first.fix);
      const errors = outcomes.flatMap((outcome) => outcome.errors);
      expect(errors.filter((error) => !isHarmless(error))).toEqual([]);
      await putSecret(config, outcomes);
      if (existsSync(join(config.directory, 'mailprobe.crt'))) await useCertificate(config);
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

  const FIXED: readonly (readonly [scenario: string, ...causes: Cause[]])[] = [
    ['secret-expired', 'secret-expired'],
    ['secret-expiring', 'secret-expiring'],
    ['secret-renewal-blocked', 'secret-renewal-blocked'],
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

  /** Causes whose commands only show something, and change nothing whose effect could be proved. */
  const SHOWN: Readonly<Record<string, string>> = {
    'app-not-found': 'lists applications, to find the right client id for the configuration',
    'cert-credential-invalid': 'lists thumbprints; the file is uploaded in the portal, beside the one in use',
    'token-usable': 'shows an object id to compare with the token that was pasted',
    'mailbox-not-found-or-unlicensed': 'shows the mailbox; a license is given in the admin center',
    'username-mailbox-mismatch': 'shows addresses; the right one goes into the configuration',
  };
  const DETAILS = [undefined, 'smtp-client-authentication', 'delegated-instead-of-application', 'too-long'];
  const NOWHERE = { mailbox: '', app: '', startedAt: 0, seconds: 0, stages: [], standstillMs: 0 } as const;

  function stepsOf(cause: Cause, names: Names): readonly PrintedStep[] {
    return DETAILS.flatMap((detail) => RULES[cause].fix(names, detail));
  }

  test('every cause with a command is proved by its effect, or says why it has none', () => {
    const names = namesOf({ ...NOWHERE, protocol: 'imap' }, emptyContext(0));
    const printing = CAUSES.filter((cause) =>
      stepsOf(cause, names).some((step) => step.shell === 'powershell'),
    );
    const proved = new Set<string>(FIXED.flatMap(([, ...causes]) => causes));
    const covered = new Set<string>([...proved, ...Object.keys(SHOWN)]);
    expect(printing.filter((cause) => !covered.has(cause))).toEqual([]);
    expect(Object.keys(SHOWN).filter((cause) => proved.has(cause))).toEqual([]);
  });

  test.each(CLOUD_NAMES)('in the cloud %s: every command of every cause runs', async (cloud) => {
    const { sandbox, desk } = await begin(cloud);
    const { id: tenant, applications, servicePrincipals } = sandbox.tenant;
    const [application] = applications;
    const names: Names = {
      ...namesOf({ ...NOWHERE, protocol: 'imap' }, emptyContext(0), { cloud }),
      tenant,
      address: 'qms@contoso.example',
      clientId: application?.appId ?? '',
      objectId: servicePrincipals[0]?.id,
      keyId: application?.secrets[0]?.keyId,
    };
    const commands = new Map<string, PrintedStep>();
    for (const cause of CAUSES)
      for (const step of stepsOf(cause, names)) commands.set(step.command ?? '', step);
    const replace = (command: string): string =>
      command
        .replaceAll(/<id of an app of yours[^>]*>/g, APP_OF_YOURS)
        .replaceAll('<wrong ObjectId>', servicePrincipals[0]?.id ?? '');
    const outcomes = await desk.follow([...commands.values()], replace, { answers: ['N'] });
    expect(outcomes.length).toBeGreaterThan(20);
    const errors = outcomes.flatMap((outcome) => outcome.errors);
    expect(errors.filter((error) => !isHarmless(error) && !/is already in use/.test(error))).toEqual([]);
  });

  describe('a policy of the tenant', () => {
    const POLICY = '77777777-0000-4000-8000-000000000007';

    /** What `explain` says of it. */
    async function explained(text: string): Promise<PrintedDiagnosis | undefined> {
      const { stdout } = await runCommand(explain, ['--format', 'json'], { stdin: text });
      const { diagnoses }: { diagnoses: readonly PrintedDiagnosis[] } = JSON.parse(stdout);
      return diagnoses[0];
    }

    test('that forbids secrets: the printed renewal is refused, and what explain prints for the answer works', async () => {
      const { sandbox, config, desk } = await begin('global');
      sandbox.change((tenant) => {
        applyScenario(tenant, 'secret-expired');
        tenant.secretPolicy = { id: POLICY, blocked: true, certificateMaxLifetimeDays: 400 };
      });
      const [first] = diagnosesOf(await probe(config.file));
      expect(first?.cause).toBe('secret-expired');
      const [renewal] = await desk.follow(first?.fix.slice(0, 1) ?? []);
      const verdict = await explained(renewal?.errors.join('\n') ?? '');
      expect(verdict?.cause).toBe('secret-renewal-blocked');
      const { tenant } = sandbox;
      const outcomes = await desk.follow(verdict?.fix ?? [], (command) =>
        command
          .replaceAll('<tenant id>', tenant.id)
          .replaceAll('<client id>', tenant.applications[0]?.appId ?? ''),
      );
      expect(outcomes.flatMap(({ errors }) => errors)).toEqual([]);
      await useCertificate(config);
      expect((await probe(config.file)).every(({ ok }) => ok)).toBe(true);
    });

    test('that shortens secrets, unknown to mailprobe: what explain prints for the answer works', async () => {
      const { sandbox, config, desk } = await begin('global');
      sandbox.change((tenant) => {
        applyScenario(tenant, 'secret-expired');
        tenant.secretPolicy = { id: POLICY, blocked: false, maxLifetimeDays: 90 };
      });
      const [first] = diagnosesOf(await probe(config.file));
      const [renewal] = await desk.follow(first?.fix.slice(0, 1) ?? []);
      const verdict = await explained(renewal?.errors.join('\n') ?? '');
      expect(verdict?.cause).toBe('secret-renewal-blocked');
      const { tenant } = sandbox;
      const outcomes = await desk.follow(verdict?.fix.slice(0, 1) ?? [], (command) =>
        command
          .replaceAll('<tenant id>', tenant.id)
          .replaceAll('<client id>', tenant.applications[0]?.appId ?? ''),
      );
      await putSecret(config, outcomes);
      expect((await probe(config.file)).every(({ ok }) => ok)).toBe(true);
    });

    test.each([
      ['shortens secrets', { maxLifetimeDays: 90 }, ['secret-expiring']],
      ['allows two days', { maxLifetimeDays: 2 }, ['secret-expiring', 'secret-expiring', 'and so on']],
    ])(
      'that %s and may be read: the printed renewal ends within the limit',
      async (_name, limits, causes) => {
        const begun = await begin('global');
        begun.sandbox.change((tenant) => {
          applyScenario(tenant, 'secret-expiring');
          tenant.secretPolicy = { id: POLICY, blocked: false, ...limits };
          for (const principal of tenant.servicePrincipals) principal.grantedRoles.push('Policy.Read.All');
        });
        expect(await fixAll(begun, causes.length === 1 ? 8 : 2)).toEqual(causes);
      },
    );

    test('that forbids secrets and shortens certificates, and may be read: the printed certificate keeps to it', async () => {
      const begun = await begin('global');
      begun.sandbox.change((tenant) => {
        applyScenario(tenant, 'secret-renewal-blocked');
        applyScenario(tenant, 'secret-expiring');
        if (tenant.secretPolicy !== undefined) tenant.secretPolicy.certificateMaxLifetimeDays = 200;
      });
      expect(diagnosesOf(await probe(begun.config.file)).map(({ cause }) => cause)).toEqual([
        'secret-expiring',
        'secret-renewal-blocked',
      ]);
      expect(await fixAll(begun)).toEqual(['secret-expiring']);
      expect((await probe(begun.config.file)).every(({ ok }) => ok)).toBe(true);
    });

    test('an app that has a certificate already: the command stops, and replaces nothing', async () => {
      const { sandbox, config, desk } = await begin('global');
      const authority = await createCertificateAuthority('test');
      const { cert } = await authority.issue({ commonName: 'another program', names: [] });
      sandbox.change((tenant) => {
        applyScenario(tenant, 'secret-renewal-blocked');
        for (const application of tenant.applications) registerCertificate(application, cert);
      });
      const [first] = diagnosesOf(await probe(config.file));
      expect(first?.cause).toBe('secret-renewal-blocked');
      const [outcome] = await desk.follow(first?.fix ?? []);
      expect(outcome?.errors.join('\n')).toContain('The app has certificates already');
      expect(sandbox.tenant.applications[0]?.certificates).toHaveLength(1);
    });
  });

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
