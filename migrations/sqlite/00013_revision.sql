-- +goose Up
-- The yearly revision of the governing documents, and the yearly follow-up for the municipality's board (policy clauses 3 and 4).

-- Since when a governing document is known here: no revision is asked for of a year that lies before.
CREATE TABLE documents (
    key      TEXT    PRIMARY KEY NOT NULL,
    known_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE revisions (
    id              INTEGER PRIMARY KEY NOT NULL,
    ref             TEXT    NOT NULL,
    version         INTEGER NOT NULL,
    document        TEXT    NOT NULL,
    title           TEXT    NOT NULL, -- as the document was called then
    owner           TEXT    NOT NULL, -- the role that owned it then
    year            INTEGER NOT NULL,
    state           TEXT    NOT NULL,
    prompted_at     INTEGER NOT NULL,
    due_on          TEXT    NOT NULL, -- 2006-01-02: the last day, moved when it is postponed
    started_at      INTEGER,
    started_by      INTEGER REFERENCES accounts (id),
    ended_at        INTEGER,
    ended_by        INTEGER REFERENCES accounts (id),
    reason          TEXT    NOT NULL, -- why nothing needs to change
    postponed_why   TEXT    NOT NULL,
    approved_by     TEXT    NOT NULL, -- who approved that it was postponed
    edition         TEXT    NOT NULL, -- the new version of the document
    decided_on      TEXT    NOT NULL, -- 2006-01-02
    reference       TEXT    NOT NULL, -- of the decision
    link            TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX revisions_ref ON revisions (ref);
CREATE UNIQUE INDEX revisions_year ON revisions (document, year);

CREATE TABLE improvements (
    id        INTEGER PRIMARY KEY NOT NULL,
    at        INTEGER NOT NULL,
    author_id INTEGER NOT NULL REFERENCES accounts (id),
    text      TEXT    NOT NULL
) STRICT;
CREATE INDEX improvements_by_time ON improvements (at);

-- What the CISO writes in the follow-up of a year. The figures are drawn from the register.
CREATE TABLE followups (
    year            INTEGER PRIMARY KEY NOT NULL,
    prompted_at     INTEGER,
    changes         TEXT    NOT NULL,
    goals           TEXT    NOT NULL,
    recommendations TEXT    NOT NULL,
    saved_at        INTEGER,
    saved_by        INTEGER REFERENCES accounts (id)
) STRICT;

-- A reminder and a card are of a case or of a revision.
ALTER TABLE reminders ADD COLUMN case_id INTEGER REFERENCES incidents (id);
UPDATE reminders SET case_id = incident_id;
ALTER TABLE reminders DROP COLUMN incident_id;
ALTER TABLE reminders RENAME COLUMN case_id TO incident_id;
ALTER TABLE reminders ADD COLUMN revision_id INTEGER REFERENCES revisions (id);

DROP INDEX cards_by_incident;
ALTER TABLE cards ADD COLUMN case_id INTEGER REFERENCES incidents (id);
UPDATE cards SET case_id = incident_id;
ALTER TABLE cards DROP COLUMN incident_id;
ALTER TABLE cards RENAME COLUMN case_id TO incident_id;
ALTER TABLE cards ADD COLUMN revision_id INTEGER REFERENCES revisions (id);
CREATE INDEX cards_by_incident ON cards (incident_id, id);
CREATE INDEX cards_by_revision ON cards (revision_id, id) WHERE revision_id IS NOT NULL;

ALTER TABLE deliveries ADD COLUMN revision_id INTEGER REFERENCES revisions (id);
CREATE INDEX deliveries_revisions ON deliveries (revision_id, lane) WHERE revision_id IS NOT NULL;

-- What the yearly figures are counted by.
CREATE INDEX incidents_by_time ON incidents (registered_at);
CREATE INDEX obligations_by_time ON obligations (opened_at);
CREATE INDEX systems_by_classification ON systems (classified_on) WHERE active = 1;
