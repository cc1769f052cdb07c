package policy

import "time"

// The moments at which the owner of a measure is reminded: at this hour of the morning, a week before the day on which it is to be done,
// on that day, and every week after it.
const (
	measureHour = 9
	week        = 7 // days
)

// MeasureReminders are the moments at which the owner of a measure is reminded until the day on which it is to be done, in their order;
// those that lie before now are left out. NextMeasureReminder tells what comes after the last. due is any time of that day; what can wait
// waits for a working day.
func MeasureReminders(due, now time.Time, loc *time.Location, holidays Calendar) []time.Time {
	var all []time.Time
	for _, days := range []int{-week, 0} {
		if at := measureReminder(due, days, loc, holidays); at.After(now) && (len(all) == 0 || at.After(all[0])) {
			all = append(all, at)
		}
	}
	if len(all) == 0 { // late from the start
		all = append(all, NextMeasureReminder(due, now, loc, holidays))
	}
	return all
}

// NextMeasureReminder is the first of the weekly moments after the day on which a measure was to be done that lies after now: weeks that
// have passed meanwhile are not caught up with.
func NextMeasureReminder(due, now time.Time, loc *time.Location, holidays Calendar) time.Time {
	for days := week; ; days += week {
		if at := measureReminder(due, days, loc, holidays); at.After(now) {
			return at
		}
	}
}

// measureReminder is the morning so many days after a day, or of the first working day after that.
func measureReminder(due time.Time, days int, loc *time.Location, holidays Calendar) time.Time {
	local := due.In(loc)
	at := time.Date(local.Year(), local.Month(), local.Day()+days, measureHour, 0, 0, 0, loc)
	for !IsWorkday(at, holidays) {
		at = at.AddDate(0, 0, 1)
	}
	return at.UTC()
}
