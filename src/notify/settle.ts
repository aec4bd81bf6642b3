/**
 * Records the outcome of a row in the outbox, in the record of sent messages and in the counters. Each lane has its own
 * `Settle` function.
 */
import type { Delivery } from '../model/incident.ts';
import type { OutboxMessage, Settlement } from '../model/memory.ts';
import type { Clock, Outbox } from './outbox.ts';
import type { SentMessages } from './sent-messages.ts';

export type SettledOutcome = Settlement['outcome'];

export type Ending = Omit<Settlement, 'message' | 'at'>;

export interface SettlingEdges {
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly sent: SentMessages;
  /** Called for every attempt, and for every row that is skipped or put off without an attempt. */
  readonly onOutcome: (channel: string, outcome: SettledOutcome, detail: string | undefined) => void;
}

/**
 * `next`: rows to write with the outcome, such as a reminder. `countedAs`: the outcome for the counters, if it differs
 * from the one for the store.
 */
export type Settle = (
  row: OutboxMessage,
  ending: Ending,
  more?: { readonly next?: readonly OutboxMessage[]; readonly countedAs?: SettledOutcome },
) => void;

export function createSettle({ clock, outbox, sent, onOutcome }: SettlingEdges): Settle {
  return (row, ending, { next = [], countedAs = ending.outcome } = {}) => {
    const at = clock.now();
    outbox.note({ settlements: [{ message: row.id, at, ...ending }], outbox: next });
    const entry = deliveryOf(row, at, ending);
    if (entry !== undefined) sent.note(row, entry);
    onOutcome(row.channel, countedAs, ending.detail);
  };
}

function deliveryOf(
  { channel, message }: OutboxMessage,
  at: number,
  { outcome, detail }: Ending,
): Delivery | undefined {
  if (message === 'digest' || message === 'summary' || message === 'test') return undefined;
  const state = outcome === 'retry' ? 'pending' : outcome;
  return { channel, message, outcome: state, at, ...(detail === undefined ? {} : { detail }) };
}
