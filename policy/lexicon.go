package policy

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Signs are written in a small language of their own, so that a table of them can be read:
//
//	word        a word with the same stem: "mapp" finds mappen and mapparna
//	word*       a word that begins so, as first part of a compound or with any ending: "glöm*" finds glömde
//	*word       a word whose stem ends so, as last part of a compound: "*stöld" finds datorstölden
//	*word*      either
//	a|b         a or b
//	<class>     any of the words of a class, see swedishClasses and englishClasses
//	a b         b after a, at most one word between
//	a .. b      b after a, at most six words between
//	a + b       a and b in either order, at most eleven words between
//
// All words of a sign stand in the same sentence. Signs of a table cell are divided by semicolons.

// How far apart two words of a sign may stand, in words.
const (
	closeBy = 2
	further = 7
	around  = 12
)

// The lengths, in bytes, between which parts of compounds are looked for.
const (
	shortestPart = 3
	longestPart  = 16
)

// shortestMistyped is the length in bytes from which a stem is found in spite of one typing error. Shorter ones are too
// often another word.
const shortestMistyped = 7

// topic is what a sign speaks for: a category, or something else that the suggestion tells.
type topic string

// signRow is a row of the tables of signs: signs of the same weight for the same topic. Weights run from 1, a hint, to 4,
// which settles the matter alone.
type signRow struct {
	topic  topic
	weight float64
	signs  string
}

// element is the number of one place of a sign, such as "skick*|mejl*": signs that share a place share its number.
type element int

// place is an element of a sign and where it may stand: so many words after the one before it, or around the first.
type place struct {
	element element
	within  int
	before  bool // may stand before the first word too
}

// sign is one sign, ready to be looked for.
type sign struct {
	topic   topic
	weight  float64
	places  []place
	negated bool // a negation is part of it
}

// lexicon holds the signs of a language. It does not change once it is made.
type lexicon struct {
	language language
	signs    []sign
	first    [][]int // element: the signs that it begins
	stems    map[string][]element
	prefixes map[string][]element
	suffixes map[string][]element
	mistyped map[typingKey][]string // stems that are long enough, by what a typing error leaves as it is
}

// typingKey is the first letter and the length of a stem.
type typingKey struct {
	letter byte
	length int
}

// newLexicon reads tables of signs. It panics on a table that is malformed, as these are part of the program.
func newLexicon(l language, classes map[string]string, tables ...[]signRow) *lexicon {
	x := &lexicon{
		language: l,
		stems:    map[string][]element{}, prefixes: map[string][]element{}, suffixes: map[string][]element{},
		mistyped: map[typingKey][]string{},
	}
	stem := newStemmer(l)
	numbers := map[string]element{}
	for _, table := range tables {
		for _, row := range table {
			for written := range strings.SplitSeq(row.signs, ";") {
				s := sign{topic: row.topic, weight: row.weight}
				next := place{}
				for part := range strings.FieldsSeq(written) {
					switch part {
					case "..":
						next.within = further
						continue
					case "+":
						next.within, next.before = around, true
						continue
					}
					next.element = x.element(part, classes, numbers, stem)
					s.places = append(s.places, next)
					s.negated = s.negated || part == "<not>"
					next = place{within: closeBy}
				}
				if len(s.places) == 0 {
					panic(fmt.Sprintf("policy: empty sign among %q", row.signs))
				}
				first := s.places[0].element
				x.first[first] = append(x.first[first], len(x.signs))
				x.signs = append(x.signs, s)
			}
		}
	}
	for _, s := range slices.Sorted(maps.Keys(x.stems)) { // so that one that is near two others is always taken for the same
		if len(s) >= shortestMistyped {
			key := typingKey{s[0], len(s)}
			x.mistyped[key] = append(x.mistyped[key], s)
		}
	}
	return x
}

// element returns the number of what is written at one place of a sign, and enters its words when it is new.
func (x *lexicon) element(written string, classes map[string]string, numbers map[string]element, stem *stemmer) element {
	if known, ok := numbers[written]; ok {
		return known
	}
	e := element(len(x.first))
	numbers[written] = e
	x.first = append(x.first, nil)
	for term := range strings.SplitSeq(written, "|") {
		if strings.HasPrefix(term, "<") {
			words, ok := classes[term]
			if !ok {
				panic(fmt.Sprintf("policy: no class %s", term))
			}
			for word := range strings.FieldsSeq(words) {
				x.enter(word, e, stem)
			}
			continue
		}
		x.enter(term, e, stem)
	}
	return e
}

// enter makes a word, perhaps with asterisks, lead to an element.
func (x *lexicon) enter(term string, e element, stem *stemmer) {
	folded := strings.Map(fold, strings.ReplaceAll(strings.Trim(term, "*"), "-", ""))
	begins, ends := strings.HasSuffix(term, "*"), strings.HasPrefix(term, "*")
	if !begins || ends {
		folded = stem.of(folded)
	}
	if folded == "" || (begins || ends) && len(folded) < shortestPart {
		panic(fmt.Sprintf("policy: term %q is too short", term))
	}
	if begins {
		x.prefixes[folded] = append(x.prefixes[folded], e)
	}
	if ends {
		x.suffixes[folded] = append(x.suffixes[folded], e)
	}
	if !begins {
		x.stems[folded] = append(x.stems[folded], e)
	}
}

// lookUp appends to found the elements that a word is an instance of.
func (x *lexicon) lookUp(folded, stem string, found []element) []element {
	before := len(found)
	found = append(found, x.stems[stem]...)
	for n := shortestPart; n <= min(len(folded), longestPart); n++ {
		found = append(found, x.prefixes[folded[:n]]...)
	}
	for n := shortestPart; n <= min(len(stem)-1, longestPart); n++ {
		found = append(found, x.suffixes[stem[len(stem)-n:]]...)
	}
	if len(found) > before || len(stem) < shortestMistyped {
		return found
	}
	for length := len(stem) - 1; length <= len(stem)+1; length++ {
		for _, candidate := range x.mistyped[typingKey{stem[0], length}] {
			if oneSlip(stem, candidate) {
				return append(found, x.stems[candidate]...)
			}
		}
	}
	return found
}

// oneSlip tells whether a and b differ by one letter left out, added, exchanged or swapped with its neighbour. Their
// lengths differ by at most one.
func oneSlip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	if i == len(a) {
		return true
	}
	return a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
}

// longestSign is how many places a sign has at most.
const longestSign = 5

// hit is a sign found in a text.
type hit struct {
	sign    *sign
	at      [longestSign]int // the words that it was found in, len(sign.places) of them
	negated bool             // taken back by a word before it or in it
}

// find returns the signs that stand in a text whose words have their stems, each once, where it stands first without being taken back.
func (x *lexicon) find(text []word) []hit {
	spans := make([]int, len(text)+1) // the elements of word i are elements[spans[i]:spans[i+1]]
	elements := make([]element, 0, 4*len(text))
	for i, w := range text {
		elements = x.lookUp(w.folded, w.stem, elements)
		spans[i+1] = len(elements)
	}
	var hits []hit
	seen := make(map[int]int) // sign: its place in hits
	for i := range text {
		for _, e := range elements[spans[i]:spans[i+1]] {
			for _, number := range x.first[e] {
				before, known := seen[number]
				if known && !hits[before].negated {
					continue
				}
				h := hit{sign: &x.signs[number]}
				if !h.matchAt(i, text, elements, spans) {
					continue
				}
				h.negated = !h.sign.negated && x.takenBack(text, h.at[:len(h.sign.places)])
				if known {
					hits[before] = h
					continue
				}
				seen[number] = len(hits)
				hits = append(hits, h)
			}
		}
	}
	return hits
}

// matchAt looks for the sign from its first word on, and notes where its words stand.
func (h *hit) matchAt(first int, text []word, elements []element, spans []int) bool {
	h.at[0] = first
	previous := first
	for n, p := range h.sign.places[1:] {
		from, to := previous+1, previous+p.within
		if p.before {
			from, to = first-p.within, first+p.within
		}
		place := -1
		for i := max(from, 0); i <= min(to, len(text)-1) && place < 0; i++ {
			if text[i].sentence != text[first].sentence || taken(i, h.at[:n+1]) {
				continue
			}
			for _, e := range elements[spans[i]:spans[i+1]] {
				if e == p.element {
					place = i
					break
				}
			}
		}
		if place < 0 {
			return false
		}
		h.at[n+1] = place
		previous = place
	}
	return true
}

func taken(i int, at []int) bool {
	for _, a := range at {
		if a == i {
			return true
		}
	}
	return false
}

// takenBack tells whether a negation stands just before the words at or among them.
func (x *lexicon) takenBack(text []word, at []int) bool {
	const reach = 2
	first, last := at[0], at[0]
	for _, i := range at {
		first, last = min(first, i), max(last, i)
	}
	for i := max(first-reach, 0); i < last; i++ {
		if text[i].sentence == text[first].sentence && negators[x.language][text[i].folded] {
			return true
		}
	}
	return false
}
