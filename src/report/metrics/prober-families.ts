/** The metrics of mailprobe itself: its schedule, its configuration and its version. Part of `fleet-families.ts`. */
import { NO_LABELS, timed, type FleetFamily } from './family.ts';

export const PROBER_FAMILIES: readonly FleetFamily[] = [
  {
    name: 'mailprobe_scheduler_lag_seconds',
    help: 'How late probes start, at worst over the last minute.',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source }) => [[NO_LABELS, source.schedulerLagSeconds()]],
  },
  {
    name: 'mailprobe_probes_limit',
    help: 'Most probes at once, over all apps. It adapts itself unless concurrency.total is set.',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source }) => [[NO_LABELS, source.probeLimits().total.cap]],
  },
  {
    name: 'mailprobe_app_probes_limit',
    help: 'Most probes at once of an app. It adapts itself unless concurrency.per_app is set.',
    type: 'gauge',
    labels: ['app'],
    samples: ({ source }) => Array.from(source.probeLimits().apps, ([app, { cap }]) => [[app], cap]),
  },
  {
    name: 'mailprobe_app_probes_needed',
    help: 'Probes of an app that must run at once to probe its mailboxes in time, by the duration of successful probes.',
    type: 'gauge',
    labels: ['app'],
    samples: ({ source }) => Array.from(source.probeLimits().apps, ([app, { needed }]) => [[app], needed]),
  },
  {
    name: 'mailprobe_config_last_reload_successful',
    help: 'Whether the last attempt to load the configuration succeeded (1) or the old one is still in use (0).',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source }) => [[NO_LABELS, source.config().lastReloadSuccessful ? 1 : 0]],
  },
  {
    name: 'mailprobe_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration in use was loaded, in seconds since the Unix epoch.',
    type: 'gauge',
    labels: NO_LABELS,
    samples: ({ source }) => timed(NO_LABELS, source.config().loadedAt),
  },
  {
    name: 'mailprobe_build_info',
    help: 'Always 1. The labels name the version that is running.',
    type: 'gauge',
    labels: ['version', 'revision', 'node_version'],
    samples: ({ source: { build } }) => [[[build.version, build.revision, build.nodeVersion], 1]],
  },
];
