package storetest

import (
	"context"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
)

func testAbsences(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	who := account(t, s, "U0CISO")
	first := store.Absence{Holder: []string{"email:karin@example.org", "chat:U0CISO"}, AccountID: who.ID}
	second := store.Absence{Holder: []string{"chat:U0DPO"}, AccountID: who.ID}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		first.EndsAt, second.EndsAt = tx.Now.Add(time.Hour), tx.Now.Add(2*time.Hour)
		if err := tx.AddAbsence(ctx, &first); err != nil {
			return err
		}
		return tx.AddAbsence(ctx, &second)
	})
	at := func(at time.Time, want ...store.Absence) {
		t.Helper()
		equal(t, "who is away", must(s.Absences(t.Context(), at))(t), want)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			equal(t, "as a transaction sees it", must(tx.Absences(ctx, at))(t), want)
			return nil
		})
	}
	at(first.BeganAt.Add(-time.Millisecond))
	at(first.BeganAt, first, second)
	at(first.EndsAt.Add(-time.Millisecond), first, second)
	at(first.EndsAt, second)
	at(second.EndsAt)

	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		second.EndsAt = tx.Now
		return tx.EndAbsence(ctx, second.ID)
	})
	at(second.EndsAt, first)
	if !first.Of([]string{"chat:U0CISO"}) || first.Of([]string{"chat:U0DPO"}) || first.Of(nil) {
		t.Error("an absence is not of those whom it names")
	}
}
