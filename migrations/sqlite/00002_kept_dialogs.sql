-- +goose Up
-- What is filled in of a dialog that a surface shows a part at a time. No column says whose it is: the surface alone knows, by
-- ref, so that a report that is sent without a name leaves none here.
CREATE TABLE kept_dialogs (
    ref      TEXT    PRIMARY KEY NOT NULL,
    dialog   TEXT    NOT NULL,
    subject  TEXT    NOT NULL,
    answers  TEXT    NOT NULL,
    files    TEXT    NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;
CREATE INDEX kept_dialogs_by_age ON kept_dialogs (saved_at);

-- A message that its reader takes no messages for has ended as skipped, and says here since when it is to be read elsewhere.
ALTER TABLE deliveries ADD COLUMN unreached_at INTEGER;
CREATE INDEX deliveries_unreached ON deliveries (incident_id, id) WHERE unreached_at IS NOT NULL;
