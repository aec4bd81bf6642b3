import { expect, test } from 'vitest';
import { isCredentialInDoubt } from '../../src/status/credential-doubt.ts';
import { anEvidence, type EvidenceOptions } from '../support/builders.ts';

test.each<[string, EvidenceOptions, failures: number, boolean]>([
  ['the first refused login', { failed: { auth: { kind: 'rejected' } } }, 1, true],
  ['the second refused login', { failed: { auth: { kind: 'rejected' } } }, 2, false],
  ['claims that do not fit, however often', { failed: { claims: { kind: 'rejected' } } }, 9, true],
  ['a host that is silent', { failed: { connect: { kind: 'timeout' } } }, 1, false],
  ['a refused token', { failed: { token: { kind: 'rejected' } } }, 1, false],
  ['a probe that opens the mailbox', {}, 0, false],
])('%s', (_, options, consecutiveFailures, isInDoubt) => {
  expect(isCredentialInDoubt(anEvidence(options), { consecutiveFailures })).toBe(isInDoubt);
});
