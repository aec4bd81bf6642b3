/**
 * Makes the diagnosis that probes start too late for their interval. The daemon calls this as long as they start too
 * late.
 */
import { PROBER, type Diagnosis } from '../model/diagnosis.ts';
import { diagnoseProber } from './diagnose-prober.ts';

export interface OverloadFacts {
  readonly lateSeconds: number;
  /** The limits that are too low, one line each, worst first. Empty if no limit is the reason. */
  readonly shortfalls: readonly string[];
}

export function diagnoseOverload(
  { lateSeconds, shortfalls }: OverloadFacts,
  now: number,
  prober = PROBER,
): Diagnosis {
  const finding = {
    confidence: 'certain',
    about: 'schedule',
    detail: shortfalls.length === 0 ? 'no-time' : 'caps',
    because: [`schedule: probes start up to ${Math.round(lateSeconds)} s late`, ...shortfalls],
  } as const;
  return diagnoseProber('prober-overloaded', finding, now, prober);
}
