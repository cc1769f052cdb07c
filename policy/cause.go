package policy

import "slices"

// Cause is why an incident happened, set when the case is closed. It is what the risk and vulnerability analysis (policy
// clause 2.5) counts by.
type Cause string

// The causes.
const (
	HumanMistake   Cause = "human_mistake"
	RoutineMissing Cause = "routine_missing" // no routine, or one that cannot be followed
	Knowledge      Cause = "knowledge"       // the person had not been taught
	TechnicalFault Cause = "technical_fault"
	Attack         Cause = "attack" // or other intent
	Supplier       Cause = "supplier"
	OutsideEvent   Cause = "outside_event" // fire, water, power, weather
	UnknownCause   Cause = "unknown"
)

// Causes lists the causes in the order in which they are shown. The slice is the caller's own.
func Causes() []Cause {
	return []Cause{
		HumanMistake, RoutineMissing, Knowledge, TechnicalFault, Attack, Supplier, OutsideEvent, UnknownCause,
	}
}

// Valid tells whether c is one of the causes.
func (c Cause) Valid() bool { return slices.Contains(Causes(), c) }
