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

func course() policy.Course {
	return policy.Course{
		Key: "grund", IntervalMonths: 12, GraceDays: 30, Kinds: []string{"employee", "elected"}, LeadDays: 30, EveryDays: 7, Times: 5,
	}
}

func TestStanding(t *testing.T) {
	day := policy.Day
	hired := func(on string) policy.Trainee { return policy.Trainee{Kind: "employee", Unit: "Norr", Start: day(on)} }
	with := func(t policy.Trainee, on ...string) policy.Trainee {
		for _, d := range on {
			t.Completed = append(t.Completed, policy.Completed{Course: "grund", Day: day(d)})
		}
		return t
	}
	away := func(t policy.Trainee, until string) policy.Trainee {
		t.AbsentUntil = day(until)
		return t
	}
	attested := course()
	attested.Version, attested.From = "2", day("2026-10-01")
	for name, test := range map[string]struct {
		course   policy.Course
		who      policy.Trainee
		today    string
		state    policy.TrainingState
		deadline string
		missed   int
	}{
		"who has not begun is not asked":               {course(), hired("2026-12-01"), "2026-11-23", policy.NotAsked, "", 0},
		"another kind is not asked":                    {course(), policy.Trainee{Kind: "supplier", Start: day("2020-01-01")}, "2026-11-23", policy.NotAsked, "", 0},
		"a manager is an employee too":                 {course(), policy.Trainee{Kind: "manager", Start: day("2026-11-20")}, "2026-11-23", policy.DueSoon, "2026-12-20", 0},
		"who is new has a grace":                       {course(), hired("2026-11-02"), "2026-11-23", policy.DueSoon, "2026-12-02", 0},
		"the last day of the grace":                    {course(), hired("2026-10-24"), "2026-11-23", policy.DueSoon, "2026-11-23", 0},
		"the grace is over":                            {course(), hired("2026-10-23"), "2026-11-23", policy.PastDue, "2026-11-22", 1},
		"who never did has a new period each interval": {course(), hired("2024-03-01"), "2026-11-23", policy.PastDue, "2026-03-31", 3},
		"trained":                       {course(), with(hired("2020-01-01"), "2026-05-05"), "2026-11-23", policy.Trained, "2027-05-05", 0},
		"the latest counts":             {course(), with(hired("2020-01-01"), "2025-12-30", "2026-05-05", "2024-01-01"), "2026-11-23", policy.Trained, "2027-05-05", 0},
		"to be renewed":                 {course(), with(hired("2020-01-01"), "2025-12-10"), "2026-11-23", policy.DueSoon, "2026-12-10", 0},
		"not renewed":                   {course(), with(hired("2020-01-01"), "2025-11-10"), "2026-11-23", policy.PastDue, "2026-11-10", 1},
		"away":                          {course(), away(hired("2020-01-01"), "2026-11-23"), "2026-11-23", policy.Away, "2026-12-24", 0},
		"who is back has a fresh grace": {course(), away(hired("2020-01-01"), "2026-11-22"), "2026-11-23", policy.DueSoon, "2026-12-23", 0},
		"also who was trained before":   {course(), away(with(hired("2020-01-01"), "2025-03-01"), "2026-11-22"), "2026-11-23", policy.DueSoon, "2026-12-23", 0},
		"who is back and trained is asked when it is to be renewed": {course(), away(with(hired("2020-01-01"), "2025-12-25"), "2026-11-22"),
			"2026-11-23", policy.Trained, "2026-12-25", 0},
		"an absence does not shorten anything":                      {course(), away(with(hired("2020-01-01"), "2026-05-05"), "2026-11-22"), "2026-11-23", policy.Trained, "2027-05-05", 0},
		"a new version asks again, with a grace from when it holds": {attested, with(hired("2020-01-01"), "2026-09-01"), "2026-10-15", policy.DueSoon, "2026-10-31", 0},
		"a leap day": {course(), with(hired("2020-01-01"), "2024-02-29"), "2025-01-10", policy.Trained, "2025-02-28", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := test.course.Standing(test.who, nil, day(test.today))
			deadline := ""
			if got.State != policy.NotAsked {
				deadline = got.Deadline.Format(time.DateOnly)
			}
			if diff := cmp.Diff([]any{test.state, test.deadline, test.missed}, []any{got.State, deadline, got.Missed}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestIsFor(t *testing.T) {
	parents := map[string]string{"Norr": "Omsorgen", "Omsorgen": "", "Skolan": ""}
	c := course()
	c.Units, c.Kinds = []string{"Omsorgen"}, []string{"manager"}
	held := course()
	held.Roles = []policy.Role{policy.DPO}
	for name, test := range map[string]struct {
		course policy.Course
		who    policy.Trainee
		want   bool
	}{
		"below the unit":               {c, policy.Trainee{Kind: "manager", Unit: "Norr"}, true},
		"the unit itself":              {c, policy.Trainee{Kind: "manager", Unit: "Omsorgen"}, true},
		"another unit":                 {c, policy.Trainee{Kind: "manager", Unit: "Skolan"}, false},
		"who is responsible for units": {c, policy.Trainee{Kind: "employee", Manages: true, Unit: "Norr"}, true},
		"who is not":                   {c, policy.Trainee{Kind: "employee", Unit: "Norr"}, false},
		"the role":                     {held, policy.Trainee{Kind: "employee", Roles: []policy.Role{policy.CISO, policy.DPO}}, true},
		"no role":                      {held, policy.Trainee{Kind: "employee"}, false},
	} {
		if got := test.course.IsFor(test.who, parents); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestSendingHours(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	hours := policy.SendingHours{From: 8*60 + 30, To: 16 * 60}
	christmas := func(day time.Time) bool { return day.Month() == time.December && day.Day() == 25 }
	for at, want := range map[string]bool{
		"2026-11-23 08:29": false, "2026-11-23 08:30": true, "2026-11-23 15:59": true, "2026-11-23 16:00": false,
		"2026-11-21 12:00": false, "2026-11-22 12:00": false, "2026-12-25 12:00": false, "2026-07-01 08:30": true,
	} {
		moment, err := time.ParseInLocation("2006-01-02 15:04", at, stockholm)
		if err != nil {
			t.Fatal(err)
		}
		if got := hours.Open(moment.UTC(), stockholm, christmas); got != want {
			t.Errorf("%s: %v", at, got)
		}
	}
}

func TestDigestDay(t *testing.T) {
	for today, want := range map[string]string{"2026-11-23": "2026-11-23", "2026-11-24": "2026-11-23", "2026-11-22": "2026-11-16"} {
		if got := policy.DigestDay(policy.Day(today), time.Monday).Format(time.DateOnly); got != want {
			t.Errorf("%s: %s, want %s", today, got, want)
		}
	}
}

// A bot that comes and goes reminds people who come, go, are away and take their courses, day by day. No gate is ever broken, nobody is
// told twice in a day, everybody due is reached within the cadence, and an outage, however long, is followed by one message.
func TestRemindersOfTraining(t *testing.T) {
	holidays := func(day time.Time) bool { return day.Month() == time.December && day.Day() > 23 && day.Day() < 27 }
	rapid.Check(t, func(t *rapid.T) {
		courses := make([]policy.Course, rapid.IntRange(1, 3).Draw(t, "courses"))
		for i := range courses {
			courses[i] = policy.Course{
				Key: fmt.Sprint("c", i), Kinds: []string{"employee"}, IntervalMonths: rapid.SampledFrom([]int{1, 6, 12, 24}).Draw(t, "interval"),
				GraceDays: rapid.IntRange(0, 40).Draw(t, "grace"), EveryDays: rapid.IntRange(1, 14).Draw(t, "every"),
				Times: rapid.IntRange(1, 6).Draw(t, "times"),
			}
			courses[i].LeadDays = rapid.IntRange(0, min(45, 27*courses[i].IntervalMonths)).Draw(t, "lead")
		}
		widest := slices.MaxFunc(courses, func(a, b policy.Course) int { return a.EveryDays - b.EveryDays }).EveryDays
		first := policy.Day("2026-10-01")
		who := policy.Trainee{Kind: "employee", Start: first.AddDate(0, 0, rapid.IntRange(-800, 60).Draw(t, "start"))}
		told := map[string][]time.Time{} // by course and period
		var messages []time.Time
		waiting := 0 // working days in a row with the bot up on which something was due and not yet said
		down := 0    // days that the bot is down
		for n := range 500 {
			today := first.AddDate(0, 0, n)
			switch rapid.IntRange(0, 40).Draw(t, "event") {
			case 0:
				who.AbsentUntil = today.AddDate(0, 0, rapid.IntRange(0, 60).Draw(t, "absence"))
			case 1:
				c := rapid.SampledFrom(courses).Draw(t, "taken")
				who.Completed = append(who.Completed, policy.Completed{Course: c.Key, Day: today})
			case 2:
				down = rapid.SampledFrom([]int{1, 3, 21}).Draw(t, "outage")
			case 3:
				c := rapid.SampledFrom(courses).Draw(t, "later")
				s := c.Standing(who, nil, today)
				if later, may := c.Later(who, s, today, holidays); may {
					if later.After(s.Deadline) || !later.After(today) || !policy.IsWorkday(later, holidays) {
						t.Fatalf("asked on %s to be reminded later, that is on %s, with the deadline %s", today, later, s.Deadline)
					}
					r := who.InPeriod(s)
					r.Later = later
					who.Reminded = replaced(who.Reminded, r)
					if _, again := c.Later(who, s, today, holidays); again {
						t.Fatal("it can be put off twice")
					}
				}
			}
			due := policy.Remind(who, courses, nil, today)
			if down > 0 || !policy.IsWorkday(today, holidays) {
				down--
				continue
			}
			if len(due) == 0 {
				if open(who, courses, today) && (len(messages) == 0 || today.Sub(messages[len(messages)-1]) >= time.Duration(widest)*24*time.Hour) {
					waiting++
				} else {
					waiting = 0
				}
				if waiting > 0 {
					t.Fatalf("on %s somebody is due, was last told on %v, and is not reached", today, messages)
				}
				continue
			}
			waiting = 0
			if again := policy.Remind(remindedNow(who, due, today), courses, nil, today); len(again) > 0 && widest > 0 {
				t.Fatalf("on %s the same person would be told twice", today)
			}
			for _, s := range due {
				c := courses[slices.IndexFunc(courses, func(c policy.Course) bool { return c.Key == s.Course })]
				period := s.Course + s.Deadline.Format(time.DateOnly)
				if later := who.InPeriod(s).Later; today.Before(later) {
					t.Fatalf("%s: told on %s, and asked to wait until %s", period, today, later)
				}
				if len(messages) > 0 && today.Sub(messages[len(messages)-1]) < time.Duration(c.EveryDays)*24*time.Hour {
					t.Fatalf("%s: told on %s and before on %s, with %d days between", s.Course, today, messages[len(messages)-1], c.EveryDays)
				}
				if told[period] = append(told[period], today); len(told[period]) > c.Times {
					t.Fatalf("%s: told %d times in the period", period, len(told[period]))
				}
				if span := told[period][len(told[period])-1].Sub(told[period][0]); c.EveryDays*len(told[period]) >= 31*c.IntervalMonths {
					t.Fatalf("%s: %d reminders in %s fill the interval", period, len(told[period]), span)
				}
				if !who.AbsentUntil.IsZero() && !today.After(who.AbsentUntil) || today.Before(who.Start) || today.Before(s.Opens) {
					t.Fatalf("%s: told on %s, who is away until %s, began on %s", period, today, who.AbsentUntil, who.Start)
				}
				for _, done := range who.Completed {
					if done.Course == s.Course && today.Before(done.Day.AddDate(0, c.IntervalMonths, -c.LeadDays-3)) {
						t.Fatalf("%s: told on %s, and took it on %s", period, today, done.Day)
					}
				}
			}
			messages = append(messages, today)
			who = remindedNow(who, due, today)
		}
	})
}

// open tells whether some course waits to be taken, with reminders left and not put off.
func open(who policy.Trainee, courses []policy.Course, today time.Time) bool {
	return slices.ContainsFunc(courses, func(c policy.Course) bool {
		s := c.Standing(who, nil, today)
		r := who.InPeriod(s)
		return (s.State == policy.DueSoon || s.State == policy.PastDue) && !c.HandedOver(who, s) && !today.Before(r.Later)
	})
}

func remindedNow(who policy.Trainee, due []policy.Standing, today time.Time) policy.Trainee {
	who.Reminded = slices.Clone(who.Reminded)
	for _, s := range due {
		r := who.InPeriod(s)
		r.Times, r.Last = r.Times+1, today
		who.Reminded = replaced(who.Reminded, r)
	}
	return who
}

func replaced(all []policy.Reminded, r policy.Reminded) []policy.Reminded {
	return append(slices.DeleteFunc(slices.Clone(all), func(o policy.Reminded) bool { return o.Course == r.Course }), r)
}
