import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { Secret } from '../../../src/model/secret.ts';
import type { Credential } from '../../../src/model/target.ts';
import { credentialFiles, readConfigured } from '../../../src/probe/credential/configured.ts';
import { createCredentialStore } from '../../../src/probe/credential/credential-store.ts';
import { createTokenCache } from '../../../src/probe/token/token-cache.ts';
import { createCertificateAuthority } from '../../../src/sandbox/certificates.ts';
import { createSandbox, type Sandbox } from '../../../src/sandbox/sandbox.ts';
import { registerCertificate } from '../../../src/sandbox/tenant-builder.ts';
import { anApp } from '../../support/builders.ts';
import { readFile } from '../../support/files.ts';

/** The certificate file that is really in use, beside what the directory and the configuration say of it. */
const ENDS = new Date('2027-05-01T00:00:00Z');
const DAY = 86_400_000;

let sandbox: Sandbox;
let directory: string;
let credential: Credential;
const readers = { readSecret: async () => new Secret('none'), readFile, redactor: createRedactor() };
const tokens = createTokenCache(readers);
const never = new AbortController().signal;

beforeAll(async () => {
  const certificateAuthority = await createCertificateAuthority('certificate test authority');
  sandbox = await createSandbox({ certificateAuthority });
  directory = await mkdtemp(join(tmpdir(), 'mailprobe-test-'));
  const { cert, key } = await certificateAuthority.issue({
    commonName: 'mail reader',
    names: ['localhost'],
    notAfter: ENDS,
  });
  const certificateFile = join(directory, 'app.crt');
  const privateKeyFile = join(directory, 'app.key');
  await writeFile(certificateFile, cert);
  await writeFile(privateKeyFile, key);
  credential = { kind: 'certificate', certificateFile, privateKeyFile };
  sandbox.change((tenant) => {
    for (const application of tenant.applications) registerCertificate(application, cert);
  });
});
afterAll(async () => {
  tokens.close();
  await sandbox.close();
  await rm(directory, { recursive: true });
});

async function describeApp(expiresAt?: number) {
  const app = anApp({
    tenant: sandbox.tenant.id,
    clientId: sandbox.tenant.applications[0]?.appId ?? '',
    authority: sandbox.authority,
    graphEndpoint: sandbox.graphEndpoint,
    network: { ca: sandbox.ca },
    graph: true,
    timeoutMs: 120_000,
    credential: { ...credential, ...(expiresAt === undefined ? {} : { expiresAt }) },
  });
  const store = createCredentialStore({ ...readers, tokens });
  store.update([app]);
  await store.describe(app, 0, never);
  return store.statusOf(app.id);
}

test('the end dates of the file and of the directory are both listed; the directory identifies the certificate by its thumbprint', async () => {
  const status = await describeApp();
  expect(status).toMatchObject({ kind: 'certificate', match: 'matched' });
  const [, registered] = status?.registered ?? [];
  expect(status?.endDates).toContainEqual({
    source: 'certificate',
    credential: registered?.thumbprint,
    expiresAt: ENDS.getTime(),
  });
  expect(status?.endDates).toContainEqual({
    source: 'graph',
    credential: registered?.keyId,
    expiresAt: ENDS.getTime(),
  });
});

test('a different date of the configuration is not hidden', async () => {
  const believed = ENDS.getTime() + 300 * DAY;
  const { endDates = [] } = (await describeApp(believed)) ?? {};
  expect(endDates).toContainEqual({ source: 'configuration', credential: 'configured', expiresAt: believed });
  expect(new Set(endDates.map(({ source }) => source))).toEqual(
    new Set(['graph', 'certificate', 'configuration']),
  );
});

test('a certificate that is not registered is reported while the cached token still works', async () => {
  await describeApp();
  sandbox.change((tenant) => {
    for (const application of tenant.applications) {
      for (const certificate of application.certificates) certificate.pem = sandbox.ca;
    }
  });
  expect(await describeApp()).toMatchObject({ match: 'none' });
  sandbox.reset();
});

describe('files', () => {
  test.each<[string, Credential, readonly string[]]>([
    ['a secret file', { kind: 'secret', source: { from: 'file', path: '/s' } }, ['/s']],
    ['an environment variable', { kind: 'secret', source: { from: 'env', name: 'S' } }, []],
    ['a certificate', { kind: 'certificate', certificateFile: '/c', privateKeyFile: '/k' }, ['/c', '/k']],
    ['a federated token', { kind: 'federated-token', tokenFile: '/t' }, ['/t']],
  ])('of %s', (_name, one, files) => {
    expect(credentialFiles(one)).toEqual(files);
  });

  test.each<[string, () => Promise<string>]>([
    ['is not there', async () => join(directory, 'absent')],
    [
      'holds no certificate',
      async () => {
        await writeFile(join(directory, 'odd'), 'odd');
        return join(directory, 'odd');
      },
    ],
  ])('one that %s is known by nothing, and stops nothing', async (_name, path) => {
    const one = { kind: 'certificate', certificateFile: await path(), privateKeyFile: '/k' } as const;
    expect(await readConfigured(one, readers)).toBeUndefined();
  });
});
