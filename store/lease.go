package store

import (
	"context"
	"fmt"
	"time"
)

// A lease is the right to be the only process that does something, for a while: its holder renews it, and when the holder
// dies it runs out. It is the database's clock that says when, so that the clocks of the processes need not agree.
//
// A lease is taken and given back in statements of their own, not through InTx: what it keeps alive must not wait in the
// line of those who report.

// AcquireLease takes the lease called name for holder, or renews the one that holder has, for life from now. It returns
// false when somebody else has it. After an error the lease may have been taken or not.
//
// The holder should count life from before the call: the database counts it from a moment within.
func (s *Store) AcquireLease(ctx context.Context, name, holder string, life time.Duration) (bool, error) {
	now := s.dialect.now
	changed, err := s.writeAlone(ctx, `INSERT INTO leases (name, holder, expires_at) VALUES (?, ?, `+now+` + ?) `+
		`ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at `+
		`WHERE leases.holder = excluded.holder OR leases.expires_at <= `+now, name, holder, life.Milliseconds())
	return changed > 0, doing("take a lease", err)
}

// ReleaseLease gives the lease back, so that somebody else can have it at once. A lease that holder does not have is left
// alone.
func (s *Store) ReleaseLease(ctx context.Context, name, holder string) error {
	_, err := s.writeAlone(ctx, `DELETE FROM leases WHERE name = ? AND holder = ?`, name, holder)
	return doing("give back a lease", err)
}

// writeAlone runs one statement as a transaction of its own and returns how many rows it changed. It returns when ctx ends,
// also when the database has not answered by then.
func (s *Store) writeAlone(ctx context.Context, query string, args ...any) (int64, error) {
	if s.committer == nil {
		return 0, ErrReadOnly
	}
	return await(ctx, func() (int64, error) {
		stmt, err := s.writer.prepare(ctx, query)
		if err != nil {
			return 0, err
		}
		result, err := stmt.ExecContext(ctx, storableArgs(args)...)
		if err != nil {
			return 0, told(err)
		}
		changed, err := result.RowsAffected()
		if err != nil {
			return 0, fmt.Errorf("count the rows that were changed: %w", err)
		}
		return changed, nil
	})
}
