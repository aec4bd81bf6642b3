/**
 * Remembers the outbox rows that are due within the next minute. Such a row reports the state at the time of sending.
 * So until then, a later change of the same incident needs no row of its own. Part of `notifier.ts`.
 */
import type { OutboxMessage } from '../model/memory.ts';
import { GATHER_MS } from './policy.ts';

export interface PlannedRows {
  /** Returns the rows to write. Leaves out those that an earlier row makes needless. */
  readonly add: (rows: readonly OutboxMessage[], now: number) => readonly OutboxMessage[];
  readonly gathering: (channel: string, now: number) => readonly OutboxMessage[];
}

export function createPlannedRows(): PlannedRows {
  let planned: readonly OutboxMessage[] = [];
  return {
    add: (rows, now) => {
      planned = planned.filter(({ due }) => due > now);
      const added = rows.filter((row) => !planned.some((one) => covers(one, row)));
      planned = [...planned, ...added.filter(({ due }) => due <= now + GATHER_MS)];
      return added;
    },
    gathering: (channel, now) => planned.filter((row) => row.channel === channel && row.due > now),
  };
}

/**
 * Does the planned row make the other one needless? A planned row reports the state at the time of sending, so it
 * includes a later change. If an incident closes before its opening is reported, neither is reported.
 */
function covers(planned: OutboxMessage, { message, channel, incident }: OutboxMessage): boolean {
  return (
    planned.channel === channel &&
    planned.incident === incident &&
    (message === 'changed' || (message === 'closed' && planned.message === 'opened'))
  );
}
