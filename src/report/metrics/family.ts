/**
 * The types of the rows in the tables of metrics, `target-families.ts` and `fleet-families.ts`. `exposition.ts` writes
 * the metrics, and `describe-metrics.ts` documents them.
 */
import type { Snapshot, TargetStatus } from '../../model/status.ts';
import type { ServerCertificate } from '../server-certificates.ts';
import type { ReportSource } from '../source.ts';

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary';

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labels: readonly string[];
}

/** Writes one sample. `extra` holds the values of the labels after mailbox and protocol, in their order. */
export type WriteSample = (value: number, ...extra: readonly string[]) => void;

/**
 * A family with one or more series for each target. Its labels begin with mailbox and protocol. An event that never
 * happened has no series. `fleetSize` is the number of all targets.
 */
export interface TargetFamily extends Family {
  readonly sample: (status: TargetStatus, write: WriteSample, fleetSize: number) => void;
}

/** The data of one scrape. It is read once, so that all families describe the same moment. */
export interface Scrape {
  readonly source: ReportSource;
  readonly snapshot: Snapshot;
  /** Those of the snapshot. Collected before the families are written, because that takes a while. */
  readonly serverCertificates: readonly ServerCertificate[];
}

/** The label values are in the order of the family's labels. */
export type FleetSample = readonly [labels: readonly string[], value: number];

/** A family without the labels mailbox and protocol. More mailboxes do not add series to it. */
export interface FleetFamily extends Family {
  readonly samples: (scrape: Scrape) => readonly FleetSample[];
}

/** A family that is recorded while the process runs, with its samples. */
export interface RecordedFamily extends Family {
  readonly samples: readonly {
    /** The name of the family, alone or with `_bucket`, `_sum` or `_count`. */
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

export const NO_LABELS: readonly string[] = [];

/** Returns a sample of the time `at`, converted from milliseconds to seconds. Empty if the time is unknown. */
export function timed(labels: readonly string[], at: number | undefined): readonly FleetSample[] {
  return at === undefined || !Number.isFinite(at) ? [] : [[labels, at / 1000]];
}
