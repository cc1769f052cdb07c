package policy

import (
	"fmt"
	"strings"
)

// Aspects is a set of the policy's four aspects of information security (policy clause 2), written with their Swedish
// initials in the order K R T S.
type Aspects uint8

// The four aspects.
const (
	Confidentiality Aspects = 1 << iota // K, konfidentialitet
	Integrity                           // R, riktighet
	Availability                        // T, tillgänglighet
	Traceability                        // S, spårbarhet
)

// AllAspects lists the four aspects in the order K R T S.
var AllAspects = []Aspects{Confidentiality, Integrity, Availability, Traceability}

const initials = "KRTS"

// Has tells whether all of b is in a.
func (a Aspects) Has(b Aspects) bool { return a&b == b }

// String returns the initials, e.g. "KT"; "" for none.
func (a Aspects) String() string {
	var s strings.Builder
	for i, aspect := range AllAspects {
		if a.Has(aspect) {
			s.WriteByte(initials[i])
		}
	}
	return s.String()
}

// ParseAspects reads initials such as "KT" in any order.
func ParseAspects(s string) (Aspects, error) {
	var a Aspects
	for _, r := range s {
		i := strings.IndexRune(initials, r)
		if i < 0 {
			return 0, fmt.Errorf("aspect %q is none of %s", string(r), initials)
		}
		a |= AllAspects[i]
	}
	return a, nil
}

// Levels are the class levels 0–3 of a system per aspect (policy clause 2.7; domain: KLASSA): none or negligible,
// moderate, considerable, serious harm.
type Levels struct {
	Confidentiality, Integrity, Availability, Traceability int
}

// Of returns the level of one aspect.
func (l Levels) Of(a Aspects) int {
	switch a {
	case Confidentiality:
		return l.Confidentiality
	case Integrity:
		return l.Integrity
	case Availability:
		return l.Availability
	case Traceability:
		return l.Traceability
	}
	return 0
}
