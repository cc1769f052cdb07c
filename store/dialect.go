package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
)

// dialect is all that differs between the two databases once they are open.
type dialect struct {
	name  string // also the folder of the migrations
	goose goose.Dialect
	// begin runs first in every writing transaction; "" for nothing. Both databases let one writing transaction run at
	// a time, see committer: SQLite by itself (BEGIN IMMEDIATE), PostgreSQL by a lock that goes with the transaction.
	begin string
	// embedded says that the database runs in this process: it answers or the machine is lost. What is run on it need not be
	// cancelled, and to be able to costs the drivers two goroutines a statement.
	embedded bool
	// now is the database's own time in milliseconds since 1970. Only leases go by it: what is registered has Options.Clock's.
	now string
	// snapshot starts a transaction whose reads all see the same state.
	snapshot *sql.TxOptions
}

var (
	// https://www.sqlite.org/lang_datefunc.html
	sqliteDialect = dialect{
		name: "sqlite", goose: goose.DialectSQLite3, embedded: true, snapshot: &sql.TxOptions{},
		now: `CAST(unixepoch('subsec') * 1000 AS INTEGER)`,
	}

	// A process that freezes in the middle of a transaction must not keep the lock: the server ends it after a minute.
	// The lock's number is any, the same for all our processes. clock_timestamp is the time of the moment, also in a
	// statement that had to wait: https://www.postgresql.org/docs/15/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT
	postgresDialect = dialect{
		name:     "postgres",
		goose:    goose.DialectPostgres,
		begin:    `SELECT set_config('idle_in_transaction_session_timeout', '60s', true), pg_advisory_xact_lock(5213700042)`,
		now:      `CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)`,
		snapshot: &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
	}
)

// sqliteReaders is how many connections read from SQLite beside the one that writes.
const sqliteReaders = 4

// openSQLite opens the file at path: for writing through one connection, and for reading through a few others.
//
// Every commit is on disk before it is told of (synchronous FULL), readers and the writer do not wait for each other
// (WAL), and a transaction that writes takes its lock when it begins (immediate): see https://www.sqlite.org/wal.html.
// The addresses start with "file:" so that SQLite itself heeds mode, https://www.sqlite.org/uri.html.
func (s *Store) openSQLite(ctx context.Context, path string, opts Options) error {
	if !filepath.IsAbs(path) {
		return errors.New("the path of a SQLite database must be absolute, as in sqlite:///var/lib/incidentbot/register.db")
	}
	sqlx.BindDriver("sqlite", sqlx.QUESTION)
	open := func(query string) *sqlx.DB {
		address := (&url.URL{Scheme: "file", Path: path}).String() + query
		return sqlx.NewDb(sql.OpenDB(sqliteConnector{&sqlite.Driver{}, address}), "sqlite")
	}

	if !opts.ReadOnly && !opts.Beside {
		if err := s.claimSQLite(path); err != nil {
			return err
		}
	}
	if !opts.ReadOnly {
		// What is deleted or replaced is overwritten (secure_delete), see Scrub. 4 MiB of cache hold the upper levels of the indexes
		// also of a large register.
		db := open("?mode=rw&_txlock=immediate&_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
			"&_pragma=secure_delete(1)&_pragma=foreign_keys(1)&_pragma=temp_store(MEMORY)&_pragma=cache_size(-4096)" +
			"&_pragma=wal_autocheckpoint(" + journalPages + ")")
		db.SetMaxOpenConns(1)
		s.writer = newPool(db)
		if err := db.PingContext(ctx); err != nil {
			return fmt.Errorf("open the database %s: %w", path, err)
		}
	}

	// mode=rw does not create a missing file; query_only refuses to change one. The checkpointer needs synchronous.
	db := open("?mode=rw&_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=synchronous(FULL)")
	db.SetMaxOpenConns(sqliteReaders)
	db.SetMaxIdleConns(sqliteReaders)
	s.reader = newPool(db)
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("open the database %s for reading: %w", path, err)
	}
	return nil
}

// claimSQLite keeps other processes from having the file at path for themselves, and creates it when it is missing.
func (s *Store) claimSQLite(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("create the database's folder: %w", err)
	}
	lock, err := lockFile(path)
	if err != nil {
		return err
	}
	s.lock = lock
	// SQLite would create the file readable for all, and gives its journal the same mode.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("create the database: %w", err)
	}
	return nil
}

const (
	postgresConnections    = 20
	postgresConnectTimeout = 5 * time.Second
	postgresIdle           = 5 * time.Minute
)

// openPostgres opens one pool that both writes and reads. The address may hold a password: it is in no error.
func (s *Store) openPostgres(ctx context.Context, address string) error {
	connector, err := pq.NewConnector(address)
	if err != nil {
		return errors.New("the address of the PostgreSQL database cannot be read: " +
			"it should look like postgres://user:password@host:5432/database?sslmode=require")
	}
	connector.Dialer(dialer{&net.Dialer{
		Timeout:         postgresConnectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3},
		Control:         giveUpOnSilence,
	}})
	db := sqlx.NewDb(sql.OpenDB(connector), "postgres")
	db.SetMaxOpenConns(postgresConnections)
	db.SetMaxIdleConns(postgresConnections)
	db.SetConnMaxIdleTime(postgresIdle)
	s.writer = newPool(db)
	s.reader = s.writer
	if err := db.PingContext(ctx); err != nil {
		return fmt.Errorf("connect to PostgreSQL: %w", err)
	}
	return nil
}

// silence is how long sent bytes may stay unacknowledged before a connection is taken for dead. Without it a database
// server that vanished from the network would hold its connections for a quarter of an hour.
const silence = 20 * time.Second

// dialer is a net.Dialer in the shape that lib/pq asks for.
type dialer struct{ *net.Dialer }

// DialTimeout implements pq.Dialer.
func (d dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}
