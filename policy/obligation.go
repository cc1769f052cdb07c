package policy

import (
	"slices"
	"time"
)

// Decision is what is decided about a case, by a person and with a reason. It opens legal clocks, or says why none is opened.
type Decision string

// The decisions.
const (
	// BreachDecision is whether personal data was breached, and what risk that is to people: GDPR articles 33 and 34.
	BreachDecision Decision = "breach"
	// SignificantDecision is whether an incident is significant (betydande): cybersäkerhetslagen (2025:1506) chapter 2.
	SignificantDecision Decision = "significant"
)

// Verdict is how a decision went.
type Verdict string

// The verdicts. Undecided is the zero value.
const (
	Undecided    Verdict = ""
	NoBreach     Verdict = "no_breach"     // no personal data breach
	UnlikelyRisk Verdict = "unlikely_risk" // a breach, unlikely to be a risk to people's rights and freedoms
	Risk         Verdict = "risk"          // a breach that is a risk
	HighRisk     Verdict = "high_risk"     // a breach that is likely to be a high risk

	NotSignificant      Verdict = "not_significant"
	IsSignificant       Verdict = "significant"
	SignificantToPublic Verdict = "significant_to_public" // also for those who receive the service
)

// Verdicts lists the verdicts of a decision in the order in which they are shown. The slice is the caller's own.
func Verdicts(d Decision) []Verdict {
	switch d {
	case BreachDecision:
		return []Verdict{NoBreach, UnlikelyRisk, Risk, HighRisk}
	case SignificantDecision:
		return []Verdict{NotSignificant, IsSignificant, SignificantToPublic}
	}
	return nil
}

// Step is one duty of a regulation with its clock (policy clause 2.6: a case is handled by the regulations that gave rise to it). All of
// it is a default that the municipality may change: its lawyer and data protection officer decide.
type Step struct {
	Key        string     // "gdpr-33-1"; stands in the register: once released it keeps its meaning
	Regulation Regulation // it follows from
	OpenedBy   []Verdict  // the verdicts that open it
	After      string     // key of the step whose being done opens it and starts its clock; "": none
	Hours      int        // from its start; 0 with Months 0: without undue delay, no figure
	Months     int        // from its start, by the calendar
	Roles      []Role     // who is to see to it, the first before the next in line
	Recipient  string     // to whom, as people there call it
	Portal     string     // where, "" when it is nowhere in particular
	Source     string     // paragraph
	Checked    string     // 2006-01-02: when somebody last held it against the source
}

// DefaultSteps are the steps with the limits of the statutes. GDPR: https://eur-lex.europa.eu/eli/reg/2016/679/oj articles 33 and 34.
// Cybersäkerhetslag (2025:1506) chapter 2. Säkerhetsskyddsförordning (2021:955) chapter 2 section 4. The slice is the caller's own.
func DefaultSteps() []Step {
	const (
		imy     = "Integritetsskyddsmyndigheten (IMY)"
		csirt   = "CSIRT-enheten, Myndigheten för civilt försvar"
		checked = "2026-11-23"
	)
	gdpr := []Role{CISO, DPO, ChiefExecutive}
	cyber := []Role{CISO, ITChief, ChiefExecutive}
	return []Step{
		{
			Key: "gdpr-33-1", Regulation: GDPR, OpenedBy: []Verdict{Risk, HighRisk}, Hours: 72, Roles: gdpr,
			Recipient: imy, Portal: "https://www.imy.se", Source: "GDPR artikel 33.1", Checked: checked,
		},
		{
			Key: "gdpr-33-4", Regulation: GDPR, After: "gdpr-33-1", Roles: gdpr,
			Recipient: imy, Portal: "https://www.imy.se", Source: "GDPR artikel 33.4", Checked: checked,
		},
		{
			Key: "gdpr-33-5", Regulation: GDPR, OpenedBy: []Verdict{UnlikelyRisk, Risk, HighRisk}, Roles: gdpr,
			Source: "GDPR artikel 33.5", Checked: checked,
		},
		{
			Key: "gdpr-34", Regulation: GDPR, OpenedBy: []Verdict{HighRisk}, Roles: gdpr, Source: "GDPR artikel 34", Checked: checked,
		},
		{
			Key: "cyber-2-5", Regulation: Cybersecurity, OpenedBy: []Verdict{IsSignificant, SignificantToPublic}, Hours: 24, Roles: cyber,
			Recipient: csirt, Source: "cybersäkerhetslagen 2 kap. 5 §", Checked: checked,
		},
		{
			Key: "cyber-2-6", Regulation: Cybersecurity, OpenedBy: []Verdict{IsSignificant, SignificantToPublic}, Hours: 72, Roles: cyber,
			Recipient: csirt, Source: "cybersäkerhetslagen 2 kap. 6 §", Checked: checked,
		},
		{
			Key: "cyber-2-8", Regulation: Cybersecurity, After: "cyber-2-6", Months: 1, Roles: cyber,
			Recipient: csirt, Source: "cybersäkerhetslagen 2 kap. 8 §", Checked: checked,
		},
		{
			Key: "cyber-2-9", Regulation: Cybersecurity, OpenedBy: []Verdict{SignificantToPublic}, Roles: cyber,
			Source: "cybersäkerhetslagen 2 kap. 9–10 §§", Checked: checked,
		},
	}
}

// Opens tells whether a verdict opens the step.
func (s Step) Opens(v Verdict) bool { return slices.Contains(s.OpenedBy, v) }

// Deadline is when the step must be done at the latest when its clock started at start; ok is false when there is no figure, only
// "without undue delay". Hours pass on weekends and holidays too. A month ends on the day of the same number in the calendar at loc, or on
// the last one of a month that has no such day, as in section 1 of lagen (1930:173) om beräkning av lagstadgad tid.
func (s Step) Deadline(start time.Time, loc *time.Location) (due time.Time, ok bool) {
	switch {
	case s.Hours > 0:
		return start.Add(time.Duration(s.Hours) * time.Hour), true
	case s.Months > 0:
		local := start.In(loc)
		due = local.AddDate(0, s.Months, 0)
		if due.Day() != local.Day() { // the month was shorter: AddDate went on into the next
			due = due.AddDate(0, 0, -due.Day())
		}
		return due.UTC(), true
	}
	return time.Time{}, false
}

// Stage is how far a clock has run when somebody is reminded of it.
type Stage string

// The stages, in the order in which they come.
const (
	HalfTime    Stage = "half"
	QuarterLeft Stage = "quarter_left"
	TwelveHours Stage = "twelve_hours"
	TwoHours    Stage = "two_hours"
	AtDeadline  Stage = "deadline"
	Overdue     Stage = "overdue" // every day after the deadline
	Daily       Stage = "daily"   // every day, where there is no deadline
)

// Reminder is a moment at which somebody is to be reminded of a clock.
type Reminder struct {
	Stage Stage
	At    time.Time
}

const day = 24 * time.Hour

// Reminders are the moments up to the deadline of a clock that started at start, in their order; those that would come before opened,
// when the clock became known, are left out. NextReminder tells what comes after the last of them. A clock that is shorter than a
// stage's distance to its deadline has no such stage.
func Reminders(start, opened, due time.Time) []Reminder {
	length := due.Sub(start)
	var all []Reminder
	for _, r := range []Reminder{
		{HalfTime, start.Add(length / 2)}, {QuarterLeft, due.Add(-length / 4)},
		{TwelveHours, due.Add(-12 * time.Hour)}, {TwoHours, due.Add(-2 * time.Hour)}, {AtDeadline, due},
	} {
		if r.At.After(start) && (r.At.After(opened) || r.Stage == AtDeadline) {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b Reminder) int { return a.At.Compare(b.At) })
	return all
}

// NextReminder is what follows the reminder that was due at last: every day after the deadline, and every day where there is none.
// passed is now: days that have passed meanwhile are not caught up with.
func NextReminder(stage Stage, last, passed time.Time) Reminder {
	next := Reminder{Stage: Overdue, At: last.Add(day)}
	if stage == Daily {
		next.Stage = Daily
	}
	for !next.At.After(passed) {
		next.At = next.At.Add(day)
	}
	return next
}

// Reminded are the roles that a stage is told to: who is to see to it at first, and one more in line for every reminder before it that
// nobody has acted on. From the deadline on everybody in line is told.
func (s Step) Reminded(stage Stage, unanswered int) []Role {
	n := min(len(s.Roles), 1+unanswered)
	if stage == AtDeadline || stage == Overdue {
		n = len(s.Roles)
	}
	return slices.Clone(s.Roles[:n])
}
