package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
)

func testModels(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("at first there is none, and the program's own is in force", func(t *testing.T) {
		s := open(t)
		_, err := s.LatestModel(t.Context())
		isErr(t, err, store.ErrNotFound)
		_, err = s.ModelWeights(t.Context(), 1)
		isErr(t, err, store.ErrNotFound)
		equal(t, "models", must(s.Models(t.Context()))(t), []store.Model(nil))
		equal(t, "in force", must(s.ModelInForce(t.Context()))(t).Version, int64(0))
	})
	t.Run("come back as they were kept, the latest first", func(t *testing.T) {
		s := open(t)
		first := store.Model{Examples: 25, RightBefore: 20, RightAfter: 24, Better: true}
		second := store.Model{Examples: 35, RightBefore: 30, RightAfter: 29}
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddModel(ctx, &first, []byte{0, 255, 1}); err != nil {
				return err
			}
			return tx.AddModel(ctx, &second, []byte{2})
		})
		equal(t, "versions", []int64{first.Version, second.Version}, []int64{1, 2})
		equal(t, "models", must(s.Models(t.Context()))(t), []store.Model{second, first})
		equal(t, "the latest", must(s.LatestModel(t.Context()))(t), second)
		equal(t, "weights", must(s.ModelWeights(t.Context(), 1))(t), []byte{0, 255, 1})
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			equal(t, "within a transaction", must(tx.LatestModel(ctx))(t), second)
			return nil
		})
	})
	t.Run("one is in force", func(t *testing.T) {
		s := open(t)
		var want store.ModelInForce
		for version := range int64(3) {
			want = store.ModelInForce{Version: version}
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				want.Since = tx.Now
				return tx.PutInForce(ctx, want)
			})
		}
		equal(t, "in force", must(s.ModelInForce(t.Context()))(t), want)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			equal(t, "within a transaction", must(tx.ModelInForce(ctx))(t), want)
			return nil
		})
	})
}

func testConfirmed(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	at, later := noon(), noon().Add(time.Hour)
	for n, change := range []func(*store.Incident){
		func(*store.Incident) {}, // nobody has confirmed it
		func(i *store.Incident) { i.ConfirmedAt = &later },
		func(i *store.Incident) { i.ConfirmedAt, i.StopQuestion = &at, true },
		func(i *store.Incident) { i.ConfirmedAt, i.Text = &at, "" },
		func(i *store.Incident) { i.ConfirmedAt, i.NearMiss = &at, true },
		func(i *store.Incident) { i.ConfirmedAt, i.Status = &at, store.Closed },
	} {
		i := report(fmt.Sprint(n))
		change(&i)
		register(t, s, i)
	}
	equal(t, "since ever", must(s.ConfirmedSince(t.Context(), time.Time{}))(t), 3)
	equal(t, "since the first", must(s.ConfirmedSince(t.Context(), at))(t), 1)
	equal(t, "confirmed", refs(must(s.ConfirmedIncidents(t.Context(), 10))(t)), []string{"4", "5", "1"})
	equal(t, "confirmed last", refs(must(s.ConfirmedIncidents(t.Context(), 2))(t)), []string{"5", "1"})
}
