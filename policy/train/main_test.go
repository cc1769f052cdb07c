package main

import (
	"os"
	"testing"

	"tyreso.se/incidentbot/policy"
)

// corpusSize is how many reports the corpus has at least, and how many of each category.
const (
	corpusSize = 1500
	ofCategory = 100
)

func corpus(t *testing.T) []policy.Example {
	t.Helper()
	examples, err := readCorpus("../corpus")
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

func TestCorpusHasEnoughOfEverything(t *testing.T) {
	seen, of := map[string]bool{}, map[policy.Category]int{}
	for _, e := range corpus(t) {
		if seen[e.Text] {
			t.Errorf("%q stands there twice", e.Text)
		}
		seen[e.Text] = true
		of[e.Category]++
		if !e.Judged {
			t.Errorf("%q has no aspects", e.Text)
		}
	}
	if len(seen) < corpusSize {
		t.Errorf("%d reports, want at least %d", len(seen), corpusSize)
	}
	for _, c := range policy.Categories() {
		if of[c] < ofCategory {
			t.Errorf("%d reports of %s, want at least %d", of[c], c, ofCategory)
		}
	}
}

// The model that is embedded is the one that the corpus leads to. A processor that fuses multiplying and adding may round a weight in the
// last place otherwise than the one that the model was made on.
func TestModelIsMadeOfTheCorpus(t *testing.T) {
	want := policy.Train(corpus(t), policy.NewClassifier().Calibration())
	got, err := os.ReadFile("../model.bin")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != len(want) {
		t.Fatalf("the model has %d bytes, the corpus leads to %d: run go generate ./policy", len(got), len(want))
	}
	const few = 100 // bytes
	differ := 0
	for i := range got {
		if got[i] != want[i] {
			differ++
		}
	}
	if differ > few {
		t.Errorf("%d bytes of the model differ from what the corpus leads to: run go generate ./policy", differ)
	}
}
