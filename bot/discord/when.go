package discord

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Discord has no field for a time, so people write it in a line of text.

// timeExample shows how, where the line is empty.
const timeExample = "2026-11-23 14:05"

// How a time is written by us. The zone stands there for an hour that comes twice, the seconds where there are some.
const (
	minuteLayout = "2006-01-02 15:04"
	exactLayout  = "2006-01-02 15:04:05 -0700"
)

// written is a day, or none, and a time of day, as people write them.
var written = regexp.MustCompile(`(?i)^` +
	`(?:(?:(i ?dag|today)|(i ?går|yesterday)|(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})/(\d{1,2})(?:[-/ ](\d{4}))?)[ ,t]+)?` +
	`(?:(?:kl\.?|klockan|at) *)?(\d{1,2})[:.](\d{2})$`)

// parseTime reads a time that a person wrote at now, both in loc's zone: a day and a time of day, or the latter only for today. A
// day without its year is the one nearest to now.
func parseTime(s string, now time.Time, loc *time.Location) (time.Time, bool) {
	s, now = strings.Join(strings.Fields(s), " "), now.In(loc)
	if t, err := time.Parse(exactLayout, s); err == nil {
		return t, true
	}
	found := written.FindStringSubmatch(s)
	if found == nil {
		return time.Time{}, false
	}
	number := func(i int) int {
		n, err := strconv.Atoi(found[i])
		if err != nil {
			return 0 // not written
		}
		return n
	}
	year, month, day := now.Date()
	hour, minute := number(9), number(10)
	if hour > 23 || minute > 59 {
		return time.Time{}, false
	}
	on := func(year int, month time.Month, day int) (time.Time, bool) {
		t := time.Date(year, month, day, hour, minute, 0, 0, loc)
		// A day that the month has not comes out as another. An hour that is skipped in spring becomes one beside it.
		return t, t.Day() == day && t.Month() == month
	}
	switch {
	case found[2] != "":
		yesterday := time.Date(year, month, day-1, 12, 0, 0, 0, loc)
		return on(yesterday.Date())
	case found[3] != "":
		return on(number(3), time.Month(number(4)), number(5))
	case found[8] != "":
		return on(number(8), time.Month(number(7)), number(6))
	case found[6] != "":
		return nearest(now, func(year int) (time.Time, bool) { return on(year, time.Month(number(7)), number(6)) })
	}
	return on(year, month, day)
}

// nearest is the one of this year's, last year's and next year's that is nearest to now.
func nearest(now time.Time, in func(year int) (time.Time, bool)) (best time.Time, found bool) {
	for _, year := range []int{now.Year(), now.Year() - 1, now.Year() + 1} {
		t, ok := in(year)
		if ok && (!found || t.Sub(now).Abs() < best.Sub(now).Abs()) {
			best, found = t, true
		}
	}
	return best, found
}

// writeTime writes t so that parseTime reads it again.
func writeTime(t time.Time, loc *time.Location) string {
	s := t.In(loc).Format(minuteLayout)
	if again, ok := parseTime(s, t, loc); ok && again.Equal(t) {
		return s
	}
	return t.In(loc).Format(exactLayout)
}
