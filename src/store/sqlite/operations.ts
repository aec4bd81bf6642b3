/** The operations of the worker thread by name. `sqlite-store.ts` requests them, and `sqlite-worker.ts` calls them. */
import type { CredentialMemory, TokenMemory } from '../../model/memory.ts';
import { availability, incidentFacts } from './availability.ts';
import type { Database } from './database.ts';
import type { AppRow, Rows } from '../encode.ts';
import { makeCopyFile } from './file.ts';
import { acknowledge, incident, incidents, saveIncident, unacknowledge } from './incidents.ts';
import { addMaintenance, endMaintenance, maintenance, saveMaintenance } from './maintenance.ts';
import { saveMessage, settle, takeDue } from './outbox.ts';
import { prune } from './prune.ts';
import {
  history,
  lastSession,
  saveSession,
  saveStateChange,
  saveTarget,
  sessions,
  targets,
} from './targets.ts';

export const OPERATIONS = {
  open: (): void => undefined,
  save,
  targets,
  reopenable,
  apps,
  lastSession,
  incidents,
  incident,
  history,
  availability,
  incidentFacts,
  acknowledge,
  unacknowledge,
  addMaintenance,
  endMaintenance,
  maintenance,
  sessions,
  takeDue,
  prune,
  backup,
};

export type Operations = typeof OPERATIONS;

function save(db: Database, rows: Rows): void {
  const { incidents, outbox, settlements } = rows;
  const mustLast = incidents.length + outbox.length + settlements.length > 0;
  db.transaction(mustLast ? 'full' : 'normal', () => {
    for (const row of rows.targets) saveTarget(db, row);
    for (const change of rows.stateChanges) saveStateChange(db, change);
    for (const row of incidents) saveIncident(db, row);
    for (const message of outbox) saveMessage(db, message);
    for (const settlement of settlements) settle(db, settlement);
    for (const window of rows.maintenance) saveMaintenance(db, window);
    for (const { app, json } of rows.credentials)
      db.run(
        'INSERT INTO credential VALUES (?, ?) ON CONFLICT (app) DO UPDATE SET status = excluded.status',
        app,
        json,
      );
    for (const { app, json } of rows.tokens)
      db.run(
        'INSERT INTO token VALUES (?, ?) ON CONFLICT (app) DO UPDATE SET state = excluded.state',
        app,
        json,
      );
    if (rows.session !== undefined) saveSession(db, rows.session);
  });
}

function reopenable(db: Database, closedSince: number): readonly string[] {
  return db
    .all<{ id: string }>(
      'SELECT id FROM incident WHERE closed IS NULL UNION SELECT id FROM incident WHERE closed > ? ORDER BY id',
      closedSince,
    )
    .map(({ id }) => id);
}

function apps(db: Database): {
  readonly credentials: readonly CredentialMemory[];
  readonly tokens: readonly TokenMemory[];
} {
  return {
    credentials: db
      .all<AppRow>('SELECT app, status AS json FROM credential ORDER BY app')
      .map(({ app, json }) => ({ app, status: JSON.parse(json) })),
    tokens: db
      .all<AppRow>('SELECT app, state AS json FROM token ORDER BY app')
      .map(({ app, json }) => ({ app, state: JSON.parse(json) })),
  };
}

function backup(db: Database, file: string): void {
  makeCopyFile(file);
  db.run('VACUUM INTO ?', file);
}
