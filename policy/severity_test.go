package policy_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func TestAssess(t *testing.T) {
	levels := &policy.Levels{Confidentiality: 3, Integrity: 2, Availability: 1, Traceability: 0}
	tests := []struct {
		name    string
		in      policy.SeverityInput
		want    policy.Severity
		reasons []policy.SeverityReason
	}{
		{"starts from the highest level among the harmed aspects",
			policy.SeverityInput{Levels: levels, Aspects: policy.Integrity | policy.Availability}, policy.Moderate,
			[]policy.SeverityReason{{Code: "class_level", Level: 2, Aspect: "R"}}},
		{"names the first of equal aspects",
			policy.SeverityInput{Levels: &policy.Levels{Integrity: 2, Availability: 2}, Aspects: policy.Integrity | policy.Availability},
			policy.Moderate, []policy.SeverityReason{{Code: "class_level", Level: 2, Aspect: "R"}}},
		{"counts every aspect when nobody knows which are harmed",
			policy.SeverityInput{Levels: levels}, policy.Significant,
			[]policy.SeverityReason{{Code: "aspects_unknown", Level: 3, Aspect: "K"}}},
		{"starts from two when the system is not classified, and says so",
			policy.SeverityInput{Aspects: policy.Confidentiality}, policy.Moderate,
			[]policy.SeverityReason{{Code: "unclassified", Level: 2}}},
		{"is raised by 500 persons",
			policy.SeverityInput{Persons: 500}, policy.Significant,
			[]policy.SeverityReason{{Code: "unclassified", Level: 2}, {Code: "many_persons", Persons: 500}, {Code: "raised"}}},
		{"is not raised by 499 persons",
			policy.SeverityInput{Persons: 499}, policy.Moderate,
			[]policy.SeverityReason{{Code: "unclassified", Level: 2}}},
		{"is raised once however many reasons there are",
			policy.SeverityInput{Levels: levels, Aspects: policy.Availability, Persons: 9000, SensitiveData: true, Ongoing: policy.Yes},
			policy.Moderate,
			[]policy.SeverityReason{{Code: "class_level", Level: 1, Aspect: "T"}, {Code: "many_persons", Persons: 9000},
				{Code: "sensitive"}, {Code: "spreading"}, {Code: "raised"}}},
		{"is not raised when nobody knows whether it goes on",
			policy.SeverityInput{Ongoing: policy.Unknown}, policy.Moderate,
			[]policy.SeverityReason{{Code: "unclassified", Level: 2}}},
		{"is lowered by a near miss",
			policy.SeverityInput{Levels: levels, Aspects: policy.Confidentiality, NearMiss: true}, policy.Moderate,
			[]policy.SeverityReason{{Code: "class_level", Level: 3, Aspect: "K"}, {Code: "near_miss"}}},
		{"is never below one",
			policy.SeverityInput{Levels: levels, Aspects: policy.Traceability, NearMiss: true}, policy.Low,
			[]policy.SeverityReason{{Code: "class_level", Aspect: "S"}, {Code: "near_miss"}, {Code: "bounded", Level: 1}}},
		{"is four at most: the highest class and a reason to raise it",
			policy.SeverityInput{Levels: levels, Aspects: policy.Confidentiality, SensitiveData: true}, policy.Serious,
			[]policy.SeverityReason{{Code: "class_level", Level: 3, Aspect: "K"}, {Code: "sensitive"}, {Code: "raised"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, reasons := policy.Assess(test.in)
			if got != test.want {
				t.Errorf("severity %d, want %d", got, test.want)
			}
			if d := cmp.Diff(test.reasons, reasons); d != "" {
				t.Errorf("reasons (-want +got):\n%s", d)
			}
		})
	}
}

// severityInput draws anything that the register can hold, and class levels beyond the scale.
func severityInput(t *rapid.T) policy.SeverityInput {
	in := policy.SeverityInput{
		Aspects:       policy.Aspects(rapid.IntRange(0, 15).Draw(t, "aspects")),
		Persons:       rapid.IntRange(0, 2000).Draw(t, "persons"),
		SensitiveData: rapid.Bool().Draw(t, "sensitive"),
		NearMiss:      rapid.Bool().Draw(t, "near miss"),
		Ongoing:       rapid.SampledFrom([]policy.Answer{"", policy.Yes, policy.No, policy.Unknown}).Draw(t, "ongoing"),
	}
	if rapid.Bool().Draw(t, "classified") {
		level := rapid.IntRange(0, 4)
		in.Levels = &policy.Levels{Confidentiality: level.Draw(t, "K"), Integrity: level.Draw(t, "R"),
			Availability: level.Draw(t, "T"), Traceability: level.Draw(t, "S")}
	}
	return in
}

func TestSeverityKeepsToItsScaleAndListsItsReasons(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, reasons := policy.Assess(severityInput(t))
		if !s.Valid() {
			t.Fatalf("severity %d", s)
		}
		for _, r := range reasons {
			if !slices.Contains(policy.SeverityReasonCodes(), r.Code) {
				t.Fatalf("code %q is not listed", r.Code)
			}
		}
	})
}

func TestSeverityRisesByAtMostOneWhenMattersGetWorse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := severityInput(t)
		before, _ := policy.Assess(in)
		worse := in
		switch rapid.IntRange(0, 3).Draw(t, "what gets worse") {
		case 0:
			worse.Persons += policy.ManyPersons
		case 1:
			worse.SensitiveData = true
		case 2:
			worse.Ongoing = policy.Yes
		case 3:
			worse.NearMiss = false
		}
		if after, _ := policy.Assess(worse); after < before || after > before+1 {
			t.Fatalf("severity went from %d to %d", before, after)
		}
	})
}
