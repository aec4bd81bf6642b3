import { expect, test } from 'vitest';
import { type CredentialStatus, type EndDate, endDateInUse } from '../../src/model/credential.ts';
import { NOON } from '../support/builders.ts';

const DAY = 86_400_000;

function ends(source: EndDate['source'], credential: string, days: number): EndDate {
  return { source, credential, expiresAt: NOON + days * DAY };
}

function inUse(endDates: readonly EndDate[], more: Partial<CredentialStatus> = {}): string | undefined {
  const status = { app: 'plm', kind: 'secret', endDates, registered: [], match: 'unknown', ...more } as const;
  return endDateInUse(status, NOON)?.end.credential;
}

const OLD = ends('graph', 'old', -1);
const SOON = ends('graph', 'soon', 5);
const NEW = ends('graph', 'new', 180);

test.each([
  {
    name: 'the registered one that matches, although another ends sooner',
    endDates: [OLD, SOON, NEW],
    more: { match: 'matched', matchedKeyId: 'new' } as const,
    expected: 'new',
  },
  {
    name: 'the directory, although the configuration says otherwise',
    endDates: [ends('configuration', 'configured', 1), NEW],
    more: { match: 'matched', matchedKeyId: 'new' } as const,
    expected: 'new',
  },
  {
    name: 'the certificate file, before the configuration',
    endDates: [ends('configuration', 'configured', 1), ends('certificate', 'thumb', 90)],
    expected: 'thumb',
  },
  {
    name: 'the configuration, where the directory does not know which',
    endDates: [SOON, ends('configuration', 'configured', 90)],
    expected: 'configured',
  },
  { name: 'the first still to come, where nobody knows which', endDates: [NEW, OLD, SOON], expected: 'soon' },
  {
    name: 'the last that has passed, where all have',
    endDates: [ends('graph', 'older', -9), OLD],
    expected: 'old',
  },
  { name: 'none, where no date is known', endDates: [], expected: undefined },
  {
    name: 'none, where the configured value is none of the registered ones',
    endDates: [SOON, NEW],
    more: { match: 'none' } as const,
    expected: undefined,
  },
  {
    name: 'the first of those that it may be, though one that it cannot be ends sooner',
    endDates: [SOON, NEW],
    more: {
      match: 'ambiguous',
      candidateKeyIds: ['new', 'newer'],
      registered: [
        { kind: 'secret', keyId: 'soon' },
        { kind: 'secret', keyId: 'new' },
        { kind: 'secret', keyId: 'newer' },
      ],
    } as const,
    expected: 'new',
  },
  {
    name: 'none for a federated token, whatever secrets there are',
    endDates: [SOON],
    more: { kind: 'federated-token', registered: [{ kind: 'secret', keyId: 'soon' }] } as const,
    expected: undefined,
  },
  {
    name: 'the first secret for a secret, though a certificate ends sooner',
    endDates: [SOON, NEW],
    more: {
      registered: [
        { kind: 'certificate', keyId: 'soon' },
        { kind: 'secret', keyId: 'new' },
      ],
    } as const,
    expected: 'new',
  },
])('the end date that counts is that of $name', ({ endDates, more, expected }) => {
  expect(inUse(endDates, more)).toBe(expected);
});
