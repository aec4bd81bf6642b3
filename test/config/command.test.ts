import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/commands/command.ts';
import { config } from '../../src/commands/config.ts';
import { configSchema } from '../../src/config/json-schema.ts';
import { configText, ENV, workspace } from './workspace.ts';
import { files } from '../support/files.ts';

async function run(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const code = await config(args, {
    stdin: Readable.from([]),
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    env: ENV,
    files,
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

test('config check of a good file names what it would watch', async () => {
  const folder = await workspace({ 'mailprobe.yaml': configText() });
  const file = join(folder, 'mailprobe.yaml');
  expect(await run('check', '--config', file)).toEqual({
    code: 0,
    stdout: `${file}: 1 app, 1 mailbox, 2 targets\n`,
    stderr: '',
  });
});

test('config check says when a fleet cannot be probed within its interval, and by how much', async () => {
  const more = Array.from(
    { length: 599 },
    (_, at) => `- { id: m${at}, address: m${at}@contoso.example, app: plm }`,
  );
  const folder = await workspace({
    'mailprobe.yaml': configText(
      'mailbox_files: [more.yaml]\ndefaults: { interval: 1m, timeout: 10s }\nconcurrency: { per_app: 10 }',
    ),
    'more.yaml': more.join('\n'),
  });
  expect(await run('check', '--config', join(folder, 'mailprobe.yaml'))).toMatchObject({
    code: 0,
    stderr: [
      'app plm: 20 probes a second are due; at 1 s each, 20 must run at once, and 10 may; a round takes 2 min in place of 1 min (100 % longer)',
      'What helps: raise "interval", spread the mailboxes over several apps, or set "concurrency" and watch for throttling.',
      '',
    ].join('\n'),
  });
});

test('config check of a bad file prints every error on stderr, exit code 3', async () => {
  const folder = await workspace({ 'mailprobe.yaml': configText('listen: x', 'cloud: mars') });
  const { code, stdout, stderr } = await run('check', '--config', join(folder, 'mailprobe.yaml'));
  expect([code, stdout]).toEqual([3, '']);
  expect(stderr.replaceAll(`${folder}/`, '')).toBe(
    'mailprobe.yaml:1: listen: expected host:port, such as 127.0.0.1:10993 or [::1]:10993, got "x"\n' +
      'mailprobe.yaml:7: apps[0].cloud: expected one of global, gcc-high, dod, china, got "mars"\n',
  );
});

test('config check without --config reads mailprobe.yaml of the current folder', async () => {
  expect(await run('check')).toMatchObject({
    code: 3,
    stderr:
      'mailprobe.yaml:1: cannot read this file: there is no such file (create one with "mailprobe init", or name an existing one with --config FILE)\n',
  });
});

test('config check --without-secrets judges everything but the secrets', async () => {
  const folder = await workspace({
    'mailprobe.yaml': configText().replace(/secret_\w+: [^ }]+/, 'secret_file: s/none'),
  });
  const file = join(folder, 'mailprobe.yaml');
  expect(await run('check', '--config', file)).toMatchObject({ code: 3 });
  expect(await run('check', '--config', file, '--without-secrets')).toEqual({
    code: 0,
    stdout: `${file}: 1 app, 1 mailbox, 2 targets\n`,
    stderr: '',
  });
});

test('config check --without-secrets judges channels by everything but their secrets', async () => {
  const top = `
heartbeat: { url_file: s/none }
notify:
  - { id: ops, type: webhook, url: "https://hooks.example/in", secret_file: s/none }
  - { id: team, type: teams, url_file: s/none }
  - { id: mail, type: email, host: smtp.example, from: mailprobe@contoso.example, to: [it@contoso.example],
      username: x, password_file: s/none }`;
  const folder = await workspace({
    'mailprobe.yaml': configText(top),
    'wrong.yaml': configText(`${top}\n  - { id: ops, type: webhook, url: "ftp://x", secret_file: s/none }`),
  });
  const check = async (name: string, ...more: readonly string[]) =>
    await run('check', '--config', join(folder, name), ...more);
  const { code, stderr } = await check('mailprobe.yaml');
  const named = [
    'heartbeat.url_file',
    'notify[0].secret_file',
    'notify[1].url_file',
    'notify[2].password_file',
  ];
  expect([code, named.filter((path) => stderr.includes(path))]).toEqual([3, named]);
  expect(await check('mailprobe.yaml', '--without-secrets')).toMatchObject({ code: 0, stderr: '' });
  const wrong = await check('wrong.yaml', '--without-secrets');
  expect([wrong.code, wrong.stderr.includes('s/none')]).toEqual([3, false]);
  expect(wrong.stderr).toContain('notify[3]');
});

test('config check warns of a pattern that matches no file', async () => {
  const folder = await workspace({ 'mailprobe.yaml': configText('mailbox_files: [mailboxes.d/*.yaml]') });
  const { code, stderr } = await run('check', '--config', join(folder, 'mailprobe.yaml'));
  expect(code).toBe(0);
  expect(stderr).toContain('mailbox_files[0]: warning: no file matches "mailboxes.d/*.yaml"');
});

test('an unset variable and a missing secret are named together with the other mistakes', async () => {
  const text = configText('listen: x\nproxy: ${UNSET}').replace(
    /secret_\w+: [^ }]+/,
    'secret_env: UNSET_TOO',
  );
  const folder = await workspace({ 'mailprobe.yaml': text });
  const { stderr } = await run('check', '--config', join(folder, 'mailprobe.yaml'));
  expect(stderr).toContain('listen: expected host:port');
  expect(stderr).toContain('the environment variable UNSET is not set');
  expect(stderr).toContain('cannot use the environment variable UNSET_TOO: it is not set');
});

test('config schema prints the schema', async () => {
  const { code, stdout } = await run('schema');
  expect([code, JSON.parse(stdout)]).toEqual([0, configSchema()]);
});

describe('invalid arguments are refused with a message of our own', () => {
  test.each([
    { args: [], says: 'expected check or schema' },
    { args: ['chekc'], says: 'expected check or schema, got "chekc"' },
    { args: ['check', 'mailprobe.yaml'], says: 'expected nothing after check, got "mailprobe.yaml"' },
    { args: ['check', '--confg', 'x'], says: 'there is no option --confg. Did you mean --config?' },
    { args: ['check', '--config'], says: '--config expects a value (FILE)' },
  ])('$args', async ({ args, says }) => {
    await expect(run(...args)).rejects.toThrow(new UsageError(says));
  });
});
