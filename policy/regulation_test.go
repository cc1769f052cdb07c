package policy_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/policy"
)

func TestSettled(t *testing.T) {
	suggested := []policy.Regulation{policy.Cybersecurity, policy.Contract}
	for v, want := range map[policy.Verdict][]policy.Regulation{
		policy.NoBreach:            {policy.Cybersecurity, policy.Contract},
		policy.UnlikelyRisk:        {policy.GDPR, policy.Cybersecurity, policy.Contract},
		policy.HighRisk:            {policy.GDPR, policy.Cybersecurity, policy.Contract},
		policy.NotSignificant:      {policy.Contract},
		policy.SignificantToPublic: {policy.Cybersecurity, policy.Contract},
	} {
		if diff := cmp.Diff(want, policy.Settled(suggested, v)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v, diff)
		}
	}
}
