/** Who is told of what the watching finds: log, metrics, events, memory, and whoever made the daemon. */
import type { Announcer } from './announcer.ts';
import type { Logger } from 'pino';
import type { StatusChange } from './model/status.ts';
import { targetKey } from './model/target.ts';
import type { Remembering } from './remember.ts';
import type { Events } from './report/events.ts';
import { logChange, logCredential, logProbe } from './report/log.ts';
import type { Metrics } from './report/metrics.ts';
import type { WatchingReports } from './watching.ts';

export interface ReporterEdges {
  readonly logger: Logger;
  readonly onProbe?: () => void;
  readonly onChange?: (change: StatusChange) => void;
}

export interface Reporters {
  readonly metrics: () => Metrics;
  readonly events: () => Events;
  readonly announcer: () => Announcer;
  readonly remembering: () => Remembering;
}

/** Who is told of what the watching finds. */
export function reportsTo(
  edges: ReporterEdges,
  { metrics, events, announcer, remembering }: Reporters,
): WatchingReports {
  const { logger, onProbe, onChange } = edges;
  return {
    reportProbe: (target, probe) => {
      metrics().observeProbe(target, probe);
      logProbe(logger, target, probe);
      remembering().noteTarget(targetKey(target));
      announcer().note();
      onProbe?.();
    },
    reportChange: (change) => {
      logChange(logger, change);
      events().publishChange(change);
      remembering().noteTarget(targetKey(change.target));
      onChange?.(change);
    },
    reportCredential: (credential, before) => {
      logCredential(logger, credential, before);
      remembering().noteCredential(credential);
      announcer().note();
    },
  };
}
