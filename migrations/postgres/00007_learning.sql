-- +goose Up
-- What the CISO decides teaches the categorisation: which categories a person has confirmed, and the models made of that.

ALTER TABLE incidents ADD COLUMN confirmed_at BIGINT; -- when a person last confirmed the category; missing: nobody has
ALTER TABLE incidents ADD COLUMN alternatives TEXT NOT NULL DEFAULT '[]'; -- the next two of the suggestion; none: settled by the reporter
CREATE INDEX incidents_confirmed ON incidents (confirmed_at, id)
    WHERE confirmed_at IS NOT NULL AND stop_question = 0 AND text <> '';

CREATE TABLE models (
    version      BIGINT PRIMARY KEY NOT NULL,
    trained_at   BIGINT NOT NULL,
    examples     BIGINT NOT NULL, -- how many decided incidents it was made of
    right_before BIGINT NOT NULL, -- of the examples, by the program's own model
    right_after  BIGINT NOT NULL, -- of the examples, by cross-validation
    better       BIGINT NOT NULL, -- by more than luck explains
    weights      BYTEA   NOT NULL
);

CREATE TABLE model_in_force (
    id      BIGINT PRIMARY KEY NOT NULL CHECK (id = 1),
    version BIGINT NOT NULL, -- 0: the program's own alone
    since   BIGINT NOT NULL
);
INSERT INTO model_in_force (id, version, since) VALUES (1, 0, 0);
