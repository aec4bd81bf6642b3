/**
 * How the process divides its file descriptors, so that no part can use up another's. With few descriptors, it runs
 * fewer probes at once, and its HTTP port still answers. Applied by the composition root.
 */
/** Completes "raise the limit of file descriptors: ". */
export const RAISE_DESCRIPTORS =
  'LimitNOFILE=65536 in the systemd unit, --ulimit nofile=65536 for a container, ulimit -n 65536 in a shell';

export interface DescriptorShares {
  /** Most probes at once. */
  readonly probes: number;
  /** Most HTTP connections at once, including a reserve. */
  readonly connections: number;
}

/**
 * For Node.js itself, the store, standard streams and the thread of `explain`: 34 measured, plus room for files and
 * name lookups.
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
