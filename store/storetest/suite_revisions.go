package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// aRevision begins a revision of a document for a year.
func aRevision(t testing.TB, s *store.Store, document string, year int) store.Revision {
	t.Helper()
	r := store.Revision{
		Ref: fmt.Sprint(document, year), Document: document, Title: "Policy", Owner: policy.CISO, Year: year, State: store.RevisionOpen,
		PromptedAt: noon(), DueOn: "2026-08-31",
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddRevision(ctx, &r) })
	return r
}

func testRevisions(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("comes back as it was saved", func(t *testing.T) {
		s := open(t)
		r := aRevision(t, s, "policy", 2026)
		equal(t, "new", must(s.Revision(t.Context(), r.Ref))(t), r)
		who, at := account(t, s, "U1"), noon().Add(time.Hour)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			var err error
			r, err = tx.UpdateRevision(ctx, r.ID, func(old store.Revision) (store.Revision, error) {
				old.State, old.StartedAt, old.StartedBy, old.EndedAt, old.EndedBy = store.RevisionRevised, &at, &who.ID, &at, &who.ID
				old.Reason, old.PostponedWhy, old.ApprovedBy, old.Edition = "a", "b", "c", "d"
				old.DecidedOn, old.Reference, old.Link, old.DueOn = "2026-08-20", "e", "f", "2026-09-30"
				return old, nil
			})
			return err
		})
		equal(t, "version", r.Version, int64(2))
		equal(t, "changed", must(s.RevisionByID(t.Context(), r.ID))(t), r)
		equal(t, "the document's", must(s.Revisions(t.Context(), "policy"))(t), []store.Revision{r})
	})
	t.Run("a document has one a year", func(t *testing.T) {
		s := open(t)
		aRevision(t, s, "policy", 2026)
		aRevision(t, s, "policy", 2027)
		aRevision(t, s, "riktlinje", 2026)
		err := s.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.AddRevision(t.Context(), &store.Revision{Ref: "again", Document: "policy", Year: 2026})
		})
		isErr(t, err, store.ErrConflict)
		equal(t, "asked for", must(s.AskedRevisions(t.Context()))(t), map[string]int{"policy": 2027, "riktlinje": 2026})
	})
	t.Run("a document stays known since the first time", func(t *testing.T) {
		s := open(t)
		know := func(ctx context.Context, tx *store.Tx) error { return tx.KnowDocument(ctx, "policy") }
		write(t, s, know)
		first := must(s.KnownDocuments(t.Context()))(t)
		write(t, s, know)
		equal(t, "known", must(s.KnownDocuments(t.Context()))(t), first)
		equal(t, "documents", len(first), 1)
	})
	t.Run("its cards and reminders are its own", func(t *testing.T) {
		s := open(t)
		c, _ := aCase(t, s)
		r, other := aRevision(t, s, "policy", 2026), aRevision(t, s, "policy", 2027)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.AddDeliveries(ctx, []store.Delivery{
				{Lane: "a", Kind: "revision", RevisionID: &r.ID}, {Lane: "b", Kind: "revision", RevisionID: &r.ID},
				{Lane: "b", Kind: "revision_reminder", RevisionID: &r.ID}, {Lane: "a", Kind: "revision", RevisionID: &other.ID},
				{Lane: "c", Kind: "card", IncidentID: &c.ID},
			}); err != nil {
				return err
			}
			targets := must(tx.RevisionTargets(ctx, r.ID, "revision"))(t)
			equal(t, "lanes", []string{targets[0].Lane, targets[1].Lane}, []string{"a", "b"})
			equal(t, "targets", len(targets), 2)
			if err := tx.SaveCard(ctx, store.Card{IncidentID: c.ID, Surface: "chat", MessageID: "1"}); err != nil {
				return err
			}
			if err := tx.SaveCard(ctx, store.Card{RevisionID: &r.ID, Surface: "chat", MessageID: "2", DrawnVersion: 3}); err != nil {
				return err
			}
			return tx.AddReminders(ctx, []store.Reminder{{Key: "k", Clock: r.Clock(), RevisionID: &r.ID, Kind: "revision", DueAt: tx.Now}})
		})
		cards := must(s.RevisionCards(t.Context(), r.ID))(t)
		equal(t, "cards", []any{len(cards), cards[0].MessageID, cards[0].IncidentID, *cards[0].RevisionID}, []any{1, "2", int64(0), r.ID})
		equal(t, "the case's cards", len(must(s.Cards(t.Context(), c.ID))(t)), 1)
		reminders := must(s.Reminders(t.Context(), r.Clock()))(t)
		equal(t, "reminders", []any{len(reminders), reminders[0].IncidentID, *reminders[0].RevisionID}, []any{1, int64(0), r.ID})
	})
}

func testImprovements(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("newest first, since a time, at most so many", func(t *testing.T) {
		s := open(t)
		who := account(t, s, "U1")
		for _, text := range []string{"a", "b", "c"} {
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				return tx.AddImprovement(ctx, &store.Improvement{AuthorID: who.ID, Text: text})
			})
		}
		found := must(s.Improvements(t.Context(), time.Time{}, 2))(t)
		equal(t, "texts", []string{found[0].Text, found[1].Text}, []string{"c", "b"})
		equal(t, "later", len(must(s.Improvements(t.Context(), s.Now().Add(time.Hour), 9))(t)), 0)
	})
}

func testPeriod(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("counts what belongs to it", func(t *testing.T) {
		s := open(t)
		from, to := noon(), noon().AddDate(0, 1, 0)
		add := func(ref string, at time.Time, category policy.Category, status store.Status, nearMiss bool) store.Incident {
			i := report(ref)
			i.RegisteredAt, i.Category, i.Status, i.NearMiss = at, category, status, nearMiss
			return register(t, s, i)
		}
		add("before", from.Add(-time.Millisecond), policy.Loss, store.New, false)
		c := add("first", from, policy.Loss, store.Closed, false)
		add("second", from.Add(time.Hour), policy.Loss, store.New, true)
		add("third", to.Add(-time.Millisecond), policy.Theft, store.Acknowledged, false)
		add("after", to, policy.Loss, store.New, false)
		early, late := noon().Add(-time.Hour), noon().Add(time.Hour)
		for step, o := range map[string]store.Obligation{
			"in time": {State: store.ObligationDone, DueAt: &late, EndedAt: &early}, "no limit": {State: store.ObligationDone, EndedAt: &late},
			"late": {State: store.ObligationDone, DueAt: &early, EndedAt: &late}, "overdue": {State: store.ObligationOpen, DueAt: &early},
			"open": {State: store.ObligationOpen}, "not needed": {State: store.ObligationNotNeeded, DueAt: &early},
		} {
			o.IncidentID, o.Step, o.StartAt = c.ID, step, early
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddObligation(ctx, &o) })
		}
		got := must(s.Period(t.Context(), from, to))(t)
		equal(t, "cases", got, store.Period{
			Cases: 3, NearMisses: 1, Open: 2, Categories: map[policy.Category]int{policy.Loss: 2, policy.Theft: 1},
		})
		got = must(s.Period(t.Context(), s.Now().Add(-time.Hour), s.Now().Add(time.Hour)))(t) // when the duties began
		equal(t, "duties", []int{got.Duties, got.DutiesDone, got.DutiesLate}, []int{5, 2, 2})
	})
	t.Run("counts the systems classified on its days", func(t *testing.T) {
		s := open(t)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.ImportSystems(ctx, []store.System{
				{Key: "a", Name: "A", ClassifiedOn: "2026-06-14", Active: true}, {Key: "b", Name: "B", ClassifiedOn: "2026-06-15", Active: true},
				{Key: "c", Name: "C", ClassifiedOn: "2026-07-15", Active: true}, {Key: "d", Name: "D", ClassifiedOn: "", Active: true},
				{Key: "e", Name: "E", ClassifiedOn: "2026-06-20"},
			})
			return err
		})
		equal(t, "systems", must(s.Period(t.Context(), noon(), noon().AddDate(0, 1, 0)))(t).Systems, 2)
	})
}
