/** The set-up script, run for real against tenants in every state; what it says is compared with what became of them. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
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

const ADDRESSES = ['qms@contoso.example', 'lab@contoso.example'];

interface Begun {
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
  let sandbox: Sandbox;
  let directory: string;
  let begun: Begun | undefined;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
    simulation = await createSimulation();
    shell = await startPowerShell(simulation);
    const tenant = createTenant();
    const { application } = addApplication(tenant, { displayName: 'Mail reader' });
    for (const address of ADDRESSES) addMailbox(tenant, address, [application.appId]);
    sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  });
  afterEach(async () => {
    await begun?.config.close();
    begun = undefined;
    sandbox.reset();
  });
  afterAll(async () => {
    await shell.close();
    await simulation.close();
    await sandbox.close();
    await rm(directory, { recursive: true, force: true });
  });

  /** One app, two mailboxes, everything right when it is configured; then `change` breaks it. */
  async function begin(
    change: (tenant: Tenant, application: Application) => void = () => undefined,
    situation: Situation = {},
    arrange: (tenant: Tenant) => void = () => undefined,
  ): Promise<Begun> {
    sandbox.change(arrange);
    const config = await configure(sandbox);
    await printScript(config);
    const [application] = sandbox.tenant.applications;
    if (application === undefined) throw new Error('the tenant has no application');
    sandbox.change((tenant) => {
      change(tenant, application);
    });
    simulation.begin(sandbox, situation);
    begun = { config, application };
    return begun;
  }

  async function printScript({ file }: Pick<Configured, 'file'>): Promise<void> {
    const { stdout } = await runCommand(setupScript, ['--config', file]);
    await writeFile(join(directory, 'setup.ps1'), stdout);
  }

  /** Each change of the tenant stands on the screen, whatever else happened. */
  async function runScript({
    arguments: more = '',
    modules = {},
    ...options
  }: ScriptRun = {}): Promise<Outcome> {
    const window = await shell.open(modules);
    const before = simulation.changes();
    try {
      const outcome = await window.run(`Set-Location '${directory}'\n./setup.ps1 ${more}`, options);
      expect(changesIn(outcome)).toHaveLength(simulation.changes() - before);
      return outcome;
    } finally {
      await window.close();
    }
  }

  /** All of it. */
  function state(): string {
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
    expect(sandbox.tenant.applications[0]?.requiredResourceAccess).toContainEqual({
      permission: 'Mail.Read',
      type: 'Role',
    });
  });

  test('everything is there: it changes nothing', async () => {
    await begin();
    const before = state();
    const outcome = await runScript();
    expect(outcome).toMatchObject({ errors: [], exitCode: 0 });
    expect(outcome.text).not.toMatch(/Changed|Would|Failed|To be done by you/);
    expect(state()).toBe(before);
  });

  test('run twice: the second time there is nothing left to do', async () => {
    await begin(NOTHING);
    await runScript();
    const before = state();
    const outcome = await runScript();
    expect(outcome.text).not.toMatch(/Changed|Failed/);
    expect(state()).toBe(before);
  });

  test('-WhatIf: says what it would do, and changes nothing', async () => {
    await begin(NOTHING);
    const before = state();
    const outcome = await runScript({ arguments: '-WhatIf' });
    expect(outcome.errors).toEqual([]);
    expect(outcome.text).toContain('Would be changed, but was not');
    expect(state()).toBe(before);
  });

  test('half done: what is missing is made, what is right is left', async () => {
    const tenant = await begin((changed) => {
      for (const principal of changed.servicePrincipals) principal.grantedRoles = ['IMAP.AccessAsApp'];
      changed.mailboxes[1]?.fullAccess.pop();
    });
    const outcome = await runScript();
    expect(changesIn(outcome)).toEqual([
      'app mail-reader: granted admin consent to POP.AccessAsApp',
      'lab@contoso.example: gave full access for app mail-reader',
    ]);
    expect(await opens(tenant)).toBe(true);
  });

  test('-Confirm: each change is asked for once, and what is refused is left', async () => {
    const tenant = await begin(NOTHING);
    const before = state();
    const refused = await runScript({ arguments: '-Confirm', answers: ['N', 'N'] });
    expect(refused.questions).toHaveLength(2);
    expect(state()).toBe(before);
    const all = await runScript({ arguments: '-Confirm', answers: Array<string>(7).fill('Y') });
    expect(all.questions).toHaveLength(7);
    expect(await opens(tenant)).toBe(true);
  });

  test('the wrong object id: it names the right one and the command, and removes nothing', async () => {
    const tenant = await begin((changed, application) => {
      for (const entry of changed.exchangeServicePrincipals) entry.objectId = application.objectId;
    });
    const before = state();
    const outcome = await runScript();
    const right = sandbox.tenant.servicePrincipals[0]?.id;
    expect(outcome.text).toContain(
      `wrong object id ${tenant.application.objectId}; the right one is ${String(right)}`,
    );
    expect(outcome.text).toContain('Get-ManagementRoleAssignment');
    expect(state()).toBe(before);
  });

  test('an app of another tenant: said, and the rest is done', async () => {
    await begin((changed) => {
      changed.applications = [];
      for (const mailbox of changed.mailboxes) mailbox.fullAccess = [];
    });
    const outcome = await runScript();
    expect(outcome.text).toContain('is registered in another tenant');
    expect(changesIn(outcome)).toHaveLength(2);
    expect(sandbox.tenant.mailboxes.every(({ fullAccess }) => fullAccess.length === 1)).toBe(true);
  });

  test('no such app: it waits for whoever can register it', async () => {
    await begin((changed) => {
      changed.applications = [];
      changed.servicePrincipals = [];
      changed.exchangeServicePrincipals = [];
    });
    const outcome = await runScript();
    expect(outcome.text).toContain('no application of this tenant has the client id');
    expect(changesIn(outcome)).toEqual([]);
  });

  const CANCELED = 'User canceled authentication.';
  const IDS = /^ {2}\.\/setup\.ps1 -Part Exchange -ObjectIds @\{ 'mail-reader' = '[-0-9a-f]{36}' \}(.*)$/m;
  const NOT_IN_EXCHANGE =
    /^to do +app mail-reader: nothing was done in Exchange, because the object id .* is not known: run the Entra part first/m;

  interface SignIn {
    readonly situation: Situation;
    readonly arguments?: string;
    /** Whom it asked to sign in. */
    readonly asked: readonly string[];
    readonly changed: number;
    /** What the line for a new window ends with. */
    readonly line?: string;
    readonly text?: RegExp;
  }

  test.each<[string, SignIn]>([
    [
      'to Graph fails: nothing is changed, and nobody is asked to sign in to Exchange',
      { situation: { graphSignIn: CANCELED }, asked: ['Graph'], changed: 0, text: NOT_IN_EXCHANGE },
    ],
    [
      'to Graph fails with -Part Entra: nothing is changed',
      { situation: { graphSignIn: CANCELED }, arguments: '-Part Entra', asked: ['Graph'], changed: 0 },
    ],
    [
      'to Graph fails with -WhatIf: nothing is changed',
      { situation: { graphSignIn: CANCELED }, arguments: '-WhatIf', asked: ['Graph'], changed: 0 },
    ],
    [
      'to Graph fails with object ids given: Exchange is done',
      {
        situation: { graphSignIn: CANCELED },
        arguments: "-ObjectIds @{ 'mail-reader' = 'aaaaaaaa-0000-4000-8000-000000000000' }",
        asked: ['Graph', 'Exchange'],
        changed: 3,
      },
    ],
    [
      'to Exchange fails: what was done in Entra is said, with the line that does the rest',
      {
        situation: { exchangeSignIn: CANCELED },
        asked: ['Graph', 'Exchange'],
        changed: 4,
        line: '',
        text: /^Changed: 4$/m,
      },
    ],
    [
      'to Exchange fails with -EnableProtocols -UseDeviceCode: the line keeps them',
      {
        situation: { exchangeSignIn: CANCELED },
        arguments: '-EnableProtocols -UseDeviceCode',
        asked: ['Graph', 'Exchange'],
        changed: 4,
        line: ' -EnableProtocols -UseDeviceCode',
      },
    ],
    [
      'to Exchange fails with -Part Exchange: nothing is changed, and the line is there again',
      {
        situation: { exchangeSignIn: CANCELED },
        arguments: "-Part Exchange -ObjectIds @{ 'mail-reader' = 'aaaaaaaa-0000-4000-8000-000000000000' }",
        asked: ['Exchange'],
        changed: 0,
        line: '',
      },
    ],
    [
      'to both fails: nothing is changed',
      {
        situation: { graphSignIn: CANCELED, exchangeSignIn: CANCELED },
        asked: ['Graph'],
        changed: 0,
        text: NOT_IN_EXCHANGE,
      },
    ],
  ])('the sign-in %s', async (_name, { situation, arguments: more = '', asked, changed, line, text }) => {
    await begin(NOTHING, situation);
    const outcome = await runScript({ arguments: more });
    expect(outcome.exitCode).toBe(1);
    expect(outcome.errors).toEqual([]);
    expect(outcome.text).toMatch(/^failed +tenant \S+: User canceled authentication\.$/m);
    expect(outcome.text).toMatch(/^Failed: 1$/m);
    expect(simulation.ran().filter((name) => name.startsWith('Connect-'))).toEqual(
      asked.map((service) => (service === 'Graph' ? 'Connect-MgGraph' : 'Connect-ExchangeOnline')),
    );
    expect(changesIn(outcome)).toHaveLength(changed);
    expect(IDS.exec(outcome.text)?.[1]).toBe(line);
    expect(outcome.text).toMatch(text ?? '');
  });

  test('the sign-in to Exchange fails with -WhatIf: the line for a new window changes nothing either', async () => {
    await begin((changed) => void (changed.exchangeServicePrincipals = []), { exchangeSignIn: CANCELED });
    const before = state();
    const outcome = await runScript({ arguments: '-WhatIf' });
    const [whole = '', more] = IDS.exec(outcome.text) ?? [];
    expect(more).toBe(' -WhatIf');
    simulation.begin(sandbox);
    const rest = await runScript({ arguments: whole.replace(/^ *\S+/, '') });
    expect(rest.text).toContain('Would be changed, but was not: 3');
    // Signing out is no change.
    expect(rest.text).not.toMatch(/What if: .*Disconnect/);
    expect(state()).toBe(before);
  });

  test('the sign-in to one of two tenants fails: said, and the other is done', async () => {
    const { config } = await begin(NOTHING);
    const text = await readFile(config.file, 'utf8');
    const { apps, ...more }: { apps: readonly object[] } = parse(text);
    const other = apps.map((app) => ({ ...app, id: 'other', tenant: 'fabrikam.example' }));
    await writeFile(config.file, stringify({ ...more, apps: [...other, ...apps] }));
    await printScript(config);
    const outcome = await runScript();
    expect(outcome.exitCode).toBe(1);
    expect(outcome.text).toMatch(/^failed +tenant fabrikam\.example: AADSTS90002/m);
    expect(outcome.text).toMatch(/^to do +app other: nothing was done in Exchange/m);
    expect(changesIn(outcome)).toHaveLength(7);
  });

  test.each([
    'Update-MgApplication',
    'New-MgServicePrincipal',
    'New-MgServicePrincipalAppRoleAssignment',
    'New-ServicePrincipal',
    'Add-MailboxPermission',
    'Set-CASMailbox',
  ])('%s fails: said, with what was changed before, and the next run does the rest', async (name) => {
    const tenant = await begin(
      (changed, application) => {
        NOTHING(changed, application);
        for (const mailbox of changed.mailboxes) mailbox.imapEnabled = false;
      },
      { failing: { [name]: 'Access is denied.' } },
    );
    const outcome = await runScript({ arguments: '-EnableProtocols' });
    expect(outcome).toMatchObject({ errors: [], exitCode: 1 });
    expect(outcome.text).toMatch(/^failed .*: Access is denied\.$/m);
    simulation.begin(sandbox);
    const rest = await runScript({ arguments: '-EnableProtocols' });
    expect(rest).toMatchObject({ errors: [], exitCode: 0 });
    expect(await opens(tenant)).toBe(true);
  });

  test.each([
    ['the sign-in to Exchange fails', { exchangeSignIn: 'User canceled authentication.' }, {}],
    ['the two modules collide in one window', { modulesCollide: true }, {}],
    [
      'the module of Exchange cannot be imported',
      {},
      { failing: { ExchangeOnlineManagement: 'Could not load file or assembly' } },
    ],
  ] as const)(
    '%s: the line for a new window is printed, and does the rest',
    async (_name, situation, modules) => {
      const tenant = await begin(NOTHING, situation);
      const outcome = await runScript({ modules });
      expect(outcome.exitCode).toBe(1);
      const [, line] = /^ {2}\.\/setup\.ps1 (-Part Exchange .*)$/m.exec(outcome.text) ?? [];
      simulation.begin(sandbox);
      const rest = await runScript({ arguments: line ?? '' });
      expect(rest).toMatchObject({ errors: [], exitCode: 0 });
      expect(await opens(tenant)).toBe(true);
    },
  );

  test('-Part Entra and then -Part Exchange, by two people', async () => {
    const tenant = await begin(NOTHING);
    const first = await runScript({ arguments: '-Part Entra' });
    expect(simulation.ran()).not.toContain('Connect-ExchangeOnline');
    const [, line] = /^ {2}\.\/setup\.ps1 (-Part Exchange .*)$/m.exec(first.text) ?? [];
    simulation.begin(sandbox);
    await runScript({ arguments: line ?? '' });
    expect(simulation.ran()).not.toContain('Connect-MgGraph');
    expect(await opens(tenant)).toBe(true);
  });

  test('a profile with strict mode: it goes on', async () => {
    const tenant = await begin(NOTHING);
    const window = await shell.open();
    const outcome = await window.run(
      `Set-StrictMode -Version Latest\nSet-Location '${directory}'\n./setup.ps1`,
    );
    await window.close();
    expect(outcome).toMatchObject({ errors: [], exitCode: 0 });
    expect(await opens(tenant)).toBe(true);
  });

  test('-Part Exchange without object ids: says what comes first', async () => {
    await begin();
    const outcome = await runScript({ arguments: '-Part Exchange' });
    expect(outcome.text).toMatch(NOT_IN_EXCHANGE);
    expect(simulation.ran()).toEqual([]);
  });

  test('a partner: -DelegatedOrganization reaches the customer, and without it nothing is changed', async () => {
    const tenant = await begin(NOTHING, { partner: true });
    const without = await runScript();
    expect(without.text).toContain('-DelegatedOrganization');
    expect(sandbox.tenant.exchangeServicePrincipals).toEqual([]);
    const organization = sandbox.tenant.domain;
    const outcome = await runScript({ arguments: `-DelegatedOrganization ${organization}` });
    expect(outcome).toMatchObject({ errors: [], exitCode: 0 });
    expect(await opens(tenant)).toBe(true);
  });

  test('-UseDeviceCode: both sign-ins take it', async () => {
    await begin();
    expect(await runScript({ arguments: '-UseDeviceCode' })).toMatchObject({ errors: [], exitCode: 0 });
  });

  test('-UseDeviceCode in Windows PowerShell: says what it needs before anything is changed', async () => {
    await begin(NOTHING);
    const outcome = await runScript({ arguments: '-UseDeviceCode', version: '5.1.26100' });
    expect(outcome.errors.join('\n')).toContain('needs PowerShell 7');
    expect(simulation.ran()).toEqual([]);
  });

  test('another tenant than the configured one: nothing is changed', async () => {
    await begin(NOTHING, { exchangeTenant: '12121212-0000-4000-8000-000000000000' });
    const outcome = await runScript();
    expect(outcome.text).toContain('signed in to another tenant');
    expect(sandbox.tenant.exchangeServicePrincipals).toEqual([]);
  });

  test('what was created is found only after 20 seconds: it tries three times', async () => {
    const tenant = await begin(NOTHING, { appearsAfterSeconds: 20 });
    const outcome = await runScript();
    expect(outcome).toMatchObject({ errors: [], exitCode: 0 });
    expect(simulation.slept()).toBe(40);
    expect(await opens(tenant)).toBe(true);
  });

  test('what was created is not found in time: it says that a second run does the rest', async () => {
    await begin(NOTHING, { appearsAfterSeconds: 300 });
    const outcome = await runScript();
    expect(outcome.exitCode).toBe(1);
    expect(outcome.text).toContain('run the script once more');
  });

  test.each([
    ['7.4.12', '3.10.1', 'needs PowerShell 7.6 or later, and this is 7.4'],
    ['7.5.4', '3.10.1', '-RequiredVersion 3.9.2'],
    ['7.2.24', '3.9.2', 'needs PowerShell 7.4 or later, and this is 7.2'],
  ])(
    'PowerShell %s with module %s: says what is needed before anything is changed',
    async (version, installed, words) => {
      await begin(NOTHING);
      const before = state();
      const outcome = await runScript({
        version,
        modules: { versions: { ExchangeOnlineManagement: installed } },
      });
      expect(outcome.errors.join('\n')).toContain(words);
      expect(state()).toBe(before);
      expect(simulation.ran()).toEqual([]);
    },
  );

  test.each([
    ['7.4.12', '3.9.2'],
    ['7.6.0', '3.10.1'],
    ['5.1.26100', '3.10.1'],
  ])('PowerShell %s with module %s: goes on', async (version, installed) => {
    await begin();
    const outcome = await runScript({
      version,
      modules: { versions: { ExchangeOnlineManagement: installed } },
    });
    expect(outcome).toMatchObject({ errors: [], exitCode: 0 });
  });

  test.each(['Microsoft.Graph.Applications', 'ExchangeOnlineManagement'] as const)(
    'module %s is missing: says how to install it, before anything is changed',
    async (name) => {
      await begin(NOTHING);
      const outcome = await runScript({ modules: { versions: { [name]: undefined } } });
      expect(outcome.errors.join('\n')).toContain(`Install-Module ${name} -Scope CurrentUser`);
      expect(simulation.ran()).toEqual([]);
    },
  );

  test('a deactivated registration, an enterprise application that is off, one that Microsoft disabled: each is said', async () => {
    await begin((changed, application) => {
      application.disabled = true;
      for (const principal of changed.servicePrincipals) {
        principal.enabled = false;
        principal.disabledByMicrosoft = 'DisabledDueToViolationOfServicesAgreement';
      }
    });
    const outcome = await runScript();
    expect(outcome.text).toMatch(/registration is deactivated/);
    expect(outcome.text).toMatch(/enterprise application is disabled/);
    expect(outcome.text).toMatch(/Microsoft has disabled it/);
  });

  test('an alias in the configuration: said, with the address to put in its place', async () => {
    await begin((changed) => {
      const [mailbox] = changed.mailboxes;
      if (mailbox !== undefined)
        Object.assign(mailbox, { address: 'new@contoso.example', aliases: [mailbox.address] });
    });
    const outcome = await runScript();
    expect(outcome.text).toContain(
      'qms@contoso.example: is an alias, which cannot log in: write new@contoso.example',
    );
  });

  test('IMAP is off: said, and switched on only when asked to', async () => {
    const tenant = await begin((changed) => {
      for (const mailbox of changed.mailboxes) mailbox.imapEnabled = false;
    });
    const outcome = await runScript();
    expect(outcome.text).toContain('IMAP is off');
    expect(sandbox.tenant.mailboxes.some(({ imapEnabled }) => imapEnabled)).toBe(false);
    await runScript({ arguments: '-EnableProtocols' });
    expect(await opens(tenant)).toBe(true);
  });

  test('an entry that denies goes before one that allows: said', async () => {
    await begin((changed) => {
      for (const mailbox of changed.mailboxes) mailbox.fullAccessDenied = [...mailbox.fullAccess];
    });
    const outcome = await runScript();
    expect(outcome.text).toContain('an entry denies full access');
    expect(changesIn(outcome)).toEqual([]);
  });

  /** Pastes what `--rollback` prints, part by part, and says yes to each question. */
  async function rollBack({ config }: Begun): Promise<void> {
    const { stdout } = await runCommand(setupScript, ['--rollback', '--config', config.file]);
    const [exchange = '', graph = ''] = stdout.split(/(?=^# ----- .*Microsoft Graph)/m);
    const questions = [sandbox.tenant.mailboxes.length + 1, 2];
    const outcomes = await Promise.all(
      [exchange, graph].map(async (text, at) => {
        const window = await shell.open();
        const outcome = await window.paste(text, { answers: Array<string>(questions[at] ?? 0).fill('Y') });
        await window.close();
        return outcome;
      }),
    );
    expect(outcomes.flatMap(({ errors }) => errors)).toEqual([]);
  }

  test('--rollback: its commands take back what the script has set up, and ask first', async () => {
    const tenant = await begin(NOTHING);
    await runScript();
    await rollBack(tenant);
    const { mailboxes, exchangeServicePrincipals, servicePrincipals } = sandbox.tenant;
    expect(mailboxes.flatMap(({ fullAccess }) => fullAccess)).toEqual([]);
    expect(exchangeServicePrincipals).toEqual([]);
    expect(servicePrincipals.flatMap(({ grantedRoles }) => grantedRoles)).toEqual([]);
  });

  test('odd addresses stay addresses, in the script and in the rollback', async () => {
    const odd = [
      "o'brien@contoso.example",
      'a\u2019b\u2018c@contoso.example',
      'x`y$(whoami)@contoso.example',
      'b\u00FCro@contoso.example',
    ];
    const tenant = await begin(NOTHING, {}, (changed) => {
      const [application] = changed.applications;
      changed.mailboxes = [];
      for (const address of odd) addMailbox(changed, address, [application?.appId ?? '']);
    });
    const outcome = await runScript();
    expect(outcome.errors).toEqual([]);
    expect(sandbox.tenant.mailboxes.map(({ fullAccess }) => fullAccess.length)).toEqual([1, 1, 1, 1]);
    await rollBack(tenant);
    expect(sandbox.tenant.mailboxes.flatMap(({ fullAccess }) => fullAccess)).toEqual([]);
  });
});

/** `changed app plm: ...` in the order of the run. */
function changesIn({ text }: Outcome): readonly string[] {
  return [...text.matchAll(/^changed +(.*)$/gm)].map(([, change = '']) => change);
}
