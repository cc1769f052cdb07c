package scheduler_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tyreso.se/incidentbot/scheduler"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// asks are terms on which a lease outlives every pause of a busy machine, and is asked for often.
var asks = scheduler.Terms{Life: time.Minute, Every: 20 * time.Millisecond, Margin: time.Second, PauseMax: 100 * time.Millisecond}

// candidates are processes that want to lead the same work.
type candidates struct {
	t       *testing.T
	leading atomic.Int64 // how many do the work now
	led     chan string  // who began to do it
	all     sync.WaitGroup
}

func newCandidates(t *testing.T) *candidates {
	t.Helper()
	c := &candidates{t: t, led: make(chan string, 100)}
	t.Cleanup(c.all.Wait)
	return c
}

// enter lets one more try, until it is stopped or the test ends.
func (c *candidates) enter(s *store.Store, name string, terms scheduler.Terms, run func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(c.t.Context()))
	c.t.Cleanup(cancel)
	ended := make(chan struct{})
	c.all.Go(func() {
		defer close(ended)
		scheduler.LeadFor(ctx, terms, s, "work", name, slog.New(slog.DiscardHandler), func(ctx context.Context) error {
			if n := c.leading.Add(1); n != 1 {
				c.t.Errorf("%d lead at once when %s begins", n, name)
			}
			defer c.leading.Add(-1)
			c.led <- name
			return run(ctx)
		})
	})
	return func() {
		cancel()
		<-ended
	}
}

// untilStopped is work that goes on until it is told to stop.
func untilStopped(ctx context.Context) error {
	<-ctx.Done()
	return ctx.Err()
}

// next returns who leads next.
func (c *candidates) next() string {
	c.t.Helper()
	return receive(c.t, c.led)
}

func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("it never happened")
		panic("unreachable")
	}
}

func TestOneLeadsAndHandsOver(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		c := newCandidates(t)
		stops := map[string]func(){}
		for i := range 4 {
			name := fmt.Sprint("process ", i)
			stops[name] = c.enter(s, name, asks, untilStopped)
		}
		seen := map[string]bool{}
		for range 4 { // the lease lives for a minute: each must have given it back
			leader := c.next()
			if seen[leader] {
				t.Errorf("%s leads again after it was stopped", leader)
			}
			seen[leader] = true
			stops[leader]()
		}
	})
}

func TestLeaderThatDiedIsFollowedWhenItsLeaseHasRunOut(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		const life = 700 * time.Millisecond
		before := time.Now()
		if held, err := s.AcquireLease(t.Context(), "work", "who dies", life); err != nil || !held {
			t.Fatal(held, err)
		}
		c := newCandidates(t)
		c.enter(s, "who follows", asks, untilStopped)
		c.next()
		if waited := time.Since(before); waited < life {
			t.Errorf("it leads after %s, while the lease of the one before lived for %s", waited, life)
		}
	})
}

func TestLeaderStepsDownInTimeWhenTheDatabaseIsGone(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			s, err := store.Open(t.Context(), address(t), store.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			terms := scheduler.Terms{Life: 4 * time.Second, Every: 100 * time.Millisecond, Margin: 2 * time.Second, PauseMax: time.Minute}
			c := newCandidates(t)
			stopped := make(chan time.Time, 1)
			stop := c.enter(s, "leader", terms, func(ctx context.Context) error {
				<-ctx.Done()
				stopped <- time.Now()
				return nil
			})
			c.next()
			gone := time.Now()
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if held := receive(t, stopped).Sub(gone); held >= terms.Life {
				t.Errorf("it led for %s without a database, with a lease of %s", held, terms.Life)
			}
			stop()
		})
	}
}

// Somebody with the right to the database can take the lease from the leader, for example by deleting its row.
func TestLeaderWhoseLeaseSomebodyElseHasStepsDown(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		c := newCandidates(t)
		stopped := make(chan struct{})
		c.enter(s, "leader", asks, func(ctx context.Context) error {
			<-ctx.Done()
			close(stopped)
			return nil
		})
		c.next()
		for held := false; !held; { // the leader may renew in between
			if err := s.ReleaseLease(t.Context(), "work", "leader"); err != nil {
				t.Fatal(err)
			}
			var err error
			if held, err = s.AcquireLease(t.Context(), "work", "usurper", time.Hour); err != nil {
				t.Fatal(err)
			}
		}
		receive(t, stopped)
	})
}

func TestLeaseIsKeptUntilTheWorkHasStopped(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		c := newCandidates(t)
		told, release := make(chan struct{}), make(chan struct{})
		goOn := sync.OnceFunc(func() { close(release) })
		defer goOn()
		stop := c.enter(s, "slow", asks, func(ctx context.Context) error {
			<-ctx.Done()
			close(told)
			<-release
			return nil
		})
		c.next()
		stopped := make(chan struct{})
		go func() {
			stop()
			close(stopped)
		}()
		receive(t, told)
		c.enter(s, "other", asks, untilStopped)
		patient, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		for renewals, last := 0, int64(0); renewals < 4; { // one may have been under way
			var expires int64
			err := s.Reader().QueryRowContext(patient, `SELECT expires_at FROM leases WHERE name = 'work' AND holder = 'slow'`).Scan(&expires)
			if err != nil {
				t.Fatalf("after %d renewals while the work stops: %v", renewals, err)
			}
			if expires > last {
				renewals, last = renewals+1, expires
			}
		}
		goOn()
		receive(t, stopped)
		if leader := c.next(); leader != "other" {
			t.Errorf("%s leads", leader)
		}
	})
}

func TestWorkThatEndsIsTriedAgain(t *testing.T) {
	storetest.Both(t, func(t *testing.T, s *store.Store) {
		c := newCandidates(t)
		for _, name := range []string{"one", "two"} {
			c.enter(s, name, asks, func(context.Context) error { return errors.New("no network") })
		}
		for range 6 {
			c.next()
		}
	})
}

// On SQLite the process that had the lease before is gone when another one has opened the file: there is nothing to wait for.
func TestLeaseOfTheProcessBeforeIsForgotten(t *testing.T) {
	h := open(t, storetest.MigratedSQLiteURL(t), time.Now, scheduler.Pace{})
	if _, err := h.app.Store.AcquireLease(t.Context(), "work", "the process before", time.Hour); err != nil {
		t.Fatal(err)
	}
	h.start()
	if held, err := h.app.Store.AcquireLease(t.Context(), "work", "this process", time.Hour); err != nil || !held {
		t.Errorf("the lease cannot be had: %v, %v", held, err)
	}
}
