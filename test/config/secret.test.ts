import { join } from 'node:path';
import { writeFile } from 'node:fs/promises';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { readSecret, SecretError } from '../../src/config/secret.ts';
import { workspace } from './workspace.ts';
import { files } from '../support/files.ts';

async function fromFile(content: string | Uint8Array): Promise<string> {
  const folder = await workspace({ secret: content });
  return (await readSecret({ from: 'file', path: join(folder, 'secret') }, { env: {}, files })).reveal();
}

describe('one line end at the end of a secret file is dropped, and nothing else', () => {
  test.each([
    { name: 'no line end', content: 'value', is: 'value' },
    { name: 'a line feed', content: 'value\n', is: 'value' },
    { name: 'a carriage return and line feed', content: 'value\r\n', is: 'value' },
    { name: 'two line feeds', content: 'value\n\n', is: 'value\n' },
    { name: 'spaces around', content: ' value \n', is: ' value ' },
    { name: 'a lone carriage return', content: 'value\r', is: 'value\r' },
    { name: 'a line feed in front', content: '\nvalue', is: '\nvalue' },
  ])('$name', async ({ content, is }) => {
    expect(await fromFile(content)).toBe(is);
  });
});

test('a variable is taken unchanged', async () => {
  expect((await readSecret({ from: 'env', name: 'S' }, { env: { S: ' value\n' }, files })).reveal()).toBe(
    ' value\n',
  );
});

test('a file is read anew at each call', async () => {
  const folder = await workspace({ secret: 'old' });
  const source = { from: 'file', path: join(folder, 'secret') } as const;
  await readSecret(source, { env: {}, files });
  await writeFile(source.path, 'new');
  expect((await readSecret(source, { env: {}, files })).reveal()).toBe('new');
});

const CANARY = 'Canary8Q~secret.value';

describe('a secret that cannot work is refused with a code, and not shown', () => {
  test.each([
    { name: 'an empty file', content: '', code: 'secret-empty' },
    { name: 'a line end alone', content: '\r\n', code: 'secret-empty' },
    { name: 'white space alone', content: '  \n\n', code: 'secret-empty' },
    { name: 'UTF-8 with a byte order mark', content: `\uFEFF${CANARY}`, code: 'secret-byte-order-mark' },
    { name: 'UTF-16', content: Buffer.from(`\uFEFF${CANARY}`, 'utf16le'), code: 'file-not-utf8' },
    { name: 'UTF-16 without a mark', content: Buffer.from(CANARY, 'utf16le'), code: 'file-not-utf8' },
    { name: 'Latin-1', content: Buffer.from(`${CANARY}\u00e9`, 'latin1'), code: 'file-not-utf8' },
    { name: 'a very long file', content: CANARY.repeat(4_000), code: 'file-too-large' },
  ])('$name', async ({ content, code }) => {
    const error = await fromFile(content).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SecretError);
    expect(error).toMatchObject({ code });
    expect(inspect(error, { depth: 9 })).not.toContain('Canary');
  });

  test('a file that is not there', async () => {
    const read = readSecret({ from: 'file', path: '/absent/secret' }, { env: {}, files });
    await expect(read).rejects.toMatchObject({
      code: 'file-missing',
      message: 'cannot use the secret file /absent/secret: there is no such file',
    });
  });

  test('a folder', async () => {
    const folder = await workspace({});
    await expect(readSecret({ from: 'file', path: folder }, { env: {}, files })).rejects.toMatchObject({
      code: 'file-is-folder',
    });
  });

  test('a device', async () => {
    await expect(readSecret({ from: 'file', path: '/dev/zero' }, { env: {}, files })).rejects.toMatchObject({
      code: 'file-not-regular',
    });
  });

  test.each([
    { env: {}, code: 'secret-env-unset' },
    { env: { S: '' }, code: 'secret-empty' },
  ])('a variable: $code', async ({ env, code }) => {
    await expect(readSecret({ from: 'env', name: 'S' }, { env, files })).rejects.toMatchObject({ code });
  });
});
