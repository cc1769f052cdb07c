package policy

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Suggestion is what the rules make of a report. A person confirms or changes it.
type Suggestion struct {
	Category     Category
	Confidence   float64       // 0–1: Category's share of the belief; the three shares never add up to more than 1
	Alternatives []Alternative // the next two, the likelier first
	Aspects      Aspects       // what is harmed: the reporter's ticks, and what the text tells
	PersonalData Answer        // Yes, No or Unknown
	Ongoing      Answer        // Yes, No or Unknown
	NearMiss     bool
	Regulations  []Regulation // in the order of Regulations
	Reasons      []Reason     // what spoke most for Category, the strongest first; none for a guess without signs
}

// Alternative is another category that a report may belong to.
type Alternative struct {
	Category   Category `json:"category"`
	Confidence float64  `json:"confidence"` // 0–1
}

// Reason is what led to a category: a sign, or a word that reports of that category have in common. Sign is its words as they stand in
// the report, " … " where other words stand between: never those other words, which may be names. Weight is what it added, 1–4 or less.
type Reason struct {
	Category Category `json:"category"`
	Sign     string   `json:"sign"`
	Weight   float64  `json:"weight"`
}

const (
	maxReasons    = 4
	maxSignLength = 40 // characters
)

// What signs are worth, chosen so that one decisive sign says much and a second one of the same topic nearly as much again.
const (
	weightOfDone   = 0.5  // a sign in what has been done already, against one in what happened
	weightOfRepeat = 0.2  // a sign whose every word has been counted for the category already
	weightOfDenied = 0.25 // a sign that a negation takes back: still what the report is about
)

// scoreOffForm is what a category of the digital world loses when what it concerns is paper or speech.
const scoreOffForm = 1.5

// A word is a reason when it weighs so much for a category, and has so many letters.
const (
	tellingWeight = 0.15
	tellingLength = 4
)

// Scores from which what signs tell besides the category is believed.
const (
	believed = 3.0
	hinted   = 1.0
)

// Classifier suggests what a report is. It works in three steps, so that any of them can be replaced: signs are found in
// the report, a linear model weighs them together with the report's words, and the suggestion is made of what the model tells.
// It does not change once it is made and is safe for concurrent use.
type Classifier struct {
	lexicons [2]*lexicon // by language
	model    *model
	learnt   *learnt // nil: nothing
}

// NewClassifier returns a classifier that knows the signs of signs_sv.go and signs_en.go and the model made of the reports in corpus/.
func NewClassifier() *Classifier {
	c := signsOnly()
	m, err := decodeModel(encodedModel)
	if err != nil {
		panic(err) // the model is part of the program
	}
	c.model = m
	return c
}

// signsOnly returns a classifier without a model, which only finds signs.
func signsOnly() *Classifier {
	c := &Classifier{}
	c.lexicons[inSwedish] = newLexicon(inSwedish, swedishClasses, swedishSigns)
	c.lexicons[inEnglish] = newLexicon(inEnglish, englishClasses, englishSigns)
	return c
}

// Classify suggests category, aspects, flags and regulations for a report. What the reporter answered always counts for
// more than what the text seems to say. The same report always gives the same suggestion.
func (c *Classifier) Classify(r Report) Suggestion {
	v := c.view(r)
	told := c.model.weigh(v.features)
	var own []feature
	if c.learnt != nil {
		own = c.learnt.corrections.features(localFeatures(v.text, v.language, c.model.known))
		c.learnt.corrections.add((*[numCategories]float64)(told[categoryColumns:]), own)
	}
	shares := c.model.shares(told, r.Form)
	beliefs := believe(shares)
	s := Suggestion{
		Category:     beliefs[0].Category,
		Confidence:   beliefs[0].Confidence,
		Alternatives: []Alternative{beliefs[1], beliefs[2]},
	}
	s.Reasons = c.reasons(s.Category, r.Text, v, own)
	t := tally(v.found)
	s.PersonalData = personalData(r, t, told)
	s.Ongoing = ongoing(r, t, told)
	s.NearMiss = r.NearMiss || told[nearMissColumn] > 0
	s.Aspects = r.Aspects | c.model.aspects(told, shares, s.Category)
	s.Regulations = regulations(r, s, t)
	return s
}

// view is what is seen in a report.
type view struct {
	text     []word
	language language
	found    []evidence // the signs, those in what has been done too
	features []feature
}

func (c *Classifier) view(r Report) (v view) {
	v.text = words(r.Text)
	v.language = languageOf(v.text)
	stems(v.text, v.language)
	v.found = c.weigh(nil, v.language, r.Text, v.text, 1)
	if r.Done != "" {
		done := words(r.Done)
		stems(done, v.language)
		v.found = c.weigh(v.found, v.language, r.Done, done, weightOfDone)
	}
	v.features = features(v.text, v.language, v.found, c.model.known)
	return v
}

// evidence is one sign found in a report.
type evidence struct {
	topic  topic
	weight float64 // what it adds to its topic's score
	words  string  // its words as they stand, at most maxSignLength characters
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

// shares is how likely each category is, in the order of the categories.
func (m *model) shares(told scores, form string) []float64 {
	return softmax(m.categoryScores(told, form))
}

// categoryScores are the scores of the categories at the model's temperature, in their order, for information in a form.
func (m *model) categoryScores(told scores, form string) []float64 {
	in := make([]float64, numCategories)
	for i, t := range categories {
		in[i] = told[categoryColumns+i]
		switch t.category {
		case Malware, Intrusion, DenialOfService, Misconfiguration:
			if form == FormPaper || form == FormSpeech {
				in[i] -= scoreOffForm
			}
		}
		in[i] /= float64(m.temperature)
	}
	return in
}

// believe puts the categories in the order of their shares, the largest first. Equal shares keep the order of the categories.
func believe(shares []float64) []Alternative {
	beliefs := make([]Alternative, len(shares))
	for i, share := range shares {
		beliefs[i] = Alternative{categories[i].category, share}
	}
	slices.SortStableFunc(beliefs, func(a, b Alternative) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return beliefs
}

// reasons returns the strongest signs of a category, then the words that weighed most for it, by the model and by what was learnt; no
// words twice. Only words that several reports have in common are quoted: others may be names.
func (c *Classifier) reasons(category Category, text string, v view, own []feature) []Reason {
	var signs []Reason
	for _, e := range v.found {
		if e.topic == topic(category) {
			signs = append(signs, Reason{category, e.words, e.weight})
		}
	}
	strongest := func(a, b Reason) int { return cmp.Compare(b.Weight, a.Weight) }
	slices.SortStableFunc(signs, strongest)
	var telling []Reason
	weights := c.model.byWord(v.features, len(v.text), columnOf(category))
	if c.learnt != nil {
		c.learnt.corrections.addByWord(weights, own, columnOf(category))
	}
	for i, weight := range weights {
		w := v.text[i]
		if c.knows(w) && weight >= tellingWeight && len(w.folded) >= tellingLength {
			telling = append(telling, Reason{category, text[w.start:w.end], weight})
		}
	}
	slices.SortStableFunc(telling, strongest)
	var said []Reason
	for _, r := range append(signs, telling...) {
		if len(said) == maxReasons {
			break
		}
		if !slices.ContainsFunc(said, func(s Reason) bool { return strings.Contains(strings.ToLower(s.Sign), strings.ToLower(r.Sign)) }) {
			said = append(said, r)
		}
	}
	return said
}

// knows tells whether a word is one that several reports have in common.
func (c *Classifier) knows(w word) bool {
	return c.model.known[hashOf(w.folded)] || c.learnt != nil && c.learnt.known[hashOf(w.stem)]
}

// tally adds up what signs tell besides the category.
func tally(found []evidence) map[topic]float64 {
	t := make(map[topic]float64)
	for _, e := range found {
		t[e.topic] += e.weight
	}
	return t
}

func personalData(r Report, t map[topic]float64, told scores) Answer {
	switch {
	case r.PersonalData == Yes || r.PersonalData == No:
		return r.PersonalData
	case r.SensitiveData || r.Persons > 0:
		return Yes
	case t[topicNoPersonalData] >= believed:
		return No
	}
	return likeliest(told[personalColumns:][:numAnswers])
}

func ongoing(r Report, t map[topic]float64, told scores) Answer {
	switch {
	case r.Ongoing == Yes || r.Ongoing == No:
		return r.Ongoing
	case t[topicEnded] >= believed && t[topicEnded] >= t[topicOngoing]:
		return No
	case t[topicOngoing] >= believed:
		return Yes
	}
	return likeliest(told[ongoingColumns:][:numAnswers])
}

// likeliest is the answer with the highest score.
func likeliest(told []float64) Answer {
	best := 0
	for i, s := range told {
		if s > told[best] {
			best = i
		}
	}
	return answers[best]
}

// aspects returns what is harmed by the scores of the aspects; what the category usually harms when none reaches its threshold.
func (m *model) aspects(told scores, shares []float64, c Category) (a Aspects) {
	for i, score := range m.aspectScores(told, shares) {
		if score > float64(m.thresholds[i]) {
			a |= AllAspects[i]
		}
	}
	if a == 0 {
		return c.DefaultAspects()
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
