package policy_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func august() policy.Document {
	return policy.Document{Key: "infosak-policy", Title: "Informationssäkerhetspolicy", Owner: policy.CISO, Month: time.August}
}

// holidays are some Swedish holidays of every year that have a date of their own, and Easter of 2027 (28 March).
func holidays(day time.Time) bool {
	switch day.Format("01-02") {
	case "01-01", "01-06", "05-01", "06-06", "12-24", "12-25", "12-26", "12-31":
		return true
	}
	return slices.Contains([]string{"2027-03-26", "2027-03-29"}, day.Format(time.DateOnly))
}

const minute = "2006-01-02 15:04 MST"

// Worked out from a calendar by hand, for the years of policy clause 4 that lie ahead.
func TestRevisionsOfTheYears(t *testing.T) {
	loc := stockholm(t)
	for year, want := range map[int]struct{ prompt, mondays, last, after string }{
		2026: {"08-03", "10 17 24", "08-31", "09-07"}, // the 31st is itself a Monday: one reminder
		2027: {"08-02", "09 16 23 30", "08-31", "09-06"},
		2028: {"08-01", "07 14 21 28", "08-31", "09-04"}, // a leap year
		2029: {"08-01", "06 13 20 27", "08-31", "09-03"},
		2030: {"08-01", "05 12 19 26", "08-31", "09-02"},
		2031: {"08-01", "04 11 18 25", "08-31", "09-01"},
		2032: {"08-02", "09 16 23 30", "08-31", "09-06"},
		2033: {"08-01", "08 15 22 29", "08-31", "09-05"},
		2034: {"08-01", "07 14 21 28", "08-31", "09-04"},
		2035: {"08-01", "06 13 20 27", "08-31", "09-03"},
		2036: {"08-01", "04 11 18 25", "08-31", "09-01"},
		2037: {"08-03", "10 17 24", "08-31", "09-07"},
		2038: {"08-02", "09 16 23 30", "08-31", "09-06"},
		2039: {"08-01", "08 15 22 29", "08-31", "09-05"},
		2040: {"08-01", "06 13 20 27", "08-31", "09-03"},
	} {
		t.Run(fmt.Sprint(year), func(t *testing.T) {
			prompt := august().RevisionPrompt(year, loc, holidays)
			deadline := august().RevisionDeadline(year, loc)
			full := func(day string) string { return fmt.Sprintf("%d-%s 09:00 CEST", year, day) }
			if got := prompt.In(loc).Format(minute); got != full(want.prompt) {
				t.Errorf("asked for at %s, want %s", got, full(want.prompt))
			}
			got, mondays := prompt, ""
			for {
				r := policy.NextRevisionReminder(got, deadline, loc, holidays)
				got = r.At
				if r.Stage != policy.Weekly {
					break
				}
				mondays += " " + got.In(loc).Format("02")
			}
			if mondays != " "+want.mondays {
				t.Errorf("reminded on the Mondays%s, want %s", mondays, want.mondays)
			}
			if at := got.In(loc).Format(minute); at != full(want.last) {
				t.Errorf("the last day is %s, want %s", at, full(want.last))
			}
			after := policy.NextRevisionReminder(got, deadline, loc, holidays)
			if at := after.At.In(loc).Format(minute); at != full(want.after) || after.Stage != policy.WeeklyOverdue {
				t.Errorf("%s follows at %s, want %s", after.Stage, at, full(want.after))
			}
		})
	}
}

func TestRevisionsGiveWayToHolidays(t *testing.T) {
	loc := stockholm(t)
	january := policy.Document{Month: time.January}
	if got := january.RevisionPrompt(2027, loc, holidays).In(loc).Format(minute); got != "2027-01-04 09:00 CET" {
		t.Errorf("in January 2027 asked for at %s", got)
	}
	if got := january.RevisionPrompt(2028, loc, holidays).In(loc).Format(minute); got != "2028-01-03 09:00 CET" {
		t.Errorf("in January 2028, whose first is a Saturday, asked for at %s", got)
	}
	march := policy.Document{Month: time.March}
	r := policy.NextRevisionReminder(at(t, "2027-03-22 09:00"), march.RevisionDeadline(2027, loc), loc, holidays)
	if got := r.At.In(loc).Format(minute); got != "2027-03-30 09:00 CEST" || r.Stage != policy.Weekly {
		t.Errorf("Easter Monday gives way to %s (%s); want Tuesday, and in summer time", got, r.Stage)
	}
	february := policy.Document{Month: time.February}
	for year, want := range map[int]string{2027: "02-28", 2028: "02-29"} {
		if got := february.RevisionDeadline(year, loc).Format("01-02"); got != want {
			t.Errorf("February of %d ends on %s, want %s", year, got, want)
		}
	}
}

func TestDueRevisions(t *testing.T) {
	loc := stockholm(t)
	for name, test := range map[string]struct {
		known, now string
		asked      int
		want       []int
	}{
		"nothing before the first working day":                 {"2026-01-15 12:00", "2026-08-03 08:59", 0, nil},
		"on its morning":                                       {"2026-01-15 12:00", "2026-08-03 09:00", 0, []int{2026}},
		"once":                                                 {"2026-01-15 12:00", "2026-08-20 09:00", 2026, nil},
		"when nothing ran in all of August":                    {"2026-01-15 12:00", "2026-11-02 03:00", 0, []int{2026}},
		"when nothing ran for years":                           {"2026-01-15 12:00", "2028-08-01 09:00", 2026, []int{2027, 2028}},
		"known on 15 August: there is time left":               {"2026-08-15 12:00", "2026-08-15 12:00", 0, []int{2026}},
		"known on 31 August, late in the evening":              {"2026-08-31 23:59", "2026-08-31 23:59", 0, []int{2026}},
		"known on 1 September: the year's has passed":          {"2026-09-01 00:00", "2026-09-01 00:00", 0, nil},
		"known on 1 September, in the next year":               {"2026-09-01 00:00", "2027-08-02 09:00", 0, []int{2027}},
		"never of a year before":                               {"2026-02-01 12:00", "2026-02-01 12:00", 0, nil},
		"not again when the clock is set back":                 {"2026-01-15 12:00", "2026-07-30 09:00", 2026, nil},
		"nor when it comes to August again":                    {"2026-01-15 12:00", "2026-08-03 09:00", 2026, nil},
		"set back to before it was known, of no year that was": {"2026-09-01 00:00", "2025-08-01 09:00", 0, nil},
	} {
		t.Run(name, func(t *testing.T) {
			got := august().DueRevisions(at(t, test.known), test.asked, at(t, test.now), loc, holidays)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever the outages, each year is asked for once and none is left out.
func TestEveryYearIsAskedForOnce(t *testing.T) {
	loc := stockholm(t)
	rapid.Check(t, func(rt *rapid.T) {
		d := policy.Document{Month: time.Month(rapid.IntRange(1, 12).Draw(rt, "month"))}
		known := at(t, "2026-01-01 00:00").AddDate(0, 0, rapid.IntRange(0, 800).Draw(rt, "known"))
		now, asked := known, 0
		var all []int
		for range rapid.IntRange(1, 30).Draw(rt, "looks") {
			now = now.AddDate(0, 0, rapid.IntRange(-40, 400).Draw(rt, "later"))
			for _, year := range d.DueRevisions(known, asked, now, loc, holidays) {
				all, asked = append(all, year), year
			}
		}
		for i, year := range all {
			if i > 0 && year != all[i-1]+1 {
				rt.Fatalf("asked for %v", all)
			}
			if d.RevisionDeadline(year, loc).AddDate(0, 0, 1).Before(known) {
				rt.Fatalf("asked for %d, which had passed on %s", year, known)
			}
		}
	})
}

// Held against a day-by-day walk: the next reminder is the first morning that the rule, put otherwise, allows.
func TestNextRevisionReminder(t *testing.T) {
	loc := stockholm(t)
	rapid.Check(t, func(rt *rapid.T) {
		after := at(t, "2026-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 15*366*24*60).Draw(rt, "minutes")) * time.Minute)
		deadline, err := policy.RevisionDay(after.AddDate(0, 0, rapid.IntRange(-60, 200).Draw(rt, "until")).In(loc).Format(time.DateOnly), loc)
		if err != nil {
			rt.Fatal(err)
		}
		got := policy.NextRevisionReminder(after, deadline, loc, holidays)
		local := after.In(loc)
		for n := 0; ; n++ {
			day := time.Date(local.Year(), local.Month(), local.Day()+n, 9, 0, 0, 0, loc)
			if day.Equal(deadline) && deadline.After(after) {
				if got.Stage != policy.LastDay || !got.At.Equal(deadline) {
					rt.Fatalf("after %s with the deadline %s: %v, want the last day", after, deadline, got)
				}
				return
			}
			inMonth := day.After(deadline) || day.Year() == deadline.Year() && day.Month() == deadline.Month()
			if n == 0 || !inMonth || !standsForMonday(day) {
				continue
			}
			want := policy.Weekly
			if day.After(deadline) {
				want = policy.WeeklyOverdue
			}
			if got.Stage != want || !got.At.Equal(day) {
				rt.Fatalf("after %s with the deadline %s: %s at %s, want %s at %s", after, deadline, got.Stage, got.At.In(loc), want, day)
			}
			return
		}
	})
}

// standsForMonday tells whether a day is a working Monday, or the first working day after a Monday that was none.
func standsForMonday(day time.Time) bool {
	if !policy.IsWorkday(day, holidays) {
		return false
	}
	for d := day; ; d = d.AddDate(0, 0, -1) {
		if d != day && policy.IsWorkday(d, holidays) {
			return false
		}
		if d.Weekday() == time.Monday {
			return true
		}
	}
}

func TestRevisionReminded(t *testing.T) {
	deadline := at(t, "2026-08-31 09:00")
	for name, test := range map[string]struct {
		owner policy.Role
		now   string
		want  []policy.Role
	}{
		"the owner before":                         {policy.ITChief, "2026-08-31 08:59", []policy.Role{policy.ITChief}},
		"the CISO and the chief executive as well": {policy.ITChief, "2026-08-31 09:00", []policy.Role{policy.ITChief, policy.CISO, policy.ChiefExecutive}},
		"each once":                                {policy.CISO, "2026-09-07 09:00", []policy.Role{policy.CISO, policy.ChiefExecutive}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, policy.RevisionReminded(test.owner, at(t, test.now), deadline)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestMayRevise(t *testing.T) {
	table := map[policy.RevisionAction]string{ // c CISO, e deputy, s head of security, x chief executive, o owner
		policy.SeeRevision: "cesxo", policy.StartRevision: "ceo", policy.DecideRevision: "cexo", policy.PostponeRevision: "cexo", "unknown": "",
	}
	roles := map[rune]policy.Role{
		'c': policy.CISO, 'e': policy.DeputyCISO, 's': policy.SecurityChief, 'x': policy.ChiefExecutive, 'o': policy.Lawyer, 'i': policy.ITChief,
		'd': policy.DPO, 'a': policy.Archivist,
	}
	for action, allowed := range table {
		for letter, role := range roles {
			want := slices.Contains([]rune(allowed), letter)
			if got := policy.MayRevise([]policy.Role{role}, action, policy.Lawyer); got != want {
				t.Errorf("%s may %s what the lawyer owns: %v, want %v", role, action, got, want)
			}
		}
		if policy.MayRevise(nil, action, policy.Lawyer) {
			t.Errorf("nobody may %s", action)
		}
	}
	if len(policy.RevisionActions()) != len(table)-1 {
		t.Error("an action is missing in the table of this test")
	}
}
