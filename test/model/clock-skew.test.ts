import { describe, expect, test } from 'vitest';
import { clockWitnessOf, correctionSeconds, isPlausibleDate } from '../../src/model/clock-skew.ts';
import { NOON } from '../support/builders.ts';

const HOUR = 3_600_000;
const YEAR = 365 * 24 * HOUR;
const YEAR_9999 = Date.UTC(9999, 0, 1);

describe('a Date is believed only within the validity of the certificate of its host', () => {
  const certificate = { notBefore: NOON - YEAR, notAfter: NOON + YEAR };
  test.each([
    ['of 1970', 0, false],
    ['of 9999', YEAR_9999, false],
    ['of a second before', NOON - YEAR - 1000, false],
    ['of two hours ahead', NOON + 2 * HOUR, true],
  ])('one %s', (_, date, believed) => {
    expect(isPlausibleDate(date, certificate)).toBe(believed);
  });

  test('and where no certificate was seen, at all', () => {
    expect(isPlausibleDate(0, undefined)).toBe(true);
  });
});

describe('the time of issue of a token', () => {
  const host = NOON + 2 * HOUR;
  test.each([
    ["of the host's clock confirms it", { expiresAt: host + HOUR }, HOUR, 'confirms'],
    ['of our clock contradicts it', { expiresAt: NOON + HOUR }, HOUR, 'contradicts'],
    ['that Entra dates five minutes back confirms it', { issuedAt: host - 300_000 }, undefined, 'confirms'],
    [
      'in iat is used where the lifetime is absent',
      { issuedAt: NOON, expiresAt: 0 },
      undefined,
      'contradicts',
    ],
    ['between both clocks decides nothing', { issuedAt: NOON + HOUR }, undefined, undefined],
    ['of 1970 decides nothing', { issuedAt: 0 }, undefined, undefined],
    ['that is not there decides nothing', {}, HOUR, undefined],
  ])('%s', (_, claims, lifetimeMs, witness) => {
    expect(clockWitnessOf({ own: NOON, host }, claims, lifetimeMs)).toBe(witness);
  });
});

test.each([
  ['as measured where nothing speaks against it', { clockSkewSeconds: 90 }, 90],
  ['as measured where the token confirms it', { clockSkewSeconds: 90, clockWitness: 'confirms' }, 90],
  ['by nothing where the token contradicts it', { clockSkewSeconds: 90, clockWitness: 'contradicts' }, 0],
  ['by nothing where nothing was measured', {}, 0],
] as const)('this clock is corrected %s', (_, seen, seconds) => {
  expect(correctionSeconds(seen)).toBe(seconds);
});
