import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UsageError, type CommandIo } from '../../src/commands/command.ts';
import { init } from '../../src/commands/init.ts';
import { configSchema } from '../../src/config/json-schema.ts';
import { files } from '../support/files.ts';
import { runCommand } from '../support/run-command.ts';

const SECRET = 'abcQ~defghijklmnop12345';
const CLIENT_ID = '66666666-7777-8888-9999-000000000000';

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mailprobe-init-'));
  file = join(folder, 'mailprobe.yaml');
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

function options(more: Readonly<Record<string, string>> = {}): readonly string[] {
  const given = {
    config: file,
    tenant: 'contoso.example',
    'client-id': CLIENT_ID,
    mailbox: 'qms@contoso.example,QMS@fabrikam.example',
    ...more,
  };
  return Object.entries(given).flatMap(([name, value]) => [`--${name}`, value]);
}

test('the next steps name the command as it was started', async () => {
  const stdin = `${SECRET}\n`;
  const started = await runCommand(init, options(), { stdin, env: { npm_command: 'exec' } });
  expect(started.stdout).toContain('\n  npx mailprobe serve --config ');
  const installed = await runCommand(init, options({ config: join(folder, 'second.yaml'), app: 'b' }), {
    stdin,
  });
  expect(installed.stdout).toContain('\n  mailprobe serve --config ');
});

test('from options and the secret on standard input: a valid, commented configuration', async () => {
  const { exitCode, stdout, stderr } = await runCommand(init, options(), { stdin: `${SECRET}\n` });
  expect([exitCode, stderr]).toEqual([0, '']);
  await expect(await readFile(file, 'utf8')).toMatchFileSnapshot('../golden/commands/init.yaml');
  await expect(stdout.replaceAll(folder, 'FOLDER')).toMatchFileSnapshot('../golden/commands/init.txt');
});

test('the secret stands in a file that only its owner can read, and nowhere else', async () => {
  const { stdout } = await runCommand(init, options(), { stdin: `${SECRET}\n` });
  const secretFile = join(folder, 'secrets/app');
  expect(await readFile(secretFile, 'utf8')).toBe(`${SECRET}\n`);
  expect((await stat(secretFile)).mode & 0o777).toBe(0o600);
  expect((await stat(join(folder, 'secrets'))).mode & 0o777).toBe(0o700);
  expect(stdout + (await readFile(file, 'utf8'))).not.toContain(SECRET);
});

test('the schema that the first line names is there', async () => {
  await runCommand(init, options(), { stdin: SECRET });
  const [, name = ''] = /\$schema=(\S+)/.exec(await readFile(file, 'utf8')) ?? [];
  const schema: unknown = JSON.parse(await readFile(join(folder, name), 'utf8'));
  expect(schema).toEqual(configSchema());
});

test('a secret file of one’s own is named, not copied', async () => {
  const own = join(folder, 'plm.secret');
  await writeFile(own, SECRET);
  const { exitCode } = await runCommand(init, options({ 'secret-file': own, app: 'plm' }));
  expect(exitCode).toBe(0);
  expect((await readdir(folder)).toSorted()).toEqual([
    'mailprobe.schema.json',
    'mailprobe.yaml',
    'plm.secret',
  ]);
});

describe('what cannot be right is refused, and nothing is written', () => {
  test.each([
    {
      name: 'a tenant that works for users only',
      more: { tenant: 'common' },
      says: '--tenant: expected the tenant',
    },
    {
      name: 'a client id that is a secret',
      more: { 'client-id': SECRET },
      says: '--client-id: expected an appl',
    },
    { name: 'no address', more: { mailbox: 'qms' }, says: '--mailbox: expected an address' },
    { name: 'one address twice', more: { mailbox: 'a@b.example,A@b.example' }, says: 'each address once' },
    { name: 'an app name with a slash', more: { app: '../x' }, says: '--app: expected the id of an app' },
    { name: 'a Secret ID', stdin: CLIENT_ID, says: 'that is the Secret ID' },
    { name: 'a whole page as the secret', stdin: `Value\n${SECRET}`, says: 'nothing else' },
    { name: 'no secret', stdin: '', says: 'The secret is missing' },
  ])('$name', async ({ more = {}, stdin = SECRET, says }) => {
    const { exitCode, stdout, stderr } = await runCommand(init, options(more), { stdin });
    expect([exitCode, stdout]).toEqual([3, '']);
    expect(stderr).toContain(says);
    expect(stderr).not.toContain(SECRET);
    expect(await readdir(folder)).toEqual([]);
  });

  test('all that is missing is named at once', async () => {
    const { stderr } = await runCommand(init, ['--config', file]);
    expect(stderr.match(/is missing/g)).toHaveLength(4);
  });
});

test('a configuration that exists is kept', async () => {
  await writeFile(file, 'mine');
  await expect(runCommand(init, options(), { stdin: SECRET })).rejects.toThrow(UsageError);
  expect(await readFile(file, 'utf8')).toBe('mine');
  expect(await readdir(folder)).toEqual(['mailprobe.yaml']);
});

test('where the last file cannot be written, the first is taken back', async () => {
  const blocked = options({ config: join(folder, 'mailprobe.yaml/below') });
  await writeFile(join(folder, 'mailprobe.yaml'), '');
  await expect(runCommand(init, blocked, { stdin: SECRET })).rejects.toThrow(UsageError);
  expect(await readdir(folder)).toEqual(['mailprobe.yaml']);
});

describe('on a terminal', () => {
  /** Types each answer when its question stands. */
  async function answer(answers: readonly string[], args: readonly string[] = ['--config', file]) {
    const stdin = Object.assign(new PassThrough(), { isTTY: true });
    const left = [...answers];
    let shown = '';
    const io: CommandIo = {
      stdin,
      stdout: {
        write: (text) => {
          shown += text;
          if (stripVTControlCharacters(text).endsWith(': ')) {
            const next = left.shift();
            if (next !== undefined) setImmediate(() => stdin.write(next));
          }
        },
        isTTY: true,
      },
      stderr: { write: (text) => (shown += text) },
      env: {},
      files,
      signal: new AbortController().signal,
    };
    const exitCode = await init(args, io);
    return { exitCode, shown };
  }

  test('asks for the four strings, asks again where an answer cannot be right, and never shows the secret', async () => {
    const { exitCode, shown } = await answer([
      'common\r',
      'contoso.example\r',
      `${CLIENT_ID}\r`,
      'qms@contoso.example\r',
      `${CLIENT_ID}\r`,
      `${SECRET}\r`,
    ]);
    expect(exitCode).toBe(0);
    expect(shown).toContain('got "common", which works for signed-in users only');
    expect(shown).toContain('that is the Secret ID');
    expect(shown).not.toContain(SECRET);
    expect(await readFile(join(folder, 'secrets/app'), 'utf8')).toBe(`${SECRET}\n`);
  });

  test('Ctrl-C ends the questions, and nothing is written', async () => {
    const { exitCode, shown } = await answer(['contoso.example\r', '\u0003']);
    expect(exitCode).toBe(3);
    expect(shown).toContain('Nothing is written');
    expect(await readdir(folder)).toEqual([]);
  });
});
