package store

import (
	"errors"
	"fmt"

	"github.com/lib/pq"
	"modernc.org/sqlite"
)

// What callers tell apart with errors.Is.
var (
	// ErrNotFound is returned when there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrConflict is returned when a row with the same unique key exists already.
	ErrConflict = errors.New("exists already")
	// ErrReadOnly is returned by InTx and Migrate on a store opened with Options.ReadOnly.
	ErrReadOnly = errors.New("the register is open for reading only")
	// ErrClosed is returned by InTx after Close.
	ErrClosed = errors.New("the register is closed")
	// ErrNotMigrated is returned by Current when migrations are missing.
	ErrNotMigrated = errors.New("migrations are missing: run incidentbot migrate up")
)

// InUseError is returned by Open when another process has the SQLite file open for writing.
type InUseError struct {
	Path string // the database file
	PID  int    // the other process, 0 when unknown
}

// Error implements error.
func (e *InUseError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("%s is in use by %s: one process at a time may write to a SQLite database; "+
		"stop the other one, or use PostgreSQL", e.Path, who)
}

// BrokenChainError is returned by VerifyChain and names the first event that is not as it was written.
type BrokenChainError struct {
	Seq    int64
	Reason string
}

// Error implements error.
func (e *BrokenChainError) Error() string {
	return fmt.Sprintf("the audit chain is broken at event %d: %s", e.Seq, e.Reason)
}

// The codes of a broken unique or primary key: https://www.sqlite.org/rescode.html and
// https://www.postgresql.org/docs/15/errcodes-appendix.html.
const (
	sqliteConstraintPrimaryKey = 1555
	sqliteConstraintUnique     = 2067
	postgresUniqueViolation    = "23505"
)

// told adds ErrConflict to a driver's error that means it, so that nobody has to read driver errors or their texts.
func told(err error) error {
	if lite, ok := errors.AsType[*sqlite.Error](err); ok {
		if code := lite.Code(); code == sqliteConstraintUnique || code == sqliteConstraintPrimaryKey {
			return fmt.Errorf("%w: %w", ErrConflict, err)
		}
	}
	if pg, ok := errors.AsType[*pq.Error](err); ok && pg.Code == postgresUniqueViolation {
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}

// doing tells what was being done when err came about; nil stays nil.
func doing(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}
