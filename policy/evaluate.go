package policy

import (
	"cmp"
	"math"
	"slices"
)

// Judgement is what was suggested for a report beside what somebody has decided.
type Judgement struct {
	Want, Got     Category
	Alternatives  []Category // the next two
	WantA, GotA   Aspects
	Confidence    float64 // of Got
	JudgedAspects bool    // WantA is known
	Asked         bool    // Got and the first alternative lie so close that the reporter is asked
}

// CategoryFigures are the figures of one category. The measures lie between 0 and 1.
type CategoryFigures struct {
	Category              Category
	Reports               int // that belong to it
	Precision, Recall, F1 float64
}

// Confusion is how often one category was suggested where another was right.
type Confusion struct {
	Want, Got Category
	Reports   int
}

// Evaluation says how right suggestions were.
type Evaluation struct {
	Reports   int
	Top1      float64 // share whose category was suggested first
	Top3      float64 // share whose category was among the three
	MacroF1   float64 // mean of the F1 of the categories that occur
	AspectsF1 float64 // mean of the F1 of the four aspects
	// CalibrationError is the mean distance between the confidence and how often it was right, in tenths of confidence: expected
	// calibration error (Guo et al. 2017, https://arxiv.org/abs/1706.04599).
	CalibrationError float64
	Categories       []CategoryFigures // those that occur, in their order
	Asked            int               // reports whose reporter is asked which of two categories it is
	AskedFirst       int               // of them, those that the category suggested is right for
	AskedSecond      int               // of them, those that the other one is right for
	Aspects          map[Aspects]float64
	Confusions       []Confusion // the most frequent first
}

// Evaluate holds suggestions against decisions.
func Evaluate(all []Judgement) Evaluation {
	e := Evaluation{Reports: len(all), Aspects: map[Aspects]float64{}}
	wrong := map[[2]Category]int{}
	for _, j := range all {
		if j.Got == j.Want {
			e.Top1++
		} else {
			wrong[[2]Category{j.Want, j.Got}]++
		}
		if j.Got == j.Want || slices.Contains(j.Alternatives, j.Want) {
			e.Top3++
		}
	}
	for _, j := range all {
		switch {
		case !j.Asked:
			continue
		case j.Got == j.Want:
			e.AskedFirst++
		case j.Alternatives[0] == j.Want:
			e.AskedSecond++
		}
		e.Asked++
	}
	n := max(float64(len(all)), 1)
	e.Top1, e.Top3 = e.Top1/n, e.Top3/n
	for _, t := range categories {
		f := tell(all, func(i int) (want, got bool) { return all[i].Want == t.category, all[i].Got == t.category })
		if f.Reports > 0 {
			f.Category = t.category
			e.Categories = append(e.Categories, f)
			e.MacroF1 += f.F1
		}
	}
	e.MacroF1 /= max(float64(len(e.Categories)), 1)
	judged := slices.DeleteFunc(slices.Clone(all), func(j Judgement) bool { return !j.JudgedAspects })
	for _, aspect := range AllAspects {
		f := tell(judged, func(i int) (want, got bool) { return judged[i].WantA.Has(aspect), judged[i].GotA.Has(aspect) })
		e.Aspects[aspect] = f.F1
		e.AspectsF1 += f.F1 / float64(len(AllAspects))
	}
	e.CalibrationError = calibrationError(all)
	for pair, count := range wrong {
		e.Confusions = append(e.Confusions, Confusion{pair[0], pair[1], count})
	}
	slices.SortFunc(e.Confusions, func(a, b Confusion) int {
		return cmp.Or(cmp.Compare(b.Reports, a.Reports), cmp.Compare(a.Want, b.Want), cmp.Compare(a.Got, b.Got))
	})
	return e
}

// tell counts how right a yes or no was.
func tell[T any](all []T, about func(i int) (want, got bool)) CategoryFigures {
	var right, wanted, given float64
	for i := range all {
		want, got := about(i)
		if want {
			wanted++
		}
		if got {
			given++
		}
		if want && got {
			right++
		}
	}
	return CategoryFigures{
		Reports: int(wanted), Precision: right / max(given, 1), Recall: right / max(wanted, 1), F1: 2 * right / max(wanted+given, 1),
	}
}

func calibrationError(all []Judgement) (off float64) {
	const tenths = 10
	var n, right, sum [tenths]float64
	for _, j := range all {
		bin := min(int(j.Confidence*tenths), tenths-1)
		n[bin]++
		sum[bin] += j.Confidence
		if j.Got == j.Want {
			right[bin]++
		}
	}
	for i := range n {
		off += max(right[i]-sum[i], sum[i]-right[i]) / max(float64(len(all)), 1)
	}
	return off
}

// Judge classifies an example's text and puts the suggestion beside what the example says.
func (c *Classifier) Judge(e Example) Judgement {
	s := c.Classify(Report{Text: e.Text})
	j := Judgement{
		Want: e.Category, Got: s.Category, WantA: e.Aspects, GotA: s.Aspects, Confidence: s.Confidence, JudgedAspects: e.Judged,
		Asked: Doubt(s.Confidence, s.Alternatives) != "",
	}
	for _, alternative := range s.Alternatives {
		j.Alternatives = append(j.Alternatives, alternative.Category)
	}
	return j
}

// folds is how many parts the examples are divided in for cross-validation.
const folds = 5

// CrossValidate judges every example with a model that was made without it, one of folds, and finds the calibration of a model that is
// made of all.
func CrossValidate(examples []Example) (all []Judgement, c Calibration) {
	made := make([]*Classifier, folds)
	told := make([]scores, len(examples))
	for fold := range folds {
		var rest []Example
		for i, e := range examples {
			if i%folds != fold {
				rest = append(rest, e)
			}
		}
		made[fold] = signsOnly()
		made[fold].model = newTraining(rest).model(Calibration{Temperature: 1})
	}
	for i, e := range examples {
		told[i] = made[i%folds].scores(e.Text)
	}
	c.Temperature = temperature(told, examples)
	for _, m := range made {
		m.model.temperature = c.Temperature
	}
	c.Thresholds = thresholds(func(i int) [numAspects]float64 {
		m := made[i%folds].model
		return m.aspectScores(told[i], m.shares(told[i], ""))
	}, examples)
	for _, m := range made {
		m.model.thresholds = c.Thresholds
	}
	all = make([]Judgement, len(examples))
	for i, e := range examples {
		all[i] = made[i%folds].Judge(e)
	}
	return all, c
}

// scores are what the model tells of a text.
func (c *Classifier) scores(text string) scores {
	return c.model.weigh(c.view(Report{Text: text}).features)
}

// temperature returns the temperature under which the decisions are the likeliest.
func temperature(told []scores, examples []Example) (best float32) {
	const from, to, step = 0.5, 4, 0.05
	least := math.Inf(1)
	for t := float32(from); t <= to; t += step {
		surprise := 0.0
		for i, e := range examples {
			shares := (&model{temperature: t}).shares(told[i], "")
			surprise -= math.Log(max(shares[columnOf(e.Category)], 1e-9))
		}
		if surprise < least {
			least, best = surprise, t
		}
	}
	return best
}

// thresholds returns the scores from which the aspects are suggested with the best F1. F1 hardly changes over a wide range and goes up
// and down by chance there: the best of it is where the mean of the neighbours is highest.
func thresholds(told func(i int) [numAspects]float64, examples []Example) (all [numAspects]float32) {
	const from, step, steps, neighbours = -3, 0.1, 41, 3
	for a, aspect := range AllAspects {
		var f1 [steps]float64
		for s := range f1 {
			f1[s] = tell(examples, func(i int) (want, got bool) {
				return examples[i].Aspects.Has(aspect), told(i)[a] > from+step*float64(s)
			}).F1
		}
		best := 0.0
		for s := neighbours; s < steps-neighbours; s++ {
			sum := 0.0
			for _, f := range f1[s-neighbours : s+neighbours+1] {
				sum += f
			}
			if sum > best {
				best, all[a] = sum, float32(from+step*float64(s))
			}
		}
	}
	return all
}
