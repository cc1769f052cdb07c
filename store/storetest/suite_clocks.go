package storetest

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// aCase registers an incident, and returns it with the account of who works it.
func aCase(t *testing.T, s *store.Store) (c store.Incident, ciso store.Account) {
	t.Helper()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		var err error
		if ciso, err = tx.EnsureAccount(ctx, "chat", "U0CISO", "Karin Holm"); err != nil {
			return err
		}
		c = store.Incident{Ref: "ref-" + rand.Text(), Status: store.New, DiscoveredAt: tx.Now, Severity: 2}
		return tx.CreateIncident(ctx, &c)
	})
	return c, ciso
}

func testDecisions(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("the latest of each kind is kept", func(t *testing.T) {
		s := open(t)
		c, ciso := aCase(t, s)
		var want []store.Decision
		for _, d := range []store.Decision{
			{Decision: policy.SignificantDecision, Verdict: policy.NotSignificant, Reason: "Under gränsen"},
			{Decision: policy.BreachDecision, Verdict: policy.Risk, Reason: "Röjt"},
			{Decision: policy.BreachDecision, Verdict: policy.UnlikelyRisk, Reason: "Krypterat"},
		} {
			d.IncidentID, d.AccountID = c.ID, ciso.ID
			write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.Decide(ctx, &d) })
			if d.Verdict != policy.Risk {
				want = append([]store.Decision{d}, want...)
			}
		}
		equal(t, "decisions", must(s.Decisions(t.Context(), c.ID))(t), want)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			equal(t, "within a transaction", must(tx.Decisions(ctx, c.ID))(t), want)
			return nil
		})
	})
}

func testObligations(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Run("comes back as it was saved", func(t *testing.T) {
		s := open(t)
		c, ciso := aCase(t, s)
		due := c.DiscoveredAt.Add(72 * time.Hour)
		o := store.Obligation{IncidentID: c.ID, Step: "gdpr-33-1", State: store.ObligationOpen, StartAt: c.DiscoveredAt, DueAt: &due, Round: 1}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddObligation(ctx, &o) })
		equal(t, "open", must(s.Obligations(t.Context(), c.ID))(t), []store.Obligation{o})
		o.State, o.EndedAt, o.EndedBy, o.Reference, o.Reason, o.StartReason = store.ObligationDone, &due, &ciso.ID, "IMY-1", "skäl", "loggen"
		o.DueAt, o.Round = nil, 2
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			if err := tx.SaveObligation(ctx, o); err != nil {
				return err
			}
			equal(t, "within the transaction", must(tx.Obligation(ctx, o.ID))(t), o)
			return nil
		})
		equal(t, "done", must(s.Obligations(t.Context(), c.ID))(t), []store.Obligation{o})
	})
	t.Run("a case has a step once", func(t *testing.T) {
		s := open(t)
		c, _ := aCase(t, s)
		add := func() error {
			return s.InTx(t.Context(), func(tx *store.Tx) error {
				o := store.Obligation{IncidentID: c.ID, Step: "gdpr-34", State: store.ObligationOpen, StartAt: tx.Now}
				return tx.AddObligation(t.Context(), &o)
			})
		}
		if err := add(); err != nil {
			t.Fatal(err)
		}
		isErr(t, add(), store.ErrConflict)
	})
}

func testReminders(t *testing.T, open func(t *testing.T) *store.Store) {
	add := func(t *testing.T, s *store.Store, c store.Incident, clock string, in ...time.Duration) {
		t.Helper()
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			rows := make([]store.Reminder, len(in))
			for i, d := range in {
				rows[i] = store.Reminder{
					Key: fmt.Sprintf("%s:%d", clock, i), Clock: clock, IncidentID: c.ID, Kind: "k", Stage: policy.Stage(fmt.Sprint(i)), DueAt: tx.Now.Add(d),
				}
			}
			return tx.AddReminders(ctx, rows)
		})
	}
	take := func(t *testing.T, s *store.Store, clock string) (r store.Reminder, err error) {
		t.Helper()
		err = s.InTx(t.Context(), func(tx *store.Tx) error {
			r, err = tx.TakeReminder(t.Context(), clock)
			return err
		})
		return r, err
	}
	t.Run("the latest that is due is taken, once, and those before it never", func(t *testing.T) {
		s := open(t)
		c, _ := aCase(t, s)
		add(t, s, c, "a", -3*time.Hour, -2*time.Hour, -time.Hour, time.Hour)
		equal(t, "due", slices.Compact(must(s.DueClocks(t.Context(), 10))(t)), []string{"a"})
		equal(t, "taken", must(take(t, s, "a"))(t).Stage, policy.Stage("2"))
		_, err := take(t, s, "a")
		isErr(t, err, store.ErrNotFound)
		equal(t, "due then", must(s.DueClocks(t.Context(), 10))(t), []string(nil))
		all := must(s.Reminders(t.Context(), "a"))(t)
		var sent, superseded []policy.Stage
		for _, r := range all {
			if r.SentAt != nil {
				sent = append(sent, r.Stage)
			}
			if r.SupersededAt != nil {
				superseded = append(superseded, r.Stage)
			}
		}
		equal(t, "sent", sent, []policy.Stage{"2"})
		equal(t, "superseded", superseded, []policy.Stage{"0", "1"})
	})
	t.Run("what is taken back is not sent", func(t *testing.T) {
		s := open(t)
		c, _ := aCase(t, s)
		add(t, s, c, "a", -time.Hour, time.Hour)
		add(t, s, c, "b", -time.Hour)
		write(t, s, func(ctx context.Context, tx *store.Tx) error {
			equal(t, "taken back", must(tx.Supersede(ctx, "a"))(t), 2)
			return nil
		})
		_, err := take(t, s, "a")
		isErr(t, err, store.ErrNotFound)
		equal(t, "due", must(s.DueClocks(t.Context(), 10))(t), []string{"b"})
	})
	t.Run("a key is there once", func(t *testing.T) {
		s := open(t)
		c, _ := aCase(t, s)
		add(t, s, c, "a", -time.Hour)
		must(take(t, s, "a"))(t)
		add(t, s, c, "a", -time.Hour)
		equal(t, "due", must(s.DueClocks(t.Context(), 10))(t), []string(nil))
	})
	t.Run("those that have waited longest come first", func(t *testing.T) {
		s := open(t)
		c, _ := aCase(t, s)
		add(t, s, c, "late", -time.Hour)
		add(t, s, c, "later", -2*time.Hour)
		equal(t, "due", must(s.DueClocks(t.Context(), 10))(t), []string{"later", "late"})
		equal(t, "due, one at most", must(s.DueClocks(t.Context(), 1))(t), []string{"later"})
	})
	t.Run("one clock's reminders are not another's whose name begins the same", func(t *testing.T) {
		s := open(t)
		c, _ := aCase(t, s)
		add(t, s, c, "obligation:1", time.Hour)
		add(t, s, c, "obligation:12", time.Hour)
		equal(t, "reminders", len(must(s.Reminders(t.Context(), "obligation:1"))(t)), 1)
	})
}

func testSimilarIncidents(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	var system int64
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		_, err := tx.ImportSystems(ctx, []store.System{{Key: "omsorg", Name: "Omsorg", PersonalData: policy.Yes, Active: true}})
		return err
	})
	system = must(s.SystemByKey(t.Context(), "omsorg"))(t).ID
	register := func(ref string, change func(*store.Incident)) store.Incident {
		c := store.Incident{Ref: ref, Status: store.New, DiscoveredAt: s.Now(), SystemID: &system, Category: policy.Outage, Severity: 2}
		change(&c)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateIncident(ctx, &c) })
		return c
	}
	long := s.Now().Add(-200 * 24 * time.Hour)
	register("old", func(c *store.Incident) { c.RegisteredAt = long })
	register("same", func(*store.Incident) {})
	register("other category", func(c *store.Incident) { c.Category = policy.Loss })
	register("near miss", func(c *store.Incident) { c.NearMiss = true })
	register("no system", func(c *store.Incident) { c.SystemID = nil })
	c := register("this", func(*store.Incident) {})
	register("after it", func(*store.Incident) {})
	equal(t, "similar", must(s.SimilarIncidents(t.Context(), c, s.Now().Add(-183*24*time.Hour)))(t), 1)
}
