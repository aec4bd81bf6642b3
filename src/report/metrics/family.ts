/**
 * The shape of a row in the tables of metrics. The tables are `target-families.ts` and `fleet-families.ts`;
 * `exposition.ts` writes them, `describe-metrics.ts` documents them.
 */
import type { Snapshot, TargetStatus } from '../../model/status.ts';
import type { ReportSource } from '../source.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
}

/** Writes one sample. `extra` holds the values of the labels after mailbox and protocol, in order. */
export type WriteSample = (value: number, ...extra: readonly string[]) => void;

/**
 * One or more series per target. The labels begin with mailbox and protocol. An event that never happened has no
 * series. `fleetSize`: the number of all targets.
 */
export interface TargetFamily extends Family {
  readonly sample: (status: TargetStatus, write: WriteSample, fleetSize: number) => void;
}

/** The data of one scrape, read once so that all families describe the same moment. */
export interface Scrape {
  readonly source: ReportSource;
  readonly snapshot: Snapshot;
}

/** Label values in the order of the family's labels. */
export type FleetSample = readonly [labels: readonly string[], value: number];

/** A family whose number of series does not grow with the mailboxes. */
export interface FleetFamily extends Family {
  readonly samples: (scrape: Scrape) => readonly FleetSample[];
}

/** A family that was recorded while the process ran, with its samples. */
export interface RecordedFamily extends Family {
  readonly samples: readonly {
    /** The name of the family, or this name with `_bucket`, `_sum` or `_count`. */
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

export const NO_LABELS: readonly string[] = [];

/** One sample of a time: `at` in milliseconds, written in seconds. None if the time is not known. */
export function timed(labels: readonly string[], at: number | undefined): readonly FleetSample[] {
  return at === undefined || !Number.isFinite(at) ? [] : [[labels, at / 1000]];
}
