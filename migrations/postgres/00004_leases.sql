-- +goose Up
-- Who does what only one process at a time may do, and until when. expires_at goes by the database's clock, unlike every
-- other time in the register, so that processes whose clocks differ agree on it.
CREATE TABLE leases (
    name       TEXT   PRIMARY KEY NOT NULL,
    holder     TEXT   NOT NULL,
    expires_at BIGINT NOT NULL
);
