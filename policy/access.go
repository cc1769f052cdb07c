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

// The roles that follow from the case itself: they are in no settings, and are drawn in by hand or when a case is taken.
const (
	SystemOwner Role = "system_owner" // who owns the system that it is about
	UnitManager Role = "unit_manager" // the manager of who reported it: responsibility follows the ordinary line
)

// Roles lists the roles that the settings name, in the order in which they are shown. The slice is the caller's own.
func Roles() []Role {
	return []Role{CISO, DeputyCISO, DPO, SecurityChief, ITChief, Lawyer, Archivist, ChiefExecutive}
}

// Action is something that a role may do with a case.
type Action string

// The actions.
const (
	SeeCard           Action = "see_card"  // get a copy of the card, and see the case without the reporter's words
	ShowText          Action = "show_text" // read the reporter's own words
	Acknowledge       Action = "acknowledge"
	Assign            Action = "assign"
	Progress          Action = "progress" // say that it is being worked on, and that it is dealt with
	ChangeCategory    Action = "change_category"
	ChangeSeverity    Action = "change_severity"
	ChangeFacts       Action = "change_facts" // what is known of it
	SetSystem         Action = "set_system"
	DescribeAffected  Action = "describe_affected"
	DecideBreach      Action = "decide_breach"
	DecideSignificant Action = "decide_significant"
	MeetObligation    Action = "meet_obligation"
	SeeMeasures       Action = "see_measures"
	AddMeasure        Action = "add_measure"
	EndMeasure        Action = "end_measure" // who owns a measure may end it too
	RaiseRisk         Action = "raise_risk"  // note that it can happen again (policy clause 2.5)
	MessageReporter   Action = "message_reporter"
	AddNote           Action = "add_note"
	Attach            Action = "attach"
	Involve           Action = "involve" // draw roles in
	Group             Action = "group"   // handle it under another case
	SetSecrecy        Action = "set_secrecy"
	Close             Action = "close"
	Reopen            Action = "reopen"
	HoldCase          Action = "hold_case" // keep it from being anonymised, and lift that
	OpenRoom          Action = "open_room" // open a private channel for those who work it
)

// Case is what of a case decides who may do what with it.
type Case struct {
	Stop         bool // the stop question was answered yes: it concerns Sweden's security and is the head of security's
	Secret       bool // marked as secret
	Closed       bool
	Category     Category
	PersonalData Answer
	Involved     []Role // drawn in by hand
}

// Concerned are the roles that a case concerns beside those who work all cases (policy clause 2.4): those who were drawn in, the data
// protection officer when personal data is involved, the IT head when it is technical, the archivist when something was thrown away
// wrongly. A case that is marked as secret concerns only those who were drawn in.
func (c Case) Concerned() (roles []Role) {
	if c.Stop {
		return nil
	}
	roles = slices.Clone(c.Involved)
	if c.Secret {
		return roles
	}
	add := func(r Role) {
		if !slices.Contains(roles, r) {
			roles = append(roles, r)
		}
	}
	if c.PersonalData == Yes {
		add(DPO)
	}
	switch c.Category {
	case Malware, Intrusion, DenialOfService, Outage, Misconfiguration:
		add(ITChief)
	case DisposalError:
		add(Archivist)
	}
	return roles
}

// AboutConduct tells the categories in which a report may be about a colleague or the manager: there the manager is told when a person has
// decided that, never by itself.
func AboutConduct(c Category) bool { return c == UnauthorisedAccess || c == DataMishandling }

// access is who may do an action: on ordinary cases, on those that concern them, on those that are marked as secret and on those where the
// stop question was answered yes; and whether it is done with a closed case.
type access struct {
	action    Action
	ordinary  []Role
	concerned []Role // of these roles, those whom the case concerns
	secret    []Role
	stop      []Role
	closed    bool
}

// Those who work the cases, and those who can do so when it comes to the worst.
var (
	triage     = []Role{CISO, DeputyCISO}
	triageStop = []Role{CISO, DeputyCISO, SecurityChief}
	experts    = []Role{DPO, SecurityChief, ITChief, Lawyer, Archivist}
)

// accesses is the one table of who may do what. It is never written to.
var accesses = []access{
	{SeeCard, triage, append(slices.Clone(experts), ChiefExecutive, SystemOwner, UnitManager), triage, triageStop, true},
	{ShowText, triage, []Role{DPO, SecurityChief, Lawyer}, triage, triageStop, true},
	{Acknowledge, []Role{CISO, DeputyCISO, SecurityChief, ITChief}, nil, triageStop, triageStop, false}, // the line of EscalationLine
	{Assign, triage, nil, triage, nil, false},
	{Progress, triage, []Role{ITChief}, triage, triageStop, false},
	{ChangeCategory, triage, nil, triage, triageStop, false},
	{ChangeSeverity, triage, nil, triage, triageStop, false},
	{ChangeFacts, triage, []Role{DPO, ITChief}, triage, nil, false},
	{SetSystem, triage, []Role{ITChief}, triage, nil, false},
	{DescribeAffected, triage, []Role{DPO}, triage, nil, false},
	{DecideBreach, triage, []Role{DPO}, triage, nil, false},
	{DecideSignificant, triage, nil, triage, nil, false},
	{MeetObligation, triage, []Role{DPO}, triage, nil, false},
	{SeeMeasures, triage, experts, triage, nil, true},
	{AddMeasure, triage, []Role{DPO, ITChief}, triage, nil, false},
	{EndMeasure, triage, []Role{DPO, ITChief}, triage, nil, true},
	{RaiseRisk, triage, []Role{DPO, ITChief}, triage, nil, true},
	{MessageReporter, triage, nil, triage, triageStop, false},
	{AddNote, triage, experts, triage, nil, false}, // of what concerns Sweden's security nothing is written here
	{Attach, triage, experts, triage, nil, false},
	{Involve, triage, nil, triage, nil, false},
	{Group, triage, nil, triage, nil, false},
	{SetSecrecy, triage, nil, triage, nil, true},
	{Close, triage, nil, triage, triageStop, false},
	{Reopen, triage, nil, triage, triageStop, true},
	{HoldCase, triage, nil, triage, triage, true},
	{OpenRoom, triage, nil, triage, nil, false}, // of what concerns Sweden's security nothing is written here
}

// Actions lists the actions in the order in which they are shown. The slice is the caller's own.
func Actions() []Action {
	all := make([]Action, len(accesses))
	for i, row := range accesses {
		all[i] = row.action
	}
	return all
}

// Allowed is what the table says of somebody who wants to do something.
type Allowed int

// What the table says.
const (
	Refused   Allowed = iota // not by these roles
	NotClosed                // by these roles, but not with a case that is closed
	Granted
)

// Access tells whether somebody who holds these roles may do the action on a case. What no row of the table allows is refused, an unknown
// action included.
func Access(roles []Role, a Action, c Case) Allowed {
	i := slices.IndexFunc(accesses, func(row access) bool { return row.action == a })
	if i < 0 {
		return Refused
	}
	row, concerned := accesses[i], c.Concerned()
	allowed := slices.ContainsFunc(roles, func(r Role) bool {
		if c.Stop {
			return slices.Contains(row.stop, r)
		}
		everyCase := row.ordinary
		if c.Secret {
			everyCase = row.secret
		}
		return slices.Contains(everyCase, r) || slices.Contains(row.concerned, r) && slices.Contains(concerned, r)
	})
	switch {
	case !allowed:
		return Refused
	case c.Closed && !row.closed:
		return NotClosed
	}
	return Granted
}

// May tells whether Access grants the action.
func May(roles []Role, a Action, c Case) bool { return Access(roles, a, c) == Granted }
