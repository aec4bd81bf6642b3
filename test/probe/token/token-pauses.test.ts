import { describe, expect, test } from 'vitest';
import type { Failure } from '../../../src/model/failure.ts';
import { askedPauseMs, pauseAfter, tokenTimes } from '../../../src/probe/token/token-pauses.ts';

const failure = (kind: Failure['kind'], more: Partial<Failure> = {}): Failure => ({
  kind,
  text: '',
  ...more,
});

describe('without a token', () => {
  test.each([
    ['a refusal serves for 30 seconds', failure('rejected', { status: '401' }), 30_000],
    ['a refusal by a 5xx for 5', failure('rejected', { status: '503' }), 5_000],
    ['a page that is not OAuth for 30', failure('http', { status: '403' }), 30_000],
    ['such a page with 502 for 5', failure('http', { status: '502' }), 5_000],
    ['silence for 5', failure('timeout'), 5_000],
    ['an untrusted certificate for 5', failure('untrusted'), 5_000],
    ['an unreadable file for 5', failure('credential'), 5_000],
    ['throttling for the time asked', failure('throttled', { retryAfterSeconds: 90 }), 90_000],
    ['throttling without a time for 60', failure('throttled'), 60_000],
    ['a 503 for the time asked', failure('http', { status: '503', retryAfterSeconds: 40 }), 40_000],
    ['a very short time asked not below our own', failure('throttled', { retryAfterSeconds: 1 }), 30_000],
  ])('%s', (_, cause, expected) => {
    expect(pauseAfter(cause, 1, false)).toBe(expected);
  });

  test.each([
    ['a refusal is asked about ever more rarely', failure('rejected'), [30_000, 60_000, 300_000]],
    ['what is no refusal of Entra is asked about as soon as ever', failure('http'), [30_000, 30_000, 30_000]],
    ['what may pass is asked about as soon as ever', failure('timeout'), [5_000, 5_000, 5_000]],
  ])('%s', (_, cause, expected) => {
    expect([1, 2, 50].map((failures) => pauseAfter(cause, failures, false))).toEqual(expected);
  });
});

test('renewals of a living token are repeated at growing distances, up to five minutes', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 2000].map((failures) => pauseAfter(failure('rejected'), failures, true));
  expect(pauses).toEqual([30_000, 60_000, 120_000, 240_000, 300_000, 300_000, 300_000]);
});

test('a renewal, too, keeps the time that the server asked for', () => {
  expect(pauseAfter(failure('throttled', { retryAfterSeconds: 700 }), 1, true)).toBe(700_000);
});

test.each([
  ['a refusal asks for none', failure('rejected'), 0],
  ['throttling without a time asks for a minute', failure('throttled'), 60_000],
  ['Retry-After asks for its own', failure('http', { retryAfterSeconds: 9 }), 9_000],
])('of a forced request: %s', (_, cause, expected) => {
  expect(askedPauseMs(cause)).toBe(expected);
});

describe('the times of a token', () => {
  const HOUR = 3_600_000;
  const seeds = Array.from({ length: 500 }, (_, at) => `app-${at}`);

  test('renewal begins between half and four fifths of the lifetime, spread over the apps', () => {
    const shares = seeds.map((seed) => tokenTimes(0, HOUR, seed).renewAt / HOUR);
    expect(Math.min(...shares)).toBeGreaterThanOrEqual(0.5);
    expect(Math.min(...shares)).toBeLessThan(0.52);
    expect(Math.max(...shares)).toBeLessThanOrEqual(0.8);
    expect(Math.max(...shares)).toBeGreaterThan(0.78);
  });

  test('it is the same at every start', () => {
    expect(tokenTimes(5, HOUR, 'plm')).toEqual(tokenTimes(5, HOUR, 'plm'));
  });

  test('it is handed out until 30 seconds before its end', () => {
    expect(tokenTimes(0, HOUR, 'plm')).toMatchObject({ expiresAt: HOUR, usableUntil: HOUR - 30_000 });
  });

  test('one that lives for a minute is handed out for most of it', () => {
    expect(tokenTimes(0, 60_000, 'plm').usableUntil).toBe(54_000);
  });
});
