-- +goose Up
-- What the CISO decides teaches the categorisation: which categories a person has confirmed, and the models made of that.

ALTER TABLE incidents ADD COLUMN confirmed_at INTEGER; -- when a person last confirmed the category; missing: nobody has
ALTER TABLE incidents ADD COLUMN alternatives TEXT NOT NULL DEFAULT '[]'; -- the next two of the suggestion; none: settled by the reporter
CREATE INDEX incidents_confirmed ON incidents (confirmed_at, id)
    WHERE confirmed_at IS NOT NULL AND stop_question = 0 AND text <> '';

CREATE TABLE models (
    version      INTEGER PRIMARY KEY NOT NULL,
    trained_at   INTEGER NOT NULL,
    examples     INTEGER NOT NULL, -- how many decided incidents it was made of
    right_before INTEGER NOT NULL, -- of the examples, by the program's own model
    right_after  INTEGER NOT NULL, -- of the examples, by cross-validation
    better       INTEGER NOT NULL, -- by more than luck explains
    weights      BLOB    NOT NULL
) STRICT;

CREATE TABLE model_in_force (
    id      INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    version INTEGER NOT NULL, -- 0: the program's own alone
    since   INTEGER NOT NULL
) STRICT;
INSERT INTO model_in_force (id, version, since) VALUES (1, 0, 0);
