/**
 * Makes a confirmed state unknown if the last result is too old. A sweep checks all targets. A probe checks its own
 * target. After a gap, in which this process did not run or the clock was set, each target first gets time for a probe.
 * So a laptop that wakes up does not report all targets as unknown.
 */
import { isStale } from '../model/freshness.ts';
import type { StatusChange } from '../model/status.ts';
import type { Steps } from '../model/steps.ts';
import { targetKey } from '../model/target.ts';
import { lapse, type Confirmation } from './confirmation.ts';
import { withConfirmation, type TargetRecord } from './target-record.ts';
import type { TargetTable } from './target-table.ts';

/** A longer time between two sweeps is a gap. */
const GAP_MS = 120_000;
/** After a gap, every target gets this many intervals for its next probe. */
const ROUNDS = 1.5;

export interface LapseParts {
  readonly table: Pick<TargetTable, 'records' | 'get' | 'put'>;
  readonly onChanged: (record: TargetRecord) => void;
}

type Sweep = (now: number, report: (change: StatusChange) => void) => Steps<void>;

/** Returns the record as of `now`. If its last result is too old, its state is unknown. */
export function lapsed(record: TargetRecord, now: number): TargetRecord {
  const { status, confirmation } = record;
  if (status.confirmed === 'unknown' || !isStale(status, now)) return record;
  const after: Confirmation = lapse(confirmation, status.target, now);
  return withConfirmation(record, after);
}

export function createSweep({ table, onChanged }: LapseParts): Sweep {
  let sweptAt = Number.NEGATIVE_INFINITY;
  let gapEndedAt = Number.NEGATIVE_INFINITY;

  return function* sweep(now, report) {
    if (now < sweptAt || now - sweptAt > GAP_MS) gapEndedAt = now;
    sweptAt = now;
    for (const record of table.records()) {
      yield;
      const { target, confirmed: from, lastProbe: probe } = record.status;
      if (now - gapEndedAt < ROUNDS * target.intervalMs) continue;
      const after = lapsed(record, now);
      // Between two steps, the target may have been removed, or the table may have been replaced.
      if (after === record || table.get(targetKey(target)) !== record) continue;
      table.put(after);
      onChanged(after);
      if (probe !== undefined) report({ target, from, to: 'unknown', at: now, probe });
    }
  };
}
