/**
 * What does a target claim after a look? The findings of a failure count once the mailbox is confirmed down, those
 * of a healthy look (warnings) once it is confirmed up; until then what was claimed before holds. While our own
 * network is down that is the one claim of what it cuts off.
 */
import type { Cause } from '../model/cause.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import type { ProbeResult } from '../model/status.ts';
import type { Confirmation } from './confirmation.ts';
import { problemId, type Claim } from './problem-index.ts';

export const OWN_NETWORK_DOWN: Cause = 'own-network-down';
const OF_THE_PROBER: ReadonlySet<Cause> = new Set(['prober-starved', OWN_NETWORK_DOWN]);

/** Candidates compete with a finding; only findings open problems. */
export function findingsOf(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return diagnoses.filter(({ alternativeTo }) => alternativeTo === undefined);
}

export function claimsAfterProbe(
  before: readonly Claim[],
  probe: ProbeResult,
  { confirmed, cutOff, failingSince }: Confirmation,
  mailboxes: readonly string[],
  now: number,
  /** Asked where the look was judged before it was known that our own network is down. */
  diagnoseCutOff: () => readonly Diagnosis[],
): readonly Claim[] {
  const since = failingSince ?? now;
  if (cutOff) {
    const own = probe.diagnoses.filter(({ cause }) => OF_THE_PROBER.has(cause));
    return (own.length > 0 ? own : diagnoseCutOff()).map((diagnosis) => ({ diagnosis, mailboxes, since }));
  }
  if (confirmed !== (probe.success ? 'up' : 'down')) return before;
  return claimsOf(findingsOf(probe.diagnoses), before, mailboxes, since);
}

/** What was claimed before keeps its beginning. */
export function claimsOf(
  diagnoses: readonly Diagnosis[],
  before: readonly Claim[],
  mailboxes: readonly string[],
  since: number,
): readonly Claim[] {
  return diagnoses.map((diagnosis) => {
    const id = problemId(diagnosis);
    const known = before.find((claim) => problemId(claim.diagnosis) === id);
    return { diagnosis, mailboxes, since: known?.since ?? since };
  });
}
