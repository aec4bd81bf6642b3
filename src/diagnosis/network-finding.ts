/** Turns failures below any protocol into findings: of one leg, or of both when both stopped for the same reason. */
import type { Finding, Rule } from './rule.ts';
import type { CaseFacts } from './case-facts.ts';
import { timeOf } from './time.ts';
import type { NetworkFailure } from './failures.ts';

export type Fit = Pick<Finding, 'confidence' | 'place' | 'detail' | 'because'>;

/** Asks about each leg's failure; the first answer counts, and both legs are one finding when both answer. */
export function byNetwork(
  fits: (trouble: NetworkFailure, facts: CaseFacts) => Fit | undefined,
): Rule['when'] {
  return (facts) => {
    const hits = facts.network.flatMap((trouble) => {
      const fit = fits(trouble, facts);
      return fit === undefined ? [] : [{ trouble, fit }];
    });
    const [first] = hits;
    if (first === undefined) return undefined;
    const { about } = first.trouble;
    if (hits.length > 1) return { ...first.fit, about: 'network' };
    if (about === 'mail') return { ...first.fit, about };
    const ends = facts.token?.tokenExpiresAt;
    return {
      ...first.fit,
      about,
      ...(about === 'refresh' ? { severity: 'warning' } : {}),
      ...(about === 'refresh' && ends !== undefined
        ? { remark: `the token in hand works until ${timeOf(ends)}` }
        : {}),
    };
  };
}
