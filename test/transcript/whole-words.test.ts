/** A word of the tables counts only where it is a word: not within a longer identifier, not said of something else. */
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/explain.ts';
import { PHRASES } from '../../src/vocabulary/phrases.ts';
import { OPEN_TEXTS } from '../../src/vocabulary/open-texts.ts';
import { SYSTEM_MESSAGES } from '../../src/vocabulary/system-messages.ts';
import { PASTED_AT } from '../cases/text-case.ts';

const SYSTEM_WORDS = SYSTEM_MESSAGES.flatMap(({ words }) => words);
const ALL_WORDS = [
  ...SYSTEM_WORDS,
  ...PHRASES.flatMap(({ hints }) => hints),
  ...OPEN_TEXTS.flatMap(({ words }) => words),
];
const IDENTIFIERS = [...new Set(ALL_WORDS)].filter((word) => /^[a-z][a-z0-9_]+$/.test(word));

function claimed(text: string): readonly string[] {
  return explain(text, PASTED_AT).map(({ cause }) => cause);
}

describe('nothing is claimed of a name within a longer one', () => {
  test.each([
    ['at its end', (word: string) => `Could not find Resource${word}Error in this module`],
    ['at its beginning', (word: string) => `the class ${word}Handler is missing`],
    ['in snake case', (word: string) => `undefined method on_${word}_retry for Job`],
    ['in a list of settings', (word: string) => `retry: { codes: ['a', '${word}', 'b'] }`],
  ])('%s', (_where, wrap) => {
    const found = IDENTIFIERS.filter((word) => claimed(wrap(word)).length > 0);
    expect(found).toEqual([]);
  });
});

/** Of other trades, hosts and ports, with nothing of mail or tokens around them. */
const FOREIGN: readonly (readonly [string, (word: string) => string])[] = [
  ['a data base', (word) => `psycopg2.OperationalError at host "db.contoso.example", port 5432: ${word}`],
  ['a cache', (word) => `redis://cache.contoso.example:6379 ${word}`],
  [
    'a registry',
    (word) => `npm error request to https://registry.npmjs.org/left-pad failed, reason: ${word}`,
  ],
];
/** Said by one server or one program only, or naming a place of ours. */
const OWN =
  /non-standard ssl port|microsoft|outlook|exchange|office|azure|imap|pop3?|smtp|xoauth2|mail|login|auth|token|starttls|stls|zscaler|squid|forti|sasl|folder|proxy|application|privileges|curl|-err|\+ok|\* ok|bye|dovecot/;

describe('nothing is claimed of what is said of', () => {
  test.each(FOREIGN)('%s', (_whose, wrap) => {
    const found = [...new Set(SYSTEM_WORDS)].filter(
      (word) => !OWN.test(word) && claimed(wrap(word)).length > 0,
    );
    expect(found).toEqual([]);
  });
});
