import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/commands/command.ts';
import { renderHelp, renderOverview } from '../../src/commands/command-help.ts';
import { parseCommandLine, type CommandSpec } from '../../src/commands/command-line.ts';
import { COMMAND_SPECS } from '../../src/commands/command-specs.ts';
import { WAIT_MS } from '../support/limits.ts';

const ROOT = join(import.meta.dirname, '../..');

function mailprobe(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'src/main.ts'), ...args], {
    encoding: 'utf8',
    timeout: WAIT_MS,
  });
  return { status, stdout, stderr };
}

const specs: readonly (readonly [string, CommandSpec])[] = Object.entries(COMMAND_SPECS);

describe.each(specs)('mailprobe %s --help', (name, spec) => {
  const help = renderHelp(spec);

  test('shows usage, options, exit codes, an example and the page of the documentation', () => {
    for (const part of [
      'Usage: mailprobe',
      'Options:',
      'Exit codes:',
      'Example:',
      'Documentation: https://',
    ]) {
      expect(help).toContain(part);
    }
    expect(spec.usage.every((line) => line.split(' ')[0] === name)).toBe(true);
    expect(existsSync(join(ROOT, 'docs', spec.documentation))).toBe(true);
  });

  test('names every option, once, within 100 columns', () => {
    for (const option of Object.keys(spec.options)) {
      expect(help.match(new RegExp(`^  (?:-\\w, )?--${option}\\b`, 'gm'))).toHaveLength(1);
    }
    const text = help.slice(0, help.indexOf('Example:'));
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('every option of its example is known', () => {
    const words = spec.example.match(/(?<= )--[a-z-]+/g) ?? [];
    expect(words.filter((word) => !Object.hasOwn(spec.options, word.slice(2)))).toEqual([]);
  });
});

test.each([
  { args: ['check', '--help'] },
  { args: ['check', '-h'] },
  { args: ['help', 'check'] },
  { args: ['check', 'qms-inbox', '--format', 'json', '--help'] },
])('mailprobe $args prints the help on standard output with exit code 0', ({ args }) => {
  expect(mailprobe(...args)).toEqual({ status: 0, stdout: renderHelp(COMMAND_SPECS.check), stderr: '' });
});

test.each([{ args: ['--help'] }, { args: ['-h'] }, { args: ['help'] }])(
  'mailprobe $args lists the commands',
  ({ args }) => {
    expect(mailprobe(...args)).toEqual({ status: 0, stdout: renderOverview(COMMAND_SPECS), stderr: '' });
  },
);

test('an unknown command: what was probably meant, exit code 3', () => {
  const { status, stderr } = mailprobe('chek');
  expect(status).toBe(3);
  expect(stderr).toContain('There is no command "chek". Did you mean "check"?');
});

test('an unknown option: what was probably meant, where the help is, exit code 3', () => {
  const { status, stdout, stderr } = mailprobe('serve', '--confg', 'x');
  expect([status, stdout]).toEqual([3, '']);
  expect(stderr).toBe(
    'mailprobe serve: there is no option --confg. Did you mean --config?\n' +
      '"mailprobe serve --help" lists its options, with an example.\n',
  );
});

describe('a wrong option is named in our own words', () => {
  const spec = {
    ...COMMAND_SPECS.serve,
    options: {
      config: { type: 'string', value: 'FILE', short: 'c', text: '' },
      watch: { type: 'boolean', text: '' },
    },
  } as const satisfies CommandSpec;

  test.each([
    { args: ['--confg', 'x'], says: 'there is no option --confg. Did you mean --config?' },
    { args: ['--client-secret=hunter2'], says: 'there is no option --client-secret.' },
    { args: ['-x'], says: 'there is no option -x.' },
    { args: ['--config'], says: '--config expects a value (FILE)' },
    { args: ['--config', '--watch'], says: '--config expects a value (FILE)' },
    { args: ['-c'], says: '-c expects a value (FILE)' },
    { args: ['--watch=yes'], says: '--watch takes no value' },
    { args: ['mailprobe.yaml'], says: 'expected options only, got "mailprobe.yaml"' },
  ])('$args', ({ args, says }) => {
    expect(() => parseCommandLine(spec, args)).toThrow(new UsageError(says));
  });

  test('values, and what follows --', () => {
    const { values } = parseCommandLine(spec, ['--config=-odd', '--watch']);
    expect(values).toEqual({ config: '-odd', watch: true });
    expect(parseCommandLine({ ...spec, takesArguments: true }, ['a', '--', '--b']).positionals).toEqual([
      'a',
      '--b',
    ]);
  });
});
