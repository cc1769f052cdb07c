package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// CoverageInput is what the coverage of the policy is told by, beside the register.
type CoverageInput struct {
	Location  *time.Location
	Documents []policy.Document
	Holders   map[policy.Role]int // how many people hold each role
	Training  []TrainingShare     // as it stands today
	Limits    policy.RiskLimits
	// Text puts keys in words, with what is filled in.
	Text func(key string, data map[string]any) string
}

// ClauseCoverage is one clause of the policy: what the program does for it, and what there is to show today.
type ClauseCoverage struct {
	policy.Clause

	Does     string
	Evidence []Evidence
}

// Evidence is something to show: a figure in words, when it last changed, and who answers for it.
type Evidence struct {
	Figure string
	On     string // 2006-01-02, "" when there is no day
	Who    string
}

// PolicyCoverage tells, clause by clause, what the program does for the policy and what there is to show today.
func PolicyCoverage(ctx context.Context, s *store.Store, in CoverageInput) ([]ClauseCoverage, error) {
	c := &coverage{CoverageInput: in, store: s, now: s.Now()}
	if err := c.read(ctx); err != nil {
		return nil, fmt.Errorf("reading what there is to show: %w", err)
	}
	var all []ClauseCoverage
	for _, clause := range policy.Clauses() {
		key := "clause." + strings.ReplaceAll(clause.Number, ".", "_")
		evidence, err := c.evidence(ctx, clause.Number)
		if err != nil {
			return nil, err
		}
		all = append(all, ClauseCoverage{Clause: clause, Does: c.Text(key, nil), Evidence: evidence})
	}
	return all, nil
}

// coverage is the register as it stands.
type coverage struct {
	CoverageInput

	store   *store.Store
	now     time.Time
	shown   store.Evidence
	year    store.Period // the last twelve months
	systems []store.System
}

func (c *coverage) read(ctx context.Context) (err error) {
	if c.shown, err = c.store.Evidence(ctx); err != nil {
		return err
	}
	// Up to and with this very millisecond.
	if c.year, err = c.store.Period(ctx, c.now.AddDate(-1, 0, 0), c.now.Add(time.Millisecond)); err != nil {
		return err
	}
	all, err := c.store.Systems(ctx)
	c.systems = slices.DeleteFunc(all, func(s store.System) bool { return !s.Active })
	return err
}

// show is a piece of evidence; pairs are names and values of what is filled in.
func (c *coverage) show(key string, at *time.Time, role policy.Role, pairs ...any) Evidence {
	e := Evidence{Figure: c.Text("evidence."+key, filledIn(pairs))}
	if at != nil {
		e.On = at.In(c.Location).Format(time.DateOnly)
	}
	if role != "" {
		e.Who = c.Text("role."+string(role), nil)
	}
	return e
}

// evidence is what there is to show for a clause.
func (c *coverage) evidence(ctx context.Context, number string) ([]Evidence, error) {
	e, y := c.shown, c.year
	switch number {
	case "1":
		return []Evidence{c.show("improvements", e.LatestImprovement, policy.CISO, "Number", y.Suggestions)}, nil
	case "2":
		return []Evidence{c.show("cases", e.LatestCase, policy.CISO, "Number", e.Cases, "Closed", e.Closed)}, nil
	case "2.1":
		return []Evidence{
			c.show("year", e.LatestCase, policy.ChiefExecutive, "Number", y.Cases, "NearMisses", y.NearMisses),
			c.show("duties", e.LatestDutyDone, policy.CISO, "Done", y.DutiesDone, "All", y.Duties, "Late", y.DutiesLate),
		}, nil
	case "2.2":
		return []Evidence{c.show("forms", nil, policy.CISO, "Paper", e.Paper, "Speech", e.Speech, "All", e.Cases)}, nil
	case "2.3":
		return []Evidence{c.show("breaches", e.LatestDecided, policy.DPO, "Number", e.Decided)}, nil
	case "2.4":
		held := 0
		for _, role := range policy.Roles() {
			if c.Holders[role] > 0 {
				held++
			}
		}
		return []Evidence{c.show("roles", nil, policy.ChiefExecutive, "Number", held, "All", len(policy.Roles()))}, nil
	case "2.5":
		risks, err := c.risks(ctx)
		return []Evidence{risks, c.show("measures", e.LatestMeasure, policy.CISO,
			"Open", y.Measures, "Late", y.MeasureLate, "Done", e.MeasuresDone)}, err
	case "2.6":
		return []Evidence{
			c.show("cases", e.LatestCase, policy.CISO, "Number", e.Cases, "Closed", e.Closed),
			c.show("categories", nil, policy.CISO, "Number", len(y.Categories), "All", len(policy.Categories())),
		}, nil
	case "2.7":
		return []Evidence{c.classified()}, nil
	case "2.8":
		asked, done := 0, 0
		for _, s := range c.Training {
			asked, done = asked+s.Asked, done+s.Done
		}
		return []Evidence{
			c.show("people", nil, policy.CISO, "Number", e.People), c.show("trained", &c.now, policy.CISO, "Done", done, "All", asked),
		}, nil
	case "3":
		return c.followup(ctx)
	case "4":
		return c.revisions(ctx)
	}
	return nil, nil
}

// risks is how many risks are open, estimated and grave, and when one was estimated last.
func (c *coverage) risks(ctx context.Context) (Evidence, error) {
	open, err := c.store.OpenRisks(ctx, "")
	if err != nil {
		return Evidence{}, err
	}
	estimated, grave := 0, 0
	var latest *time.Time
	for _, r := range open {
		if r.Before.Made() {
			estimated++
		}
		if c.Limits.Level(r.Before) == policy.RiskGrave {
			grave++
		}
		if r.EstimatedAt != nil && (latest == nil || r.EstimatedAt.After(*latest)) {
			latest = r.EstimatedAt
		}
	}
	return c.show("risks", latest, policy.CISO, "Number", len(open), "Estimated", estimated, "Grave", grave), nil
}

// classified is how many of the systems in use are classified, and when the last one was.
func (c *coverage) classified() Evidence {
	n, latest := 0, ""
	for _, s := range c.systems {
		if s.Levels != nil {
			n++
			latest = max(latest, s.ClassifiedOn)
		}
	}
	e := c.show("systems", nil, policy.CISO, "Number", n, "All", len(c.systems))
	e.On = latest
	return e
}

func (c *coverage) followup(ctx context.Context) ([]Evidence, error) {
	if c.shown.LatestFollowup == 0 {
		return []Evidence{c.show("followup.none", nil, policy.CISO)}, nil
	}
	f, err := c.store.Followup(ctx, c.shown.LatestFollowup)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	return []Evidence{c.show("followup", f.SavedAt, policy.CISO, "Year", f.Year)}, nil
}

// revisions are how each governing document's latest revision stands.
func (c *coverage) revisions(ctx context.Context) (all []Evidence, err error) {
	for _, d := range c.Documents {
		found, err := c.store.Revisions(ctx, d.Key)
		if err != nil {
			return nil, err
		}
		if len(found) == 0 {
			all = append(all, c.show("revision.none", nil, d.Owner, "Title", d.Title))
			continue
		}
		r := found[len(found)-1]
		at := &r.PromptedAt
		if r.EndedAt != nil {
			at = r.EndedAt
		}
		state := c.Text("revision.state."+string(r.State), nil)
		all = append(all, c.show("revision", at, r.Owner, "Title", r.Title, "Year", r.Year, "State", state))
	}
	if len(all) == 0 {
		all = append(all, c.show("documents.none", nil, policy.ChiefExecutive))
	}
	return all, nil
}

// WriteCoverage writes the coverage as text for a terminal.
func WriteCoverage(w io.Writer, all []ClauseCoverage) error {
	for i, c := range all {
		if i > 0 {
			if _, err := fmt.Fprintln(w); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "%s %s\n    %s\n", c.Number, c.Title, c.Does); err != nil {
			return err
		}
		for _, e := range c.Evidence {
			line := strings.Join(slices.DeleteFunc([]string{e.Figure, e.On, e.Who}, func(s string) bool { return s == "" }), " | ")
			if _, err := fmt.Fprintf(w, "    – %s\n", line); err != nil {
				return err
			}
		}
	}
	return nil
}
