-- +goose Up
-- The kinds of personal data that a system holds (policy clause 2.7): keys with commas between.
ALTER TABLE systems ADD COLUMN data_kinds TEXT NOT NULL DEFAULT '';
