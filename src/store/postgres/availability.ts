/** The statements that read the input of `../availability.ts` for a slice of mailboxes at a time. */
import type { Page, Span } from '../../model/past.ts';
import type { StateChange } from '../../model/memory.ts';
import {
  availabilityOf,
  type AvailabilityFacts,
  type IncidentFact,
  type MailboxAvailability,
} from '../availability.ts';
import type { Queries } from '../../model/database.ts';
import { maintenance } from './maintenance.ts';
import { sessions } from './targets.ts';

interface ChangeRow extends Pick<StateChange, 'at' | 'state'> {
  readonly target: string;
  readonly mailbox: string;
  readonly app: string;
  readonly labels: string;
}

/** The condition for incidents that count for availability and overlap the window. `$1` is its start, `$2` its end. */
const COUNTED = `i.advisory = 0 AND i.maintenance IS NULL AND i.opened < $2::bigint
  AND (i.closed IS NULL OR i.closed > $1::bigint)`;

/** Rows per reply. Larger replies would block the event loop. */
const SLICE = 500;

export async function availability(queries: Queries, { from, until }: Span): Promise<AvailabilityFacts> {
  const window = { from, until };
  return {
    window,
    mailboxes: await everyPage(async (after) => await mailboxPage(queries, window, after, SLICE)),
    incidents: await everyPage(async (after) => await incidentPage(queries, window, after, SLICE)),
  };
}

async function everyPage<T>(page: (after: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let after: string | undefined = ''; after !== undefined; ) {
    const { items, next }: Page<T> = await page(after);
    all.push(...items);
    after = next;
  }
  return all;
}

async function mailboxPage(
  queries: Queries,
  window: Span,
  after: string,
  limit: number,
): Promise<Page<MailboxAvailability>> {
  const mailboxes = await queries.all<{ mailbox: string }>(
    'SELECT DISTINCT mailbox FROM mailprobe.target WHERE mailbox > $1 ORDER BY mailbox LIMIT $2::int',
    after,
    limit,
  );
  const last = mailboxes.at(-1)?.mailbox;
  if (last === undefined) return { items: [] };
  const changes = await changesOf(queries, window, after, last);
  const incidents = await incidentsOf(queries, window, after, last);
  const compute = availabilityOf(window, {
    sessions: await sessions(queries, window),
    maintenance: await maintenance(queries, window),
  });
  const items = [...Map.groupBy(changes, ({ mailbox }) => mailbox)].flatMap(([mailbox, rows]) => {
    const [first] = rows;
    if (first === undefined) return [];
    const targets = [...Map.groupBy(rows, ({ target }) => target).values()];
    const labels: Readonly<Record<string, string>> = JSON.parse(first.labels);
    return [compute({ mailbox, app: first.app, labels, targets, incidents: incidents.get(mailbox) ?? [] })];
  });
  return { items, ...(mailboxes.length < limit ? {} : { next: last }) };
}

async function incidentPage(
  queries: Queries,
  window: Span,
  after: string,
  limit: number,
): Promise<Page<IncidentFact>> {
  const rows = await queries.all<FactRow>(
    `SELECT id, cause, scope, subject, owner, opened, closed FROM mailprobe.incident i
     WHERE ${COUNTED} AND id > $3 ORDER BY id LIMIT $4::int`,
    window.from,
    window.until,
    after,
    limit,
  );
  const next = rows.length < limit ? undefined : rows.at(-1)?.id;
  return { items: rows.map(incidentFact), ...(next === undefined ? {} : { next }) };
}

type FactRow = Omit<IncidentFact, 'closed'> & { readonly closed: number | null };

function incidentFact({ closed, ...rest }: FactRow): IncidentFact {
  return { ...rest, ...(closed === null ? {} : { closed }) };
}

async function changesOf(
  queries: Queries,
  window: Span,
  after: string,
  last: string,
): Promise<readonly ChangeRow[]> {
  return await queries.all<ChangeRow>(
    `WITH t AS MATERIALIZED (
       SELECT key, mailbox, app, labels,
         coalesce((SELECT max(at) FROM mailprobe.state_change WHERE target = key AND at <= $1::bigint), $1) AS since
       FROM mailprobe.target WHERE mailbox > $3 AND mailbox <= $4)
     SELECT t.key AS target, t.mailbox, t.app, t.labels, c.at, c.state
     FROM t JOIN mailprobe.state_change c ON c.target = t.key AND c.at >= t.since AND c.at < $2::bigint
     ORDER BY t.mailbox, t.key`,
    window.from,
    window.until,
    after,
    last,
  );
}

async function incidentsOf(
  queries: Queries,
  window: Span,
  after: string,
  last: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const rows = await queries.all<{ mailbox: string; incident: string }>(
    `SELECT DISTINCT m.mailbox, m.incident
     FROM mailprobe.incident_mailbox m JOIN mailprobe.incident i ON i.id = m.incident
     WHERE m.mailbox > $3 AND m.mailbox <= $4 AND m.began < $2::bigint AND (m.ended IS NULL OR m.ended > $1::bigint)
       AND ${COUNTED}
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
