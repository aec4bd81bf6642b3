/**
 * Converts the record of a target to the data that is stored, and back. If the stored result is too old, the state is
 * restored as unknown, and everything else is kept. Used by the status store.
 */
import { failureSignature } from '../model/context.ts';
import { isStale } from '../model/freshness.ts';
import type { FindingMemory, LastProbeMemory, TargetCourse, TargetMemory } from '../model/memory.ts';
import type { ProbeResult, TargetStatus } from '../model/status.ts';
import { targetIdentity, targetKey, type Target } from '../model/target.ts';
import { lapse, type Confirmation } from './confirmation.ts';
import { NOT_PROBED, type Mark } from './peers.ts';
import type { Finding } from './finding.ts';
import { newRecord, withConfirmation, type TargetRecord } from './target-record.ts';

export function memoryOf({ status, confirmation }: TargetRecord, found: readonly Finding[]): TargetMemory {
  const { target, lastProbe, lastSuccess, probesTotal, failuresByCause, history } = status;
  const { lastFailureAt, failingSince } = confirmation;
  const { app, mailbox, protocol } = target;
  const hasFailed = history.some(({ success }) => !success);
  return {
    key: targetKey(target),
    mailbox: mailbox.id,
    protocol,
    app: app.id,
    labels: mailbox.labels,
    identity: targetIdentity(target),
    confirmed: confirmation.confirmed,
    confirmedSince: confirmation.confirmedSince,
    consecutiveSuccesses: confirmation.consecutiveSuccesses,
    consecutiveFailures: confirmation.consecutiveFailures,
    blamedFailures: confirmation.blamedFailures,
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(lastFailureAt === undefined ? {} : { lastFailure: lastFailureAt }),
    ...(lastSuccess === undefined ? {} : { lastSuccess }),
    ...(lastProbe === undefined ? {} : { lastProbe: lastProbe.evidence.startedAt }),
    probesTotal,
    failuresByCause,
    course: { ...courseOf(confirmation), ...lastProbeMemory(hasFailed ? undefined : lastProbe, found) },
    history: hasFailed ? history : [],
  };
}

function lastProbeMemory(lastProbe: ProbeResult | undefined, found: readonly Finding[]): LastProbeMemory {
  const findings = found.flatMap(findingMemory);
  return {
    ...(findings.length === 0 ? {} : { findings }),
    ...(lastProbe === undefined ? {} : { seconds: lastProbe.evidence.seconds }),
  };
}

/** Returns the stored findings of a restored record. Empty if they belong to another target. */
export function findingsIn(memory: TargetMemory | undefined, { status }: TargetRecord): readonly Finding[] {
  if (memory?.identity !== targetIdentity(status.target)) return [];
  const mailboxes = [status.target.mailbox.id];
  return (memory.course?.findings ?? []).map((finding) => Object.assign({ mailboxes }, finding));
}

/**
 * Returns the part of a finding that is stored. Warnings of a healthy probe are not stored, because the next probe
 * shows them again, and there may be twenty thousand.
 */
function findingMemory(found: Finding): readonly FindingMemory[] {
  const { mailboxes: _, failure, ...finding } = found;
  return failure === undefined ? [] : [{ ...finding, failure }];
}

/** Restores the record of a target. Undefined if the key now belongs to another mailbox, app or endpoint. */
export function recordOf(memory: TargetMemory, target: Target, now: number): TargetRecord | undefined {
  if (memory.identity !== targetIdentity(target)) return undefined;
  const { lastSuccess, probesTotal, failuresByCause } = memory;
  const history = memory.history.length > 0 ? memory.history : successInShort(memory);
  const [lastProbe] = history;
  const status: TargetStatus = {
    ...newRecord(target, now).status,
    ...(lastSuccess === undefined ? {} : { lastSuccess }),
    ...(lastProbe === undefined ? {} : { lastProbe }),
    probesTotal,
    failuresByCause,
    history,
  };
  const confirmation = confirmationOf(memory);
  const record = withConfirmation({ ...newRecord(target, now), status }, confirmation);
  const isOld = confirmation.confirmed !== 'unknown' && isStale(record.status, now);
  const known = isOld ? withConfirmation(record, lapse(confirmation, target, now)) : record;
  return { ...known, mark: markOf(memory, isStale(record.status, now)) };
}

/** Rebuilds the last probe of a target whose stored history is empty. Empty if no last probe is stored. */
function successInShort({ mailbox, protocol, app, lastProbe, course }: TargetMemory): readonly ProbeResult[] {
  if (lastProbe === undefined || course?.seconds === undefined) return [];
  const { seconds } = course;
  const evidence = { mailbox, protocol, app, startedAt: lastProbe, seconds, stages: [], standstillMs: 0 };
  return [{ evidence, success: true, diagnoses: [] }];
}

function confirmationOf(memory: TargetMemory): Confirmation {
  const { confirmed, confirmedSince, consecutiveSuccesses, consecutiveFailures, blamedFailures } = memory;
  const { failingSince, lastFailure } = memory;
  const { findings: _findings, seconds: _seconds, ...course } = memory.course ?? {};
  return {
    changedAt: confirmedSince,
    ...(confirmed === 'down' ? { downSince: confirmedSince } : {}),
    intermittent: false,
    recent: [],
    ...(memory.lastProbe === undefined ? {} : { resultAt: memory.lastProbe }),
    ...course,
    confirmed,
    confirmedSince,
    consecutiveSuccesses,
    consecutiveFailures,
    blamedFailures,
    // Not restored, because new probes show whether this machine's network is down.
    cutOff: false,
    ...(failingSince === undefined ? {} : { failingSince }),
    ...(lastFailure === undefined ? {} : { lastFailureAt: lastFailure }),
  };
}

function courseOf(confirmation: Confirmation): TargetCourse {
  const { changedAt, resultAt, backOffMs, runSince, downSince, intermittent, recoveredAt, recent } =
    confirmation;
  return {
    changedAt,
    ...(resultAt === undefined ? {} : { resultAt }),
    ...(backOffMs === undefined ? {} : { backOffMs }),
    ...(runSince === undefined ? {} : { runSince }),
    ...(downSince === undefined ? {} : { downSince }),
    intermittent,
    ...(recoveredAt === undefined ? {} : { recoveredAt }),
    recent,
  };
}

/**
 * Returns the mark of the target for `peers.ts`. If the result is old, the mark only shows whether the target ever
 * worked.
 */
function markOf({ history, ...memory }: TargetMemory, isOld: boolean): Mark {
  const everSucceeded = memory.lastSuccess !== undefined;
  const failed = history[0]?.success === false ? history[0] : undefined;
  if (isOld) return { ...NOT_PROBED, everSucceeded };
  if (failed !== undefined) {
    const turnedAt = everSucceeded ? memory.failingSince : undefined;
    const turned = turnedAt === undefined ? {} : { turnedAt };
    return { outcome: 'failed', signature: failureSignature(failed.evidence), everSucceeded, ...turned };
  }
  if (memory.lastSuccess === undefined || memory.consecutiveSuccesses === 0)
    return { ...NOT_PROBED, everSucceeded };
  return { outcome: 'succeeded', signature: '', everSucceeded, turnedAt: memory.lastSuccess };
}
