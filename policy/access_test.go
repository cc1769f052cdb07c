package policy_test

import (
	"slices"
	"testing"

	"tyreso.se/incidentbot/policy"
)

func TestMay(t *testing.T) {
	ordinary := []policy.Role{policy.CISO, policy.DeputyCISO}
	stop := []policy.Role{policy.CISO, policy.DeputyCISO, policy.SecurityChief}
	actions := []policy.Action{policy.Acknowledge, policy.ChangeCategory, policy.ChangeSeverity, policy.MessageReporter,
		policy.Close, policy.ShowText}
	if !slices.Equal(policy.Actions(), actions) {
		t.Fatalf("actions %q, want a row for each of %q", policy.Actions(), actions)
	}
	for _, a := range actions {
		t.Run(string(a), func(t *testing.T) {
			for _, r := range policy.Roles() {
				if got, want := policy.May([]policy.Role{r}, a, false), slices.Contains(ordinary, r); got != want {
					t.Errorf("%s on an ordinary case: %v, want %v", r, got, want)
				}
				if got, want := policy.May([]policy.Role{r}, a, true), slices.Contains(stop, r); got != want {
					t.Errorf("%s on a stop question's case: %v, want %v", r, got, want)
				}
			}
		})
	}
}

func TestMayCountsEveryRoleOfAPerson(t *testing.T) {
	if !policy.May([]policy.Role{policy.Lawyer, policy.DeputyCISO}, policy.Close, false) {
		t.Error("the second role was not looked at")
	}
}

func TestMayForbidsWhatNoRowAllows(t *testing.T) {
	if policy.May(policy.Roles(), "delete", false) {
		t.Error("an unknown action is allowed")
	}
	if policy.May(nil, policy.ShowText, true) || policy.May([]policy.Role{"boss"}, policy.ShowText, false) {
		t.Error("somebody without a role is allowed")
	}
}
