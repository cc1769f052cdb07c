package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
)

// manyStaff is a staff list of n people.
func manyStaff(n int) string {
	var b strings.Builder
	b.WriteString(staffHeader)
	for i := range n {
		b.WriteString("p" + strings.Repeat("i", i) + "@example.org,Person,Enhet,employee,,2020-01-02,sv\n")
	}
	return b.String()
}

func bringStaff(t *testing.T, s *store.Store, content string, confirm bool) (string, error) {
	t.Helper()
	people, err := parseStaff([]byte(content))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = importStaffCommand{ConfirmRemovals: confirm}.bring(t.Context(), s, people, &out)
	return out.String(), err
}

func TestAStaffListThatWasCutOffAsksFirst(t *testing.T) {
	s := storetest.SQLite(t)
	if _, err := bringStaff(t, s, manyStaff(20), false); err != nil {
		t.Fatal(err)
	}
	if _, err := bringStaff(t, s, manyStaff(18), false); err != nil {
		t.Errorf("one in ten may leave: %v", err)
	}
	shown, err := bringStaff(t, s, manyStaff(16), false)
	if err == nil || !strings.Contains(err.Error(), "2 of 18 people would leave") || !strings.Contains(shown, "- p") {
		t.Errorf("it is told %q: %v", shown, err)
	}
	active := func() (n int) {
		people, err := s.People(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range people {
			if p.Active {
				n++
			}
		}
		return n
	}
	differs(t, "in use", active(), 18)
	if _, err := bringStaff(t, s, manyStaff(16), true); err != nil {
		t.Error(err)
	}
	differs(t, "in use when confirmed", active(), 16)
}

func TestLinesThatAreWrongAreSkippedWhenAskedFor(t *testing.T) {
	content := []byte(manyStaff(2) + "x,X,Enhet,employee,,,sv\ntoo,few\n" + "b@example.org,Bo,Enhet,employee,,,sv\n")
	people, err := parseStaff(content)
	tells(t, err, "line 4: email", "wrong number of fields")
	differs(t, "people of the other lines", len(people), 3)
	if err := (skipBad{}).judge("staff.csv", err); err == nil || !strings.Contains(err.Error(), "nothing was imported") {
		t.Errorf("not asked for: %v", err)
	}
	if err := (skipBad{SkipBad: true}).judge("staff.csv", err); err != nil {
		t.Errorf("asked for: %v", err)
	}
	_, err = parseStaff([]byte("email,name\n"))
	if err := (skipBad{SkipBad: true}).judge("staff.csv", err); err == nil {
		t.Error("a file without its columns is not refused")
	}
	_, err = parseStaff([]byte(staffHeader + "maja@example.org,Maja Sj\xf6,x,employee,,,sv\n"))
	tells(t, err, "line 2: this is not UTF-8")
}

func TestParseCompletions(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	people := map[string]int64{"maja@example.org": 1}
	const header = "email;course;completed_on\r\n"
	got, err := parseCompletions([]byte("\ufeff"+header+"MAJA@example.org;grund;2026-11-02\r\n"), people, []string{"grund"}, now)
	if err != nil {
		t.Fatal(err)
	}
	differs(t, "completions", got, []store.Completion{{PersonID: 1, Course: "grund", CompletedOn: "2026-11-02"}})
	for name, test := range map[string]struct{ line, want string }{
		"who is not in the staff list": {"bo@example.org;grund;2026-11-02", `line 2: email: "bo@example.org" is not in the staff list`},
		"an unknown course":            {"maja@example.org;grnd;2026-11-02", `line 2: course: "grnd" is none of grund`},
		"a month that is none":         {"maja@example.org;grund;2026-13-07", `line 2: completed_on: "2026-13-07" is no date`},
		"no day":                       {"maja@example.org;grund;", "line 2: completed_on: it is empty"},
		"a day that is to come":        {"maja@example.org;grund;2026-12-01", `line 2: completed_on: "2026-12-01" has not come yet`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := parseCompletions([]byte(header+test.line+"\r\n"), people, []string{"grund"}, now)
			tells(t, err, test.want)
		})
	}
	_, err = parseCompletions([]byte(header+"bo@example.org;grnd;2026-11-02\r\n"), people, []string{"grund"}, now)
	tells(t, err, `line 2: email: "bo@example.org" is not in the staff list`, `line 2: course: "grnd" is none of grund`)
}

func TestNothingOfABadFileOfCompletionsIsApplied(t *testing.T) {
	s := storetest.SQLite(t)
	if _, err := bringStaff(t, s, manyStaff(3), false); err != nil {
		t.Fatal(err)
	}
	courses := []config.Course{{Key: "grund"}}
	bring := func(skip bool, content string) error {
		c := importCompletionsCommand{skipBad: skipBad{SkipBad: skip}, Source: "disa"}
		return c.bring(t.Context(), s, []byte("email,course,completed_on\n"+content), courses)
	}
	count := func() int {
		got, err := s.Completions(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		return len(got)
	}
	const good, bad = "p@example.org,grund,2025-01-02\n", "q@example.org,grund,2025-01-02\n"
	tells(t, bring(false, good+bad), "nothing was imported", "line 3: email")
	differs(t, "completions", count(), 0)
	for range 2 {
		if err := bring(true, good+bad); err != nil {
			t.Fatal(err)
		}
		differs(t, "completions", count(), 1)
	}
}
