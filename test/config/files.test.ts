import { createPrivateKey } from 'node:crypto';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { createCertificateAuthority, type IssuedCertificate } from '../../src/sandbox/certificates.ts';
import { configText, ENV, loaded, reported, workspace } from './workspace.ts';
import { files } from '../support/files.ts';

let authority: string;
let app: IssuedCertificate;
let other: IssuedCertificate;

beforeAll(async () => {
  const ca = await createCertificateAuthority('Test authority');
  authority = ca.cert;
  app = await ca.issue({ commonName: 'app', names: ['app.example'] });
  other = await ca.issue({ commonName: 'other', names: ['other.example'] });
});

const credential = (text: string) => configText().replace('{ secret_env: PLM_SECRET }', text);

describe('a certificate credential', () => {
  const text = credential('{ certificate_file: app.pem, private_key_file: key.pem }');

  test('is accepted where the key is that of the certificate, chain and all', async () => {
    const { apps, files } = await loaded(text, { 'app.pem': `${app.cert}${authority}`, 'key.pem': app.key });
    expect(apps[0]?.credential).toEqual({
      kind: 'certificate',
      certificateFile: files[1],
      privateKeyFile: files[2],
    });
    expect(files.slice(1).map((file) => file.replace(/^.*\//, ''))).toEqual(['app.pem', 'key.pem']);
  });

  test('is accepted from one file that holds both', async () => {
    const both = credential('{ certificate_file: app.pem, private_key_file: app.pem }');
    const { apps } = await loaded(both, { 'app.pem': `${app.key}${app.cert}` });
    expect(apps[0]?.credential.kind).toBe('certificate');
  });

  test('is refused with the key of another', async () => {
    expect(await reported(text, { 'app.pem': app.cert, 'key.pem': other.key })).toEqual([
      'mailprobe.yaml:6: apps[0].credential.private_key_file: expected the private key of the certificate, got the key of another',
    ]);
  });

  test('is refused where neither is PEM, with both reported', async () => {
    expect(await reported(text, { 'app.pem': 'nonsense', 'key.pem': 'nonsense' })).toEqual([
      'mailprobe.yaml:6: apps[0].credential.certificate_file: expected a PEM certificate (-----BEGIN CERTIFICATE-----), got something else (a .pfx file becomes PEM by: openssl pkcs12 -in app.pfx -nodes -out app.pem)',
      'mailprobe.yaml:6: apps[0].credential.private_key_file: expected a PEM private key without passphrase (-----BEGIN PRIVATE KEY-----), got something else',
    ]);
  });

  test('is refused with a key that wants a passphrase', async () => {
    const locked = createPrivateKey(app.key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    expect(await reported(text, { 'app.pem': app.cert, 'key.pem': locked })).toEqual([
      'mailprobe.yaml:6: apps[0].credential.private_key_file: expected a PEM private key without passphrase (-----BEGIN PRIVATE KEY-----), got one that is protected by a passphrase (remove it: openssl pkey -in KEY -out NEW-KEY)',
    ]);
  });

  test('is refused where a file is not there', async () => {
    expect(await reported(text, { 'app.pem': app.cert })).toEqual([
      'mailprobe.yaml:6: apps[0].credential.private_key_file: cannot use the private key file of that name in the folder of this file: there is no such file (write the path of a file here, not the secret itself)',
    ]);
  });
});

test('a federated token file is read once to check that it exists', async () => {
  const { apps, files } = await loaded(credential('{ federated_token_file: token }'), { token: 'eyJ...' });
  expect(apps[0]?.credential).toEqual({ kind: 'federated-token', tokenFile: files[1] });
});

test('a secret file is named by its absolute path, and is to be watched', async () => {
  const { apps, files } = await loaded(credential('{ secret_file: secrets/plm }'), {
    'secrets/plm': 'value\n',
  });
  expect(apps[0]?.credential).toEqual({ kind: 'secret', source: { from: 'file', path: files[1] } });
  expect(files[1]).toMatch(/^\/.*\/secrets\/plm$/);
});

describe('tls.ca_file', () => {
  const text = configText('tls: { ca_file: ca.pem }');

  test('is used for every leg, without the text between the certificates', async () => {
    const { apps, targets, files } = await loaded(text, {
      'ca.pem': `# ours\n${authority}\nand\n${other.cert}`,
    });
    expect(apps[0]?.network.ca).toBe(`${authority.trim()}\n${other.cert.trim()}\n`);
    expect(targets[1]?.network.ca).toBe(apps[0]?.network.ca);
    expect(files.at(-1)).toMatch(/ca\.pem$/);
  });

  test('is refused where one certificate of it cannot be parsed', async () => {
    const broken = authority.replace(/\n(.{20})/, '\nAAAA$1');
    expect(await reported(text, { 'ca.pem': `${authority}${broken}` })).toEqual([
      'mailprobe.yaml:1: tls.ca_file: expected PEM certificates (-----BEGIN CERTIFICATE-----), got 2, of which number 2 cannot be parsed',
    ]);
  });
});

describe('a main file that cannot be read', () => {
  test('is not there', async () => {
    const result = await loadConfig('/absent/mailprobe.yaml', { env: {}, files });
    expect(result).toEqual({
      ok: false,
      errors: [
        {
          file: '/absent/mailprobe.yaml',
          line: 1,
          path: '',
          code: 'file-missing',
          message: 'cannot read this file: there is no such file',
          hint: 'create one with "mailprobe init", or name an existing one with --config FILE',
        },
      ],
      files: ['/absent/mailprobe.yaml'],
    });
  });

  test('is a folder', async () => {
    const folder = await workspace({});
    const result = await loadConfig(folder, { env: {}, files });
    expect(result).toMatchObject({
      ok: false,
      errors: [{ message: 'cannot read this file: it is a folder, not a file' }],
    });
  });

  test('is a device', async () => {
    const result = await loadConfig('/dev/zero', { env: {}, files });
    expect(result).toMatchObject({
      ok: false,
      errors: [{ message: 'cannot read this file: it is a device, and only a regular file is read' }],
    });
  });

  test.each([
    {
      name: 'is UTF-16',
      content: Buffer.from(`\uFEFF${configText()}`, 'utf16le'),
      message: 'it is UTF-16 (as Windows PowerShell writes with ">"): save it as UTF-8',
    },
    { name: 'is Latin-1', content: Buffer.from('# caf\u00e9', 'latin1'), message: 'it is not UTF-8 text' },
    { name: 'is binary', content: Buffer.from([0, 1, 2]), message: 'it is not UTF-8 text' },
  ])('$name', async ({ content, message }) => {
    expect(await reported(content)).toEqual([`mailprobe.yaml:1: cannot read this file: ${message}`]);
  });

  test('nests without end', async () => {
    const [first] = await reported(`apps: ${'['.repeat(200_000)}`);
    expect(first).toMatch(/^mailprobe\.yaml:1: cannot parse this file: /);
  });

  test('is a bomb of aliases', async () => {
    const levels = Array.from(
      { length: 9 },
      (_, at) => `l${at + 1}: &l${at + 1} [${Array(9).fill(`*l${at}`).join(', ')}]`,
    );
    expect(await reported(`l0: &l0 [x, x]\n${levels.join('\n')}\n`)).toEqual([
      'mailprobe.yaml:1: expected at most 100000 uses of YAML aliases, got more',
    ]);
  });
});

test('a byte order mark of UTF-8, Windows line ends and anchors are fine', async () => {
  const text = configText('', '', 'labels: &l { team: quality }');
  const more = '  - { id: more, address: more@contoso.example, app: plm, labels: *l }\n';
  const { mailboxes } = await loaded(`\uFEFF${text}${more}`.replaceAll('\n', '\r\n'), {}, ENV);
  expect(mailboxes.map(({ labels }) => labels)).toEqual([{ team: 'quality' }, { team: 'quality' }]);
});

test('relative paths begin at the folder of the file, whatever the working directory is', async () => {
  const folder = await workspace({
    'etc/mailprobe.yaml': credential('{ secret_file: ../run/plm }'),
    'run/plm': 'value',
  });
  const result = await loadConfig(join(folder, 'etc/mailprobe.yaml'), { env: {}, files });
  expect(result).toMatchObject({
    ok: true,
    config: { apps: [{ credential: { source: { path: join(folder, 'run/plm') } } }] },
  });
});
