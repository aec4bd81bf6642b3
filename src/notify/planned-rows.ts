/**
 * The outbox rows that are planned and not due yet. Several changes of one incident within that time are reported once.
 * Part of `notifier.ts`.
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
 * When the planned row is due, it reports the state of the incident at that time, or nothing if the incident is over.
 */
function covers(planned: OutboxMessage, { message, channel, incident }: OutboxMessage): boolean {
  return (
    planned.channel === channel &&
    planned.incident === incident &&
    (message === 'changed' || (message === 'closed' && planned.message === 'opened'))
  );
}
