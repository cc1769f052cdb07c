-- +goose Up
-- Which account is whose, where more is known of it than the address that the chat service tells: either it stands in the staff
-- list, or its owner has proved with a code that they read the mail of a person in the list.

CREATE TABLE account_links (
    account_id INTEGER PRIMARY KEY NOT NULL REFERENCES accounts (id),
    person_id  INTEGER NOT NULL REFERENCES people (id),
    listed     INTEGER NOT NULL, -- 1: the staff list says it, and takes it back when it no longer does
    linked_at  INTEGER NOT NULL
) STRICT;

-- A code is needed in clear until it has been sent and typed in; then, and when it is too old, it is emptied. A row without a
-- person is of an address that is not in the staff list: the code was sent to nobody, and the address itself is not kept.
CREATE TABLE link_codes (
    id             INTEGER PRIMARY KEY NOT NULL,
    account_id     INTEGER NOT NULL REFERENCES accounts (id),
    address_sha256 TEXT    NOT NULL,
    person_id      INTEGER REFERENCES people (id),
    delivery_id    INTEGER REFERENCES deliveries (id),
    code           TEXT    NOT NULL,
    tries          INTEGER NOT NULL,
    created_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX link_codes_by_account ON link_codes (account_id, id);
CREATE INDEX link_codes_by_address ON link_codes (address_sha256, created_at);
CREATE UNIQUE INDEX link_codes_delivery ON link_codes (delivery_id);
CREATE INDEX link_codes_by_age ON link_codes (created_at);
