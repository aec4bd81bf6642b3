/**
 * The metrics of each mailbox and protocol, computed from the snapshot at every scrape, so that no series is stale.
 * Each row is one metric. The label `mailbox` is the configured id, never an address.
 */
import { stageOf } from '../../model/evidence.ts';
import { endpointName } from '../../model/target.ts';
import type { TargetFamily } from './family.ts';

const TARGET = ['mailbox', 'protocol'];
/**
 * The phases of a target are nine series, two thirds of all text. Above this number of targets, only probes that failed
 * or were slow have these series. The histogram of phases covers all probes.
 */
const MOST_WITH_ALL_PHASES = 2_000;
const SLOW_SECONDS = 5;

export const TARGET_FAMILIES: readonly TargetFamily[] = [
  {
    name: 'mailprobe_probe_success',
    help: 'Whether the last probe opened the mailbox (1) or not (0), unconfirmed.',
    type: 'gauge',
    labels: TARGET,
    sample: ({ lastProbe }, write) => {
      if (lastProbe !== undefined) write(lastProbe.success ? 1 : 0);
    },
  },
  {
    name: 'mailprobe_mailbox_up',
    help: 'Whether the mailbox is confirmed up (1) or down (0); absent while unknown. Alert on this one.',
    type: 'gauge',
    labels: TARGET,
    sample: ({ confirmed }, write) => {
      if (confirmed !== 'unknown') write(confirmed === 'up' ? 1 : 0);
    },
  },
  {
    name: 'mailprobe_probe_duration_seconds',
    help: 'How long the last probe took, from its first byte to its last.',
    type: 'gauge',
    labels: TARGET,
    sample: ({ lastProbe }, write) => {
      if (lastProbe !== undefined) write(lastProbe.evidence.seconds);
    },
  },
  {
    name: 'mailprobe_probe_phase_duration_seconds',
    help: `How long each phase of the last probe took; phases that were not reached are absent. In a fleet of more than ${MOST_WITH_ALL_PHASES} targets, only for probes that failed or took ${SLOW_SECONDS} seconds.`,
    type: 'gauge',
    labels: [...TARGET, 'phase'],
    sample: ({ lastProbe }, write, fleetSize) => {
      if (lastProbe === undefined) return;
      const { success, evidence } = lastProbe;
      if (fleetSize > MOST_WITH_ALL_PHASES && success && evidence.seconds < SLOW_SECONDS) return;
      for (const { stage, outcome, seconds } of evidence.stages) {
        if (outcome !== 'skipped') write(seconds, stage);
      }
    },
  },
  {
    name: 'mailprobe_probe_last_run_timestamp_seconds',
    help: 'When the last probe began, in seconds since the Unix epoch.',
    type: 'gauge',
    labels: TARGET,
    // If the state was restored from the store, perhaps only the time of its last probe is known.
    sample: ({ lastProbe, resultAt }, write) => {
      const startedAt = lastProbe?.evidence.startedAt ?? resultAt;
      if (startedAt !== undefined) write(startedAt / 1000);
    },
  },
  {
    name: 'mailprobe_probe_last_success_timestamp_seconds',
    help: 'When the mailbox was last opened, in seconds since the Unix epoch; absent if it never was.',
    type: 'gauge',
    labels: TARGET,
    sample: ({ lastSuccess }, write) => {
      if (lastSuccess !== undefined) write(lastSuccess / 1000);
    },
  },
  {
    name: 'mailprobe_probes_total',
    help: 'Probes made since the start of the process.',
    type: 'counter',
    labels: TARGET,
    sample: ({ probesTotal }, write) => write(probesTotal),
  },
  {
    name: 'mailprobe_probe_failures_total',
    help: 'Probes that failed since the start of the process, by the cause of the first diagnosis.',
    type: 'counter',
    labels: [...TARGET, 'cause'],
    sample: ({ failuresByCause }, write) => {
      for (const [cause, count] of Object.entries(failuresByCause)) write(count, cause);
    },
  },
  {
    name: 'mailprobe_mailbox_messages',
    help: 'Messages in the inbox as the server counted them at the last probe; absent if that probe failed.',
    type: 'gauge',
    labels: TARGET,
    sample: ({ lastProbe }, write) => {
      const messages = lastProbe && stageOf(lastProbe.evidence, 'open')?.facts.messages;
      if (messages !== undefined) write(messages);
    },
  },
  {
    name: 'mailprobe_probe_interval_seconds',
    help: 'How often the mailbox is probed, as configured.',
    type: 'gauge',
    labels: TARGET,
    sample: ({ target }, write) => write(target.intervalMs / 1000),
  },
  {
    name: 'mailprobe_probe_back_off_seconds',
    help: 'How much longer than the interval the next probe may wait because the server asked for it; absent otherwise.',
    type: 'gauge',
    labels: TARGET,
    sample: ({ backOffMs }, write) => {
      if (backOffMs !== undefined) write(backOffMs / 1000);
    },
  },
  {
    name: 'mailprobe_mailbox_info',
    help: 'Always 1. The labels name the app that opens the mailbox and the mail host. For joins.',
    type: 'gauge',
    labels: [...TARGET, 'app', 'endpoint'],
    sample: ({ target: { app, endpoint } }, write) => write(1, app.id, endpointName(endpoint)),
  },
];
