package policy

import "slices"

// HighestRisk is the top of both scales of a risk, how likely it is and what its consequence would be, which begin with 1.
const HighestRisk = 5

// RiskEstimate is how likely something is, and what its consequence would be, from 1 to HighestRisk each (policy clause 2.5). The zero
// value is one that nobody has made.
type RiskEstimate struct {
	Likelihood, Consequence int
}

// Made tells whether somebody has estimated the risk.
func (e RiskEstimate) Made() bool { return e.Likelihood > 0 && e.Consequence > 0 }

// Value is the likelihood times the consequence: 1 to 25, 0 of an estimate that nobody has made.
func (e RiskEstimate) Value() int { return e.Likelihood * e.Consequence }

// RiskLevel is how grave a risk is; 0 when nobody has estimated it.
type RiskLevel int

// The levels of a risk.
const (
	RiskLow RiskLevel = iota + 1
	RiskMedium
	RiskHigh
	RiskGrave
)

// RiskLimits are the values from which a risk is medium, high and grave. The municipality's template for risk analysis decides.
type RiskLimits [3]int

// DefaultRiskLimits are this program's own choice, until the settings say what the municipality's template says.
func DefaultRiskLimits() RiskLimits { return RiskLimits{5, 10, 15} }

// Level is how grave a risk is by an estimate.
func (l RiskLimits) Level(e RiskEstimate) RiskLevel {
	if !e.Made() {
		return 0
	}
	level := RiskLow
	for _, limit := range l {
		if e.Value() >= limit {
			level++
		}
	}
	return level
}

// RiskFigures are what the register knows of cases like a risk, in the latest RiskMonths.
type RiskFigures struct {
	Months     int      // that the register covers, at least 1
	OfCategory int      // cases of its category; these three may be 0 because nothing was said of it
	OfSystem   int      // cases in its system
	OfCause    int      // closed cases with its cause
	Cases      int      // that fit everything that is said of it
	NearMisses int      // of them
	Worst      Severity // 0: none of them
	Persons    int      // the most that one of them affected; Worst and Persons are of those that were no near misses
	Levels     *Levels  // of its system; nil: none, or not classified
}

// RiskMonths is how far back the register is asked for cases like a risk.
const RiskMonths = 24

// leastCovered is from how much of a register's time, in months, it is reckoned how much the whole would have come to.
const leastCovered = 6

// Propose is the estimate that the register's figures suggest. People decide. The likelihood is how often it happened, near misses
// included: 5 about every month or more often, 4 several times a year, 3 about every year, 2 more seldom, 1 never yet. The consequence is
// that of the worst that did happen, 5 when it was serious and affected many; of what never happened it is drawn from the highest class
// level of the system. A figure is 0 when nothing is known to draw it from.
func (f RiskFigures) Propose() (e RiskEstimate) {
	switch often := f.Cases * RiskMonths / max(leastCovered, min(f.Months, RiskMonths)); {
	case f.Cases == 0:
		e.Likelihood = 1
	case often < 2:
		e.Likelihood = 2
	case often < 4:
		e.Likelihood = 3
	case often < RiskMonths:
		e.Likelihood = 4
	default:
		e.Likelihood = 5
	}
	switch {
	case f.Worst == Serious && f.Persons >= ManyPersons:
		e.Consequence = HighestRisk
	case f.Worst > 0:
		e.Consequence = int(f.Worst)
	case f.Levels != nil:
		highest := 0
		for _, a := range AllAspects {
			highest = max(highest, f.Levels.Of(a))
		}
		e.Consequence = highest + 1
	}
	return e
}

// RiskAction is something that somebody may do with the risks.
type RiskAction string

// The actions.
const (
	SeeRisks     RiskAction = "see_risks" // all of them, and the matrix
	AddRisk      RiskAction = "add_risk"
	SeeRisk      RiskAction = "see_risk"
	ChangeRisk   RiskAction = "change_risk" // what it is, and who owns it
	EstimateRisk RiskAction = "estimate_risk"
	TreatRisk    RiskAction = "treat_risk" // add measures, and end them
	EndRisk      RiskAction = "end_risk"
)

// riskAccess is who may do an action: these roles, who owns the risk, and managers, whose units the risks are of.
type riskAccess struct {
	action         RiskAction
	roles          []Role
	owner, manager bool
}

// riskExperts are those who see the risks as a whole, and analyse them (policy clause 2.4).
var riskExperts = []Role{CISO, DeputyCISO, DPO, SecurityChief, ITChief}

// riskAccesses is the one table of who may do what with the risks. Responsibility follows the ordinary line: a manager may raise a risk,
// and who owns one handles it. It is never written to.
var riskAccesses = []riskAccess{
	{SeeRisks, append(slices.Clone(riskExperts), ChiefExecutive), false, false},
	{AddRisk, riskExperts, false, true},
	{SeeRisk, append(slices.Clone(riskExperts), ChiefExecutive), true, false},
	{ChangeRisk, triage, true, false},
	{EstimateRisk, triage, true, false},
	{TreatRisk, triage, true, false},
	{EndRisk, triage, true, false},
}

// RiskActions lists the actions. The slice is the caller's own.
func RiskActions() []RiskAction {
	all := make([]RiskAction, len(riskAccesses))
	for i, row := range riskAccesses {
		all[i] = row.action
	}
	return all
}

// MayWithRisk tells whether somebody who holds these roles, owns the risk or is a manager may do the action. What no row of the table
// allows is forbidden, an unknown action included.
func MayWithRisk(roles []Role, owner, manager bool, a RiskAction) bool {
	i := slices.IndexFunc(riskAccesses, func(row riskAccess) bool { return row.action == a })
	if i < 0 {
		return false
	}
	row := riskAccesses[i]
	return row.owner && owner || row.manager && manager ||
		slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(row.roles, r) })
}
