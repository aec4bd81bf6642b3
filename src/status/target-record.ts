/** The record of one target, and how one probe changes it. The status store keeps one record per target. */
import { failureSignature, type History } from '../model/context.ts';
import type { Evidence } from '../model/evidence.ts';
import type { FailuresByCause, ProbeResult, TargetStatus } from '../model/status.ts';
import type { Target } from '../model/target.ts';
import { confirm, nothingKnown, recoveringOf, type Confirmation, type Outcome } from './confirmation.ts';
import { withProbe } from './history.ts';
import { comesAndGoes } from './intermittence.ts';
import { NOT_PROBED, type Mark } from './peers.ts';
import { createTextPool } from '../model/pool.ts';
import { hasSameContent } from '../model/same-content.ts';

export interface TargetRecord {
  readonly status: TargetStatus;
  readonly confirmation: Confirmation;
  readonly mark: Mark;
  /** When this process began to watch the target. It distinguishes the target from an earlier one with the same key. */
  readonly watchedSince: number;
}

/** The part of a status that follows from its confirmation. */
type Shown = Pick<
  TargetStatus,
  | 'confirmed'
  | 'confirmedSince'
  | 'consecutiveFailures'
  | 'consecutiveSuccesses'
  | 'failingSince'
  | 'intermittent'
  | 'recovering'
  | 'resultAt'
  | 'backOffMs'
>;

/** Shared by all targets, because twenty thousand empty objects would take 2 MB. */
const NO_FAILURES: FailuresByCause = {};
const NO_HISTORY: readonly ProbeResult[] = [];

/** A failure that is more than this many intervals old may have had another cause. */
const SEVERAL_INTERVALS = 24;
const RECENT_MS = 24 * 3_600_000;

export function newRecord(target: Target, now: number): TargetRecord {
  const confirmation = nothingKnown(now);
  return {
    status: {
      target,
      ...shown(target, confirmation),
      probesTotal: 0,
      failuresByCause: NO_FAILURES,
      history: NO_HISTORY,
    },
    confirmation,
    mark: NOT_PROBED,
    watchedSince: now,
  };
}

export function withConfirmation(record: TargetRecord, confirmation: Confirmation): TargetRecord {
  const status = withoutShown(record.status, confirmation);
  return { ...record, confirmation, status: { ...status, ...shown(status.target, confirmation) } };
}

/**
 * Removes the optional members of `Shown`. A healthy target has only `resultAt`, which is replaced later anyway, so its
 * status is returned unchanged.
 */
function withoutShown(status: TargetStatus, { resultAt }: Confirmation): TargetStatus {
  const isReplaced = resultAt !== undefined || status.resultAt === undefined;
  const others = [status.failingSince, status.intermittent, status.recovering, status.backOffMs];
  if (isReplaced && others.every((member) => member === undefined)) return status;
  const {
    failingSince: _,
    intermittent: _intermittent,
    recovering: _recovering,
    resultAt: _result,
    backOffMs: _backOff,
    ...rest
  } = status;
  return rest;
}

/** Adds the probe to the counters and the history. The confirmed state and the mark stay unchanged. */
export function withRemembered(record: TargetRecord, probe: ProbeResult): TargetRecord {
  const { status } = record;
  const { success, evidence, diagnoses } = probe;
  return {
    ...record,
    status: {
      ...status,
      lastProbe: probe,
      probesTotal: status.probesTotal + 1,
      history: withProbe(status.history, probe),
      ...(success
        ? { lastSuccess: evidence.startedAt }
        : { failuresByCause: withFailure(status.failuresByCause, diagnoses[0]?.cause ?? 'unexplained') }),
    },
  };
}

const sharedText = createTextPool();

/** Returns `before` if nothing has changed, so that the counts of `peers.ts` stay as they are. */
export function markAfter(
  before: Mark,
  { success, evidence }: ProbeResult,
  { failingSince }: Confirmation,
): Mark {
  const everSucceeded = before.everSucceeded || success;
  const turnedAt = success ? evidence.startedAt : everSucceeded ? failingSince : undefined;
  const after: Mark = {
    outcome: success ? 'succeeded' : 'failed',
    signature: success ? '' : sharedText(failureSignature(evidence)),
    everSucceeded,
    ...(turnedAt === undefined ? {} : { turnedAt }),
  };
  return hasSameContent(before, after) ? before : after;
}

/**
 * Returns the history with which a probe is diagnosed. It includes the probe, whether the probe is already recorded or
 * not.
 */
export function historyWith(
  record: TargetRecord,
  evidence: Evidence,
  outcome: Outcome,
  now: number,
): History {
  const { status } = record;
  const isRecorded = status.lastProbe?.evidence === evidence;
  const after = isRecorded ? record.confirmation : confirm(record.confirmation, status.target, outcome, now);
  const { consecutiveFailures, failingSince } = after;
  const failures = status.history.filter(
    (probe) => !probe.success && probe.evidence !== evidence && now - probe.evidence.startedAt <= RECENT_MS,
  );
  const { lastSuccess } = status;
  const signature = failureSignature(evidence);
  return {
    ...(lastSuccess === undefined ? {} : { lastSuccess }),
    ...(failingSince === undefined ? {} : { failingSince }),
    consecutiveFailures,
    probesTotal: status.probesTotal + (isRecorded ? 0 : 1),
    passedAlike: passedAlike(status, signature, now),
    ...(comesAndGoes(status, after, now) ? { intermittent: true } : {}),
    recentSignatures: [...new Set(failures.map((probe) => failureSignature(probe.evidence)))],
  };
}

/** Returns how many recent failures had this signature and came between two successes. */
function passedAlike({ history, target }: TargetStatus, signature: string, now: number): number {
  return history.filter((probe, at) => {
    if (probe.success) return false;
    const isLone = history[at - 1]?.success === true && history[at + 1]?.success === true;
    const age = now - probe.evidence.startedAt;
    return (
      isLone && age <= SEVERAL_INTERVALS * target.intervalMs && failureSignature(probe.evidence) === signature
    );
  }).length;
}

function shown(target: Target, confirmation: Confirmation): Shown {
  const { confirmed, confirmedSince, consecutiveFailures, consecutiveSuccesses } = confirmation;
  const { failingSince, intermittent, resultAt, backOffMs } = confirmation;
  const recovering = recoveringOf(target, confirmation);
  return {
    confirmed,
    confirmedSince,
    consecutiveFailures,
    consecutiveSuccesses,
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(intermittent ? { intermittent } : {}),
    ...(recovering === undefined || confirmation.downSince === undefined ? {} : { recovering }),
    ...(resultAt === undefined ? {} : { resultAt }),
    ...(backOffMs === undefined ? {} : { backOffMs }),
  };
}

function withFailure(counts: FailuresByCause, cause: keyof FailuresByCause): FailuresByCause {
  return { ...counts, [cause]: (counts[cause] ?? 0) + 1 };
}
