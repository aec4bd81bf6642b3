/**
 * Parses the log of a replica at level debug: results that it took, results that it discarded, and when it lost or gave
 * away the right to probe. Used by `cluster-world.ts` and `judge-cluster.ts`.
 */
export interface LoggedResult {
  readonly replica: string;
  /** The mailbox and the protocol. */
  readonly key: string;
  readonly app: string;
  readonly at: number;
  /** When the probe began. */
  readonly began: number;
}

/** From `at` on, the replica must not probe the apps in `apps`. If `apps` is absent, it must not probe any app. */
export interface LostRight {
  readonly replica: string;
  readonly event: string;
  readonly apps?: readonly string[];
  readonly at: number;
}

export interface ReplicaLog {
  /** Returns a function that takes the chunks of one stream of one process. */
  readonly reader: () => (chunk: string) => void;
  readonly taken: () => readonly LoggedResult[];
  readonly discarded: () => readonly LoggedResult[];
  readonly lostRights: () => readonly LostRight[];
  /** All lines above level debug, and the lines about leases that could not be renewed. */
  readonly text: () => string;
}

interface Line {
  readonly level?: string;
  readonly time?: string;
  readonly event?: string;
  readonly mailbox?: string;
  readonly protocol?: string;
  readonly app?: string;
  readonly apps?: readonly string[];
  readonly seconds?: number;
}

const LOSSES: ReadonlySet<string> = new Set(['lease_over', 'apps_lost', 'apps_releasing']);

export function createReplicaLog(replica: string): ReplicaLog {
  const taken: LoggedResult[] = [];
  const discarded: LoggedResult[] = [];
  const lostRights: LostRight[] = [];
  let text = '';

  const take = (line: string): void => {
    const {
      level,
      time = '',
      event = '',
      mailbox,
      protocol,
      app = '',
      apps,
      seconds = 0,
    }: Line = parsed(line);
    const at = Date.parse(time);
    const began = at - seconds * 1_000;
    const result = { replica, key: `${mailbox} ${protocol}`, app, at, began };
    if (event === 'probe') taken.push(result);
    if (event === 'probe_discarded') discarded.push(result);
    if (LOSSES.has(event)) lostRights.push({ replica, event, at, ...(apps && { apps }) });
    if (level !== 'debug' || event === 'leases_unavailable') text += `${line}\n`;
  };

  return {
    reader: () => {
      let rest = '';
      return (chunk) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) take(line);
      };
    },
    taken: () => taken,
    discarded: () => discarded,
    lostRights: () => lostRights,
    text: () => text,
  };
}

/** Returns an empty line if the text is not JSON, such as a warning of Node.js. */
function parsed(line: string): Line {
  try {
    const value: Line = JSON.parse(line);
    return value;
  } catch {
    return {};
  }
}
