import { expect, test } from 'vitest';
import { parseYaml } from '../../src/config/yaml-file.ts';
import { explain } from '../../src/explain.ts';
import { NOON } from '../support/builders.ts';
import { superLinear } from '../support/linear.ts';

/** What people paste and write is read in time in proportion to its length. */
const SIZES = [16_384, 65_536, 262_144] as const;
const FRAGMENTS = [
  'eyJ',
  'a.',
  'AADSTS',
  'AADSTS7000222 ',
  '"',
  '\\',
  '<a ',
  '=',
  '%41',
  'auth=',
  'A1 NO ',
  'https://a.b/ ',

  '\n',
  'error_description: "',
  'QUJD',
  '- ',
  'a: ',
  '[',
  '{',
  '#',
] as const;

test.each(FRAGMENTS)('explain of %j', async (fragment) => {
  const textOf = (length: number): string => fragment.repeat(length / fragment.length);
  expect(await superLinear((length) => explain(textOf(length), NOON), SIZES)).toBeUndefined();
});

test.each(['- a\n', 'a: b\n', '"', '#\n', 'x', '${A} ', ', '])('YAML of %j', async (fragment) => {
  const textOf = (length: number): string => fragment.repeat(length / fragment.length);
  expect(
    await superLinear((length) => parseYaml(textOf(length), 'a.yaml', {}), [4096, 16_384, 65_536]),
  ).toBeUndefined();
});
