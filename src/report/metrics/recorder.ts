/**
 * Records the metrics that cannot be computed at the scrape: the histograms of phases and of the event loop's delay,
 * and the process metrics of Node. No other file imports prom-client, so that another library can replace it.
 */
import { collectDefaultMetrics, Registry } from 'prom-client';
import type { StageName } from '../../model/evidence.ts';
import { perProtocol } from '../../model/protocol.ts';
import { isSuspect } from '../../model/starved.ts';
import type { ProbeResult } from '../../model/status.ts';
import type { Target } from '../../model/target.ts';
import type { Family, MetricType, RecordedFamily } from './family.ts';
import { createHistogram, type Observe } from './histogram.ts';

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

/**
 * Gauges of prom-client that are named like counters, to which `promtool check metrics` objects. They are also
 * expensive to collect.
 */
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
  const phases = createHistogram(PHASE_DURATION, BUCKETS_SECONDS);
  const observers = perProtocol(() => new Map<StageName, Observe>());
  const loopDelay = createHistogram(LOOP_DELAY, LOOP_BUCKETS_SECONDS);
  return {
    observeLoopDelay: loopDelay.begin(),
    observeProbe: ({ protocol }, { evidence }) => {
      if (isSuspect(evidence)) return;
      for (const { stage, outcome, seconds } of evidence.stages) {
        if (outcome === 'skipped') continue;
        const observe = observers[protocol].get(stage) ?? phases.begin(protocol, stage);
        observers[protocol].set(stage, observe);
        observe(seconds);
      }
    },
    families: async () => {
      const families = await registry.getMetricsAsJSON();
      const ofProcess = families.map((family) => ({
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
      return [...ofProcess, phases.family(), loopDelay.family()];
    },
  };
}

/**
 * The types of prom-client lack the member `metricName`. Samples of histograms have it: `..._bucket`, `..._sum`,
 * `..._count`.
 */
function nameOf(sample: object): string | undefined {
  return 'metricName' in sample && typeof sample.metricName === 'string' ? sample.metricName : undefined;
}

function metricType(type: string): MetricType {
  return type === 'counter' || type === 'histogram' || type === 'summary' ? type : 'gauge';
}
