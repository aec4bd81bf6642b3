/** The statements for incidents, with their mailboxes, acknowledgements and deliveries. */
import type { IncidentQuery, Page, StoredIncident } from '../../model/past.ts';
import type { Acknowledgement, AffectedMailbox, Delivery, Incident } from '../../model/incident.ts';
import type { Database } from './database.ts';
import { affectedMailbox, type AffectedRow } from '../affected-row.ts';
import type { IncidentDetail, IncidentRow } from '../encode.ts';

/** A page ends as soon as its incidents affect this many mailboxes. */
const MOST_AFFECTED = 5_000;
const MOST_INCIDENTS = 500;

const SAVE_INCIDENT = `
INSERT INTO incident (id, problem, cause, scope, subject, owner, severity, confidence, title, state, opened, confirmed,
  closed, close_reason, superseded_by, peak, advisory, maintenance, detail)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE SET problem = excluded.problem, cause = excluded.cause, scope = excluded.scope,
  subject = excluded.subject, owner = excluded.owner, severity = excluded.severity, confidence = excluded.confidence,
  title = excluded.title, state = excluded.state, opened = excluded.opened, confirmed = excluded.confirmed,
  closed = excluded.closed, close_reason = excluded.close_reason, superseded_by = excluded.superseded_by,
  peak = excluded.peak, advisory = excluded.advisory, maintenance = excluded.maintenance, detail = excluded.detail`;

export function saveIncident(db: Database, incident: IncidentRow): void {
  // A problem has at most one open incident. If the store could not be read at the start, an older incident may still
  // be open.
  if (incident.closed === undefined)
    db.run(
      `UPDATE incident SET closed = ?1, state = 'closed', close_reason = 'superseded', superseded_by = ?2
       WHERE problem = ?3 AND closed IS NULL AND id < ?2`,
      incident.opened,
      incident.id,
      incident.problem,
    );
  db.run(
    SAVE_INCIDENT,
    incident.id,
    incident.problem,
    incident.cause,
    incident.scope,
    incident.subject,
    incident.owner,
    incident.severity,
    incident.confidence,
    incident.title,
    incident.state,
    incident.opened,
    incident.confirmed,
    incident.closed,
    incident.closeReason,
    incident.supersededBy,
    incident.peakAffected,
    incident.advisory ? 1 : 0,
    incident.maintenance,
    incident.detail,
  );
  for (const id of new Set(incident.affected.map(({ id }) => id)))
    db.run('DELETE FROM incident_mailbox WHERE incident = ? AND mailbox = ?', incident.id, id);
  for (const { id, since, until, protocols } of incident.affected)
    db.run(
      `INSERT INTO incident_mailbox (incident, mailbox, began, ended, protocols) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (incident, mailbox, began) DO UPDATE SET ended = excluded.ended, protocols = excluded.protocols`,
      incident.id,
      id,
      since,
      until,
      protocols?.join(','),
    );
}

export function acknowledge(
  db: Database,
  incident: string,
  { by, note, at, until }: Acknowledgement,
): boolean {
  return db.transaction('full', () => {
    if (db.get('SELECT 1 FROM incident WHERE id = ?', incident) === undefined) return false;
    db.run(
      `INSERT INTO acknowledgement (incident, by, note, at, ends) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (incident) DO UPDATE SET by = excluded.by, note = excluded.note, at = excluded.at,
         ends = excluded.ends`,
      incident,
      by,
      note,
      at,
      until,
    );
    return true;
  });
}

export function unacknowledge(db: Database, incident: string): boolean {
  return db.transaction('full', () => db.run('DELETE FROM acknowledgement WHERE incident = ?', incident) > 0);
}

export function incident(db: Database, id: string): StoredIncident | undefined {
  const row = db.get<IncidentColumns>('SELECT * FROM incident WHERE id = ?', id);
  return row && stored(db, row);
}

/** A parameter that is NULL switches off its condition. */
const INCIDENTS = `
SELECT * FROM incident i
WHERE (?1 IS NULL OR i.id < ?1)
  AND (?2 IS NULL OR (i.closed IS NULL) = (?2 = 'open'))
  AND (?3 IS NULL OR i.closed IS NULL OR i.closed > ?3)
  AND (?4 IS NULL OR i.opened < ?4)
  AND (?5 IS NULL OR i.cause = ?5)
  AND (?6 IS NULL OR i.owner = ?6)
  AND (?7 IS NULL OR EXISTS (SELECT 1 FROM incident_mailbox m WHERE m.incident = i.id AND m.mailbox = ?7))
  AND (?8 IS NULL OR (i.scope = 'app' AND i.subject = ?8) OR EXISTS (
    SELECT 1 FROM incident_mailbox m JOIN target t ON t.mailbox = m.mailbox WHERE m.incident = i.id AND t.app = ?8))
ORDER BY i.id DESC LIMIT ?9`;

export function incidents(db: Database, query: IncidentQuery): Page<StoredIncident> {
  const limit = Math.min(query.limit, MOST_INCIDENTS);
  const rows = db.all<IncidentColumns>(
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
  const items: StoredIncident[] = [];
  let affected = 0;
  for (const row of rows.slice(0, limit)) {
    if (affected >= MOST_AFFECTED) break;
    const item = stored(db, row);
    affected += item.affectedMailboxes.length;
    items.push(item);
  }
  const last = items.length < rows.length ? items.at(-1) : undefined;
  return { items, ...(last === undefined ? {} : { next: last.id }) };
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
}

function stored(db: Database, row: IncidentColumns): StoredIncident {
  const { confirmed, closed, close_reason, superseded_by, peak, advisory, maintenance, detail, ...rest } =
    row;
  const { formerCauses, spells, recovering, alsoHeldBy, diagnosis }: IncidentDetail = JSON.parse(detail);
  const acknowledgement = acknowledgementOf(db, row.id);
  return {
    ...rest,
    ...(confirmed === null ? {} : { confirmed }),
    ...(closed === null ? {} : { closed }),
    ...(close_reason === null ? {} : { closeReason: close_reason }),
    ...(superseded_by === null ? {} : { supersededBy: superseded_by }),
    formerCauses,
    affectedMailboxes: affectedOf(db, row.id),
    peakAffected: peak,
    advisory: advisory === 1,
    spells,
    ...(recovering === undefined ? {} : { recovering }),
    ...(alsoHeldBy === undefined ? {} : { alsoHeldBy }),
    ...(acknowledgement === undefined ? {} : { acknowledgement }),
    ...(maintenance === null ? {} : { maintenance }),
    diagnosis,
    deliveries: deliveriesOf(db, row.id),
  };
}

function affectedOf(db: Database, incident: string): readonly AffectedMailbox[] {
  return db
    .all<AffectedRow>(
      `SELECT mailbox AS id, began AS since, ended AS "until", protocols FROM incident_mailbox WHERE incident = ?
       ORDER BY mailbox, began`,
      incident,
    )
    .map(affectedMailbox);
}

function acknowledgementOf(db: Database, incident: string): Acknowledgement | undefined {
  const row = db.get<{ by: string; note: string; at: number; ends: number | null }>(
    'SELECT by, note, at, ends FROM acknowledgement WHERE incident = ?',
    incident,
  );
  if (row === undefined) return undefined;
  const { ends, ...rest } = row;
  return { ...rest, ...(ends === null ? {} : { until: ends }) };
}

type DeliveryRow = Omit<Delivery, 'detail'> & { readonly detail: string | null };

function deliveriesOf(db: Database, incident: string): readonly Delivery[] {
  return db
    .all<DeliveryRow>(
      `SELECT channel, message, outcome, coalesce(settled, created) AS at, detail FROM outbox WHERE incident = ?
       ORDER BY created, id`,
      incident,
    )
    .map(delivery);
}

function delivery({ detail, ...rest }: DeliveryRow): Delivery {
  return { ...rest, ...(detail === null ? {} : { detail }) };
}
