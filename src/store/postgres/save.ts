/**
 * Writes the rows of the journal, in the order in which they refer to each other. Runs in one transaction. If several
 * replicas share the database, writes only the rows of the apps that this one holds.
 */
import type { Queries } from '../../model/database.ts';
import type { Rows } from '../encode.ts';
import { batch, lastOf } from './batch.ts';
import { saveMaintenance } from './maintenance.ts';
import { saveMessages, settle } from './outbox.ts';
import { ownRows, type StoreSharing } from './own-rows.ts';
import { saveIncidents, type Sharing } from './save-incidents.ts';
import { saveSession, saveStateChanges, saveTargets } from './targets.ts';

/** Maps the id of each written incident to the id under which it is stored. */
export async function save(
  queries: Queries,
  given: Rows,
  sharing: StoreSharing | undefined,
): Promise<ReadonlyMap<string, string>> {
  const rows: Rows & { readonly sharing?: Sharing } =
    sharing === undefined ? given : await ownRows(queries, given, sharing);
  await saveTargets(queries, rows.targets);
  await saveStateChanges(queries, rows.stateChanges);
  const { messages, joined } = await saveIncidents(queries, rows.incidents, rows.outbox, rows.sharing);
  await saveMessages(queries, messages, sharing !== undefined);
  await settle(queries, rows.settlements);
  await saveMaintenance(queries, rows.maintenance);
  await saveApps(queries, 'credential', 'status', rows.credentials);
  await saveApps(queries, 'token', 'state', rows.tokens);
  if (rows.session !== undefined) await saveSession(queries, rows.session);
  return new Map(rows.incidents.map(({ id }) => [id, joined.get(id) ?? id]));
}

async function saveApps(
  queries: Queries,
  table: 'credential' | 'token',
  column: 'status' | 'state',
  rows: Rows['credentials'],
): Promise<void> {
  if (rows.length === 0) return;
  await queries.run(
    `INSERT INTO mailprobe.${table} (app, ${column})
     SELECT app, json FROM json_to_recordset($1::text::json) AS n (app text, json text)
     ON CONFLICT (app) DO UPDATE SET ${column} = excluded.${column}, changed = clock_timestamp()`,
    batch(lastOf(rows, ({ app }) => app)),
  );
}
