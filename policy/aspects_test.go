package policy_test

import (
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func TestAspectsReadBackWhatTheyWrote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := policy.Aspects(rapid.IntRange(0, 15).Draw(t, "aspects"))
		got, err := policy.ParseAspects(a.String())
		if err != nil || got != a {
			t.Fatalf("ParseAspects(%q) = %v, %v", a, got, err)
		}
	})
}

func TestParseAspectsRefusesAnUnknownInitial(t *testing.T) {
	if got, err := policy.ParseAspects("KX"); err == nil {
		t.Errorf("ParseAspects(KX) = %v, want an error", got)
	}
}
