/**
 * Reports each result to the log, metrics, server-sent events, store, and the caller of the daemon. Used by
 * `prober.ts`.
 */
import type { Logger } from 'pino';
import type { StatusChange } from './model/status.ts';
import type { Descriptors } from './descriptors.ts';
import { targetKey } from './model/target.ts';
import type { Recording } from './recording.ts';
import { logChange, logCredential, logDiscarded, logProbe } from './report/log.ts';
import type { Metrics } from './report/metrics.ts';
import type { WatchingReports } from './watching.ts';

export interface ReporterEdges {
  readonly logger: Logger;
  readonly descriptors: Pick<Descriptors, 'note'>;
  readonly onProbe?: () => void;
  readonly onChange?: (change: StatusChange) => void;
}

export interface Reporters {
  readonly metrics: () => Metrics;
  readonly recording: () => Pick<Recording, 'events' | 'announcer' | 'remembering'>;
}

export function reportsTo(edges: ReporterEdges, { metrics, recording }: Reporters): WatchingReports {
  const { logger, descriptors, onProbe, onChange } = edges;
  return {
    reportProbe: (target, probe) => {
      descriptors.note(probe.evidence);
      metrics().observeProbe(target, probe);
      logProbe(logger, target, probe);
      recording().remembering.noteTarget(targetKey(target));
      recording().announcer.note();
      onProbe?.();
    },
    reportDiscarded: (target, evidence) => logDiscarded(logger, target, evidence),
    reportChange: (change) => {
      logChange(logger, change);
      recording().events.publishChange(change);
      recording().remembering.noteTarget(targetKey(change.target));
      onChange?.(change);
    },
    reportCredential: (credential, before) => {
      logCredential(logger, credential, before);
      recording().remembering.noteCredential(credential);
      recording().announcer.note();
    },
  };
}
