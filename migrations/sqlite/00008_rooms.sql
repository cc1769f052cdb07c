-- +goose Up
-- Private channels in which those who work a case meet, and which of a channel's messages are kept as notes.

CREATE TABLE rooms (
    id          INTEGER PRIMARY KEY NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    surface     TEXT    NOT NULL,
    channel     TEXT    NOT NULL, -- empty until the channel is there
    opened_by   INTEGER NOT NULL REFERENCES accounts (id),
    opened_at   INTEGER NOT NULL,
    closed_at   INTEGER,
    failure     TEXT    NOT NULL  -- why the channel never came to be
) STRICT;
CREATE INDEX rooms_by_incident ON rooms (incident_id, id);
CREATE UNIQUE INDEX rooms_in_use ON rooms (incident_id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX rooms_channel ON rooms (surface, channel) WHERE channel <> '';

ALTER TABLE notes ADD COLUMN source TEXT NOT NULL DEFAULT ''; -- the message that the note was captured from
CREATE UNIQUE INDEX notes_source ON notes (source) WHERE source <> '';
