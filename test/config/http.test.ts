import { beforeAll, describe, expect, test } from 'vitest';
import { type CertificateAuthority, createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { configText, loaded, reported } from './workspace.ts';

const GOOD = '0123456789abcdef';
let authority: CertificateAuthority;
let certificate: string;
let key: string;

beforeAll(async () => {
  authority = await createCertificateAuthority('test');
  const issued = await authority.issue({ commonName: 'mailprobe', names: ['localhost'] });
  certificate = issued.cert;
  key = issued.key;
});

describe('tokens', () => {
  const withTokens = configText('http: { tokens_file: tokens }');

  test.each([
    ['one', `${GOOD}\n`, [GOOD]],
    ['several', `${GOOD}\nfedcba9876543210==\n`, [GOOD, 'fedcba9876543210==']],
    [
      'with names, comments and empty lines',
      `# of Prometheus\r\n${GOOD} # since May\r\n\r\n  fedcba9876543210\t#\n`,
      [GOOD, 'fedcba9876543210'],
    ],
    ['behind a byte order mark', `\uFEFF${GOOD}`, [GOOD]],
  ])('%s', async (_, tokens, expected) => {
    const { http, files } = await loaded(withTokens, { tokens });
    expect(http.tokens?.map((token) => token.reveal())).toEqual(expected);
    expect(files.some((file) => file.endsWith('/tokens'))).toBe(true);
  });

  test.each([
    [
      'none',
      '# nothing\n',
      'expected at least one token in this file, got none (make one: openssl rand -hex 32)',
    ],
    [
      'a short one',
      `${GOOD}\nshort-secret\n`,
      'expected tokens of 16 or more characters in this file, got one of 12 characters in its line 2 (make one: openssl rand -hex 32)',
    ],
    [
      'one with a space',
      `${GOOD} ${GOOD}\n`,
      'expected tokens of 16 or more characters in this file, got one with other characters than letters, digits and -._~+/= in its line 1 (make one: openssl rand -hex 32)',
    ],
  ])('%s is refused, without being repeated', async (_, tokens, message) => {
    expect(await reported(withTokens, { tokens })).toEqual([
      `mailprobe.yaml:1: http.tokens_file: ${message}`,
    ]);
  });

  test('a missing file is reported', async () => {
    expect(await reported(withTokens)).toEqual([
      'mailprobe.yaml:1: http.tokens_file: cannot read this file: there is no such file',
    ]);
  });
});

describe('TLS', () => {
  const withTls = configText('http: { tls: { certificate_file: cert.pem, private_key_file: key.pem } }');

  test('takes a certificate with its chain, and its key', async () => {
    const chain = `${certificate}${authority.cert}`;
    const { http, files } = await loaded(withTls, { 'cert.pem': chain, 'key.pem': key });
    expect([http.tls?.certificate, http.tls?.privateKey.reveal()]).toEqual([chain, key]);
    expect(files.filter((file) => file.endsWith('.pem'))).toHaveLength(2);
  });

  test('is refused where the key is another', async () => {
    const other = await authority.issue({ commonName: 'other', names: ['localhost'] });
    expect(await reported(withTls, { 'cert.pem': certificate, 'key.pem': other.key })).toEqual([
      'mailprobe.yaml:1: http.tls.private_key_file: expected the private key of the certificate, got the key of another',
    ]);
  });

  test('reports both files at once', async () => {
    expect(await reported(withTls, { 'cert.pem': 'x' })).toEqual([
      'mailprobe.yaml:1: http.tls.certificate_file: expected a PEM certificate (-----BEGIN CERTIFICATE-----), got something else (a .pfx file becomes PEM by: openssl pkcs12 -in app.pfx -nodes -out app.pem)',
      'mailprobe.yaml:1: http.tls.private_key_file: cannot read this file: there is no such file',
    ]);
  });

  test('wants both', async () => {
    expect(await reported(configText('http: { tls: { certificate_file: cert.pem } }'))).toEqual([
      'mailprobe.yaml:1: http.tls.private_key_file: expected the path of the private key of the certificate, but it is missing',
    ]);
  });
});

test('what is open, and under which names', async () => {
  const { http } = await loaded(configText('http: { public: [metrics, page], hosts: [mail.example] }'));
  expect(http).toEqual({ public: ['metrics', 'page'], hosts: ['mail.example'] });
});

test.each([
  ['public: [api]', 'http.public[0]: expected one of metrics, health, page, calendar, got "api"'],
  ['public: metrics', 'http.public: expected a list such as [metrics], got "metrics"'],
  [
    'hosts: ["http://x"]',
    'http.hosts[0]: expected a host name or IP address, without a port, got "http://x"',
  ],
  [
    'token: x',
    'http.token: a secret must not be in this file (put it into a file and name the file: tokens_file: PATH)',
  ],
  ['tokens: [x]', 'http.tokens: this key is not known (known here: tokens_file, public, tls, hosts)'],
])('{ %s } is refused', async (text, message) => {
  const [first] = await reported(configText(`http: { ${text} }`));
  expect(first).toContain(message);
});
