package policy

import (
	"math"
	"strings"
)

// feature is something that can be seen in a report, by the row of the model that weighs it, and how much of it there is.
type feature struct {
	row   uint32
	value float32
	word  int // that it was seen in, by its place; noWord when in none
}

const noWord = -1

// modelRows is how many rows a model has. Features share rows by their hash: with this many, a report's few hundred features seldom
// meet those of others that mean something else.
const (
	modelRows = 1 << modelBits
	modelBits = 16
)

// What the groups of features count for, against each other. Each group has the same length in all reports, so that a long one does
// not outweigh its signs.
const (
	weightOfWords  = 1.6
	weightOfPairs  = 0.9
	weightOfGrams  = 1.3
	weightOfSign   = 0.5  // for each point of a topic's score
	mostOfSigns    = 8.0  // points of a topic that count
	shortestGram   = 3    // letters
	longestGram    = 5    // letters
	longestGrammed = 24   // letters of a word that are looked at
	negatedWithin  = 3    // words
	firstOfPart    = 4    // letters of a compound's shortest part
	lengthStep     = 0.35 // for each doubling of the number of words
)

// The kinds of features, so that the same letters as different things have different rows.
const (
	kindWord byte = iota + 1
	kindNegated
	kindPair
	kindGram
	kindSign
	kindNoSign
	kindLength
	kindBeginning
)

// hash is FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/), over what is put into it.
type hash uint32

func (h hash) byte(b byte) hash { return (h ^ hash(b)) * 16777619 }

// language keeps the words of the languages apart.
func (h hash) language(l language) hash { return h.byte("se"[l]) }

func (h hash) text(s string) hash {
	for i := range len(s) {
		h = h.byte(s[i])
	}
	return h
}

func (h hash) row() uint32 { return uint32(h^h>>modelBits) & (modelRows - 1) }

func begin(kind byte) hash { return hash(2166136261).byte(kind) }

// hashOf stands for a word among those that are known: a model holds no words that somebody has written.
func hashOf(word string) hash { return begin(kindWord).text(word) }

// features are what the model weighs in a report: its words by their stems, the parts of compounds, what is denied, pairs of words that
// stand beside each other, the letters of words, and the signs that were found. known tells the words that compounds may be made of.
func features(parts []word, l language, found []evidence, known map[hash]bool) []feature {
	all := make([]feature, 0, 24*len(parts)+len(categories))
	all = wordFeatures(all, parts, l, known)
	all = pairFeatures(all, parts, l)
	all = gramFeatures(all, parts)
	return signFeatures(all, found, len(parts))
}

// even gives all features from one place on the same value, so that together they have the length weight.
func even(all []feature, from int, weight float64) []feature {
	value := float32(weight / math.Sqrt(float64(max(len(all)-from, 1))))
	for i := range all[from:] {
		all[from+i].value = value
	}
	return all
}

func wordFeatures(all []feature, parts []word, l language, known map[hash]bool) []feature {
	from, deniedTo, sentence := len(all), -1, 0
	for i, w := range parts {
		if w.sentence != sentence {
			sentence, deniedTo = w.sentence, -1
		}
		all = append(all, feature{begin(kindWord).language(l).text(w.stem).row(), 0, i})
		if first, last := compound(w, known); last != "" {
			all = append(all,
				feature{begin(kindWord).language(l).text(first).row(), 0, i},
				feature{begin(kindWord).language(l).text(last).row(), 0, i})
		}
		switch {
		case negators[l][w.folded]:
			deniedTo = i + negatedWithin
		case i <= deniedTo:
			all = append(all, feature{begin(kindNegated).language(l).text(w.stem).row(), 0, i})
		}
	}
	return even(all, from, weightOfWords)
}

// compound takes a compound of two known words apart: elevlista is elev and lista. Between them an s may stand. The longest last part
// wins; both are "" when the word is none.
func compound(w word, known map[hash]bool) (first, last string) {
	if len(w.stem) < 2*firstOfPart {
		return "", ""
	}
	for at := firstOfPart; at <= len(w.stem)-firstOfPart; at++ {
		if !known[hashOf(w.stem[at:])] {
			continue
		}
		for _, head := range [...]string{w.stem[:at], strings.TrimSuffix(w.stem[:at], "s")} {
			if known[hashOf(head)] {
				return head, w.stem[at:]
			}
		}
	}
	return "", ""
}

func pairFeatures(all []feature, parts []word, l language) []feature {
	from := len(all)
	for i := range parts {
		if i > 0 && parts[i].sentence == parts[i-1].sentence {
			all = append(all, feature{begin(kindPair).language(l).text(parts[i-1].stem).byte(' ').text(parts[i].stem).row(), 0, i})
		}
	}
	return even(all, from, weightOfPairs)
}

// gramFeatures are the runs of letters of the longer words, with their ends marked: they see through endings, compounds and slips.
func gramFeatures(all []feature, parts []word) []feature {
	from := len(all)
	for i, w := range parts {
		letters := w.folded[:min(len(w.folded), longestGrammed)]
		for at := -1; at < len(letters); at++ { // -1 is the mark before the word, len(letters) the one after it
			h := begin(kindGram)
			for n := 1; n <= longestGram && at+n <= len(letters)+1; n++ {
				h = h.byte(letterAt(letters, at+n-1))
				if n >= shortestGram {
					all = append(all, feature{h.row(), 0, i})
				}
			}
		}
	}
	return even(all, from, weightOfGrams)
}

func letterAt(letters string, i int) byte {
	if i < 0 || i >= len(letters) {
		return ' '
	}
	return letters[i]
}

func signFeatures(all []feature, found []evidence, length int) []feature {
	before := len(all)
	for from := 0; from < len(found); {
		to, points := from, 0.0
		for to < len(found) && found[to].topic == found[from].topic {
			points += found[to].weight
			to++
		}
		all = append(all, feature{
			begin(kindSign).text(string(found[from].topic)).row(), float32(weightOfSign * min(points, mostOfSigns)), noWord,
		})
		from = to
	}
	if len(all) == before {
		all = append(all, feature{begin(kindNoSign).row(), 1, noWord})
	}
	return append(all, feature{begin(kindLength).row(), float32(lengthStep * math.Log2(float64(length+1))), noWord})
}
