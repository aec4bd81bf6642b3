import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { formatErrors } from '../../src/config/config-error.ts';
import { FileError } from '../../src/model/files.ts';
import { createCertificateAuthority } from '../../src/sandbox/certificates.ts';
import { putFifo } from '../support/fifo.ts';
import { files } from '../support/files.ts';
import { configText, ENV, workspace } from './workspace.ts';

/** A pipe without a writer in the place of each file that the configuration names: reported, and nothing waits. */
const credential = (text: string) => configText().replace('{ secret_env: PLM_SECRET }', text);
const REASON = 'it is a named pipe (FIFO), and only a regular file is read';

test.each([
  {
    place: 'the configuration itself',
    file: 'mailprobe.yaml',
    text: '',
    reported: `mailprobe.yaml:1: cannot read this file: ${REASON}`,
  },
  {
    place: 'a file of mailboxes',
    file: 'more.yaml',
    text: configText('mailbox_files: [more.yaml]'),
    reported: `more.yaml:1: cannot read this file: ${REASON}`,
  },
  {
    place: 'a file of mailboxes that a pattern finds',
    file: 'conf.d/more.yaml',
    text: configText('mailbox_files: [conf.d/*.yaml]'),
    reported: `conf.d/more.yaml:1: cannot read this file: ${REASON}`,
  },
  {
    place: 'the authorities',
    file: 'ca.pem',
    text: configText('tls: { ca_file: ./ca.pem }'),
    reported: `mailprobe.yaml:1: tls.ca_file: cannot read ca.pem: ${REASON}`,
  },
  {
    place: 'the tokens of the HTTP interface',
    file: 'tokens',
    text: configText('http: { tokens_file: ./tokens }'),
    reported: `mailprobe.yaml:1: http.tokens_file: cannot read this file: ${REASON}`,
  },
  {
    place: 'the certificate of the HTTP interface',
    file: 'tls.crt',
    text: configText('http: { tls: { certificate_file: ./tls.crt, private_key_file: ./app.key } }'),
    reported: `mailprobe.yaml:1: http.tls.certificate_file: cannot read this file: ${REASON}`,
  },
  {
    place: 'the key of the HTTP interface',
    file: 'tls.key',
    text: configText('http: { tls: { certificate_file: ./app.pem, private_key_file: ./tls.key } }'),
    reported: `mailprobe.yaml:1: http.tls.private_key_file: cannot read this file: ${REASON}`,
  },
  {
    place: 'a secret',
    file: 'plm',
    text: credential('{ secret_file: ./plm }'),
    reported: `mailprobe.yaml:6: apps[0].credential.secret_file: cannot use the secret file plm: ${REASON}`,
  },
  {
    place: "an app's certificate",
    file: 'own.pem',
    text: credential('{ certificate_file: ./own.pem, private_key_file: ./app.key }'),
    reported: `mailprobe.yaml:6: apps[0].credential.certificate_file: cannot use the certificate file own.pem: ${REASON}`,
  },
  {
    place: "an app's private key",
    file: 'own.key',
    text: credential('{ certificate_file: ./app.pem, private_key_file: ./own.key }'),
    reported: `mailprobe.yaml:6: apps[0].credential.private_key_file: cannot use the private key file own.key: ${REASON}`,
  },
  {
    place: 'a federated token',
    file: 'token',
    text: credential('{ federated_token_file: ./token }'),
    reported: `mailprobe.yaml:6: apps[0].credential.federated_token_file: cannot use the federated token file token: ${REASON}`,
  },
])('a pipe in the place of $place is reported', async ({ file, text, reported }) => {
  const authority = await createCertificateAuthority('Test authority');
  const app = await authority.issue({ commonName: 'app', names: ['app.example'] });
  const folder = await workspace({
    'mailprobe.yaml': text,
    'app.pem': app.cert,
    'app.key': app.key,
    'conf.d/.keep': '',
  });
  putFifo(join(folder, file));
  const result = await loadConfig(join(folder, 'mailprobe.yaml'), { env: ENV, files });
  const problems = result.ok ? '' : formatErrors(result.errors).replaceAll(`${folder}/`, '');
  expect(problems).toBe(`${reported}\n`);
});

test('a folder of a pattern that does not answer is reported, at the line that names it', async () => {
  const folder = await workspace({ 'mailprobe.yaml': configText('mailbox_files: [conf.d/*.yaml]') });

  const list = async () => await Promise.reject(new FileError('file-hangs', 'it does not answer'));
  const result = await loadConfig(join(folder, 'mailprobe.yaml'), { env: ENV, files: { ...files, list } });
  expect(result).toMatchObject({
    ok: false,
    errors: [
      { line: 1, path: 'mailbox_files[0]', message: 'cannot search for conf.d/*.yaml: it does not answer' },
    ],
  });
});
