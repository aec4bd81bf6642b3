/**
 * Records the metrics that cannot be computed at the scrape: the histograms of phases and of the event loop's delay, and Node's process metrics. The
 * only file that imports prom-client, so that moving to its successor (`@prometheus-io/client`) changes one file.
 * prom-client records; `exposition.ts` writes.
 */
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import { isSuspect } from '../../model/starved.ts';
import type { ProbeResult } from '../../model/status.ts';
import type { Target } from '../../model/target.ts';
import type { Family, MetricType, RecordedFamily } from './family.ts';

export const PHASE_DURATION: Family = {
  name: 'mailprobe_phase_duration_seconds',
  help: 'How long the phases of all probes took. Probes during which this process was delayed are left out.',
  type: 'histogram',
  labels: ['protocol', 'phase'],
};

export const LOOP_DELAY: Family = {
  name: 'mailprobe_event_loop_delay_seconds',
  help: 'How long the event loop of this process was blocked, measured fifty times a second.',
  type: 'histogram',
  labels: [],
};

const LOOP_BUCKETS_SECONDS = [0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5];
const BUCKETS_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** prom-client gauges that are named like counters (`promtool check metrics` objects) and are expensive to collect. */
const MISNAMED = /^nodejs_active_\w+$/;

export interface Recorder {
  readonly observeProbe: (target: Target, probe: ProbeResult) => void;
  readonly observeLoopDelay: (seconds: number) => void;
  readonly families: () => Promise<readonly RecordedFamily[]>;
}

export function createRecorder(): Recorder {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) {
    if (MISNAMED.test(name)) registry.removeSingleMetric(name);
  }
  const phases = new Histogram({
    name: PHASE_DURATION.name,
    help: PHASE_DURATION.help,
    labelNames: [...PHASE_DURATION.labels],
    buckets: BUCKETS_SECONDS,
    registers: [registry],
  });
  const loopDelay = new Histogram({
    name: LOOP_DELAY.name,
    help: LOOP_DELAY.help,
    buckets: LOOP_BUCKETS_SECONDS,
    registers: [registry],
  });
  return {
    observeLoopDelay: (seconds) => loopDelay.observe(seconds),
    observeProbe: ({ protocol }, { evidence }) => {
      if (isSuspect(evidence)) return;
      for (const { stage, outcome, seconds } of evidence.stages) {
        if (outcome !== 'skipped') phases.observe({ protocol, phase: stage }, seconds);
      }
    },
    families: async () => {
      const families = await registry.getMetricsAsJSON();
      return families.map((family) => ({
        name: family.name,
        help: family.help,
        type: metricType(String(family.type)),
        labels: [],
        samples: family.values.map((sample) => ({
          name: nameOf(sample) ?? family.name,
          labels: Object.fromEntries(
            Object.entries(sample.labels).map(([label, value]) => [label, String(value)]),
          ),
          value: sample.value,
        })),
      }));
    },
  };
}

/** prom-client's types lack `metricName`, which histograms have: `..._bucket`, `..._sum`, `..._count`. */
function nameOf(sample: object): string | undefined {
  return 'metricName' in sample && typeof sample.metricName === 'string' ? sample.metricName : undefined;
}

function metricType(type: string): MetricType {
  return type === 'counter' || type === 'histogram' || type === 'summary' ? type : 'gauge';
}
