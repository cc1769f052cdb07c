package policy

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/swedish"
)

// language is one that signs are written in.
type language int

const (
	inSwedish language = iota
	inEnglish
)

// functionWords are the words by which the language of a text is told: frequent, and absent from the other language.
var functionWords = [...]map[string]bool{
	inSwedish: set("och att det som en ett jag har vi inte med den till av var hade de han hon fick fran om nagon pa"),
	inEnglish: set("the and of to was were by from that a an with is our we has had it his her their at on"),
}

// negators are the words that take back what stands after them.
var negators = [...]map[string]bool{
	inSwedish: set("inte ej ingen inget inga aldrig icke varken"),
	inEnglish: set("not no none nothing nobody never neither nor didnt wasnt hasnt isnt dont doesnt werent havent without"),
}

func set(words string) map[string]bool {
	s := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		s[w] = true
	}
	return s
}

// word is one word of a text.
type word struct {
	start, end int    // where it stands in the text, in bytes
	folded     string // lower case, without diacritics, hyphens and apostrophes
	stem       string // "" until stems has been called
	sentence   int
}

// words takes a text apart. Words hold letters and digits, and at least one letter; a hyphen or an apostrophe between
// letters belongs to the word. A sentence ends where a line ends, and at a full stop, question or exclamation mark that a
// space follows.
func words(text string) []word {
	found := make([]word, 0, len(text)/5)
	var folded strings.Builder
	folded.Grow(len(text))
	sentence, start, foldedStart, letters := 0, -1, 0, false
	end := func(at int) {
		if start >= 0 && letters {
			found = append(found, word{start: start, end: at, folded: folded.String()[foldedStart:], sentence: sentence})
		}
		start, foldedStart, letters = -1, folded.Len(), false
	}
	for i, size := 0, 0; i < len(text); i += size {
		var r rune
		r, size = utf8.DecodeRuneInString(text[i:])
		next, _ := utf8.DecodeRuneInString(text[i+size:])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if start < 0 {
				start = i
			}
			letters = letters || unicode.IsLetter(r)
			folded.WriteRune(fold(r))
		case start >= 0 && unicode.Is(unicode.Mn, r):
			// A combining mark, as in a decomposed å: folding takes it away.
		case start >= 0 && unicode.IsLetter(next) && strings.ContainsRune("-\u2010\u2011\u00ad'’", r):
			// Inside a word, as in e-post and didn't.
		default:
			end(i)
			if r == '\n' || strings.ContainsRune(".!?", r) && unicode.IsSpace(next) {
				sentence++
			}
		}
	}
	end(len(text))
	return found
}

// fold makes a letter lower case and takes its diacritic away: people leave them out on phones and foreign keyboards.
func fold(r rune) rune {
	r = unicode.ToLower(r)
	switch r {
	case 'å', 'ä', 'à', 'á', 'â', 'æ':
		return 'a'
	case 'ö', 'ø', 'ó', 'ô':
		return 'o'
	case 'é', 'è', 'ê', 'ë':
		return 'e'
	case 'ü', 'ú':
		return 'u'
	}
	return r
}

// languageOf tells which language a text is written in; Swedish when nothing tells.
func languageOf(text []word) language {
	var count [2]int
	for _, w := range text {
		for l := range functionWords {
			if functionWords[l][w.folded] {
				count[l]++
			}
		}
	}
	if count[inEnglish] > count[inSwedish] {
		return inEnglish
	}
	return inSwedish
}

// stems gives each word its stem.
func stems(text []word, l language) {
	s := newStemmer(l)
	for i := range text {
		text[i].stem = s.of(text[i].folded)
	}
}

// stemmer reduces words of one language to their stems. It is not safe for concurrent use.
type stemmer struct {
	env  *snowballstem.Env
	stem func(*snowballstem.Env) bool
}

func newStemmer(l language) *stemmer {
	s := &stemmer{env: snowballstem.NewEnv(""), stem: swedish.Stem}
	if l == inEnglish {
		s.stem = english.Stem
	}
	return s
}

// of returns the stem of a folded word.
func (s *stemmer) of(folded string) string {
	s.env.SetCurrent(folded)
	s.stem(s.env)
	return s.env.Current()
}
