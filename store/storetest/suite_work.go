package storetest

import (
	"context"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func testAffected(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	c, _ := aCase(t, s)
	_, err := s.Affected(t.Context(), c.ID)
	isErr(t, err, store.ErrNotFound)
	at := noon()
	for _, want := range []store.Affected{
		{IncidentID: c.ID, People: []string{"clients", "pupils"}, Persons: 12, Kinds: []string{"health"}, Records: 40, Consequences: "Oro",
			Seriousness: "limited", Informed: "yes", InformedAt: &at},
		{IncidentID: c.ID, Informed: "no", InformedWhy: "Krypterat"},
	} {
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.SaveAffected(ctx, want) })
		equal(t, "affected", must(s.Affected(t.Context(), c.ID))(t), want)
	}
}

func testMeasures(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	c, ciso := aCase(t, s)
	m := store.Measure{
		Ref: "m-1", IncidentID: &c.ID, Text: "Lås skåpet", OwnerEmail: "ali@example.org", OwnerName: "Ali Nouri", DueOn: "2026-12-18",
		State: store.MeasureOpen, CreatedBy: ciso.ID,
	}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddMeasure(ctx, &m) })
	equal(t, "by ref", must(s.MeasureByRef(t.Context(), "m-1"))(t), m)
	at := m.CreatedAt.Add(time.Hour)
	m.State, m.EndedAt, m.EndedBy, m.Reason = store.MeasureDropped, &at, &ciso.ID, "Skåpet är borta"
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		if err := tx.SaveMeasure(ctx, m); err != nil {
			return err
		}
		equal(t, "within the transaction", must(tx.Measure(ctx, m.ID))(t), m)
		return nil
	})
	equal(t, "by id", must(s.Measure(t.Context(), m.ID))(t), m)
	equal(t, "of the case", must(s.Measures(t.Context(), c.ID))(t), []store.Measure{m})
	_, err := s.MeasureByRef(t.Context(), "m-2")
	isErr(t, err, store.ErrNotFound)
	isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		again := store.Measure{Ref: "m-1", IncidentID: &c.ID, State: store.MeasureOpen, CreatedBy: ciso.ID}
		return tx.AddMeasure(t.Context(), &again)
	}), store.ErrConflict)
}

func testMembers(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	lead, _ := aCase(t, s)
	var want []store.Incident
	for range 2 {
		c, _ := aCase(t, s)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			changed, err := tx.UpdateIncident(ctx, c.ID, func(old store.Incident) (store.Incident, error) {
				old.LeadID, old.Secret, old.Involved, old.Assignee = &lead.ID, true, []policy.Role{policy.Lawyer, policy.DPO}, "ali@example.org"
				return old, nil
			})
			want = append(want, changed)
			return err
		})
	}
	aCase(t, s)
	equal(t, "members", must(s.Members(t.Context(), lead.ID))(t), want)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		equal(t, "within a transaction", must(tx.Members(ctx, lead.ID))(t), want)
		return nil
	})
}

func testIncidentsBefore(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	var last store.Incident
	for i, ago := range []time.Duration{72 * time.Hour, 3 * time.Hour, 2 * time.Hour, time.Hour, 0} {
		last = store.Incident{Ref: numbered("ref-", 5)[i], Status: store.New, DiscoveredAt: noon(), RegisteredAt: noon().Add(-ago), Severity: 2}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateIncident(ctx, &last) })
	}
	since := noon().Add(-24 * time.Hour)
	equal(t, "before", refs(must(s.IncidentsBefore(t.Context(), last.ID, since, 10))(t)), []string{"ref-4", "ref-3", "ref-2"})
	equal(t, "two at most", refs(must(s.IncidentsBefore(t.Context(), last.ID, since, 2))(t)), []string{"ref-4", "ref-3"})
}

func testNamed(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		if _, err := tx.ImportPeople(ctx, []store.Person{
			{Email: "a@example.org", Name: "Åsa Ek", Active: true}, {Email: "b@example.org", Name: "Åsa Ek", Active: true},
			{Email: "c@example.org", Name: "Åsa Ek"},
		}); err != nil {
			return err
		}
		system := store.System{Key: "larm", Name: "Trygghetslarm Öst", PersonalData: policy.Unknown, Active: true}
		if err := tx.CreateSystem(ctx, &system); err != nil {
			return err
		}
		equal(t, "the system's id", system.ID > 0, true)
		return nil
	})
	for name, want := range map[string]int{"Åsa Ek": 2, " A@Example.org ": 1, "c@example.org": 0, "Åsa": 0} {
		equal(t, "people named "+name, len(must(s.PeopleNamed(t.Context(), name, 5))(t)), want)
	}
	equal(t, "the system", must(s.SystemNamed(t.Context(), "TRYGGHETSLARM öst"))(t).Key, "larm")
	_, err := s.SystemNamed(t.Context(), "Trygghetslarm")
	isErr(t, err, store.ErrNotFound)
	isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.CreateSystem(t.Context(), &store.System{Key: "larm", Name: "Ett annat", PersonalData: policy.Unknown, Active: true})
	}), store.ErrConflict)
}

func testUnanswered(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	c, _ := aCase(t, s)
	step := func(actor, action string) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			return tx.Append(ctx, store.Event{Actor: actor, Action: action, Subject: c.Number, Detail: "{}"})
		})
	}
	remind := func(key string) (n int) {
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.AddReminders(ctx, []store.Reminder{{Key: key, Clock: "a", IncidentID: c.ID, DueAt: tx.Now}}); err != nil {
				return err
			}
			r, err := tx.TakeReminder(ctx, "a")
			if err != nil {
				return err
			}
			n, err = tx.Unanswered(ctx, r, c.Number, []string{"looked", "refused"})
			return err
		})
		tick(s)
		return n
	}
	equal(t, "the first", remind("1"), 0)
	equal(t, "the second", remind("2"), 1)
	step("system", "reminder.sent")
	step("chat:U1", "looked")
	equal(t, "when somebody only looked", remind("3"), 2)
	step("chat:U1", "acted")
	tick(s)
	equal(t, "when somebody acted", remind("4"), 0)
	equal(t, "and then nobody", remind("5"), 1)
}

// tick returns when the register's clock shows another time: what happens before and after it is told apart.
func tick(s *store.Store) {
	for now := s.Now(); !s.Now().After(now); {
		continue
	}
}
