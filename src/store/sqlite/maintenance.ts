/** The statements for maintenance windows. */
import type { Span } from '../../model/past.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import type { Database } from './database.ts';

export function saveMaintenance(db: Database, window: MaintenanceWindow): void {
  const { id, from, until, by, note, apps, mailboxes, labels } = window;
  const json = (value: unknown): string | undefined =>
    value === undefined ? undefined : JSON.stringify(value);
  db.run(
    `INSERT INTO maintenance (id, began, ended, by, note, apps, mailboxes, labels) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET began = excluded.began, ended = excluded.ended, by = excluded.by,
       note = excluded.note, apps = excluded.apps, mailboxes = excluded.mailboxes, labels = excluded.labels`,
    id,
    from,
    until,
    by,
    note,
    json(apps),
    json(mailboxes),
    json(labels),
  );
}

export function addMaintenance(db: Database, window: MaintenanceWindow): void {
  db.transaction('full', () => saveMaintenance(db, window));
}

export function endMaintenance(db: Database, id: string, at: number): boolean {
  return db.transaction('full', () => {
    const deleted = db.run('DELETE FROM maintenance WHERE id = ?1 AND began >= ?2', id, at);
    const ended = db.run(
      'UPDATE maintenance SET ended = ?2 WHERE id = ?1 AND (ended IS NULL OR ended > ?2)',
      id,
      at,
    );
    return deleted + ended > 0;
  });
}

export function maintenance(db: Database, { from, until }: Span): readonly MaintenanceWindow[] {
  return db
    .all<StoredWindow>(
      'SELECT * FROM maintenance WHERE began < ? AND (ended IS NULL OR ended > ?) ORDER BY began, id',
      until,
      from,
    )
    .map(maintenanceWindow);
}

interface StoredWindow {
  readonly id: string;
  readonly began: number;
  readonly ended: number | null;
  readonly by: string;
  readonly note: string;
  readonly apps: string | null;
  readonly mailboxes: string | null;
  readonly labels: string | null;
}

function maintenanceWindow(row: StoredWindow): MaintenanceWindow {
  const { id, began, ended, by, note, apps, mailboxes, labels } = row;
  return {
    id,
    from: began,
    ...(ended === null ? {} : { until: ended }),
    by,
    note,
    ...(apps === null ? {} : { apps: JSON.parse(apps) }),
    ...(mailboxes === null ? {} : { mailboxes: JSON.parse(mailboxes) }),
    ...(labels === null ? {} : { labels: JSON.parse(labels) }),
  };
}
