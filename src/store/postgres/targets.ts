/** The statements for targets, their state changes and the prober's sessions. */
import type { HistoryQuery, Span } from '../../model/past.ts';
import type { ProberSession, StateChange, TargetMemory } from '../../model/memory.ts';
import type { Confirmed } from '../../model/status.ts';
import type { Protocol } from '../../model/protocol.ts';
import type { TargetRow } from '../encode.ts';
import { batch, lastOf } from './batch.ts';
import type { Queries } from '../../model/database.ts';
import { sessionOf, sessionRow, type SessionRow } from '../session-row.ts';

const SAVE_TARGETS = `
INSERT INTO mailprobe.target (key, mailbox, protocol, app, labels, identity, confirmed, confirmed_since, successes,
  failures, blamed, failing_since, last_failure, last_success, last_probe, probes, by_cause, history, course)
SELECT key, mailbox, protocol, app, labels, identity, confirmed, "confirmedSince", "consecutiveSuccesses",
  "consecutiveFailures", "blamedFailures", "failingSince", "lastFailure", "lastSuccess", "lastProbe", "probesTotal",
  "byCause", history, course
FROM json_to_recordset($1::text::json) AS n (key text, mailbox text, protocol text, app text, labels text,
  identity text, confirmed text, "confirmedSince" bigint, "consecutiveSuccesses" int, "consecutiveFailures" int,
  "blamedFailures" int, "failingSince" bigint, "lastFailure" bigint, "lastSuccess" bigint, "lastProbe" bigint,
  "probesTotal" bigint, "byCause" text, history text, course text)
ON CONFLICT (key) DO UPDATE SET app = excluded.app, labels = excluded.labels, identity = excluded.identity,
  confirmed = excluded.confirmed, confirmed_since = excluded.confirmed_since, successes = excluded.successes,
  failures = excluded.failures, blamed = excluded.blamed, failing_since = excluded.failing_since,
  last_failure = excluded.last_failure, last_success = excluded.last_success, last_probe = excluded.last_probe,
  probes = excluded.probes, by_cause = excluded.by_cause, history = excluded.history, course = excluded.course,
  changed = clock_timestamp()`;

export async function saveTargets(queries: Queries, targets: readonly TargetRow[]): Promise<void> {
  if (targets.length === 0) return;
  await queries.run(SAVE_TARGETS, batch(lastOf(targets, ({ key }) => key)));
}

export async function saveStateChanges(queries: Queries, changes: readonly StateChange[]): Promise<void> {
  if (changes.length === 0) return;
  const ofKeys = lastOf(changes, ({ key }) => key);
  await queries.run(
    `INSERT INTO mailprobe.target (key, mailbox, protocol, app)
     SELECT * FROM json_to_recordset($1::text::json) AS n (key text, mailbox text, protocol text, app text)
     ON CONFLICT (key) DO NOTHING`,
    batch(ofKeys.map(({ key, mailbox, protocol, app }) => ({ key, mailbox, protocol, app }))),
  );
  await queries.run(
    `INSERT INTO mailprobe.state_change (target, at, state)
     SELECT * FROM json_to_recordset($1::text::json) AS n (key text, at bigint, state text)
     ON CONFLICT (target, at) DO UPDATE SET state = excluded.state`,
    batch(lastOf(changes, ({ key, at }) => `${at} ${key}`).map(({ key, at, state }) => ({ key, at, state }))),
  );
}

export async function saveSession(queries: Queries, session: ProberSession): Promise<void> {
  const { id, replica, from, until } = sessionRow(session);
  await queries.run(
    `INSERT INTO mailprobe.session (id, replica, began, ended) VALUES ($1, $2, $3, $4)
     ON CONFLICT (id) DO UPDATE SET ended = excluded.ended`,
    id,
    replica,
    from,
    until,
  );
}

export async function lastSession(queries: Queries): Promise<ProberSession | undefined> {
  const [row] = await queries.all<SessionRow>(
    `SELECT id, replica, began AS "from", ended AS "until" FROM mailprobe.session
     ORDER BY ended DESC, began DESC LIMIT 1`,
  );
  return row && sessionOf(row);
}

export async function sessions(queries: Queries, { from, until }: Span): Promise<readonly Span[]> {
  const rows = await queries.all<Span>(
    `SELECT began AS "from", ended AS "until" FROM mailprobe.session
     WHERE began < $1::bigint AND ended > $2::bigint ORDER BY began`,
    until,
    from,
  );
  return rows.map((span) => ({ from: span.from, until: span.until }));
}

interface StoredTarget {
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

/** Returns a slice of the targets whose state is known, sorted by key. `apps` and `since` select among them. */
export async function targets(
  queries: Queries,
  after: string,
  limit: number,
  apps?: readonly string[],
  since?: string,
): Promise<readonly TargetMemory[]> {
  const rows = await queries.all<StoredTarget>(
    `SELECT * FROM mailprobe.target WHERE key > $1 AND identity IS NOT NULL
       AND ($3::text IS NULL OR app IN (SELECT json_array_elements_text($3::text::json)))
       AND ($4::text IS NULL OR changed > $4::text::timestamptz) ORDER BY key LIMIT $2::int`,
    after,
    limit,
    apps && JSON.stringify(apps),
    since,
  );
  return rows.map(targetMemory);
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

export async function history(
  queries: Queries,
  { mailbox, from, until }: HistoryQuery,
): Promise<readonly StateChange[]> {
  const rows = await queries.all<StateChange>(
    `SELECT t.key, t.mailbox, t.protocol, t.app, c.at, c.state
     FROM mailprobe.target t JOIN mailprobe.state_change c ON c.target = t.key
     WHERE t.mailbox = $1 AND c.at < $3::bigint
       AND c.at >= coalesce((SELECT max(at) FROM mailprobe.state_change WHERE target = t.key AND at <= $2::bigint), $2)
     ORDER BY c.at, t.key`,
    mailbox,
    from,
    until,
  );
  return rows.map(({ key, protocol, app, at, state }) => ({ key, mailbox, protocol, app, at, state }));
}
