package policy

import "slices"

// Regulation is a body of rules that a case is identified and handled by (policy clause 2.6). A case may have several, or
// none.
type Regulation string

// The regulations.
const (
	GDPR               Regulation = "gdpr"                // Regulation (EU) 2016/679
	Cybersecurity      Regulation = "cybersecurity"       // cybersäkerhetslag (2025:1506)
	ProtectiveSecurity Regulation = "protective_security" // säkerhetsskyddslag (2018:585)
	Secrecy            Regulation = "secrecy"             // offentlighets- och sekretesslag (2009:400)
	Contract           Regulation = "contract"            // an agreement with a supplier
)

// Regulations lists the regulations in the order in which they are shown. The slice is the caller's own.
func Regulations() []Regulation {
	return []Regulation{GDPR, Cybersecurity, ProtectiveSecurity, Secrecy, Contract}
}

// Settled are the regulations of a case after a verdict, which says whether one of them applies: what was suggested of the others stays.
// They are in the order of Regulations.
func Settled(suggested []Regulation, v Verdict) []Regulation {
	settled, applies := GDPR, v != NoBreach
	if slices.Contains(Verdicts(SignificantDecision), v) {
		settled, applies = Cybersecurity, v != NotSignificant
	}
	return slices.DeleteFunc(Regulations(), func(r Regulation) bool {
		if r == settled {
			return !applies
		}
		return !slices.Contains(suggested, r)
	})
}
