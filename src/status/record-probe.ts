/**
 * Records one probe: what it shows about the network, the next state of the target, and its findings. Called by the
 * status store.
 */
import type { Diagnosis } from '../model/diagnosis.ts';
import { isEndedByUs, isSuccess, type Evidence } from '../model/evidence.ts';
import { isStarved } from '../model/starved.ts';
import type { ProbeResult, StatusChange } from '../model/status.ts';
import type { Target } from '../model/target.ts';
import { confirm, type Confirmation } from './confirmation.ts';
import { lapsed } from './lapses.ts';
import { isOurBug, outcomeOf } from './outcome.ts';
import { signsOf, type OwnNetworkWatch } from './own-network.ts';
import type { Interner } from './sharing.ts';
import { markAfter, withConfirmation, withRemembered, type TargetRecord } from './target-record.ts';
import type { TargetTable } from './target-table.ts';

export interface Recorded {
  readonly probe: ProbeResult;
  /** Present if the confirmed state of the target changed. */
  readonly change?: StatusChange;
  /**
   * Changes of other targets to unknown. Silence alone had confirmed them down. It proves nothing any more once this
   * probe shows that this machine's network is down.
   */
  readonly alsoChanged: readonly StatusChange[];
  /** If present, the target is probed again after this time, outside of its interval. */
  readonly reprobeMs?: number;
  /**
   * True if the next probe is to confirm a failure, so that it must not wait in the queue. False if a server throttled
   * this probe.
   */
  readonly confirms: boolean;
}

export interface RecordParts {
  readonly table: TargetTable;
  readonly network: OwnNetworkWatch;
  readonly updateProblems: (record: TargetRecord, after: Confirmation, now: number) => void;
  readonly withdrawSilent: (now: number, except: Target) => readonly StatusChange[];
  readonly share: Interner;
  readonly onChanged: (record: TargetRecord) => void;
}

export function recordProbe(
  { table, network, updateProblems, withdrawSilent, share, onChanged }: RecordParts,
  target: Target,
  evidence: Evidence,
  diagnoses: readonly Diagnosis[],
  now: number,
): Recorded {
  const before = table.find(target);
  const shared = share(diagnoses, before?.status.lastProbe?.diagnoses);
  const probe: ProbeResult = { evidence, success: isSuccess(evidence), diagnoses: shared };
  if (before === undefined || isEndedByUs(evidence)) return { probe, alsoChanged: [], confirms: false };

  const starved = isStarved(evidence);
  if (!starved) for (const sign of signsOf(target, evidence)) network.observe(sign);
  const alsoChanged = withdrawSilent(now, before.status.target);

  const remembered = withRemembered(before, probe);
  if (isOurBug(evidence)) {
    table.put(remembered);
    return { probe, alsoChanged, confirms: false };
  }
  const outcome = outcomeOf(evidence, network.verdict(now));
  // If the last result has become too old, the state becomes unknown before this probe counts. If mailprobe lacked
  // resources for this probe, the state stays: the result is old only because the machine slept.
  const current = starved ? remembered : lapsed(remembered, evidence.startedAt);
  if (current !== remembered) onChanged(current);
  const after = confirm(current.confirmation, target, outcome, now);
  const recorded = {
    ...withConfirmation(current, after),
    mark: starved ? before.mark : markAfter(before.mark, probe, after),
  };
  table.put(recorded);
  updateProblems(recorded, after, now);
  if (after.confirmed !== current.confirmation.confirmed) onChanged(recorded);

  const from = before.confirmation.confirmed;
  return {
    probe,
    alsoChanged,
    ...(after.confirmed === from ? {} : { change: { target, from, to: after.confirmed, at: now, probe } }),
    ...(after.reprobeMs === undefined ? {} : { reprobeMs: after.reprobeMs }),
    confirms: after.reprobeMs !== undefined && !outcome.throttled,
  };
}
