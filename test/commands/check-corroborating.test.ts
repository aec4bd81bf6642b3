import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { check, checkEvery } from '../../src/commands/check.ts';
import { configFor } from '../../src/sandbox/config-file.ts';
import { createDemoTenant } from '../../src/sandbox/demo-tenant.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Tenant } from '../../src/sandbox/tenant.ts';
import { PATIENT } from '../support/patient.ts';
import { runCommand } from '../support/run-command.ts';

/** The corroborating probes of `check` for a single mailbox. */
let sandbox: Sandbox;
let directory: string;
let config: string;

beforeAll(async () => {
  const { tenant, plan } = createDemoTenant();
  sandbox = await createSandbox({ tenant, failureDelayMs: 5 });
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  config = await configFor(sandbox, directory, { plan, ...PATIENT });
});

afterEach(() => {
  sandbox.reset();
});

afterAll(async () => {
  await sandbox.close();
  await rm(directory, { recursive: true, force: true });
});

interface Verdict {
  readonly causes: readonly (readonly [cause: string, confidence: string])[];
  readonly probes: readonly string[];
}

async function verdictOf(...args: readonly string[]): Promise<Verdict> {
  const { stdout } = await runCommand(check, [...args, '--format', 'json', '--config', config]);
  const {
    probes,
  }: {
    probes: readonly {
      mailbox: string;
      protocol: string;
      diagnoses: readonly { cause: string; confidence: string }[];
    }[];
  } = JSON.parse(stdout);
  return {
    causes: probes[0]?.diagnoses.map(({ cause, confidence }) => [cause, confidence] as const) ?? [],
    probes: probes.map(({ mailbox, protocol }) => `${mailbox} ${protocol}`),
  };
}

async function beside(...args: readonly string[]): Promise<string | undefined> {
  const { stdout } = await runCommand(check, [...args, '--config', config]);
  return stdout.split('\n').find((line) => line.startsWith('Also probed'));
}

describe('one mailbox alone', () => {
  test('that is refused while its siblings work, is distinguished from an app that is refused', async () => {
    const { causes, probes } = await verdictOf('sales', '--protocol', 'imap');
    expect(causes[0]).toEqual(['mailbox-permission-missing', 'likely']);
    expect(causes.map(([cause]) => cause)).not.toContain('exchange-sp-not-registered');
    expect(probes).toEqual(['sales imap']);
    expect(await beside('sales', '--protocol', 'imap')).toBe(
      'Also probed, to see how many mailboxes are affected: changes imap opens; purchasing imap opens; qms-inbox imap opens; sales pop3 fails at auth.',
    );
  });

  test('that opens over the other protocol, has this one switched off', async () => {
    const { causes } = await verdictOf('lab', '--protocol', 'imap');
    expect(causes[0]).toEqual(['protocol-disabled-on-mailbox', 'likely']);
  });

  test('of an app that is refused everywhere, is not blamed', async () => {
    const { causes } = await verdictOf('careers', '--protocol', 'pop3');
    expect(causes.slice(0, 2)).toEqual([
      ['exchange-sp-not-registered', 'likely'],
      ['exchange-sp-wrong-object-id', 'likely'],
    ]);
  });
});

test('what only time can tell is said, with the cause that would come first', async () => {
  sandbox.change(({ mailboxes }) => {
    const mailbox = mailboxes.find(({ address }) => address.startsWith('qms@'));
    if (mailbox !== undefined) mailbox.faults = { imap: { kind: 'unavailable-at-login' } };
  });
  const { stdout } = await runCommand(check, ['qms-inbox', '--protocol', 'imap', '--config', config]);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'A single probe does not know the past, but the daemon does. For qms-inbox (imap), exchange-transient is the likeliest cause here. With the past, it may be another one: username-mailbox-mismatch, if it has never worked and keeps failing.',
  );
});

describe('nobody else is probed', () => {
  test.each([
    ['when the mailbox opens', ['qms-inbox']],
    ['when the token is refused: that is the same for all', ['suppliers', '--protocol', 'imap']],
    ['when the token lacks the role', ['invoices', '--protocol', 'imap']],
    ['when the server wants to be left alone', ['support', '--protocol', 'imap']],
    ['when all were asked for', []],
  ])('%s', async (_name, args) => {
    expect(await beside(...args)).toBeUndefined();
  });
});

describe('--watch', () => {
  async function watch(mailbox: string, fix: (tenant: Tenant) => void): Promise<readonly string[]> {
    let isFixed = false;
    const { exitCode, stdout } = await runCommand(
      checkEvery(10),
      [mailbox, '--protocol', 'imap', '--watch', '--config', config],
      {
        onOutput: () => {
          if (!isFixed) sandbox.change(fix);
          isFixed = true;
        },
      },
    );
    expect(exitCode).toBe(0);
    return stdout.split('\n').map((line) => line.replace(/^\d{4}-\S+Z /, ''));
  }

  test('probes again until the mailbox opens, and prints what changed', async () => {
    const output = await watch('sales', ({ mailboxes, servicePrincipals }) => {
      const principal = servicePrincipals.find(({ appId }) => appId.startsWith('a0000001'));
      const mailbox = mailboxes.find(({ address }) => address.startsWith('sales@'));
      if (principal !== undefined) mailbox?.fullAccess.push(principal.id);
    });
    expect(output).toContain('sales imap: mailbox-permission-missing -> opens');
    expect(output.at(-2)).toBe('The mailbox opens.');
  });

  test('asks for a new token where the old one lacks a role that was granted since', async () => {
    const output = await watch('invoices', ({ servicePrincipals }) => {
      const principal = servicePrincipals.find(({ appId }) => appId.startsWith('a0000004'));
      principal?.grantedRoles.push('IMAP.AccessAsApp');
    });
    expect(output).toContain('invoices imap: app-permission-missing -> opens');
  });

  test('does not end before what was well at first is probed once more', async () => {
    const mailboxAt = (tenant: Tenant, name: string) =>
      tenant.mailboxes.find(({ address }) => address.startsWith(`${name}@`));
    const steps: [output: string, change: (tenant: Tenant) => void][] = [
      [
        'qms-inbox',
        (tenant) => {
          const principal = tenant.servicePrincipals.find(({ appId }) => appId.startsWith('a0000001'));
          if (principal !== undefined) mailboxAt(tenant, 'sales')?.fullAccess.push(principal.id);
          Object.assign(mailboxAt(tenant, 'qms') ?? {}, { imapEnabled: false });
        },
      ],
      [
        'qms-inbox imap: opens -> ',
        (tenant) => Object.assign(mailboxAt(tenant, 'qms') ?? {}, { imapEnabled: true }),
      ],
    ];
    const { exitCode, stdout } = await runCommand(
      checkEvery(10),
      ['sales', 'qms-inbox', '--protocol', 'imap', '--watch', '--config', config],
      {
        onOutput: (text) => {
          const [output, change] = steps[0] ?? [];
          if (output === undefined || change === undefined || !text.includes(output)) return;
          steps.shift();
          sandbox.change(change);
        },
      },
    );
    expect(steps).toEqual([]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/qms-inbox imap: \S+ -> opens/);
  });

  test('knows the other protocol in every round', async () => {
    sandbox.change(({ mailboxes }) => {
      const mailbox = mailboxes.find(({ address }) => address.startsWith('qms@'));
      if (mailbox !== undefined) mailbox.imapEnabled = false;
    });
    const stop = new AbortController();
    let rounds = 0;
    const { stdout } = await runCommand(
      checkEvery(10),
      ['qms-inbox', '--protocol', 'imap', '--watch', '--config', config],
      {
        signal: stop.signal,
        onOutput: (text) => {
          rounds += text.includes('no change') ? 1 : 0;
          if (rounds === 2 || text.includes('->')) stop.abort();
        },
      },
    );
    expect(stdout).toContain('1 not healthy yet');
    expect(stdout).not.toContain('->');
  });

  test('ends when it is aborted', async () => {
    const stop = new AbortController();
    const { exitCode } = await runCommand(check, ['sales', '--watch', '--config', config], {
      signal: stop.signal,
      onOutput: () => {
        stop.abort();
      },
    });
    expect(exitCode).toBe(2);
  });
});
