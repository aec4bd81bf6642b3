/**
 * One mistake in the configuration: where it stands, what was expected, what came, what to do. Shown to people by
 * `formatProblems`. No text of it ever repeats a secret, nor a value that could be one.
 */
import { cleanText } from '../model/text.ts';
import { looksLikeSecret } from './shown.ts';

export interface ConfigProblem {
  /** As it was given, or as it was found beside the main file. */
  readonly file: string;
  /** From 1. A problem of the whole file stands in line 1. */
  readonly line: number;
  readonly column?: number;
  /** `apps[0].client_id`; empty for the whole file. */
  readonly path: string;
  /** Stable, kebab-case. */
  readonly code: string;
  /** What was expected, and what came. */
  readonly message: string;
  /** What to do, or what was probably meant. */
  readonly hint?: string;
}

/** A mistake whose place is not known yet. */
export type Fault = Pick<ConfigProblem, 'code' | 'message' | 'hint'>;

export type Path = readonly (string | number)[];

/** `apps[0].client_id`, `labels["two words"]`. */
export function pathText(path: Path): string {
  return path
    .map((step, at) => {
      if (typeof step === 'number') return `[${step}]`;
      if (looksLikeSecret(step)) return '[not repeated]';
      if (!/^[\w-]+$/.test(step)) return `[${JSON.stringify(cleanText(step, 60))}]`;
      return at === 0 ? step : `.${step}`;
    })
    .join('');
}

/** Is the problem that of the value at `path`, or of something inside it? */
export function isWithin(problem: ConfigProblem, path: string): boolean {
  return problem.path === path || problem.path.startsWith(`${path}.`) || problem.path.startsWith(`${path}[`);
}

/** One line each: `file:line: path: message (hint)`. */
export function formatProblems(problems: readonly ConfigProblem[]): string {
  return problems
    .map(({ file, line, path, message, hint }) => {
      const place = path === '' ? `${file}:${line}` : `${file}:${line}: ${path}`;
      return `${place}: ${message}${hint === undefined ? '' : ` (${hint})`}\n`;
    })
    .join('');
}

/** The files in the order in which they were read; a stable sort, so that equal places keep their order. */
export function sortProblems(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const order = new Map<string, number>();
  for (const { file } of problems) order.set(file, order.get(file) ?? order.size);
  return problems.toSorted(
    (a, b) =>
      (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) ||
      a.line - b.line ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
