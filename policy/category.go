package policy

import "slices"

// Category is what kind of incident a case is. The policy demands categories (clause 2.6) and leaves them open; these
// fifteen are named after VERIS and RSIT.
type Category string

// The categories.
const (
	Misdelivery        Category = "misdelivery"         // sent or handed to the wrong recipient
	PublishingError    Category = "publishing_error"    // laid open to all by mistake
	Loss               Category = "loss"                // mislaid equipment or paper
	Theft              Category = "theft"               // stolen, or an intruder in the premises
	DisposalError      Category = "disposal_error"      // thrown away, erased or recycled wrongly
	UnauthorisedAccess Category = "unauthorised_access" // somebody with an account looked without need
	DataMishandling    Category = "data_mishandling"    // private e-mail, cloud or AI services, shared passwords
	Misconfiguration   Category = "misconfiguration"    // wrong settings or permissions, or a bug that shows too much
	Phishing           Category = "phishing"            // deception of people, successful or not
	Malware            Category = "malware"             // malicious code
	Intrusion          Category = "intrusion"           // an outsider in an account, system or site
	DenialOfService    Category = "denial_of_service"   // overloaded on purpose
	Outage             Category = "outage"              // breakdown without anybody's intent
	IncorrectData      Category = "incorrect_data"      // recorded, changed or mixed up wrongly
	Other              Category = "other"               // none of these, or cannot be told yet
)

// taxonomy is what is known of a category beside its name.
type taxonomy struct {
	category Category
	aspects  Aspects
	rsit     []string
	veris    []string
	imy      string
}

// categories is the one table of categories, in the order in which they are shown. It is never written to.
//
// RSIT: the Reference Security Incident Taxonomy, "class:type",
// https://github.com/enisaeu/Reference-Security-Incident-Taxonomy-Task-Force.
// VERIS: "action/variety", a trailing /* for every variety, https://verisframework.org/actions.html.
// IMY: the kind of breach as the Swedish Authority for Privacy Protection's form words it.
var categories = []taxonomy{
	{Misdelivery, Confidentiality,
		[]string{"information-content-security:data-leak"},
		[]string{"error/Misdelivery"},
		"Obehörigt röjande – felaktigt utskick"},
	{PublishingError, Confidentiality,
		[]string{"information-content-security:data-leak", "vulnerable:information-disclosure"},
		[]string{"error/Publishing error"},
		"Obehörigt röjande – övrigt"},
	{Loss, Confidentiality | Availability,
		[]string{"information-content-security:data-loss"},
		[]string{"error/Loss"},
		"Förlust"},
	{Theft, Confidentiality | Availability,
		[]string{"intrusions:burglary", "information-content-security:data-loss", "availability:sabotage"},
		[]string{"physical/Theft", "physical/Tampering"},
		"Stöld (förlust)"},
	{DisposalError, Confidentiality | Availability,
		[]string{"information-content-security:data-leak", "information-content-security:data-loss"},
		[]string{"error/Disposal error"},
		"Förlust / förstöring"},
	{UnauthorisedAccess, Confidentiality | Traceability,
		[]string{"information-content-security:unauthorised-information-access"},
		[]string{"misuse/Privilege abuse", "misuse/Possession abuse", "misuse/Knowledge abuse"},
		"Obehörig åtkomst"},
	{DataMishandling, Confidentiality | Traceability,
		[]string{"fraud:unauthorised-use-of-resources", "information-content-security:data-leak"},
		[]string{"misuse/Data mishandling", "misuse/Unapproved hardware", "misuse/Unapproved software",
			"misuse/Unapproved workaround"},
		"Obehörigt röjande – övrigt"},
	{Misconfiguration, Confidentiality | Integrity,
		[]string{"vulnerable:information-disclosure", "availability:misconfiguration", "vulnerable:vulnerable-system"},
		[]string{"error/Misconfiguration", "error/Programming error"},
		"Obehörig åtkomst / obehörigt röjande"},
	{Phishing, Confidentiality | Integrity,
		[]string{"fraud:phishing", "fraud:masquerade", "information-gathering:social-engineering"},
		[]string{"social/Phishing", "social/Pretexting", "social/Scam"},
		"Antagonistiskt angrepp / obehörig åtkomst"},
	{Malware, Confidentiality | Integrity | Availability,
		[]string{"malicious-code:infected-system", "information-content-security:unauthorised-information-modification"},
		[]string{"malware/*"},
		"Antagonistiskt angrepp"},
	{Intrusion, Confidentiality | Integrity | Availability | Traceability,
		[]string{"intrusions:unprivileged-account-compromise", "intrusions:privileged-account-compromise",
			"intrusions:application-compromise", "intrusion-attempts:brute-force"},
		[]string{"hacking/Use of stolen creds", "hacking/Exploit vuln", "hacking/SQLi", "hacking/Brute force"},
		"Antagonistiskt angrepp / obehörig åtkomst"},
	{DenialOfService, Availability,
		[]string{"availability:ddos", "availability:dos"},
		[]string{"hacking/DoS"},
		"(normalt ej personuppgiftsincident)"},
	{Outage, Availability,
		[]string{"availability:outage", "availability:misconfiguration"},
		[]string{"error/Malfunction", "error/Maintenance error", "error/Capacity shortage", "environmental/*"},
		"Förlust av tillgänglighet / förstöring"},
	{IncorrectData, Integrity | Traceability,
		[]string{"information-content-security:unauthorised-information-modification"},
		[]string{"error/Data entry error", "error/Classification error"},
		"Ändring"},
	{Other, 0,
		[]string{"other:undetermined", "other:other"},
		[]string{"error/Other", "error/Unknown"},
		"Annat"},
}

// Categories lists the fifteen categories in the order in which they are shown. The slice is the caller's own.
func Categories() []Category {
	all := make([]Category, len(categories))
	for i, t := range categories {
		all[i] = t.category
	}
	return all
}

// taxonomy finds the category's row; the zero taxonomy for a category that is not one of the fifteen.
func (c Category) taxonomy() taxonomy {
	for _, t := range categories {
		if t.category == c {
			return t
		}
	}
	return taxonomy{}
}

// Valid tells whether c is one of the fifteen categories.
func (c Category) Valid() bool { return c.taxonomy().category != "" }

// DefaultAspects returns the aspects that an incident of this category usually harms, to be confirmed by a person; none
// for Other.
func (c Category) DefaultAspects() Aspects { return c.taxonomy().aspects }

// RSIT returns the category's names in the Reference Security Incident Taxonomy, "class:type", the closest first. The
// slice is the caller's own.
func (c Category) RSIT() []string { return slices.Clone(c.taxonomy().rsit) }

// VERIS returns the category's names in the VERIS framework, "action/variety", the closest first. The slice is the
// caller's own.
func (c Category) VERIS() []string { return slices.Clone(c.taxonomy().veris) }

// IMYType returns what a notification to Integritetsskyddsmyndigheten calls this kind of breach, in Swedish, which is the
// language of the form.
func (c Category) IMYType() string { return c.taxonomy().imy }
