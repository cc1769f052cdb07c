package policy

import (
	"cmp"
	"maps"
	"slices"
)

// FewestShown is the smallest figure of a unit that is shown: a smaller one could point at a person. It is the threshold that
// statistics about people commonly go by; the municipality's data protection officer decides.
const FewestShown = 5

// UnitFigures are figures by unit with what could point at a person taken together.
type UnitFigures struct {
	Shown []UnitFigure // the greatest first
	Rest  int          // in units that are not shown one by one: 0, or so many that they point at nobody, unless there are no more in all
	Units int          // how many units that are
}

// UnitFigure is one unit's figure.
type UnitFigure struct {
	Unit   string
	Figure int
}

// Suppress takes the figures of small units together. Where the rest would still be so small that it could be told from the total, the
// smallest unit that would have been shown goes into it as well.
func Suppress(figures map[string]int) UnitFigures {
	var all UnitFigures
	sorted := slices.SortedFunc(maps.Keys(figures), func(a, b string) int {
		return cmp.Or(cmp.Compare(figures[a], figures[b]), cmp.Compare(b, a))
	})
	for _, unit := range sorted {
		n := figures[unit]
		switch {
		case n == 0:
		case n < FewestShown || all.Rest > 0 && all.Rest < FewestShown:
			all.Rest += n
			all.Units++
		default:
			all.Shown = append(all.Shown, UnitFigure{unit, n})
		}
	}
	slices.Reverse(all.Shown)
	return all
}

// YearFigures are what the recommendations for a year are drawn from.
type YearFigures struct {
	Cases, CasesBefore  int // this year and the year before
	NearMisses          int
	Recurring           int // like an earlier one in the same system, within the municipality's time
	Commonest           Category
	CommonestCases      int
	Duties, DutiesLate  int
	MedianAcknowledge   float64 // hours
	Systems, Unclassed  int
	ClassedLongAgo      int // more than a year before the year's end
	MeasuresLate        int
	Risks               int // open
	RisksNotEstimated   int
	RisksGrave          int
	RevisionsNotDecided int
	CausesKnown         int // closed cases
	CommonCause         Cause
	CommonCauseCases    int
}

// Proposal is a recommendation that the figures of a year suggest. A person decides.
type Proposal struct {
	Code    string
	Figure  int // what it rests on
	Of      int // out of how many, 0: of nothing
	Percent int // Figure as a share of Of
}

// When figures suggest something. They are choices of this program, shown beside what they led to.
const (
	enoughCases      = 10  // before shares say anything
	largeShare       = 25  // per cent of the cases in one category, or of the causes
	fewNearMisses    = 10  // per cent
	manyRecurring    = 10  // per cent
	muchMore         = 150 // per cent of the year before
	slowAcknowledged = 24  // hours
)

// ProposalCodes lists the proposals there are. The slice is the caller's own.
func ProposalCodes() []string {
	return []string{
		"duties_late", "commonest", "common_cause", "recurring", "near_misses", "increase", "slow", "unclassified", "classified_long_ago",
		"measures_late", "revisions",
		"risks_grave", "risks_not_estimated", "no_risks",
	}
}

// Propose are the recommendations that a year's figures suggest, with the figures.
func (f YearFigures) Propose() (all []Proposal) {
	percent := func(n, of int) int {
		if of == 0 {
			return 0
		}
		return (100*n + of/2) / of
	}
	add := func(when bool, code string, n, of int) {
		if when {
			all = append(all, Proposal{code, n, of, percent(n, of)})
		}
	}
	enough := f.Cases >= enoughCases
	add(f.DutiesLate > 0, "duties_late", f.DutiesLate, f.Duties)
	add(enough && percent(f.CommonestCases, f.Cases) >= largeShare, "commonest", f.CommonestCases, f.Cases)
	add(f.CausesKnown >= enoughCases && percent(f.CommonCauseCases, f.CausesKnown) >= largeShare,
		"common_cause", f.CommonCauseCases, f.CausesKnown)
	add(enough && percent(f.Recurring, f.Cases) >= manyRecurring, "recurring", f.Recurring, f.Cases)
	add(enough && percent(f.NearMisses, f.Cases) < fewNearMisses, "near_misses", f.NearMisses, f.Cases)
	add(enough && f.CasesBefore >= enoughCases && percent(f.Cases, f.CasesBefore) >= muchMore, "increase", f.Cases, f.CasesBefore)
	add(f.Cases > 0 && f.MedianAcknowledge > slowAcknowledged, "slow", int(f.MedianAcknowledge+0.5), 0)
	add(f.Unclassed > 0, "unclassified", f.Unclassed, f.Systems)
	add(f.ClassedLongAgo > 0, "classified_long_ago", f.ClassedLongAgo, f.Systems)
	add(f.MeasuresLate > 0, "measures_late", f.MeasuresLate, 0)
	add(f.RevisionsNotDecided > 0, "revisions", f.RevisionsNotDecided, 0)
	add(f.RisksGrave > 0, "risks_grave", f.RisksGrave, f.Risks)
	add(f.RisksNotEstimated > 0, "risks_not_estimated", f.RisksNotEstimated, f.Risks)
	add(enough && f.Risks == 0, "no_risks", f.Cases, 0)
	return all
}

// Quantile is the value below which a share q of the sorted values lies: the nearest one, 0 of none.
func Quantile(sorted []int64, q float64) int64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

// FollowupAction is something that a role may do with the follow-up of a year.
type FollowupAction string

// The actions.
const (
	WriteFollowup FollowupAction = "write_followup"
	GetFollowup   FollowupAction = "get_followup"
)

// followupAccesses is the one table of who may do what with the follow-up: the CISO compiles it (policy clause 3), the chief executive
// answers for it. It is never written to.
var followupAccesses = map[FollowupAction][]Role{
	WriteFollowup: {CISO, DeputyCISO},
	GetFollowup:   {CISO, DeputyCISO, ChiefExecutive},
}

// MayFollowUp tells whether somebody who holds these roles may do the action. What the table does not allow is forbidden.
func MayFollowUp(roles []Role, a FollowupAction) bool {
	return slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(followupAccesses[a], r) })
}
