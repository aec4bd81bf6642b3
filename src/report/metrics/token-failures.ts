/**
 * The label `cause` of failed token requests. A code comes from a server, so it is never a label itself. The label is
 * the cause that `diagnosis/` names for the code, or `unexplained`.
 */
import type { AppTokenState } from '../../model/status.ts';
import type { ReportSource } from '../source.ts';
import type { FleetSample } from './family.ts';

/** Returns the failures of one app by cause. Several codes may have the same cause. */
export function tokenFailures(
  token: AppTokenState,
  source: Pick<ReportSource, 'tokenFailureCause'>,
): readonly FleetSample[] {
  const counts = new Map<string, number>();
  for (const [code, count] of Object.entries(token.failuresByCode)) {
    const cause = source.tokenFailureCause(code);
    counts.set(cause, (counts.get(cause) ?? 0) + count);
  }
  return [...counts].map(([cause, count]) => [[token.app, cause], count]);
}
