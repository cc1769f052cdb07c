package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func testRisks(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	c, ciso := aCase(t, s)
	system := store.System{Key: "omsorg", Name: "Omsorg", PersonalData: policy.Yes, Active: true}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateSystem(ctx, &system) })
	r := store.Risk{
		Ref: "r-1", Text: "Datorer stjäls", Category: policy.Theft, Cause: policy.Attack, SystemID: &system.ID, IncidentID: &c.ID, Unit: "Hemtjänsten",
		OwnerEmail: "ali@example.org", OwnerName: "Ali Nouri", CreatedBy: ciso.ID,
	}
	grave := store.Risk{Ref: "r-2", Text: "Läckor", Before: policy.RiskEstimate{Likelihood: 5, Consequence: 4}, OwnerEmail: "bo@example.org", CreatedBy: ciso.ID}
	slight := store.Risk{Ref: "r-3", Text: "Avbrott", Before: policy.RiskEstimate{Likelihood: 1, Consequence: 4}, OwnerEmail: "bo@example.org", CreatedBy: ciso.ID}
	for _, one := range []*store.Risk{&r, &slight, &grave} {
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddRisk(ctx, one) })
	}
	equal(t, "by ref", must(s.Risk(t.Context(), "r-1"))(t), r)
	equal(t, "by id", must(s.RiskByID(t.Context(), r.ID))(t), r)
	_, err := s.Risk(t.Context(), "r-9")
	isErr(t, err, store.ErrNotFound)
	isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.AddRisk(t.Context(), &store.Risk{Ref: "r-1", CreatedBy: ciso.ID})
	}), store.ErrConflict)
	equal(t, "open ones, those not estimated before the gravest", must(s.OpenRisks(t.Context(), ""))(t), []store.Risk{r, grave, slight})
	equal(t, "an owner's", must(s.OpenRisks(t.Context(), "bo@example.org"))(t), []store.Risk{grave, slight})
	equal(t, "of the case", must(s.RisksOfIncident(t.Context(), c.ID))(t), []store.Risk{r})

	refused := errors.New("refused")
	isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.UpdateRisk(t.Context(), r.ID, func(*store.Risk) error { return refused })
	}), refused)
	isErr(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.UpdateRisk(t.Context(), 99, func(*store.Risk) error { return nil })
	}), store.ErrNotFound)
	at := noon()
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		return tx.UpdateRisk(ctx, r.ID, func(now *store.Risk) error {
			now.Before, now.Reason = policy.RiskEstimate{Likelihood: 3, Consequence: 3}, "Har hänt"
			now.After, now.ReasonAfter = policy.RiskEstimate{Likelihood: 1, Consequence: 3}, "Lås"
			now.EstimatedAt, now.EstimatedBy, now.EndedAt, now.EndedBy, now.EndedWhy = &at, &ciso.ID, &at, &ciso.ID, "Borta"
			r = *now
			return nil
		})
	})
	equal(t, "what was changed", must(s.RiskByID(t.Context(), r.ID))(t), r)
	equal(t, "open ones", must(s.OpenRisks(t.Context(), ""))(t), []store.Risk{grave, slight})
	equal(t, "all", must(s.Risks(t.Context()))(t), []store.Risk{r, slight, grave})
}

func testRiskMeasures(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	c, ciso := aCase(t, s)
	r := store.Risk{Ref: "r-1", CreatedBy: ciso.ID}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddRisk(ctx, &r) })
	measure := func(ref, due, owner string, state store.MeasureState) store.Measure {
		m := store.Measure{Ref: ref, DueOn: due, OwnerEmail: owner, State: state, CreatedBy: ciso.ID}
		if ref == "of a case" {
			m.IncidentID = &c.ID
		} else {
			m.RiskID = &r.ID
		}
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.AddMeasure(ctx, &m) })
		return m
	}
	later := measure("later", "2026-12-20", "ali@example.org", store.MeasureOpen)
	ofCase := measure("of a case", "2026-12-10", "bo@example.org", store.MeasureOpen)
	done := measure("done", "2026-12-01", "bo@example.org", store.MeasureDone)
	first := measure("first", "2026-12-05", "ali@example.org", store.MeasureOpen)
	equal(t, "of the risk", must(s.MeasuresOfRisk(t.Context(), r.ID))(t), []store.Measure{later, done, first})
	equal(t, "open ones", must(s.OpenMeasures(t.Context(), "", 10))(t), []store.Measure{first, ofCase, later})
	equal(t, "two at most", must(s.OpenMeasures(t.Context(), "", 2))(t), []store.Measure{first, ofCase})
	equal(t, "an owner's", must(s.OpenMeasures(t.Context(), "ali@example.org", 10))(t), []store.Measure{first, later})
	equal(t, "how many are open of each risk", must(s.OpenRiskMeasures(t.Context()))(t), map[int64]int{r.ID: 2})
	write(t, s, func(ctx context.Context, tx *store.Tx) error {
		equal(t, "how many are open", must(tx.OpenMeasuresOfRisk(ctx, r.ID))(t), 2)
		return nil
	})
	var numbers []string
	err := s.AllMeasures(t.Context(), func(_ store.Measure, number string) error { numbers = append(numbers, number); return nil })
	isErr(t, err, nil)
	equal(t, "of which cases", numbers, []string{"", c.Number, "", ""})
}

func testRiskFigures(t *testing.T, open func(t *testing.T) *store.Store) {
	s := open(t)
	r := store.Risk{Category: policy.Theft}
	empty := must(s.RiskFigures(t.Context(), r, time.Time{}))(t)
	equal(t, "of an empty register", empty, policy.RiskFigures{Months: 1})
	system := store.System{Key: "omsorg", Name: "Omsorg", PersonalData: policy.Yes, Active: true}
	write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateSystem(ctx, &system) })
	n := 0
	add := func(months int, change func(*store.Incident)) {
		n++
		c := store.Incident{
			Ref: numbered("ref-", 99)[n], Status: store.New, DiscoveredAt: noon(), RegisteredAt: s.Now().AddDate(0, -months, -1), Severity: 2,
			Category: policy.Theft, SystemID: &system.ID,
		}
		change(&c)
		write(t, s, func(ctx context.Context, tx *store.Tx) error { return tx.CreateIncident(ctx, &c) })
	}
	add(30, func(c *store.Incident) { c.Severity = 4 }) // too long ago
	add(20, func(c *store.Incident) { c.Severity, c.Persons, c.Cause = 3, 120, policy.Attack })
	add(10, func(c *store.Incident) { c.Persons, c.SystemID = 700, nil })
	add(8, func(c *store.Incident) { c.NearMiss, c.Severity, c.Persons = true, 4, 5000 })
	add(5, func(c *store.Incident) { c.StopQuestion, c.Severity = true, 4 })
	add(2, func(c *store.Incident) { c.Category, c.Cause, c.Severity = policy.Loss, policy.Attack, 1 })
	since := s.Now().AddDate(0, -24, 0)
	equal(t, "of a category", must(s.RiskFigures(t.Context(), r, since))(t),
		policy.RiskFigures{Months: 30, OfCategory: 3, Cases: 3, NearMisses: 1, Worst: 3, Persons: 700})
	r.SystemID = &system.ID
	equal(t, "in a system", must(s.RiskFigures(t.Context(), r, since))(t),
		policy.RiskFigures{Months: 30, OfCategory: 3, OfSystem: 3, Cases: 2, NearMisses: 1, Worst: 3, Persons: 120})
	r.Cause = policy.Attack
	equal(t, "with a cause", must(s.RiskFigures(t.Context(), r, since))(t),
		policy.RiskFigures{Months: 30, OfCategory: 3, OfSystem: 3, OfCause: 2, Cases: 1, Worst: 3, Persons: 120})
	equal(t, "of anything", must(s.RiskFigures(t.Context(), store.Risk{}, since))(t),
		policy.RiskFigures{Months: 30, Cases: 4, NearMisses: 1, Worst: 3, Persons: 700})
}
