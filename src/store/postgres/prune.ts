/** Deletes what ended before a given time, one slice after the other. Keeps what is open or still in effect. */
import type { Queries } from '../../model/database.ts';

/**
 * The statements in the order of their use. A row is deleted before the rows that it refers to. The parameters are the
 * time and the number of rows.
 */
const SLICES: readonly string[] = [
  `DELETE FROM mailprobe.incident_mailbox WHERE (incident, mailbox, began) IN (
     SELECT m.incident, m.mailbox, m.began
     FROM mailprobe.incident i JOIN mailprobe.incident_mailbox m ON m.incident = i.id
     WHERE i.closed < $1::bigint LIMIT $2::int)`,
  `DELETE FROM mailprobe.outbox WHERE id IN (
     SELECT o.id FROM mailprobe.outbox o WHERE o.outcome <> 'pending' AND o.settled < $1::bigint
       AND NOT EXISTS (SELECT 1 FROM mailprobe.incident i
         WHERE i.id = o.incident AND (i.closed IS NULL OR i.closed >= $1::bigint)) LIMIT $2::int)`,
  `DELETE FROM mailprobe.incident WHERE id IN (
     SELECT id FROM mailprobe.incident WHERE closed < $1::bigint LIMIT $2::int)`,
  // Keeps the last change before the given time, because it tells the state at that time.
  `DELETE FROM mailprobe.state_change WHERE (target, at) IN (
     SELECT c.target, c.at FROM mailprobe.state_change c
     WHERE c.at < $1::bigint AND EXISTS (
       SELECT 1 FROM mailprobe.state_change n WHERE n.target = c.target AND n.at > c.at AND n.at <= $1::bigint)
     LIMIT $2::int)`,
  // Deletes the targets that were removed before the given time. The last change of each target is deleted with it.
  `DELETE FROM mailprobe.target WHERE key IN (
     SELECT c.target FROM mailprobe.state_change c
     WHERE c.at < $1::bigint AND c.state = 'removed'
       AND NOT EXISTS (SELECT 1 FROM mailprobe.state_change n WHERE n.target = c.target AND n.at > c.at)
     LIMIT $2::int)`,
  `DELETE FROM mailprobe.session WHERE id IN (
     SELECT id FROM mailprobe.session WHERE ended < $1::bigint LIMIT $2::int)`,
  `DELETE FROM mailprobe.maintenance WHERE id IN (
     SELECT id FROM mailprobe.maintenance WHERE ended < $1::bigint LIMIT $2::int)`,
];

/** Rows per statement. More would block the event loop. */
const SLICE = 500;

/** Returns the number of deleted rows. */
export async function prune(queries: Queries, before: number): Promise<number> {
  for (let total = 0; ; ) {
    const deleted = await pruneSlice(queries, before);
    if (deleted === 0) return total;
    total += deleted;
  }
}

/** Returns 0 when nothing is left to delete. */
async function pruneSlice(queries: Queries, before: number): Promise<number> {
  for (const slice of SLICES) {
    const deleted = await queries.run(slice, before, SLICE);
    if (deleted > 0) return deleted;
  }
  return 0;
}
