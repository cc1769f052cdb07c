package policy_test

import (
	"slices"
	"strings"
	"testing"

	"tyreso.se/incidentbot/policy"
)

// letters are the roles as they stand in the table below.
var letters = map[policy.Role]string{
	policy.CISO: "C", policy.DeputyCISO: "D", policy.DPO: "P", policy.SecurityChief: "S", policy.ITChief: "I", policy.Lawyer: "L",
	policy.Archivist: "A", policy.ChiefExecutive: "X", policy.SystemOwner: "O", policy.UnitManager: "M",
}

// everyRole are the roles of the settings and those that follow from a case.
func everyRole() []policy.Role { return append(policy.Roles(), policy.SystemOwner, policy.UnitManager) }

// caseKinds are the kinds of case that the table has a column for, in its order.
var caseKinds = []struct {
	name string
	c    policy.Case
}{
	{"an ordinary case", policy.Case{Category: policy.Loss, PersonalData: policy.Unknown}},
	{"personal data", policy.Case{Category: policy.Loss, PersonalData: policy.Yes}},
	{"a technical case", policy.Case{Category: policy.Malware, PersonalData: policy.No}},
	{"something thrown away", policy.Case{Category: policy.DisposalError, PersonalData: policy.No}},
	{"everybody drawn in", policy.Case{Category: policy.Loss, Involved: everyRole()}},
	{"secret", policy.Case{Secret: true, Category: policy.Malware, PersonalData: policy.Yes}},
	{"secret, lawyer drawn in", policy.Case{Secret: true, Category: policy.Loss, PersonalData: policy.Yes, Involved: []policy.Role{policy.Lawyer}}},
	{"Sweden's security", policy.Case{Stop: true, Category: policy.Malware, PersonalData: policy.Yes, Involved: everyRole()}},
}

// access is the table of who may do what as policy clause 2.4 leads to it: a column for each of caseKinds, the letters of the roles that may,
// and whether it is also done with a case that is closed.
const access = `
                     ordinary data   technical thrown drawn-in    secret lawyer stop  closed
see_card             CD       CDP    CDI       CDA    CDPSILAXOM  CD     CDL    CDS   yes
show_text            CD       CDP    CD        CD     CDPSL       CD     CDL    CDS   yes
acknowledge          CDSI     CDSI   CDSI      CDSI   CDSI        CDS    CDS    CDS   no
assign               CD       CD     CD        CD     CD          CD     CD     -     no
progress             CD       CD     CDI       CD     CDI         CD     CD     CDS   no
change_category      CD       CD     CD        CD     CD          CD     CD     CDS   no
change_severity      CD       CD     CD        CD     CD          CD     CD     CDS   no
change_facts         CD       CDP    CDI       CD     CDPI        CD     CD     -     no
set_system           CD       CD     CDI       CD     CDI         CD     CD     -     no
describe_affected    CD       CDP    CD        CD     CDP         CD     CD     -     no
decide_breach        CD       CDP    CD        CD     CDP         CD     CD     -     no
decide_significant   CD       CD     CD        CD     CD          CD     CD     -     no
meet_obligation      CD       CDP    CD        CD     CDP         CD     CD     -     no
see_measures         CD       CDP    CDI       CDA    CDPSILA     CD     CDL    -     yes
add_measure          CD       CDP    CDI       CD     CDPI        CD     CD     -     no
end_measure          CD       CDP    CDI       CD     CDPI        CD     CD     -     yes
raise_risk           CD       CDP    CDI       CD     CDPI        CD     CD     -     yes
message_reporter     CD       CD     CD        CD     CD          CD     CD     CDS   no
add_note             CD       CDP    CDI       CDA    CDPSILA     CD     CDL    -     no
attach               CD       CDP    CDI       CDA    CDPSILA     CD     CDL    -     no
involve              CD       CD     CD        CD     CD          CD     CD     -     no
group                CD       CD     CD        CD     CD          CD     CD     -     no
set_secrecy          CD       CD     CD        CD     CD          CD     CD     -     yes
close                CD       CD     CD        CD     CD          CD     CD     CDS   no
reopen               CD       CD     CD        CD     CD          CD     CD     CDS   yes
hold_case            CD       CD     CD        CD     CD          CD     CD     CD    yes
open_room            CD       CD     CD        CD     CD          CD     CD     -     no
`

func TestAccess(t *testing.T) {
	var listed []policy.Action
	for _, line := range strings.Split(strings.TrimSpace(access), "\n")[1:] {
		cells := strings.Fields(line)
		action := policy.Action(cells[0])
		listed = append(listed, action)
		whenClosed := policy.NotClosed
		if cells[len(cells)-1] == "yes" {
			whenClosed = policy.Granted
		}
		for i, kind := range caseKinds {
			t.Run(string(action)+"/"+kind.name, func(t *testing.T) {
				closed := kind.c
				closed.Closed = true
				for _, role := range everyRole() {
					want, wantClosed := policy.Refused, policy.Refused
					if strings.Contains(cells[i+1], letters[role]) {
						want, wantClosed = policy.Granted, whenClosed
					}
					if got := policy.Access([]policy.Role{role}, action, kind.c); got != want {
						t.Errorf("%s: access is %d, want %d", role, got, want)
					}
					if got := policy.Access([]policy.Role{role}, action, closed); got != wantClosed {
						t.Errorf("%s, when it is closed: access is %d, want %d", role, got, wantClosed)
					}
				}
			})
		}
	}
	if !slices.Equal(listed, policy.Actions()) {
		t.Errorf("the table lists %v, want %v", listed, policy.Actions())
	}
}

func TestMayCountsEveryRoleOfAPerson(t *testing.T) {
	if !policy.May([]policy.Role{policy.Lawyer, policy.DeputyCISO}, policy.Close, policy.Case{}) {
		t.Error("the second role was not looked at")
	}
}

func TestMayForbidsWhatNoRowAllows(t *testing.T) {
	if policy.May(everyRole(), "delete", policy.Case{Involved: everyRole()}) {
		t.Error("an unknown action is allowed")
	}
	if policy.May(nil, policy.ShowText, policy.Case{Stop: true}) || policy.May([]policy.Role{"boss"}, policy.ShowText, policy.Case{}) {
		t.Error("somebody without a role is allowed")
	}
}
