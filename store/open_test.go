package store_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

func TestOpenSQLite(t *testing.T) {
	t.Run("a second one is refused while the first is open, and let in afterwards", func(t *testing.T) {
		address := storetest.SQLiteURL(t)
		first, err := store.Open(t.Context(), address, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = store.Open(t.Context(), address, store.Options{})
		inUse, ok := errors.AsType[*store.InUseError](err)
		if !ok {
			t.Fatalf("error is %v", err)
		}
		if inUse.PID != os.Getpid() || inUse.Path != strings.TrimPrefix(address, "sqlite://") {
			t.Errorf("told of process %d and file %s", inUse.PID, inUse.Path)
		}
		if err := first.Close(); err != nil {
			t.Fatal(err)
		}
		storetest.Open(t, address)
	})
	t.Run("one that writes beside it takes turns with it", func(t *testing.T) {
		address := storetest.SQLiteURL(t)
		if _, err := store.Open(t.Context(), address, store.Options{Beside: true}); err == nil {
			t.Fatal("a file that is missing was created")
		}
		running := storetest.Open(t, address)
		if _, err := running.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		beside, err := store.Open(t.Context(), address, store.Options{Beside: true})
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for i, s := range []*store.Store{running, beside, running, beside} {
			all.Go(func() {
				for range 25 {
					if err := s.InTx(t.Context(), event(t.Context(), fmt.Sprint("event of ", i))); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if err := beside.Close(); err != nil {
			t.Error(err)
		}
		if n, err := running.VerifyChain(t.Context()); n != 100 || err != nil {
			t.Errorf("the chain has %d events, want 100: %v", n, err)
		}
	})
	t.Run("the file and its folder are for nobody else", func(t *testing.T) {
		folder := filepath.Join(t.TempDir(), "new", "folder")
		s := storetest.Open(t, (&url.URL{Scheme: "sqlite", Path: filepath.Join(folder, "register 100%?.db")}).String())
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(folder)
		if err != nil {
			t.Fatal(err)
		}
		if len(files) < 3 { // the database, its journal, the lock
			t.Errorf("files: %v", files)
		}
		for _, path := range append(files, mustStat(t, folder)) {
			info, err := path.Info()
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode().Perm()&0o077 != 0 {
				t.Errorf("%s has mode %v", info.Name(), info.Mode())
			}
		}
	})
	t.Run("what was committed is there when it is opened again", func(t *testing.T) {
		address := storetest.SQLiteURL(t)
		s, err := store.Open(t.Context(), address, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := s.InTx(t.Context(), event(t.Context(), "kept")); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if found := actions(t, storetest.Open(t, address)); len(found) != 1 {
			t.Errorf("found %v", found)
		}
	})
}

func mustStat(t *testing.T, folder string) os.DirEntry {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(folder))
	if err != nil || len(entries) != 1 {
		t.Fatalf("%v, %v", entries, err)
	}
	return entries[0]
}

func TestOpenForReading(t *testing.T) {
	for _, database := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", storetest.SQLiteURL}, {"postgres", storetest.PostgresURL}} {
		t.Run(database.name, func(t *testing.T) {
			address := database.url(t)
			writes := storetest.Open(t, address)
			if _, err := writes.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			reads, err := store.Open(t.Context(), address, store.Options{ReadOnly: true}) // beside the one that writes
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = reads.Close() })
			if err := writes.InTx(t.Context(), event(t.Context(), "seen")); err != nil {
				t.Fatal(err)
			}
			if found := actions(t, reads); len(found) != 1 {
				t.Errorf("found %v", found)
			}
			if err := reads.Current(t.Context()); err != nil {
				t.Errorf("Current: %v", err)
			}
			if n, err := reads.VerifyChain(t.Context()); n != 1 || err != nil {
				t.Errorf("verified %d, %v", n, err)
			}
			if err := reads.InTx(t.Context(), event(t.Context(), "refused")); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("InTx: %v", err)
			}
			if _, err := reads.Migrate(t.Context()); !errors.Is(err, store.ErrReadOnly) {
				t.Errorf("Migrate: %v", err)
			}
		})
	}
	t.Run("a SQLite file that is not there is not created", func(t *testing.T) {
		address := storetest.SQLiteURL(t)
		if _, err := store.Open(t.Context(), address, store.Options{ReadOnly: true}); err == nil {
			t.Error("no error")
		}
		if _, err := os.Stat(strings.TrimPrefix(address, "sqlite://")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("stat: %v", err)
		}
	})
}

func TestOpenRefuses(t *testing.T) {
	cases := []struct{ name, address, says string }{
		{"no scheme", "/var/lib/register.db", "sqlite:///"},
		{"another database", "mysql://root:hemligt@db/x", "mysql"},
		{"a relative path", "sqlite://register.db", "absolute"},
		{"what is no URL", "postgres://anna:hemligt@db:port/x", "not a URL"},
		{"a wrong option", "postgres://anna:hemligt@localhost/x?sslmode=perhaps", "PostgreSQL"},
		{"a server that is not there", "postgres://anna:hemligt@127.0.0.1:1/x?sslmode=disable", "connect"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := store.Open(t.Context(), c.address, store.Options{})
			if err == nil {
				t.Fatal("no error")
			}
			if !strings.Contains(err.Error(), c.says) {
				t.Errorf("error %q does not say %q", err, c.says)
			}
			if strings.Contains(err.Error(), "hemligt") {
				t.Errorf("error %q holds the password", err)
			}
		})
	}
}

func TestOpenNotMigrated(t *testing.T) {
	for _, address := range []string{storetest.SQLiteURL(t), storetest.PostgresURL(t)} {
		s := storetest.Open(t, address)
		t.Run(s.Dialect(), func(t *testing.T) {
			if err := s.Current(t.Context()); !errors.Is(err, store.ErrNotMigrated) {
				t.Errorf("Current: %v", err)
			}
			steps, err := s.MigrationStatus(t.Context())
			if err != nil || len(steps) == 0 || steps[0].Applied || !steps[0].AppliedAt.IsZero() {
				t.Errorf("status %+v, %v", steps, err)
			}
			if n, err := s.Migrate(t.Context()); err != nil || n != len(steps) {
				t.Errorf("migrated %d, %v", n, err)
			}
			if err := s.Current(t.Context()); err != nil {
				t.Errorf("Current: %v", err)
			}
		})
	}
}

func TestProcessesThatStartTogetherMigrateOnce(t *testing.T) {
	address := storetest.PostgresURL(t)
	applied := make(chan int, 2)
	for range cap(applied) {
		s := storetest.Open(t, address)
		go func() {
			n, err := s.Migrate(t.Context())
			if err != nil {
				t.Errorf("migrate: %v", err)
			}
			applied <- n
		}()
	}
	if a, b := <-applied, <-applied; min(a, b) != 0 || max(a, b) == 0 {
		t.Errorf("applied %d and %d, want all once", a, b)
	}
}

// silentServer accepts connections and never answers.
func silentServer(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
		}
	}()
	return listener.Addr().String()
}

func TestADatabaseThatHangsKeepsNobodyPastTheDeadline(t *testing.T) {
	t.Run("when it is opened", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := store.Open(ctx, "postgres://u@"+silentServer(t)+"/x?sslmode=disable", store.Options{})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("when it is read, and it goes on afterwards", func(t *testing.T) {
		s := storetest.Postgres(t)
		lock, err := s.Writer().BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := lock.ExecContext(t.Context(), `LOCK TABLE incidents IN ACCESS EXCLUSIVE MODE`); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if _, err := s.Incident(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("reading: %v", err)
		}
		writing, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		err = s.InTx(writing, func(tx *store.Tx) error {
			_, err := tx.Incident(writing, "a")
			return err
		})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("writing: %v", err)
		}
		if err := lock.Rollback(); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Incident(t.Context(), "a"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("afterwards: %v", err)
		}
		if err := s.InTx(t.Context(), event(t.Context(), "x")); err != nil {
			t.Errorf("afterwards: %v", err)
		}
	})
}

func TestConnectionsThatDiedWhileIdleAreReplacedUnnoticed(t *testing.T) {
	s := storetest.Postgres(t)
	kill := func() {
		t.Helper()
		// All but the one that asks, as a restart of the server does.
		if _, err := s.Writer().ExecContext(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity `+
			`WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		var conns []interface{ Close() error } // several idle connections
		for range 6 {
			conn, err := s.Writer().Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			conns = append(conns, conn)
		}
		for _, conn := range conns {
			if err := conn.Close(); err != nil {
				t.Fatal(err)
			}
		}
		kill()
		for range 8 {
			if err := s.InTx(t.Context(), event(t.Context(), "x")); err != nil {
				t.Errorf("writing: %v", err)
			}
			if _, err := s.OpenCounts(t.Context()); err != nil {
				t.Errorf("reading: %v", err)
			}
		}
	}
}
