import { factsOf, PROTOCOL_IDS } from '../../src/model/protocol.ts';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { UsageError } from '../../src/commands/command.ts';
import { textLiteral } from '../../src/commands/setup-script/literal.ts';
import { planSetup } from '../../src/commands/setup-script/plan.ts';
import { renderSetupScript } from '../../src/commands/setup-script/script.ts';
import { setupScript } from '../../src/commands/setup-script.ts';
import type { Mailbox } from '../../src/model/target.ts';
import { anApp } from '../support/builders.ts';
import { parametersOf } from '../powershell/cmdlet.ts';
import { CMDLETS } from '../powershell/generate-modules.ts';
import { createPowerShellReader, type PowerShellSource } from '../support/powershell.ts';
import { runCommand, type CommandRun } from '../support/run-command.ts';

const SECRET = 'abc8Q~A-secret-that-must-not-be-seen-0123';

let directory: string;
let configFile: string;
let read: (source: string) => PowerShellSource;

beforeAll(async () => {
  read = await createPowerShellReader();
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  configFile = join(directory, 'mailprobe.yaml');
  await writeFile(join(directory, 'plm-secret'), SECRET);
  const app = { tenant: '11111111-2222-3333-4444-555555555555', credential: { secret_env: 'APP_SECRET' } };
  const clientId = (n: number): string => `66666666-7777-8888-9999-00000000000${n}`;
  await writeFile(
    configFile,
    stringify({
      apps: [
        { ...app, id: 'plm', client_id: clientId(1), credential: { secret_file: 'plm-secret' } },
        { ...app, id: 'qms', client_id: clientId(2), protocols: ['imap'] },
        { ...app, id: 'navy', tenant: 'contoso.example', client_id: clientId(3), cloud: 'gcc-high' },
      ],
      mailboxes: [
        { id: 'plm-inbox', address: 'plm@contoso.example', app: 'plm' },
        { id: 'invoices', address: 'invoices@contoso.example', app: 'plm', protocols: ['pop3'] },
        { id: 'odd', address: "o'brien+büro@contoso.example", app: 'qms' },
        { id: 'navy', address: 'navy@contoso.example', app: 'navy', protocols: ['pop3'] },
      ],
    }),
  );
});

afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function run(...args: readonly string[]): Promise<CommandRun> {
  return await runCommand(setupScript, ['--config', configFile, ...args], { env: { APP_SECRET: SECRET } });
}

describe('setup-script', () => {
  test('prints the whole set-up as one script', async () => {
    const { exitCode, stdout, stderr } = await run();
    await expect(stdout.replaceAll(directory, 'DIRECTORY')).toMatchFileSnapshot(
      '../golden/commands/setup-script.ps1',
    );
    expect(exitCode).toBe(0);
    expect(stderr).toBe('');
  });

  test('is well-formed PowerShell, in ASCII, with no secret in it', async () => {
    const { stdout } = await run();
    expect(read(stdout).problems).toEqual([]);
    expect(stdout).toMatch(/^[\n\u0020-\u007E]*$/);
    expect(stdout).not.toContain(SECRET);
  });

  test('--app: prints that app only', async () => {
    const { stdout } = await run('--app', 'qms');
    expect([...stdout.matchAll(/^ +Id +=.*$/gm)].map(([line]) => line.trim())).toEqual([
      "Id              = 'qms'",
    ]);
    expect(read(stdout).problems).toEqual([]);
  });

  test('--app with an unknown id: names the one that was probably meant', async () => {
    await expect(run('--app', 'qmss')).rejects.toThrow(
      new UsageError('no app has the id "qmss". Did you mean "qms"?'),
    );
    await expect(run('--app', 'another')).rejects.toThrow(/^no app has the id "another"\. Expected one of: /);
  });

  test('a configuration with problems: they are printed, and the exit code is 3', async () => {
    const broken = join(directory, 'broken.yaml');
    await writeFile(broken, 'apps: []\nmailboxes: []\ncolor: red\n');
    const { exitCode, stdout, stderr } = await runCommand(setupScript, ['--config', broken]);
    expect(exitCode).toBe(3);
    expect(stdout).toBe('');
    expect(stderr).toContain('color');
  });
});

/** Microsoft's cmdlets and the parameters that their reference pages list, besides the common ones. */
const KNOWN: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  CMDLETS.map(({ name, sets }) => [
    name,
    Object.values(sets).flatMap((set) => parametersOf(set).map((parameter) => parameter.name)),
  ]),
);
const COMMON = new Set(['ErrorAction', 'WarningAction', 'WarningVariable']);
const POWERSHELL =
  /^(?:Get-(?:Command|Date|Module)|(?:Import|Install)-Module|Format-List|New-Object|Out-Null|(?:Select|Sort|Where)-Object|Set-(?:ExecutionPolicy|StrictMode)|Start-Sleep|Unblock-File|Write-Host)$/;

/** What is neither PowerShell's own, nor defined by the source itself, nor in the list above. */
function strangersIn({ commands, functions }: PowerShellSource): readonly string[] {
  return commands
    .filter(({ name }) => name !== '' && !functions.includes(name) && !POWERSHELL.test(name))
    .flatMap(({ name, parameters, line }) => {
      const known = KNOWN[name];
      if (known === undefined) return [`line ${line}: ${name}`];
      return parameters
        .filter((parameter) => !known.includes(parameter) && !COMMON.has(parameter))
        .map((parameter) => `line ${line}: ${name} -${parameter}`);
    });
}

describe('the script', () => {
  const script = renderSetupScript([]);
  const CHANGES = /^(?:New|Add|Set|Update|Remove)-/;

  test('runs known commands with known parameters, and none that removes anything', () => {
    const source = read(script);
    expect(strangersIn(source)).toEqual([]);
    expect(source.commands.filter(({ name }) => /^(?:Remove|Clear|Disable)-/.test(name))).toEqual([]);
  });

  test('a mailbox has the switch of every protocol', () => {
    const switches = ['ImapEnabled', 'PopEnabled', 'SmtpClientAuthenticationDisabled', 'ActiveSyncEnabled'];
    expect(switches).toEqual(
      expect.arrayContaining(PROTOCOL_IDS.map((protocol) => factsOf(protocol).exchangeSwitch.name)),
    );
  });

  test('changes something only after Test-Change has agreed', () => {
    const lines = script.split('\n');
    const changes = read(script).commands.filter(({ name }) => name in KNOWN && CHANGES.test(name));
    expect(changes.map(({ name }) => name).toSorted()).toEqual([
      'Add-MailboxPermission',
      'New-MgServicePrincipal',
      'New-MgServicePrincipalAppRoleAssignment',
      'New-ServicePrincipal',
      'Set-CASMailbox',
      'Update-MgApplication',
    ]);
    const unasked = changes.filter(({ line }) => {
      const before = lines.slice(line - 4, line).filter((text) => !text.trim().startsWith('#'));
      return !before.some((text) => /if \(Test-Change /.test(text));
    });
    expect(unasked).toEqual([]);
  });
});

test('docs/setup.md: its PowerShell is well formed, and of known commands', async () => {
  const page = await readFile(new URL('../../docs/setup.md', import.meta.url), 'utf8');
  // The grammar takes the lines that start the script for one name; test/powershell runs the script itself.
  const blocks = [...page.matchAll(/^```powershell\n(.*?)^```$/gms)].map(([, block = '']) =>
    read(block.replaceAll(/^\.\/setup\.ps1.*\n/gm, '')),
  );
  expect(blocks).toHaveLength(4);
  expect(blocks.flatMap(({ problems }) => problems)).toEqual([]);
  expect(blocks.flatMap(strangersIn)).toEqual([]);
});

/** The value that PowerShell would see: about_Quoting_Rules, and [char] as a UTF-16 unit. */
function valueOf(literal: string): string {
  return [...literal.matchAll(/'((?:[^']|'')*)'|\[char\]0x([0-9A-F]{4})/g)]
    .map(([, quoted, unit]) =>
      unit === undefined
        ? (quoted ?? '').replaceAll("''", "'")
        : String.fromCharCode(Number.parseInt(unit, 16)),
    )
    .join('');
}

describe('an address that tries to be a command', () => {
  const plain = 'qms@contoso.example';

  test.each([
    ['ends the string', "a';Remove-Mailbox('x');'@contoso.example"],
    ['ends the string with a typographic quote', 'a\u2019;Remove-Mailbox(x);\u2018@contoso.example'],
    ['holds a sub-expression', '$(Remove-Mailbox)"`n@contoso.example'],
    ['ends the array and the comment', "')})#>a@contoso.example"],
    ['is made of quotes', "''''@contoso.example"],
    ['is not ASCII', 'b\u00FCro-\u{1F4E8}@contoso.example'],
    ['is reordered by a bidirectional override', '\u202Exm@contoso.example'],
  ])('%s: stays one string of that value', (_, address) => {
    const script = (of: string): string =>
      renderSetupScript(planSetup({ apps: [anApp()], mailboxes: [aMailbox({ address: of })] }));
    const names = (source: PowerShellSource): readonly string[] => source.commands.map(({ name }) => name);
    const source = read(script(address));
    expect(source.problems).toEqual([]);
    expect(names(source)).toEqual(names(read(script(plain))));
    expect(valueOf(textLiteral(address))).toBe(address);
    expect(script(address)).toContain(`@{ Address = ${textLiteral(address)}; `);
    expect(script(address)).toMatch(/^[\n\u0020-\u007E]*$/);
  });
});

describe('the plan', () => {
  const mailboxes: readonly Mailbox[] = [
    aMailbox({ id: 'a', address: 'qms@contoso.example', protocols: ['imap'] }),
    aMailbox({ id: 'b', address: 'QMS@contoso.example', protocols: ['pop3'] }),
    aMailbox({ id: 'c', address: 'lab@contoso.example', protocols: ['imap'] }),
    aMailbox({ id: 'd', address: 'lab@contoso.example', protocols: ['imap'], app: 'other' }),
  ];

  test('one mailbox under two ids is one, with the protocols of both', () => {
    const [tenant] = planSetup({ apps: [anApp()], mailboxes });
    expect(tenant?.apps[0]?.mailboxes).toEqual([
      { address: 'qms@contoso.example', protocols: ['imap', 'pop3'] },
      { address: 'lab@contoso.example', protocols: ['imap'] },
    ]);
  });

  test.each([
    [
      ['imap', 'pop3'],
      ['IMAP.AccessAsApp', 'POP.AccessAsApp'],
    ],
    [['pop3'], ['POP.AccessAsApp']],
    [[], []],
  ] as const)('protocols %j need the permissions %j and no others', (protocols, roles) => {
    const [tenant] = planSetup({ apps: [anApp()], mailboxes: [aMailbox({ protocols })] });
    expect(tenant?.apps[0]?.roles).toEqual(roles);
  });

  test('apps of one tenant share its sign-in; another tenant or another cloud has its own', () => {
    const plan = planSetup({
      apps: [
        anApp({ id: 'a', tenant: 'contoso.example' }),
        anApp({ id: 'b', tenant: 'fabrikam.example' }),
        anApp({ id: 'c', tenant: 'Contoso.example' }),
        anApp({ id: 'd', tenant: 'contoso.example', cloud: 'china' }),
      ],
      mailboxes: [],
    });
    expect(plan.map(({ tenant, cloud, apps }) => [tenant, cloud, apps.map(({ id }) => id)])).toEqual([
      ['contoso.example', 'global', ['a', 'c']],
      ['fabrikam.example', 'global', ['b']],
      ['contoso.example', 'china', ['d']],
    ]);
  });

  test.each([
    ['global', 'Global', 'O365Default'],
    ['gcc-high', 'USGov', 'O365USGovGCCHigh'],
    ['dod', 'USGovDoD', 'O365USGovDoD'],
    ['china', 'China', 'O365China'],
  ] as const)('cloud %s signs in to Graph at %s and to Exchange at %s', (cloud, graph, exchange) => {
    const script = renderSetupScript(planSetup({ apps: [anApp({ cloud })], mailboxes: [] }));
    expect(script).toContain(`GraphEnvironment    = '${graph}'`);
    expect(script).toContain(`ExchangeEnvironment = '${exchange}'`);
  });

  test.each([
    [{ kind: 'secret', source: { from: 'file', path: '/run/secrets/plm' } }, 'the file /run/secrets/plm'],
    [{ kind: 'secret', source: { from: 'env', name: 'PLM' } }, 'the environment variable PLM'],
    [{ kind: 'certificate', certificateFile: 'a.crt', privateKeyFile: 'a.key' }, 'the files a.crt and a.key'],
    [{ kind: 'federated-token', tokenFile: 'token' }, 'the file token'],
  ] as const)('a credential of %j is put into %s', (credential, place) => {
    const [tenant] = planSetup({ apps: [anApp({ credential })], mailboxes: [] });
    expect(tenant?.apps[0]).toMatchObject({ credential: credential.kind, credentialLocation: place });
  });
});

function aMailbox(overrides: Partial<Mailbox> = {}): Mailbox {
  return {
    id: 'qms',
    address: 'qms@contoso.example',
    app: 'plm',
    labels: {},
    protocols: ['imap', 'pop3'],
    ...overrides,
  };
}

test('an app in a cloud that is known in part: no script that signs in elsewhere', async () => {
  const file = join(directory, 'delos.yaml');
  await writeFile(
    file,
    stringify({
      apps: [
        {
          id: 'plm',
          tenant: '11111111-2222-3333-4444-555555555555',
          client_id: '66666666-7777-8888-9999-000000000001',
          credential: { secret_env: 'APP_SECRET' },
          authority: 'https://login.sovcloud-identity.de',
        },
      ],
      mailboxes: [{ id: 'inbox', address: 'plm@contoso.example', app: 'plm' }],
    }),
  );
  for (const more of [[], ['--rollback']]) {
    await expect(runCommand(setupScript, ['--config', file, ...more])).rejects.toThrow(
      /app plm signs in to Delos.*it does not know/,
    );
  }
});
