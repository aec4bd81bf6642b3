/**
 * One config error: its location, what was expected, what was found, what to do. `formatErrors` shows it to people. No
 * member repeats a secret, or a value that may be one.
 */
import { cleanText } from '../model/text.ts';
import { looksLikeSecret } from './shown.ts';

export interface ConfigError {
  /**
   * The path of the file, as shown to people. The main file has the path that the user gave. The path of a mailbox file
   * begins with the same folder, or is absolute if the file is outside of that folder.
   */
  readonly file: string;
  /** Counts from 1. An error about the whole file has line 1. */
  readonly line: number;
  readonly column?: number;
  /** Path of the key: `apps[0].client_id`. Empty for the whole file. */
  readonly path: string;
  /** Kebab-case. It stays the same in later versions. */
  readonly code: string;
  /** What was expected, and what was found. */
  readonly message: string;
  /** What to do, or what was probably meant. */
  readonly hint?: string;
}

/** An error whose location is not known yet. */
export type Fault = Pick<ConfigError, 'code' | 'message' | 'hint'>;

export type Path = readonly (string | number)[];

/** Formats a path: `apps[0].client_id`, `labels["two words"]`. */
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

/** Returns true if the error concerns the value at `path`, or something inside it. */
export function isWithin(error: ConfigError, path: string): boolean {
  return error.path === path || error.path.startsWith(`${path}.`) || error.path.startsWith(`${path}[`);
}

/** Formats one error per line: `file:line: path: message (hint)`. */
export function formatErrors(errors: readonly ConfigError[]): string {
  return errors
    .map(({ file, line, path, message, hint }) => {
      const place = path === '' ? `${file}:${line}` : `${file}:${line}: ${path}`;
      return `${place}: ${message}${hint === undefined ? '' : ` (${hint})`}\n`;
    })
    .join('');
}

/**
 * Sorts errors by file, line and column. Files keep the order of their first errors, and errors at the same location
 * keep their order.
 */
export function sortErrors(errors: readonly ConfigError[]): readonly ConfigError[] {
  const order = new Map<string, number>();
  for (const { file } of errors) order.set(file, order.get(file) ?? order.size);
  return errors.toSorted(
    (a, b) =>
      (order.get(a.file) ?? 0) - (order.get(b.file) ?? 0) ||
      a.line - b.line ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}
