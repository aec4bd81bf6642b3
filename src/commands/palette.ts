/**
 * Colors and wraps text on a terminal, and leaves it plain elsewhere. Used by every command whose output people read.
 * https://no-color.org
 */
import { styleText } from 'node:util';
import type { CommandIo } from './command.ts';
import { wrap } from './command-help.ts';

const USUAL_COLUMNS = 80;
const FEWEST_COLUMNS = 40;
const MOST_COLUMNS = 120;

export interface Palette {
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly doubtful: (text: string) => string;
  readonly faint: (text: string) => string;
  readonly strong: (text: string) => string;
  /** The column at which prose is wrapped. Infinite if the output is not a terminal. */
  readonly columns: number;
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
    columns: io.stdout.isTTY === true ? clamp(io.stdout.columns ?? USUAL_COLUMNS) : Infinity,
  };
}

interface Flow {
  /** The beginning of the first line. By default, the other lines are indented by its length. */
  readonly first: string;
  /** The indentation of the other lines, if the first line follows other text. */
  readonly indent?: number;
  readonly style?: (line: string) => string;
}

/** Wraps prose at the width of the palette. The result has no line end. */
export function flow(text: string, palette: Palette, { first, indent = first.length, style }: Flow): string {
  const lines = wrap(text, palette.columns - indent);
  return lines
    .map((line, index) => `${index === 0 ? first : ' '.repeat(indent)}${style?.(line) ?? line}`)
    .join('\n');
}

/** Limits the width of lines, because longer ones are hard to read. */
function clamp(columns: number): number {
  return Math.min(Math.max(columns, FEWEST_COLUMNS), MOST_COLUMNS);
}
