/**
 * Decides which findings a target has after a probe. Findings of a failure count once the target is confirmed down.
 * Findings of a healthy probe (warnings) count once the target is confirmed up. Until then, the earlier findings stay.
 * If this machine's network is down, a target that is cut off has only the finding `own-network-down`. If a target is
 * intermittent, its first findings stay as long as it fails in the same way, so that the cause does not change at each
 * probe.
 */
import type { Cause } from '../model/cause.ts';
import type { Diagnosis } from '../model/diagnosis.ts';
import { failedStages, type Evidence } from '../model/evidence.ts';
import type { ProbeResult } from '../model/status.ts';
import type { Confirmation } from './confirmation.ts';
import type { Finding } from './finding.ts';
import { problemId } from './problem-index.ts';
import { createTextPool } from '../model/pool.ts';

export const OWN_NETWORK_DOWN: Cause = 'own-network-down';
const OF_THE_PROBER: ReadonlySet<Cause> = new Set(['prober-starved', OWN_NETWORK_DOWN]);

/** Returns the best explanation of each failure. No other diagnosis opens a problem. */
export function leadersOf(diagnoses: readonly Diagnosis[]): readonly Diagnosis[] {
  return diagnoses.filter(({ alternativeTo }) => alternativeTo === undefined);
}

export interface Affected {
  readonly mailboxes: readonly string[];
  readonly intermittent: boolean;
}

export function findingsAfterProbe(
  before: readonly Finding[],
  probe: ProbeResult,
  { confirmed, cutOff, failingSince }: Confirmation,
  { mailboxes, intermittent }: Affected,
  now: number,
  /**
   * Called if this machine's network turned out to be down after the probe was diagnosed. Returns the diagnosis of a
   * target that is cut off.
   */
  diagnoseCutOff: () => readonly Diagnosis[],
): readonly Finding[] {
  const since = failingSince ?? now;
  const failure = failureKind(probe.evidence);
  if (cutOff) {
    const own = probe.diagnoses.filter(({ cause }) => OF_THE_PROBER.has(cause));
    const diagnoses = own.length > 0 ? own : diagnoseCutOff();
    return diagnoses.map((diagnosis) => ({ diagnosis, mailboxes, since, failure }));
  }
  if (confirmed !== (probe.success ? 'up' : 'down')) return before;
  if (probe.success) return findingsOf(leadersOf(probe.diagnoses), before, { mailboxes, since });
  const leaders = leadersOf(probe.diagnoses);
  // A failure that mailprobe itself caused says nothing new about the mailbox.
  if (leaders.length > 0 && leaders.every(({ cause }) => OF_THE_PROBER.has(cause))) return before;
  const holds = (finding: Finding): boolean => finding.intermittent === true && finding.failure === failure;
  if (intermittent && before.length > 0 && before.every(holds)) return before;
  const terms = { mailboxes, since, failure, ...(intermittent ? { intermittent } : {}) };
  return findingsOf(leaders, before, terms);
}

const sharedText = createTextPool();

/**
 * Returns the failed stages and the kinds of their failures. Unlike `failureSignature`, it leaves out code and status,
 * which vary while a server is partly broken.
 */
function failureKind(evidence: Evidence): string {
  return sharedText(
    failedStages(evidence)
      .map(({ stage, failure }) => `${stage}/${failure?.kind}`)
      .join(' '),
  );
}

/** Makes a finding from each diagnosis. If the finding existed before, it keeps its start. */
export function findingsOf(
  diagnoses: readonly Diagnosis[],
  before: readonly Finding[],
  terms: Omit<Finding, 'diagnosis'>,
): readonly Finding[] {
  return diagnoses.map((diagnosis) => {
    const id = problemId(diagnosis);
    const known = before.find((finding) => problemId(finding.diagnosis) === id);
    return { diagnosis, ...terms, since: known?.since ?? terms.since };
  });
}
