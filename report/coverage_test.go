package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/report"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

func TestEveryClauseOfThePolicyHasItsRow(t *testing.T) {
	// The clauses as the policy numbers them.
	clauses := []string{"1", "2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "3", "4"}
	for name, open := range map[string]func(testing.TB) *store.Store{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			s := open(t)
			in := report.CoverageInput{
				Location: time.UTC, Holders: map[policy.Role]int{policy.CISO: 1}, Limits: policy.DefaultRiskLimits(),
				Documents: []policy.Document{{Key: "policy", Title: "Policyn", Owner: policy.CISO, Month: time.August}},
				Text: func(key string, data map[string]any) string {
					return strings.TrimSpace(key + " " + strings.Trim(strings.ReplaceAll(strings.TrimPrefix(fmt.Sprint(data), "map"), " ", ","), "[]"))
				},
			}
			check := func() map[string]report.ClauseCoverage {
				all, err := report.PolicyCoverage(t.Context(), s, in)
				if err != nil {
					t.Fatal(err)
				}
				rows := map[string]report.ClauseCoverage{}
				for i, row := range all {
					if i >= len(clauses) || row.Number != clauses[i] || row.Title == "" || row.Does == "" || len(row.Evidence) == 0 {
						t.Errorf("row %d is %+v", i, row)
					}
					for _, e := range row.Evidence {
						if e.Figure == "" || e.Who == "" {
							t.Errorf("%s: %+v tells nothing, or not who answers for it", row.Number, e)
						}
					}
					rows[row.Number] = row
				}
				if len(all) != len(clauses) {
					t.Errorf("%d rows, want %d", len(all), len(clauses))
				}
				return rows
			}
			check()
			aYear(t, s, 2, 50)
			err := s.InTx(t.Context(), func(tx *store.Tx) error {
				who, err := tx.EnsureAccount(t.Context(), "chat", "U9", "Karin")
				if err != nil {
					return err
				}
				if err := tx.AddImprovement(t.Context(), &store.Improvement{AuthorID: who.ID, Text: secret}); err != nil {
					return err
				}
				for _, r := range []store.Risk{{Ref: "a", Before: policy.RiskEstimate{Likelihood: 5, Consequence: 3}, EstimatedAt: &tx.Now}, {Ref: "b"}} {
					r.Text, r.CreatedBy = secret, who.ID
					if err := tx.AddRisk(t.Context(), &r); err != nil {
						return err
					}
				}
				if err := tx.SaveFollowup(t.Context(), &store.Followup{Year: 2025}); err != nil {
					return err
				}
				at := tx.Now
				return tx.AddRevision(t.Context(), &store.Revision{
					Ref: "r", Document: "policy", Title: "Policyn", Owner: policy.CISO, Year: 2026, State: store.RevisionRevised, PromptedAt: at, EndedAt: &at,
				})
			})
			if err != nil {
				t.Fatal(err)
			}
			rows := check()
			today := s.Now().Format(time.DateOnly)
			for number, want := range map[string]report.Evidence{
				"1":   {Figure: "evidence.improvements Number:1", On: today, Who: "role.ciso"},
				"2.5": {Figure: "evidence.risks Estimated:1,Grave:1,Number:2", On: today, Who: "role.ciso"},
				"2.4": {Figure: "evidence.roles All:8,Number:1", Who: "role.chief_executive"},
				"2.7": {Figure: "evidence.systems All:5,Number:3", On: "2026-05-01", Who: "role.ciso"},
				"2.8": {Figure: "evidence.people Number:12", Who: "role.ciso"},
				"3":   {Figure: "evidence.followup Year:2025", On: today, Who: "role.ciso"},
				"4":   {Figure: "evidence.revision State:revision.state.revised,Title:Policyn,Year:2026", On: today, Who: "role.ciso"},
			} {
				if got := rows[number].Evidence[0]; got != want {
					t.Errorf("%s: %+v, want %+v", number, got, want)
				}
			}
			if got := rows["2.6"].Evidence[0].Figure; !strings.Contains(got, "Number:50") {
				t.Errorf("the register has %s", got)
			}
			all, err := report.PolicyCoverage(t.Context(), s, in)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := report.WriteCoverage(&out, all); err != nil || strings.Contains(out.String(), "Gunhild") {
				t.Errorf("%v:\n%s", err, out.String())
			}
		})
	}
}
