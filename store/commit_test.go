package store_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// event returns a transaction that leaves a trace.
func event(ctx context.Context, action string) func(*store.Tx) error {
	return func(tx *store.Tx) error { return tx.Append(ctx, store.Event{Actor: "test", Action: action}) }
}

// actions returns the traces that are committed, in order.
func actions(t *testing.T, s *store.Store) []string {
	t.Helper()
	found := []string{}
	if err := s.Events(t.Context(), func(e store.Event) error { found = append(found, e.Action); return nil }); err != nil {
		t.Error(err)
	}
	return found
}

// hold keeps the committer busy with a transaction that ends with fn when release is called. release returns its error.
func hold(ctx context.Context, s *store.Store, fn func(*store.Tx) error) (release func() error) {
	running, goOn, done := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		done <- s.InTx(ctx, func(tx *store.Tx) error {
			close(running)
			<-goOn
			return fn(tx)
		})
	}()
	<-running
	return sync.OnceValue(func() error { close(goOn); return <-done })
}

// queue calls InTx in a goroutine and returns once that waits for its turn.
func queue(ctx context.Context, s *store.Store, fn func(*store.Tx) error) <-chan error {
	done := make(chan error, 1)
	before := waiting()
	go func() { done <- s.InTx(ctx, fn) }()
	for waiting() == before {
		runtime.Gosched()
	}
	return done
}

// waiting returns how many callers wait for their turn: those whose goroutine is parked where that happens.
func waiting() (n int) {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		header, frames, _ := strings.Cut(stack, "\n")
		if strings.Contains(header, "[select") && strings.Contains(frames, "(*committer).enqueue(") {
			n++
		}
	}
	return n
}

func TestWhatSharesACommit(t *testing.T) {
	failure := errors.New("failure")
	isFailure := func(t *testing.T, err error) {
		t.Helper()
		if !errors.Is(err, failure) {
			t.Errorf("error is %v, want %v", err, failure)
		}
	}
	isAny := func(t *testing.T, err error) {
		t.Helper()
		if err == nil {
			t.Error("no error")
		}
	}
	cases := []struct {
		name   string
		middle func(ctx context.Context, tx *store.Tx) error
		check  func(t *testing.T, err error)
	}{
		{"an error undoes its own only", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(event(ctx, "undone")(tx), failure)
		}, isFailure},
		{"a failed statement undoes its own only", func(ctx context.Context, tx *store.Tx) error {
			return errors.Join(event(ctx, "undone")(tx), tx.AddNote(ctx, &store.Note{IncidentID: 99})) // no such incident
		}, isAny},
		{"a failed statement of others undoes its own only", func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.SQL().ExecContext(tx.Context(), `INSERT INTO no_such_table VALUES (1)`)
			if err == nil {
				t.Error("no error from a bad statement")
			}
			return errors.Join(event(ctx, "undone")(tx), failure)
		}, isFailure},
		{"a goroutine that ends itself undoes its own only", func(ctx context.Context, tx *store.Tx) error {
			if err := event(ctx, "undone")(tx); err != nil {
				t.Error(err)
			}
			runtime.Goexit()
			return nil
		}, isAny},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			storetest.Both(t, func(t *testing.T, s *store.Store) {
				ctx := t.Context()
				release := hold(ctx, s, event(ctx, "first"))
				second := queue(ctx, s, event(ctx, "second"))
				middle := queue(ctx, s, func(tx *store.Tx) error { return c.middle(ctx, tx) })
				last := queue(ctx, s, func(tx *store.Tx) error {
					if found := actions(t, s); len(found) > 0 {
						t.Errorf("%v committed already: the commit was not shared", found)
					}
					return event(ctx, "last")(tx)
				})
				if err := errors.Join(release(), <-second, <-last); err != nil {
					t.Errorf("the others: %v", err)
				}
				c.check(t, <-middle)
				if diff := cmp.Diff([]string{"first", "second", "last"}, actions(t, s)); diff != "" {
					t.Errorf("committed (-want +got):\n%s", diff)
				}
				if n, err := s.VerifyChain(ctx); n != 3 || err != nil {
					t.Errorf("verified %d events, %v", n, err)
				}
			})
		})
	}
}

func TestTransactionsRunInTheOrderTheyCame(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		release := hold(ctx, s, event(ctx, "0"))
		want := []string{"0"}
		var all []<-chan error
		for k := 1; k <= 70; k++ { // more than two batches
			want = append(want, fmt.Sprint(k))
			all = append(all, queue(ctx, s, event(ctx, fmt.Sprint(k))))
		}
		if err := release(); err != nil {
			t.Error(err)
		}
		for _, done := range all {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if diff := cmp.Diff(want, actions(t, s)); diff != "" {
			t.Errorf("order (-want +got):\n%s", diff)
		}
	})
}

func TestAPanicReachesItsCallerAndNobodyElse(t *testing.T) {
	var log bytes.Buffer
	s, err := store.Open(t.Context(), storetest.SQLiteURL(t), store.Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	release := hold(ctx, s, event(ctx, "first"))
	panicked := make(chan any, 1)
	done := queue(ctx, s, func(*store.Tx) error { return nil })
	go func() {
		defer func() { panicked <- recover() }()
		_ = s.InTx(ctx, func(tx *store.Tx) error {
			if err := event(ctx, "undone")(tx); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
	}()
	if err := errors.Join(release(), <-done); err != nil {
		t.Errorf("the others: %v", err)
	}
	if got := <-panicked; got != "boom" {
		t.Errorf("caller panicked with %v", got)
	}
	if diff := cmp.Diff([]string{"first"}, actions(t, s)); diff != "" {
		t.Errorf("committed (-want +got):\n%s", diff)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), "commit_test.go") {
		t.Errorf("the log does not say where it panicked: %s", log.String())
	}
}

func TestACallerThatLeaves(t *testing.T) {
	never := func(t *testing.T) func(*store.Tx) error {
		return func(*store.Tx) error { t.Error("the function ran"); return nil }
	}
	t.Run("in the queue never runs", func(t *testing.T) {
		storetest.Both(t, func(t *testing.T, s *store.Store) {
			release := hold(t.Context(), s, event(t.Context(), "first"))
			ctx, cancel := context.WithCancel(t.Context())
			done := queue(ctx, s, never(t))
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
			if err := release(); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("before the call never runs", func(t *testing.T) {
		s := storetest.SQLite(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 { // both ways of the race between the committer and the context
			if err := s.InTx(ctx, never(t)); !errors.Is(err, context.Canceled) {
				t.Fatalf("error is %v", err)
			}
		}
	})
	t.Run("while it runs is stopped at its next statement, and hears so", func(t *testing.T) {
		storetest.Both(t, func(t *testing.T, s *store.Store) {
			ctx, cancel := context.WithCancel(t.Context())
			err := s.InTx(ctx, func(tx *store.Tx) error {
				if err := event(ctx, "undone")(tx); err != nil {
					t.Error(err)
				}
				cancel()
				return event(ctx, "undone")(tx)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
			if found := actions(t, s); len(found) > 0 {
				t.Errorf("committed: %v", found)
			}
		})
	})
	t.Run("at the very end is undone, and hears so", func(t *testing.T) {
		storetest.Both(t, func(t *testing.T, s *store.Store) {
			ctx, cancel := context.WithCancel(t.Context())
			err := s.InTx(ctx, func(tx *store.Tx) error {
				defer cancel()
				return event(ctx, "undone")(tx)
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v", err)
			}
			if found := actions(t, s); len(found) > 0 {
				t.Errorf("committed: %v", found)
			}
		})
	})
	t.Run("is told at its deadline though the database hangs, and the next ones are served when it goes on", func(t *testing.T) {
		storetest.Both(t, func(t *testing.T, s *store.Store) {
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			hangs := make(chan struct{})
			running := make(chan struct{})
			late := make(chan error, 1)
			go func() {
				late <- s.InTx(ctx, func(tx *store.Tx) error {
					close(running)
					<-hangs
					return event(ctx, "undone")(tx)
				})
			}()
			<-running
			next := queue(t.Context(), s, event(t.Context(), "next"))
			if err := <-late; !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error is %v", err)
			}
			close(hangs)
			if err := <-next; err != nil {
				t.Errorf("the next one: %v", err)
			}
			if diff := cmp.Diff([]string{"next"}, actions(t, s)); diff != "" {
				t.Errorf("committed (-want +got):\n%s", diff)
			}
		})
	})
}

func TestALostConnectionFailsAllWhoShareIt(t *testing.T) {
	s := storetest.Postgres(t)
	ctx := t.Context()
	release := hold(ctx, s, event(ctx, "first"))
	second := queue(ctx, s, func(tx *store.Tx) error {
		var pid int
		if err := tx.SQL().QueryRowContext(tx.Context(), `SELECT pg_backend_pid()`).Scan(&pid); err != nil {
			return err
		}
		if _, err := s.Writer().ExecContext(ctx, `SELECT pg_terminate_backend($1)`, pid); err != nil {
			return err
		}
		return event(ctx, "second")(tx)
	})
	third := queue(ctx, s, event(ctx, "third"))
	if err := release(); err == nil {
		t.Error("the first was told that it is committed")
	}
	if err := <-second; err == nil {
		t.Error("the second was told that it is committed")
	}
	if err := <-third; err != nil {
		t.Errorf("the third, on a new connection: %v", err)
	}
	if diff := cmp.Diff([]string{"third"}, actions(t, s)); diff != "" {
		t.Errorf("committed (-want +got):\n%s", diff)
	}
}

func TestAFailedCommitFailsAllWhoShareIt(t *testing.T) {
	s := storetest.Postgres(t)
	ctx := t.Context()
	// A constraint that is checked at the commit, and not before.
	if _, err := s.Writer().ExecContext(ctx, `ALTER TABLE notes ADD CONSTRAINT late FOREIGN KEY (author_id) `+
		`REFERENCES systems (id) DEFERRABLE INITIALLY DEFERRED`); err != nil {
		t.Fatal(err)
	}
	var incident store.Incident
	if err := s.InTx(ctx, func(tx *store.Tx) error {
		incident = store.Incident{Ref: "a", Status: store.New}
		author, err := tx.EnsureAccount(ctx, "chat", "U1", "")
		incident.ReporterID = &author.ID
		return errors.Join(err, tx.CreateIncident(ctx, &incident))
	}); err != nil {
		t.Fatal(err)
	}
	release := hold(ctx, s, event(ctx, "first"))
	second := queue(ctx, s, func(tx *store.Tx) error {
		return tx.AddNote(ctx, &store.Note{IncidentID: incident.ID, AuthorID: incident.ReporterID})
	})
	nothing := errors.New("nothing to do, as the others have written")
	third := queue(ctx, s, func(*store.Tx) error { return nothing })
	if err := release(); err == nil {
		t.Error("the first was told that it is committed")
	}
	if err := <-third; err == nil || errors.Is(err, nothing) {
		t.Errorf("the third was told %v, which rests on what was not committed", err)
	}
	if err := <-second; err == nil {
		t.Error("the second was told that it is committed")
	}
	if found := actions(t, s); len(found) > 0 {
		t.Errorf("committed: %v", found)
	}
}

func TestClose(t *testing.T) {
	for _, database := range []struct {
		name string
		url  func(testing.TB) string
	}{{"sqlite", storetest.SQLiteURL}, {"postgres", storetest.PostgresURL}} {
		t.Run(database.name, func(t *testing.T) {
			address := database.url(t)
			before := goleak.IgnoreCurrent()
			s, err := store.Open(t.Context(), address, store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			ctx := t.Context()
			release := hold(ctx, s, event(ctx, "held"))
			waits := queue(ctx, s, func(*store.Tx) error { t.Error("the function ran"); return nil })
			closed := make(chan error, 1)
			go func() { closed <- s.Close() }()
			if err := <-waits; !errors.Is(err, store.ErrClosed) {
				t.Errorf("who waits is told %v", err)
			}
			if err := release(); err != nil {
				t.Errorf("who runs is told %v", err)
			}
			if err := <-closed; err != nil {
				t.Errorf("Close: %v", err)
			}
			if err := s.InTx(ctx, event(ctx, "late")); !errors.Is(err, store.ErrClosed) {
				t.Errorf("who comes later is told %v", err)
			}
			goleak.VerifyNone(t, before)
		})
	}
}
