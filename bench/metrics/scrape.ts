/**
 * Scrapes like Prometheus, in its own process, so that the reading is not counted for the daemon. Forked by
 * `bench/metrics.ts`.
 */
import { get } from 'node:http';

export interface Scraped {
  readonly ms: number;
  /** The size as sent, so compressed if it was compressed. */
  readonly bytes: number;
}

process.on('message', (encoding) => {
  const began = performance.now();
  const headers = { 'accept-encoding': String(encoding) };
  get({ host: '127.0.0.1', port: Number(process.argv[2]), agent: false, headers }, (response) => {
    let bytes = 0;
    response.on('data', (chunk: Buffer) => (bytes += chunk.length));
    response.on('end', () => process.send?.({ ms: performance.now() - began, bytes } satisfies Scraped));
  });
});
process.on('disconnect', () => process.exit());
