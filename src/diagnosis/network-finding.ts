/**
 * Makes findings from network failures. If the token request and the mail connection failed for the same reason, they
 * get one finding together.
 */
import type { Finding, Rule } from './rule.ts';
import type { CaseFacts } from './case-facts.ts';
import { timeOf } from './time.ts';
import type { NetworkFailure } from './failures.ts';

export type Fit = Pick<Finding, 'confidence' | 'position' | 'detail' | 'because' | 'ofProxy'>;

/**
 * Calls `fits` for each network failure. If both the failed token request and the failed mail connection fit, returns
 * one finding about both. Its confidence and evidence are those of the first fit.
 */
export function byNetwork(
  fits: (failedLeg: NetworkFailure, facts: CaseFacts) => Fit | undefined,
): Rule['when'] {
  return (facts) => {
    const hits = facts.network.flatMap((failedLeg) => {
      const fit = fits(failedLeg, facts);
      return fit === undefined ? [] : [{ failedLeg, fit }];
    });
    const [first] = hits;
    if (first === undefined) return undefined;
    const { about } = first.failedLeg;
    if (hits.length > 1) return { ...first.fit, about: 'network' };
    if (about === 'mail') return { ...first.fit, about };
    const ends = facts.token?.tokenExpiresAt;
    return {
      ...first.fit,
      about,
      ...(about === 'refresh' ? { severity: 'warning' } : {}),
      ...(about === 'refresh' && ends !== undefined
        ? { titleSuffix: `the current token works until ${timeOf(ends)}` }
        : {}),
    };
  };
}
