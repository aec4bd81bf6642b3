import { describe, expect, test } from 'vitest';
import type { EndDate, RegisteredCredential } from '../../../src/model/credential.ts';
import { Secret } from '../../../src/model/secret.ts';
import { type Configured, endDatesOf, matchCredential } from '../../../src/probe/credential/match.ts';
import { NOON } from '../../support/builders.ts';

const DAY = 86_400_000;
const OLD = 'aaaaaaaa-0000-4000-8000-000000000001';
const NEW = 'aaaaaaaa-0000-4000-8000-000000000002';
const THIRD = 'aaaaaaaa-0000-4000-8000-000000000009';

const secret = (keyId: string, hint: string | undefined, days: number): RegisteredCredential => ({
  kind: 'secret',
  keyId,
  ...(hint === undefined ? {} : { hint }),
  expiresAt: NOON + days * DAY,
});
const certificate = (keyId: string, thumbprint: string | undefined): RegisteredCredential => ({
  kind: 'certificate',
  keyId,
  ...(thumbprint === undefined ? {} : { thumbprint }),
});
const value = (text: string): Configured => ({ kind: 'secret', value: new Secret(text) });
const file: Configured = {
  kind: 'certificate',
  thumbprintSha1: 'AB'.repeat(20),
  thumbprintSha256: 'CD'.repeat(32),
  expiresAt: NOON + DAY,
};

describe('the configured value', () => {
  test.each<
    [string, Configured | undefined, readonly RegisteredCredential[] | undefined, string, string | undefined]
  >([
    [
      'begins like one registered secret: that one',
      value('abc8Q~x'),
      [secret(OLD, 'abc', 5), secret(NEW, 'xyz', 90)],
      'matched',
      OLD,
    ],
    [
      'begins like one, next to one without a hint',
      value('abc8Q~x'),
      [secret(OLD, 'abc', 5), secret(NEW, undefined, 90)],
      'matched',
      OLD,
    ],
    [
      'begins like an expired one and a live one: the live one',
      value('abc8Q~x'),
      [secret(OLD, 'abc', -5), secret(NEW, 'abc', 90)],
      'matched',
      NEW,
    ],
    [
      'begins like two live ones',
      value('abc8Q~x'),
      [secret(OLD, 'abc', 5), secret(NEW, 'abc', 90)],
      'ambiguous',
      undefined,
    ],
    [
      'begins like two that have ended',
      value('abc8Q~x'),
      [secret(OLD, 'abc', -5), secret(NEW, 'abc', -9)],
      'ambiguous',
      undefined,
    ],
    ['begins like none', value('abc8Q~x'), [secret(OLD, 'xyz', 5)], 'none', undefined],
    ['differs from a hint in case only', value('abc8Q~x'), [secret(OLD, 'ABC', 5)], 'none', undefined],
    ['is there, and no secret is registered', value('abc8Q~x'), [], 'none', undefined],
    [
      'is there, and only a certificate is registered',
      value('abc8Q~x'),
      [certificate(OLD, 'AB')],
      'none',
      undefined,
    ],
    [
      'begins like none, but one has no hint',
      value('abc8Q~x'),
      [secret(OLD, 'xyz', 5), secret(NEW, undefined, 90)],
      'unknown',
      undefined,
    ],
    ['is the id of a registered secret', value(OLD), [secret(OLD, 'abc', 5)], 'secret-id', undefined],
    ['is that id in capitals', value(OLD.toUpperCase()), [secret(OLD, 'abc', 5)], 'secret-id', undefined],
    ['is a certificate with the same SHA-1', file, [certificate(OLD, 'AB'.repeat(20))], 'matched', OLD],
    ['is a certificate with the same SHA-256', file, [certificate(OLD, 'CD'.repeat(32))], 'matched', OLD],
    ['is a certificate that is not registered', file, [certificate(OLD, 'EF'.repeat(20))], 'none', undefined],
    [
      'is a certificate, and a registered one has no thumbprint',
      file,
      [certificate(OLD, undefined)],
      'unknown',
      undefined,
    ],
    ['is a federated token', { kind: 'federated-token' }, [secret(OLD, 'abc', 5)], 'unknown', undefined],
    ['cannot be read', undefined, [secret(OLD, 'abc', 5)], 'unknown', undefined],
    ['is there, and the directory was never read', value('abc8Q~x'), undefined, 'unknown', undefined],
  ])('%s', (_name, configured, registered, match, matchedKeyId) => {
    expect(matchCredential(configured, registered, NOON)).toMatchObject({
      match,
      ...(matchedKeyId === undefined ? {} : { matchedKeyId }),
    });
  });
});

test('the ids of the possible ones are listed: the others cannot be ours', () => {
  const registered = [secret(OLD, 'abc', 5), secret(NEW, 'abc', 90), secret(THIRD, 'xyz', 2)];
  expect(matchCredential(value('abc8Q~x'), registered, NOON)).toEqual({
    match: 'ambiguous',
    candidateKeyIds: [OLD, NEW],
  });
});

describe('end dates', () => {
  const graph = (credential: string, days: number): EndDate => ({
    source: 'graph',
    credential,
    expiresAt: NOON + days * DAY,
  });

  test('of all sources stand side by side, also where they disagree', () => {
    expect(
      endDatesOf(
        file,
        NOON + 400 * DAY,
        [{ ...certificate(OLD, 'AB'.repeat(20)), expiresAt: NOON + 9 * DAY }],
        OLD,
        NOON,
      ),
    ).toEqual([
      graph(OLD, 9),
      { source: 'certificate', credential: 'AB'.repeat(20), expiresAt: NOON + DAY },
      { source: 'configuration', credential: 'configured', expiresAt: NOON + 400 * DAY },
    ]);
  });

  test('of a rotation under way are those of the old one and of the new one', () => {
    const both = [secret(OLD, 'abc', 5), secret(NEW, 'xyz', 90)];
    expect(endDatesOf(value('abc'), undefined, both, OLD, NOON)).toEqual([graph(OLD, 5), graph(NEW, 90)]);
  });

  test('of one that has ended is listed only where it is ours', () => {
    const ended = [secret(OLD, 'abc', -5), secret(NEW, 'xyz', -90)];
    expect(endDatesOf(value('abc'), undefined, ended, OLD, NOON)).toEqual([graph(OLD, -5)]);
  });

  test('are none where no source has one', () => {
    expect(endDatesOf(value('abc'), undefined, [], undefined, NOON)).toEqual([]);
  });
});
