/**
 * Divides the file descriptors of the process between probes and HTTP connections. So even with few descriptors, probes
 * never use up those of the HTTP port. The composition root applies the limits.
 */
/** The end of a sentence that begins "raise the limit of file descriptors: ". */
export const RAISE_DESCRIPTORS =
  'LimitNOFILE=65536 in the systemd unit, --ulimit nofile=65536 for a container, ulimit -n 65536 in a shell';

export interface DescriptorShares {
  /** The most probes at once. */
  readonly probes: number;
  /** The most HTTP connections at once. */
  readonly connections: number;
}

/**
 * Descriptors for Node.js itself, the store, the standard streams and the thread of `explain`, which used 34 when
 * measured. The remaining ten are for files and name lookups.
 */
const OWN = 44;
/** A probe has one connection to the mail host, and may have a second one to the token host or Graph. */
const PER_PROBE = 2;
const MOST_CONNECTIONS = 1000;

export function divideDescriptors(limit: number): DescriptorShares {
  const free = Math.max(0, limit - OWN);
  const connections = Math.min(Math.max(8, Math.floor(free / 3)), MOST_CONNECTIONS);
  return { connections, probes: Math.max(1, Math.floor((free - connections) / PER_PROBE)) };
}
