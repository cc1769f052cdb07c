package policy

import (
	"slices"
	"time"
)

// Document is a governing document, which is revised every year in a month of its own (policy clause 4: in August).
type Document struct {
	Key   string // stands in the register: once used it keeps its meaning
	Title string
	Owner Role
	Month time.Month
}

// revisionHour is the hour, local time, at which a revision is asked for and reminded of.
const revisionHour = 9

// The stages of a revision that is not decided.
const (
	Weekly        Stage = "weekly"         // Mondays up to the last day
	LastDay       Stage = "last_day"       // the day by which it was to be decided
	WeeklyOverdue Stage = "weekly_overdue" // Mondays after it
)

// RevisionPrompt is when the revision of a year is asked for: in the morning of the first working day of the document's month.
func (d Document) RevisionPrompt(year int, loc *time.Location, holidays Calendar) time.Time {
	return workdayFrom(time.Date(year, d.Month, 1, revisionHour, 0, 0, 0, loc), holidays)
}

// RevisionDeadline is the morning of the last day of the document's month, by which the revision of a year is to be decided.
func (d Document) RevisionDeadline(year int, loc *time.Location) time.Time {
	return time.Date(year, d.Month+1, 0, revisionHour, 0, 0, 0, loc)
}

// DueRevisions are the years whose revision is to be asked for now and has not been, the earliest first. known is when the document became
// known here: of a year whose month had passed by then, nothing is asked. asked is the latest year that has been asked for, 0 for none; so
// nothing is asked for twice, also when the clock is set back.
func (d Document) DueRevisions(known time.Time, asked int, now time.Time, loc *time.Location, holidays Calendar) (years []int) {
	local := known.In(loc)
	first := local.Year()
	if local.Month() > d.Month {
		first++
	}
	for year := max(first, asked+1); !d.RevisionPrompt(year, loc, holidays).After(now); year++ {
		years = append(years, year)
	}
	return years
}

// NextRevisionReminder is the first moment after another at which a revision that is not decided is reminded of: on the Mondays of the
// month of the deadline, on its day, and on every Monday after it. A Monday on which nobody is at work gives way to the next working day;
// the last day does not. No day has two.
func NextRevisionReminder(after, deadline time.Time, loc *time.Location, holidays Calendar) Reminder {
	if !deadline.After(after) {
		return Reminder{WeeklyOverdue, mondayAfter(after, loc, holidays)}
	}
	begin := after
	if month := deadline.In(loc).AddDate(0, 0, -deadline.In(loc).Day()); month.After(begin) {
		begin = month
	}
	if monday := mondayAfter(begin, loc, holidays); monday.Before(deadline) {
		return Reminder{Weekly, monday}
	}
	return Reminder{LastDay, deadline.UTC()}
}

// RevisionReminded are the roles that are reminded of a revision: who owns the document, and from the last day on the CISO and the chief
// executive, who answers for the municipality's governing documents (policy clause 2.4).
func RevisionReminded(owner Role, now, deadline time.Time) []Role {
	roles := []Role{owner}
	if !deadline.After(now) {
		for _, r := range []Role{CISO, ChiefExecutive} {
			if !slices.Contains(roles, r) {
				roles = append(roles, r)
			}
		}
	}
	return roles
}

// RevisionDay is the morning of a day that is written 2006-01-02.
func RevisionDay(day string, loc *time.Location) (time.Time, error) {
	date, err := time.ParseInLocation(time.DateOnly, day, loc)
	return time.Date(date.Year(), date.Month(), date.Day(), revisionHour, 0, 0, 0, loc), err
}

// mondayAfter is the morning of the first Monday, or of the working day that stands for it, on a later day than a time.
func mondayAfter(after time.Time, loc *time.Location, holidays Calendar) time.Time {
	local := after.In(loc)
	endOfDay := time.Date(local.Year(), local.Month(), local.Day()+1, 0, 0, 0, 0, loc)
	sinceMonday := (int(local.Weekday()) + 6) % 7
	for days := -sinceMonday; ; days += 7 {
		monday := time.Date(local.Year(), local.Month(), local.Day()+days, revisionHour, 0, 0, 0, loc)
		if at := workdayFrom(monday, holidays); !at.Before(endOfDay) {
			return at
		}
	}
}

// workdayFrom is a local time, moved to the next day on which people are at work when they are not on its own.
func workdayFrom(local time.Time, holidays Calendar) time.Time {
	for !IsWorkday(local, holidays) {
		local = local.AddDate(0, 0, 1)
	}
	return local.UTC()
}

// RevisionAction is something that a role may do with the revision of a governing document.
type RevisionAction string

// The actions.
const (
	SeeRevision      RevisionAction = "see_revision" // with the suggestions that were collected for it
	StartRevision    RevisionAction = "start_revision"
	DecideRevision   RevisionAction = "decide_revision" // revised, or nothing needs to change
	PostponeRevision RevisionAction = "postpone_revision"
)

// revisionAccesses is the one table of who may do what with a revision, beside who owns the document. It is never written to.
var revisionAccesses = map[RevisionAction][]Role{
	SeeRevision:      {CISO, DeputyCISO, SecurityChief, ChiefExecutive},
	StartRevision:    {CISO, DeputyCISO},
	DecideRevision:   {CISO, DeputyCISO, ChiefExecutive},
	PostponeRevision: {CISO, DeputyCISO, ChiefExecutive},
}

// RevisionActions lists the actions. The slice is the caller's own.
func RevisionActions() []RevisionAction {
	return []RevisionAction{SeeRevision, StartRevision, DecideRevision, PostponeRevision}
}

// MayRevise tells whether somebody who holds these roles may do the action with the revision of a document that a role owns. What the table
// does not allow is forbidden, an unknown action included.
func MayRevise(roles []Role, a RevisionAction, owner Role) bool {
	allowed, known := revisionAccesses[a]
	return known && slices.ContainsFunc(roles, func(r Role) bool { return r == owner || slices.Contains(allowed, r) })
}
