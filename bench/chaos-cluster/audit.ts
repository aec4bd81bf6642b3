/**
 * What the database itself saw: triggers note every change of hands of an app, and every result that went back. Its clock can be
 * set ahead: a function of the same name comes before PostgreSQL's own in the search path. Used by the run.
 */
import type { Database } from '../../src/model/database.ts';

/** An app was somebody's in this time. `to`: absent while it is. */
export interface Holding {
  readonly app: string;
  readonly replica: string;
  /** Of the process. */
  readonly id: string;
  readonly from: number;
  readonly to?: number;
}

/** Once, in the database that has the tables. */
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
  /** Results that were written over by older ones. */
  readonly backwards: number;
  /** Of all targets: probes as they are stored. */
  readonly probes: number;
  /** Problems with more than one incident that is open. */
  readonly doubledOpen: number;
  /** By problem, which names its mailbox, app or tenant: incidents, open or closed. One that is back reopens. */
  readonly incidentsOf: ReadonlyMap<string, number>;
  /** Messages that were queued more than once. */
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
