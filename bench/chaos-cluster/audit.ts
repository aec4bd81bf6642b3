/**
 * Records in the database itself what happened. Triggers record each app that moves to another replica, and each result
 * that is replaced by an older one. A function in the schema `audit` replaces PostgreSQL's `clock_timestamp`, so that
 * the run can set the clock ahead. Used by `run-cluster.ts`.
 */
import type { Database } from '../../src/model/database.ts';

/** A replica held the app in this time. `to` is absent if the replica still holds the app. */
export interface Holding {
  readonly app: string;
  readonly replica: string;
  /** The id of the process. */
  readonly id: string;
  readonly from: number;
  readonly to?: number;
}

/** Run this once, when the database has the tables of mailprobe. */
export const AUDIT = `
CREATE SCHEMA audit;
CREATE TABLE audit.jump (ahead INTERVAL NOT NULL);
INSERT INTO audit.jump VALUES ('0');
CREATE FUNCTION audit.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE AS
  'SELECT pg_catalog.clock_timestamp() + (SELECT ahead FROM audit.jump)';
CREATE TABLE audit.replica (id TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE audit.hands (number BIGINT GENERATED ALWAYS AS IDENTITY, app TEXT, before TEXT, after TEXT, at DOUBLE PRECISION);
CREATE TABLE audit.backwards (key TEXT, before BIGINT, after BIGINT);
CREATE FUNCTION audit.now_ms() RETURNS double precision LANGUAGE sql VOLATILE AS
  'SELECT extract(epoch FROM pg_catalog.clock_timestamp()) * 1000';
CREATE FUNCTION audit.note_replica() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO audit.replica VALUES (NEW.id, NEW.name); RETURN NEW; END';
CREATE FUNCTION audit.note_hands() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO audit.hands (app, before, after, at) VALUES (NEW.app, OLD.replica, NEW.replica, audit.now_ms()); RETURN NEW; END';
CREATE FUNCTION audit.note_backwards() RETURNS trigger LANGUAGE plpgsql AS
  'BEGIN INSERT INTO audit.backwards VALUES (NEW.key, OLD.probes, NEW.probes); RETURN NEW; END';
CREATE TRIGGER note_replica AFTER INSERT ON mailprobe.replica FOR EACH ROW EXECUTE FUNCTION audit.note_replica();
CREATE TRIGGER note_hands AFTER UPDATE OF replica ON mailprobe.assignment FOR EACH ROW
  WHEN (OLD.replica IS DISTINCT FROM NEW.replica) EXECUTE FUNCTION audit.note_hands();
CREATE TRIGGER note_backwards AFTER UPDATE ON mailprobe.target FOR EACH ROW
  WHEN (NEW.probes < OLD.probes OR NEW.last_probe < OLD.last_probe) EXECUTE FUNCTION audit.note_backwards()`;

export async function readHoldings({ all }: Pick<Database, 'all'>): Promise<readonly Holding[]> {
  const rows = await all<{
    app: string;
    before: string | null;
    after: string | null;
    at: number;
    name: string | null;
  }>(
    `SELECT h.app, h.before, h.after, h.at, r.name FROM audit.hands h
     LEFT JOIN audit.replica r ON r.id = h.after ORDER BY h.number`,
  );
  const open = new Map<string, Holding>();
  const holdings: Holding[] = [];
  for (const { app, after, at, name } of rows) {
    const before = open.get(app);
    if (before !== undefined) holdings.push({ ...before, to: at });
    open.delete(app);
    if (after !== null) open.set(app, { app, replica: name ?? after, id: after, from: at });
  }
  return [...holdings, ...open.values()];
}

export interface Stored {
  /** The number of results that were replaced by older ones. */
  readonly backwards: number;
  /** The number of probes of all targets, as stored. */
  readonly probes: number;
  /** The number of problems with more than one open incident. */
  readonly doubledOpen: number;
  /** The number of incidents of each problem, open or closed. A problem that comes back reopens its incident. */
  readonly incidentsOf: ReadonlyMap<string, number>;
  /** The number of messages that were queued more than once. */
  readonly doubledMessages: number;
}

export async function readStored({ all }: Pick<Database, 'all'>): Promise<Stored> {
  const one = async (sql: string): Promise<number> =>
    Number((await all<{ value: number | string | null }>(sql))[0]?.value ?? 0);
  const incidents = await all<{ problem: string; count: number }>(
    'SELECT problem, count(*)::int AS count FROM mailprobe.incident GROUP BY problem',
  );
  return {
    backwards: await one('SELECT count(*)::int AS value FROM audit.backwards'),
    probes: await one('SELECT coalesce(sum(probes), 0)::int AS value FROM mailprobe.target'),
    doubledOpen: await one(
      `SELECT count(*)::int AS value FROM (SELECT 1 FROM mailprobe.incident WHERE closed IS NULL
       GROUP BY problem HAVING count(*) > 1) AS doubled`,
    ),
    incidentsOf: new Map(incidents.map(({ problem, count }) => [problem, count])),
    doubledMessages: await one(
      `SELECT count(*)::int AS value FROM (SELECT 1 FROM mailprobe.outbox WHERE message IN ('opened', 'closed')
       GROUP BY incident, channel, message HAVING count(*) > 1) AS doubled`,
    ),
  };
}
