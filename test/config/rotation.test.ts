import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../src/config/load.ts';
import { isRotation } from '../../src/config/rotation.ts';
import { files } from '../support/files.ts';
import { workspace } from './workspace.ts';

const TEXT = `apps:
  - id: plm
    tenant: 11111111-2222-3333-4444-555555555555
    client_id: 66666666-7777-8888-9999-000000000000
    credential: { secret_file: secret }
  - id: qms
    tenant: 11111111-2222-3333-4444-555555555555
    client_id: 66666666-7777-8888-9999-000000000001
    credential: { federated_token_file: token }
mailboxes:
  - { id: inbox, address: plm@contoso.example, app: plm }
`;

test.each([
  { name: 'a secret with a new value', write: { secret: 'another' }, changed: ['secret'], expected: true },
  { name: 'a secret and a token', write: {}, changed: ['secret', 'token'], expected: true },
  { name: 'a secret that is empty now', write: { secret: '' }, changed: ['secret'], expected: false },
  { name: 'a token that is empty now', write: { token: ' ' }, changed: ['token'], expected: false },
  { name: 'the main file', write: {}, changed: ['mailprobe.yaml'], expected: false },
  { name: 'a secret and the main file', write: {}, changed: ['secret', 'mailprobe.yaml'], expected: false },
])('$name: only credentials changed and can be used, $expected', async ({ write, changed, expected }) => {
  const folder = await workspace({ 'mailprobe.yaml': TEXT, secret: 'one', token: 'two' });
  const loaded = await loadConfig(join(folder, 'mailprobe.yaml'), { env: {}, files });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  for (const [name, content] of Object.entries(write)) await writeFile(join(folder, name), content);
  const paths = changed.map((name) => join(folder, name));
  expect(await isRotation(paths, loaded.config.apps, { env: {}, files })).toBe(expected);
});
