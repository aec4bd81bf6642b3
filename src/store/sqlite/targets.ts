/** The statements for targets, their state changes and the prober's sessions. */
import type { HistoryQuery, Page, Span } from '../../model/past.ts';
import type { ProberSession, StateChange, TargetMemory } from '../../model/memory.ts';
import type { Confirmed } from '../../model/status.ts';
import type { Protocol } from '../../model/protocol.ts';
import type { Database } from './database.ts';
import type { TargetRow } from '../encode.ts';
import { sessionOf, sessionRow, type SessionRow } from '../session-row.ts';

const SAVE_TARGET = `
INSERT INTO target (key, mailbox, protocol, app, labels, identity, confirmed, confirmed_since, successes, failures,
  blamed, failing_since, last_failure, last_success, last_probe, probes, by_cause, history,
  course)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (key) DO UPDATE SET app = excluded.app, labels = excluded.labels, identity = excluded.identity,
  confirmed = excluded.confirmed, confirmed_since = excluded.confirmed_since, successes = excluded.successes,
  failures = excluded.failures, blamed = excluded.blamed, failing_since = excluded.failing_since,
  last_failure = excluded.last_failure, last_success = excluded.last_success, last_probe = excluded.last_probe,
  probes = excluded.probes, by_cause = excluded.by_cause, history = excluded.history,
  course = excluded.course`;

export function saveTarget(db: Database, target: TargetRow): void {
  db.run(
    SAVE_TARGET,
    target.key,
    target.mailbox,
    target.protocol,
    target.app,
    target.labels,
    target.identity,
    target.confirmed,
    target.confirmedSince,
    target.consecutiveSuccesses,
    target.consecutiveFailures,
    target.blamedFailures,
    target.failingSince,
    target.lastFailure,
    target.lastSuccess,
    target.lastProbe,
    target.probesTotal,
    target.byCause,
    target.history,
    target.course,
  );
}

export function saveStateChange(db: Database, { key, mailbox, protocol, app, at, state }: StateChange): void {
  db.run(
    'INSERT INTO target (key, mailbox, protocol, app) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO NOTHING',
    key,
    mailbox,
    protocol,
    app,
  );
  db.run(
    `INSERT INTO state_change (target, at, state) SELECT id, ?, ? FROM target WHERE key = ?
     ON CONFLICT (target, at) DO UPDATE SET state = excluded.state`,
    at,
    state,
    key,
  );
}

export function saveSession(db: Database, session: ProberSession): void {
  const { id, replica, from, until } = sessionRow(session);
  db.run(
    `INSERT INTO session (id, replica, began, ended) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET ended = excluded.ended`,
    id,
    replica,
    from,
    until,
  );
}

export function lastSession(db: Database): ProberSession | undefined {
  const row = db.get<SessionRow>(
    'SELECT id, replica, began AS "from", ended AS "until" FROM session ORDER BY ended DESC, began DESC LIMIT 1',
  );
  return row && sessionOf(row);
}

export function sessions(db: Database, { from, until }: Span): readonly Span[] {
  return db.all<Span>(
    'SELECT began AS "from", ended AS "until" FROM session WHERE began < ? AND ended > ? ORDER BY began',
    until,
    from,
  );
}

interface StoredTarget {
  readonly id: number;
  readonly key: string;
  readonly mailbox: string;
  readonly protocol: Protocol;
  readonly app: string;
  readonly labels: string;
  readonly identity: string;
  readonly confirmed: Confirmed;
  readonly confirmed_since: number;
  readonly successes: number;
  readonly failures: number;
  readonly blamed: number;
  readonly failing_since: number | null;
  readonly last_failure: number | null;
  readonly last_success: number | null;
  readonly last_probe: number | null;
  readonly probes: number;
  readonly by_cause: string;
  readonly history: string | null;
  readonly course: string | null;
}

/** Returns a slice of the targets whose state is known, in row order. */
export function targets(db: Database, after: number, limit: number): Page<TargetMemory> {
  const rows = db.all<StoredTarget>(
    'SELECT * FROM target WHERE id > ? AND identity IS NOT NULL ORDER BY id LIMIT ?',
    after,
    limit,
  );
  const last = rows.length < limit ? undefined : rows.at(-1);
  return { items: rows.map(targetMemory), ...(last === undefined ? {} : { next: String(last.id) }) };
}

function targetMemory(row: StoredTarget): TargetMemory {
  const { failing_since, last_failure, last_success, last_probe } = row;
  return {
    key: row.key,
    mailbox: row.mailbox,
    protocol: row.protocol,
    app: row.app,
    labels: JSON.parse(row.labels),
    identity: row.identity,
    confirmed: row.confirmed,
    confirmedSince: row.confirmed_since,
    consecutiveSuccesses: row.successes,
    consecutiveFailures: row.failures,
    blamedFailures: row.blamed,
    ...(failing_since === null ? {} : { failingSince: failing_since }),
    ...(last_failure === null ? {} : { lastFailure: last_failure }),
    ...(last_success === null ? {} : { lastSuccess: last_success }),
    ...(last_probe === null ? {} : { lastProbe: last_probe }),
    probesTotal: row.probes,
    failuresByCause: JSON.parse(row.by_cause),
    ...(row.course === null ? {} : { course: JSON.parse(row.course) }),
    history: row.history === null ? [] : JSON.parse(row.history),
  };
}

export function history(db: Database, { mailbox, from, until }: HistoryQuery): readonly StateChange[] {
  return db.all<StateChange>(
    `SELECT t.key, t.mailbox, t.protocol, t.app, c.at, c.state
     FROM target t JOIN state_change c ON c.target = t.id
     WHERE t.mailbox = ?1 AND c.at < ?3
       AND c.at >= coalesce((SELECT max(at) FROM state_change WHERE target = t.id AND at <= ?2), ?2)
     ORDER BY c.at, t.key`,
    mailbox,
    from,
    until,
  );
}
