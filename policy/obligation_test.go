package policy_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func stockholm(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, local string) time.Time {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04", local, stockholm(t))
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func step(t testing.TB, key string) policy.Step {
	t.Helper()
	steps := policy.DefaultSteps()
	i := slices.IndexFunc(steps, func(s policy.Step) bool { return s.Key == key })
	if i < 0 {
		t.Fatalf("no step %q", key)
	}
	return steps[i]
}

func TestStepsFitTogether(t *testing.T) {
	keys := map[string]bool{}
	for _, s := range policy.DefaultSteps() {
		if keys[s.Key] {
			t.Errorf("two steps are called %s", s.Key)
		}
		keys[s.Key] = true
		if (len(s.OpenedBy) == 0) == (s.After == "") {
			t.Errorf("%s must be opened by verdicts or by another step", s.Key)
		}
		if s.After != "" && !keys[s.After] {
			t.Errorf("%s follows %s, which does not stand before it", s.Key, s.After)
		}
		if len(s.Roles) == 0 || s.Source == "" || s.Checked == "" {
			t.Errorf("%s names nobody, or no source", s.Key)
		}
	}
}

func TestVerdictsOpen(t *testing.T) {
	for verdict, want := range map[policy.Verdict][]string{
		policy.NoBreach:            nil,
		policy.UnlikelyRisk:        {"gdpr-33-5"},
		policy.Risk:                {"gdpr-33-1", "gdpr-33-5"},
		policy.HighRisk:            {"gdpr-33-1", "gdpr-33-5", "gdpr-34"},
		policy.NotSignificant:      nil,
		policy.IsSignificant:       {"cyber-2-5", "cyber-2-6"},
		policy.SignificantToPublic: {"cyber-2-5", "cyber-2-6", "cyber-2-9"},
	} {
		var got []string
		for _, s := range policy.DefaultSteps() {
			if s.Opens(verdict) {
				got = append(got, s.Key)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", verdict, diff)
		}
	}
}

func TestDeadline(t *testing.T) {
	tests := []struct{ name, step, start, want string }{
		{"72 hours pass on a weekend", "gdpr-33-1", "2026-11-27 16:00", "2026-11-30 16:00"},
		{"72 hours are 72 hours when summer time ends", "gdpr-33-1", "2026-10-23 12:00", "2026-10-26 11:00"},
		{"and when it begins", "gdpr-33-1", "2026-03-27 12:00", "2026-03-30 13:00"},
		{"24 hours", "cyber-2-5", "2026-12-24 15:00", "2026-12-25 15:00"},
		{"a month ends on the same day", "cyber-2-8", "2026-11-24 09:30", "2026-12-24 09:30"},
		{"at the same local hour when summer time ends between", "cyber-2-8", "2026-10-10 09:30", "2026-11-10 09:30"},
		{"or on the last day of a shorter one", "cyber-2-8", "2026-01-31 09:30", "2026-02-28 09:30"},
		{"of a leap year too", "cyber-2-8", "2028-01-30 09:30", "2028-02-29 09:30"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := step(t, test.step).Deadline(at(t, test.start), stockholm(t))
			if want := at(t, test.want); !ok || !got.Equal(want) {
				t.Errorf("from %s: %s, want %s", test.start, got.In(stockholm(t)), want)
			}
		})
	}
	if _, ok := step(t, "gdpr-34").Deadline(at(t, "2026-11-24 09:30"), stockholm(t)); ok {
		t.Error("without undue delay has a figure")
	}
}

func TestReminders(t *testing.T) {
	start := at(t, "2026-11-23 12:00")
	in := func(h float64) time.Time { return start.Add(time.Duration(h * float64(time.Hour))) }
	tests := []struct {
		name   string
		opened time.Time
		hours  float64
		want   []policy.Reminder
	}{
		{"of 72 hours", start, 72, []policy.Reminder{
			{Stage: policy.HalfTime, At: in(36)}, {Stage: policy.QuarterLeft, At: in(54)}, {Stage: policy.TwelveHours, At: in(60)},
			{Stage: policy.TwoHours, At: in(70)}, {Stage: policy.AtDeadline, At: in(72)},
		}},
		{"of 24 hours, where half time comes with twelve hours left", start, 24, []policy.Reminder{
			{Stage: policy.HalfTime, At: in(12)}, {Stage: policy.TwelveHours, At: in(12)}, {Stage: policy.QuarterLeft, At: in(18)},
			{Stage: policy.TwoHours, At: in(22)}, {Stage: policy.AtDeadline, At: in(24)},
		}},
		{"that became known late", in(56), 72, []policy.Reminder{
			{Stage: policy.TwelveHours, At: in(60)}, {Stage: policy.TwoHours, At: in(70)}, {Stage: policy.AtDeadline, At: in(72)},
		}},
		{"that became known when it was over", in(80), 72, []policy.Reminder{{Stage: policy.AtDeadline, At: in(72)}}},
		{"shorter than two hours", start, 1, []policy.Reminder{
			{Stage: policy.HalfTime, At: in(0.5)}, {Stage: policy.QuarterLeft, At: in(0.75)}, {Stage: policy.AtDeadline, At: in(1)},
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, policy.Reminders(start, test.opened, in(test.hours))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRemindersOfAnyClock(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 1<<40).Draw(t, "start")) * time.Microsecond)
		due := start.Add(time.Duration(rapid.Int64Range(1, 2000).Draw(t, "hours")) * time.Hour)
		opened := start.Add(time.Duration(rapid.Int64Range(0, 3000).Draw(t, "opened")) * time.Hour)
		all := policy.Reminders(start, opened, due)
		if len(all) == 0 || all[len(all)-1] != (policy.Reminder{Stage: policy.AtDeadline, At: due}) {
			t.Fatalf("the last one is not at the deadline: %v", all)
		}
		for i, r := range all {
			if r.At.Before(start) || r.At.After(due) || i > 0 && r.At.Before(all[i-1].At) {
				t.Fatalf("out of order: %v", all)
			}
			if r.Stage != policy.AtDeadline && !r.At.After(opened) {
				t.Fatalf("%s comes before the clock was known", r.Stage)
			}
		}
	})
}

func TestNextReminder(t *testing.T) {
	due := at(t, "2026-11-23 12:00")
	tests := []struct {
		name   string
		stage  policy.Stage
		passed time.Time
		want   policy.Reminder
	}{
		{"a day after the deadline", policy.AtDeadline, due, policy.Reminder{Stage: policy.Overdue, At: due.Add(24 * time.Hour)}},
		{"every day after", policy.Overdue, due.Add(time.Hour), policy.Reminder{Stage: policy.Overdue, At: due.Add(24 * time.Hour)}},
		{"not for each of the days that have passed", policy.Overdue, due.Add(7*24*time.Hour + time.Hour),
			policy.Reminder{Stage: policy.Overdue, At: due.Add(8 * 24 * time.Hour)}},
		{"every day without a deadline", policy.Daily, due, policy.Reminder{Stage: policy.Daily, At: due.Add(24 * time.Hour)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, policy.NextReminder(test.stage, due, test.passed)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestRemindedGrowsWhileNobodyActs(t *testing.T) {
	s := step(t, "gdpr-33-1")
	for _, test := range []struct {
		stage      policy.Stage
		unanswered int
		want       []policy.Role
	}{
		{policy.HalfTime, 0, []policy.Role{policy.CISO}},
		{policy.Daily, 0, []policy.Role{policy.CISO}},
		{policy.QuarterLeft, 1, []policy.Role{policy.CISO, policy.DPO}},
		{policy.QuarterLeft, 0, []policy.Role{policy.CISO}}, // somebody has acted since the one before
		{policy.TwoHours, 3, s.Roles},
		{policy.Daily, 17, s.Roles},
		{policy.AtDeadline, 0, s.Roles},
		{policy.Overdue, 0, s.Roles},
	} {
		if diff := cmp.Diff(test.want, s.Reminded(test.stage, test.unanswered)); diff != "" {
			t.Errorf("%s, %d unanswered (-want +got):\n%s", test.stage, test.unanswered, diff)
		}
	}
}

func TestEscalations(t *testing.T) {
	holiday := func(day time.Time) bool { return day.Month() == time.December && day.Day() >= 24 && day.Day() <= 26 }
	waits := policy.DefaultWaits()
	tests := []struct {
		name     string
		severity policy.Severity
		reported string
		want     []string
	}{
		{"serious: a quarter each, also on Christmas night", policy.Serious, "2026-12-24 23:50",
			[]string{"2026-12-25 00:05", "2026-12-25 00:20", "2026-12-25 00:35"}},
		{"considerable: an hour each", policy.Significant, "2026-11-27 17:30", []string{"2026-11-27 18:30", "2026-11-27 19:30", "2026-11-27 20:30"}},
		{"moderate: the next working days at ten", policy.Moderate, "2026-12-23 15:00",
			[]string{"2026-12-28 10:00", "2026-12-29 10:00", "2026-12-30 10:00"}},
		{"low: three working days each", policy.Low, "2026-11-26 15:00", []string{"2026-12-01 10:00", "2026-12-04 10:00", "2026-12-09 10:00"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, moment := range waits.Escalations(test.severity, at(t, test.reported), stockholm(t), holiday) {
				got = append(got, moment.In(stockholm(t)).Format("2006-01-02 15:04"))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestProposeSignificant(t *testing.T) {
	discovered := at(t, "2026-11-23 08:00")
	base := policy.SignificanceInput{Discovered: discovered, Now: discovered.Add(5 * time.Hour), Severity: policy.Moderate}
	tests := []struct {
		name   string
		change func(*policy.SignificanceInput)
		want   []policy.SignificanceReason
	}{
		{"nothing", func(*policy.SignificanceInput) {}, nil},
		{"out of reach for more than four hours", func(in *policy.SignificanceInput) {
			in.Aspects, in.Ongoing = policy.Availability, policy.Yes
		}, []policy.SignificanceReason{policy.LongOutage}},
		{"out of reach for four", func(in *policy.SignificanceInput) {
			in.Aspects, in.Ongoing, in.Now = policy.Availability, policy.Yes, discovered.Add(4*time.Hour)
		}, nil},
		{"personal data of 500", func(in *policy.SignificanceInput) { in.Persons, in.PersonalData = 500, policy.Yes },
			[]policy.SignificanceReason{policy.ManyProtected}},
		{"of 499", func(in *policy.SignificanceInput) { in.Persons, in.PersonalData = 499, policy.Yes }, nil},
		{"the same again", func(in *policy.SignificanceInput) { in.Similar = 1 }, []policy.SignificanceReason{policy.SameCauseAgain}},
		{"serious", func(in *policy.SignificanceInput) { in.Severity = policy.Serious }, []policy.SignificanceReason{policy.SeriousSeverity}},
		{"a near miss, whatever else", func(in *policy.SignificanceInput) { in.Severity, in.NearMiss = policy.Serious, true }, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			in := base
			test.change(&in)
			if diff := cmp.Diff(test.want, policy.DefaultThresholds().ProposeSignificant(in)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}
