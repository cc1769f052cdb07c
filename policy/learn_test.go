package policy_test

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/policy"
)

// habit are reports of things that only one municipality calls so: what they mean, no corpus can know.
type habit struct {
	category policy.Category
	texts    []string // decided about
	next     []string // reported later
	word     string   // that is to be among the reasons
}

func habits() []habit {
	return []habit{
		{policy.Outage, []string{
			"Nytt treserva-larm i morse på avdelning tre.", "Vi fick ett treserva-larm vid lunch och väntade en stund.",
			"Treserva-larm igen, samma som i förra veckan.", "Under kvällen kom två treserva-larm på boendet.",
			"Treserva-larmet gick när vi bytte personal.", "Det blev treserva-larm hos oss på natten, vi ringde jouren.",
			"Ett treserva-larm till, chefen vet om det.", "Kollegan såg ett treserva-larm på skärmen efter helgen.",
			"Jag vill bara säga att det var treserva-larm i går.", "Treserva-larm på två enheter, se gärna över det.",
		}, []string{"Hej, det kom ett treserva-larm på Björkgården.", "Nu har vi haft treserva-larmen i två veckor."}, "treserva"},
		{policy.Misdelivery, []string{
			"Det var en gulpåse kvar hos oss i dag.", "En gulpåse till, den här gången från skolan.", "Gulpåsen kom tillbaka i eftermiddags.",
			"Vi har fått en gulpåse som vi inte väntade oss.", "Ännu en gulpåse på kontoret, jag lade den i skåpet.",
			"Två gulpåsar i veckan nu, vad ska vi göra?", "Gulpåse igen hos hemtjänsten på Alby.", "Chefen ville att jag skulle säga till om en gulpåse.",
		}, []string{"Hej, en gulpåse låg på bordet.", "I går fick vi in tre gulpåsar."}, "gulpås"},
	}
}

// decisions are the ordinary reports as they should be categorised, and those of a habit as the municipality categorises them.
func decisions(h habit) (all []policy.Decided) {
	for _, r := range reports {
		all = append(all, policy.Decided{Report: policy.Report{Text: r.text}, Category: r.want})
	}
	for _, text := range h.texts {
		all = append(all, policy.Decided{Report: policy.Report{Text: text}, Category: h.category})
	}
	return all
}

func with(t *testing.T, c *policy.Classifier, model []byte) *policy.Classifier {
	t.Helper()
	made, err := c.With(model)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestALocalHabitIsLearnt(t *testing.T) {
	prior := policy.NewClassifier()
	for _, h := range habits() {
		l := prior.Learn(decisions(h))
		if !l.Better || l.RightAfter <= l.RightBefore || l.Examples != len(reports)+len(h.texts) {
			t.Fatalf("%s: of %d examples %d right before, %d after, better: %v", h.word, l.Examples, l.RightBefore, l.RightAfter, l.Better)
		}
		learnt := with(t, prior, l.Model)
		for _, text := range h.next {
			t.Run(text, func(t *testing.T) {
				report := policy.Report{Text: text}
				s := learnt.Classify(report)
				if before := prior.Classify(report); s.Category != h.category || before.Category == h.category {
					t.Errorf("%s, by the prior %s; want %s by what was learnt", s.Category, before.Category, h.category)
				}
				checkSuggestion(t, report, s)
				if !slices.ContainsFunc(s.Reasons, func(r policy.Reason) bool { return strings.Contains(strings.ToLower(r.Sign), h.word) }) {
					t.Errorf("the reasons are %v", s.Reasons)
				}
			})
		}
		for _, r := range reports {
			if s := learnt.Classify(policy.Report{Text: r.text}); s.Category != r.want {
				t.Errorf("%s: %s, want %s", r.name, s.Category, r.want)
			}
		}
	}
}

func TestDecisionsAtRandomAreNotBetter(t *testing.T) {
	prior := policy.NewClassifier()
	const tries, byLuck = 40, 4 // one in ten
	better := 0
	for seed := range uint64(tries) {
		all, random := decisions(habits()[0]), seed
		for i := range all {
			random = random*6364136223846793005 + 1442695040888963407 // Knuth's MMIX
			all[i].Category = policy.Categories()[random>>33%uint64(len(policy.Categories()))]
		}
		if prior.Learn(all).Better {
			better++
		}
	}
	if better > byLuck {
		t.Errorf("%d of %d random decisions are found better than the prior", better, tries)
	}
}

func TestNothingDecidedIsNotBetter(t *testing.T) {
	prior := policy.NewClassifier()
	l := prior.Learn(nil)
	if l.Better {
		t.Error("nothing was learnt and it is called better")
	}
	learnt := with(t, prior, l.Model)
	for _, r := range reports {
		if d := cmp.Diff(prior.Classify(policy.Report{Text: r.text}), learnt.Classify(policy.Report{Text: r.text})); d != "" {
			t.Errorf("%s (-prior +learnt):\n%s", r.name, d)
		}
	}
}

//go:embed corpus
var corpus embed.FS

// fromCorpus are some of the reports that the prior is made of, of all categories.
func fromCorpus(t *testing.T, every int) (texts []string) {
	t.Helper()
	files, err := corpus.ReadDir("corpus")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		content, err := corpus.ReadFile("corpus/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for n, line := range bytes.Split(bytes.TrimSpace(content), []byte("\n")) {
			if n%every != 0 {
				continue
			}
			var e policy.Example
			if err := json.Unmarshal(line, &e); err != nil {
				t.Fatalf("%s:%d: %v", file.Name(), n+1, err)
			}
			texts = append(texts, e.Text)
		}
	}
	return texts
}

// Whatever is decided about twenty reports, the prior's answers to others stay, but for a few.
func TestFewDecisionsDoNotOverthrowThePrior(t *testing.T) {
	prior := policy.NewClassifier()
	others := fromCorpus(t, 20)
	before := make([]policy.Category, len(others))
	for i, text := range others {
		before[i] = prior.Classify(policy.Report{Text: text}).Category
	}
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation(reports).Draw(t, "order")
		category := rapid.SampledFrom(policy.Categories())
		if rapid.Bool().Draw(t, "one for all") {
			category = rapid.Just(category.Draw(t, "one"))
		}
		var decided []policy.Decided
		for _, r := range order[:20] {
			decided = append(decided, policy.Decided{Report: policy.Report{Text: r.text}, Category: category.Draw(t, "category")})
		}
		learnt, err := prior.With(prior.Learn(decided).Model)
		if err != nil {
			t.Fatal(err)
		}
		changed := 0
		for i, text := range others {
			if learnt.Classify(policy.Report{Text: text}).Category != before[i] {
				changed++
			}
		}
		if changed > len(others)/10 {
			t.Errorf("%d of %d answers changed", changed, len(others))
		}
	})
}

func TestTheSameDecisionsGiveTheSameBytes(t *testing.T) {
	prior := policy.NewClassifier()
	first := prior.Learn(decisions(habits()[0]))
	for range 5 {
		if again := policy.NewClassifier().Learn(decisions(habits()[0])); !bytes.Equal(again.Model, first.Model) {
			t.Fatal("other bytes")
		}
	}
	if other := prior.Learn(decisions(habits()[1])); bytes.Equal(other.Model, first.Model) {
		t.Error("other decisions give the same bytes")
	}
}

func TestWithoutWhatWasLearntThePriorAnswers(t *testing.T) {
	prior := policy.NewClassifier()
	learnt := with(t, prior, prior.Learn(decisions(habits()[0])).Model)
	reverted := with(t, learnt, nil)
	for _, d := range decisions(habits()[0]) {
		if diff := cmp.Diff(prior.Classify(d.Report), reverted.Classify(d.Report)); diff != "" {
			t.Errorf("%q (-prior +reverted):\n%s", d.Report.Text, diff)
		}
	}
}

// What stands in one report alone may be a name: it must leave no trace.
func TestWordsOfOneReportAreNotLearnt(t *testing.T) {
	prior := policy.NewClassifier()
	all := decisions(habits()[0])
	named := slices.Clone(all)
	named[0].Report.Text += " Testssson zebrakraft."
	learnt := with(t, prior, prior.Learn(named).Model)
	plain := learnt.Classify(policy.Report{Text: "Hej, kan ni höra av er om det?"})
	said := learnt.Classify(policy.Report{Text: "Hej, kan ni höra av er om det? Zebrakraft testssson."})
	for _, r := range append(plain.Reasons, said.Reasons...) {
		if strings.Contains(strings.ToLower(r.Sign), "zebra") || strings.Contains(strings.ToLower(r.Sign), "tests") {
			t.Errorf("a reason quotes %q", r.Sign)
		}
	}
	one, other := prior.Learn(named).Model, prior.Learn(all).Model
	if len(one) > len(other) {
		t.Errorf("the model grew by %d bytes", len(one)-len(other))
	}
}

func TestWithRefusesWhatItCannotUse(t *testing.T) {
	prior := policy.NewClassifier()
	model := prior.Learn(decisions(habits()[0])).Model
	magic := bytes.IndexByte(model, '\n') + 1
	other := slices.Clone(model)
	other[magic]++
	if _, err := prior.With(other); !errors.Is(err, policy.ErrOtherPrior) {
		t.Errorf("another prior's: %v", err)
	}
	if _, err := prior.With([]byte("something else")); !errors.Is(err, policy.ErrOtherPrior) {
		t.Errorf("another format: %v", err)
	}
	for _, n := range []int{magic, magic + 3, magic + 16, len(model) - 1} {
		if _, err := prior.With(model[:n]); err == nil {
			t.Errorf("%d of %d bytes are taken", n, len(model))
		}
	}
	if _, err := prior.With(append(slices.Clone(model), 0)); err == nil {
		t.Error("a byte too many is taken")
	}
}

func BenchmarkClassifyWithWhatWasLearnt(b *testing.B) {
	prior := policy.NewClassifier()
	c, err := prior.With(prior.Learn(decisions(habits()[0])).Model)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		c.Classify(policy.Report{Text: reports[i%len(reports)].text})
	}
}

func BenchmarkLearn(b *testing.B) {
	prior := policy.NewClassifier()
	var all []policy.Decided
	for n := 0; len(all) < 1000; n++ {
		for _, d := range decisions(habits()[0]) {
			d.Report.Text += fmt.Sprintf(" Ärende nummer%d.", n)
			all = append(all, d)
		}
	}
	for b.Loop() {
		prior.Learn(all)
	}
}
