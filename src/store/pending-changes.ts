/**
 * What has changed and is not written yet, merged by row: however long the store is away, it is bounded by the number of
 * targets and incidents. Hands out slices, and takes one back that could not be written. Used by the journal.
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
  /** About `limit` rows, states before incidents with their messages. Undefined: nothing waits. */
  readonly takeSlice: (limit: number) => Changes | undefined;
  /** A slice that could not be written. What was added since is newer. */
  readonly putBack: (slice: Changes) => void;
  readonly dropStates: () => void;
  /** Of these apps: they are another replica's. */
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  /** False: something was sent of it. */
  readonly dropIncident: (id: string) => boolean;
  /** The store has lost what was written. */
  readonly forgetWritten: () => void;
  /** Rows that wait. */
  readonly size: () => number;
  /** Of the messages that are not written yet, what the store's `takeDue` would answer. */
  readonly takeDue: (request: DueRequest) => readonly OutboxMessage[];
}

/** Of a target that comes and goes while the store is away, the oldest changes are given up beyond these. */
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

  /** Those of the targets, and others as far as there is room. Never after the state that followed from it. */
  const takeStateChanges = (written: readonly TargetMemory[], room: number): readonly StateChange[] => {
    const taken: StateChange[] = [];
    const take = (key: string): void => {
      taken.push(...(stateChanges.get(key) ?? []));
      stateChanges.delete(key);
    };
    for (const { key } of written) take(key);
    // No target waits where there is room left.
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
      // A state before the incident that follows from it: who is killed in between finds the incident again, and does not
      // take it for over. A history may be forty times as large as the rest of its row.
      slice.targets = take(targets, ({ history }) => 1 + history.length);
      slice.stateChanges = takeStateChanges(slice.targets, room);
      room -= slice.stateChanges.length;
      const its = incidents.take(room);
      room -= its.reduce((rows, { affectedMailboxes }) => rows + 1 + affectedMailboxes.length, 0);
      slice.incidents = its;
      // In the transaction of the change that they report, however full the slice is.
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

/** Rows by key, in the order in which they began to wait. */
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
