package policy

import "slices"

// Role is a part that a person plays in the work with information security (policy clause 2.4). Who holds which is
// configuration.
type Role string

// The roles.
const (
	CISO           Role = "ciso"            // informationssäkerhetssamordnare
	DeputyCISO     Role = "deputy_ciso"     // stands in for the CISO
	DPO            Role = "dpo"             // dataskyddsombud
	SecurityChief  Role = "security_chief"  // säkerhetschef
	ITChief        Role = "it_chief"        // IT- och digitaliseringschef
	Lawyer         Role = "lawyer"          // kommunjurist
	Archivist      Role = "archivist"       // kommunarkivarie
	ChiefExecutive Role = "chief_executive" // kommundirektör
)

// Roles lists the roles in the order in which they are shown. The slice is the caller's own.
func Roles() []Role {
	return []Role{CISO, DeputyCISO, DPO, SecurityChief, ITChief, Lawyer, Archivist, ChiefExecutive}
}

// Action is something that a role may do with a case.
type Action string

// The actions.
const (
	Acknowledge     Action = "acknowledge"
	ChangeCategory  Action = "change_category"
	ChangeSeverity  Action = "change_severity"
	MessageReporter Action = "message_reporter"
	Close           Action = "close"
	ShowText        Action = "show_text" // read the reporter's own words
)

// access is who may do an action: on ordinary cases, and on those where the stop question was answered yes, which
// concern Sweden's security and are the head of security's.
type access struct {
	action   Action
	ordinary []Role
	stop     []Role
}

// accesses is the one table of who may do what. It is never written to.
var accesses = []access{
	{Acknowledge, []Role{CISO, DeputyCISO}, []Role{CISO, DeputyCISO, SecurityChief}},
	{ChangeCategory, []Role{CISO, DeputyCISO}, []Role{CISO, DeputyCISO, SecurityChief}},
	{ChangeSeverity, []Role{CISO, DeputyCISO}, []Role{CISO, DeputyCISO, SecurityChief}},
	{MessageReporter, []Role{CISO, DeputyCISO}, []Role{CISO, DeputyCISO, SecurityChief}},
	{Close, []Role{CISO, DeputyCISO}, []Role{CISO, DeputyCISO, SecurityChief}},
	{ShowText, []Role{CISO, DeputyCISO}, []Role{CISO, DeputyCISO, SecurityChief}},
}

// Actions lists the actions in the order in which they are shown. The slice is the caller's own.
func Actions() []Action {
	all := make([]Action, len(accesses))
	for i, row := range accesses {
		all[i] = row.action
	}
	return all
}

// May tells whether somebody who holds these roles may do the action on a case; stopQuestion tells whether the case
// concerns Sweden's security. What no row of the table allows is forbidden, an unknown action included.
func May(roles []Role, a Action, stopQuestion bool) bool {
	for _, row := range accesses {
		if row.action != a {
			continue
		}
		allowed := row.ordinary
		if stopQuestion {
			allowed = row.stop
		}
		return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(allowed, r) })
	}
	return false
}
