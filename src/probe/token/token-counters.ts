/**
 * Counts token requests, and their failures by code. The counts are stored, and the next process continues them. Used
 * by `app-token.ts`.
 */
import type { Failure } from '../../model/failure.ts';
import type { AppTokenState } from '../../model/status.ts';

export type TokenCounters = Pick<AppTokenState, 'requestsTotal' | 'failuresByCode' | 'lastFailure'>;

export const NO_COUNTERS: TokenCounters = { requestsTotal: 0, failuresByCode: {} };

/**
 * No more codes than this are counted, because a server may invent codes. Failures with other codes are counted by
 * their kind.
 */
const MOST_CODES = 50;

export interface TokenCounting {
  readonly requested: (requests: number) => void;
  /** Counts a failure of the configured credential, for a request that succeeded with the previous credential. */
  readonly count: (failure: Failure) => void;
  readonly failed: (failure: Failure, at: number) => void;
  readonly restore: (before: TokenCounters) => void;
  readonly state: () => TokenCounters;
}

export function createTokenCounting(before: TokenCounters): TokenCounting {
  let { requestsTotal, lastFailure } = before;
  const failuresByCode = new Map(Object.entries(before.failuresByCode));
  const add = (name: string, failures: number): void => {
    failuresByCode.set(name, (failuresByCode.get(name) ?? 0) + failures);
  };
  const count = ({ kind, code = kind }: Failure): void =>
    add(failuresByCode.has(code) || failuresByCode.size < MOST_CODES ? code : kind, 1);
  return {
    requested: (requests) => {
      requestsTotal += requests;
    },
    count,
    failed: (failure, at) => {
      count(failure);
      lastFailure = { failure, at };
    },
    restore: (known) => {
      requestsTotal += known.requestsTotal;
      lastFailure ??= known.lastFailure;
      for (const [code, failures] of Object.entries(known.failuresByCode)) add(code, failures);
    },
    state: () => ({
      requestsTotal,
      failuresByCode: Object.fromEntries(failuresByCode),
      ...(lastFailure !== undefined && { lastFailure }),
    }),
  };
}
