/**
 * Takes due rows from the outbox and passes them to lanes. Each channel has its own lane (`lane.ts`), so that an
 * unreachable channel does not delay others. A message is sent twice only if the process ends after the receiver
 * accepted it and before the outbox recorded that. Both copies have the same id. Made by the notifier.
 */
import { createLane, type Lane, type LaneEdges } from './lane.ts';
import type { ChannelFailure } from './pace.ts';

export interface DispatcherEdges extends LaneEdges {
  readonly onBug: (error: unknown) => void;
}

export interface Dispatcher {
  readonly start: () => void;
  /**
   * Runs one round. Resolves when each due row is sent, skipped, given up or put off. Used by tests, because `start`
   * does not wait for channels that hang.
   */
  readonly round: () => Promise<void>;
  /** The failures of the channels that are still configured. */
  readonly failures: () => readonly ChannelFailure[];
  /**
   * Aborts the messages that are being sent. Their rows stay reserved until `LEASE_MS` has passed, and are due again
   * then.
   */
  readonly close: () => Promise<void>;
}

const ROUND_MS = 1_000;
const MOST_AT_ONCE = 200;
/**
 * Rows are reserved for this process for this long, which is enough to send several slow messages. Rows that are not
 * sent by then are due again.
 */
export const LEASE_MS = 5 * 60_000;

export function createDispatcher(edges: DispatcherEdges): Dispatcher {
  const { clock, outbox, onBug } = edges;
  const lanes = new Map<string, Lane>();
  const running = new Set<Promise<void>>();
  let cancelTimer = (): void => undefined;
  let closed = false;

  const laneOf = (channel: string): Lane => {
    const lane = lanes.get(channel) ?? createLane(channel, edges);
    lanes.set(channel, lane);
    return lane;
  };
  const take = async (): Promise<readonly Promise<void>[]> => {
    const now = clock.now();
    const due = await outbox.takeDue({ now, limit: MOST_AT_ONCE, leaseMs: LEASE_MS });
    return [...Map.groupBy(due, ({ channel }) => channel)].map(([channel, rows]) => {
      const work = laneOf(channel)
        .run(rows, now + LEASE_MS)
        .catch(onBug);
      running.add(work);
      void work.finally(() => running.delete(work));
      return work;
    });
  };
  const tick = (): void => {
    void take()
      .catch(onBug)
      .finally(() => {
        if (!closed) cancelTimer = clock.after(ROUND_MS, tick);
      });
  };

  return {
    start: tick,
    round: async () => {
      await Promise.all(await take());
    },
    failures: () =>
      [...lanes].flatMap(([id, lane]) => (edges.channel(id) === undefined ? [] : (lane.failure() ?? []))),
    close: async () => {
      closed = true;
      cancelTimer();
      for (const lane of lanes.values()) lane.close();
      await Promise.all(running);
    },
  };
}
