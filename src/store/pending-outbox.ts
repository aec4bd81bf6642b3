/**
 * Messages and settlements (outcomes of messages) that are not written yet. Finds the due messages among them, so that
 * they are sent even if the store is unavailable. Part of `pending-changes.ts`.
 */
import type { OutboxMessage, Settlement } from '../model/memory.ts';
import { createPendingTable, type PendingTable } from './pending-table.ts';
import type { DueRequest } from './store.ts';

export interface PendingOutbox {
  readonly messages: PendingTable<OutboxMessage>;
  readonly settlements: PendingTable<Settlement>;
  /** Does the same as the store's `takeDue` for these messages. */
  readonly takeDue: (request: DueRequest) => readonly OutboxMessage[];
  /** Drops the messages about an incident. If one of them was already sent, drops none and returns false. */
  readonly dropAbout: (incident: string) => boolean;
}

export function createPendingOutbox(): PendingOutbox {
  const messages = createPendingTable<OutboxMessage>(({ id }) => id);
  const settlements = createPendingTable<Settlement>(({ message }) => message);
  return {
    messages,
    settlements,
    takeDue: ({ now, limit, leaseMs }) => {
      const due: OutboxMessage[] = [];
      for (const message of messages.rows()) {
        const settled = settlements.get(message.id);
        const isOver = settled !== undefined && settled.outcome !== 'retry';
        if (isOver || (settled?.due ?? message.due) > now || due.length >= limit) continue;
        due.push({ ...message, attempts: message.attempts + 1 });
      }
      messages.add(due.map((message) => ({ ...message, due: now + leaseMs })));
      settlements.takeWhere(({ message }) => due.some(({ id }) => id === message));
      return due;
    },
    dropAbout: (id) => {
      const isAbout = ({ incident }: OutboxMessage): boolean => incident === id;
      const about = [...messages.rows()].filter(isAbout);
      if (about.some((message) => message.attempts > 0 || settlements.has(message.id))) return false;
      messages.takeWhere(isAbout);
      return true;
    },
  };
}
