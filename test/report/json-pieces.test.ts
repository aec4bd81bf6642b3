import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRedactor } from '../../src/model/redactor.ts';
import { jsonPieces, jsonText } from '../../src/report/resource/json.ts';

test('the pieces of an object are its JSON, with long arrays split and secrets redacted', () => {
  const redactor = createRedactor();
  redactor.add('correct-horse-battery');
  const member = fc.oneof(fc.jsonValue(), fc.constant('a correct-horse-battery'), fc.constant(undefined));
  const long = fc
    .integer({ min: 0, max: 200 })
    .chain((length) => fc.array(member, { minLength: length, maxLength: length }));
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(member, long)), (value) => {
      const pieces = [...jsonPieces(value, redactor)];
      expect(pieces.join('')).toBe(jsonText(value, redactor));
    }),
    { numRuns: 50 },
  );
});

test('no piece holds more than a part of a long array', () => {
  const ids = Array.from({ length: 1_000 }, (_, at) => `mailbox-${at}`);
  const pieces = [...jsonPieces({ id: 'a', affected: ids }, createRedactor())];
  expect(Math.max(...pieces.map((piece) => piece.split(',').length))).toBeLessThanOrEqual(65);
});
