/**
 * The checklist against the truth: in every state that a tenant can be in, a ticked step is done in the tenant's own
 * data, a crossed one is not, and whatever the exit code means stands on the screen.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { check } from '../../src/commands/check.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { applyScenario, SCENARIOS } from '../../src/sandbox/scenarios.ts';
import { addApplication, addMailbox, createTenant } from '../../src/sandbox/tenant-builder.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { PATIENT } from '../support/patient.ts';
import { runCommand } from '../support/run-command.ts';
import { passSilence } from '../support/silence.ts';

const ADDRESSES: Readonly<Record<string, string>> = {
  qms: 'qms@contoso.example',
  lab: 'lab@contoso.example',
};

let sandbox: Sandbox;
let directory: string;
let config: string;
/** What the prober presents. */
let secret: string | undefined;

beforeAll(async () => {
  const tenant = createTenant();
  const { application } = addApplication(tenant, { displayName: 'plm', graph: true });
  for (const address of Object.values(ADDRESSES)) addMailbox(tenant, address, [application.appId]);
  secret = application.secrets[0]?.value;
  sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  config = await configFor(sandbox, directory, PATIENT);
});
afterEach(() => {
  sandbox.reset();
});
afterAll(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});

/** What each tick claims, asked of the tenant itself. */
const TRUTHS: readonly (readonly [
  tick: RegExp,
  isTrue: (tenant: Tenant, match: readonly string[]) => boolean,
])[] = [
  [
    /^Entra knows the tenant and the client id$/,
    (tenant) =>
      !tenant.deleted &&
      tenant.homeCloud === tenant.servedCloud &&
      tenant.applications.some(({ publicClient }) => !publicClient) &&
      tenant.servicePrincipals.some(
        ({ enabled, disabledByMicrosoft }) => enabled && disabledByMicrosoft === undefined,
      ),
  ],
  [
    /^its client secret is accepted$/,
    (tenant) =>
      tenant.applications.some(({ secrets }) =>
        secrets.some(({ value, endDateTime }) => value === secret && Date.parse(endDateTime) > Date.now()),
      ),
  ],
  [
    /^((?:IMAP|POP)\.AccessAsApp)$/,
    (tenant, [, role = '']) =>
      tenant.exchangeOnlineId !== null &&
      tenant.servicePrincipals.some(({ grantedRoles }) => grantedRoles.includes(role)),
  ],
  [
    /^User\.Read removed$/,
    (tenant) =>
      !tenant.applications.some(({ requiredResourceAccess }) =>
        requiredResourceAccess.some(({ permission }) => permission === 'User.Read'),
      ),
  ],
  [
    /^Exchange has the application /,
    (tenant) =>
      tenant.exchangeServicePrincipals.some(
        ({ objectId, effectiveFrom }) =>
          objectId === tenant.servicePrincipals[0]?.id &&
          (effectiveFrom === undefined || Date.parse(effectiveFrom) <= Date.now()),
      ),
  ],
  [/^(qms|lab) opens over (IMAP|POP3)$/, (tenant, [, id = '', protocol = '']) => opens(tenant, id, protocol)],
  [
    /^(IMAP|POP3) answers at /,
    (tenant, [, protocol = '']) =>
      !/^(?:refuse|reset|hang|silent|bye|other-protocol|garbage|plaintext|.*-certificate)$/.test(
        tenant.faults[protocol === 'IMAP' ? 'imap' : 'pop3'].kind,
      ),
  ],
  [
    /^tenant, client id, credential and address belong together$/,
    (tenant) =>
      Object.keys(ADDRESSES).every((id) => tenant.mailboxes.some(({ address }) => address === ADDRESSES[id])),
  ],
];

function opens(tenant: Tenant, id: string, protocol: string): boolean {
  const mailbox = tenant.mailboxes.find(({ address }) => address === ADDRESSES[id]);
  const fault = mailbox?.faults[protocol === 'IMAP' ? 'imap' : 'pop3'];
  return (
    mailbox?.licensed === true &&
    mailbox.gone === undefined &&
    (protocol === 'IMAP' ? mailbox.imapEnabled : mailbox.popEnabled) &&
    fault === undefined &&
    !mailbox.migrating &&
    mailbox.fullAccess.includes(tenant.servicePrincipals[0]?.id ?? '')
  );
}

interface Printed {
  readonly box: 'x' | ' ' | '?';
  readonly text: string;
}

function ticksIn(stdout: string): readonly Printed[] {
  return [...stdout.matchAll(/^ {5}\[([x ?])\] ([^:\n]*(?::\d+)?)/gm)].map(([, box, text = '']) => ({
    box: box === 'x' || box === ' ' ? box : '?',
    text,
  }));
}

const STATES = SCENARIOS.filter(({ credential }) => credential !== 'certificate').map(({ name, title }) => [
  name,
  title,
]);

describe('the checklist', () => {
  test('has a truth to be compared with in at least forty states', () => {
    expect(STATES.length).toBeGreaterThanOrEqual(40);
  });

  test.each([['everything right', ''], ...STATES])('%s: %s', async (name) => {
    if (name !== undefined && name !== 'everything right') {
      sandbox.change((tenant) => {
        applyScenario(tenant, name);
      });
    }
    const run = async () => await runCommand(check, ['--checklist', '--config', config]);
    const isSilent = /silent|hangs|stalls/.test(name ?? '');
    const { exitCode, stdout } = await (isSilent ? passSilence(run) : run());
    const ticks = ticksIn(stdout);
    const wrong = ticks.flatMap(({ box, text }) => {
      const [rule, match] = matchOf(text);
      const isTrue = rule(sandbox.tenant, match);
      return (box === 'x' && !isTrue) || (box === ' ' && isTrue)
        ? [`[${box}] ${text} is ${isTrue ? '' : 'not '}so`]
        : [];
    });
    expect(wrong).toEqual([]);
    expect(isExplained(exitCode, stdout, ticks)).toBe(true);
  });
});

/** What the exit code says stands on the screen: a warning, or a step that is not done. */
function isExplained(exitCode: number, stdout: string, ticks: readonly Printed[]): boolean {
  const warns = /^Warning: /m.test(stdout);
  if (exitCode === 0) return !warns && ticks.every(({ box }) => box !== ' ');
  return exitCode === 1 ? warns : ticks.some(({ box }) => box !== 'x');
}

function matchOf(
  text: string,
): readonly [(tenant: Tenant, match: readonly string[]) => boolean, readonly string[]] {
  for (const [pattern, isTrue] of TRUTHS) {
    const match = pattern.exec(text);
    if (match !== null) return [isTrue, match];
  }
  throw new Error(`no truth to compare with: ${text}`);
}
