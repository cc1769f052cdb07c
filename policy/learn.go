package policy

import (
	"cmp"
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
)

// What a municipality decides teaches corrections to the model that the program comes with, the prior: what its own words weigh for each
// category, beside what the prior makes of a report. Corrections are drawn towards nothing, so that few decisions move little, and are
// learnt for what several decided reports have in common only: a name in one of them leaves no trace.

// Decided is a report whose category a person has confirmed.
type Decided struct {
	Report   Report
	Category Category
}

// Learning is what came of learning from decisions.
type Learning struct {
	Model       []byte // for Classifier.With: the same decisions in the same order give the same bytes
	Examples    int
	RightBefore int  // of the examples, how many the prior puts in their category
	RightAfter  int  // the same with what was learnt from the others, by cross-validation
	Better      bool // by more than luck explains: only such a model is to be used
}

// ErrOtherPrior says that corrections were learnt to another prior than the one this program comes with.
var ErrOtherPrior = errors.New("policy: the model was learnt on top of another version of the program's own")

const (
	// shyness is how strongly corrections are drawn towards nothing.
	shyness = 0.5
	// What the groups of a report's features count for. Words that the prior's corpus does not know are the municipality's own names for
	// things, and half a dozen decisions teach what they mean. Of words that it knows the prior has seen far more: chosen so that twenty
	// decisions, all of them for one category, change less than a tenth of what it says of other reports.
	weightOfOwn    = 1.5
	weightOfCommon = 0.4
	weightOfAny    = 0.1 // for how frequent a category is, whatever the words
	// Learning ends when no weight moves by more than settled in a round.
	settled        = 0.005
	learningRounds = 200
	beginning      = 6 // letters of an own word
	// byLuck is how likely luck alone may be to have made a model as good as it was found to be, for it to be called better.
	byLuck = 0.1
)

// anyRow is the row of what every report has, after those that words have.
const anyRow = modelRows

// Learn learns from decisions, all of which have a category, and tells by cross-validation whether that is better than the prior alone.
// The classifier must be the one that NewClassifier returns.
func (c *Classifier) Learn(decided []Decided) Learning {
	lessons := make([]lesson, len(decided))
	raw, texts := make([]string, len(decided)), make([][]word, len(decided))
	for i, d := range decided {
		raw[i] = d.Report.Text
		lessons[i], texts[i] = c.lesson(d)
	}
	l := Learning{Examples: len(lessons)}
	gained, lost := 0, 0
	for fold := range folds {
		var rest []lesson
		for i := range lessons {
			if i%folds != fold {
				rest = append(rest, lessons[i])
			}
		}
		taught := correct(rest)
		for i := fold; i < len(lessons); i += folds {
			before, after := lessons[i].suggested(nil), lessons[i].suggested(taught)
			switch {
			case after && !before:
				gained++
			case before && !after:
				lost++
			}
			if before {
				l.RightBefore++
			}
		}
	}
	l.RightAfter = l.RightBefore + gained - lost
	l.Better = likelyByLuck(gained, lost) <= byLuck
	l.Model = encodeCorrections(correct(lessons), float64(c.model.temperature), common(raw, texts))
	return l
}

// likelyByLuck is how likely at least so many gains are among gains and losses when either is as likely: the sign test.
func likelyByLuck(gained, lost int) float64 {
	n := gained + lost
	ways, sum := 1.0, 0.0 // ways to choose k of n, as a share of all
	for range n {
		ways /= 2
	}
	for k := 0; k <= n; k++ {
		if k >= gained {
			sum += ways
		}
		ways *= float64(n-k) / float64(k+1)
	}
	return sum
}

// lesson is a decided report as the corrections see it.
type lesson struct {
	seen   []local
	told   [numCategories]float64 // by the prior, at its temperature
	column int                    // of what was decided
}

// local is a word, or a pair of words, of a report.
type local struct {
	row  uint32
	word int  // by its place
	own  bool // the prior's corpus does not know it
}

func (c *Classifier) lesson(d Decided) (lesson, []word) {
	v := c.view(d.Report)
	s := lesson{seen: localFeatures(v.text, v.language, c.model.known), column: columnOf(d.Category)}
	copy(s.told[:], c.model.categoryScores(c.model.weigh(v.features), d.Report.Form))
	return s, v.text
}

// localFeatures are the words by their stems, and the pairs of words that stand beside each other; of own words how they begin, too: a
// system gives its name to what belongs to it.
func localFeatures(parts []word, l language, known map[hash]bool) []local {
	all := make([]local, 0, 2*len(parts))
	for i, w := range parts {
		own := !known[hashOf(w.stem)] && !known[hashOf(w.folded)]
		all = append(all, local{begin(kindWord).language(l).text(w.stem).row(), i, own})
		if own && len(w.folded) >= beginning {
			all = append(all, local{begin(kindBeginning).text(w.folded[:beginning]).row(), i, own})
		}
		if i > 0 && parts[i].sentence == parts[i-1].sentence {
			all = append(all, local{begin(kindPair).language(l).text(parts[i-1].stem).byte(' ').text(w.stem).row(), i, false})
		}
	}
	return all
}

// corrections are what features weigh for the categories besides what they weigh in the prior.
type corrections struct {
	place   map[uint32]uint32 // of a row among the weights
	weights [][numCategories]float64
}

// correctionsFor returns corrections, of nothing yet, for rows in ascending order.
func correctionsFor(rows []uint32) *corrections {
	c := &corrections{place: make(map[uint32]uint32, len(rows)), weights: make([][numCategories]float64, len(rows))}
	for i, row := range rows {
		c.place[row] = uint32(i)
	}
	return c
}

// features are those of what is seen in a report that there are corrections for, by their place among the weights. What there are none
// for makes the rest count no less.
func (c *corrections) features(seen []local) []feature {
	all := make([]feature, 0, len(seen)+1)
	for _, group := range [...]struct {
		own    bool
		weight float64
	}{{true, weightOfOwn}, {false, weightOfCommon}} {
		from := len(all)
		for _, s := range seen {
			if place, ok := c.place[s.row]; ok && s.own == group.own {
				all = append(all, feature{place, 0, s.word})
			}
		}
		all = even(all, from, group.weight)
	}
	if place, ok := c.place[anyRow]; ok {
		all = append(all, feature{place, weightOfAny, noWord})
	}
	return all
}

// add adds what features weigh to scores of the categories.
func (c *corrections) add(scores *[numCategories]float64, all []feature) {
	for _, f := range all {
		row := &c.weights[f.row]
		for i, w := range row {
			scores[i] += float64(f.value) * w
		}
	}
}

// addByWord adds to words what their features weigh for one category, against the average of the categories.
func (c *corrections) addByWord(words []float64, all []feature, category int) {
	for _, f := range all {
		if f.word == noWord {
			continue
		}
		mean := 0.0
		for _, w := range c.weights[f.row] {
			mean += w / numCategories
		}
		words[f.word] += float64(f.value) * (c.weights[f.row][category] - mean)
	}
}

// suggested tells whether the category that was decided is the one suggested; nil are the prior's suggestions.
func (s lesson) suggested(c *corrections) bool {
	scores := s.told
	if c != nil {
		c.add(&scores, c.features(s.seen))
	}
	return slices.Index(scores[:], slices.Max(scores[:])) == s.column
}

// correct finds the corrections under which what was decided is the likeliest, less what they cost: logistic regression with the prior's
// scores as offset. Each round takes a step that never overshoots (an upper bound of the curvature: Böhning 1992,
// https://doi.org/10.1007/BF00048682), so that there is no rate to choose.
func correct(lessons []lesson) *corrections {
	texts := map[uint32]int{anyRow: commonIn} // in how many a row is seen
	for _, s := range lessons {
		seen := map[uint32]bool{}
		for _, f := range s.seen {
			if !seen[f.row] {
				seen[f.row] = true
				texts[f.row]++
			}
		}
	}
	maps.DeleteFunc(texts, func(_ uint32, n int) bool { return n < commonIn })
	found := correctionsFor(slices.Sorted(maps.Keys(texts)))
	features := make([][]feature, len(lessons))
	curvature := make([]float64, len(found.weights))
	for i, s := range lessons {
		features[i] = found.features(s.seen)
		sum := 0.0
		for _, f := range features[i] {
			sum += float64(f.value)
		}
		for _, f := range features[i] {
			curvature[f.row] += float64(f.value) * sum / 2
		}
	}
	slopes := make([][numCategories]float64, len(found.weights))
	for range learningRounds {
		clear(slopes)
		for i, s := range lessons {
			off := s.told
			found.add(&off, features[i])
			intoShares(off[:])
			off[s.column]--
			for _, f := range features[i] {
				slope := &slopes[f.row]
				for c, o := range off {
					slope[c] += float64(f.value) * o
				}
			}
		}
		moved := 0.0
		for i := range found.weights {
			weights := &found.weights[i]
			for c := range weights {
				step := (slopes[i][c] + shyness*weights[c]) / (curvature[i] + shyness)
				weights[c] -= step
				moved = max(moved, math.Abs(step))
			}
		}
		if moved < settled {
			break
		}
	}
	return found
}

// learnt is what a classifier has learnt from decisions.
type learnt struct {
	corrections *corrections
	known       map[hash]bool // words that the decided reports have in common
}

// learntMagic begins encoded corrections; it changes with their format, and with what features are.
const learntMagic = "incidentbot corrections 1\n"

// fingerprint tells the prior that corrections are made to from others.
func fingerprint() hash { return begin(0).text(encodedModel) }

// encodeCorrections writes corrections in the scale of the prior's scores, a byte each.
func encodeCorrections(c *corrections, temperature float64, known map[hash]bool) []byte {
	most := 0.0
	for _, weights := range c.weights {
		for _, w := range weights {
			most = max(most, math.Abs(w))
		}
	}
	var rows []uint32
	var weights []int8
	for _, row := range slices.Sorted(maps.Keys(c.place)) {
		var bytes [numCategories]int8
		for i, w := range c.weights[c.place[row]] {
			bytes[i] = int8(math.Round(w / cmp.Or(most, 1) * math.MaxInt8))
		}
		if bytes != [numCategories]int8{} {
			rows, weights = append(rows, row), append(weights, bytes[:]...)
		}
	}
	words := slices.Sorted(maps.Keys(known))
	out := []byte(learntMagic)
	for _, field := range []any{
		fingerprint(), float32(most * temperature), uint32(len(rows)), uint32(len(words)), rows, weights, words, //nolint:gosec // few
	} {
		out, _ = binary.Append(out, binary.LittleEndian, field) // fails on types of no fixed size only
	}
	return out
}

// With returns a classifier that uses what was learnt from decisions too; nothing learnt gives the prior alone. The error is
// ErrOtherPrior when it was learnt on top of another prior.
func (c *Classifier) With(model []byte) (*Classifier, error) {
	with := &Classifier{lexicons: c.lexicons, model: c.model}
	if len(model) == 0 {
		return with, nil
	}
	rest, ok := strings.CutPrefix(string(model), learntMagic)
	if !ok {
		return nil, ErrOtherPrior
	}
	r := strings.NewReader(rest)
	var prior hash
	var scale float32
	var rows, words uint32
	for _, field := range []any{&prior, &scale, &rows, &words} {
		if err := binary.Read(r, binary.LittleEndian, field); err != nil {
			return nil, errors.New("policy: the learnt model is cut short")
		}
	}
	if prior != fingerprint() {
		return nil, ErrOtherPrior
	}
	const word = 4 // bytes
	if int64(r.Len()) != int64(rows)*(word+numCategories)+int64(words)*word {
		return nil, errors.New("policy: the learnt model is of another size")
	}
	at, weights, known := make([]uint32, rows), make([]int8, int(rows)*numCategories), make([]hash, words)
	for _, field := range []any{at, weights, known} {
		if err := binary.Read(r, binary.LittleEndian, field); err != nil {
			return nil, errors.New("policy: the learnt model is cut short")
		}
	}
	with.learnt = &learnt{corrections: correctionsFor(at), known: make(map[hash]bool, words)}
	for i, w := range weights {
		with.learnt.corrections.weights[i/numCategories][i%numCategories] = float64(w) / math.MaxInt8 * float64(scale)
	}
	for _, w := range known {
		with.learnt.known[w] = true
	}
	return with, nil
}
