package policy

import (
	"slices"
	"time"
)

// Days of training are dates: times at midnight UTC. The zero time is no day.

// Day reads a date like 2026-11-23; anything else is no day.
func Day(text string) time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return day
}

// DayOf is the date of a moment in a time zone.
func DayOf(at time.Time, loc *time.Location) time.Time {
	local := at.In(loc)
	return time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, time.UTC)
}

// Course is training that is repeated, or a governing document that is to be read and attested (policy clause 2.8, which gives no
// figures: all are configuration).
type Course struct {
	Key            string
	IntervalMonths int
	GraceDays      int       // for who is new, and who has been away
	From           time.Time // since when it is asked for; no day: always
	Version        string    // of the governing document: only what was attested of this one counts; "" for a course

	Kinds []string // of people, of the staff list; manager is also who is responsible for a unit, employee also manager
	Units []string // those and all below them; none: everywhere
	Roles []Role   // who holds one of them; none: everybody

	LeadDays  int // before a renewal's deadline, reminders begin
	EveryDays int // at least, between two reminders
	Times     int // reminders in a period, then it is the manager's turn
}

// Trainee is what of a person decides what training they must be told of.
type Trainee struct {
	Kind, Unit  string
	Manages     bool // is responsible for a unit
	Roles       []Role
	Start       time.Time // no day: long ago
	AbsentUntil time.Time // the last day of the latest absence
	Completed   []Completed
	Reminded    []Reminded
}

// Completed is the latest day on which somebody completed a version of a course.
type Completed struct {
	Course, Version string
	Day             time.Time
}

// Reminded is what somebody has been told of a course.
type Reminded struct {
	Course   string
	Deadline time.Time // of the period that Times and Later belong to
	Times    int
	Last     time.Time // in any period
	Later    time.Time // when they asked to be reminded again
}

// TrainingState is where somebody stands with a course.
type TrainingState string

// The states.
const (
	NotAsked TrainingState = "not_asked" // the course is not for them, or they have not begun
	Away     TrainingState = "away"      // absent: not chased
	Trained  TrainingState = "trained"   // and not yet due again
	DueSoon  TrainingState = "due_soon"  // to be done by the deadline: new, back, or to be renewed
	PastDue  TrainingState = "overdue"
)

// Standing is where somebody stands with a course on a day.
type Standing struct {
	Course   string
	State    TrainingState
	Valid    bool // what they have completed still counts
	Opens    time.Time
	Deadline time.Time // of the present period, which it names
	Missed   int       // deadlines that have passed since they last completed it
}

// IsFor tells whether a course is for somebody. parents is the tree of units: the one above, by name.
func (c Course) IsFor(t Trainee, parents map[string]string) bool {
	kind := slices.Contains(c.Kinds, t.Kind) || t.Manages && slices.Contains(c.Kinds, "manager") ||
		t.Kind == "manager" && slices.Contains(c.Kinds, "employee")
	return kind &&
		(len(c.Units) == 0 || slices.ContainsFunc(c.Units, func(above string) bool { return Within(parents, t.Unit, above) })) &&
		(len(c.Roles) == 0 || slices.ContainsFunc(c.Roles, func(r Role) bool { return slices.Contains(t.Roles, r) }))
}

// longAgo stands for a beginning that is not known.
func longAgo() time.Time { return time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC) }

// Standing is where somebody stands with the course on a day. Who never completes it has a new period each interval, so that they are
// reminded anew and each deadline that passes is counted.
func (c Course) Standing(t Trainee, parents map[string]string, today time.Time) Standing {
	s := Standing{Course: c.Key, State: NotAsked}
	if !c.IsFor(t, parents) || t.Start.After(today) || c.From.After(today) {
		return s
	}
	begin := t.Start
	if begin.IsZero() {
		begin = longAgo()
	}
	if c.From.After(begin) {
		begin = c.From
	}
	// The grace of who is new, and the fresh one of who has been away.
	if back := t.AbsentUntil.AddDate(0, 0, 1); !t.AbsentUntil.IsZero() && back.After(begin) {
		begin = back
	}
	s.Opens, s.Deadline = begin, begin.AddDate(0, 0, c.GraceDays)
	if done := c.completed(t); !done.IsZero() {
		until := addMonths(done, c.IntervalMonths)
		s.Opens, s.Deadline = latest(s.Opens, until.AddDate(0, 0, -c.LeadDays)), latest(s.Deadline, until)
		s.Valid = !today.After(until)
	}
	first := s.Deadline
	for n := 1; ; n++ {
		next := addMonths(first, n*c.IntervalMonths)
		if next.AddDate(0, 0, -c.LeadDays).After(today) {
			break
		}
		s.Opens, s.Deadline = next.AddDate(0, 0, -c.LeadDays), next
	}
	for at := first; at.Before(today); at = addMonths(first, s.Missed*c.IntervalMonths) {
		s.Missed++
	}
	switch {
	case !t.AbsentUntil.IsZero() && !today.After(t.AbsentUntil):
		s.State = Away
	case today.Before(s.Opens):
		s.State = Trained
	case s.Missed > 0:
		s.State = PastDue
	default:
		s.State = DueSoon
	}
	return s
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// completed is the latest day on which somebody completed the course as it now is.
func (c Course) completed(t Trainee) (day time.Time) {
	for _, done := range t.Completed {
		if done.Course == c.Key && (c.Version == "" || done.Version == c.Version) {
			day = latest(day, done.Day)
		}
	}
	return day
}

// addMonths adds months by the calendar: from the last days of a long month to the last day of a short one.
func addMonths(day time.Time, months int) time.Time {
	moved := day.AddDate(0, months, 0)
	if moved.Day() != day.Day() {
		return moved.AddDate(0, 0, -moved.Day())
	}
	return moved
}

// times is how many reminders fit in a period: all of them together take less than the interval (the fifth gate).
func (c Course) times() int {
	return min(c.Times, (c.IntervalMonths*28-1)/max(1, c.EveryDays))
}

func (t Trainee) reminded(course string) Reminded {
	for _, r := range t.Reminded {
		if r.Course == course {
			return r
		}
	}
	return Reminded{Course: course}
}

// InPeriod is what somebody has been told of a course in a period: what they were told in one before counts only as the last time.
func (t Trainee) InPeriod(s Standing) Reminded {
	r := t.reminded(s.Course)
	if !r.Deadline.Equal(s.Deadline) {
		return Reminded{Course: s.Course, Deadline: s.Deadline, Last: r.Last}
	}
	return r
}

// HandedOver tells whether all reminders of the period have been sent, and it is the manager's turn.
func (c Course) HandedOver(t Trainee, s Standing) bool {
	return (s.State == PastDue || s.State == DueSoon) && t.InPeriod(s).Times >= c.times()
}

// Remind is what to remind somebody of on a day, when they have had no message yet on it: the courses whose gates are all open. That the
// day is a working day is the caller's to know.
func Remind(t Trainee, courses []Course, parents map[string]string, today time.Time) []Standing {
	var last time.Time // to the person, of whatever course: one message, not one for each
	for _, r := range t.Reminded {
		last = latest(last, r.Last)
	}
	var due []Standing
	for _, c := range courses {
		s := c.Standing(t, parents, today)
		if s.State != DueSoon && s.State != PastDue {
			continue
		}
		r := t.InPeriod(s)
		if r.Times >= c.times() || !last.IsZero() && today.Before(last.AddDate(0, 0, c.EveryDays)) || today.Before(r.Later) {
			continue
		}
		due = append(due, s)
	}
	return due
}

// Later is the working day on which somebody who asks for it is reminded again, and whether they may ask: once in a period, within the
// deadline, and only when it moves anything.
func (c Course) Later(t Trainee, s Standing, today time.Time, holidays Calendar) (time.Time, bool) {
	if s.State != DueSoon || !t.InPeriod(s).Later.IsZero() {
		return time.Time{}, false
	}
	day := today.AddDate(0, 0, 2*c.EveryDays)
	if day.After(s.Deadline) {
		day = s.Deadline
	}
	for !IsWorkday(day, holidays) {
		day = day.AddDate(0, 0, -1)
	}
	return day, day.After(today)
}

// SendingHours are when messages that can wait are sent, in minutes after midnight, local time.
type SendingHours struct{ From, To int }

// Open tells whether messages that can wait may be sent at a moment: on a working day, within the hours. What falls on another day thereby
// moves to the next working day.
func (h SendingHours) Open(at time.Time, loc *time.Location, holidays Calendar) bool {
	local := at.In(loc)
	minute := local.Hour()*60 + local.Minute()
	return minute >= h.From && minute < h.To && IsWorkday(local, holidays)
}

// DigestDay is the latest day on which managers were to be told how their people stand.
func DigestDay(today time.Time, weekday time.Weekday) time.Time {
	return today.AddDate(0, 0, -(int(today.Weekday())-int(weekday)+7)%7)
}
