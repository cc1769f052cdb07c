-- +goose Up
-- Times are milliseconds since 1970 in UTC, yes and no are 1 and 0, JSON is text. An index stands here for every query
-- that answers a person, so that none of them grows with the register.

CREATE TABLE people (
    id            INTEGER PRIMARY KEY NOT NULL,
    email         TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    unit          TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    manager_email TEXT    NOT NULL,
    start_date    TEXT    NOT NULL,
    locale        TEXT    NOT NULL,
    active        INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX people_email ON people (email);

CREATE TABLE systems (
    id            INTEGER PRIMARY KEY NOT NULL,
    key           TEXT    NOT NULL,
    name          TEXT    NOT NULL,
    owner_email   TEXT    NOT NULL,
    unit          TEXT    NOT NULL,
    supplier      TEXT    NOT NULL,
    levels        TEXT    NOT NULL, -- four digits in the order K R T S; empty: not classified
    personal_data TEXT    NOT NULL,
    classified_on TEXT    NOT NULL,
    active        INTEGER NOT NULL,
    folded_name   TEXT    NOT NULL, -- what is searched in and sorted by
    folded_key    TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX systems_key ON systems (key);
CREATE INDEX systems_by_name ON systems (folded_name, id) WHERE active = 1;

CREATE TABLE accounts (
    id         INTEGER PRIMARY KEY NOT NULL,
    surface    TEXT    NOT NULL,
    user_id    TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    email      TEXT    NOT NULL,
    language   TEXT    NOT NULL,
    person_id  INTEGER REFERENCES people (id),
    checked_at INTEGER
) STRICT;
CREATE UNIQUE INDEX accounts_user ON accounts (surface, user_id);
CREATE INDEX accounts_by_email ON accounts (email, surface) WHERE email <> '';

CREATE TABLE counters (
    name  TEXT    PRIMARY KEY NOT NULL,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE incidents (
    id               INTEGER PRIMARY KEY NOT NULL,
    ref              TEXT    NOT NULL,
    number           TEXT    NOT NULL,
    version          INTEGER NOT NULL,
    status           TEXT    NOT NULL,
    reporter_id      INTEGER REFERENCES accounts (id),
    surface          TEXT    NOT NULL,
    language         TEXT    NOT NULL,
    text             TEXT    NOT NULL,
    done             TEXT    NOT NULL,
    occurred_at      INTEGER,
    discovered_at    INTEGER NOT NULL,
    registered_at    INTEGER NOT NULL,
    system_id        INTEGER REFERENCES systems (id),
    system_text      TEXT    NOT NULL,
    form             TEXT    NOT NULL,
    reported_aspects TEXT    NOT NULL,
    personal_data    TEXT    NOT NULL,
    persons          INTEGER NOT NULL,
    sensitive_data   INTEGER NOT NULL,
    sensitive_kinds  TEXT    NOT NULL,
    ongoing          TEXT    NOT NULL,
    near_miss        INTEGER NOT NULL,
    stop_question    INTEGER NOT NULL,
    suggested        TEXT    NOT NULL,
    confidence       REAL    NOT NULL,
    category         TEXT    NOT NULL,
    category_reasons TEXT    NOT NULL,
    aspects          TEXT    NOT NULL,
    regulations      TEXT    NOT NULL,
    severity         INTEGER NOT NULL,
    severity_reasons TEXT    NOT NULL,
    severity_note    TEXT    NOT NULL,
    acknowledged_at  INTEGER,
    acknowledged_by  INTEGER REFERENCES accounts (id),
    closed_at        INTEGER,
    closed_by        INTEGER REFERENCES accounts (id),
    cause            TEXT    NOT NULL,
    lesson           TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX incidents_ref ON incidents (ref);
CREATE UNIQUE INDEX incidents_number ON incidents (number);
CREATE INDEX incidents_by_reporter ON incidents (reporter_id, id);
CREATE INDEX incidents_open ON incidents (id, status) WHERE status <> 'closed';

CREATE TABLE notes (
    id          INTEGER PRIMARY KEY NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    at          INTEGER NOT NULL,
    author_id   INTEGER REFERENCES accounts (id),
    kind        TEXT    NOT NULL,
    text        TEXT    NOT NULL
) STRICT;
CREATE INDEX notes_by_incident ON notes (incident_id, id);

CREATE TABLE attachments (
    id          INTEGER PRIMARY KEY NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    surface     TEXT    NOT NULL,
    file_id     TEXT    NOT NULL,
    name        TEXT    NOT NULL,
    type        TEXT    NOT NULL,
    size        INTEGER NOT NULL,
    sha256      TEXT    NOT NULL,
    fetched_at  INTEGER,
    failure     TEXT    NOT NULL
) STRICT;
CREATE INDEX attachments_by_incident ON attachments (incident_id, id);
CREATE INDEX attachments_pending ON attachments (id) WHERE fetched_at IS NULL AND failure = '';

-- The bytes lie apart, so that no list of attachments has to step over them.
CREATE TABLE attachment_contents (
    attachment_id INTEGER PRIMARY KEY NOT NULL REFERENCES attachments (id),
    content       BLOB    NOT NULL
) STRICT;

-- A row without answers is a draft that was dropped: answers from before saved_at that arrive late do not bring it back.
CREATE TABLE drafts (
    account_id INTEGER NOT NULL REFERENCES accounts (id),
    dialog     TEXT    NOT NULL,
    answers    TEXT    NOT NULL,
    saved_at   INTEGER NOT NULL,
    PRIMARY KEY (account_id, dialog)
) STRICT, WITHOUT ROWID;

CREATE TABLE deliveries (
    id            INTEGER PRIMARY KEY NOT NULL,
    lane          TEXT    NOT NULL,
    surface       TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    user_id       TEXT    NOT NULL,
    email         TEXT    NOT NULL,
    kind          TEXT    NOT NULL,
    incident_id   INTEGER REFERENCES incidents (id),
    note_id       INTEGER REFERENCES notes (id),
    attachment_id INTEGER REFERENCES attachments (id),
    urgent        INTEGER NOT NULL,
    created_at    INTEGER NOT NULL,
    attempts      INTEGER NOT NULL,
    attempted_at  INTEGER,
    last_error    TEXT    NOT NULL,
    sent_at       INTEGER,
    skipped_at    INTEGER,
    dead_at       INTEGER
) STRICT;
CREATE INDEX deliveries_pending ON deliveries (lane, id)
    WHERE sent_at IS NULL AND skipped_at IS NULL AND dead_at IS NULL;
CREATE INDEX deliveries_cards ON deliveries (incident_id, lane) WHERE kind = 'card';
CREATE INDEX deliveries_dead ON deliveries (id) WHERE dead_at IS NOT NULL;

CREATE TABLE cards (
    id            INTEGER PRIMARY KEY NOT NULL,
    incident_id   INTEGER NOT NULL REFERENCES incidents (id),
    lane          TEXT    NOT NULL,
    surface       TEXT    NOT NULL,
    channel       TEXT    NOT NULL,
    message_id    TEXT    NOT NULL,
    drawn_version INTEGER NOT NULL,
    lost_at       INTEGER
) STRICT;
CREATE UNIQUE INDEX cards_message ON cards (surface, channel, message_id);
CREATE INDEX cards_by_incident ON cards (incident_id, id);

CREATE TABLE claims (
    key        TEXT    PRIMARY KEY NOT NULL,
    claimed_at INTEGER NOT NULL,
    outcome    TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX claims_by_age ON claims (claimed_at);

CREATE TABLE audit_events (
    seq       INTEGER PRIMARY KEY NOT NULL,
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    action    TEXT    NOT NULL,
    subject   TEXT    NOT NULL,
    detail    TEXT    NOT NULL,
    prev_hash TEXT    NOT NULL,
    hash      TEXT    NOT NULL
) STRICT;
CREATE INDEX audit_events_by_subject ON audit_events (subject, seq);

-- The end of the chain is kept apart from the chain, so that a tail that was cut off is missed.
CREATE TABLE audit_head (
    id   INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
    seq  INTEGER NOT NULL,
    hash TEXT    NOT NULL
) STRICT;
INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '');

-- +goose StatementBegin
CREATE TRIGGER audit_events_no_update BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_events_no_delete BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
-- +goose StatementEnd

-- INSERT OR REPLACE removes the old row without firing the trigger above (https://www.sqlite.org/lang_conflict.html).
-- +goose StatementBegin
CREATE TRIGGER audit_events_no_replace BEFORE INSERT ON audit_events
WHEN EXISTS (SELECT 1 FROM audit_events WHERE seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'audit_events is append-only');
END;
-- +goose StatementEnd
