package policy

import "time"

// Thresholds are from when an incident is proposed to be significant. The defaults are attributed to MCFFS 2026:8 by secondary sources:
// the municipality's lawyer decides.
type Thresholds struct {
	OutageHours   int           // an activity was limited for longer
	Persons       int           // protected information of so many
	SameCause     int           // so many incidents of the same kind in the same system
	SameCauseTime time.Duration // within this time
}

// DefaultThresholds are four hours, 500 persons, twice within six months.
func DefaultThresholds() Thresholds {
	return Thresholds{OutageHours: 4, Persons: ManyPersons, SameCause: 2, SameCauseTime: 183 * day}
}

// SignificanceInput is what the proposal looks at.
type SignificanceInput struct {
	Aspects      Aspects
	Persons      int // roughly; 0 unknown
	PersonalData Answer
	Sensitive    bool
	NearMiss     bool
	Ongoing      Answer
	Discovered   time.Time
	Now          time.Time
	Severity     Severity
	Similar      int // earlier cases of the same category in the same system, within Thresholds.SameCauseTime
}

// SignificanceReason is why an incident is proposed to be significant. A locale file puts it in words.
type SignificanceReason string

// The reasons.
const (
	LongOutage      SignificanceReason = "long_outage"
	ManyProtected   SignificanceReason = "many_protected"
	SameCauseAgain  SignificanceReason = "same_cause"
	SeriousSeverity SignificanceReason = "serious"
)

// SignificanceReasons lists the reasons. The slice is the caller's own.
func SignificanceReasons() []SignificanceReason {
	return []SignificanceReason{LongOutage, ManyProtected, SameCauseAgain, SeriousSeverity}
}

// ProposeSignificant returns why an incident may be significant under cybersäkerhetslagen, none when nothing speaks for it. A near miss
// never is.
func (t Thresholds) ProposeSignificant(in SignificanceInput) (reasons []SignificanceReason) {
	if in.NearMiss {
		return nil
	}
	if in.Aspects.Has(Availability) && in.Ongoing == Yes && in.Now.Sub(in.Discovered) > time.Duration(t.OutageHours)*time.Hour {
		reasons = append(reasons, LongOutage)
	}
	if in.Persons >= t.Persons && (in.Sensitive || in.PersonalData == Yes) {
		reasons = append(reasons, ManyProtected)
	}
	if in.Similar+1 >= t.SameCause {
		reasons = append(reasons, SameCauseAgain)
	}
	if in.Severity >= Serious {
		reasons = append(reasons, SeriousSeverity)
	}
	return reasons
}
