/**
 * Turns network failures into findings: about the token request or the mail connection, or about both if both stopped
 * for the same reason.
 */
import type { Finding, Rule } from './rule.ts';
import type { CaseFacts } from './case-facts.ts';
import { timeOf } from './time.ts';
import type { NetworkFailure } from './failures.ts';

export type Fit = Pick<Finding, 'confidence' | 'position' | 'detail' | 'because' | 'ofProxy'>;

/** Applies `fits` to the failure of each leg. If it fits both, they become one finding, with the fit of the first. */
export function byNetwork(fits: (leg: NetworkFailure, facts: CaseFacts) => Fit | undefined): Rule['when'] {
  return (facts) => {
    const hits = facts.network.flatMap((leg) => {
      const fit = fits(leg, facts);
      return fit === undefined ? [] : [{ leg, fit }];
    });
    const [first] = hits;
    if (first === undefined) return undefined;
    const { about } = first.leg;
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
