/**
 * How the file descriptors of the process are divided: each part gets so many that no other part can take the rest. A
 * prober with too few of them probes less at once, and its HTTP port still answers. Applied by the composition root.
 */
/** Completes "raise the limit of file descriptors: ". */
export const RAISE_DESCRIPTORS =
  'LimitNOFILE=65536 in the systemd unit, --ulimit nofile=65536 for a container, ulimit -n 65536 in a shell';

export interface DescriptorShares {
  /** Most probes at once. */
  readonly probes: number;
  /** Most HTTP connections at once, with their reserve. */
  readonly connections: number;
}

/** Node.js itself, the store, standard streams, the thread of `explain`; measured at 34, with room for files and names. */
const OWN = 44;
/** A probe has a connection to the mail host, and may request a token or ask Graph meanwhile. */
const PER_PROBE = 2;
const MOST_CONNECTIONS = 1000;

export function divideDescriptors(limit: number): DescriptorShares {
  const free = Math.max(0, limit - OWN);
  const connections = Math.min(Math.max(8, Math.floor(free / 3)), MOST_CONNECTIONS);
  return { connections, probes: Math.max(1, Math.floor((free - connections) / PER_PROBE)) };
}
