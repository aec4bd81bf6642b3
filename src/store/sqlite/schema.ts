/**
 * The tables, as a numbered list of migrations. `migrate.ts` applies them, docs/store.md describes them. Only append to
 * the list. If older programs can work with a migration, such as a new table or a new column with a default, it keeps
 * `compatibleFrom`. Otherwise `compatibleFrom` is the number of the migration.
 */
export interface Migration {
  readonly sql: string;
  /** The oldest schema version whose program may still write the file after the migration. */
  readonly compatibleFrom: number;
}

/** The letters "mprb". They distinguish our files from the databases of other programs. */
export const APPLICATION_ID = 0x6d_70_72_62;

export const MIGRATIONS: readonly Migration[] = [
  {
    compatibleFrom: 1,
    sql: `
CREATE TABLE target (
  id             INTEGER PRIMARY KEY,
  key            TEXT NOT NULL UNIQUE,
  mailbox        TEXT NOT NULL,
  protocol       TEXT NOT NULL,
  app            TEXT NOT NULL,
  labels         TEXT NOT NULL DEFAULT '{}',
  identity       TEXT,
  confirmed      TEXT,
  confirmed_since INTEGER,
  successes      INTEGER NOT NULL DEFAULT 0,
  failures       INTEGER NOT NULL DEFAULT 0,
  blamed         INTEGER NOT NULL DEFAULT 0,
  failing_since  INTEGER,
  last_failure   INTEGER,
  last_success   INTEGER,
  last_probe     INTEGER,
  probes         INTEGER NOT NULL DEFAULT 0,
  by_cause       TEXT NOT NULL DEFAULT '{}',
  history        TEXT
) STRICT;
CREATE INDEX target_mailbox ON target (mailbox);

CREATE TABLE state_change (
  target INTEGER NOT NULL REFERENCES target (id) ON DELETE CASCADE,
  at     INTEGER NOT NULL,
  state  TEXT NOT NULL,
  PRIMARY KEY (target, at)
) STRICT, WITHOUT ROWID;
CREATE INDEX state_change_at ON state_change (at);

CREATE TABLE session (
  id      TEXT PRIMARY KEY,
  replica TEXT NOT NULL,
  began   INTEGER NOT NULL,
  ended   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE incident (
  id            TEXT PRIMARY KEY,
  problem       TEXT NOT NULL,
  cause         TEXT NOT NULL,
  scope         TEXT NOT NULL,
  subject       TEXT NOT NULL,
  owner         TEXT NOT NULL,
  severity      TEXT NOT NULL,
  confidence    TEXT NOT NULL,
  title         TEXT NOT NULL,
  state         TEXT NOT NULL,
  opened        INTEGER NOT NULL,
  closed        INTEGER,
  close_reason  TEXT,
  superseded_by TEXT,
  peak          INTEGER NOT NULL,
  advisory      INTEGER NOT NULL,
  maintenance   TEXT,
  detail        TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_open ON incident (problem) WHERE closed IS NULL;
CREATE INDEX incident_closed ON incident (closed);

CREATE TABLE incident_mailbox (
  incident TEXT NOT NULL REFERENCES incident (id) ON DELETE CASCADE,
  mailbox  TEXT NOT NULL,
  began    INTEGER NOT NULL,
  ended    INTEGER,
  PRIMARY KEY (incident, mailbox, began)
) STRICT, WITHOUT ROWID;
CREATE INDEX incident_mailbox_mailbox ON incident_mailbox (mailbox);

CREATE TABLE acknowledgement (
  incident TEXT PRIMARY KEY REFERENCES incident (id) ON DELETE CASCADE,
  by       TEXT NOT NULL,
  note     TEXT NOT NULL,
  at       INTEGER NOT NULL,
  ends     INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE maintenance (
  id        TEXT PRIMARY KEY,
  began     INTEGER NOT NULL,
  ended     INTEGER,
  by        TEXT NOT NULL,
  note      TEXT NOT NULL,
  apps      TEXT,
  mailboxes TEXT,
  labels    TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
  app    TEXT PRIMARY KEY,
  status TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
  app   TEXT PRIMARY KEY,
  state TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE outbox (
  id       TEXT PRIMARY KEY,
  channel  TEXT NOT NULL,
  message  TEXT NOT NULL,
  incident TEXT,
  body     TEXT NOT NULL,
  due      INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  created  INTEGER NOT NULL,
  outcome  TEXT NOT NULL DEFAULT 'pending',
  settled  INTEGER,
  detail   TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX outbox_due ON outbox (due) WHERE outcome = 'pending';
CREATE INDEX outbox_incident ON outbox (incident);`,
  },
  // The recent course of a target. An older program works without it.
  { compatibleFrom: 1, sql: 'ALTER TABLE target ADD COLUMN course TEXT;' },
  // When an incident was confirmed. An older program ignores the column.
  { compatibleFrom: 1, sql: 'ALTER TABLE incident ADD COLUMN confirmed INTEGER;' },
  // Which protocols of a mailbox hold the incident open. An older program ignores the column.
  { compatibleFrom: 1, sql: 'ALTER TABLE incident_mailbox ADD COLUMN protocols TEXT;' },
];
