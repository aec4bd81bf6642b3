import { expect, test } from 'vitest';
import { createRedactor } from '../../../src/model/redactor.ts';
import { createSanitizer } from '../../../src/probe/protocol/server-text.ts';

const SECRET = 'abc8Q~thisIsASecretValueOfFortyCharacters00';
const LINE = `AUTHENTICATE completed for ${SECRET}.`;

test('a line that was fit to show is searched again once a secret is known', () => {
  const redactor = createRedactor();
  const sanitize = createSanitizer(redactor);
  expect([sanitize(LINE), sanitize(LINE)]).toEqual([LINE, LINE]);
  redactor.add(SECRET);
  expect(sanitize(LINE)).toBe('AUTHENTICATE completed for [redacted].');
  expect(sanitize(LINE)).toBe('AUTHENTICATE completed for [redacted].');
});

test('what is known of a thousand lines does not confuse them', () => {
  const redactor = createRedactor();
  redactor.add(SECRET);
  const sanitize = createSanitizer(redactor);
  const lines = Array.from({ length: 1_000 }, (_, at) => `* OK [UIDNEXT ${at}] The next unique identifier`);
  for (const round of [1, 2]) expect([round, lines.map(sanitize)]).toEqual([round, lines]);
  expect(sanitize(LINE)).not.toContain(SECRET);
});
