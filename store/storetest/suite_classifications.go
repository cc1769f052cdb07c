package storetest

import (
	"context"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func testClassifications(t *testing.T, open func(t *testing.T) *store.Store) {
	file := func() []store.System {
		return []store.System{
			{Key: "a", Name: "A", OwnerEmail: "a@example.org", Levels: &policy.Levels{Confidentiality: 1}, ClassifiedOn: "2020-01-01", Active: true},
			{Key: "b", Name: "B", OwnerEmail: "b@example.org", Active: true},
			{Key: "c", Name: "C", Active: true},
		}
	}
	bring := func(t *testing.T, s *store.Store, systems []store.System) (c store.Changes) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			c, err = tx.ImportSystems(ctx, systems)
			return err
		})
		return c
	}
	t.Run("what comes with a list is kept once, and a later one is not overwritten by it", func(t *testing.T) {
		s := open(t)
		bring(t, s, file())
		equal(t, "a second time", bring(t, s, file()), store.Changes{Unchanged: 3})
		a := must(s.SystemByKey(t.Context(), "a"))(t)
		who := account(t, s, "U1")
		c := store.Classification{SystemID: a.ID, AccountID: &who.ID, Levels: &policy.Levels{Confidentiality: 3}, Reason: "Journaler"}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Classify(ctx, &c) })
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.DescribeData(ctx, a.ID, []string{"health", "contact"})
		})
		equal(t, "the older list", bring(t, s, file()), store.Changes{Unchanged: 3})
		now := must(s.SystemByKey(t.Context(), "a"))(t)
		equal(t, "in force", *now.Levels, policy.Levels{Confidentiality: 3})
		equal(t, "kinds of personal data", now.DataKinds, []string{"health", "contact"})
		equal(t, "whether it holds any", now.PersonalData, policy.Yes)
		history := must(s.Classifications(t.Context(), a.ID, 9))(t)
		equal(t, "history", len(history), 2)
		equal(t, "the latest", history[0], c)
		if history[1].AccountID != nil || history[1].Levels.Confidentiality != 1 {
			t.Errorf("the first is %+v", history[1])
		}
		newer := file()
		newer[0].DataKinds = []string{"login"}
		newer[0].Levels, newer[0].ClassifiedOn = &policy.Levels{Confidentiality: 2}, "2999-01-01"
		equal(t, "a newer list", bring(t, s, newer), store.Changes{Changed: 1, Unchanged: 2})
		equal(t, "history", len(must(s.Classifications(t.Context(), a.ID, 9))(t)), 3)
		equal(t, "the newer list's kinds", must(s.SystemByKey(t.Context(), "a"))(t).DataKinds, []string{"login"})
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.DescribeData(ctx, a.ID, nil) })
		equal(t, "none any more", must(s.SystemByKey(t.Context(), "a"))(t).DataKinds, []string(nil))
		isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.Classify(t.Context(), &store.Classification{SystemID: 99, Levels: &policy.Levels{}})
		}), store.ErrNotFound)
	})
	t.Run("owners are asked about what is not classified, or was long ago, once in a time", func(t *testing.T) {
		s := open(t)
		bring(t, s, file())
		keys := func(before string, asked time.Time) (all []string) {
			for _, system := range must(s.Unclassified(t.Context(), before, asked, 9))(t) {
				all = append(all, system.Key)
			}
			return all
		}
		long := s.Now().Add(-time.Hour)
		equal(t, "to ask", keys("2019-01-01", long), []string{"b"})
		equal(t, "with what is old", keys("2021-01-01", long), []string{"b", "a"})
		b := must(s.SystemByKey(t.Context(), "b"))(t)
		ask := func(since time.Time) (first bool) {
			write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
				first, err = tx.AskToClassify(ctx, b.ID, since)
				return err
			})
			return first
		}
		equal(t, "first, again, after long", []bool{ask(long), ask(long), ask(s.Now().Add(time.Hour))}, []bool{true, false, true})
		equal(t, "to ask", keys("2021-01-01", long), []string{"a"})
	})
}
