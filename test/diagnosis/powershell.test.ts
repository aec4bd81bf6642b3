/** Commands are pasted into production tenants: whatever a name holds, it stays a name. */
import { beforeAll, describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnosis/diagnose.ts';
import { quotePowerShell } from '../../src/diagnosis/fix/powershell.ts';
import { certificateCommand, handshakeCommand, quoteShell } from '../../src/diagnosis/fix/shell.ts';
import { contextOf, evidenceOf } from '../cases/probe-case.ts';
import { OTHER_PROBES, REFUSED_PROBES } from '../cases/probes.ts';
import { namesOf, type Names } from '../../src/diagnosis/names.ts';
import { RULES } from '../../src/diagnosis/rules.ts';
import { emptyContext } from '../../src/model/context.ts';
import type { Cloud } from '../../src/model/microsoft365.ts';
import { parametersOf } from '../powershell/cmdlet.ts';
import { CMDLETS } from '../powershell/generate-modules.ts';
import { createPowerShellReader, type PowerShellSource } from '../support/powershell.ts';

describe('a PowerShell string', () => {
  test.each([
    ['an ordinary address', 'qms@contoso.example', "'qms@contoso.example'"],
    ['an apostrophe', "o'neil@contoso.example", "'o''neil@contoso.example'"],
    [
      'typographic quotes, which end a string as well',
      'a\u2018b\u2019c\u201Ad\u201Be',
      "'a\u2018\u2018b\u2019\u2019c\u201A\u201Ad\u201B\u201Be'",
    ],
    ['a subexpression', '$(Remove-Item /)', "'$(Remove-Item /)'"],
    ['a backtick and a semicolon', 'a`;b', "'a`;b'"],
    ['line ends and other control characters', 'a\r\nb\u0000c\u202Ed', "'abcd'"],
  ])('holds %s', (_name, text, quoted) => {
    expect(quotePowerShell(text)).toBe(quoted);
  });

  test('of an address with a quote stays closed in every command', () => {
    const address = "x'; Remove-Mailbox -Identity boss; '\u2019; Stop-Computer; \u2019@contoso.example";
    for (const probe of REFUSED_PROBES) {
      const hostile = { ...probe, target: { ...probe.target, address } };
      for (const { fix } of diagnose(evidenceOf(hostile), contextOf(hostile))) {
        for (const { command = '' } of fix)
          expect(outsideStrings(command)).not.toMatch(/Remove-Mailbox|Stop-/);
      }
    }
  });
});

/** What is left of a command when its single-quoted strings are taken out, as PowerShell's tokenizer does it. */
function outsideStrings(command: string): string {
  const quotes = "'\u2018\u2019\u201A\u201B";
  let outside = '';
  let inside = false;
  for (let at = 0; at < command.length; at += 1) {
    const isQuote = quotes.includes(command.charAt(at));
    if (inside && isQuote && at + 1 < command.length && quotes.includes(command.charAt(at + 1))) at += 1;
    else if (isQuote) inside = !inside;
    else if (!inside) outside += command.charAt(at);
  }
  return outside;
}

test.each([
  ['a host', 'outlook.office365.com:993', 'outlook.office365.com:993'],
  ['a blank', 'a b', "'a b'"],
  ['a quote', "a'b", String.raw`'a'\''b'`],
  ['a substitution', '$(id)', "'$(id)'"],
])('a shell word holds %s', (_name, text, quoted) => {
  expect(quoteShell(text)).toBe(quoted);
});

test.each([
  [
    'a name, TLS from the first byte',
    'outlook.office365.com',
    993,
    'openssl s_client -connect outlook.office365.com:993 -servername outlook.office365.com </dev/null',
  ],
  [
    'an address, which is no server name',
    '52.97.1.2',
    995,
    'openssl s_client -connect 52.97.1.2:995 </dev/null',
  ],
  [
    'a port that begins in plain text',
    'mail.contoso.example',
    143,
    'openssl s_client -connect mail.contoso.example:143 -servername mail.contoso.example -starttls imap </dev/null',
  ],
])('openssl is asked for %s', (_name, host, port, command) => {
  const place = { host, port, endpoint: `${host}:${port}` };
  expect(handshakeCommand(place)).toBe(command);
  expect(certificateCommand(place)).toBe(
    `${command.replace('</dev/null', '</dev/null 2>/dev/null')} | openssl x509 -noout -subject -issuer -dates`,
  );
});

/** As Microsoft's reference has them, and what is PowerShell's own. */
const PARAMETERS: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    CMDLETS.map(({ name, sets }) => [
      name,
      Object.values(sets).flatMap((set) => parametersOf(set).map((parameter) => parameter.name)),
    ]),
  ),
  'Where-Object': ['eq'],
  'Format-List': [],
  'Format-Table': [],
  'Get-Date': [],
  'Install-Module': ['Name', 'Scope'],
};

const CLOUDS: readonly (readonly [cloud: Cloud, graph: string | undefined, exchange: string | undefined])[] =
  [
    ['global', undefined, undefined],
    ['gcc-high', 'USGov', 'O365USGovGCCHigh'],
    ['dod', 'USGovDoD', 'O365USGovDoD'],
    ['china', 'China', 'O365China'],
  ];

/** Every detail that changes a fix. */
const DETAILS = [undefined, 'smtp-client-authentication', 'delegated-instead-of-application'];

function namesIn(cloud: Cloud, more: Partial<Names> = {}): Names {
  const evidence = {
    protocol: 'imap',
    startedAt: 0,
    seconds: 0,
    stages: [],
    standstillMs: 0,
  } as const;
  return { ...namesOf(evidence, emptyContext(0), { cloud }), ...more };
}

function commandsFor(names: Names): readonly string[] {
  const steps = Object.values(RULES).flatMap((rule) => DETAILS.flatMap((detail) => rule.fix(names, detail)));
  return [...new Set(steps.flatMap(({ command, shell }) => (shell === 'powershell' ? (command ?? []) : [])))];
}

describe('every PowerShell command of every fix', () => {
  let read: (source: string) => PowerShellSource;
  beforeAll(async () => {
    read = await createPowerShellReader();
  });

  const variants: readonly (readonly [string, Names])[] = [
    ['with placeholders', namesIn('global')],
    [
      'with odd names',
      namesIn('global', {
        address: "o'neil+\u2019$(x)`;&@contoso.example",
        clientId: "a'b",
        tenant: 'con toso',
        objectId: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
        keyId: "k'1",
      }),
    ],
  ];
  test.each(variants)('%s is well formed', (_name, names) => {
    expect(commandsFor(names).flatMap((command) => read(command).problems)).toEqual([]);
  });

  test('uses only commands and parameters that the reference knows', () => {
    const probes = [...REFUSED_PROBES, ...OTHER_PROBES].flatMap((probe) =>
      diagnose(evidenceOf(probe), contextOf(probe)).flatMap(({ fix }) =>
        fix.flatMap(({ command, shell }) => (shell === 'powershell' ? (command ?? []) : [])),
      ),
    );
    const all = [
      ...commandsFor(namesIn('global', { keyId: 'k' })),
      ...commandsFor(namesIn('china')),
      ...probes,
    ];
    const unknown = all.flatMap((command) =>
      read(command).commands.flatMap(({ name, parameters }) =>
        (Object.hasOwn(PARAMETERS, name) ? parameters : [name]).filter(
          (parameter) => PARAMETERS[name]?.includes(parameter) !== true,
        ),
      ),
    );
    expect([...new Set(unknown)]).toEqual([]);
  });

  test('keeps Graph and Exchange apart: their modules do not work in one session', () => {
    for (const command of commandsFor(namesIn('global'))) {
      expect(/Connect-MgGraph|\w-Mg/.test(command) && /Connect-ExchangeOnline/.test(command)).toBe(false);
    }
  });

  test.each(CLOUDS)('connects to the cloud %s', (cloud, graph, exchange) => {
    const all = commandsFor(namesIn(cloud)).join('\n');
    const graphs = [...all.matchAll(/Connect-MgGraph .*?(?: -Environment (\w+).*| -ContextScope.*)$/gm)].map(
      (match) => match[1],
    );
    const exchanges = [...all.matchAll(/Connect-ExchangeOnline(?: -ExchangeEnvironmentName (\w+))?$/gm)].map(
      (match) => match[1],
    );
    expect(new Set(graphs)).toEqual(new Set([graph]));
    expect(new Set(exchanges)).toEqual(new Set([exchange]));
  });

  test('where a cloud is known in part: to its Graph, and never to the global cloud', () => {
    const names = namesIn('global', { authority: 'https://login.sovcloud-identity.de' });
    const all = commandsFor(names).join('\n');
    const connects = all.split('\n').filter((line) => /Connect-(?:Mg|Exchange)/.test(line));
    expect(connects.length).toBeGreaterThan(10);
    expect(
      connects.filter(
        (line) => !/ -Environment DelosCloud | -ExchangeEnvironmentName '<environment of/.test(line),
      ),
    ).toEqual([]);
  });
});
