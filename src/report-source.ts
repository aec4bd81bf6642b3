/** Gives `report/` the data that it shows, and the functions that its users may call. Called by the daemon. */
import type { AppShare } from './app-share.ts';
import type { Configuration } from './configuration.ts';
import { tokenFailureCause } from './diagnosis/token-failure-cause.ts';
import type { ExplainThread } from './explain-thread.ts';
import type { ProbeOnDemand } from './probe-on-demand.ts';
import type { Prober } from './prober.ts';
import type { ReportSource } from './report/source.ts';
import { revision, version } from './version.ts';

export function sourceOf(
  { watching, recording, share, probeHere }: Prober,
  { current, state }: Pick<Configuration, 'current' | 'state'>,
  { explain }: Pick<ExplainThread, 'explain'>,
  ready: () => boolean,
): ReportSource {
  const { engine, scheduler, traced } = watching;
  const { remembering, notifications } = recording;
  const probeNow: ProbeOnDemand = async (mailbox, protocols) => {
    const target = current().targets.find((one) => one.mailbox.id === mailbox);
    const isTheirs = share.all !== undefined && target !== undefined && !share.isOurs(target.app.id);
    if (!isTheirs) return await probeHere(mailbox, protocols);
    const probed = await share.all.probeThere(target.app, mailbox, protocols);
    // The app may have moved to this replica meanwhile.
    return share.isOurs(target.app.id)
      ? engine.status.targets().filter((one) => one.target.mailbox.id === mailbox)
      : probed;
  };
  return {
    snapshot: engine.snapshot,
    credentials: engine.credentials.statuses,
    apps: () => current().apps.filter(({ id }) => share.isOurs(id)),
    probeNow,
    traceNow: async (mailbox, protocol) =>
      await traced.run(mailbox, protocol, async () => await probeNow(mailbox, [protocol])),
    explain,
    schedulerLagSeconds: scheduler.lagSeconds,
    probeLimits: scheduler.loads,
    past: remembering.past,
    maintenance: remembering.maintenance,
    incidents: remembering.incidents,
    store: remembering.state,
    notifications: notifications.counts,
    externalUrl: () => current().externalUrl,
    config: state,
    replicas: share.replicas,
    ready,
    tokenFailureCause,
    build: { version, revision, nodeVersion: process.version },
  };
}

/**
 * Returns the source for the API and the status page, which cover the targets of all replicas. Metrics use `own`, which
 * covers only this replica.
 */
export function wholeSource(own: ReportSource, { all }: AppShare, { current }: Configuration): ReportSource {
  if (all === undefined) return own;
  return {
    ...own,
    apps: () => current().apps,
    snapshot: () => all.snapshot(own.snapshot()),
    credentials: () => all.credentials(own.credentials()),
    incidents: { ...own.incidents, all: () => all.incidents(own.incidents.all()) },
  };
}
