/** One form of a duration everywhere; the page's script has a copy, which must write the same. */
import { expect, test } from 'vitest';
import { durationText, roundDuration } from '../../src/model/duration-text.ts';
import { durationText as ofTheScript } from '../../src/report/page/browser/duration-text.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

test.each([
  [-HOUR, '0 s', '0 s'],
  [0, '0 s', '0 s'],
  [999, '0 s', '0 s'],
  [SECOND, '1 s', '1 s'],
  [59 * SECOND, '59 s', '59 s'],
  [MINUTE, '1 min', '60 s'],
  [MINUTE + 30 * SECOND, '1 min 30 s', '90 s'],
  [2 * MINUTE + 59 * SECOND, '2 min 59 s', '2 min'],
  [HOUR - 1, '59 min 59 s', '59 min'],
  [HOUR, '1 h', '60 min'],
  [HOUR + 59 * SECOND, '1 h', '60 min'],
  [90 * MINUTE, '1 h 30 min', '90 min'],
  [23 * HOUR + 59 * MINUTE + 59 * SECOND, '23 h 59 min', '23 h'],
  [DAY, '1 day', '24 h'],
  [DAY + MINUTE, '1 day', '24 h'],
  [47 * HOUR, '1 day 23 h', '47 h'],
  [2 * DAY, '2 days', '2 days'],
  [400 * DAY + 5 * HOUR, '400 days 5 h', '400 days'],
])('%d ms is %s, or %s in a title', (ms, exact, round) => {
  expect(durationText(ms)).toBe(exact);
  expect(ofTheScript(ms)).toBe(exact);
  expect(roundDuration(ms)).toBe(round);
});
