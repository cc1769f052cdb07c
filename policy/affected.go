package policy

import "slices"

// What the form of Integritetsskyddsmyndigheten asks about those whom a personal data breach affects
// (https://e-tjanster.imy.se/sv/anmalan), in keys whose words are locale's. Once released, a key keeps its meaning: it stands in the
// register.

// PeopleGroups lists the groups of people that a case may affect. The slice is the caller's own.
func PeopleGroups() []string {
	return []string{"residents", "clients", "pupils", "children", "relatives", "employees", "elected", "others"}
}

// DataKinds lists the kinds of personal data. The slice is the caller's own.
func DataKinds() []string {
	return []string{
		"identity", "contact", "personnummer", "economy", "health", "social", "protected", "opinions", "crime", "biometric", "login", "pictures",
		"other",
	}
}

// SensitiveKind tells the kinds of DataKinds that raise the severity: GDPR articles 9 and 10, and what the social services and protected
// identities make as sensitive in a municipality.
func SensitiveKind(kind string) bool {
	return slices.Contains([]string{"health", "social", "protected", "opinions", "crime", "biometric"}, kind)
}

// ConsequenceLevels lists how serious the consequences for people may be, the lightest first. The slice is the caller's own.
func ConsequenceLevels() []string { return []string{"negligible", "limited", "considerable", "severe"} }
