-- +goose Up
-- How the systems were classified, each time (policy clause 2.7). What holds now stands in systems.

CREATE TABLE classifications (
    id         INTEGER PRIMARY KEY NOT NULL,
    system_id  INTEGER NOT NULL REFERENCES systems (id),
    at         INTEGER NOT NULL,
    account_id INTEGER REFERENCES accounts (id), -- missing: it came with an imported list
    levels     TEXT    NOT NULL,                 -- four digits in the order K R T S
    reason     TEXT    NOT NULL
) STRICT;
CREATE INDEX classifications_by_system ON classifications (system_id, id);

-- When a system's owner was last asked to classify it.
CREATE TABLE classification_asks (
    system_id INTEGER PRIMARY KEY NOT NULL REFERENCES systems (id),
    asked_at  INTEGER NOT NULL
) STRICT;

ALTER TABLE deliveries ADD COLUMN system_id INTEGER REFERENCES systems (id);
