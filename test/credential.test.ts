import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Cause } from '../src/model/cause.ts';
import { stageOf } from '../src/model/evidence.ts';
import type { Problem } from '../src/model/status.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../src/sandbox/certificates.ts';
import type { ConfigFileOptions } from '../src/sandbox/config-file.ts';
import { applyScenario } from '../src/sandbox/scenarios.ts';
import { createSecret, daysFromNow } from '../src/sandbox/tenant-builder.ts';
import type { Application, Tenant } from '../src/sandbox/tenant.ts';
import { until } from './support/until.ts';
import { type WatchedSandbox, watchSandbox } from './support/watched-sandbox.ts';

/** The daemon and its credentials, from the sandbox's Entra and Graph to what users are shown. */
let authority: CertificateAuthority;
let watched: WatchedSandbox;

beforeAll(async () => {
  authority = await createCertificateAuthority('credential test authority');
});
afterEach(async () => await watched.close());

const PACE: ConfigFileOptions = { interval: '1s', credentialInterval: '1s' };

async function watch(options: ConfigFileOptions = {}): Promise<void> {
  watched = await watchSandbox({ certificateAuthority: authority }, { ...PACE, ...options });
  await until('the first look at each mailbox', () => everyMailbox('up'));
}

const everyMailbox = (state: string): true | undefined =>
  watched.daemon.snapshot().targets.every(({ confirmed }) => confirmed === state) || undefined;
const failedProbes = (): number =>
  watched.daemon.snapshot().targets.flatMap(({ history }) => history.filter(({ success }) => !success))
    .length;
const problem = (cause: Cause): Problem | undefined =>
  watched.daemon.snapshot().problems.find((one) => one.cause === cause);
const opens = async (cause: Cause): Promise<Problem> =>
  await until(`the problem ${cause}`, () => problem(cause));
const closes = async (cause: Cause): Promise<void> => {
  await until(`the end of the problem ${cause}`, () => problem(cause) === undefined || undefined);
};
const get = async (path: string): Promise<string> => await (await fetch(watched.daemon.url + path)).text();
const credential = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await get('/api/v1/credentials')).credentials[0];
const secretFile = (): string => join(watched.directory, 'mail-reader.secret');

function registration(tenant: Tenant = watched.sandbox.tenant): Application {
  const [application] = tenant.applications;
  if (application === undefined) throw new Error('expected an application');
  return application;
}
/** Makes another secret beside the old one. */
function addSecret(): string {
  const secret = createSecret('the new one');
  watched.sandbox.change((tenant) => registration(tenant).secrets.push(secret));
  return secret.value;
}
async function put(value: string): Promise<void> {
  await writeFile(`${secretFile()}.new`, `${value}\n`);
  await rename(`${secretFile()}.new`, secretFile());
}
const scenario = (name: string): void =>
  watched.sandbox.change((tenant) => {
    applyScenario(tenant, name, {});
  });

describe('an end that comes', () => {
  test('in five days is a critical problem with its date and its fix, and stands wherever end dates stand', async () => {
    await watch();
    scenario('secret-expiring');
    // Registrations are read again after a change of the file.
    await put((await readFile(secretFile(), 'utf8')).trim());
    const { title, severity, fix, affectedMailboxes } = await opens('secret-expiring');
    const date = daysFromNow(5).slice(0, 10);
    expect(title).toContain(date);
    expect(severity).toBe('critical');
    expect(fix.map(({ command }) => command ?? '').join('\n')).toContain(registration().appId);
    expect(affectedMailboxes).toEqual(['qms', 'service']);
    expect(await credential()).toMatchObject({
      app: 'mail-reader',
      valid: true,
      match: 'matched',
      days_left: 4,
      mailboxes: ['qms', 'service'],
    });
    const keyId = registration().secrets[0]?.keyId ?? '';
    expect(await get('/metrics')).toMatch(
      new RegExp(
        `mailprobe_credential_expiry_timestamp_seconds\\{app="mail-reader",credential="${keyId}",kind="secret",source="graph"\\} \\d+`,
      ),
    );
    expect((await get('/credentials.ics')).replaceAll('\r\n ', '')).toContain(
      `UID:credential-mail-reader-${keyId}@mailprobe`,
    );
    expect(await get('/expiries')).toContain('4 days');
  });

  test('while tokens live is critical before any mailbox fails, and ends with a new secret', async () => {
    await watch();
    scenario('secret-expired');
    const { severity, title, affectedMailboxes } = await opens('secret-expired');
    expect([severity, affectedMailboxes]).toEqual(['critical', ['qms', 'service']]);
    expect(title).toMatch(
      /works until \d{4}-\d\d-\d\d \d\d:\d\d UTC; then 2 mailboxes \(qms, service\) can no longer be opened\./,
    );
    expect(await credential()).toMatchObject({ valid: false, refusal: { code: 'AADSTS7000222' } });
    expect(await get('/metrics')).toContain('mailprobe_credential_valid{app="mail-reader"} 0');

    await put(addSecret());
    await closes('secret-expired');
    await until('the comparison with the registered ones', async () => {
      const { valid, match } = await credential();
      return valid === true && match === 'matched' ? true : undefined;
    });
    expect(failedProbes()).toBe(0);
  });

  test('a refused secret is asked with at its turn, and by no look, while a token lives', async () => {
    await watch({ credentialInterval: '1h' });
    scenario('secret-expired');
    await put((await readFile(secretFile(), 'utf8')).trim());
    await opens('secret-expired');
    const asked = watched.sandbox.requests().token[registration().appId] ?? 0;
    const opened = watched.sandbox.requests().imap.opened;
    await until('three more rounds of looks', () =>
      watched.sandbox.requests().imap.opened > opened + 6 ? true : undefined,
    );
    expect(watched.sandbox.requests().token[registration().appId]).toBe(asked);
  });
});

describe('a rotation', () => {
  test('by rename, under load, is adopted within seconds, and no look fails', async () => {
    await watch({ credentialInterval: '1h' });
    const old = registration().secrets[0]?.keyId;
    await put(addSecret());
    const probing = Array.from({ length: 40 }, async () => {
      await fetch(`${watched.daemon.url}/api/v1/mailboxes/qms/probe`, { method: 'POST' });
    });
    await until('the new secret', async () => {
      const { valid, matched_key_id: matched } = await credential();
      return valid === true && matched !== old ? true : undefined;
    });
    watched.sandbox.change((tenant) => registration(tenant).secrets.shift());
    await Promise.all(probing);
    expect(failedProbes()).toBe(0);
    expect(problem('secret-invalid')).toBeUndefined();
  });

  test('by Kubernetes, which swaps a link to the folder of all files, is one too', async () => {
    await watch({ credentialInterval: '1h' });
    const version = async (name: string, value: string): Promise<void> => {
      await mkdir(join(watched.directory, name));
      await writeFile(join(watched.directory, name, 'secret'), value);
      await symlink(name, join(watched.directory, `${name}.link`));
      await rename(join(watched.directory, `${name}.link`), join(watched.directory, '..data'));
    };
    await version('..1', (await readFile(secretFile(), 'utf8')).trim());
    await symlink('..data/secret', `${secretFile()}.link`);
    await rename(`${secretFile()}.link`, secretFile());
    await version('..2', addSecret());
    const added = registration().secrets[1]?.keyId;
    await until('the new secret', async () =>
      (await credential()).matched_key_id === added ? true : undefined,
    );
    expect(failedProbes()).toBe(0);
  });

  test('to a wrong value leaves the old one in use, says so, and is over when it is mended', async () => {
    await watch({ credentialInterval: '1h' });
    const good = (await readFile(secretFile(), 'utf8')).trim();
    await put('~~~8Q~not-a-secret-of-this-application-xyz');
    const { title, severity } = await opens('secret-invalid');
    expect(title).toContain('The previous value still works');
    expect(severity).toBe('warning');
    await until('the comparison with the registered ones', async () =>
      (await credential()).match === 'none' ? true : undefined,
    );
    expect(await credential()).toMatchObject({ valid: false, previous_in_use: true });
    await put(good);
    await closes('secret-invalid');
    expect(failedProbes()).toBe(0);
  });

  test('to the ID in place of the value is named as that', async () => {
    await watch({ credentialInterval: '1h' });
    await put(registration().secrets[0]?.keyId ?? '');
    expect((await opens('secret-invalid')).causeDetail).toBe('secret-id-instead-of-value');
    await until('the comparison with the registered ones', async () =>
      (await credential()).match === 'secret-id' ? true : undefined,
    );
  });
});

describe('what Graph tells', () => {
  test('permissions that were requested and not granted are told before the token in hand ends', async () => {
    await watch();
    const asked = watched.sandbox.requests().graph;
    scenario('admin-consent-missing');
    await put((await readFile(secretFile(), 'utf8')).trim());
    await opens('admin-consent-missing');
    expect(watched.sandbox.requests().graph).toBeGreaterThan(asked);
  });

  test.each([
    [
      'a refusal',
      { kind: 'forbidden' },
      'graph-permission-missing',
      /Application\.Read\.All.*Application\.ReadWrite\.OwnedBy/,
    ],
    ['a failure', { kind: 'unavailable' }, 'graph-unavailable', /asks Graph again/],
  ] as const)(
    '%s of it is a problem of its own, and no mailbox suffers',
    async (_name, fault, cause, fix) => {
      await watch();
      watched.sandbox.change((tenant) => {
        tenant.faults.graph = fault;
      });
      await put((await readFile(secretFile(), 'utf8')).trim());
      const opened = await opens(cause);
      expect([opened.severity, everyMailbox('up')]).toEqual(['warning', true]);
      expect(JSON.stringify(opened.fix)).toMatch(fix);
    },
  );
});

test('the clock of this machine is compared with the token host, and shown', async () => {
  await watch();
  scenario('clock-skew');
  await opens('clock-skew');
  expect(await credential()).toMatchObject({ clock_skew_seconds: expect.closeTo(-7200, -1) });
  // Entra issues tokens by its own clock: none of them is too young for it.
  const probe = await until('a look with a token of that clock', () => {
    const [status] = watched.daemon.snapshot().targets;
    const token = status?.lastProbe && stageOf(status.lastProbe.evidence, 'token');
    return (token?.facts.clockSkewSeconds ?? 0) < -7000 ? status?.lastProbe : undefined;
  });
  expect(stageOf(probe.evidence, 'claims')?.outcome).toBe('ok');
});

test('no secret shows in anything that the daemon says', async () => {
  await watch();
  const values = [
    (await readFile(secretFile(), 'utf8')).trim(),
    addSecret(),
    '~~~8Q~canary-canary-canary-canary-cana',
  ];
  for (const value of values.slice(1)) {
    await put(value);
    await until('a look at the new value', async () =>
      (await credential()).valid === (value !== values[2]) && watched.log.length > 0 ? true : undefined,
    );
  }
  await opens('secret-invalid');
  const paths = [
    '/',
    '/metrics',
    '/health',
    '/credentials.ics',
    '/api/v1/credentials',
    '/api/v1/apps/mail-reader',
    '/api/v1/problems',
    '/api/v1/mailboxes/qms',
  ];
  const said = [...(await Promise.all(paths.map(get))), ...watched.log].join('\n').replaceAll('\r\n ', '');
  const shown = values.flatMap((value) => [
    value,
    encodeURIComponent(value),
    Buffer.from(value).toString('base64'),
  ]);
  expect(shown.filter((form) => said.includes(form))).toEqual([]);
});
