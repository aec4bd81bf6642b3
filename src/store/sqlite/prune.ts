/** Deletes what ended before a given time, one slice per call. Keeps what is open or still in effect. */
import type { Database } from './database.ts';

/**
 * The statements in the order of their use. A row is deleted before the rows that it refers to. The parameters are the
 * time and the number of rows.
 */
const SLICES: readonly string[] = [
  `DELETE FROM incident_mailbox WHERE (incident, mailbox, began) IN (
     SELECT m.incident, m.mailbox, m.began FROM incident i JOIN incident_mailbox m ON m.incident = i.id
     WHERE i.closed < ?1 LIMIT ?2)`,
  `DELETE FROM outbox WHERE id IN (
     SELECT id FROM outbox WHERE outcome <> 'pending' AND settled < ?1
       AND (incident IS NULL OR incident NOT IN (SELECT id FROM incident WHERE closed IS NULL OR closed >= ?1)) LIMIT ?2)`,
  'DELETE FROM incident WHERE id IN (SELECT id FROM incident WHERE closed < ?1 LIMIT ?2)',
  // Keeps the last change before the given time, because it tells the state at that time.
  `DELETE FROM state_change WHERE (target, at) IN (
     SELECT c.target, c.at FROM state_change c
     WHERE c.at < ?1 AND EXISTS (
       SELECT 1 FROM state_change n WHERE n.target = c.target AND n.at > c.at AND n.at <= ?1) LIMIT ?2)`,
  // Deletes the targets that were removed before the given time. The last change of each target is deleted with it.
  `DELETE FROM target WHERE id IN (
     SELECT c.target FROM state_change c
     WHERE c.at < ?1 AND c.state = 'removed'
       AND NOT EXISTS (SELECT 1 FROM state_change n WHERE n.target = c.target AND n.at > c.at) LIMIT ?2)`,
  'DELETE FROM session WHERE id IN (SELECT id FROM session WHERE ended < ?1 LIMIT ?2)',
  'DELETE FROM maintenance WHERE id IN (SELECT id FROM maintenance WHERE ended < ?1 LIMIT ?2)',
];

/** Returns the number of deleted rows, 0 when nothing is left to delete. */
export function prune(db: Database, before: number, limit: number): number {
  for (const slice of SLICES) {
    const deleted = db.transaction('normal', () => db.run(slice, before, limit));
    if (deleted > 0) return deleted;
  }
  return 0;
}
