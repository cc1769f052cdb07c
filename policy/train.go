package policy

import (
	"math"
	"strings"
	"unicode"
)

// How a model is trained: logistic regression by stochastic gradient descent with a step of its own for each weight (AdaGrad:
// Duchi, Hazan and Singer, https://jmlr.org/papers/v12/duchi11a.html), its weights drawn towards nothing after each round.
const (
	trainingRounds = 24
	trainingStep   = 0.1
	trainingStart  = 1.0 // added to the squares, so that the first steps of a weight are small
	trainingDecay  = 0.9 // what is left of each weight after a round
	// commonIn is how many reports a word must stand in to count as a word: those of one report only may be names.
	commonIn = 2
)

// Calibration is what brings a model's scores in line with how often they are right. CrossValidate finds it.
type Calibration struct {
	Temperature float32             // what the scores of categories are divided by
	Thresholds  [numAspects]float32 // the score from which an aspect is suggested
}

// Calibration is that of the classifier's model.
func (c *Classifier) Calibration() Calibration {
	return Calibration{c.model.temperature, c.model.thresholds}
}

// Train makes a model of examples, all of which have a category, and returns it encoded: the same examples in the same order give the
// same model.
func Train(examples []Example, c Calibration) []byte {
	return newTraining(examples).model(c).encode()
}

// training is what a model is made of.
type training struct {
	examples []Example
	known    map[hash]bool
	features [][]feature
}

func newTraining(examples []Example) *training {
	t := &training{examples: examples}
	c := signsOnly()
	raw, texts := make([]string, len(examples)), make([][]word, len(examples))
	languages := make([]language, len(examples))
	for i, e := range examples {
		raw[i], texts[i] = e.Text, words(e.Text)
		languages[i] = languageOf(texts[i])
		stems(texts[i], languages[i])
	}
	t.known = common(raw, texts)
	for i, e := range examples {
		found := c.weigh(nil, languages[i], e.Text, texts[i], 1)
		t.features = append(t.features, features(texts[i], languages[i], found, t.known))
	}
	return t
}

// common are the words and stems that stand in several reports, written with a small letter: names do not.
func common(raw []string, texts [][]word) map[hash]bool {
	in := map[string]int{}
	for i, text := range texts {
		seen := map[string]bool{}
		for _, w := range text {
			if first := []rune(raw[i][w.start:])[0]; unicode.IsUpper(first) || strings.ContainsAny(w.folded, "0123456789") {
				continue
			}
			seen[w.folded], seen[w.stem] = true, true
		}
		for w := range seen {
			in[w]++
		}
	}
	known := map[hash]bool{}
	for w, n := range in {
		if n >= commonIn {
			known[hashOf(w)] = true
		}
	}
	return known
}

// learner is a model while it learns: weights that are not yet quantised, and the squares of the steps that led to them.
type learner struct {
	weights, steps  []float32
	bias, biasSteps [modelColumns]float32
	aspectOf        [numCategories][numAspects]float32
	aspectSteps     [numCategories][numAspects]float32
}

func (t *training) model(c Calibration) *model {
	l := &learner{weights: make([]float32, modelRows*modelColumns), steps: make([]float32, modelRows*modelColumns)}
	n := len(t.examples)
	for round := range trainingRounds {
		stride := coprime(n, round)
		for i := range n {
			at := (i*stride + round) % n
			l.learn(t.features[at], t.examples[at])
		}
		for i := range l.weights {
			l.weights[i] *= trainingDecay
		}
	}
	m := &model{temperature: c.Temperature, thresholds: c.Thresholds, bias: l.bias, aspectOf: l.aspectOf, known: t.known}
	weights, scale := quantise(l.weights)
	m.scale = scale
	m.setWeights(weights)
	return m
}

// coprime returns a number without a factor in common with n, another in each round: steps of it visit all of n, each time in another
// order.
func coprime(n, round int) int {
	for step := n/2 + 7*round + 1; ; step++ {
		a, b := step, n
		for b != 0 {
			a, b = b, a%b
		}
		if a == 1 {
			return step
		}
	}
}

// learn takes one step towards what an example says.
func (l *learner) learn(all []feature, e Example) {
	var told scores
	for _, f := range all {
		row := l.weights[int(f.row)*modelColumns:][:modelColumns]
		for i, w := range row {
			told[i] += float64(f.value * w)
		}
	}
	for i := range told {
		told[i] += float64(l.bias[i])
	}
	column := columnOf(e.Category)
	for i := range numAspects {
		told[aspectColumns+i] += float64(l.aspectOf[column][i])
	}
	var off [modelColumns]float32 // how far each column is from what it should tell
	group := func(from, n int, right func(i int) bool) {
		for i, share := range softmax(told[from : from+n]) {
			off[from+i] = float32(share)
			if right(i) {
				off[from+i]--
			}
		}
	}
	single := func(column int, right bool) {
		off[column] = float32(sigmoid(told[column]))
		if right {
			off[column]--
		}
	}
	group(categoryColumns, numCategories, func(i int) bool { return i == column })
	group(personalColumns, numAnswers, func(i int) bool { return answers[i] == e.PersonalData })
	group(ongoingColumns, numAnswers, func(i int) bool { return answers[i] == e.Ongoing })
	single(nearMissColumn, e.NearMiss)
	for i, aspect := range AllAspects {
		single(aspectColumns+i, e.Aspects.Has(aspect))
		move(&l.aspectOf[column][i], &l.aspectSteps[column][i], off[aspectColumns+i])
	}
	for i := range off {
		move(&l.bias[i], &l.biasSteps[i], off[i])
	}
	for _, f := range all {
		row := int(f.row) * modelColumns
		for i := range off {
			move(&l.weights[row+i], &l.steps[row+i], off[i]*f.value)
		}
	}
}

// move takes a weight one step against its gradient.
func move(weight, steps *float32, gradient float32) {
	if gradient == 0 {
		return
	}
	*steps += gradient * gradient
	*weight -= trainingStep * gradient / float32(math.Sqrt(float64(trainingStart+*steps)))
}

// quantise brings each column's weights into a byte, and tells what the largest byte of it is worth.
func quantise(weights []float32) (encoded string, scale [modelColumns]float32) {
	for i, w := range weights {
		scale[i%modelColumns] = max(scale[i%modelColumns], w, -w)
	}
	out := make([]byte, len(weights))
	for i, w := range weights {
		if most := scale[i%modelColumns]; most > 0 {
			root := math.Round(math.Sqrt(math.Abs(float64(w/most))) * math.MaxInt8)
			out[i] = byte(int8(math.Copysign(root, float64(w)))) //nolint:gosec // signed on purpose
		}
	}
	return string(out), scale
}
