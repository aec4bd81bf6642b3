/** Colors on a terminal, plain text elsewhere (https://no-color.org). Used by all text output of commands. */
import { styleText } from 'node:util';
import type { CommandIo } from './command.ts';

export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
}

export function createPalette(io: Pick<CommandIo, 'stdout' | 'env'>): Palette {
  const colored = io.stdout.isTTY === true && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb';
  const style =
    (format: 'green' | 'red' | 'yellow' | 'dim' | 'bold') =>
    (text: string): string =>
      colored ? styleText(format, text, { validateStream: false }) : text;
  return {
    good: style('green'),
    bad: style('red'),
    doubtful: style('yellow'),
    faint: style('dim'),
    strong: style('bold'),
  };
}
