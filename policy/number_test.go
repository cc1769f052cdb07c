package policy_test

import (
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func TestIncidentNumberHasFourDigitsOrMore(t *testing.T) {
	for _, test := range []struct {
		year, n int
		want    string
	}{
		{2026, 42, "INC-2026-0042"},
		{2026, 1, "INC-2026-0001"},
		{2027, 12345, "INC-2027-12345"},
	} {
		if got := policy.IncidentNumber(test.year, test.n); got != test.want {
			t.Errorf("IncidentNumber(%d, %d) = %q, want %q", test.year, test.n, got, test.want)
		}
	}
}

func TestParseIncidentNumber(t *testing.T) {
	for _, test := range []struct {
		in      string
		year, n int
		ok      bool
	}{
		{"INC-2026-0042", 2026, 42, true},
		{" inc-2026-42\n", 2026, 42, true},
		{"Inc-2026-12345", 2026, 12345, true},
		{"", 0, 0, false},
		{"INC-2026", 0, 0, false},
		{"INC-26-0042", 0, 0, false},
		{"INC-2026-0000", 0, 0, false},
		{"INC-2026-+042", 0, 0, false},
		{"INC-2026--042", 0, 0, false},
		{"INC-2026-", 0, 0, false},
		{"INC-2026-0042-1", 0, 0, false},
		{"INC-2026-99999999999999999999", 0, 0, false},
		{"ÄRENDE-2026-0042", 0, 0, false},
	} {
		year, n, ok := policy.ParseIncidentNumber(test.in)
		if year != test.year || n != test.n || ok != test.ok {
			t.Errorf("ParseIncidentNumber(%q) = %d, %d, %v; want %d, %d, %v", test.in, year, n, ok, test.year, test.n, test.ok)
		}
	}
}

func TestIncidentNumberReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year, n := rapid.IntRange(1, 9999).Draw(t, "year"), rapid.IntRange(1, 1<<40).Draw(t, "n")
		gotYear, gotN, ok := policy.ParseIncidentNumber(policy.IncidentNumber(year, n))
		if gotYear != year || gotN != n || !ok {
			t.Fatalf("read back %d, %d, %v", gotYear, gotN, ok)
		}
	})
}
