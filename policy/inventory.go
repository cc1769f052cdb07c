package policy

import "slices"

// SystemAction is something that may be done with a system of the inventory (policy clause 2.7).
type SystemAction string

// The actions.
const (
	SeeSystem      SystemAction = "see_system" // with how it is classified
	ClassifySystem SystemAction = "classify_system"
)

// systemAccesses is the one table of who may do what with a system, beside who owns it: responsibility follows the ordinary line (policy
// clause 2.4). It is never written to.
var systemAccesses = map[SystemAction][]Role{
	SeeSystem:      {CISO, DeputyCISO, DPO, SecurityChief, ITChief, Archivist},
	ClassifySystem: {CISO, DeputyCISO},
}

// MayWithSystem tells whether somebody who holds these roles, or owns the system, may do the action. What the table does not allow is
// forbidden, an unknown action included.
func MayWithSystem(roles []Role, owner bool, a SystemAction) bool {
	allowed, known := systemAccesses[a]
	return known && (owner || slices.ContainsFunc(roles, func(r Role) bool { return slices.Contains(allowed, r) }))
}

// HighestLevel is the highest class level: serious harm. Harm to Sweden's security is another matter (the stop question).
const HighestLevel = 3

// ReclassifyAfterMonths is how old a classification may be before the system's owner is asked anew.
const ReclassifyAfterMonths = 12
