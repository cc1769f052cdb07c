package policy

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Suggestion is what the rules make of a report. A person confirms or changes it.
type Suggestion struct {
	Category     Category
	Confidence   float64       // 0–1: Category's share of the belief; the three shares never add up to more than 1
	Alternatives []Alternative // the next two, the likelier first
	Aspects      Aspects       // what is harmed: the reporter's ticks, the category's defaults and what signs tell
	PersonalData Answer        // Yes, No or Unknown
	Ongoing      Answer        // Yes, No or Unknown
	NearMiss     bool
	Regulations  []Regulation // in the order of Regulations
	Reasons      []Reason     // the strongest signs for Category, the strongest first; none for a guess without signs
}

// Alternative is another category that a report may belong to.
type Alternative struct {
	Category   Category `json:"category"`
	Confidence float64  `json:"confidence"` // 0–1
}

// Reason is a sign that led to a category. Sign is the words of the sign as they stand in the report, " … " where other
// words stand between: never those other words, which may be names. Weight is what it added to the score, 1–4 or less.
type Reason struct {
	Category Category `json:"category"`
	Sign     string   `json:"sign"`
	Weight   float64  `json:"weight"`
}

const (
	maxReasons    = 4
	maxSignLength = 40 // characters
)

// How scores are made of signs, chosen so that one decisive sign makes a category likely and two make it near certain.
const (
	weightOfDone    = 0.5  // a sign in what has been done already, against one in what happened
	weightOfRepeat  = 0.2  // a sign whose every word has been counted for the category already
	weightOfDenied  = 0.25 // a sign that a negation takes back: still what the report is about
	weightOfFurther = 0.85 // each further sign of a category, against the one before it
	weightOffForm   = 0.5  // a category of the digital world, when what it concerns is paper or speech
	scoreOfOther    = 1.0  // what a category must outweigh not to be Other
	temperature     = 1.3  // how much a difference in score means: the larger, the less
)

// Scores from which what signs tell besides the category is believed.
const (
	believed = 3.0
	hinted   = 1.0
)

// Classifier suggests what a report is. It works in three steps, so that any of them can be replaced: signs are found in
// the report, scores are made of the signs, and the suggestion is made of the scores. It does not change once it is made
// and is safe for concurrent use.
type Classifier struct {
	lexicons [2]*lexicon // by language
}

// NewClassifier returns a classifier that knows the signs of signs_sv.go and signs_en.go.
func NewClassifier() *Classifier {
	c := &Classifier{}
	c.lexicons[inSwedish] = newLexicon(inSwedish, swedishClasses, swedishSigns)
	c.lexicons[inEnglish] = newLexicon(inEnglish, englishClasses, englishSigns)
	return c
}

// Classify suggests category, aspects, flags and regulations for a report. What the reporter answered always counts for
// more than what the text seems to say. The same report always gives the same suggestion.
func (c *Classifier) Classify(r Report) Suggestion {
	found := c.evidence(r)
	scores := score(found, r.Form)
	beliefs := believe(scores)
	s := Suggestion{
		Category:     beliefs[0].Category,
		Confidence:   beliefs[0].Confidence,
		Alternatives: []Alternative{beliefs[1], beliefs[2]},
		Reasons:      reasons(found, beliefs[0].Category),
	}
	t := tally(found)
	s.PersonalData = personalData(r, t)
	s.Ongoing = ongoing(r, t)
	s.NearMiss = r.NearMiss || t[topicNearMiss] >= believed && t[topicNearMiss] > t[topicHarm]
	s.Aspects = aspects(r, s.Category, t)
	s.Regulations = regulations(r, s, t)
	return s
}

// evidence is one sign found in a report.
type evidence struct {
	topic  topic
	weight float64 // what it adds to its topic's score
	words  string  // its words as they stand, at most maxSignLength characters
}

// evidence finds the signs in a report, those of a topic together and the strongest first.
func (c *Classifier) evidence(r Report) []evidence {
	text := words(r.Text)
	l := languageOf(text)
	found := c.weigh(nil, l, r.Text, text, 1)
	if r.Done != "" {
		found = c.weigh(found, l, r.Done, words(r.Done), weightOfDone)
	}
	return found
}

// weigh appends the signs in one text. Weights are worth so much of their full worth in this text.
func (c *Classifier) weigh(found []evidence, l language, text string, parts []word, worth float64) []evidence {
	hits := c.lexicons[l].find(parts)
	slices.SortStableFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.sign.topic, b.sign.topic), cmp.Compare(b.weight(), a.weight()),
			cmp.Compare(len(b.sign.places), len(a.sign.places)))
	})
	counted := make([]bool, len(parts))
	for i, h := range hits {
		if i > 0 && hits[i-1].sign.topic != h.sign.topic {
			clear(counted)
		}
		weight, repeat := h.weight()*worth, true
		for _, at := range h.at[:len(h.sign.places)] {
			repeat = repeat && counted[at]
			counted[at] = true
		}
		if repeat {
			weight *= weightOfRepeat
		}
		found = append(found, evidence{h.sign.topic, weight, quote(text, parts, h.at[:len(h.sign.places)])})
	}
	return found
}

// weight is what a sign is worth where it was found.
func (h *hit) weight() float64 {
	if h.negated {
		return h.sign.weight * weightOfDenied
	}
	return h.sign.weight
}

// quote writes the words of a sign as they stand in the text, in the text's order.
func quote(text string, parts []word, at []int) string {
	var order [longestSign]int
	places := order[:copy(order[:], at)]
	slices.Sort(places)
	var b strings.Builder
	for i, p := range places {
		switch {
		case i > 0 && p == places[i-1]+1:
			b.WriteByte(' ')
		case i > 0:
			b.WriteString(" … ")
		}
		b.WriteString(text[parts[p].start:parts[p].end])
	}
	quoted := b.String()
	if utf8.RuneCountInString(quoted) <= maxSignLength {
		return quoted
	}
	return string([]rune(quoted)[:maxSignLength-1]) + "…"
}

// score makes scores of signs, in the order of the categories.
func score(found []evidence, form string) []float64 {
	scores := make([]float64, len(categories))
	for i, t := range categories {
		share := 1.0
		for _, e := range found {
			if e.topic == topic(t.category) {
				scores[i] += e.weight * share
				share *= weightOfFurther
			}
		}
		switch t.category {
		case Malware, Intrusion, DenialOfService, Misconfiguration:
			if form == FormPaper || form == FormSpeech {
				scores[i] *= weightOffForm
			}
		case Other:
			scores[i] += scoreOfOther
		}
	}
	return scores
}

// believe turns scores into shares of belief, the largest first: softmax, so that the first share grows with its margin
// to the others. Equal scores keep the order of the categories.
func believe(scores []float64) []Alternative {
	top, sum := slices.Max(scores), 0.0
	beliefs := make([]Alternative, len(scores))
	for i, s := range scores {
		beliefs[i] = Alternative{categories[i].category, math.Exp((s - top) / temperature)}
		sum += beliefs[i].Confidence
	}
	for i := range beliefs {
		beliefs[i].Confidence /= sum
	}
	slices.SortStableFunc(beliefs, func(a, b Alternative) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return beliefs
}

// reasons returns the strongest signs of a category, no words twice.
func reasons(found []evidence, category Category) []Reason {
	var all []Reason
	for _, e := range found {
		said := slices.ContainsFunc(all, func(r Reason) bool { return strings.EqualFold(r.Sign, e.words) })
		if e.topic == topic(category) && !said {
			all = append(all, Reason{category, e.words, e.weight})
		}
	}
	slices.SortStableFunc(all, func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) })
	return all[:min(len(all), maxReasons)]
}

// tally adds up what signs tell besides the category.
func tally(found []evidence) map[topic]float64 {
	t := make(map[topic]float64)
	for _, e := range found {
		t[e.topic] += e.weight
	}
	return t
}

func personalData(r Report, t map[topic]float64) Answer {
	switch {
	case r.PersonalData == Yes || r.PersonalData == No:
		return r.PersonalData
	case r.SensitiveData || r.Persons > 0:
		return Yes
	case t[topicNoPersonalData] >= believed:
		return No
	case t[topicPersonalData] >= believed:
		return Yes
	}
	return Unknown
}

func ongoing(r Report, t map[topic]float64) Answer {
	switch {
	case r.Ongoing == Yes || r.Ongoing == No:
		return r.Ongoing
	case t[topicEnded] >= believed && t[topicEnded] >= t[topicOngoing]:
		return No
	case t[topicOngoing] >= believed:
		return Yes
	}
	return Unknown
}

// aspects returns what is harmed: what the reporter ticked, what the category usually harms and what signs tell.
func aspects(r Report, c Category, t map[topic]float64) Aspects {
	a := r.Aspects | c.DefaultAspects()
	for _, told := range [...]struct {
		topic  topic
		aspect Aspects
	}{
		{topicConfidential, Confidentiality}, {topicIntegrity, Integrity},
		{topicAvailability, Availability}, {topicTraceability, Traceability},
	} {
		if t[told.topic] >= believed {
			a |= told.aspect
		}
	}
	return a
}

// regulations returns the regulations that the case may have to be handled by.
func regulations(r Report, s Suggestion, t map[topic]float64) []Regulation {
	applies := map[Regulation]bool{
		GDPR:               s.PersonalData == Yes || s.PersonalData == Unknown && t[topicPersonalData] >= hinted,
		ProtectiveSecurity: t[topicSweden] >= believed,
		Secrecy:            r.SensitiveData || s.PersonalData != No && t[topicSensitive] >= believed,
		Contract:           t[topicSupplier] >= believed,
	}
	switch s.Category {
	case Malware, Intrusion, DenialOfService, Outage:
		applies[Cybersecurity] = !s.NearMiss
	}
	var all []Regulation
	for _, g := range Regulations() {
		if applies[g] {
			all = append(all, g)
		}
	}
	return all
}
