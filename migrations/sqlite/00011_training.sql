-- +goose Up
-- Training (policy clause 2.8): what the people and units were on which day, who has taken which course, and who was reminded when.
-- Days are local dates, 2006-01-02.

ALTER TABLE people ADD COLUMN absent_until TEXT NOT NULL DEFAULT ''; -- the last day of the latest absence; empty: none
CREATE INDEX people_by_manager ON people (manager_email);
CREATE INDEX people_by_unit ON people (unit);
CREATE INDEX accounts_by_person ON accounts (person_id) WHERE person_id IS NOT NULL;

-- What of a person decides which courses they must take, from a day on, so that the figures of any past day can be computed.
CREATE TABLE people_history (
    person_id    INTEGER NOT NULL REFERENCES people (id),
    since        TEXT    NOT NULL,
    unit         TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    start_date   TEXT    NOT NULL,
    absent_until TEXT    NOT NULL,
    active       INTEGER NOT NULL,
    PRIMARY KEY (person_id, since)
) STRICT, WITHOUT ROWID;

-- The tree of units, drawn from the staff list when it is imported.
CREATE TABLE units (
    name          TEXT PRIMARY KEY NOT NULL,
    parent        TEXT NOT NULL, -- the unit above; empty: none
    manager_email TEXT NOT NULL  -- who is responsible for it
) STRICT, WITHOUT ROWID;

CREATE TABLE completions (
    id           INTEGER PRIMARY KEY NOT NULL,
    person_id    INTEGER NOT NULL REFERENCES people (id),
    course       TEXT    NOT NULL,
    version      TEXT    NOT NULL, -- of the governing document that was attested; empty: none
    completed_on TEXT    NOT NULL,
    source       TEXT    NOT NULL,
    recorded_at  INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX completions_once ON completions (person_id, course, completed_on, version);

-- How far the reminders of the present period have come, by person and course.
CREATE TABLE training_progress (
    person_id   INTEGER NOT NULL REFERENCES people (id),
    course      TEXT   NOT NULL,
    deadline    TEXT   NOT NULL, -- which tells the period
    reminders   INTEGER NOT NULL, -- that were sent in it
    reminded_on TEXT   NOT NULL, -- the latest, in any period; empty: never
    later_on    TEXT   NOT NULL, -- the day on which the person asked to be reminded again in it; empty: they did not ask
    PRIMARY KEY (person_id, course)
) STRICT, WITHOUT ROWID;

-- A message about training: one for each person and day, whatever it is about.
CREATE TABLE training_notices (
    id        INTEGER PRIMARY KEY NOT NULL,
    person_id INTEGER NOT NULL REFERENCES people (id),
    day       TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    courses   TEXT    NOT NULL, -- keys with commas between
    ended_at  INTEGER           -- when it was sent or could not be; missing: it waits, or had lost its point
) STRICT;
CREATE UNIQUE INDEX training_notices_day ON training_notices (day, person_id);

-- How far a round of messages has come: people are taken in the order of their ids.
CREATE TABLE training_rounds (
    kind    TEXT    NOT NULL,
    day     TEXT    NOT NULL,
    through INTEGER NOT NULL,
    ended   INTEGER NOT NULL,
    PRIMARY KEY (kind, day)
) STRICT, WITHOUT ROWID;

ALTER TABLE deliveries ADD COLUMN notice_id INTEGER REFERENCES training_notices (id);
CREATE INDEX deliveries_notices ON deliveries (surface, id)
    WHERE notice_id IS NOT NULL AND sent_at IS NULL AND skipped_at IS NULL AND dead_at IS NULL;
CREATE INDEX deliveries_by_notice ON deliveries (notice_id) WHERE notice_id IS NOT NULL;
