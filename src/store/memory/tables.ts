/**
 * The tables of the memory store, and how a write changes them. Incidents, messages and state changes have a maximum
 * number of rows. Beyond it, the oldest rows that are no longer needed are dropped.
 */
import type { Acknowledgement, Incident } from '../../model/incident.ts';
import type {
  Changes,
  CredentialMemory,
  MaintenanceWindow,
  OutboxMessage,
  ProberSession,
  Settlement,
  StateChange,
  TargetMemory,
  TokenMemory,
} from '../../model/memory.ts';
import { mergeAffected } from '../merge-affected.ts';

/** Beyond this number, the oldest closed incidents are dropped. */
const MOST_INCIDENTS = 2_000;
const MOST_CHANGES_PER_TARGET = 100;
const MOST_MESSAGES = 10_000;

export interface Message extends OutboxMessage {
  readonly settled?: Settlement;
}

export interface Tables {
  readonly targets: Map<string, TargetMemory>;
  /** The state changes of each target by its key, the oldest first. */
  readonly changes: Map<string, readonly StateChange[]>;
  readonly sessions: Map<string, ProberSession>;
  readonly incidents: Map<string, Incident>;
  readonly acknowledgements: Map<string, Acknowledgement>;
  readonly maintenance: Map<string, MaintenanceWindow>;
  readonly credentials: Map<string, CredentialMemory>;
  readonly tokens: Map<string, TokenMemory>;
  readonly outbox: Map<string, Message>;
}

export function createTables(): Tables {
  return {
    targets: new Map(),
    changes: new Map(),
    sessions: new Map(),
    incidents: new Map(),
    acknowledgements: new Map(),
    maintenance: new Map(),
    credentials: new Map(),
    tokens: new Map(),
    outbox: new Map(),
  };
}

export function save(tables: Tables, changes: Changes): void {
  for (const target of changes.targets) tables.targets.set(target.key, target);
  for (const change of changes.stateChanges) {
    const others = (tables.changes.get(change.key) ?? []).filter(({ at }) => at !== change.at);
    const inOrder = [...others, change].sort((a, b) => a.at - b.at);
    tables.changes.set(change.key, inOrder.slice(-MOST_CHANGES_PER_TARGET));
  }
  for (const incident of changes.incidents) saveIncident(tables, incident);
  for (const message of changes.outbox)
    if (!tables.outbox.has(message.id)) tables.outbox.set(message.id, message);
  for (const settlement of changes.settlements) settle(tables, settlement);
  for (const window of changes.maintenance) tables.maintenance.set(window.id, window);
  for (const credential of changes.credentials) tables.credentials.set(credential.app, credential);
  for (const token of changes.tokens) tables.tokens.set(token.app, token);
  const { session } = changes;
  if (session !== undefined) tables.sessions.set(session.id, session);
  forget(tables.incidents, MOST_INCIDENTS, ({ closed }) => closed !== undefined);
  forget(tables.outbox, MOST_MESSAGES, isSettled);
}

function saveIncident({ incidents }: Tables, written: Incident): void {
  const { acknowledgement: _, ...incident } = written;
  if (incident.closed === undefined) {
    for (const other of incidents.values()) {
      if (other.problem !== incident.problem || other.closed !== undefined || other.id >= incident.id)
        continue;
      incidents.set(other.id, {
        ...other,
        state: 'closed',
        closed: incident.opened,
        closeReason: 'superseded',
        supersededBy: incident.id,
      });
    }
  }
  const before = incidents.get(incident.id)?.affectedMailboxes ?? [];
  const affectedMailboxes = mergeAffected(before, incident.affectedMailboxes);
  incidents.set(incident.id, { ...incident, affectedMailboxes });
}

function settle({ outbox }: Tables, settlement: Settlement): void {
  const message = outbox.get(settlement.message);
  if (message === undefined || isSettled(message)) return;
  const { outcome, due = settlement.at } = settlement;
  outbox.set(message.id, {
    ...message,
    settled: settlement,
    ...(outcome === 'retry' ? { due } : { body: '' }),
  });
}

export function isSettled({ settled }: Message): boolean {
  return settled !== undefined && settled.outcome !== 'retry';
}

function forget<T>(table: Map<string, T>, most: number, mayGo: (row: T) => boolean): void {
  if (table.size <= most) return;
  for (const [id, row] of table) {
    if (table.size <= most) return;
    if (mayGo(row)) table.delete(id);
  }
}
