/**
 * Remembers the outbox rows that were planned and are due within a minute. Until such a row is due, further changes of
 * its incident are not planned again, because the row reports them. Part of `notifier.ts`.
 */
import type { OutboxMessage } from '../model/memory.ts';
import { GATHER_MS } from './policy.ts';

export interface PlannedRows {
  /** Returns the rows to write, without those that a planned row covers. */
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
 * Does the planned row make the other one needless? It does for a change, because it reports the state of the incident
 * at the time of sending. It does for a close after an opening, because then neither is reported.
 */
function covers(planned: OutboxMessage, { message, channel, incident }: OutboxMessage): boolean {
  return (
    planned.channel === channel &&
    planned.incident === incident &&
    (message === 'changed' || (message === 'closed' && planned.message === 'opened'))
  );
}
