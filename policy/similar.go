package policy

import "math"

// How like each other two reports must be to be taken for reports of one event. The figure was chosen on reports of policy/corpus: see the
// test.
const (
	similarTexts = 0.5
	rareLength   = 4 // letters of a stem that says something of what a text is about
)

// Fingerprint is what a text is about, to be compared with others: the stems of its words that are neither short nor everywhere.
type Fingerprint map[string]float64

// NewFingerprint takes the fingerprint of a text.
func NewFingerprint(text string) Fingerprint {
	found := words(text)
	l := languageOf(found)
	stems(found, l)
	f := Fingerprint{}
	for _, w := range found {
		if len(w.stem) >= rareLength && !functionWords[l][w.folded] && !negators[l][w.folded] {
			f[w.stem]++
		}
	}
	for stem, n := range f {
		f[stem] = 1 + math.Log(n) // a word that is said ten times does not mean ten times as much
	}
	return f
}

// Alike is how much two texts are about the same: from 0, nothing in common, to 1, the same words.
func (f Fingerprint) Alike(g Fingerprint) float64 {
	var common float64
	for stem, weight := range f {
		common += weight * g[stem]
	}
	if length := f.length() * g.length(); length > 0 {
		return common / length
	}
	return 0
}

func (f Fingerprint) length() float64 {
	var sum float64
	for _, weight := range f {
		sum += weight * weight
	}
	return math.Sqrt(sum)
}

// Similar tells whether two reports may be of one event: their texts are alike, or they are of one kind in one system. Systems are told
// apart by their ids, 0 for none.
func Similar(a, b SimilarInput) bool {
	sameSystem := a.System != 0 && a.System == b.System
	return sameSystem && a.Category == b.Category || a.Text.Alike(b.Text) >= similarTexts
}

// SimilarInput is what of a report Similar looks at.
type SimilarInput struct {
	Text     Fingerprint
	Category Category
	System   int64
}
