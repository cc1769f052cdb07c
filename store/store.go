// Package store is the register: every report, who made it, what is on its way out, and the audit trail of it all, in
// SQLite or PostgreSQL through one implementation.
//
// What is written is written in one kind of place, a function given to [Store.InTx]; it sees a [Tx], which has the
// methods that write. What is read is read through the methods of [Store], which take no lock and wait for no writer.
// The package knows rows and the order they must change in. It knows nothing of chat platforms, of people's languages or
// of when jobs run, and it judges nothing: the rules are policy's.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"tyreso.se/incidentbot/migrations"
)

// Store is an open register. It is safe for concurrent use.
type Store struct {
	dialect      dialect
	location     *time.Location
	logger       *slog.Logger
	clock        func() time.Time
	writer       *pool         // nil when read-only on SQLite
	reader       *pool         // on PostgreSQL the same as writer
	committer    *committer    // nil when read-only
	checkpointer *checkpointer // nil when read-only or on PostgreSQL
	lock         *os.File      // SQLite: held while open for writing
}

// Options are what Open needs to know beside the address. The zero value works.
type Options struct {
	// Location is where the year of an incident's number changes; nil means UTC.
	Location *time.Location
	// Logger hears of panics in transactions; nil means silence.
	Logger *slog.Logger
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// ReadOnly opens the register for reading only, also while another process has the same SQLite file open.
	ReadOnly bool
	// Beside opens the register for a few short transactions, also while another process has the same SQLite file open: they take turns
	// by SQLite's own lock. It neither creates a file nor tends its journal, and must not run jobs.
	Beside bool
}

// Open opens the register at address, "sqlite:///absolute/path.db" or "postgres://…", and makes sure that it answers. It
// does not migrate. A SQLite file that is missing is created, readable by nobody else, and is locked against other
// processes until Close: *InUseError tells that another one was first. No error holds the address, which may have a
// password in it.
func Open(ctx context.Context, address string, opts Options) (*Store, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, errors.New("the database's address is not a URL: it should start with sqlite:/// or postgres://")
	}
	s := &Store{location: opts.Location, logger: opts.Logger, clock: opts.Clock}
	if s.location == nil {
		s.location = time.UTC
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	if s.clock == nil {
		s.clock = time.Now //nolint:forbidigo // what Options.Clock promises; everything else asks the store
	}
	switch u.Scheme {
	case "sqlite":
		s.dialect = sqliteDialect
		err = s.openSQLite(ctx, u.Host+u.Path, opts)
	case "postgres", "postgresql":
		s.dialect = postgresDialect
		_, err = await(ctx, func() (struct{}, error) { return struct{}{}, s.openPostgres(ctx, address) })
	default:
		err = fmt.Errorf("no database is called %q: the address should start with sqlite:/// or postgres://", u.Scheme)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if !opts.ReadOnly {
		if s.dialect.embedded && !opts.Beside {
			s.checkpointer = newCheckpointer(s)
		}
		s.committer = newCommitter(s)
	}
	return s, nil
}

// Close lets the transactions that run end, refuses those that wait with ErrClosed, and gives everything back.
func (s *Store) Close() error {
	var errs []error
	if s.committer != nil {
		errs = append(errs, s.committer.close())
	}
	if s.checkpointer != nil {
		s.checkpointer.close()
	}
	if s.reader != nil {
		errs = append(errs, s.reader.close())
	}
	if s.writer != nil && s.writer != s.reader {
		errs = append(errs, s.writer.close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close()) // closing gives the lock back
	}
	return errors.Join(errs...)
}

// Dialect returns "sqlite" or "postgres".
func (s *Store) Dialect() string { return s.dialect.name }

// Writer returns the pool that writes, for the job queue, which keeps its own tables in the same database; nil when the
// store was opened read-only on SQLite. On SQLite it has one connection: whoever holds it keeps everybody else waiting.
func (s *Store) Writer() *sql.DB {
	if s.writer == nil {
		return nil
	}
	return s.writer.DB.DB
}

// Reader returns the pool that reads, for looking at what others keep in the same database.
func (s *Store) Reader() *sql.DB { return s.reader.DB.DB }

// Now returns the time as the register will hold it: UTC, milliseconds.
func (s *Store) Now() time.Time { return atMillis(s.clock()) }

// Migration is one step of the schema.
type Migration struct {
	Version   int64
	Name      string // file name
	Applied   bool
	AppliedAt time.Time // zero when not applied
}

// Migrate brings the schema up to date and returns how many steps that took. Two processes may try at once.
func (s *Store) Migrate(ctx context.Context) (applied int, err error) {
	provider, err := s.migrations()
	if err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return len(results), fmt.Errorf("migrate: %w", err)
	}
	return len(results), nil
}

// MigrationStatus returns every step of the schema in order, and whether it has been taken. It changes nothing and takes no
// lock.
func (s *Store) MigrationStatus(ctx context.Context) ([]Migration, error) {
	provider, err := s.goose(s.reader)
	if err != nil {
		return nil, err
	}
	if _, err := readOne(ctx, s, itself[int64], `SELECT 1`); err != nil {
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	if _, err := readOne(ctx, s, itself[int64], `SELECT count(*) FROM goose_db_version`); err != nil {
		// goose's table is not there: it would make it now, and find no step taken.
		if ctx.Err() != nil {
			return nil, fmt.Errorf("read which migrations are applied: %w", err)
		}
		var missing []Migration
		for _, source := range provider.ListSources() {
			missing = append(missing, Migration{Version: source.Version, Name: source.Path})
		}
		return missing, nil
	}
	steps, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read which migrations are applied: %w", err)
	}
	found := make([]Migration, len(steps))
	for i, step := range steps {
		found[i] = Migration{
			Version:   step.Source.Version,
			Name:      step.Source.Path,
			Applied:   step.State == goose.StateApplied,
			AppliedAt: step.AppliedAt.UTC(),
		}
	}
	return found, nil
}

// migrations returns what runs the migrations. On PostgreSQL it takes a lock, so that processes that start together do
// not migrate together; on SQLite there is only one process.
func (s *Store) migrations() (*goose.Provider, error) {
	if s.committer == nil {
		return nil, ErrReadOnly
	}
	if s.dialect.goose != goose.DialectPostgres {
		return s.goose(s.writer)
	}
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return nil, fmt.Errorf("prepare the migration lock: %w", err)
	}
	return s.goose(s.writer, goose.WithSessionLocker(locker))
}

// goose returns what knows the migrations, on a pool.
func (s *Store) goose(p *pool, options ...goose.ProviderOption) (*goose.Provider, error) {
	files, err := fs.Sub(migrations.FS, s.dialect.name)
	if err != nil {
		return nil, fmt.Errorf("find the migrations: %w", err)
	}
	options = append(options, goose.WithDisableGlobalRegistry(true))
	provider, err := goose.NewProvider(s.dialect.goose, p.DB.DB, files, options...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return provider, nil
}

// Current returns nil when the database answers and has all of our migrations, ErrNotMigrated when some are missing, and
// another error when it does not answer. It changes nothing and takes no lock.
func (s *Store) Current(ctx context.Context) error {
	files, err := fs.Glob(migrations.FS, s.dialect.name+"/*.sql")
	if err != nil {
		return fmt.Errorf("find the migrations: %w", err)
	}
	if _, err := readOne(ctx, s, itself[int64], `SELECT 1`); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	// goose writes a row with version 0 when it creates its table. A table that is not there is an error that the two
	// databases tell differently; that the database answers was seen above.
	applied, err := readOne(ctx, s, itself[int64],
		`SELECT count(DISTINCT version_id) FROM goose_db_version WHERE version_id > 0`)
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("read which migrations are applied: %w", err)
	}
	if err != nil || applied < int64(len(files)) {
		return ErrNotMigrated
	}
	return nil
}
