/**
 * What a row of the table of metrics is. The tables (`target-families.ts`, `fleet-families.ts`) hold the content,
 * `exposition.ts` writes it, `describe-metrics.ts` documents it.
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

/** Writes one sample; `extra` are the values of the labels that follow mailbox and protocol, in their order. */
export type WriteSample = (value: number, ...extra: readonly string[]) => void;

/** One series or more per target; the labels begin with mailbox and protocol. What never happened is not written. */
export interface TargetFamily extends Family {
  readonly sample: (status: TargetStatus, write: WriteSample) => void;
}

/** What one scrape reads: taken once, so that all families speak of the same moment. */
export interface Scrape {
  readonly source: ReportSource;
  readonly snapshot: Snapshot;
}

/** Label values in the order of the family's labels. */
export type FleetSample = readonly [labels: readonly string[], value: number];

/** Few series, whatever the number of mailboxes. */
export interface FleetFamily extends Family {
  readonly samples: (scrape: Scrape) => readonly FleetSample[];
}

/** A family recorded elsewhere, complete with its samples. */
export interface RecordedFamily extends Family {
  readonly samples: readonly {
    /** `name`, or with `_bucket`, `_sum`, `_count`. */
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}
