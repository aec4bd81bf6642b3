import { expect, test } from 'vitest';
import { parseRetryAfter } from '../../../src/probe/token/retry-after.ts';

const NOW = Date.UTC(2026, 10, 20, 8, 0, 0);

test.each([
  ['seconds', '60', 60],
  ['zero seconds', '0', 0],
  ['blanks around the seconds', ' 7 ', 7],
  ['a fraction, rounded up', '1.2', 2],
  ['an HTTP date', 'Fri, 20 Nov 2026 08:01:30 GMT', 90],
  ['an HTTP date that is over', 'Fri, 20 Nov 2026 07:00:00 GMT', 0],
  ['a wait of days, bounded', '604800', 3600],
  ['a date in a year, bounded', 'Sat, 20 Nov 2027 08:00:00 GMT', 3600],
  ['a negative number: nothing', '-5', undefined],
  ['words: nothing', 'soon', undefined],
  ['words that begin like a day: nothing', 'Sunday', undefined],
  ['an empty header: nothing', '', undefined],
  ['no header: nothing', undefined, undefined],
])('%s', (_, header, expected) => {
  expect(parseRetryAfter(header, NOW)).toBe(expected);
});
