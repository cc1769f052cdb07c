-- +goose Up
-- What those who work a case add to what was reported: who has it in hand, what is now known, who is drawn in, which other cases
-- belong to it, who was affected, and what is to be done.

ALTER TABLE incidents ADD COLUMN assignee TEXT NOT NULL DEFAULT '';       -- who has it in hand, as the settings know them
ALTER TABLE incidents ADD COLUMN resolved_at INTEGER;
ALTER TABLE incidents ADD COLUMN ended_at INTEGER;                        -- when it no longer went on
ALTER TABLE incidents ADD COLUMN supplier TEXT NOT NULL DEFAULT '';       -- yes, no, unknown; empty: not asked
ALTER TABLE incidents ADD COLUMN supplier_name TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN crime TEXT NOT NULL DEFAULT '';          -- yes, no, unknown; empty: not asked
ALTER TABLE incidents ADD COLUMN police_report TEXT NOT NULL DEFAULT '';
ALTER TABLE incidents ADD COLUMN secret INTEGER NOT NULL DEFAULT 0;
ALTER TABLE incidents ADD COLUMN involved TEXT NOT NULL DEFAULT '';       -- roles that were drawn in by hand
ALTER TABLE incidents ADD COLUMN lead_id INTEGER REFERENCES incidents (id); -- the case that this one is handled under
CREATE INDEX incidents_by_lead ON incidents (lead_id, id) WHERE lead_id IS NOT NULL;

CREATE TABLE affected (
    incident_id  INTEGER PRIMARY KEY NOT NULL REFERENCES incidents (id),
    people       TEXT    NOT NULL, -- keys of groups of people, with commas between
    persons      INTEGER NOT NULL, -- 0: not known
    kinds        TEXT    NOT NULL, -- keys of kinds of personal data, with commas between
    records      INTEGER NOT NULL, -- 0: not known
    consequences TEXT    NOT NULL,
    seriousness  TEXT    NOT NULL,
    informed     TEXT    NOT NULL,
    informed_at  INTEGER,
    informed_why TEXT    NOT NULL
) STRICT;

CREATE TABLE measures (
    id          INTEGER PRIMARY KEY NOT NULL,
    ref         TEXT    NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    text        TEXT    NOT NULL,
    owner_email TEXT    NOT NULL,
    owner_name  TEXT    NOT NULL,
    due_on      TEXT    NOT NULL, -- 2006-01-02
    state       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    created_by  INTEGER NOT NULL REFERENCES accounts (id),
    ended_at    INTEGER,
    ended_by    INTEGER REFERENCES accounts (id),
    reason      TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX measures_ref ON measures (ref);
CREATE INDEX measures_by_incident ON measures (incident_id, id);
CREATE INDEX measures_open ON measures (due_on, id) WHERE state = 'open';

ALTER TABLE reminders ADD COLUMN measure_id INTEGER REFERENCES measures (id);
ALTER TABLE deliveries ADD COLUMN measure_id INTEGER REFERENCES measures (id);
