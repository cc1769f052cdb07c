// Package storetest opens registers for tests, on SQLite and on PostgreSQL, and holds the suite that both must pass.
//
// PostgreSQL is the one whose address stands in the environment variable INCIDENTBOT_TEST_POSTGRES: an address of a
// superuser on a cluster that may be thrown away, which "make test" starts. Every test gets a database of its own. A test
// that needs PostgreSQL and has none fails: a suite that quietly tests half of what it claims is worse than none.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"

	"tyreso.se/incidentbot/store"
)

// PostgresVariable names the environment variable that holds the address of the test cluster.
const PostgresVariable = "INCIDENTBOT_TEST_POSTGRES"

// SQLiteURL returns the address of a SQLite database that does not exist yet, in a folder that goes away with the test.
func SQLiteURL(t testing.TB) string {
	t.Helper()
	return "sqlite://" + filepath.Join(t.TempDir(), "register.db")
}

// MigratedSQLiteURL returns the address of a migrated register on SQLite, in a folder that goes away with the test. Hundreds of tests
// begin with one: they get copies of one that was migrated when the first asked.
func MigratedSQLiteURL(t testing.TB) string {
	t.Helper()
	content, err := migratedSQLite()
	if err != nil {
		t.Fatalf("make the register that tests begin with: %v", err)
	}
	path := filepath.Join(t.TempDir(), "register.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatalf("copy the register that tests begin with: %v", err)
	}
	return "sqlite://" + path
}

// migratedSQLite is the file of an empty, migrated register.
var migratedSQLite = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "register")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "register.db")
	s, err := store.Open(context.Background(), "sqlite://"+path, store.Options{})
	if err != nil {
		return nil, err
	}
	_, err = s.Migrate(context.Background())
	if err = errors.Join(err, s.Close()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// PostgresURL creates an empty database, to be dropped when the test ends, and returns its address. It fails the test
// when there is no PostgreSQL to test on.
func PostgresURL(t testing.TB) string {
	t.Helper()
	cluster := os.Getenv(PostgresVariable)
	if cluster == "" {
		t.Fatalf("%s is not set, so there is no PostgreSQL to test on: run the tests with \"make test\", which starts one",
			PostgresVariable)
	}
	address, err := url.Parse(cluster)
	if err != nil {
		t.Fatalf("%s is not a URL", PostgresVariable)
	}
	admin, err := sql.Open("postgres", cluster)
	if err != nil {
		t.Fatalf("open the test cluster: %v", err)
	}
	name := "test_" + strings.ToLower(rand.Text())
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+pq.QuoteIdentifier(name)); err != nil {
		t.Fatalf("create a test database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := admin.Exec("DROP DATABASE " + pq.QuoteIdentifier(name) + " WITH (FORCE)"); err != nil {
			t.Errorf("drop the test database: %v", err)
		}
		if err := admin.Close(); err != nil {
			t.Errorf("close the test cluster: %v", err)
		}
	})
	address.Path = "/" + name
	return address.String()
}

// SQLite returns a migrated register on SQLite that is closed when the test ends. Years begin in Stockholm.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return Open(t, MigratedSQLiteURL(t))
}

// Postgres returns a migrated register on PostgreSQL that is closed when the test ends. Years begin in Stockholm.
func Postgres(t testing.TB) *store.Store {
	t.Helper()
	return migrated(t, PostgresURL(t))
}

// Both runs test as a subtest on a migrated register of each database.
func Both(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, SQLite(t)) })
	t.Run("postgres", func(t *testing.T) { test(t, Postgres(t)) })
}

// Open opens the register at address until the test ends, with years that begin in Stockholm. It does not migrate.
func Open(t testing.TB, address string) *store.Store {
	t.Helper()
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatalf("load the time zone: %v", err)
	}
	s, err := store.Open(t.Context(), address, store.Options{Location: stockholm})
	if err != nil {
		t.Fatalf("open the register: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the register: %v", err)
		}
	})
	return s
}

func migrated(t testing.TB, address string) *store.Store {
	t.Helper()
	s := Open(t, address)
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	return s
}
