package storetest

import (
	"context"
	"testing"
	"time"

	"tyreso.se/incidentbot/store"
)

func testHolds(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	c, ciso := aCase(t, s)
	_, err := s.HoldOf(t.Context(), c.ID)
	isErr(t, err, store.ErrNotFound)
	hold := store.Hold{IncidentID: c.ID, AccountID: ciso.ID, Reason: "Polisanmält"}
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		equal(t, "held", must(tx.Hold(ctx, &hold))(t), true)
		again := store.Hold{IncidentID: c.ID, AccountID: ciso.ID, Reason: "Igen"}
		equal(t, "held a second time", must(tx.Hold(ctx, &again))(t), false)
		return nil
	})
	equal(t, "hold", must(s.HoldOf(t.Context(), c.ID))(t), hold)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		equal(t, "lifted", must(tx.LiftHold(ctx, c.ID))(t), true)
		equal(t, "lifted a second time", must(tx.LiftHold(ctx, c.ID))(t), false)
		return nil
	})
	_, err = s.HoldOf(t.Context(), c.ID)
	isErr(t, err, store.ErrNotFound)
}

func testAnonymise(t *testing.T, open func(t *testing.T) *store.Store) {
	// closed registers a case of an account that was closed at a time.
	closed := func(t *testing.T, s *store.Store, ref string, reporter int64, at time.Time) store.Incident {
		t.Helper()
		i := report(ref)
		i.Status, i.ReporterID, i.ClosedAt = store.Closed, &reporter, &at
		return register(t, s, i)
	}
	refs := func(t *testing.T, s *store.Store) (found []string) {
		t.Helper()
		for _, i := range must(s.OldestToAnonymise(t.Context(), 10))(t) {
			found = append(found, i.Ref)
		}
		return found
	}

	t.Run("the oldest come first, and none that is open, held or on its way", func(t *testing.T) {
		s := open(t)
		reporter := account(t, s, "U1")
		closed(t, s, "newer", reporter.ID, noon().Add(time.Hour))
		held := closed(t, s, "held", reporter.ID, noon())
		waiting := closed(t, s, "on its way", reporter.ID, noon())
		older := closed(t, s, "older", reporter.ID, noon())
		register(t, s, report("open"))
		var heads []int64
		write(t, s, func(ctx context.Context, tx *store.Tx) (err error) {
			if _, err = tx.Hold(ctx, &store.Hold{IncidentID: held.ID, AccountID: reporter.ID}); err != nil {
				return err
			}
			heads, err = tx.AddDeliveries(ctx, []store.Delivery{{Lane: "chat:user:U1", Kind: "card", IncidentID: &waiting.ID}})
			return err
		})
		equal(t, "to anonymise", refs(t, s), []string{"older", "newer"})
		equal(t, "at most one", len(must(s.OldestToAnonymise(t.Context(), 1))(t)), 1)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if _, err := tx.FinishDelivery(ctx, heads[0], store.Sent, ""); err != nil {
				return err
			}
			_, err := tx.Anonymise(ctx, older.ID, []string{"receipt"})
			return err
		})
		equal(t, "to anonymise then", refs(t, s), []string{"on its way", "newer"})
	})

	t.Run("what tells who it was and what was written is emptied, of this case only", func(t *testing.T) {
		s := open(t)
		reporter, ciso := account(t, s, "U1"), account(t, s, "U0CISO")
		type all struct {
			incident    store.Incident
			notes       []store.Note
			attachments []store.Attachment
			deliveries  []store.Delivery
		}
		fill := func(ref string) all {
			a := all{incident: closed(t, s, ref, reporter.ID, noon())}
			id := a.incident.ID
			write(t, s, func(ctx context.Context, tx *store.Tx) error {
				a.notes = []store.Note{
					{IncidentID: id, AuthorID: &reporter.ID, Kind: "from_reporter", Text: "Ja"}, {IncidentID: id, AuthorID: &ciso.ID, Kind: "internal", Text: "Nej"},
				}
				for n := range a.notes {
					if err := tx.AddNote(ctx, &a.notes[n]); err != nil {
						return err
					}
				}
				a.attachments = []store.Attachment{{Surface: "chat", FileID: "F1", Name: "bild.png", Type: "image/png", Size: 3}}
				if err := tx.AddAttachments(ctx, id, a.attachments); err != nil {
					return err
				}
				if err := tx.StoreAttachment(ctx, a.attachments[0].ID, []byte("PNG"), "abc"); err != nil {
					return err
				}
				a.deliveries = []store.Delivery{
					{Lane: "chat:user:U1", Surface: "chat", UserID: "U1", Kind: "receipt", IncidentID: &id},
					{Lane: "chat:user:U1", Surface: "chat", UserID: "U1", Kind: "card", IncidentID: &id}, // who reports may work cases too
				}
				_, err := tx.AddDeliveries(ctx, a.deliveries)
				return err
			})
			return a
		}
		c, other := fill("a"), fill("b")
		otherBefore := must(s.IncidentByID(t.Context(), other.incident.ID))(t)
		var got store.Incident
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			var err error
			got, err = tx.Anonymise(ctx, c.incident.ID, []string{"receipt", "closed"})
			return err
		})
		want := c.incident
		want.ReporterID, want.Text, want.CategoryReasons, want.ReporterRemoved = nil, "", nil, true
		want.Version, want.AnonymisedAt = 2, got.AnonymisedAt
		equal(t, "the case", must(s.IncidentByID(t.Context(), want.ID))(t), want)
		notes := must(s.Notes(t.Context(), want.ID))(t)
		equal(t, "texts of notes", notes[0].Text+notes[1].Text, "")
		equal(t, "authors of notes", []*int64{notes[0].AuthorID, notes[1].AuthorID}, []*int64{nil, &ciso.ID})
		equal(t, "attachments", must(s.Attachments(t.Context(), want.ID))(t), []store.Attachment{{
			ID: c.attachments[0].ID, IncidentID: want.ID, Surface: "chat", Type: "image/png", Size: 3, Failure: "anonymised",
		}})
		_, err := s.AttachmentContent(t.Context(), c.attachments[0].ID)
		isErr(t, err, store.ErrNotFound)
		receipt, card := must(s.Delivery(t.Context(), c.deliveries[0].ID))(t), must(s.Delivery(t.Context(), c.deliveries[1].ID))(t)
		equal(t, "recipients", []string{receipt.UserID, receipt.Lane, card.UserID, card.Lane}, []string{"", "", "U1", "chat:user:U1"})

		equal(t, "another case", must(s.IncidentByID(t.Context(), other.incident.ID))(t), otherBefore)
		equal(t, "its notes", len(must(s.Notes(t.Context(), other.incident.ID))(t)[0].Text), 2)
		equal(t, "its attachment", string(must(s.AttachmentContent(t.Context(), other.attachments[0].ID))(t)), "PNG")
		equal(t, "its recipient", must(s.Delivery(t.Context(), other.deliveries[0].ID))(t).UserID, "U1")
		if err := s.Scrub(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
