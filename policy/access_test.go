package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/policy"
)

// access is the table of who may do what as policy clause 2.4 leads to it: for each kind of case, the actions, and the roles that may.
var access = map[string]map[policy.Action]string{
	"an ordinary case": {
		policy.SeeCard: "ciso deputy_ciso", policy.Acknowledge: "ciso deputy_ciso security_chief it_chief",
		policy.ChangeCategory: "ciso deputy_ciso", policy.ChangeSeverity: "ciso deputy_ciso", policy.DecideBreach: "ciso deputy_ciso",
		policy.DecideSignificant: "ciso deputy_ciso", policy.MeetObligation: "ciso deputy_ciso", policy.MessageReporter: "ciso deputy_ciso",
		policy.AddNote: "ciso deputy_ciso",
		policy.Close:   "ciso deputy_ciso", policy.ShowText: "ciso deputy_ciso",
		policy.OpenRoom: "ciso deputy_ciso",
	},
	"personal data": {
		policy.SeeCard: "ciso deputy_ciso dpo", policy.Acknowledge: "ciso deputy_ciso security_chief it_chief",
		policy.ChangeCategory: "ciso deputy_ciso", policy.ChangeSeverity: "ciso deputy_ciso", policy.DecideBreach: "ciso deputy_ciso dpo",
		policy.DecideSignificant: "ciso deputy_ciso", policy.MeetObligation: "ciso deputy_ciso dpo", policy.MessageReporter: "ciso deputy_ciso",
		policy.AddNote: "ciso deputy_ciso dpo",
		policy.Close:   "ciso deputy_ciso", policy.ShowText: "ciso deputy_ciso dpo",
		policy.OpenRoom: "ciso deputy_ciso",
	},
	"a technical case": {
		policy.SeeCard: "ciso deputy_ciso it_chief", policy.Acknowledge: "ciso deputy_ciso security_chief it_chief",
		policy.ChangeCategory: "ciso deputy_ciso", policy.ChangeSeverity: "ciso deputy_ciso", policy.DecideBreach: "ciso deputy_ciso",
		policy.DecideSignificant: "ciso deputy_ciso", policy.MeetObligation: "ciso deputy_ciso", policy.MessageReporter: "ciso deputy_ciso",
		policy.AddNote: "ciso deputy_ciso",
		policy.Close:   "ciso deputy_ciso", policy.ShowText: "ciso deputy_ciso",
		policy.OpenRoom: "ciso deputy_ciso",
	},
	"something thrown away": {
		policy.SeeCard: "ciso deputy_ciso archivist", policy.Acknowledge: "ciso deputy_ciso security_chief it_chief",
		policy.ChangeCategory: "ciso deputy_ciso", policy.ChangeSeverity: "ciso deputy_ciso", policy.DecideBreach: "ciso deputy_ciso",
		policy.DecideSignificant: "ciso deputy_ciso", policy.MeetObligation: "ciso deputy_ciso", policy.MessageReporter: "ciso deputy_ciso",
		policy.AddNote: "ciso deputy_ciso",
		policy.Close:   "ciso deputy_ciso", policy.ShowText: "ciso deputy_ciso",
		policy.OpenRoom: "ciso deputy_ciso",
	},
	"Sweden's security": {
		policy.SeeCard: "ciso deputy_ciso security_chief", policy.Acknowledge: "ciso deputy_ciso security_chief",
		policy.ChangeCategory: "ciso deputy_ciso security_chief", policy.ChangeSeverity: "ciso deputy_ciso security_chief",
		policy.DecideBreach: "", policy.DecideSignificant: "", policy.MeetObligation: "",
		policy.MessageReporter: "ciso deputy_ciso security_chief",
		policy.AddNote:         "", policy.Close: "ciso deputy_ciso security_chief",
		policy.ShowText: "ciso deputy_ciso security_chief",
		policy.OpenRoom: "",
	},
}

func TestMay(t *testing.T) {
	cases := map[string]policy.Case{
		"an ordinary case":      {Category: policy.Loss, PersonalData: policy.Unknown},
		"personal data":         {Category: policy.Loss, PersonalData: policy.Yes},
		"a technical case":      {Category: policy.Malware, PersonalData: policy.No},
		"something thrown away": {Category: policy.DisposalError, PersonalData: policy.No},
		"Sweden's security":     {Stop: true, Category: policy.Malware, PersonalData: policy.Yes},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for _, action := range policy.Actions() {
				want, ok := access[name][action]
				if !ok {
					t.Errorf("%s is not in the table", action)
				}
				allowed := slices.DeleteFunc(policy.Roles(), func(r policy.Role) bool { return !policy.May([]policy.Role{r}, action, c) })
				names := make([]string, len(allowed))
				for i, r := range allowed {
					names[i] = string(r)
				}
				if diff := cmp.Diff(want, strings.Join(names, " ")); diff != "" {
					t.Errorf("%s (-want +got):\n%s", action, diff)
				}
			}
		})
	}
}

func TestMayCountsEveryRoleOfAPerson(t *testing.T) {
	if !policy.May([]policy.Role{policy.Lawyer, policy.DeputyCISO}, policy.Close, policy.Case{}) {
		t.Error("the second role was not looked at")
	}
}

func TestMayForbidsWhatNoRowAllows(t *testing.T) {
	if policy.May(policy.Roles(), "delete", policy.Case{}) {
		t.Error("an unknown action is allowed")
	}
	if policy.May(nil, policy.ShowText, policy.Case{Stop: true}) || policy.May([]policy.Role{"boss"}, policy.ShowText, policy.Case{}) {
		t.Error("somebody without a role is allowed")
	}
}
