/**
 * The statements for messages and their outcomes. A message with a final outcome is settled. Its row is kept, so that
 * the same message is never queued again.
 */
import type { OutboxMessage, Settlement } from '../../model/memory.ts';
import type { DueRequest } from '../store.ts';
import { batch, lastOf } from './batch.ts';
import type { Queries } from '../../model/database.ts';

/** `shared`: true if another replica may have queued a message about the same opening of an incident. */
export async function saveMessages(
  queries: Queries,
  messages: readonly OutboxMessage[],
  shared: boolean,
): Promise<void> {
  if (messages.length === 0) return;
  await queries.run(
    `INSERT INTO mailprobe.outbox (id, channel, message, incident, body, due, attempts, created)
     SELECT id, channel, message, incident, body, due, attempts, "createdAt" FROM json_to_recordset($1::text::json) AS n
       (id text, channel text, message text, incident text, body text, due bigint, attempts int, "createdAt" bigint)
     WHERE NOT ($2::boolean AND n.message = 'opened' AND EXISTS (
       SELECT 1 FROM mailprobe.outbox o
       WHERE o.incident = n.incident AND o.channel = n.channel AND o.message = 'opened'))
     ON CONFLICT (id) DO NOTHING`,
    batch(messages),
    shared,
  );
}

/** Writes outcomes. A settled message stays settled, so a late report of a retry does not send it again. */
export async function settle(queries: Queries, settlements: readonly Settlement[]): Promise<void> {
  if (settlements.length === 0) return;
  await queries.run(
    `UPDATE mailprobe.outbox o SET settled = n.at, detail = n.detail,
       outcome = CASE n.outcome WHEN 'retry' THEN o.outcome ELSE n.outcome END,
       due = CASE n.outcome WHEN 'retry' THEN coalesce(n.due, n.at) ELSE o.due END,
       body = CASE n.outcome WHEN 'retry' THEN o.body ELSE '' END
     FROM json_to_recordset($1::text::json) AS n (message text, at bigint, outcome text, due bigint, detail text)
     WHERE o.id = n.message AND o.outcome = 'pending'`,
    batch(lastOf(settlements, ({ message }) => message)),
  );
}

/**
 * Takes due messages. Several replicas can call this at the same time, because each one skips rows that another one has
 * locked.
 */
export async function takeDue(
  queries: Queries,
  { now, limit, leaseMs }: DueRequest,
): Promise<readonly OutboxMessage[]> {
  const rows = await queries.all<MessageRow>(
    `WITH taken AS (
       SELECT id, due FROM mailprobe.outbox WHERE outcome = 'pending' AND due <= $1::bigint
       ORDER BY due, id LIMIT $2::int FOR UPDATE SKIP LOCKED)
     UPDATE mailprobe.outbox o SET due = $1::bigint + $3::bigint, attempts = o.attempts + 1
     FROM taken WHERE o.id = taken.id
     RETURNING o.id, o.channel, o.message, o.incident, o.body, taken.due, o.attempts, o.created AS "createdAt"`,
    now,
    limit,
    leaseMs,
  );
  return rows.map(outboxMessage).sort((a, b) => a.due - b.due || (a.id < b.id ? -1 : 1));
}

type MessageRow = Omit<OutboxMessage, 'incident'> & { readonly incident: string | null };

function outboxMessage({ incident, ...rest }: MessageRow): OutboxMessage {
  return { ...rest, ...(incident === null ? {} : { incident }) };
}
