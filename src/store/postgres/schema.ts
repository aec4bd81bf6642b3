/**
 * The tables, as a numbered list of migrations. `migrate.ts` applies them, docs/store.md describes them. Only append to
 * the list. Two versions of the program run side by side during an update, so a migration must keep what the previous
 * version uses. What is no longer used is removed one release later, by a migration that raises `compatibleFrom`.
 */
export interface Migration {
  readonly sql: string;
  /** The oldest schema version whose program may still write to the database. */
  readonly compatibleFrom: number;
}

/** Each statement names this schema, because a pooled connection has no search path. */
export const SCHEMA = 'mailprobe';

export const MIGRATIONS: readonly Migration[] = [
  {
    compatibleFrom: 1,
    sql: `
CREATE TABLE mailprobe.target (
  key             TEXT COLLATE "C" PRIMARY KEY,
  mailbox         TEXT COLLATE "C" NOT NULL,
  protocol        TEXT NOT NULL,
  app             TEXT NOT NULL,
  labels          TEXT NOT NULL DEFAULT '{}',
  identity        TEXT,
  confirmed       TEXT,
  confirmed_since BIGINT,
  successes       INTEGER NOT NULL DEFAULT 0,
  failures        INTEGER NOT NULL DEFAULT 0,
  blamed          INTEGER NOT NULL DEFAULT 0,
  failing_since   BIGINT,
  last_failure    BIGINT,
  last_success    BIGINT,
  last_probe      BIGINT,
  probes          BIGINT NOT NULL DEFAULT 0,
  by_cause        TEXT NOT NULL DEFAULT '{}',
  history         TEXT,
  course          TEXT,
  changed         TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 70);
CREATE INDEX target_mailbox ON mailprobe.target (mailbox);
CREATE INDEX target_app ON mailprobe.target (app);

CREATE TABLE mailprobe.state_change (
  target TEXT COLLATE "C" NOT NULL REFERENCES mailprobe.target (key) ON DELETE CASCADE,
  at     BIGINT NOT NULL,
  state  TEXT NOT NULL,
  PRIMARY KEY (target, at)
);
CREATE INDEX state_change_at ON mailprobe.state_change (at);

CREATE TABLE mailprobe.session (
  id      TEXT COLLATE "C" PRIMARY KEY,
  replica TEXT NOT NULL,
  began   BIGINT NOT NULL,
  ended   BIGINT NOT NULL
);

CREATE TABLE mailprobe.incident (
  id            TEXT COLLATE "C" PRIMARY KEY,
  problem       TEXT NOT NULL,
  cause         TEXT NOT NULL,
  scope         TEXT NOT NULL,
  subject       TEXT NOT NULL,
  owner         TEXT NOT NULL,
  severity      TEXT NOT NULL,
  confidence    TEXT NOT NULL,
  title         TEXT NOT NULL,
  state         TEXT NOT NULL,
  opened        BIGINT NOT NULL,
  closed        BIGINT,
  close_reason  TEXT,
  superseded_by TEXT,
  peak          INTEGER NOT NULL,
  advisory      INTEGER NOT NULL,
  maintenance   TEXT,
  detail        TEXT NOT NULL
);
CREATE UNIQUE INDEX incident_open ON mailprobe.incident (problem) WHERE closed IS NULL;
CREATE INDEX incident_closed ON mailprobe.incident (closed);

CREATE TABLE mailprobe.incident_mailbox (
  incident TEXT COLLATE "C" NOT NULL REFERENCES mailprobe.incident (id) ON DELETE CASCADE,
  mailbox  TEXT COLLATE "C" NOT NULL,
  began    BIGINT NOT NULL,
  ended    BIGINT,
  PRIMARY KEY (incident, mailbox, began)
);
CREATE INDEX incident_mailbox_mailbox ON mailprobe.incident_mailbox (mailbox);

CREATE TABLE mailprobe.incident_alias (
  id       TEXT COLLATE "C" PRIMARY KEY,
  incident TEXT COLLATE "C" NOT NULL REFERENCES mailprobe.incident (id) ON DELETE CASCADE
);
CREATE INDEX incident_alias_incident ON mailprobe.incident_alias (incident);

CREATE TABLE mailprobe.acknowledgement (
  incident TEXT COLLATE "C" PRIMARY KEY REFERENCES mailprobe.incident (id) ON DELETE CASCADE,
  by       TEXT NOT NULL,
  note     TEXT NOT NULL,
  at       BIGINT NOT NULL,
  ends     BIGINT
);

CREATE TABLE mailprobe.maintenance (
  id        TEXT COLLATE "C" PRIMARY KEY,
  began     BIGINT NOT NULL,
  ended     BIGINT,
  by        TEXT NOT NULL,
  note      TEXT NOT NULL,
  apps      TEXT,
  mailboxes TEXT,
  labels    TEXT
);

CREATE TABLE mailprobe.credential (
  app     TEXT COLLATE "C" PRIMARY KEY,
  status  TEXT NOT NULL,
  changed TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE mailprobe.token (
  app     TEXT COLLATE "C" PRIMARY KEY,
  state   TEXT NOT NULL,
  changed TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE mailprobe.outbox (
  id       TEXT COLLATE "C" PRIMARY KEY,
  channel  TEXT NOT NULL,
  message  TEXT NOT NULL,
  incident TEXT,
  body     TEXT NOT NULL,
  due      BIGINT NOT NULL,
  attempts INTEGER NOT NULL,
  created  BIGINT NOT NULL,
  outcome  TEXT NOT NULL DEFAULT 'pending',
  settled  BIGINT,
  detail   TEXT
);
CREATE INDEX outbox_due ON mailprobe.outbox (due) WHERE outcome = 'pending';
CREATE INDEX outbox_incident ON mailprobe.outbox (incident);

CREATE TABLE mailprobe.replica (
  id          TEXT COLLATE "C" PRIMARY KEY,
  name        TEXT NOT NULL,
  alive_until TIMESTAMPTZ NOT NULL,
  leaving     BOOLEAN NOT NULL DEFAULT false
);

CREATE TABLE mailprobe.assignment (
  app     TEXT COLLATE "C" PRIMARY KEY,
  tenant  TEXT NOT NULL,
  weight  INTEGER NOT NULL,
  epoch   BIGINT NOT NULL DEFAULT 0,
  replica TEXT COLLATE "C" REFERENCES mailprobe.replica (id) ON DELETE SET NULL,
  offered TEXT COLLATE "C" REFERENCES mailprobe.replica (id) ON DELETE SET NULL
);
CREATE INDEX assignment_replica ON mailprobe.assignment (replica);
CREATE INDEX assignment_offered ON mailprobe.assignment (offered);`,
  },
  // When an incident was confirmed. An older program ignores the column.
  { compatibleFrom: 1, sql: 'ALTER TABLE mailprobe.incident ADD COLUMN confirmed BIGINT;' },
  // Which protocols of a mailbox hold the incident open. An older program ignores the column.
  { compatibleFrom: 1, sql: 'ALTER TABLE mailprobe.incident_mailbox ADD COLUMN protocols TEXT;' },
  // The configuration of a replica. A replica with an older program does not publish its configuration, and can get any
  // app.
  { compatibleFrom: 1, sql: 'ALTER TABLE mailprobe.replica ADD COLUMN config TEXT, ADD COLUMN apps TEXT;' },
  // Requests for probes of an app that the requesting replica does not hold.
  {
    compatibleFrom: 1,
    sql: `
CREATE TABLE mailprobe.ask (
  id        TEXT COLLATE "C" PRIMARY KEY,
  app       TEXT COLLATE "C" NOT NULL,
  mailbox   TEXT COLLATE "C" NOT NULL,
  protocols TEXT,
  asked     TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp(),
  taken     BOOLEAN NOT NULL DEFAULT false,
  answer    TEXT
);`,
  },
];
