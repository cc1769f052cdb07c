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
	SeeCard           Action = "see_card" // get a copy of the card, and see the case without the reporter's words
	Acknowledge       Action = "acknowledge"
	ChangeCategory    Action = "change_category"
	ChangeSeverity    Action = "change_severity"
	DecideBreach      Action = "decide_breach"
	DecideSignificant Action = "decide_significant"
	MeetObligation    Action = "meet_obligation"
	MessageReporter   Action = "message_reporter"
	AddNote           Action = "add_note"
	Close             Action = "close"     // and take up again
	ShowText          Action = "show_text" // read the reporter's own words
	OpenRoom          Action = "open_room" // open a private channel for those who work the case
)

// Case is what of a case decides who may do what with it.
type Case struct {
	Stop         bool // the stop question was answered yes: it concerns Sweden's security and is the head of security's
	Category     Category
	PersonalData Answer
}

// Concerned are the roles that a case concerns beside those who work all cases (policy clause 2.4): the data protection officer when
// personal data is involved, the IT head when it is technical, the archivist when something was thrown away wrongly.
func (c Case) Concerned() (roles []Role) {
	if c.Stop {
		return nil
	}
	if c.PersonalData == Yes {
		roles = append(roles, DPO)
	}
	switch c.Category {
	case Malware, Intrusion, DenialOfService, Outage, Misconfiguration:
		roles = append(roles, ITChief)
	case DisposalError:
		roles = append(roles, Archivist)
	}
	return roles
}

// access is who may do an action: on ordinary cases, on those that concern them, and on those where the stop question was answered yes.
type access struct {
	action    Action
	ordinary  []Role
	concerned []Role // of these roles, those whom the case concerns
	stop      []Role
}

// Those who work the cases.
var (
	triage     = []Role{CISO, DeputyCISO}
	triageStop = []Role{CISO, DeputyCISO, SecurityChief}
)

// accesses is the one table of who may do what. It is never written to.
var accesses = []access{
	{SeeCard, triage, []Role{DPO, ITChief, Archivist}, triageStop},
	{Acknowledge, []Role{CISO, DeputyCISO, SecurityChief, ITChief}, nil, triageStop}, // the line of EscalationLine
	{ChangeCategory, triage, nil, triageStop},
	{ChangeSeverity, triage, nil, triageStop},
	{DecideBreach, triage, []Role{DPO}, nil},
	{DecideSignificant, triage, nil, nil},
	{MeetObligation, triage, []Role{DPO}, nil},
	{MessageReporter, triage, nil, triageStop},
	{AddNote, triage, []Role{DPO}, nil}, // of what concerns Sweden's security nothing is written here
	{Close, triage, nil, triageStop},
	{ShowText, triage, []Role{DPO}, triageStop},
	{OpenRoom, triage, nil, nil}, // of what concerns Sweden's security nothing is written here
}

// Actions lists the actions in the order in which they are shown. The slice is the caller's own.
func Actions() []Action {
	all := make([]Action, len(accesses))
	for i, row := range accesses {
		all[i] = row.action
	}
	return all
}

// May tells whether somebody who holds these roles may do the action on a case. What no row of the table allows is forbidden, an
// unknown action included.
func May(roles []Role, a Action, c Case) bool {
	concerned := c.Concerned()
	for _, row := range accesses {
		if row.action != a {
			continue
		}
		return slices.ContainsFunc(roles, func(r Role) bool {
			if c.Stop {
				return slices.Contains(row.stop, r)
			}
			return slices.Contains(row.ordinary, r) || slices.Contains(row.concerned, r) && slices.Contains(concerned, r)
		})
	}
	return false
}
