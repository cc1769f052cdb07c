package policy_test

import (
	"testing"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

func TestSimilar(t *testing.T) {
	for _, test := range []struct {
		name string
		a, b policy.SimilarInput
		want bool
	}{
		{"the same event in other words",
			policy.SimilarInput{Text: policy.NewFingerprint("Lärplattformen ligger nere på Ekskolan, ingen elev kommer in.")},
			policy.SimilarInput{Text: policy.NewFingerprint("Eleverna på Ekskolan kommer inte in på lärplattformen, den ligger nere.")}, true},
		{"the same kind of event somewhere else",
			policy.SimilarInput{Text: policy.NewFingerprint("Ett brev om bygglov gick till fel adress.")},
			policy.SimilarInput{Text: policy.NewFingerprint("Jag mejlade elevlistan till fel vårdnadshavare.")}, false},
		{"another event", policy.SimilarInput{Text: policy.NewFingerprint("Min jobbtelefon är borta.")},
			policy.SimilarInput{Text: policy.NewFingerprint("En kollega delade sitt lösenord.")}, false},
		{"one kind in one system, whatever the words",
			policy.SimilarInput{Text: policy.NewFingerprint("Det hänger sig."), Category: policy.Outage, System: 7},
			policy.SimilarInput{Text: policy.NewFingerprint("Kan inte logga in"), Category: policy.Outage, System: 7}, true},
		{"another kind in one system",
			policy.SimilarInput{Text: policy.NewFingerprint("Det hänger sig."), Category: policy.Outage, System: 7},
			policy.SimilarInput{Text: policy.NewFingerprint("Fel person såg akten"), Category: policy.Misconfiguration, System: 7}, false},
		{"one kind in no system that is known",
			policy.SimilarInput{Text: policy.NewFingerprint("Det hänger sig."), Category: policy.Outage},
			policy.SimilarInput{Text: policy.NewFingerprint("Kan inte skriva ut"), Category: policy.Outage}, false},
		{"no words at all", policy.SimilarInput{Text: policy.NewFingerprint("")}, policy.SimilarInput{Text: policy.NewFingerprint("??")}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := policy.Similar(test.a, test.b); got != test.want {
				t.Errorf("similar is %v (alike %.2f), want %v", got, test.a.Text.Alike(test.b.Text), test.want)
			}
		})
	}
}

func TestAlikeIsBetweenNothingAndTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.SampledFrom([]string{"journal", "telefon", "lösenord", "server", "brevet", "skolan", "och", "inte"}), 0, 12)
		text := func(label string) policy.Fingerprint {
			joined := ""
			for _, w := range words.Draw(t, label) {
				joined += w + " "
			}
			return policy.NewFingerprint(joined)
		}
		a, b := text("a"), text("b")
		const rounding = 1e-9
		if got := a.Alike(b); got < 0 || got > 1+rounding {
			t.Fatalf("alike is %f", got)
		}
		if diff := a.Alike(b) - b.Alike(a); diff > rounding || diff < -rounding {
			t.Fatalf("alike one way and the other differ by %g", diff)
		}
		if got := a.Alike(a); len(a) > 0 && (got < 1-rounding || got > 1+rounding) {
			t.Fatalf("a text and itself are alike by %f", got)
		}
	})
}
