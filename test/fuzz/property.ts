/**
 * How parsers of foreign input are tried: a bounded number of inputs from a fixed seed, so that a run can be repeated.
 * A failure prints the seed, the path and the smallest input; what is found becomes a case in a table beside it.
 * `FUZZ_SEED` and `FUZZ_RUNS` try others.
 */
import * as fc from 'fast-check';
import { expect } from 'vitest';
import { createRedactor, type Redactor } from '../../src/model/redactor.ts';

const SEED = Number(process.env['FUZZ_SEED'] ?? 20_261_122);
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 150);

/** What contradicts the property, with the seed and the path to find it again; undefined when nothing does. */
export async function counterexample<T>(
  inputs: fc.Arbitrary<T>,
  property: (input: T) => Promise<void> | void,
  share = 1,
): Promise<string | undefined> {
  const details = await fc.check(
    fc.asyncProperty(inputs, async (input) => await property(input)),
    { seed: SEED, numRuns: Math.ceil(RUNS * share) },
  );
  return details.failed ? await fc.asyncDefaultReportMessage(details) : undefined;
}

export const SECRET = 'Kx8Q~canary+S3cret/Value-0123456789';

export function redactorWithSecret(): Redactor {
  const redactor = createRedactor();
  redactor.add(SECRET);
  return redactor;
}

const FORMS: readonly string[] = [
  SECRET,
  SECRET.toUpperCase(),
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString('base64'),
  Buffer.from(`ab${SECRET}`).toString('base64url'),
  Buffer.from(SECRET).toString('hex'),
  JSON.stringify(SECRET),
];

/** What parsers look for, and what has broken some. */
const FRAGMENTS: readonly string[] = [
  'eyJ',
  'eyJhbGciOiJub25lIn0.e30.',
  'Bearer ',
  'client_secret=',
  'auth=',
  '"',
  "'",
  '\\',
  '\\u0001',
  '%00',
  '<',

  '\u0000',
  '\u0001',
  '\r',
  '\n',
  '\r\n',
  '\u202E',
  '\uD800',
  '\uFFFD',
  'İ',
  '😀',
  ' ',
  '\t',
  '=',
  '&',
  '.',
  ',',

  '* OK ',
  '* BYE ',
  '+ ',
  '+OK ',
  '-ERR ',
  'A1 NO ',
  '[CAPABILITY ',
  'AUTH=XOAUTH2',
  '{9}',
  '* 1 EXISTS',
  '[AUTH] ',

  'AADSTS7000222',
  'AUTHENTICATE failed.',
  '__proto__',
  'constructor',
  'http://[',
  '::1',
  '-----BEGIN CERTIFICATE-----',

  '${',
  '}',
  '!!',
  '&a ',
  '*a',
  '- ',
  ': ',
  '? ',
  '|',
  '>',
  '#',
  '9'.repeat(400),
  '-1',
  '1e999',
  'null',
  '[',
  ']',
  '{',
];

/** Pieces of all that, sometimes one of them thousands of times. */
export const texts: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      { arbitrary: fc.constantFrom(...FRAGMENTS), weight: 6 },
      { arbitrary: fc.constantFrom(...FORMS), weight: 2 },
      { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 2 },
      {
        arbitrary: fc
          .tuple(fc.constantFrom(...FRAGMENTS, ...FORMS), fc.integer({ min: 2, max: 3000 }))
          .map(([fragment, times]) => fragment.repeat(times)),
        weight: 1,
      },
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

/** A value of JSON with such texts in it. */
export const values: fc.Arbitrary<unknown> = fc.oneof(
  { arbitrary: texts, weight: 4 },
  { arbitrary: fc.jsonValue({ maxDepth: 3 }), weight: 2 },
  { arbitrary: fc.array(texts, { maxLength: 5 }), weight: 1 },
  { arbitrary: fc.double(), weight: 1 },
);

/** An object with some of the members that a parser knows. */
export function objects(names: readonly string[]): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return fc.record(Object.fromEntries(names.map((name) => [name, values])), { requiredKeys: [] });
}

export function expectNoSecret(shown: string): void {
  const folded = shown.toLowerCase();
  for (const form of FORMS) expect(folded).not.toContain(form.slice(2, -2).toLowerCase());
}

export function expectBounded(shown: string, most: number): void {
  expect(shown.length).toBeLessThanOrEqual(most);
}
