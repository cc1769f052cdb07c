package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/jmoiron/sqlx"
)

// pool is a pool of connections with the statements prepared on it: preparing takes SQLite's parser longer than running
// (and costs PostgreSQL a round trip), and the same few dozen statements are all that ever run.
type pool struct {
	*sqlx.DB
	mu       sync.RWMutex
	prepared map[string]*sqlx.Stmt // by the text as written in this package, with ?
}

func newPool(db *sqlx.DB) *pool { return &pool{DB: db, prepared: map[string]*sqlx.Stmt{}} }

// known returns the prepared statement, or nil when it was not prepared yet.
func (p *pool) known(query string) *sqlx.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.prepared[query]
}

// prepare prepares the statement unless that is done. It takes a connection: the pool of one that writes to SQLite has
// none to give while a transaction is open.
func (p *pool) prepare(ctx context.Context, query string) (*sqlx.Stmt, error) {
	if stmt := p.known(query); stmt != nil {
		return stmt, nil
	}
	stmt, err := p.PreparexContext(ctx, p.Rebind(query))
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if first := p.prepared[query]; first != nil { // somebody else was faster
		return first, stmt.Close()
	}
	p.prepared[query] = stmt
	return stmt, nil
}

func (p *pool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, stmt := range p.prepared {
		_ = stmt.Close() // closing the pool closes what is left
	}
	err := p.Close()
	if _, ok := errors.AsType[net.Error](err); ok {
		return nil // a connection that the server closed first is closed
	}
	return err
}

// query implements queryer.
func (p *pool) query(ctx context.Context, query string, args []any) (*sqlx.Rows, error) {
	stmt, err := p.prepare(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryxContext(ctx, storableArgs(args)...)
}

// snapshot reads inside one transaction that sees the database as it was at its first read.
type snapshot struct{ tx *sqlx.Tx }

// query implements queryer.
func (s snapshot) query(ctx context.Context, query string, args []any) (*sqlx.Rows, error) {
	return s.tx.QueryxContext(ctx, s.tx.Rebind(query), storableArgs(args)...)
}

// queryer is what reading needs: the pool of readers, a snapshot, or a writing transaction.
type queryer interface {
	query(ctx context.Context, query string, args []any) (*sqlx.Rows, error)
}

// one returns the first row that the query finds, or ErrNotFound.
func one[T any](ctx context.Context, q queryer, fields func(*T) []any, query string, args ...any) (T, error) {
	found, err := many(ctx, q, fields, query, args...)
	if err != nil || len(found) == 0 {
		var none T
		if err == nil {
			err = ErrNotFound
		}
		return none, err
	}
	return found[0], nil
}

// many returns the rows that the query finds.
func many[T any](ctx context.Context, q queryer, fields func(*T) []any, query string, args ...any) (found []T, err error) {
	rows, err := q.query(ctx, query, args)
	if err != nil {
		return nil, told(err)
	}
	for rows.Next() {
		var row T
		if err = rows.Scan(fields(&row)...); err != nil {
			break
		}
		found = append(found, row)
	}
	if err == nil {
		err = rows.Err()
	}
	if closing := rows.Close(); err == nil {
		err = closing
	}
	if err != nil {
		return nil, told(err)
	}
	return found, nil
}

// itself is the fields function of a query with one column of a plain type.
func itself[T any](v *T) []any { return []any{v} }

// await runs a read and returns when it is done or when ctx ends, whichever comes first. Drivers do not all return when
// ctx ends: lib/pq asks the server to cancel and then waits for its answer, which a server that hangs never gives
// (v1.12.3, conn_go18.go). A person who waits must be told in time nevertheless; the read itself ends when it can.
func await[T any](ctx context.Context, read func() (T, error)) (T, error) {
	if ctx.Done() == nil {
		return read()
	}
	type answer struct {
		value T
		err   error
	}
	answers := make(chan answer, 1)
	go func() {
		value, err := read()
		answers <- answer{value, err}
	}()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, fmt.Errorf("waiting for the database: %w", ctx.Err())
	}
}

// read runs a read that is short: of a few rows, or of a page.
func read[T any](ctx context.Context, s *Store, f func(context.Context) (T, error)) (T, error) {
	if !s.dialect.embedded {
		return await(ctx, func() (T, error) { return f(ctx) })
	}
	if err := ctx.Err(); err != nil {
		var none T
		return none, fmt.Errorf("waiting for the database: %w", err)
	}
	return f(context.WithoutCancel(ctx))
}

// readOne is one on the pool of readers.
func readOne[T any](ctx context.Context, s *Store, fields func(*T) []any, query string, args ...any) (T, error) {
	return read(ctx, s, func(ctx context.Context) (T, error) { return one(ctx, s.reader, fields, query, args...) })
}

// readMany is many on the pool of readers.
func readMany[T any](ctx context.Context, s *Store, fields func(*T) []any, query string, args ...any) ([]T, error) {
	return read(ctx, s, func(ctx context.Context) ([]T, error) { return many(ctx, s.reader, fields, query, args...) })
}

// pageSize is how many rows are held in memory while a table is walked through.
const pageSize = 500

// walk calls visit with every row in the order of a key that only grows. It reads a page at a time and holds no
// connection while visit runs, so that a slow reader holds up nobody. The query takes the last key and the page's size.
func walk[T any](ctx context.Context, s *Store, fields func(*T) []any, query string, key func(T) int64, visit func(T) error) error {
	for last := int64(0); ; {
		page, err := readMany(ctx, s, fields, query, last, pageSize)
		if err != nil {
			return err
		}
		for _, row := range page {
			if err := visit(row); err != nil {
				return err
			}
			last = key(row)
		}
		if len(page) < pageSize {
			return nil
		}
	}
}

// inSnapshot runs read in a transaction that sees one state of the database and changes nothing.
func (s *Store) inSnapshot(ctx context.Context, read func(q queryer) error) error {
	_, err := await(ctx, func() (struct{}, error) {
		tx, err := s.reader.BeginTxx(ctx, s.dialect.snapshot)
		if err != nil {
			return struct{}{}, fmt.Errorf("begin to read: %w", err)
		}
		defer func() { _ = tx.Rollback() }() // nothing was changed
		return struct{}{}, read(snapshot{tx})
	})
	return err
}
