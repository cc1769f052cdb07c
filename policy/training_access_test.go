package policy_test

import (
	"slices"
	"strings"
	"testing"

	"tyreso.se/incidentbot/policy"
)

func TestMayTrain(t *testing.T) {
	want := map[policy.TrainingAction]string{
		policy.SeeTraining:    "themself their_manager",
		policy.MarkTraining:   "their_manager",
		policy.SeeUnits:       "manager_above ciso deputy_ciso",
		policy.SeeAllTraining: "ciso deputy_ciso",
	}
	for _, action := range policy.TrainingActions() {
		var may []string
		for _, r := range []policy.Relation{policy.Themself, policy.TheirManager, policy.ManagerAbove} {
			if policy.MayTrain(action, []policy.Relation{r}, nil) {
				may = append(may, string(r))
			}
		}
		for _, r := range policy.Roles() {
			if policy.MayTrain(action, nil, []policy.Role{r}) {
				may = append(may, string(r))
			}
		}
		if got := strings.Join(may, " "); got != want[action] {
			t.Errorf("%s: %q may, want %q", action, got, want[action])
		}
	}
	if policy.MayTrain("delete", []policy.Relation{policy.Themself, policy.TheirManager}, slices.Clone(policy.Roles())) {
		t.Error("an unknown action is allowed")
	}
}
