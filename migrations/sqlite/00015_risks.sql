-- +goose Up
-- Risks: what can happen, how likely it is and what the consequence would be, before and after measures (policy clause 2.5).

CREATE TABLE risks (
    id                INTEGER PRIMARY KEY NOT NULL,
    ref               TEXT    NOT NULL,
    text              TEXT    NOT NULL, -- what can happen
    category          TEXT    NOT NULL, -- of cases like it; empty: of any
    cause             TEXT    NOT NULL, -- of cases like it; empty: of any
    system_id         INTEGER REFERENCES systems (id),
    incident_id       INTEGER REFERENCES incidents (id), -- the case that it was seen in
    unit              TEXT    NOT NULL,
    owner_email       TEXT    NOT NULL,
    owner_name        TEXT    NOT NULL,
    likelihood        INTEGER NOT NULL, -- 1 to 5; 0: not estimated
    consequence       INTEGER NOT NULL,
    reason            TEXT    NOT NULL, -- for that estimate
    likelihood_after  INTEGER NOT NULL, -- when its measures are done
    consequence_after INTEGER NOT NULL,
    reason_after      TEXT    NOT NULL,
    estimated_at      INTEGER,          -- the latest of both
    estimated_by      INTEGER REFERENCES accounts (id),
    created_at        INTEGER NOT NULL,
    created_by        INTEGER NOT NULL REFERENCES accounts (id),
    ended_at          INTEGER,
    ended_by          INTEGER REFERENCES accounts (id),
    ended_why         TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX risks_ref ON risks (ref);
CREATE INDEX risks_by_incident ON risks (incident_id, id) WHERE incident_id IS NOT NULL;
CREATE INDEX risks_open ON risks (ended_at, id);

-- A measure is of a case or of a risk.
DROP INDEX measures_by_incident;
ALTER TABLE measures ADD COLUMN case_id INTEGER REFERENCES incidents (id);
UPDATE measures SET case_id = incident_id;
ALTER TABLE measures DROP COLUMN incident_id;
ALTER TABLE measures RENAME COLUMN case_id TO incident_id;
ALTER TABLE measures ADD COLUMN risk_id INTEGER REFERENCES risks (id);
CREATE INDEX measures_by_incident ON measures (incident_id, id) WHERE incident_id IS NOT NULL;
CREATE INDEX measures_by_risk ON measures (risk_id, id) WHERE risk_id IS NOT NULL;
CREATE INDEX measures_by_owner ON measures (owner_email, due_on, id) WHERE state = 'open';

ALTER TABLE deliveries ADD COLUMN risk_id INTEGER REFERENCES risks (id);
