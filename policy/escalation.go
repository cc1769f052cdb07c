package policy

import "time"

// Calendar tells the days on which nobody is at work, besides Saturdays and Sundays; nil knows of none.
type Calendar func(day time.Time) (holiday bool)

// EscalationLine is who is told in turn that nobody has taken a new case, after the CISO, who is told at once (policy clause 2.4).
func EscalationLine() []Role { return []Role{DeputyCISO, SecurityChief, ITChief} }

// Waits are how long a new case may wait for somebody to take it, before the next in line is told.
type Waits struct {
	Serious     time.Duration // severity 4
	Significant time.Duration // severity 3
	Hour        int           // severity 2 and 1: the hour of the working day, local time
	LowDays     int           // severity 1: working days
}

// DefaultWaits are a quarter, an hour, the next working day at ten, three working days.
func DefaultWaits() Waits {
	return Waits{Serious: 15 * time.Minute, Significant: time.Hour, Hour: 10, LowDays: 3}
}

// Escalations are when each of EscalationLine is told of a case that was reported at a time and that nobody has taken. The lighter the
// case, the more it may wait for working days; what is serious heeds neither night nor holiday.
func (w Waits) Escalations(s Severity, reported time.Time, loc *time.Location, holidays Calendar) []time.Time {
	line := EscalationLine()
	all := make([]time.Time, len(line))
	at := reported
	for i := range line {
		switch {
		case s >= Serious:
			at = at.Add(w.Serious)
		case s == Significant:
			at = at.Add(w.Significant)
		case s == Moderate:
			at = nextWorkday(at, 1, w.Hour, loc, holidays)
		default:
			at = nextWorkday(at, w.LowDays, w.Hour, loc, holidays)
		}
		all[i] = at.UTC()
	}
	return all
}

// nextWorkday is the hour of the nth working day after the day of a time.
func nextWorkday(after time.Time, n, hour int, loc *time.Location, holidays Calendar) time.Time {
	local := after.In(loc)
	at := time.Date(local.Year(), local.Month(), local.Day(), hour, 0, 0, 0, loc)
	for n > 0 {
		at = at.AddDate(0, 0, 1)
		if IsWorkday(at, holidays) {
			n--
		}
	}
	return at
}

// IsWorkday tells whether people are at work on the day of a local time.
func IsWorkday(local time.Time, holidays Calendar) bool {
	weekday := local.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday && (holidays == nil || !holidays(local))
}
