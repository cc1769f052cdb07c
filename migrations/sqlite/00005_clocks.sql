-- +goose Up
-- What was decided about a case, the duties that follow, and the moments at which somebody is to be reminded.

CREATE TABLE decisions (
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    decision    TEXT    NOT NULL,
    verdict     TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    at          INTEGER NOT NULL,
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    PRIMARY KEY (incident_id, decision)
) STRICT, WITHOUT ROWID;

CREATE TABLE obligations (
    id           INTEGER PRIMARY KEY NOT NULL,
    incident_id  INTEGER NOT NULL REFERENCES incidents (id),
    step         TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    opened_at    INTEGER NOT NULL,
    start_at     INTEGER NOT NULL,
    start_reason TEXT    NOT NULL, -- why the start was moved; empty: it was not
    due_at       INTEGER,          -- missing: without undue delay
    round        INTEGER NOT NULL, -- raised when the clock starts anew: its reminders go by it
    ended_at     INTEGER,          -- when it was done, as its doer says
    ended_by     INTEGER REFERENCES accounts (id),
    reference    TEXT    NOT NULL,
    reason       TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX obligations_step ON obligations (incident_id, step);

CREATE TABLE reminders (
    id            INTEGER PRIMARY KEY NOT NULL,
    key           TEXT    NOT NULL, -- unique within its clock
    clock         TEXT    NOT NULL, -- what it reminds of: only the latest of a clock is sent
    incident_id   INTEGER NOT NULL REFERENCES incidents (id),
    obligation_id INTEGER REFERENCES obligations (id),
    kind          TEXT    NOT NULL,
    stage         TEXT    NOT NULL,
    due_at        INTEGER NOT NULL,
    sent_at       INTEGER,
    superseded_at INTEGER
) STRICT;
CREATE UNIQUE INDEX reminders_key ON reminders (clock, key);
CREATE INDEX reminders_due ON reminders (due_at) WHERE sent_at IS NULL AND superseded_at IS NULL;

ALTER TABLE deliveries ADD COLUMN reminder_id INTEGER REFERENCES reminders (id);

CREATE INDEX incidents_by_system ON incidents (system_id, category, registered_at) WHERE system_id IS NOT NULL;
