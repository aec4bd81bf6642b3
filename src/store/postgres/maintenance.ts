/** The statements for maintenance windows. */
import type { Span } from '../../model/past.ts';
import type { MaintenanceWindow } from '../../model/memory.ts';
import { batch, lastOf } from './batch.ts';
import type { Queries } from '../../model/database.ts';

export async function saveMaintenance(
  queries: Queries,
  windows: readonly MaintenanceWindow[],
): Promise<void> {
  if (windows.length === 0) return;
  const json = (value: unknown): string | undefined =>
    value === undefined ? undefined : JSON.stringify(value);
  const rows = lastOf(windows, ({ id }) => id).map(
    ({ id, from, until, by, note, apps, mailboxes, labels }) => ({
      id,
      from,
      until,
      by,
      note,
      apps: json(apps),
      mailboxes: json(mailboxes),
      labels: json(labels),
    }),
  );
  await queries.run(
    `INSERT INTO mailprobe.maintenance (id, began, ended, by, note, apps, mailboxes, labels)
     SELECT id, "from", until, by, note, apps, mailboxes, labels FROM json_to_recordset($1::text::json) AS n
       (id text, "from" bigint, until bigint, by text, note text, apps text, mailboxes text, labels text)
     ON CONFLICT (id) DO UPDATE SET began = excluded.began, ended = excluded.ended, by = excluded.by,
       note = excluded.note, apps = excluded.apps, mailboxes = excluded.mailboxes, labels = excluded.labels`,
    batch(rows),
  );
}

export async function endMaintenance(queries: Queries, id: string, at: number): Promise<boolean> {
  const deleted = await queries.run(
    'DELETE FROM mailprobe.maintenance WHERE id = $1 AND began >= $2::bigint',
    id,
    at,
  );
  const ended = await queries.run(
    'UPDATE mailprobe.maintenance SET ended = $2::bigint WHERE id = $1 AND (ended IS NULL OR ended > $2::bigint)',
    id,
    at,
  );
  return deleted + ended > 0;
}

export async function maintenance(
  queries: Queries,
  { from, until }: Span,
): Promise<readonly MaintenanceWindow[]> {
  const rows = await queries.all<StoredWindow>(
    `SELECT * FROM mailprobe.maintenance WHERE began < $1::bigint AND (ended IS NULL OR ended > $2::bigint)
     ORDER BY began, id`,
    until,
    from,
  );
  return rows.map(maintenanceWindow);
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
