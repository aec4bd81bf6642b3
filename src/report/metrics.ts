/**
 * Renders `/metrics` as Prometheus or OpenMetrics text. It renders in pieces, so that it does not delay probes. The
 * daemon passes every probe to it.
 */
import { createGzip, type Gzip } from 'node:zlib';
import type { ProbeResult } from '../model/status.ts';
import { type Target, targetKey } from '../model/target.ts';
import { encoded } from './encoded.ts';
import { createLatencies, type Latency } from './latencies.ts';
import { type SharedPieces, sharePieces } from './pieces.ts';
import { allServerCertificates } from './server-certificates.ts';
import { createPace, joined, textInSlices } from './slices.ts';
import type { ReportSource } from './source.ts';
import {
  CONTENT_TYPES,
  type Format,
  writeFleetFamily,
  writeRecordedFamily,
  writeTargetFamily,
} from './metrics/exposition.ts';
import { FLEET_FAMILIES } from './metrics/fleet-families.ts';
import { acceptsGzip, negotiateFormat } from './metrics/negotiate.ts';
import { createRecorder } from './metrics/recorder.ts';
import { TARGET_FAMILIES } from './metrics/target-families.ts';

export interface MetricsText {
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: AsyncIterable<string | Uint8Array>;
}

export interface Metrics {
  /**
   * Adds the probe to the histogram of phases and to the chart of the pages. Most other metrics are read from the
   * snapshot.
   */
  readonly observeProbe: (target: Target, probe: ProbeResult) => void;
  /** Adds a value to the histogram of the event loop's delay. */
  readonly observeLoopDelay: (seconds: number) => void;
  /** Returns the latencies of a target's last probes, oldest first. */
  readonly latenciesOf: (key: string) => readonly Latency[];
  /** Returns the complete text. `accept` is the scraper's `Accept` header. */
  readonly render: (accept?: string) => Promise<{ readonly contentType: string; readonly body: string }>;
  /** Returns the text of `render` in pieces, so that the complete text of many mailboxes is never in memory. */
  readonly stream: (accept?: string, acceptEncoding?: string) => MetricsText;
}

/** A scrape joins a rendering that is still running and began at most this long ago. */
const SHARED_MS = 1_000;
/** A scrape cannot join a rendering that has produced more than this. Until then, all pieces are kept in memory. */
const MOST_SHARED_BYTES = 1024 * 1024;
/** The result is twice as long as at the best level, but takes a tenth of the time. */
const GZIP_LEVEL = 1;

interface Joinable {
  readonly pieces: SharedPieces<Uint8Array>;
  readonly beganMs: number;
}

export function createMetrics(source: ReportSource): Metrics {
  const recorder = createRecorder();
  const latencies = createLatencies();
  const shared = new Map<string, Joinable>();

  async function* write(format: Format): AsyncGenerator<string> {
    const pace = createPace();
    const snapshot = source.snapshot();
    for (const family of TARGET_FAMILIES) {
      yield* writeTargetFamily(family, snapshot.targets, format, pace);
    }
    const scrape = {
      source,
      snapshot,
      serverCertificates: await allServerCertificates(snapshot.targets, pace),
    };
    yield* textInSlices(FLEET_FAMILIES, (family) => writeFleetFamily(family, scrape, format), pace, 1);
    const recorded = await recorder.families();
    yield* textInSlices(recorded, (family) => writeRecordedFamily(family, format), pace, 1);
    if (format === 'openmetrics') yield '# EOF\n';
  }

  const share = (key: string, begin: () => AsyncIterable<Uint8Array>) => {
    const known = shared.get(key);
    const nowMs = performance.now();
    if (known !== undefined && nowMs - known.beganMs <= SHARED_MS) return known.pieces.read();
    known?.pieces.close();
    const close = (): void => {
      pieces.close();
      if (shared.get(key)?.pieces === pieces) shared.delete(key);
    };
    const pieces = sharePieces(joinable(begin(), close));
    shared.set(key, { pieces, beganMs: nowMs });
    return pieces.read();
  };

  const stream: Metrics['stream'] = (accept, acceptEncoding) => {
    const format = negotiateFormat(accept);
    const headers = { 'content-type': CONTENT_TYPES[format], vary: 'Accept, Accept-Encoding' };
    if (!acceptsGzip(acceptEncoding)) return { headers, chunks: share(format, () => encoded(write(format))) };
    const chunks = share(`${format} gzip`, () => gzipped(write(format)));
    return { headers: { ...headers, 'content-encoding': 'gzip' }, chunks };
  };

  return {
    observeProbe: (target, probe) => {
      recorder.observeProbe(target, probe);
      latencies.note(targetKey(target), probe.evidence);
    },
    observeLoopDelay: recorder.observeLoopDelay,
    latenciesOf: latencies.of,
    stream,
    render: async (accept) => {
      const format = negotiateFormat(accept);
      return { contentType: CONTENT_TYPES[format], body: await joined(write(format)) };
    },
  };
}

/** Calls `close` as soon as no further scrape may join, so that pieces that were read can be freed. */
async function* joinable(source: AsyncIterable<Uint8Array>, close: () => void): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const piece of source) {
      bytes += piece.length;
      if (bytes > MOST_SHARED_BYTES) close();
      yield piece;
    }
  } finally {
    close();
  }
}

async function* gzipped(texts: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  const gzip = createGzip({ level: GZIP_LEVEL });
  void feed(gzip, texts);
  yield* gzip;
}

/** If the rendering fails, `gzip` ends with its error. */
async function feed(gzip: Gzip, texts: AsyncIterable<string>): Promise<void> {
  let buffer: Buffer | undefined;
  try {
    // One buffer is enough, because a piece is compressed before the next one is made.
    for await (const piece of encoded(texts, (bytes) => (buffer ??= Buffer.allocUnsafeSlow(bytes))))
      await compressed(gzip, piece);
    gzip.end();
  } catch (error) {
    gzip.destroy(error instanceof Error ? error : new Error('the rendering failed'));
  }
}

/** Resolves when the piece is compressed, and rejects if nobody reads from `gzip` any more. */
async function compressed(gzip: Gzip, piece: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    gzip.write(piece, (error) => (error instanceof Error ? reject(error) : resolve()));
  });
}
