package policy_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func TestAnonymiseAt(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		closed string
		months int
		want   string
	}{
		"two years":                       {"2026-11-23T14:05:00+01:00", 24, "2028-11-24T00:00:00+01:00"},
		"a month that is too short":       {"2027-01-31T08:00:00+01:00", 1, "2027-03-01T00:00:00+01:00"},
		"a leap day":                      {"2027-08-31T08:00:00+02:00", 6, "2028-03-01T00:00:00+01:00"},
		"from winter to summer time":      {"2026-12-24T23:59:59+01:00", 6, "2027-06-25T00:00:00+02:00"},
		"the day is that of Stockholm":    {"2026-11-23T23:30:00Z", 1, "2026-12-25T00:00:00+01:00"},
		"a minute before midnight is one": {"2026-11-23T22:59:00Z", 1, "2026-12-24T00:00:00+01:00"},
	} {
		t.Run(name, func(t *testing.T) {
			closed, _ := time.Parse(time.RFC3339, test.closed)
			want, _ := time.Parse(time.RFC3339, test.want)
			if got := policy.AnonymiseAt(closed, test.months, stockholm); !got.Equal(want) {
				t.Errorf("closed %s, it is anonymised at %s, want %s", test.closed, got.In(stockholm), want)
			}
		})
	}
	t.Run("what was closed first is never due later", func(t *testing.T) {
		rapid.Check(t, func(r *rapid.T) {
			first := time.Unix(rapid.Int64Range(1.7e9, 2e9).Draw(r, "closed"), 0)
			second := first.Add(time.Duration(rapid.Int64Range(0, 5*24*3600).Draw(r, "later")) * time.Second)
			months := rapid.IntRange(1, 120).Draw(r, "months")
			a, b := policy.AnonymiseAt(first, months, stockholm), policy.AnonymiseAt(second, months, stockholm)
			if b.Before(a) || !a.After(first) {
				r.Fatalf("closed %s and %s, they are due at %s and %s", first, second, a, b)
			}
		})
	})
}
