/**
 * A store in memory, for `check`, `demo`, tests, and a daemon that cannot use its configured store. Its tables have a
 * maximum size. Otherwise it behaves like the other stores.
 */
import { StoreError } from '../model/store-error.ts';
import type { OutboxMessage } from '../model/memory.ts';
import { acknowledged, byId, incidents, stored } from './memory/incidents.ts';
import { availability, history, maintenance, prune, sessions } from './memory/past.ts';
import { createTables, isSettled, save, type Message } from './memory/tables.ts';
import { type Store } from './store.ts';

export function createMemoryStore(): Store {
  const tables = createTables();
  const { acknowledgements, outbox } = tables;

  return {
    open: async () => undefined,
    load: async (closedSince) => {
      const lastSession = [...tables.sessions.values()].sort((a, b) => b.until - a.until)[0];
      return {
        targets: [...tables.targets.values()],
        incidents: [...tables.incidents.values()]
          .filter(({ closed }) => closed === undefined || closed > closedSince)
          .map((incident) => acknowledged(tables, incident))
          .sort(byId),
        maintenance: maintenance(tables, { from: closedSince, until: Number.MAX_SAFE_INTEGER }),
        credentials: [...tables.credentials.values()],
        tokens: [...tables.tokens.values()],
        ...(lastSession === undefined ? {} : { lastSession }),
      };
    },
    save: async (changes) => save(tables, changes),
    incidents: async (query) => incidents(tables, query),
    async incident(id) {
      const found = tables.incidents.get(id);
      return found && stored(tables, found);
    },
    history: async ({ mailbox, ...span }) => history(tables, mailbox, span),
    availability: async (window) => await availability(tables, window),
    async acknowledge(incident, acknowledgement) {
      if (!tables.incidents.has(incident)) return false;
      acknowledgements.set(incident, acknowledgement);
      return true;
    },
    unacknowledge: async (incident) => acknowledgements.delete(incident),
    addMaintenance: async (window) => void tables.maintenance.set(window.id, window),
    async endMaintenance(id, at) {
      const window = tables.maintenance.get(id);
      if (window === undefined || (window.until !== undefined && window.until <= at)) return false;
      if (window.from >= at) tables.maintenance.delete(id);
      else tables.maintenance.set(id, { ...window, until: at });
      return true;
    },
    maintenance: async (span) => maintenance(tables, span),
    sessions: async (span) => sessions(tables, span),
    async takeDue({ now, limit, leaseMs }) {
      const due = [...outbox.values()]
        .filter((message) => message.due <= now && !isSettled(message))
        .sort((a, b) => a.due - b.due || byId(a, b))
        .slice(0, limit)
        .map(attempted);
      for (const message of due) outbox.set(message.id, { ...message, due: now + leaseMs });
      return due;
    },
    prune: async (before) => prune(tables, before),
    backup: async () => {
      throw new StoreError('unsupported', 'there is no store to back up: `store` names none');
    },
    close: async () => undefined,
  };
}

function attempted(row: Message): OutboxMessage {
  const { settled: _, ...message } = row;
  return { ...message, attempts: message.attempts + 1 };
}
