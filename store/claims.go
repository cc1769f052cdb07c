package store

import (
	"context"
	"time"
)

// Claim takes hold of something that must be done once, by its idempotency key. When it is fresh the caller does it, in
// the same transaction, and outcome is kept for those who ask again; when not, somebody has done it, and first is the
// outcome that they gave.
func (tx *Tx) Claim(ctx context.Context, key, outcome string) (fresh bool, first string, err error) {
	n, err := tx.exec(ctx, `INSERT INTO claims (key, claimed_at, outcome) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING`,
		key, tx.Now.UnixMilli(), outcome)
	if err != nil || n > 0 {
		return n > 0, "", doing("claim", err)
	}
	first, err = one(ctx, tx, itself[string], `SELECT outcome FROM claims WHERE key = ?`, key)
	return false, first, doing("read a claim", err)
}

// ExpireClaims forgets claims from before a time and returns how many.
func (tx *Tx) ExpireClaims(ctx context.Context, before time.Time) (int, error) {
	n, err := tx.exec(ctx, `DELETE FROM claims WHERE claimed_at < ?`, before.UnixMilli())
	return int(n), doing("forget old claims", err)
}
