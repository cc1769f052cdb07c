package store_test

import (
	"errors"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// Two processes whose clocks are days apart agree on who has a lease: the database's clock decides.
func TestLeaseGoesByTheDatabasesClock(t *testing.T) {
	address := storetest.PostgresURL(t)
	open := func(clock func() time.Time) *store.Store {
		s, err := store.Open(t.Context(), address, store.Options{Clock: clock})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		return s
	}
	slow := open(func() time.Time { return time.Now().AddDate(0, 0, -2) })
	fast := open(func() time.Time { return time.Now().AddDate(0, 0, 2) })
	if _, err := slow.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		who  *store.Store
		name string
		life time.Duration
		want bool
	}{
		{slow, "slow", time.Hour, true},
		{fast, "fast", time.Hour, false},        // not run out, whatever the clock of the one who asks says
		{slow, "slow", -time.Millisecond, true}, // now it has,
		{fast, "fast", time.Hour, true},         // also for the clock that is behind
		{slow, "slow", time.Hour, false},
	} {
		held, err := step.who.AcquireLease(t.Context(), "gateway", step.name, step.life)
		if err != nil || held != step.want {
			t.Fatalf("%s asks for the lease: %v, %v, want %v", step.name, held, err, step.want)
		}
	}
}

func TestLeaseCannotBeTakenByReaders(t *testing.T) {
	address := storetest.SQLiteURL(t)
	storetest.Open(t, address)
	reader, err := store.Open(t.Context(), address, store.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := reader.AcquireLease(t.Context(), "gateway", "a", time.Hour); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("error is %v", err)
	}
}
