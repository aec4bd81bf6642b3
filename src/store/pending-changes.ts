/**
 * Changes that are not written yet, merged by row. However long the store is unavailable, their number is bounded by
 * the number of targets and incidents. Hands out slices, and takes back a slice that could not be written. Used by the
 * journal.
 */
import {
  NO_CHANGES,
  type Changes,
  type OutboxMessage,
  type StateChange,
  type TargetMemory,
} from '../model/memory.ts';
import { createPendingIncidents } from './pending-incidents.ts';
import type { DueRequest } from './store.ts';

export interface PendingChanges {
  readonly add: (changes: Partial<Changes>) => void;
  /** About `limit` rows: states first, then incidents with their messages. Undefined if nothing is pending. */
  readonly takeSlice: (limit: number) => Changes | undefined;
  /** Takes back a slice that could not be written. Changes that were added meanwhile are newer and win. */
  readonly putBack: (slice: Changes) => void;
  readonly dropStates: () => void;
  /** Drops the rows of these apps: they belong to another replica. */
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  /** False if a message about it was already sent. */
  readonly dropIncident: (id: string) => boolean;
  /** The store has lost what was written. */
  readonly forgetWritten: () => void;
  /** The number of pending rows. */
  readonly size: () => number;
  /** What the store's `takeDue` would return, from the messages that are not written yet. */
  readonly takeDue: (request: DueRequest) => readonly OutboxMessage[];
}

/** While the store is unavailable, a target keeps this many of its latest changes. */
const MOST_CHANGES = 32;

const KEYS = {
  outbox: ({ id }: OutboxMessage): string => id,
  settlements: ({ message }: Changes['settlements'][number]): string => message,
  maintenance: ({ id }: Changes['maintenance'][number]): string => id,
  credentials: ({ app }: Changes['credentials'][number]): string => app,
  tokens: ({ app }: Changes['tokens'][number]): string => app,
  targets: ({ key }: Changes['targets'][number]): string => key,
};

export function createPendingChanges(): PendingChanges {
  const incidents = createPendingIncidents();
  const outbox = createTable(KEYS.outbox);
  const settlements = createTable(KEYS.settlements);
  const maintenance = createTable(KEYS.maintenance);
  const credentials = createTable(KEYS.credentials);
  const tokens = createTable(KEYS.tokens);
  const targets = createTable(KEYS.targets);
  const stateChanges = new Map<string, readonly StateChange[]>();
  let session: Changes['session'];

  const addStateChanges = (key: string, changes: readonly StateChange[]): void => {
    stateChanges.set(key, changes.slice(-MOST_CHANGES));
  };

  /**
   * State changes of these targets, then of others while there is room. A change is never written after the state that
   * followed from it.
   */
  const takeStateChanges = (written: readonly TargetMemory[], room: number): readonly StateChange[] => {
    const taken: StateChange[] = [];
    const take = (key: string): void => {
      taken.push(...(stateChanges.get(key) ?? []));
      stateChanges.delete(key);
    };
    for (const { key } of written) take(key);
    // While there is room, the state changes of targets whose own row is not in the slice.
    for (const key of stateChanges.keys()) {
      if (taken.length >= room) break;
      if (!targets.has(key)) take(key);
    }
    return taken;
  };

  return {
    add(changes) {
      for (const incident of changes.incidents ?? []) incidents.add(incident);
      outbox.add(changes.outbox ?? []);
      settlements.add(changes.settlements ?? []);
      maintenance.add(changes.maintenance ?? []);
      credentials.add(changes.credentials ?? []);
      tokens.add(changes.tokens ?? []);
      targets.add(changes.targets ?? []);
      for (const change of changes.stateChanges ?? [])
        addStateChanges(change.key, [...(stateChanges.get(change.key) ?? []), change]);
      session = changes.session ?? session;
    },

    takeSlice(limit) {
      let room = limit;
      const take = <T>(table: Table<T>, cost?: (row: T) => number): readonly T[] => {
        const { rows, cost: spent } = table.take(room, cost);
        room -= spent;
        return rows;
      };
      const slice: { -readonly [K in keyof Changes]: Changes[K] } = { ...NO_CHANGES };
      slice.settlements = take(settlements);
      slice.maintenance = take(maintenance);
      // A state is written before the incident that follows from it. If the process is killed in between, the next one
      // finds the fault in the state and does not take the incident for closed. A row with a history may be forty times
      // as large as one without.
      slice.targets = take(targets, ({ history }) => 1 + history.length);
      slice.stateChanges = takeStateChanges(slice.targets, room);
      room -= slice.stateChanges.length;
      const its = incidents.take(room);
      room -= its.reduce((rows, { affectedMailboxes }) => rows + 1 + affectedMailboxes.length, 0);
      slice.incidents = its;
      // Messages are written in the same transaction as the change that they report, even if the slice is full.
      const ids = new Set(its.map(({ id }) => id));
      const reports = outbox.takeWhere(({ incident }) => incident !== undefined && ids.has(incident));
      room -= reports.length;
      slice.outbox = [...reports, ...take(outbox)];
      slice.credentials = take(credentials);
      slice.tokens = take(tokens);
      if (session !== undefined) slice.session = session;
      session = undefined;
      const rows = Object.values(slice).some((part) => !Array.isArray(part) || part.length > 0);
      return rows ? slice : undefined;
    },

    putBack(slice) {
      incidents.putBack(slice.incidents);
      outbox.putBack(slice.outbox);
      settlements.putBack(slice.settlements);
      maintenance.putBack(slice.maintenance);
      credentials.putBack(slice.credentials);
      tokens.putBack(slice.tokens);
      targets.putBack(slice.targets);
      for (const [key, changes] of Map.groupBy(slice.stateChanges, ({ key }) => key))
        addStateChanges(key, [...changes, ...(stateChanges.get(key) ?? [])]);
      session ??= slice.session;
    },

    dropStates() {
      targets.takeWhere(() => true);
      stateChanges.clear();
    },
    dropApps(isDropped) {
      const isOfThem = ({ app }: { readonly app: string }): boolean => isDropped(app);
      targets.takeWhere(isOfThem);
      credentials.takeWhere(isOfThem);
      tokens.takeWhere(isOfThem);
      for (const [key, [first]] of stateChanges)
        if (first !== undefined && isOfThem(first)) stateChanges.delete(key);
    },
    dropIncident(id) {
      const isOfIt = ({ incident }: OutboxMessage): boolean => incident === id;
      const messages = [...outbox.rows()].filter(isOfIt);
      if (messages.some((message) => message.attempts > 0 || settlements.has(message.id))) return false;
      outbox.takeWhere(isOfIt);
      incidents.drop(id);
      return true;
    },
    forgetWritten: incidents.forgetWritten,
    size: () =>
      [incidents, outbox, settlements, maintenance, credentials, tokens, targets].reduce(
        (rows, table) => rows + table.size(),
        [...stateChanges.values()].reduce((rows, changes) => rows + changes.length, 0),
      ),

    takeDue({ now, limit, leaseMs }) {
      const due: OutboxMessage[] = [];
      for (const message of outbox.rows()) {
        const settled = settlements.get(message.id);
        const isOver = settled !== undefined && settled.outcome !== 'retry';
        if (isOver || (settled?.due ?? message.due) > now || due.length >= limit) continue;
        due.push({ ...message, attempts: message.attempts + 1 });
      }
      outbox.add(due.map((message) => ({ ...message, due: now + leaseMs })));
      settlements.takeWhere(({ message }) => due.some(({ id }) => id === message));
      return due;
    },
  };
}

interface Table<T> {
  readonly add: (rows: readonly T[]) => void;
  readonly putBack: (rows: readonly T[]) => void;
  readonly take: (
    room: number,
    cost?: (row: T) => number,
  ) => { readonly rows: readonly T[]; readonly cost: number };
  readonly takeWhere: (wanted: (row: T) => boolean) => readonly T[];
  readonly get: (key: string) => T | undefined;
  readonly has: (key: string) => boolean;
  readonly rows: () => Iterable<T>;
  readonly size: () => number;
}

/** Pending rows by key, in the order in which they were added. */
function createTable<T>(keyOf: (row: T) => string): Table<T> {
  let waiting = new Map<string, T>();
  const takeWhere = (wanted: (row: T) => boolean): readonly T[] => {
    const taken = [...waiting.values()].filter(wanted);
    for (const row of taken) waiting.delete(keyOf(row));
    return taken;
  };
  return {
    add(rows) {
      for (const row of rows) waiting.set(keyOf(row), row);
    },
    putBack(rows) {
      waiting = new Map([...rows.map((row): [string, T] => [keyOf(row), row]), ...waiting]);
    },
    take(room, cost = () => 1) {
      let spent = 0;
      const rows: T[] = [];
      for (const row of waiting.values()) {
        if (spent >= room) break;
        spent += cost(row);
        rows.push(row);
      }
      for (const row of rows) waiting.delete(keyOf(row));
      return { rows, cost: spent };
    },
    takeWhere,
    get: (key) => waiting.get(key),
    has: (key) => waiting.has(key),
    rows: () => waiting.values(),
    size: () => waiting.size,
  };
}
