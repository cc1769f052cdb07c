package policy

// Answer is a reply to a question that the person asked may be unable to answer. The empty Answer means not asked or not
// answered.
type Answer string

// The answers.
const (
	Yes     Answer = "yes"
	No      Answer = "no"
	Unknown Answer = "unknown"
)

// The forms that information takes (policy clause 2.2): Report.Form is one of these, or "" when not answered.
const (
	FormDigital = "digital"
	FormPaper   = "paper"
	FormSpeech  = "speech"
)

// Report is what a reporter told, as far as the rules look at it. The zero value of every field means not answered.
type Report struct {
	Text          string  // what happened
	Done          string  // what has been done already
	SystemName    string  // the system concerned, as the inventory or the reporter names it; no sign rests on it yet
	Form          string  // FormDigital, FormPaper, FormSpeech or ""
	Aspects       Aspects // what the reporter ticked
	PersonalData  Answer
	SensitiveData bool   // sensitive or protected personal data
	Persons       int    // roughly how many persons are concerned; 0 unknown
	Ongoing       Answer // still going on or still spreading
	NearMiss      bool   // could have gone wrong, but did not
}
