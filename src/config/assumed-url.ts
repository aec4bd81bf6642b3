/**
 * Returns the URL of the status pages for links, made from the listen address. Used if `external_url` is not set.
 * Undefined if the listen address stands for all addresses of the machine, or has port 0. Called by `load.ts`.
 */
import { isIPv6 } from 'node:net';
import type { Config } from './config.ts';

/** Addresses that stand for every address of the machine. */
const WILDCARDS = new Set(['0.0.0.0', '::', '']);

export function assumedUrl({
  listen: { host, port },
  http,
}: Pick<Config, 'listen' | 'http'>): string | undefined {
  if (port === 0 || WILDCARDS.has(host)) return undefined;
  const scheme = http.tls === undefined ? 'http' : 'https';
  return `${scheme}://${isIPv6(host) ? `[${host}]` : host}:${port}`;
}
