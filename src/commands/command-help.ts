/** Renders the text of `mailprobe --help` and of `mailprobe COMMAND --help` from the specs of the commands. Pure. */
import type { CommandSpec, OptionSpec } from './command-line.ts';

export const DOCUMENTATION = 'https://github.com/mailprobe/mailprobe/blob/main/docs';

const WIDTH = 100;

export function renderOverview(specs: Readonly<Record<string, CommandSpec>>): string {
  const width = Math.max(...Object.keys(specs).map((name) => name.length));
  return [
    'Usage: mailprobe COMMAND [OPTIONS]',
    '',
    ...Object.entries(specs).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    'mailprobe COMMAND --help   options, exit codes and an example of a command',
    'mailprobe --version        the version',
    `Documentation: ${DOCUMENTATION}`,
    '',
  ].join('\n');
}

export function renderHelp(spec: CommandSpec): string {
  const options: readonly (readonly [string, OptionSpec])[] = [
    ...Object.entries(spec.options),
    ['help', { type: 'boolean', text: 'this text' }],
  ];
  return [
    ...spec.usage.map((line, index) => `${index === 0 ? 'Usage:' : '      '} mailprobe ${line}`),
    '',
    ...wrap(spec.description, WIDTH),
    '',
    'Options:',
    ...renderRows(options.map(([name, option]) => [optionName(name, option), optionText(option)])),
    '',
    'Exit codes:',
    ...renderRows(Object.entries(spec.exitCodes)),
    '',
    'Example:',
    ...spec.example.split('\n').map((line) => `  ${line}`),
    '',
    `Documentation: ${DOCUMENTATION}/${spec.documentation}`,
    '',
  ].join('\n');
}

function optionName(name: string, { short, value }: OptionSpec): string {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`;
  return value === undefined ? names : `${names} ${value}`;
}

function optionText({ text, default: standard }: OptionSpec): string {
  return standard === undefined ? text : `${text} (default: ${standard})`;
}

/** Renders two columns, and wraps the second. */
function renderRows(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.flatMap(([name, text]) =>
    wrap(text, WIDTH - width - 4).map(
      (line, index) => `  ${(index === 0 ? name : '').padEnd(width)}  ${line}`,
    ),
  );
}

/** Breaks a text between words. A word longer than the width gets a line of its own. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
