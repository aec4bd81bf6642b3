import { expect, test } from 'vitest';
import { cleanText } from '../../src/model/text.ts';

test.each([
  ['line ends become spaces', 'a\r\nb', 'a b'],
  ['terminal escapes lose their escape', '\u001B[31mred\u001B[0m', '[31mred [0m'],
  ['characters that reorder their neighbors are removed', 'a\u202Eb', 'a b'],
  ['a text is trimmed', '  a  b  ', 'a b'],
  ['other alphabets stay', 'Anmeldung für 王', 'Anmeldung für 王'],
])('%s', (_name, raw, clean) => {
  expect(cleanText(raw)).toBe(clean);
});

test('a long text is cut to its limit and ends in an ellipsis', () => {
  expect(cleanText('x'.repeat(1000))).toHaveLength(500);
  expect(cleanText('x'.repeat(1000)).endsWith('x…')).toBe(true);
});

test('a cut does not leave half a character', () => {
  expect(cleanText(`${'x'.repeat(8)}😀😀`, 10).isWellFormed()).toBe(true);
});
