/**
 * The kinds of values that the schemas of this folder use. Each has its own message about what it expects, so that
 * zod's messages are never shown.
 */
import { z } from 'zod';
import type { Fault } from './config-error.ts';
import { shown } from './shown.ts';

export type Echo = (value: unknown) => string;

/** Returns zod's `error` option, which says "expected …, got …" for every kind of invalid value. */
export function words(expected: string, echo: Echo = shown) {
  return {
    error: (issue: { readonly code?: string; readonly input?: unknown }) =>
      issue.input === undefined
        ? `expected ${expected}, but it is missing`
        : mismatch(expected, issue.input, echo),
  };
}

export function mismatch(expected: string, value: unknown, echo: Echo = shown): string {
  return `expected ${expected}, got ${echo(value)}`;
}

/** The part of zod's refinement context that `addFault` uses. */
export interface Faults {
  readonly addIssue: (issue: {
    readonly code: 'custom';
    readonly message: string;
    readonly params: Readonly<Record<string, string | undefined>>;
    readonly path?: string[];
  }) => void;
}

/** Adds an issue with the code and the hint of the fault. `issues.ts` reads them from the issue. */
export function addFault(faults: Faults, { code, message, hint }: Fault, path: readonly string[] = []): void {
  faults.addIssue({ code: 'custom', message, params: { code, hint }, path: [...path] });
}

export interface TextRules {
  /** Completes "expected …". */
  readonly expected: string;
  readonly code: string;
  /** Also published in the JSON Schema, so it must be valid with the flag `u`. */
  readonly pattern: RegExp;
  /** Returns a more specific fault than "does not match the pattern", if there is one. */
  readonly fault?: (value: string) => Fault | undefined;
  /** Shows the value in a message. Use `shownKind` for a key under which people may write a secret by mistake. */
  readonly echo?: Echo;
}

export function text({ expected, code, pattern, fault, echo = shown }: TextRules) {
  return z
    .string(words(expected, echo))
    .superRefine((value, faults) => {
      const found =
        fault?.(value) ??
        (pattern.test(value) ? undefined : { code, message: mismatch(expected, value, echo) });
      if (found !== undefined) addFault(faults, found);
    })
    .meta({ pattern: pattern.source, $comment: expected });
}

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Node's longest timer is 2^31 - 1 ms. A longer one fires at once. */
const LONGEST_MS = 24 * UNIT_MS.d;

/** A duration such as `500ms`, `30s`, `5m`, `1h` or `2d`. Converts it to milliseconds. */
export function duration(shortestMs: number, shortest: string) {
  const expected = `a duration of at least ${shortest}, such as 30s, 5m or 1h`;
  return text({
    expected,
    code: 'not-a-duration',
    pattern: /^\d{1,9}(?:ms|s|m|h|d)$/,
    fault: (value) => {
      const milliseconds = toMs(value);
      if (milliseconds === undefined || (milliseconds >= shortestMs && milliseconds <= LONGEST_MS))
        return undefined;
      const bound = milliseconds < shortestMs ? `at least ${shortest}` : 'at most 24d';
      return { code: 'duration-out-of-range', message: mismatch(`a duration of ${bound}`, value) };
    },
  }).transform((value) => toMs(value) ?? shortestMs);
}

function toMs(value: string): number | undefined {
  const [, digits, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value) ?? [];
  if (digits === undefined) return undefined;
  if (unit !== 'ms' && unit !== 's' && unit !== 'm' && unit !== 'h' && unit !== 'd') return undefined;
  return Number(digits) * UNIT_MS[unit];
}

export function whole(expected: string, least: number, most: number) {
  return z.int(words(expected)).min(least, words(expected)).max(most, words(expected));
}

export function choice<const T extends readonly string[]>(values: T) {
  return z.enum(values, words(`one of ${values.join(', ')}`));
}

/** An https URL without a path. Returns its origin, so that a trailing slash does not matter. */
export function origin(example: string) {
  const expected = `an https URL without a path, such as ${example}`;
  return text({
    expected,
    code: 'not-an-https-origin',
    pattern: /^https:\/\/[^/?#@\s]+\/?$/,
    fault: (value) =>
      URL.canParse(value) ? undefined : { code: 'not-an-https-origin', message: mismatch(expected, value) },
  }).transform((value) => (URL.canParse(value) ? new URL(value).origin : value));
}

/** One line of text, without control characters. */
export function line(expected: string, code: string, longest: number, echo: Echo = shown) {
  return text({ expected, code, pattern: new RegExp(`^\\P{Cc}{1,${longest}}$`, 'u'), echo });
}

/** Use `shownKind` as `echo` for the file of a secret, because people often write the secret itself there. */
export function path(what: string, echo: Echo = shown) {
  return line(`the path of ${what}`, 'not-a-path', 4_096, echo);
}

/** A mapping of these keys and no others. */
export function mapping<T extends z.ZodRawShape>(shape: T, expected: string) {
  return z.strictObject(shape, words(expected));
}
