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
