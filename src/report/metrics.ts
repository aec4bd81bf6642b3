/**
 * Answers `/metrics`: what is known, as Prometheus or OpenMetrics text, in pieces between which the looks in flight
 * have the event loop. The daemon makes one of these, tells it of every look, and hands it to the HTTP server.
 */
import type { Look } from '../model/status.ts';
import type { Target } from '../model/target.ts';
import { joined } from './slices.ts';
import type { ReportSource } from './source.ts';
import {
  CONTENT_TYPES,
  type Format,
  writeFleetFamily,
  writeRecordedFamily,
  writeTargetFamily,
} from './metrics/exposition.ts';
import { FLEET_FAMILIES } from './metrics/fleet-families.ts';
import { negotiateFormat } from './metrics/negotiate.ts';
import { createRecorder } from './metrics/recorder.ts';
import { TARGET_FAMILIES } from './metrics/target-families.ts';

export interface Metrics {
  /** Feeds the histogram of phases. Everything else is read from the snapshot. */
  readonly observeLook: (target: Target, look: Look) => void;
  /** The whole text. `accept` is the scraper's `Accept` header. */
  readonly render: (accept?: string) => Promise<{ readonly contentType: string; readonly body: string }>;
  /** The same, piece by piece: for a large fleet the text is never in memory as a whole. */
  readonly stream: (accept?: string) => {
    readonly contentType: string;
    readonly chunks: AsyncIterable<string>;
  };
}

export function createMetrics(source: ReportSource): Metrics {
  const recorder = createRecorder();

  async function* write(format: Format): AsyncGenerator<string> {
    const scrape = { source, snapshot: source.snapshot() };
    for (const family of TARGET_FAMILIES) yield* writeTargetFamily(family, scrape.snapshot.targets, format);
    yield FLEET_FAMILIES.map((family) => writeFleetFamily(family, scrape, format)).join('');
    const recorded = await recorder.families();
    yield recorded.map((family) => writeRecordedFamily(family, format)).join('');
    if (format === 'openmetrics') yield '# EOF\n';
  }

  const stream: Metrics['stream'] = (accept) => {
    const format = negotiateFormat(accept);
    return { contentType: CONTENT_TYPES[format], chunks: write(format) };
  };

  return {
    observeLook: recorder.observeLook,
    stream,
    render: async (accept) => {
      const { contentType, chunks } = stream(accept);
      return { contentType, body: await joined(chunks) };
    },
  };
}
