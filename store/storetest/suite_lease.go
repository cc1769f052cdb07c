package storetest

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
)

func testLeases(t *testing.T, open func(t *testing.T) *store.Store) {
	const long = time.Hour
	take := func(t *testing.T, s *store.Store, name, holder string, life time.Duration) bool {
		t.Helper()
		return must(s.AcquireLease(t.Context(), name, holder, life))(t)
	}
	t.Run("one has it, and can renew it", func(t *testing.T) {
		s := open(t)
		equal(t, "the first one", take(t, s, "gateway", "a", long), true)
		equal(t, "somebody else", take(t, s, "gateway", "b", long), false)
		equal(t, "the first one again", take(t, s, "gateway", "a", long), true)
		equal(t, "another lease", take(t, s, "other", "b", long), true)
	})
	t.Run("what has run out is free", func(t *testing.T) {
		s := open(t)
		equal(t, "a", take(t, s, "gateway", "a", -time.Millisecond), true)
		equal(t, "b", take(t, s, "gateway", "b", long), true)
		equal(t, "a, too late to renew", take(t, s, "gateway", "a", long), false)
	})
	t.Run("renewing lengthens it", func(t *testing.T) {
		s := open(t)
		take(t, s, "gateway", "a", -time.Millisecond)
		equal(t, "a", take(t, s, "gateway", "a", long), true)
		equal(t, "b", take(t, s, "gateway", "b", long), false)
	})
	t.Run("only its holder can give it back", func(t *testing.T) {
		s := open(t)
		take(t, s, "gateway", "a", long)
		if err := s.ReleaseLease(t.Context(), "gateway", "b"); err != nil {
			t.Fatal(err)
		}
		equal(t, "b", take(t, s, "gateway", "b", long), false)
		if err := s.ReleaseLease(t.Context(), "gateway", "a"); err != nil {
			t.Fatal(err)
		}
		equal(t, "b, when a has given it back", take(t, s, "gateway", "b", long), true)
	})
	t.Run("one of many at once gets it", func(t *testing.T) {
		s := open(t)
		var winners atomic.Int64
		concurrently(t, 20, func(k int) error {
			held, err := s.AcquireLease(t.Context(), "gateway", string(rune('a'+k)), long)
			if held {
				winners.Add(1)
			}
			return err
		})
		equal(t, "winners", winners.Load(), int64(1))
	})
	t.Run("nobody waits for it longer than their own time", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := open(t).AcquireLease(ctx, "gateway", "a", long)
		isErr(t, err, context.Canceled)
	})
}
