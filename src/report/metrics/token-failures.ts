/**
 * The `cause` label of failed token requests. A code for which no cause is known is its own label. Codes come from a
 * server, so a value that does not look like a code counts as `other`: the label stays bounded and carries no text of
 * the server.
 */
import type { AppTokenState } from '../../model/status.ts';
import type { ReportSource } from '../source.ts';
import type { FleetSample } from './family.ts';

const CODE = /^[A-Za-z][A-Za-z0-9]*(?:[_-][A-Za-z0-9]+)*$/;
const LONGEST_CODE = 48;

/** The failures of one app, summed by cause. Several codes may have the same cause. */
export function tokenFailures(
  token: AppTokenState,
  source: Pick<ReportSource, 'tokenFailureCause'>,
): readonly FleetSample[] {
  const counts = new Map<string, number>();
  for (const [code, count] of Object.entries(token.failuresByCode)) {
    const cause = source.tokenFailureCause(code) ?? kebabCode(code);
    counts.set(cause, (counts.get(cause) ?? 0) + count);
  }
  return [...counts].map(([cause, count]) => [[token.app, cause], count]);
}

/** `AADSTS7000222` becomes `aadsts7000222`, `invalid_client` becomes `invalid-client`, `HTTP 503` is `other`. */
export function kebabCode(code: string): string {
  return code.length <= LONGEST_CODE && CODE.test(code) ? code.toLowerCase().replaceAll('_', '-') : 'other';
}
