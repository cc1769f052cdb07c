-- +goose Up
-- Who of those who hold a role is away, and until when. holder is what they are known by: the addresses and accounts of the settings, as
-- a JSON list, so that whoever has several accounts is away with all of them. account_id is the one that said so.
CREATE TABLE absences (
    id         INTEGER PRIMARY KEY NOT NULL,
    holder     TEXT    NOT NULL,
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    began_at   INTEGER NOT NULL,
    ends_at    INTEGER NOT NULL
) STRICT;
CREATE INDEX absences_by_end ON absences (ends_at);

-- When what a person wrote and who it was were emptied, and whether it was known who reported: 0 of a case that was reported without a
-- name. A case that is taken up again is emptied anew after its next closing.
ALTER TABLE incidents ADD COLUMN anonymised_at INTEGER;
ALTER TABLE incidents ADD COLUMN reporter_removed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX incidents_to_anonymise ON incidents (closed_at, id)
    WHERE closed_at IS NOT NULL AND (anonymised_at IS NULL OR anonymised_at <= closed_at);

-- The cases that must be kept as they are until the hold is lifted.
CREATE TABLE holds (
    incident_id INTEGER PRIMARY KEY NOT NULL REFERENCES incidents (id),
    account_id  INTEGER NOT NULL REFERENCES accounts (id),
    reason      TEXT    NOT NULL,
    held_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX deliveries_by_incident ON deliveries (incident_id) WHERE user_id <> '';
