/**
 * What does a target claim after a probe? The findings of a failure count once the mailbox is confirmed down, those
 * of a healthy probe (warnings) once it is confirmed up; until then what was claimed before holds. While our own
 * network is down that is the one claim of what it cuts off. While a target comes and goes, what was found first holds as
 * long as it fails alike: its cause does not change from probe to probe.
 */
import type { Cause } from '../model/cause.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages, type Evidence } from '../model/evidence.ts';
import type { ProbeResult, TargetStatus } from '../model/status.ts';
import type { Confirmation } from './confirmation.ts';
import { problemId, type Claim } from './problem-index.ts';

export const OWN_NETWORK_DOWN: Cause = 'own-network-down';
const OF_THE_PROBER: ReadonlySet<Cause> = new Set(['prober-starved', OWN_NETWORK_DOWN]);

/** Candidates compete with a finding; only findings open problems. */
export function findingsOf(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return diagnoses.filter(({ alternativeTo }) => alternativeTo === undefined);
}

/** What a claim is made for. */
export interface Claimant {
  readonly mailboxes: readonly string[];
  /** It comes and goes. */
  readonly intermittent: boolean;
}

export function claimsAfterProbe(
  before: readonly Claim[],
  probe: ProbeResult,
  { confirmed, cutOff, failingSince }: Confirmation,
  { mailboxes, intermittent }: Claimant,
  now: number,
  /** Asked where the probe was judged before it was known that our own network is down. */
  diagnoseCutOff: () => readonly Diagnosis[],
): readonly Claim[] {
  const since = failingSince ?? now;
  const failure = failureKind(probe.evidence);
  if (cutOff) {
    const own = probe.diagnoses.filter(({ cause }) => OF_THE_PROBER.has(cause));
    const diagnoses = own.length > 0 ? own : diagnoseCutOff();
    return diagnoses.map((diagnosis) => ({ diagnosis, mailboxes, since, failure }));
  }
  if (confirmed !== (probe.success ? 'up' : 'down')) return before;
  if (probe.success) return claimsOf(findingsOf(probe.diagnoses), before, { mailboxes, since });
  const holds = (claim: Claim): boolean => claim.intermittent === true && claim.failure === failure;
  if (intermittent && before.length > 0 && before.every(holds)) return before;
  const terms = { mailboxes, since, failure, ...(intermittent ? { intermittent } : {}) };
  return claimsOf(findingsOf(probe.diagnoses), before, terms);
}

/** What a target that was down claims when it comes back from memory: what its last failure was found to be. */
export function claimsFromMemory(
  { confirmed, history, failingSince }: TargetStatus,
  { downSince, changedAt }: Confirmation,
  { mailboxes, intermittent }: Claimant,
): readonly Claim[] {
  const probe = history.find(({ success }) => !success);
  if (downSince === undefined || probe === undefined) return [];
  const findings = findingsOf(probe.diagnoses).filter(({ cause }) => !OF_THE_PROBER.has(cause));
  const since = confirmed === 'down' ? changedAt : (failingSince ?? changedAt);
  const failure = failureKind(probe.evidence);
  const terms = { mailboxes, since, failure, ...(intermittent ? { intermittent } : {}) };
  return claimsOf(findings, [], terms);
}

/** Coarser than its signature: without code and status, which a server that is half broken changes. */
function failureKind(evidence: Evidence): string {
  return failedStages(evidence)
    .map(({ stage, failure }) => `${stage}/${failure?.kind}`)
    .join(' ');
}

/** What was claimed before keeps its beginning. */
export function claimsOf(
  diagnoses: readonly Diagnosis[],
  before: readonly Claim[],
  terms: Omit<Claim, 'diagnosis'>,
): readonly Claim[] {
  return diagnoses.map((diagnosis) => {
    const id = problemId(diagnosis);
    const known = before.find((claim) => problemId(claim.diagnosis) === id);
    return { diagnosis, ...terms, since: known?.since ?? terms.since };
  });
}
