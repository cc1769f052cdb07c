package policy

import (
	"encoding/binary"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	_ "embed"
)

//go:generate go run ./train

// encodedModel is the model that Train made of the reports in corpus/, quantised. A string, so that it stays in the program's file.
//
//go:embed model.bin
var encodedModel string

// What a model tells, by column: a score for each category, for each aspect, for each answer to whether personal data is concerned
// and whether it is still going on, and for a near miss.
const (
	categoryColumns = 0
	aspectColumns   = categoryColumns + numCategories
	personalColumns = aspectColumns + numAspects
	ongoingColumns  = personalColumns + numAnswers
	nearMissColumn  = ongoingColumns + numAnswers
	modelColumns    = nearMissColumn + 1

	numCategories = 15
	numAspects    = 4
	numAnswers    = 3
)

// columnOf is the column of a category among those of the categories, -1 when there is no such category.
func columnOf(c Category) int {
	return slices.IndexFunc(categories, func(t taxonomy) bool { return t.category == c })
}

// answers are the answers in the order of their columns.
var answers = [numAnswers]Answer{Yes, No, Unknown}

// model is a linear model: what a report's features weigh for each column. It does not change and is safe for concurrent use.
type model struct {
	temperature float32             // see Calibration
	thresholds  [numAspects]float32 // see Calibration
	bias        [modelColumns]float32
	scale       [modelColumns]float32 // the largest weight
	aspectOf    [numCategories][numAspects]float32
	known       map[hash]bool // words and stems that the reports it was made of have in common
	weights     string        // modelRows × modelColumns, a byte each: see steps
	// steps are what the bytes of weights stand for, as shares of the largest: squares, so that small weights, which are many, lie close
	// together.
	steps [256]float32
}

// scores are what a model tells of one report.
type scores [modelColumns]float64

// magic begins an encoded model; it changes with the format.
const magic = "incidentbot model 1\n"

// decodeModel reads what encode wrote. It keeps the string.
func decodeModel(s string) (*model, error) {
	rest, ok := strings.CutPrefix(s, magic)
	if !ok {
		return nil, errors.New("policy: not a model, or one of another version")
	}
	m := &model{}
	r := strings.NewReader(rest)
	var length uint32
	for _, field := range []any{&m.temperature, &m.thresholds, &m.bias, &m.scale, &m.aspectOf, &length} {
		if err := binary.Read(r, binary.LittleEndian, field); err != nil {
			return nil, errors.New("policy: the model is cut short")
		}
	}
	if r.Len() != int(length)*binary.Size(hash(0))+modelRows*modelColumns {
		return nil, errors.New("policy: the model is of another size")
	}
	known := make([]hash, length)
	if err := binary.Read(r, binary.LittleEndian, known); err != nil {
		return nil, errors.New("policy: the model is cut short")
	}
	m.known = make(map[hash]bool, length)
	for _, word := range known {
		m.known[word] = true
	}
	m.setWeights(rest[len(rest)-r.Len():])
	return m, nil
}

func (m *model) setWeights(weights string) {
	m.weights = weights
	for i := range m.steps {
		step := float32(int8(i)) / math.MaxInt8 //nolint:gosec // every byte, signed on purpose
		m.steps[i] = step * max(step, -step)
	}
}

// encode writes the model, the same for the same model.
func (m *model) encode() []byte {
	known := slices.Sorted(maps.Keys(m.known))
	length := uint32(len(known)) //nolint:gosec // some ten thousand
	out := []byte(magic)
	for _, field := range []any{m.temperature, m.thresholds, m.bias, m.scale, m.aspectOf, length, known} {
		out, _ = binary.Append(out, binary.LittleEndian, field) // fails on types of no fixed size only
	}
	return append(out, m.weights...)
}

// weigh adds up what features weigh.
func (m *model) weigh(all []feature) (told scores) {
	var sum [modelColumns]float32
	for _, f := range all {
		row := m.weights[int(f.row)*modelColumns:][:modelColumns]
		for i := range modelColumns {
			sum[i] += f.value * m.steps[row[i]]
		}
	}
	for i := range sum {
		told[i] = float64(m.bias[i] + sum[i]*m.scale[i])
	}
	return told
}

// byWord is what the features of each word of a text weigh for one category, against the average of the categories.
func (m *model) byWord(all []feature, length, category int) []float64 {
	words := make([]float64, length)
	for _, f := range all {
		if f.word == noWord {
			continue
		}
		row := m.weights[int(f.row)*modelColumns:][:modelColumns]
		weight := func(i int) float64 { return float64(f.value * m.scale[i] * m.steps[row[i]]) }
		mean := 0.0
		for i := range numCategories {
			mean += weight(i) / numCategories
		}
		words[f.word] += weight(category) - mean
	}
	return words
}

// softmax turns scores into shares that add up to one.
func softmax(in []float64) []float64 {
	shares := slices.Clone(in)
	intoShares(shares)
	return shares
}

// intoShares is softmax in place.
func intoShares(scores []float64) {
	top, sum := slices.Max(scores), 0.0
	for i, s := range scores {
		scores[i] = math.Exp(s - top)
		sum += scores[i]
	}
	for i := range scores {
		scores[i] /= sum
	}
}

// sigmoid turns a score into how likely it is.
func sigmoid(s float64) float64 { return 1 / (1 + math.Exp(-s)) }

// aspectScores are the scores of the aspects, given how likely each category is.
func (m *model) aspectScores(told scores, shares []float64) (all [numAspects]float64) {
	for i := range all {
		all[i] = told[aspectColumns+i]
		for c, share := range shares {
			all[i] += share * float64(m.aspectOf[c][i])
		}
	}
	return all
}
