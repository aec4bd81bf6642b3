/** The statements that read the input of `../availability.ts` for a slice of mailboxes. */
import type { Page, Span } from '../../model/past.ts';
import type { StateChange } from '../../model/memory.ts';
import {
  availabilityOf,
  type IncidentFact,
  type MailboxAvailability,
  type WatchedMailbox,
} from '../availability.ts';
import type { Database } from './database.ts';
import { maintenance } from './maintenance.ts';
import { sessions } from './targets.ts';

type Change = Pick<StateChange, 'at' | 'state'>;

interface WatchedRow {
  readonly id: number;
  readonly mailbox: string;
  readonly app: string;
  readonly labels: string;
}

/** The condition for incidents that count for availability and overlap the window. `?1` is its start, `?2` its end. */
const COUNTED = `advisory = 0 AND maintenance IS NULL AND opened < ?2 AND (closed IS NULL OR closed > ?1)`;

export function availability(
  db: Database,
  window: Span,
  after: string,
  limit: number,
): Page<MailboxAvailability> {
  const mailboxes = db.all<{ mailbox: string }>(
    'SELECT DISTINCT mailbox FROM target WHERE mailbox > ? ORDER BY mailbox LIMIT ?',
    after,
    limit,
  );
  const last = mailboxes.at(-1)?.mailbox;
  if (last === undefined) return { items: [] };
  const targets = db.all<WatchedRow>(
    'SELECT id, mailbox, app, labels FROM target WHERE mailbox > ? AND mailbox <= ? ORDER BY mailbox, id',
    after,
    last,
  );
  const changes = changesOf(db, window, after, last);
  const incidents = incidentsOf(db, window, after, last);
  const compute = availabilityOf(window, {
    sessions: sessions(db, window),
    maintenance: maintenance(db, window),
  });
  /**
   * Most mailboxes have the same labels, so equal texts are parsed once. The parsed labels are copied to the main
   * thread only once, too.
   */
  const known = new Map<string, WatchedMailbox['labels']>();
  const labelsOf = (text: string): WatchedMailbox['labels'] => {
    const labels = known.get(text) ?? JSON.parse(text);
    known.set(text, labels);
    return labels;
  };
  const items = [...Map.groupBy(targets, ({ mailbox }) => mailbox)].flatMap(([mailbox, rows]) => {
    const [{ app, labels } = { app: '', labels: '{}' }] = rows;
    const its = rows.flatMap(({ id }) => {
      const own = changes.get(id);
      return own === undefined ? [] : [own];
    });
    // The mailbox was not watched before the end of the window.
    if (its.length === 0) return [];
    const watched = { mailbox, app, labels: labelsOf(labels), targets: its };
    return compute({ ...watched, incidents: incidents.get(mailbox) ?? [] });
  });
  return { items, ...(mailboxes.length < limit ? {} : { next: last }) };
}

export function incidentFacts(db: Database, window: Span, after: string, limit: number): Page<IncidentFact> {
  const rows = db.all<FactRow>(
    `SELECT id, cause, scope, subject, owner, opened, closed FROM incident
     WHERE ${COUNTED} AND id > ?3 ORDER BY id LIMIT ?4`,
    window.from,
    window.until,
    after,
    limit,
  );
  const next = rows.length < limit ? undefined : rows.at(-1)?.id;
  return {
    items: rows.map(incidentFact),
    ...(next === undefined ? {} : { next }),
  };
}

type FactRow = Omit<IncidentFact, 'closed'> & { readonly closed: number | null };

function incidentFact({ closed, ...rest }: FactRow): IncidentFact {
  return { ...rest, ...(closed === null ? {} : { closed }) };
}

/** Returns the changes of each target, the oldest first. */
function changesOf(
  db: Database,
  window: Span,
  after: string,
  last: string,
): ReadonlyMap<number, readonly Change[]> {
  const rows = db.all<Change & { readonly target: number }>(
    `WITH t AS MATERIALIZED (
       SELECT id, coalesce((SELECT max(at) FROM state_change WHERE target = id AND at <= ?1), ?1) AS since
       FROM target WHERE mailbox > ?3 AND mailbox <= ?4 ORDER BY mailbox)
     SELECT c.target, c.at, c.state
     FROM t CROSS JOIN state_change c ON c.target = t.id AND c.at >= t.since AND c.at < ?2`,
    window.from,
    window.until,
    after,
    last,
  );
  return Map.groupBy(rows, ({ target }) => target);
}

function incidentsOf(
  db: Database,
  window: Span,
  after: string,
  last: string,
): ReadonlyMap<string, readonly string[]> {
  const rows = db.all<{ mailbox: string; incident: string }>(
    `SELECT DISTINCT m.mailbox, m.incident FROM incident_mailbox m CROSS JOIN incident i ON i.id = m.incident
     WHERE m.mailbox > ?3 AND m.mailbox <= ?4 AND m.began < ?2 AND (m.ended IS NULL OR m.ended > ?1) AND ${COUNTED}
     ORDER BY m.mailbox, m.incident`,
    window.from,
    window.until,
    after,
    last,
  );
  const ids = new Map<string, string[]>();
  for (const { mailbox, incident } of rows) {
    const known = ids.get(mailbox);
    if (known === undefined) ids.set(mailbox, [incident]);
    else known.push(incident);
  }
  return ids;
}
