package storetest

import (
	"context"
	"errors"
	"maps"
	"strconv"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
)

func testKeptDialogs(t *testing.T, open func(t *testing.T) *store.Store) {
	keep := func(t *testing.T, s *store.Store, k store.KeptDialog) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.KeepDialog(ctx, k) })
	}
	form := store.KeptDialog{
		Ref: "R1", Dialog: "report", Subject: "S1", Values: map[string][]string{"text": {"åäö\x00😀"}, "aspects": {"K", "T"}, "done": {}},
	}
	t.Run("what was kept comes back, changed or not", func(t *testing.T) {
		s := open(t)
		before := s.Now()
		keep(t, s, form)
		got := must(s.KeptDialog(t.Context(), "R1"))(t)
		if got.SavedAt.Before(before) || got.SavedAt.After(s.Now()) {
			t.Errorf("saved at %v", got.SavedAt)
		}
		want := form
		want.SavedAt = got.SavedAt
		equal(t, "kept", got, want)

		var changed store.KeptDialog
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			changed, err = tx.UpdateKeptDialog(ctx, "R1", func(old store.KeptDialog) (store.KeptDialog, error) {
				equal(t, "before the change", old, want)
				old.Values = map[string][]string{"text": {"nytt"}}
				old.Files = []store.KeptFile{{ID: "https://cdn.example/1?a=b&c", Name: "bild å.png", Type: "image/png", Size: 7}}
				old.Dialog, old.Subject = "another", "another"
				return old, nil
			})
			return err
		})
		want.Values, want.Files, want.SavedAt = changed.Values, changed.Files, changed.SavedAt
		equal(t, "kept then", must(s.KeptDialog(t.Context(), "R1"))(t), want)
		equal(t, "its text", want.Values["text"], []string{"nytt"})
		equal(t, "its files", len(want.Files), 1)
	})
	t.Run("a ref is taken once", func(t *testing.T) {
		s := open(t)
		keep(t, s, form)
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error { return tx.KeepDialog(t.Context(), form) }), store.ErrConflict)
	})
	t.Run("a change that is regretted changes nothing", func(t *testing.T) {
		s := open(t)
		keep(t, s, form)
		want := must(s.KeptDialog(t.Context(), "R1"))(t)
		regret := errors.New("regret")
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.UpdateKeptDialog(t.Context(), "R1", func(old store.KeptDialog) (store.KeptDialog, error) { return old, regret })
			return err
		})
		isErr(t, err, regret)
		equal(t, "kept", must(s.KeptDialog(t.Context(), "R1"))(t), want)
	})
	t.Run("changes at once are all kept", func(t *testing.T) {
		s := open(t)
		keep(t, s, form)
		concurrently(t, 20, func(n int) error {
			return s.InTx(t.Context(), func(tx *store.Tx) error {
				_, err := tx.UpdateKeptDialog(t.Context(), "R1", func(old store.KeptDialog) (store.KeptDialog, error) {
					old.Values = maps.Clone(old.Values)
					old.Values[strconv.Itoa(n)] = []string{"x"}
					return old, nil
				})
				return err
			})
		})
		equal(t, "answers", len(must(s.KeptDialog(t.Context(), "R1"))(t).Values), len(form.Values)+20)
	})
	t.Run("what is not there", func(t *testing.T) {
		s := open(t)
		_, err := s.KeptDialog(t.Context(), "R1")
		isErr(t, err, store.ErrNotFound)
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
			_, err := tx.UpdateKeptDialog(t.Context(), "R1", func(old store.KeptDialog) (store.KeptDialog, error) { return old, nil })
			return err
		}), store.ErrNotFound)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropKeptDialog(ctx, "R1") })
	})
	t.Run("dropped and old ones are forgotten, others not", func(t *testing.T) {
		s := open(t)
		other := form
		other.Ref = "R2"
		keep(t, s, form)
		keep(t, s, other)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DropKeptDialog(ctx, "R1") })
		_, err := s.KeptDialog(t.Context(), "R1")
		isErr(t, err, store.ErrNotFound)
		savedAt := must(s.KeptDialog(t.Context(), "R2"))(t).SavedAt
		expire := func(before time.Time) (n int) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				n, err = tx.ExpireKeptDialogs(ctx, before)
				return err
			})
			return n
		}
		equal(t, "forgotten at its time", expire(savedAt), 0)
		equal(t, "forgotten after it", expire(savedAt.Add(time.Millisecond)), 1)
		_, err = s.KeptDialog(t.Context(), "R2")
		isErr(t, err, store.ErrNotFound)
	})
}

func testUnreached(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	anna, bo := account(t, s, "U1"), account(t, s, "U2")
	of := func(ref string, a store.Account) store.Incident {
		i := report(ref)
		i.ReporterID = &a.ID
		return register(t, s, i)
	}
	about := func(i store.Incident, lane string) store.Delivery {
		return store.Delivery{Lane: lane, Surface: "chat", UserID: "U1", Kind: "note", IncidentID: &i.ID}
	}
	first, second, others := of("a", anna), of("b", anna), of("c", bo)
	d, _ := add(t, s, about(first, "u1"), about(second, "u1"), about(first, "u1"), about(others, "u2"), about(first, "u1"))
	before := s.Now()
	equal(t, "the next of its lane", finish(t, s, d[0].ID, store.Unreached, "closed"), d[1].ID)
	finish(t, s, d[1].ID, store.Sent, "")
	finish(t, s, d[2].ID, store.Skipped, "late")
	finish(t, s, d[3].ID, store.Unreached, "closed")

	got := must(s.Delivery(t.Context(), d[0].ID))(t)
	if got.UnreachedAt == nil || got.SkippedAt == nil || !got.UnreachedAt.Equal(*got.SkippedAt) || got.LastError != "closed" || got.DeadAt != nil {
		t.Errorf("the delivery is %+v", got)
	}
	equal(t, "the one that was skipped", must(s.Delivery(t.Context(), d[2].ID))(t).UnreachedAt, (*time.Time)(nil))
	equal(t, "pending and dead", []int{must(s.DeliveryStats(t.Context()))(t).Pending, must(s.DeliveryStats(t.Context()))(t).Dead}, []int{1, 0})

	equal(t, "hers", must(s.Unreached(t.Context(), anna.ID, before))(t), []store.Delivery{got})
	equal(t, "hers since later", len(must(s.Unreached(t.Context(), anna.ID, got.UnreachedAt.Add(time.Millisecond)))(t)), 0)
	equal(t, "nobody's", len(must(s.Unreached(t.Context(), 99, before))(t)), 0)
	for i, want := range map[int64]bool{first.ID: true, second.ID: false, others.ID: true, 99: false} {
		equal(t, "unreached about "+strconv.FormatInt(i, 10), must(s.ReporterUnreached(t.Context(), i))(t), want)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			inside, err := tx.ReporterUnreached(ctx, i)
			equal(t, "the same in a transaction", inside, want)
			return err
		})
	}
}

func testForgottenAccounts(t *testing.T, open func(t *testing.T) *store.Store) {
	forget := func(s *store.Store, a store.Account) error {
		return s.InTx(t.Context(), func(tx *store.Tx) error { return tx.ForgetAccount(t.Context(), a.ID) })
	}
	kept := func(s *store.Store, a store.Account) bool {
		_, err := s.AccountByID(t.Context(), a.ID)
		return !errors.Is(err, store.ErrNotFound)
	}
	for name, test := range map[string]struct {
		known func(ctx context.Context, tx *store.Tx, a store.Account) error
		kept  bool
	}{
		"of whom nothing is known": {func(context.Context, *store.Tx, store.Account) error { return nil }, false},
		"whose language alone is known": {func(ctx context.Context, tx *store.Tx, a store.Account) error {
			return tx.LearnLanguage(ctx, a.ID, "en")
		}, false},
		"who has reported": {func(ctx context.Context, tx *store.Tx, a store.Account) error {
			i := report("a")
			i.ReporterID = &a.ID
			return tx.CreateIncident(ctx, &i)
		}, true},
		"with a draft": {func(ctx context.Context, tx *store.Tx, a store.Account) error {
			return tx.SaveDraft(ctx, store.Draft{AccountID: a.ID, Dialog: "report", SavedAt: tx.Now})
		}, true},
		"who was identified": {func(ctx context.Context, tx *store.Tx, a store.Account) error {
			a.CheckedAt = &tx.Now
			return tx.UpdateAccount(ctx, a)
		}, true},
		"with an address": {func(ctx context.Context, tx *store.Tx, a store.Account) error {
			a.Email = "anna@example.org"
			return tx.UpdateAccount(ctx, a)
		}, true},
		"who asked for a code": {func(ctx context.Context, tx *store.Tx, a store.Account) error {
			return tx.AddLinkCode(ctx, &store.LinkCode{AccountID: a.ID, Code: "123456"})
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			a := account(t, s, "U1")
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return test.known(ctx, tx, a) })
			if err := forget(s, a); err != nil {
				t.Fatal(err)
			}
			equal(t, "kept", kept(s, a), test.kept)
		})
	}
	t.Run("who has worked a case, which is an error", func(t *testing.T) {
		s := open(t)
		a := account(t, s, "U1")
		i := report("a")
		i.AcknowledgedBy = &a.ID
		register(t, s, i)
		if err := forget(s, a); err == nil || !kept(s, a) {
			t.Errorf("error is %v, kept is %v", err, kept(s, a))
		}
	})
	t.Run("a language is learnt once", func(t *testing.T) {
		s := open(t)
		a := account(t, s, "U1")
		for _, language := range []string{"en", "sv"} {
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.LearnLanguage(ctx, a.ID, language) })
		}
		equal(t, "language", must(s.AccountByID(t.Context(), a.ID))(t).Language, "en")
	})
}
