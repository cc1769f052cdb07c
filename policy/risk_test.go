package policy_test

import (
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func TestRiskProposal(t *testing.T) {
	levels := policy.Levels{Confidentiality: 1, Integrity: 3, Availability: 0, Traceability: 2}
	for name, test := range map[string]struct {
		figures policy.RiskFigures
		want    policy.RiskEstimate
	}{
		"never, and nothing known": {policy.RiskFigures{Months: 24}, policy.RiskEstimate{Likelihood: 1}},
		"never, in a classified system": {policy.RiskFigures{Months: 24, Levels: &levels},
			policy.RiskEstimate{Likelihood: 1, Consequence: 4}},
		"once in two years": {policy.RiskFigures{Months: 24, Cases: 1, Worst: policy.Moderate},
			policy.RiskEstimate{Likelihood: 2, Consequence: 2}},
		"once a year": {policy.RiskFigures{Months: 30, Cases: 2, Worst: policy.Low, Levels: &levels},
			policy.RiskEstimate{Likelihood: 3, Consequence: 1}},
		"twice a year": {policy.RiskFigures{Months: 24, Cases: 4, Worst: policy.Significant},
			policy.RiskEstimate{Likelihood: 4, Consequence: 3}},
		"almost every month": {policy.RiskFigures{Months: 24, Cases: 23, Worst: policy.Significant},
			policy.RiskEstimate{Likelihood: 4, Consequence: 3}},
		"every month": {policy.RiskFigures{Months: 24, Cases: 24, Worst: policy.Serious, Persons: 499},
			policy.RiskEstimate{Likelihood: 5, Consequence: 4}},
		"serious for many": {policy.RiskFigures{Months: 24, Cases: 24, Worst: policy.Serious, Persons: policy.ManyPersons},
			policy.RiskEstimate{Likelihood: 5, Consequence: 5}},
		"many, and not serious": {policy.RiskFigures{Months: 24, Cases: 24, Worst: policy.Moderate, Persons: 5000},
			policy.RiskEstimate{Likelihood: 5, Consequence: 2}},
		"near misses only": {policy.RiskFigures{Months: 24, Cases: 5, NearMisses: 5, Levels: &levels},
			policy.RiskEstimate{Likelihood: 4, Consequence: 4}},
		"a year's register: twice as often in two": {policy.RiskFigures{Months: 12, Cases: 2, Worst: policy.Low},
			policy.RiskEstimate{Likelihood: 4, Consequence: 1}},
		"a new register says little of how often": {policy.RiskFigures{Months: 1, Cases: 1, Worst: policy.Low},
			policy.RiskEstimate{Likelihood: 4, Consequence: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			if got := test.figures.Propose(); got != test.want {
				t.Errorf("proposed is %+v, want %+v", got, test.want)
			}
		})
	}
}

// A proposal fits the scales, and more or worse cases never lower it.
func TestRiskProposalGrowsWithWhatHappened(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		f := policy.RiskFigures{Months: rapid.IntRange(1, 60).Draw(r, "months"), Cases: rapid.IntRange(0, 200).Draw(r, "cases")}
		if f.Cases > 0 {
			f.Worst = policy.Severity(rapid.IntRange(1, 4).Draw(r, "worst"))
			f.Persons = rapid.IntRange(0, 1000).Draw(r, "persons")
		}
		before := f.Propose()
		if before.Likelihood < 1 || before.Likelihood > policy.HighestRisk || before.Consequence < 0 || before.Consequence > policy.HighestRisk {
			r.Fatalf("%+v does not fit the scales", before)
		}
		f.Cases, f.Worst = f.Cases+1, min(f.Worst+1, policy.Serious)
		if after := f.Propose(); after.Likelihood < before.Likelihood || after.Consequence < before.Consequence {
			r.Fatalf("%+v after %+v, with more and worse cases", after, before)
		}
	})
}

func TestRiskLevels(t *testing.T) {
	limits := policy.RiskLimits{4, 9, 16}
	for estimate, want := range map[policy.RiskEstimate]policy.RiskLevel{
		{}: 0, {Likelihood: 5}: 0, {Likelihood: 1, Consequence: 3}: policy.RiskLow, {Likelihood: 2, Consequence: 2}: policy.RiskMedium,
		{Likelihood: 2, Consequence: 4}: policy.RiskMedium, {Likelihood: 3, Consequence: 3}: policy.RiskHigh,
		{Likelihood: 3, Consequence: 5}: policy.RiskHigh, {Likelihood: 4, Consequence: 4}: policy.RiskGrave,
		{Likelihood: 5, Consequence: 5}: policy.RiskGrave,
	} {
		if got := limits.Level(estimate); got != want {
			t.Errorf("%+v is of level %d, want %d", estimate, got, want)
		}
	}
}

func TestMayWithRisk(t *testing.T) {
	who := map[string]struct {
		roles          []policy.Role
		owner, manager bool
	}{
		"nobody": {}, "owner": {owner: true}, "manager": {manager: true}, "ciso": {roles: []policy.Role{policy.CISO}},
		"deputy": {roles: []policy.Role{policy.DeputyCISO}}, "dpo": {roles: []policy.Role{policy.DPO}},
		"security": {roles: []policy.Role{policy.SecurityChief}}, "it": {roles: []policy.Role{policy.ITChief}},
		"chief": {roles: []policy.Role{policy.ChiefExecutive}}, "lawyer": {roles: []policy.Role{policy.Lawyer}},
	}
	want := map[policy.RiskAction][]string{
		policy.SeeRisks: {"ciso", "deputy", "dpo", "security", "it", "chief"}, policy.AddRisk: {"ciso", "deputy", "dpo", "security", "it", "manager"},
		policy.SeeRisk:    {"ciso", "deputy", "dpo", "security", "it", "chief", "owner"},
		policy.ChangeRisk: {"ciso", "deputy", "owner"}, policy.EstimateRisk: {"ciso", "deputy", "owner"},
		policy.TreatRisk: {"ciso", "deputy", "owner"}, policy.EndRisk: {"ciso", "deputy", "owner"}, "steal_risk": nil,
	}
	for _, action := range policy.RiskActions() {
		if want[action] == nil {
			t.Errorf("nobody has said who may %s", action)
		}
	}
	for action, allowed := range want {
		for name, p := range who {
			may := false
			for _, a := range allowed {
				may = may || a == name
			}
			if got := policy.MayWithRisk(p.roles, p.owner, p.manager, action); got != may {
				t.Errorf("%s may %s: %v, want %v", name, action, got, may)
			}
		}
	}
}
