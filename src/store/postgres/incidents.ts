/** The statements that read incidents, with their mailboxes, acknowledgements and deliveries. */
import type { IncidentQuery, Page, StoredIncident } from '../../model/past.ts';
import type { Acknowledgement, Delivery, Incident } from '../../model/incident.ts';
import { affectedMailbox, type AffectedRow } from '../affected-row.ts';
import type { IncidentDetail } from '../encode.ts';
import type { Queries } from '../../model/database.ts';

/** A page ends as soon as its incidents affect this many mailboxes. */
const MOST_AFFECTED = 5_000;
const MOST_INCIDENTS = 500;
/** Other replicas notice changes of at most this many incidents. */
const MOST_MARKS = 2_000;

/** A parameter that is NULL switches off its condition. */
const INCIDENTS = `
SELECT i.*, (SELECT count(*) FROM mailprobe.incident_mailbox m WHERE m.incident = i.id)::int AS affected
FROM mailprobe.incident i
WHERE ($1::text IS NULL OR i.id < $1)
  AND ($2::text IS NULL OR (i.closed IS NULL) = ($2 = 'open'))
  AND ($3::bigint IS NULL OR i.closed IS NULL OR i.closed > $3)
  AND ($4::bigint IS NULL OR i.opened < $4)
  AND ($5::text IS NULL OR i.cause = $5)
  AND ($6::text IS NULL OR i.owner = $6)
  AND ($7::text IS NULL OR EXISTS (
    SELECT 1 FROM mailprobe.incident_mailbox m WHERE m.incident = i.id AND m.mailbox = $7))
  AND ($8::text IS NULL OR (i.scope = 'app' AND i.subject = $8) OR EXISTS (
    SELECT 1 FROM mailprobe.incident_mailbox m JOIN mailprobe.target t ON t.mailbox = m.mailbox
    WHERE m.incident = i.id AND t.app = $8))
ORDER BY i.id DESC LIMIT $9::int`;

export async function incidents(queries: Queries, query: IncidentQuery): Promise<Page<StoredIncident>> {
  const limit = Math.min(query.limit, MOST_INCIDENTS);
  const rows = await queries.all<IncidentColumns>(
    INCIDENTS,
    query.after,
    query.state,
    query.from,
    query.until,
    query.cause,
    query.owner,
    query.mailbox,
    query.app,
    limit + 1,
  );
  const taken: IncidentColumns[] = [];
  let affected = 0;
  for (const row of rows.slice(0, limit)) {
    if (affected >= MOST_AFFECTED) break;
    affected += row.affected;
    taken.push(row);
  }
  const items = await stored(queries, taken);
  const last = items.length < rows.length ? items.at(-1) : undefined;
  return { items, ...(last === undefined ? {} : { next: last.id }) };
}

export async function incident(queries: Queries, id: string): Promise<StoredIncident | undefined> {
  const rows = await queries.all<IncidentColumns>(
    'SELECT i.*, 0 AS affected FROM mailprobe.incident i WHERE id = $1',
    id,
  );
  const [found] = await stored(queries, rows);
  return found;
}

/**
 * Returns the incidents that are open or that closed after `closedSince`, the oldest first. The condition `which`
 * selects among them. Its parameters begin at $2.
 */
export async function reopenable(
  queries: Queries,
  closedSince: number,
  which = 'true',
  ...values: readonly string[]
): Promise<readonly Incident[]> {
  const rows = await queries.all<IncidentColumns>(
    `SELECT i.*, 0 AS affected FROM mailprobe.incident i
     WHERE (i.closed IS NULL OR i.closed > $1::bigint) AND ${which} ORDER BY i.id`,
    closedSince,
    ...values,
  );
  const found = await stored(queries, rows);
  return found.map(({ deliveries: _deliveries, ...incident }) => incident);
}

/**
 * Returns a mark for each incident that is open or that closed after `closedSince`. The mark changes whenever the
 * incident changes. The newest incidents are first, and at most `MOST_MARKS` are returned.
 */
export async function incidentMarks(
  { all }: Queries,
  closedSince: number,
): Promise<readonly { readonly id: string; readonly mark: string }[]> {
  return await all(
    `SELECT i.id, md5(concat_ws(' ', i::text, a::text, (
       SELECT concat_ws(' ', count(*), count(m.ended), max(m.began), max(m.ended))
       FROM mailprobe.incident_mailbox m WHERE m.incident = i.id))) AS mark
     FROM mailprobe.incident i LEFT JOIN mailprobe.acknowledgement a ON a.incident = i.id
     WHERE i.closed IS NULL OR i.closed > $1::bigint ORDER BY i.id DESC LIMIT ${MOST_MARKS}`,
    closedSince,
  );
}

export async function incidentsById(queries: Queries, ids: readonly string[]): Promise<readonly Incident[]> {
  const which = 'i.id IN (SELECT json_array_elements_text($2::text::json))';
  return await reopenable(queries, 0, which, JSON.stringify(ids));
}

interface IncidentColumns
  extends Pick<
    Incident,
    | 'id'
    | 'problem'
    | 'cause'
    | 'scope'
    | 'subject'
    | 'owner'
    | 'severity'
    | 'confidence'
    | 'title'
    | 'state'
    | 'opened'
  > {
  readonly confirmed: number | null;
  readonly closed: number | null;
  readonly close_reason: NonNullable<Incident['closeReason']> | null;
  readonly superseded_by: string | null;
  readonly peak: number;
  readonly advisory: number;
  readonly maintenance: string | null;
  readonly detail: string;
  readonly affected: number;
}

interface AcknowledgementRow extends Omit<Acknowledgement, 'until'> {
  readonly incident: string;
  readonly ends: number | null;
}

type DeliveryRow = Omit<Delivery, 'detail'> & { readonly incident: string; readonly detail: string | null };

/** Adds mailboxes, acknowledgements and deliveries to the rows. Runs three statements for any number of incidents. */
async function stored(
  queries: Queries,
  rows: readonly IncidentColumns[],
): Promise<readonly StoredIncident[]> {
  if (rows.length === 0) return [];
  const ids = JSON.stringify(rows.map(({ id }) => id));
  const OF_THESE = 'incident IN (SELECT json_array_elements_text($1::text::json))';
  const affected = await queries.all<AffectedRow & { readonly incident: string }>(
    `SELECT incident, mailbox AS id, began AS since, ended AS "until", protocols FROM mailprobe.incident_mailbox
     WHERE ${OF_THESE} ORDER BY mailbox, began`,
    ids,
  );
  const acknowledgements = await queries.all<AcknowledgementRow>(
    `SELECT incident, by, note, at, ends FROM mailprobe.acknowledgement WHERE ${OF_THESE}`,
    ids,
  );
  const deliveries = await queries.all<DeliveryRow>(
    `SELECT incident, channel, message, outcome, coalesce(settled, created) AS at, detail FROM mailprobe.outbox
     WHERE ${OF_THESE} ORDER BY created, id COLLATE "C"`,
    ids,
  );
  const affectedOf = Map.groupBy(affected, ({ incident }) => incident);
  const deliveriesOf = Map.groupBy(deliveries, ({ incident }) => incident);
  const acknowledged = new Map(acknowledgements.map((row) => [row.incident, acknowledgementOf(row)]));
  return rows.map((row) =>
    incidentOf(row, {
      affectedMailboxes: (affectedOf.get(row.id) ?? []).map(affectedMailbox),
      acknowledgement: acknowledged.get(row.id),
      deliveries: (deliveriesOf.get(row.id) ?? []).map(delivery),
    }),
  );
}

function incidentOf(
  row: IncidentColumns,
  more: Pick<StoredIncident, 'affectedMailboxes' | 'deliveries'> & {
    readonly acknowledgement: Acknowledgement | undefined;
  },
): StoredIncident {
  const {
    confirmed,
    closed,
    close_reason,
    superseded_by,
    peak,
    advisory,
    maintenance,
    detail,
    affected: _,
    ...rest
  } = row;
  const { acknowledgement, affectedMailboxes, deliveries } = more;
  const { formerCauses, spells, recovering, alsoHeldBy, diagnosis }: IncidentDetail = JSON.parse(detail);
  return {
    ...rest,
    ...(confirmed === null ? {} : { confirmed }),
    ...(closed === null ? {} : { closed }),
    ...(close_reason === null ? {} : { closeReason: close_reason }),
    ...(superseded_by === null ? {} : { supersededBy: superseded_by }),
    formerCauses,
    affectedMailboxes,
    peakAffected: peak,
    advisory: advisory === 1,
    spells,
    ...(recovering === undefined ? {} : { recovering }),
    ...(alsoHeldBy === undefined ? {} : { alsoHeldBy }),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
    ...(maintenance === null ? {} : { maintenance }),
    diagnosis,
    deliveries,
  };
}

function acknowledgementOf({ by, note, at, ends }: AcknowledgementRow): Acknowledgement {
  return { by, note, at, ...(ends === null ? {} : { until: ends }) };
}

function delivery({ channel, message, outcome, at, detail }: DeliveryRow): Delivery {
  return { channel, message, outcome, at, ...(detail === null ? {} : { detail }) };
}
