package policy

// Severity is how serious a case is, 1–4. It is computed by [Assess] and may be changed by hand with a reason.
type Severity int

// The severities.
const (
	Low         Severity = 1 // låg
	Moderate    Severity = 2 // måttlig
	Significant Severity = 3 // betydande
	Serious     Severity = 4 // allvarlig
)

// Valid tells whether s is on the scale 1–4.
func (s Severity) Valid() bool { return s >= Low && s <= Serious }

// ManyPersons is the number of persons from which a case is raised a step. It follows the threshold for a significant
// incident in public administration that is attributed to MCFFS 2026:8 (500 or more persons).
const ManyPersons = 500

// unclassifiedLevel is where a case starts when its system is unknown or not classified: in the middle, and it is said.
const unclassifiedLevel = 2

// SeverityInput is what the severity rule looks at.
type SeverityInput struct {
	Levels        *Levels // class levels 0–3 of the system concerned; nil: unknown or not classified
	Aspects       Aspects // the aspects that are harmed; none: not known which
	Persons       int     // roughly how many persons are concerned; 0 unknown
	SensitiveData bool    // sensitive or protected personal data
	NearMiss      bool
	Ongoing       Answer // Yes: still spreading
}

// SeverityReason is one step of the way to a severity. Code is one of:
//
//	class_level      the system's class level (Level, 0–3) for the aspect that counted (Aspect, an initial K, R, T or S)
//	aspects_unknown  which aspects are harmed is not known: the system's highest class level (Level, Aspect) counted
//	unclassified     the system is unknown or not classified: it starts at Level
//	many_persons     [ManyPersons] or more persons are concerned (Persons)
//	sensitive        sensitive or protected personal data
//	spreading        still going on
//	raised           one or more of the three above raise it one step, together
//	near_miss        a near miss: one step down
//	bounded          the sum fell outside the scale and was set to Level, 1 or 4
//
// A locale file puts the code in words.
type SeverityReason struct {
	Code    string `json:"code"`
	Level   int    `json:"level,omitempty"`
	Persons int    `json:"persons,omitempty"`
	Aspect  string `json:"aspect,omitempty"`
}

const (
	reasonClassLevel     = "class_level"
	reasonAspectsUnknown = "aspects_unknown"
	reasonUnclassified   = "unclassified"
	reasonManyPersons    = "many_persons"
	reasonSensitive      = "sensitive"
	reasonSpreading      = "spreading"
	reasonRaised         = "raised"
	reasonNearMiss       = "near_miss"
	reasonBounded        = "bounded"
)

// SeverityReasonCodes lists every code that a [SeverityReason] can have. The slice is the caller's own.
func SeverityReasonCodes() []string {
	return []string{
		reasonClassLevel, reasonAspectsUnknown, reasonUnclassified, reasonManyPersons, reasonSensitive, reasonSpreading,
		reasonRaised, reasonNearMiss, reasonBounded,
	}
}

// Assess computes the severity of a case and the reasons for it, in the order in which they counted: the highest class
// level among the harmed aspects of the system; one step up for many persons, sensitive data or an incident that is
// still spreading (one step however many of these hold); one step down for a near miss; never outside 1–4.
func Assess(in SeverityInput) (Severity, []SeverityReason) {
	level, start := startingLevel(in.Levels, in.Aspects)
	reasons := []SeverityReason{start}
	if in.Persons >= ManyPersons {
		reasons = append(reasons, SeverityReason{Code: reasonManyPersons, Persons: in.Persons})
	}
	if in.SensitiveData {
		reasons = append(reasons, SeverityReason{Code: reasonSensitive})
	}
	if in.Ongoing == Yes {
		reasons = append(reasons, SeverityReason{Code: reasonSpreading})
	}
	if len(reasons) > 1 {
		level++
		reasons = append(reasons, SeverityReason{Code: reasonRaised})
	}
	if in.NearMiss {
		level--
		reasons = append(reasons, SeverityReason{Code: reasonNearMiss})
	}
	s := min(max(Severity(level), Low), Serious)
	if int(s) != level {
		reasons = append(reasons, SeverityReason{Code: reasonBounded, Level: int(s)})
	}
	return s, reasons
}

// startingLevel returns the class level that a case starts from and why. When nobody knows which aspects are harmed, all
// count: better a case too many on the CISO's desk than one too few.
func startingLevel(levels *Levels, harmed Aspects) (int, SeverityReason) {
	if levels == nil {
		return unclassifiedLevel, SeverityReason{Code: reasonUnclassified, Level: unclassifiedLevel}
	}
	code := reasonClassLevel
	if harmed == 0 {
		code = reasonAspectsUnknown
		harmed = Confidentiality | Integrity | Availability | Traceability
	}
	highest, counted := -1, Aspects(0)
	for _, a := range AllAspects {
		if level := levels.Of(a); harmed.Has(a) && level > highest {
			highest, counted = level, a
		}
	}
	return highest, SeverityReason{Code: code, Level: highest, Aspect: counted.String()}
}
