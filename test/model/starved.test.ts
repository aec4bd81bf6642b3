import { describe, expect, test } from 'vitest';
import type { Failure } from '../../src/model/failure.ts';
import { isStarved, isSuspect } from '../../src/model/starved.ts';
import { anEvidence } from '../support/builders.ts';

describe('the seconds of a probe', () => {
  test.each([
    ['are the server’s where the process ran', 1, 0, false],
    ['are the server’s after a standstill of 100 ms', 0.2, 100, false],
    ['are ours after a standstill of more than 100 ms', 0.2, 101, true],
    ['are the server’s where the standstill is a tenth of them', 2, 200, false],
    ['are ours where the standstill is more than a tenth of them', 2, 201, true],
    ['are ours where the machine slept for longer than the probe ran', 1, 60_000, true],
  ])('%s', (_name, seconds, standstillMs, expected) => {
    expect(isSuspect({ seconds, standstillMs })).toBe(expected);
  });
});

describe('a failed probe', () => {
  const timeout = { kind: 'timeout' } as const;
  const reset = { kind: 'reset', code: 'ECONNRESET' } as const;
  const closed = { kind: 'closed' } as const;
  const bye = { kind: 'rejected', status: 'BYE' } as const;
  const refused = { kind: 'rejected', status: 'NO' } as const;
  const noDescriptor = { kind: 'unexpected', code: 'EMFILE' } as const;

  test.each<
    [name: string, failure: Partial<Failure>, seconds: number, standstillMs: number, starved: boolean]
  >([
    ['without a descriptor is starved', noDescriptor, 1, 0, true],
    ['whose credential file was slow is starved', { kind: 'credential', code: 'file-slow' }, 2, 0, true],
    ['whose file was not tried is starved', { kind: 'credential', code: 'file-not-tried' }, 2, 0, true],
    ['whose credential file hangs blames the file', { kind: 'credential', code: 'file-hangs' }, 2, 0, false],
    [
      'that shares a token request which stood still is starved',
      { kind: 'timeout', code: 'standstill' },
      0.01,
      0,
      true,
    ],
    ['that timed out while the process ran blames the server', timeout, 30, 0, false],
    ['that took no time at all blames the server', timeout, 0, 0, false],
    ['that timed out after a moment of standstill blames the server', timeout, 1.5, 150, false],
    ['that timed out with half of the time left to us blames the server', timeout, 30, 15_000, false],
    [
      'that timed out while we stood still for more than half of the time is starved',
      timeout,
      30,
      15_001,
      true,
    ],
    ['that timed out after the machine slept is starved', timeout, 5, 600_000, true],
    ['that was reset during a moment of standstill blames the server', reset, 0.2, 150, false],
    ['that was closed during a moment of standstill blames the server', closed, 0.2, 150, false],
    ['that got BYE during a moment of standstill blames the server', bye, 0.2, 150, false],
    ['that was reset after less than 5 s of standstill blames the server', reset, 5, 4999, false],
    ['that was reset after 5 s of standstill is starved', reset, 60, 5000, true],
    ['that was closed after 5 s of standstill is starved', closed, 60, 5000, true],
    ['that got BYE after 5 s of standstill is starved', bye, 60, 5000, true],
    ['that was refused is a refusal, however late it was read', refused, 30, 29_000, false],
  ])('%s', (_name, failure, seconds, standstillMs, starved) => {
    expect(isStarved(anEvidence({ seconds, standstillMs, failed: { auth: failure } }))).toBe(starved);
  });

  test('is never one that opened the mailbox', () => {
    const failed = { logout: timeout };
    expect(isStarved(anEvidence({ seconds: 30, standstillMs: 29_000, failed }))).toBe(false);
  });
});
