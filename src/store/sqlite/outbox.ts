/**
 * The statements for messages and their outcomes. A message with a final outcome is settled. Its row is kept, so that
 * the same message is never queued again.
 */
import type { OutboxMessage, Settlement } from '../../model/memory.ts';
import type { DueRequest } from '../store.ts';
import type { Database } from './database.ts';

export function saveMessage(db: Database, message: OutboxMessage): void {
  db.run(
    `INSERT INTO outbox (id, channel, message, incident, body, due, attempts, created)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    message.id,
    message.channel,
    message.message,
    message.incident,
    message.body,
    message.due,
    message.attempts,
    message.createdAt,
  );
}

/** Writes an outcome. A settled message stays settled, so a late report of a retry does not send it again. */
export function settle(db: Database, { message, outcome, at, due, detail }: Settlement): void {
  if (outcome === 'retry')
    db.run(
      "UPDATE outbox SET due = ?, settled = ?, detail = ? WHERE id = ? AND outcome = 'pending'",
      due ?? at,
      at,
      detail,
      message,
    );
  else
    db.run(
      "UPDATE outbox SET outcome = ?, settled = ?, detail = ?, body = '' WHERE id = ? AND outcome = 'pending'",
      outcome,
      at,
      detail,
      message,
    );
}

export function takeDue(db: Database, { now, limit, leaseMs }: DueRequest): readonly OutboxMessage[] {
  return db.transaction('normal', () => {
    const rows = db.all<MessageRow>(
      `SELECT id, channel, message, incident, body, due, attempts + 1 AS attempts, created AS createdAt
       FROM outbox WHERE outcome = 'pending' AND due <= ? ORDER BY due, id LIMIT ?`,
      now,
      limit,
    );
    for (const { id } of rows)
      db.run('UPDATE outbox SET due = ?, attempts = attempts + 1 WHERE id = ?', now + leaseMs, id);
    return rows.map(outboxMessage);
  });
}

type MessageRow = Omit<OutboxMessage, 'incident'> & { readonly incident: string | null };

function outboxMessage({ incident, ...rest }: MessageRow): OutboxMessage {
  return { ...rest, ...(incident === null ? {} : { incident }) };
}
