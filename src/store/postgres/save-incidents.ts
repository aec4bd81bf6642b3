/**
 * Writes incidents in three steps: reads and locks the existing rows, plans the result, and writes it. Part of the
 * transaction of `save`.
 */
import type { OutboxMessage } from '../../model/memory.ts';
import type { IncidentRow } from '../encode.ts';
import { batch } from './batch.ts';
import type { Queries } from '../../model/database.ts';
import { planAlone, planShared, type KnownIncident } from './plan-incidents.ts';

export interface Sharing {
  /** Does the mailbox belong to another replica? A mailbox that is no longer configured counts as ours. */
  readonly isForeign: (mailbox: string) => boolean;
}

export interface SavedIncidents {
  /** Maps the written id to the stored id, for incidents whose ids differ. */
  readonly joined: ReadonlyMap<string, string>;
  /** The messages whose changes this write has made. Another replica reports the other changes. */
  readonly messages: readonly OutboxMessage[];
}

export async function saveIncidents(
  queries: Queries,
  written: readonly IncidentRow[],
  messages: readonly OutboxMessage[],
  sharing: Sharing | undefined,
): Promise<SavedIncidents> {
  if (written.length === 0) return { joined: new Map(), messages };
  const { known, aliases } = await lockKnown(queries, written);
  const before = new Map(known.map((row) => [row.id, row]));
  const plan = sharing === undefined ? planAlone(known, written) : planShared(known, written, aliases);
  await supersede(queries, plan.superseded);
  const added = plan.rows.filter(({ id }) => !before.has(id));
  const open = plan.rows.filter(({ id, closed }) => before.has(id) && closed === undefined);
  const closing = plan.rows.filter(({ id, closed }) => before.has(id) && closed !== undefined);
  await saveRows(queries, added);
  await saveAliases(queries, plan.joined);
  await saveAffected(queries, plan.rows);
  const goOn = sharing === undefined ? new Set<string>() : await endOwn(queries, closing, sharing);
  // Closing incidents are written before open ones, because a problem has at most one open incident.
  await saveRows(
    queries,
    closing.filter(({ id }) => !goOn.has(id)),
  );
  await saveRows(queries, open);
  if (sharing === undefined) return { joined: plan.joined, messages };
  await raisePeaks(queries, plan.rows);
  const rows = new Map(plan.rows.map((row) => [row.id, row]));
  const isTrue = (message: OutboxMessage): boolean =>
    isNews(message, before.get(message.incident ?? ''), rows.get(message.incident ?? ''), goOn);
  const kept = messages
    .map((message) => ({ ...message, ...keptIncident(message, plan.joined) }))
    .filter(isTrue);
  return { joined: plan.joined, messages: kept };
}

function keptIncident({ incident }: OutboxMessage, joined: ReadonlyMap<string, string>) {
  return incident === undefined ? {} : { incident: joined.get(incident) ?? incident };
}

/**
 * If two replicas report the same change, only one of them has made it in the store. Returns true if this write made
 * the change that the message reports.
 */
function isNews(
  { message }: OutboxMessage,
  before: KnownIncident | undefined,
  row: IncidentRow | undefined,
  goOn: ReadonlySet<string>,
): boolean {
  if (row === undefined) return true;
  switch (message) {
    case 'closed':
      return (
        (before === undefined || before.closed === null) && row.closed !== undefined && !goOn.has(row.id)
      );
    case 'reopened':
      return before !== undefined && before.closed !== null;
    case 'changed':
      return before?.cause !== row.cause || before.severity !== row.severity;
    // `saveMessages` drops a second message about the same opening.
    default:
      return true;
  }
}

async function lockKnown(
  queries: Queries,
  written: readonly IncidentRow[],
): Promise<{ readonly known: readonly KnownIncident[]; readonly aliases: ReadonlyMap<string, string> }> {
  const ids = batch(written.map(({ id }) => id));
  const aliases = await queries.all<{ id: string; incident: string }>(
    'SELECT id, incident FROM mailprobe.incident_alias WHERE id IN (SELECT json_array_elements_text($1::text::json))',
    ids,
  );
  const known = await queries.all<KnownIncident>(
    `SELECT id, problem, closed, cause, severity FROM mailprobe.incident
     WHERE id IN (SELECT json_array_elements_text($1::text::json))
       OR (closed IS NULL AND problem IN (SELECT json_array_elements_text($2::text::json)))
     ORDER BY id FOR UPDATE`,
    batch([...written.map(({ id }) => id), ...aliases.map(({ incident }) => incident)]),
    batch(written.map(({ problem }) => problem)),
  );
  return { known, aliases: new Map(aliases.map(({ id, incident }) => [id, incident])) };
}

async function supersede(
  queries: Queries,
  superseded: readonly { readonly id: string; readonly by: string; readonly at: number }[],
): Promise<void> {
  if (superseded.length === 0) return;
  await queries.run(
    `UPDATE mailprobe.incident i SET closed = n.at, state = 'closed', close_reason = 'superseded',
       superseded_by = n.by
     FROM json_to_recordset($1::text::json) AS n (id text, by text, at bigint) WHERE i.id = n.id`,
    batch(superseded),
  );
}

const SAVE_ROWS = `
INSERT INTO mailprobe.incident (id, problem, cause, scope, subject, owner, severity, confidence, title, state, opened,
  confirmed, closed, close_reason, superseded_by, peak, advisory, maintenance, detail)
SELECT id, problem, cause, scope, subject, owner, severity, confidence, title, state, opened, confirmed, closed,
  "closeReason", "supersededBy", "peakAffected", advisory::int, maintenance, detail
FROM json_to_recordset($1::text::json) AS n (id text, problem text, cause text, scope text, subject text, owner text,
  severity text, confidence text, title text, state text, opened bigint, confirmed bigint, closed bigint,
  "closeReason" text, "supersededBy" text, "peakAffected" int, advisory boolean, maintenance text, detail text)
ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, cause = excluded.cause, scope = excluded.scope,
  subject = excluded.subject, owner = excluded.owner, severity = excluded.severity, confidence = excluded.confidence,
  title = excluded.title, state = excluded.state, opened = least(incident.opened, excluded.opened),
  confirmed = least(incident.confirmed, excluded.confirmed), closed = excluded.closed,
  close_reason = excluded.close_reason, superseded_by = excluded.superseded_by,
  peak = greatest(incident.peak, excluded.peak), advisory = excluded.advisory, maintenance = excluded.maintenance,
  detail = excluded.detail`;

async function saveRows(queries: Queries, rows: readonly IncidentRow[]): Promise<void> {
  if (rows.length > 0)
    await queries.run(SAVE_ROWS, batch(rows.map(({ affected: _affected, ...row }) => row)));
}

async function saveAliases(queries: Queries, joined: ReadonlyMap<string, string>): Promise<void> {
  if (joined.size === 0) return;
  await queries.run(
    `INSERT INTO mailprobe.incident_alias (id, incident)
     SELECT * FROM json_to_recordset($1::text::json) AS n (id text, incident text)
     ON CONFLICT (id) DO UPDATE SET incident = excluded.incident`,
    batch([...joined].map(([id, incident]) => ({ id, incident }))),
  );
}

async function saveAffected(queries: Queries, rows: readonly IncidentRow[]): Promise<void> {
  const affected = rows.flatMap(({ id: incident, affected: its }) =>
    [...new Map(its.map((one) => [`${one.since} ${one.id}`, one])).values()].map(
      ({ id, since, until, protocols }) => ({
        incident,
        mailbox: id,
        began: since,
        ended: until,
        protocols: protocols?.join(','),
      }),
    ),
  );
  if (affected.length === 0) return;
  const json = batch(affected);
  await queries.run(
    `DELETE FROM mailprobe.incident_mailbox WHERE (incident, mailbox) IN (
       SELECT incident, mailbox FROM json_to_recordset($1::text::json) AS n (incident text, mailbox text))`,
    json,
  );
  await queries.run(
    `INSERT INTO mailprobe.incident_mailbox (incident, mailbox, began, ended, protocols)
     SELECT * FROM json_to_recordset($1::text::json)
       AS n (incident text, mailbox text, began bigint, ended bigint, protocols text)
     ON CONFLICT (incident, mailbox, began) DO UPDATE SET ended = excluded.ended, protocols = excluded.protocols`,
    json,
  );
}

/**
 * Some of the closing incidents still affect mailboxes of other replicas. In these, ends only the entries of our
 * mailboxes. Returns the ids of these incidents, which stay open.
 */
async function endOwn(
  queries: Queries,
  closing: readonly IncidentRow[],
  { isForeign }: Sharing,
): Promise<ReadonlySet<string>> {
  if (closing.length === 0) return new Set();
  const open = await queries.all<{ incident: string; mailbox: string; began: number }>(
    `SELECT incident, mailbox, began FROM mailprobe.incident_mailbox
     WHERE ended IS NULL AND incident IN (SELECT json_array_elements_text($1::text::json))`,
    batch(closing.map(({ id }) => id)),
  );
  const goOn = new Set(open.filter(({ mailbox }) => isForeign(mailbox)).map(({ incident }) => incident));
  const endOf = new Map(closing.map(({ id, closed }) => [id, closed]));
  const own = open
    .filter(({ incident, mailbox }) => goOn.has(incident) && !isForeign(mailbox))
    .map(({ incident, mailbox, began }) => ({ incident, mailbox, began, ended: endOf.get(incident) }));
  if (own.length > 0)
    await queries.run(
      `UPDATE mailprobe.incident_mailbox m SET ended = n.ended, protocols = NULL
       FROM json_to_recordset($1::text::json) AS n (incident text, mailbox text, began bigint, ended bigint)
       WHERE m.incident = n.incident AND m.mailbox = n.mailbox AND m.began = n.began`,
      batch(own),
    );
  return goOn;
}

/**
 * Raises the peak of an incident to the number of its affected mailboxes in the store, because each replica knows only
 * its own mailboxes.
 */
async function raisePeaks(queries: Queries, rows: readonly IncidentRow[]): Promise<void> {
  await queries.run(
    `UPDATE mailprobe.incident i SET peak = n.open FROM (
       SELECT incident, count(*)::int AS open FROM mailprobe.incident_mailbox
       WHERE ended IS NULL AND incident IN (SELECT json_array_elements_text($1::text::json)) GROUP BY incident) n
     WHERE i.id = n.incident AND i.peak < n.open`,
    batch(rows.map(({ id }) => id)),
  );
}
