package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
)

// This package prepares its own statements once (pool.prepare). The job queue does not, and works on the same connections:
// of what a report costs, a quarter was SQLite parsing the queue's few statements again and again. So the connections
// remember what they are given.

// sqliteConnector opens connections to a SQLite file that remember their statements.
type sqliteConnector struct {
	driver  *sqlite.Driver
	address string
}

// sqliteConn is what the driver's connections can do, as far as database/sql asks.
type sqliteConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// Driver implements driver.Connector.
func (c sqliteConnector) Driver() driver.Driver { return c.driver }

// Connect implements driver.Connector.
func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	conn, err := c.driver.Open(c.address)
	if err != nil {
		return nil, err //nolint:wrapcheck // database/sql hands it on, and its caller says what was being done
	}
	able, ok := conn.(sqliteConn)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the SQLite driver's connections lack what is needed: %T", conn), conn.Close())
	}
	return &rememberingConn{sqliteConn: able, statements: map[string]*remembered{}}, nil
}

// maxRemembered is more than there are different statements, which are constants but for a few.
const maxRemembered = 256

// rememberingConn is a connection that prepares a statement when it is given it for the first time. Like every driver.Conn
// it is used by one goroutine at a time.
type rememberingConn struct {
	sqliteConn
	statements map[string]*remembered // by text
}

// remembered is a prepared statement. It can be run once at a time: busy says that its rows are being read.
type remembered struct {
	stmt interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}
	busy bool
}

// statement returns the prepared statement, or nil when it must be run without.
func (c *rememberingConn) statement(ctx context.Context, query string) (*remembered, error) {
	if known := c.statements[query]; known != nil {
		if known.busy {
			return nil, nil
		}
		return known, nil
	}
	if len(c.statements) >= maxRemembered || !memorable(query) {
		return nil, nil
	}
	stmt, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	r := &remembered{}
	var ok bool
	if r.stmt, ok = stmt.(interface {
		driver.Stmt
		driver.StmtExecContext
		driver.StmtQueryContext
	}); !ok {
		return nil, stmt.Close()
	}
	c.statements[query] = r
	return r, nil
}

// memorable tells whether a statement reads or writes rows. What it says about the schema or the connection happens once, and
// some of that already while it is prepared (https://www.sqlite.org/pragma.html).
func memorable(query string) bool {
	query = strings.TrimSpace(query)
	for strings.HasPrefix(query, "--") {
		_, query, _ = strings.Cut(query, "\n")
		query = strings.TrimSpace(query)
	}
	verb, _, _ := strings.Cut(query, " ")
	switch verb, _, _ = strings.Cut(verb, "\n"); strings.ToUpper(verb) {
	case "SELECT", "INSERT", "UPDATE", "DELETE", "WITH":
		return true
	}
	return false
}

// ExecContext implements driver.ExecerContext.
func (c *rememberingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return c.sqliteConn.ExecContext(ctx, query, args) //nolint:wrapcheck // as above
	}
	return s.stmt.ExecContext(ctx, args) //nolint:wrapcheck // as above
}

// QueryContext implements driver.QueryerContext.
func (c *rememberingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	switch {
	case err != nil:
		return nil, err
	case s == nil:
		return c.sqliteConn.QueryContext(ctx, query, args) //nolint:wrapcheck // as above
	}
	rows, err := s.stmt.QueryContext(ctx, args)
	if err != nil {
		return nil, err //nolint:wrapcheck // as above
	}
	s.busy = true
	return &rememberedRows{Rows: rows, of: s}, nil
}

// Close implements driver.Conn.
func (c *rememberingConn) Close() error {
	errs := make([]error, 0, len(c.statements)+1)
	for _, s := range c.statements {
		errs = append(errs, s.stmt.Close())
	}
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// rememberedRows are rows whose end makes their statement free again.
type rememberedRows struct {
	driver.Rows
	of *remembered
}

// Close implements driver.Rows.
func (r *rememberedRows) Close() error {
	defer func() { r.of.busy = false }()
	return r.Rows.Close() //nolint:wrapcheck // as above
}
