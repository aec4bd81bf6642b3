import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderChecklist } from '../../src/commands/check-list.ts';
import { check } from '../../src/commands/check.ts';
import { UsageError } from '../../src/commands/command.ts';
import { guideSteps } from '../../src/commands/guide-steps.ts';
import type { DiagnosedProbe } from '../../src/commands/probe-once.ts';
import type { StepNumber } from '../../src/commands/tick.ts';
import { createPalette } from '../../src/commands/palette.ts';
import type { CredentialStatus } from '../../src/model/credential.ts';
import type { Diagnosis } from '../../src/model/diagnosis.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import {
  aDiagnosis,
  aProbe,
  anApp,
  aTarget,
  NOON,
  type EvidenceOptions,
  type TargetOptions,
} from '../support/builders.ts';
import { PATIENT } from '../support/patient.ts';
import { runCommand } from '../support/run-command.ts';

type ProbeOptions = TargetOptions &
  Pick<EvidenceOptions, 'failed' | 'facts'> & {
    readonly diagnoses?: readonly Diagnosis[];
    readonly credential?: CredentialStatus;
  };

function probe({ failed, facts, diagnoses = [], credential, ...options }: ProbeOptions = {}): DiagnosedProbe {
  const target = aTarget(options);
  return {
    target,
    overTime: [],
    ...aProbe({ target, diagnoses, ...(failed && { failed }), ...(facts && { facts }) }),
    credential,
    trace: undefined,
  };
}

/** Of the apps that the probes name. */
function stepsOf(probes: readonly DiagnosedProbe[]): ReturnType<typeof guideSteps> {
  return guideSteps([...new Map(probes.map(({ target }) => [target.app.id, target.app])).values()], probes);
}

/** The ticks of a step of the only app: `[x] text: note`. */
function ticks(step: StepNumber, ...probes: readonly DiagnosedProbe[]): readonly string[] {
  const [only] = stepsOf(probes);
  const found = only?.steps.find((each) => each.step === step);
  const boxes = { done: '[x]', missing: '[ ]', open: '[?]' };
  return (found?.ticks ?? []).map(
    ({ mark, text, note }) => `${boxes[mark]} ${text}${note === undefined ? '' : `: ${note}`}`,
  );
}

const verdict = (guideStep: StepNumber | undefined, overrides: Partial<Diagnosis> = {}): Diagnosis =>
  aDiagnosis({ ...(guideStep && { guideStep }), title: 'The verdict.', ...overrides });

const REFUSED = { failed: { token: { kind: 'rejected', code: 'AADSTS7000222' } } } as const;
const LOGIN_REFUSED = { failed: { auth: { kind: 'rejected' } } } as const;

describe('a healthy app', () => {
  test('has every step ticked', () => {
    const [app] = stepsOf([probe(), probe({ protocol: 'pop3' })]);
    expect(app?.steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5]);
    expect(app?.steps.flatMap((step) => step.ticks).filter(({ mark }) => mark !== 'done')).toEqual([]);
  });

  test('each app has a list of its own', () => {
    const other = anApp({ id: 'qms' });
    expect(stepsOf([probe(), probe({ app: other }), probe()]).map(({ app }) => app.id)).toEqual([
      'plm',
      'qms',
    ]);
  });
});

describe('step 1, the application', () => {
  const text = 'Entra knows the tenant and the client id';

  test.each<[string, ProbeOptions, string]>([
    ['a token was issued', LOGIN_REFUSED, `[x] ${text}`],
    ['Entra has found it and refuses its secret', { ...REFUSED, diagnoses: [verdict(2)] }, `[x] ${text}`],
    ['Entra does not know it', { ...REFUSED, diagnoses: [verdict(1)] }, `[ ] ${text}: The verdict`],
    [
      'Entra cannot be reached',
      { failed: { token: { kind: 'timeout' } }, diagnoses: [verdict(undefined)] },
      `[?] ${text}: The verdict`,
    ],
    [
      'the secret is refused here, before anybody was asked',
      { failed: { token: { kind: 'credential' } }, diagnoses: [verdict(2)] },
      `[?] ${text}: The verdict`,
    ],
  ])('%s', (_, options, tick) => {
    expect(ticks(1, probe(options))).toEqual([tick]);
  });
});

describe('step 2, the credential', () => {
  const text = 'its client secret is accepted';
  const expiresAt = NOON + 86_400_000;
  const credential: CredentialStatus = {
    app: 'plm',
    kind: 'secret',
    endDates: [{ source: 'graph', expiresAt, credential: 'k' }],
    registered: [],
    match: 'matched',
    matchedKeyId: 'k',
  };
  const expiring = verdict(2, { cause: 'secret-expiring' });

  test.each<[string, ProbeOptions, string]>([
    ['a token was issued', {}, `[x] ${text}`],
    [
      'with the end date of the configuration',
      { app: anApp({ credential: { ...anApp().credential, expiresAt } }) },
      `[x] ${text}: ends on 2026-11-23`,
    ],
    ['with the end date of the directory', { credential }, `[x] ${text}: ends on 2026-11-23`],
    ['about to end, it still is accepted', { diagnoses: [expiring] }, `[x] ${text}: The verdict`],
    ['it is refused', { ...REFUSED, diagnoses: [verdict(2)] }, `[ ] ${text}: The verdict`],
    [
      'its replacement is refused, while the old token lives',
      { diagnoses: [verdict(2)] },
      `[ ] ${text}: The verdict`,
    ],
    ['a warning does not undo it', { diagnoses: [verdict(2, { severity: 'warning' })] }, `[x] ${text}`],
    [
      'the application is not found',
      { ...REFUSED, diagnoses: [verdict(1)] },
      `[?] ${text}: not known until step 1 is done`,
    ],
  ])('%s', (_, options, tick) => {
    expect(ticks(2, probe(options))).toEqual([tick]);
  });

  test.each([
    [{ kind: 'certificate', certificateFile: 'a', privateKeyFile: 'b' }, 'its certificate is accepted'],
    [{ kind: 'federated-token', tokenFile: 'a' }, 'its federated token is accepted'],
  ] as const)('%j reads "%s"', (credential, text) => {
    expect(ticks(2, probe({ app: anApp({ credential }) }))).toEqual([`[x] ${text}`]);
  });
});

describe('step 3, the permissions', () => {
  const withoutPop = { claims: { roles: ['IMAP.AccessAsApp'] } };
  const popMissing = probe({
    protocol: 'pop3',
    facts: withoutPop,
    failed: { claims: { kind: 'claims' } },
    diagnoses: [verdict(3, { confidence: 'likely' })],
  });

  test('one is granted and one is missing', () => {
    expect(ticks(3, probe({ facts: withoutPop }), popMissing)).toEqual([
      '[x] IMAP.AccessAsApp',
      '[ ] POP.AccessAsApp: The verdict (likely)',
    ]);
  });

  test('only those of the protocols that are watched are named', () => {
    expect(ticks(3, probe({ protocol: 'pop3' }))).toEqual(['[x] POP.AccessAsApp']);
  });

  test('a hint about permissions too many does not undo it', () => {
    expect(ticks(3, probe({ diagnoses: [verdict(3, { severity: 'info' })] }))).toEqual([
      '[x] IMAP.AccessAsApp',
    ]);
  });

  test('without a token nothing is known of it', () => {
    expect(ticks(3, probe({ ...REFUSED, diagnoses: [verdict(2)] }))).toEqual([
      '[?] IMAP.AccessAsApp: not known until step 2 is done',
    ]);
  });
});

describe('step 4, Exchange', () => {
  const registered = 'Exchange has the application (New-ServicePrincipal)';
  const refusedFor = (mailbox: string, diagnosis: Diagnosis): DiagnosedProbe =>
    probe({ mailbox, ...LOGIN_REFUSED, diagnoses: [diagnosis] });

  test('one mailbox opens, another lacks the permission', () => {
    const lacking = refusedFor('sales', verdict(4, { scope: 'mailbox', confidence: 'likely' }));
    expect(ticks(4, probe({ mailbox: 'qms' }), lacking)).toEqual([
      `[x] ${registered}`,
      '[x] qms opens over IMAP',
      '[ ] sales opens over IMAP: The verdict (likely)',
    ]);
  });

  test('it is not registered: what its mailboxes allow is unknown', () => {
    expect(ticks(4, refusedFor('qms', verdict(4, { scope: 'app' })))).toEqual([
      `[ ] ${registered}: The verdict`,
      '[?] qms opens over IMAP: not known until Exchange has the application',
    ]);
  });

  test('one permission is missing: the mailbox over the other protocol is judged by what it showed', () => {
    const pop = probe({
      protocol: 'pop3',
      facts: { claims: { roles: ['IMAP.AccessAsApp'] } },
      failed: { claims: { kind: 'claims' } },
      diagnoses: [verdict(3)],
    });
    expect(ticks(4, probe(), pop)).toEqual([
      `[x] ${registered}`,
      '[x] qms-inbox opens over IMAP',
      '[?] qms-inbox opens over POP3: not known until step 3 is done',
    ]);
  });

  test('a mailbox that is throttled is neither', () => {
    const throttled = refusedFor('sales', verdict(undefined, { title: 'Exchange throttles mailbox sales.' }));
    expect(ticks(4, probe({ mailbox: 'qms' }), throttled).at(-1)).toBe(
      '[?] sales opens over IMAP: Exchange throttles mailbox sales',
    );
  });

  test('a permission that is missing for POP3 explains nothing about IMAP', () => {
    const pop = probe({
      protocol: 'pop3',
      facts: { claims: { roles: ['IMAP.AccessAsApp'] } },
      failed: { claims: { kind: 'claims' } },
      diagnoses: [verdict(3)],
    });
    const throttled = refusedFor('sales', verdict(undefined, { title: 'Exchange throttles mailbox sales.' }));
    expect(ticks(4, probe(), pop, throttled).at(-1)).toBe(
      '[?] sales opens over IMAP: Exchange throttles mailbox sales',
    );
  });

  test('an alternative of the verdict does not count', () => {
    const alternative = verdict(4, { scope: 'app', alternativeTo: 'mailbox-permission-missing' });
    const diagnoses = [verdict(4, { scope: 'mailbox', title: 'No permission.' }), alternative];
    expect(ticks(4, probe({ mailbox: 'qms' }), probe({ ...LOGIN_REFUSED, diagnoses }))).toEqual([
      `[x] ${registered}`,
      '[x] qms opens over IMAP',
      '[ ] qms-inbox opens over IMAP: No permission',
    ]);
  });
});

describe('step 5, the strings', () => {
  const host = 'IMAP answers at outlook.office365.com:993';
  const strings = 'tenant, client id, credential and address belong together';

  test.each<[string, ProbeOptions, readonly string[]]>([
    [
      'a mailbox that does not open yet leaves them open',
      { ...LOGIN_REFUSED, diagnoses: [verdict(4)] },
      [`[x] ${host}`, `[?] ${strings}: known when every mailbox opens`],
    ],
    [
      'a port of another protocol',
      { failed: { greeting: { kind: 'protocol' } }, diagnoses: [verdict(5, { scope: 'endpoint' })] },
      [`[ ] ${host}: The verdict`, `[?] ${strings}: known when every mailbox opens`],
    ],
    [
      'a host that cannot be reached is no mistake of the configuration',
      { failed: { connect: { kind: 'timeout' } }, diagnoses: [verdict(undefined)] },
      [`[?] ${host}: The verdict`, `[?] ${strings}: known when every mailbox opens`],
    ],
    [
      'a wrong address',
      { ...LOGIN_REFUSED, diagnoses: [verdict(5, { scope: 'mailbox' })] },
      [`[x] ${host}`, `[ ] ${strings}: The verdict`],
    ],
  ])('%s', (_, options, expected) => {
    expect(ticks(5, probe(options))).toEqual(expected);
  });

  test('the same cause behind many mailboxes is reported once', () => {
    const wrong = { ...LOGIN_REFUSED, diagnoses: [verdict(5, { scope: 'app' })] };
    expect(ticks(5, probe({ mailbox: 'a', ...wrong }), probe({ mailbox: 'b', ...wrong }))).toHaveLength(2);
  });
});

test('a server of somebody else that greets is not ticked', () => {
  const foreign = verdict(5, { scope: 'endpoint', title: 'The server is not Exchange Online.' });
  expect(ticks(5, probe({ ...LOGIN_REFUSED, diagnoses: [foreign] }))[0]).toBe(
    '[ ] IMAP answers at outlook.office365.com:993: The server is not Exchange Online',
  );
});

test('one wrong address among good ones: the strings do not belong together', () => {
  const wrong = { mailbox: 'sales', ...LOGIN_REFUSED, diagnoses: [verdict(4, { scope: 'mailbox' })] };
  expect(ticks(5, probe(), probe(wrong)).at(-1)).toMatch(/^\[\?\]/);
});

test('not registered: that it was done just now is named first', () => {
  const diagnoses = [
    verdict(4, { scope: 'app', cause: 'exchange-sp-not-registered', confidence: 'likely' }),
    verdict(4, { scope: 'app', cause: 'propagation-delay', alternativeTo: 'exchange-sp-not-registered' }),
  ];
  expect(ticks(4, probe({ ...LOGIN_REFUSED, diagnoses }))[0]).toBe(
    '[ ] Exchange has the application (New-ServicePrincipal): if this was done less than two hours ago, wait: Exchange may not act on it yet. Otherwise: The verdict (likely)',
  );
});

test('an app without mailboxes is in the list', () => {
  const spare = anApp({ id: 'spare' });
  const text = renderChecklist(
    [probe()],
    { apps: [anApp(), spare], configFile: 'my file.yaml' },
    createPalette({ stdout: { write: () => undefined }, env: {} }),
  );
  expect(text).toContain('app spare');
  expect(text).toContain('1 not known yet');
});

test('a hint keeps --config', () => {
  const lacking = probe({ ...LOGIN_REFUSED, diagnoses: [verdict(4, { scope: 'mailbox' })] });
  const palette = createPalette({ stdout: { write: () => undefined }, env: {} });
  expect(renderChecklist([lacking], { apps: [anApp()], configFile: 'my file.yaml' }, palette)).toContain(
    "mailprobe setup-script --config 'my file.yaml' --app plm",
  );
});

describe('check --checklist', () => {
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

  test('ticks what the demo tenant has, and names what it lacks', async () => {
    const { exitCode, stdout } = await runCommand(check, ['--checklist', '--config', config]);
    const steady = stdout
      .replaceAll(directory, 'DIRECTORY')
      .replaceAll(/\d{4}-\d{2}-\d{2}, in \d+ days/g, 'DATE, in N days')
      .replaceAll(/\d{4}-\d{2}-\d{2}/g, 'DATE')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT');
    await expect(steady).toMatchFileSnapshot('../golden/commands/check-list.txt');
    expect(exitCode).toBe(2);
  });

  test('is refused in another format than text', async () => {
    const args = ['--checklist', '--format', 'json', '--config', config];
    await expect(runCommand(check, args)).rejects.toThrow(
      new UsageError('--checklist is printed as text, not as json'),
    );
  });
});

test('on a terminal the boxes are colored, and the text is the same', () => {
  const probes = [probe(), probe({ mailbox: 'sales', ...REFUSED, diagnoses: [verdict(2)] })];
  const write = (): void => undefined;
  const colored = renderChecklist(
    probes,
    { apps: [anApp()] },
    createPalette({ stdout: { write, isTTY: true }, env: {} }),
  );
  const plain = renderChecklist(probes, { apps: [anApp()] }, createPalette({ stdout: { write }, env: {} }));
  expect(colored).not.toBe(plain);
  // oxlint-disable-next-line no-control-regex -- the escape sequences are what this removes
  expect(colored.replaceAll(/\u001B\[\d+m/g, '')).toBe(plain);
});
