package policy

import "time"

// AnonymiseAt is when a case that was closed at a time is anonymised: with the end of the day, at loc, on which so many months by the
// calendar have passed. Whole days, so that what was closed first is never due later.
func AnonymiseAt(closed time.Time, months int, loc *time.Location) time.Time {
	passed, _ := Step{Months: months}.Deadline(closed, loc)
	last := passed.In(loc)
	return time.Date(last.Year(), last.Month(), last.Day()+1, 0, 0, 0, 0, loc).UTC()
}
