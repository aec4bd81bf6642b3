/** Two values have the same content exactly if their JSON is the same, with the members in one order. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasSameContent } from '../../src/model/same-content.ts';

const key = fc.constantFrom('a', 'b', 'c');
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, 1, '', 'x', '0'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));

/** JSON with sorted members. */
function jsonOf(of: unknown): string {
  return JSON.stringify(of, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  );
}

test('values have the same content exactly if they have the same JSON', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(hasSameContent(a, b)).toBe(jsonOf(a) === jsonOf(b));
      expect(hasSameContent(a, structuredClone(a))).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ['an array and an object with the same members', ['x'], { 0: 'x' }],
  ['an object and one with a member more', { a: 1 }, { a: 1, b: 1 }],
  ['an object and one with a member less', { a: 1, b: 1 }, { a: 1 }],
  ['a missing member and an undefined one', { a: undefined }, { b: undefined }],
  ['an inherited member', { toString: 1 }, {}],
  ['a number and its text', 1, '1'],
])('%s are different', (_, a, b) => {
  expect(hasSameContent(a, b)).toBe(false);
  expect(hasSameContent(b, a)).toBe(false);
});
