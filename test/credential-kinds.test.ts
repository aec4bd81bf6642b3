import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Cause } from '../src/model/cause.ts';
import type { Problem } from '../src/model/status.ts';
import { type CertificateAuthority, createCertificateAuthority } from '../src/sandbox/certificates.ts';
import type { ConfigFileOptions } from '../src/sandbox/config-file.ts';
import { type PlannedCredential, planOf } from '../src/sandbox/plan.ts';
import type { Sandbox } from '../src/sandbox/sandbox.ts';
import { registerCertificate } from '../src/sandbox/tenant-builder.ts';
import type { Application, Tenant } from '../src/sandbox/tenant.ts';
import { PATIENT } from './support/patient.ts';
import { until } from './support/until.ts';
import { type WatchedSandbox, watchSandbox } from './support/watched-sandbox.ts';

/** Certificates and federated tokens in the daemon, from the files through msal to the sandbox's Entra. */
const DAY_MS = 86_400_000;
let authority: CertificateAuthority;
let watched: WatchedSandbox;

beforeAll(async () => {
  authority = await createCertificateAuthority('credential test authority');
});
afterEach(async () => await watched.close());

function registration(tenant: Tenant = watched.sandbox.tenant): Application {
  const [application] = tenant.applications;
  if (application === undefined) throw new Error('expected an application');
  return application;
}

/** `prepare` registers the credential at the sandbox's one application. */
async function watch(
  credential: PlannedCredential,
  prepare: (application: Application) => void,
  options: ConfigFileOptions = {},
): Promise<void> {
  const configure = (sandbox: Sandbox): ConfigFileOptions => {
    sandbox.change((tenant) => prepare(registration(tenant)));
    const plan = planOf(sandbox.tenant);
    const apps = plan.apps.map((app) => ({ ...app, credential }));
    return {
      ...PATIENT,
      credentialInterval: '1s',
      plan: { ...plan, apps },
      ...options,
    };
  };
  watched = await watchSandbox({ certificateAuthority: authority }, configure);
  await until('every mailbox open, and the credential compared', async () =>
    targets().every(({ confirmed }) => confirmed === 'up') && (await credentialNow()).registration !== null
      ? true
      : undefined,
  );
}

const targets = () => watched.daemon.snapshot().targets;
const failedProbes = (): number =>
  targets().flatMap(({ history }) => history.filter(({ success }) => !success)).length;
const problem = (cause: Cause): Problem | undefined =>
  watched.daemon.snapshot().problems.find((one) => one.cause === cause);
const opens = async (cause: Cause): Promise<Problem> =>
  await until(`the problem ${cause}`, () => problem(cause));
const credentialNow = async (): Promise<Record<string, unknown>> => {
  const answer = await fetch(`${watched.daemon.url}/api/v1/credentials`);
  return JSON.parse(await answer.text()).credentials[0];
};
async function put(ending: string, text: string): Promise<void> {
  const file = join(watched.directory, `mail-reader.${ending}`);
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

/** What every route answers, and the log. */
async function everything(): Promise<string> {
  const paths = ['/', '/metrics', '/credentials.ics', '/api/v1/credentials', '/api/v1/apps/mail-reader'];
  const more = ['/api/v1/apps', '/api/v1/problems', '/api/v1/mailboxes', '/api/v1/mailboxes/qms'];
  const answers = [...paths, ...more].map(
    async (path) => await (await fetch(watched.daemon.url + path)).text(),
  );
  return [...(await Promise.all(answers)), ...watched.log].join('\n').replaceAll('\r\n ', '');
}
/** The head of a JSON Web Token in base64url: an access token, an assertion. */
const TOKEN = /eyJ[\w-]{8}/;

describe('a certificate', () => {
  const issue = async (days: number) =>
    await authority.issue({
      commonName: 'mail reader',
      names: [],
      notAfter: new Date(Date.now() + days * DAY_MS),
    });

  test('near its end is told, and is rotated in two files, key first, with no failed look', async () => {
    const old = await issue(10);
    const next = await issue(300);
    await watch(
      { kind: 'certificate', certificate: old.cert, privateKey: old.key },
      (application) => registerCertificate(application, old.cert),
      { credentialInterval: '1h' },
    );
    expect((await opens('secret-expiring')).title).toMatch(/^The certificate of app mail-reader expires in /);
    watched.sandbox.change((tenant) => registerCertificate(registration(tenant), next.cert));
    await put('key', next.key);
    expect((await opens('credential-unreadable')).title).toContain('The previous value still works');
    await put('crt', next.cert);
    await until('the new certificate', async () => {
      const { valid, match, days_left: left } = await credentialNow();
      return valid === true && match === 'matched' && left === 299 ? true : undefined;
    });
    await until('the end of its problems', () =>
      problem('secret-expiring') === undefined && problem('credential-unreadable') === undefined
        ? true
        : undefined,
    );
    expect(failedProbes()).toBe(0);
    const said = await everything();
    expect(said).not.toMatch(TOKEN);
    const lines = [old, next].flatMap(({ key }) => key.split('\n').filter((line) => line.length === 64));
    expect(lines.length).toBeGreaterThan(40);
    expect(lines.filter((line) => said.includes(line))).toEqual([]);
  });

  test('whose assertions fail by this clock is told so, by the clock as it is now', async () => {
    const { cert, key } = await issue(300);
    await watch({ kind: 'certificate', certificate: cert, privateKey: key }, (application) =>
      registerCertificate(application, cert),
    );
    watched.sandbox.change((tenant) => (tenant.faults.clockSkewSeconds = -600));
    const problem = await opens('clock-skew');
    await until('a refused assertion', async () => (await credentialNow()).valid === false || undefined);
    expect(await credentialNow()).toMatchObject({ refusal: { code: 'AADSTS700024' } });
    expect(problem.evidence.join('\n')).toMatch(/This machine's clock is 10 min ahead/);
  });
});

test('a federated token is swapped like a secret, and no end of a secret is taken for its own', async () => {
  const token = async (subject: string): Promise<string> =>
    await new SignJWT()
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('https://cluster.example')
      .setSubject(subject)
      .setAudience('api://AzureADTokenExchange')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(new Uint8Array(32));
  await watch(
    { kind: 'federated-token', token: await token('mailprobe') },
    ({ federated, secrets }) => {
      for (const secret of secrets) secret.endDateTime = new Date(Date.now() + 3 * DAY_MS).toISOString();
      federated.push({
        id: '11111111-2222-4333-8444-555555555555',
        name: 'cluster',
        issuer: 'https://cluster.example',
        subject: 'mailprobe',
        audience: 'api://AzureADTokenExchange',
      });
    },
    { credentialInterval: '1h' },
  );
  expect(await credentialNow()).toMatchObject({ valid: true, expires_at: null, registered: [{}] });
  await put('token', await token('somebody else'));
  expect((await opens('cert-credential-invalid')).severity).toBe('warning');
  await put('token', await token('mailprobe'));
  await until('the end of the problem', () => problem('cert-credential-invalid') === undefined || undefined);
  expect(problem('secret-expiring')).toBeUndefined();
  expect(failedProbes()).toBe(0);
  expect(await everything()).not.toMatch(TOKEN);
});

test("a mail server's certificate near its end is a problem of its endpoint while its mailboxes open", async () => {
  const issueShort: CertificateAuthority['issue'] = async (options) =>
    await authority.issue({
      ...options,
      notBefore: new Date(Date.now() - 300 * DAY_MS),
      notAfter: new Date(Date.now() + 5 * DAY_MS),
    });
  watched = await watchSandbox({ certificateAuthority: { ...authority, issue: issueShort } }, PATIENT);
  await until(
    'every mailbox open',
    () => targets().every(({ confirmed }) => confirmed === 'up') || undefined,
  );
  const { severity, title, scope, affectedMailboxes } = await opens('server-certificate-expiring');
  expect([severity, scope, affectedMailboxes]).toEqual(['warning', 'endpoint', ['qms', 'service']]);
  expect(title).toContain(new Date(Date.now() + 5 * DAY_MS).toISOString().slice(0, 10));
});
