/** Everything that `report/` shows and can request, from the parts that have it. Called by the daemon. */
import type { Configuration } from './configuration.ts';
import { tokenFailureCause } from './diagnosis/token-failure-cause.ts';
import type { ExplainThread } from './explain-thread.ts';
import type { Target } from './model/target.ts';
import { createProbeOnDemand } from './probe-on-demand.ts';
import type { Recording } from './recording.ts';
import type { ReportSource } from './report/source.ts';
import { revision, version } from './version.ts';
import type { Watching } from './watching.ts';

export function sourceOf(
  { engine, scheduler, traced }: Watching,
  { current, state }: Configuration,
  { explain }: ExplainThread,
  { remembering, notifications }: Pick<Recording, 'remembering' | 'notifications'>,
  ready: () => boolean,
): ReportSource {
  const targets = (): readonly Target[] => current().targets;
  const probeNow = createProbeOnDemand(engine, { targets, probeNow: scheduler.runNow });
  return {
    snapshot: engine.snapshot,
    credentials: engine.credentials.statuses,
    apps: () => current().apps,
    probeNow,
    traceNow: async (mailbox, protocol) =>
      await traced.run(mailbox, protocol, async () => await probeNow(mailbox, [protocol])),
    explain,
    schedulerLagSeconds: scheduler.lagSeconds,
    past: remembering.past,
    maintenance: remembering.maintenance,
    incidents: remembering.incidents,
    store: remembering.state,
    notifications: notifications.counts,
    externalUrl: () => current().externalUrl,
    config: state,
    ready,
    tokenFailureCause,
    build: { version, revision, nodeVersion: process.version },
  };
}
