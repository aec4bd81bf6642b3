/**
 * Changes that are not written yet. A newer change of a row replaces the older one. So the number of changes depends on
 * the number of targets and incidents, and not on how long the store is unavailable. Used by the journal.
 */
import { NO_CHANGES, type Changes, type OutboxMessage, type TargetMemory } from '../model/memory.ts';
import { createPendingIncidents, type PendingIncidents } from './pending-incidents.ts';
import { createPendingOutbox, type PendingOutbox } from './pending-outbox.ts';
import { createPendingStateChanges, type PendingStateChanges } from './pending-state-changes.ts';
import { createPendingTable, type PendingTable } from './pending-table.ts';
import type { DueRequest } from './store.ts';

export interface PendingChanges {
  readonly add: (changes: Partial<Changes>) => void;
  /**
   * Takes about `limit` rows: states before incidents, and incidents with their messages. Undefined if nothing is
   * pending.
   */
  readonly takeSlice: (limit: number) => Changes | undefined;
  /**
   * Takes back a slice that could not be written. Changes that were added since it was taken are newer and replace its
   * rows.
   */
  readonly putBack: (slice: Changes) => void;
  readonly dropStates: () => void;
  /** Drops the rows of these apps, because they belong to another replica. */
  readonly dropApps: (isDropped: (app: string) => boolean) => void;
  /**
   * Drops the incident and its messages, and returns true. If one of the messages was already sent, drops nothing and
   * returns false.
   */
  readonly dropIncident: (id: string) => boolean;
  /** Must be called when the store has lost its content. Incidents are then written with all their mailboxes again. */
  readonly forgetWritten: () => void;
  readonly size: () => number;
  /** Does the same as the store's `takeDue` for messages that are not written yet. */
  readonly takeDue: (request: DueRequest) => readonly OutboxMessage[];
}

export function createPendingChanges(): PendingChanges {
  const tables = createTables();
  const { incidents, outbox, maintenance, credentials, tokens, targets, stateChanges } = tables;
  const { messages, settlements } = outbox;
  let session: Changes['session'];

  return {
    add(changes) {
      for (const incident of changes.incidents ?? []) incidents.add(incident);
      messages.add(changes.outbox ?? []);
      settlements.add(changes.settlements ?? []);
      maintenance.add(changes.maintenance ?? []);
      credentials.add(changes.credentials ?? []);
      tokens.add(changes.tokens ?? []);
      targets.add(changes.targets ?? []);
      stateChanges.add(changes.stateChanges ?? []);
      session = changes.session ?? session;
    },
    takeSlice(limit) {
      const slice = { ...takeRows(tables, limit), ...(session === undefined ? {} : { session }) };
      session = undefined;
      const hasRows = Object.values(slice).some((part) => !Array.isArray(part) || part.length > 0);
      return hasRows ? slice : undefined;
    },
    putBack(slice) {
      incidents.putBack(slice.incidents);
      messages.putBack(slice.outbox);
      settlements.putBack(slice.settlements);
      maintenance.putBack(slice.maintenance);
      credentials.putBack(slice.credentials);
      tokens.putBack(slice.tokens);
      targets.putBack(slice.targets);
      stateChanges.putBack(slice.stateChanges);
      session ??= slice.session;
    },
    dropStates() {
      targets.takeWhere(() => true);
      stateChanges.clear();
    },
    dropApps: (isDropped) => dropApps(tables, isDropped),
    dropIncident(id) {
      const isDropped = outbox.dropAbout(id);
      if (isDropped) incidents.drop(id);
      return isDropped;
    },
    forgetWritten: incidents.forgetWritten,
    size: () =>
      [incidents, messages, settlements, maintenance, credentials, tokens, targets, stateChanges].reduce(
        (rows, table) => rows + table.size(),
        0,
      ),
    takeDue: outbox.takeDue,
  };
}

interface Tables {
  readonly incidents: PendingIncidents;
  readonly outbox: PendingOutbox;
  readonly maintenance: PendingTable<Changes['maintenance'][number]>;
  readonly credentials: PendingTable<Changes['credentials'][number]>;
  readonly tokens: PendingTable<Changes['tokens'][number]>;
  readonly targets: PendingTable<Changes['targets'][number]>;
  readonly stateChanges: PendingStateChanges;
}

function createTables(): Tables {
  return {
    incidents: createPendingIncidents(),
    outbox: createPendingOutbox(),
    maintenance: createPendingTable(({ id }) => id),
    credentials: createPendingTable(({ app }) => app),
    tokens: createPendingTable(({ app }) => app),
    targets: createPendingTable(({ key }) => key),
    stateChanges: createPendingStateChanges(),
  };
}

/**
 * A remembered probe of a target counts as this many rows, because it has many texts, and each text is searched for
 * secrets before it is written. With this number, about thirty targets that have just failed are written at once, or four
 * that have failed for long. Either takes the main thread a few milliseconds.
 */
const COST_OF_REMEMBERED_PROBE = 18;

function rowCost({ history }: TargetMemory): number {
  return 1 + COST_OF_REMEMBERED_PROBE * history.length;
}

function takeRows(tables: Tables, limit: number): Omit<Changes, 'session'> {
  const { messages, settlements } = tables.outbox;
  let room = limit;
  const take = <T>(table: PendingTable<T>, cost?: (row: T) => number): readonly T[] => {
    const { rows, cost: spent } = table.take(room, cost);
    room -= spent;
    return rows;
  };
  const slice: { -readonly [K in keyof Changes]: Changes[K] } = { ...NO_CHANGES };
  slice.settlements = take(settlements);
  slice.maintenance = take(tables.maintenance);
  // A state is written before the incident that follows from it. If the process is killed between the two writes, the
  // next process finds the failure in the state and does not close the incident.
  slice.targets = take(tables.targets, rowCost);
  slice.stateChanges = tables.stateChanges.take(
    slice.targets.map(({ key }) => key),
    room,
    (key) => !tables.targets.has(key),
  );
  room -= slice.stateChanges.length;
  const its = tables.incidents.take(room);
  room -= its.reduce((rows, { affectedMailboxes }) => rows + 1 + affectedMailboxes.length, 0);
  slice.incidents = its;
  // Messages are written in the same transaction as the change that they report, even if the slice is full.
  const ids = new Set(its.map(({ id }) => id));
  const reports = messages.takeWhere(({ incident }) => incident !== undefined && ids.has(incident));
  room -= reports.length;
  slice.outbox = [...reports, ...take(messages)];
  slice.credentials = take(tables.credentials);
  slice.tokens = take(tables.tokens);
  return slice;
}

function dropApps(
  { targets, credentials, tokens, stateChanges }: Tables,
  isDropped: (app: string) => boolean,
): void {
  const isOfThem = ({ app }: { readonly app: string }): boolean => isDropped(app);
  targets.takeWhere(isOfThem);
  credentials.takeWhere(isOfThem);
  tokens.takeWhere(isOfThem);
  stateChanges.dropApps(isDropped);
}
