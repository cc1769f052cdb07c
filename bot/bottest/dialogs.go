package bottest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/bot"
)

// want is what must come to the handler of a dialog that was answered so: the answers to the questions that are shown, with
// what the platform does to texts done to them.
func (s *stage) want(d *bot.Dialog, answers bot.Values) bot.Values {
	values := bot.Values{}
	for _, f := range d.Visible(answers) {
		var given []string
		for _, a := range answers[f.ID] {
			if f.Kind == bot.Text || f.Kind == bot.LongText {
				a = s.typed(a)
			}
			if a != "" {
				given = append(given, a)
			}
		}
		if len(given) > 0 {
			values[f.ID] = given
		}
	}
	return s.comparable(d, values)
}

func (s *stage) typed(text string) string {
	if typed := s.Traits().Typed; typed != nil {
		return typed(text)
	}
	return text
}

// comparable brings values that mean the same to one form: absent and empty; several choices in any order; a value that is its own
// label; a moment, or what the clock on the wall shows then.
func (s *stage) comparable(d *bot.Dialog, values bot.Values) bot.Values {
	same := bot.Values{}
	for _, f := range d.Visible(values) {
		answers := slices.Clone(values[f.ID])
		if len(answers) == 0 || f.Kind == bot.Files {
			continue
		}
		switch f.Kind {
		case bot.Choices:
			slices.Sort(answers)
		case bot.Lookup:
			if len(answers) == 2 && answers[0] == answers[1] {
				answers = answers[:1]
			}
		case bot.DateTime:
			if at := values.Time(f.ID); !at.IsZero() {
				answers = []string{at.Format(time.RFC3339)}
				if place := s.Traits().WallClock; place != nil {
					answers = []string{at.In(place).Format(time.DateTime)}
				}
			}
		}
		if len(answers) > 1 || answers[0] != "" {
			same[f.ID] = answers
		}
	}
	return same
}

// open opens a dialog as the person does.
func (s *stage) open(t checking, d *bot.Dialog) {
	t.Helper()
	for _, wrong := range CheckDialog(d) {
		t.Errorf("the suite's own dialog has %s", wrong)
	}
	s.handler.Answer(bot.Reply{Dialog: d})
	screen, err := s.Command(t.Context())
	if err != nil {
		t.Fatalf("opening the dialog: %v", err)
	}
	if !screen.Dialog || strings.TrimSpace(screen.Title) != strings.TrimSpace(s.Traits().shown(d.Title)) {
		t.Fatalf("instead of the dialog %q there is %+v", d.Title, screen)
	}
}

// submit answers the open dialog and sends it in, and returns the request that came of it.
func (s *stage) submit(t checking, d *bot.Dialog, answers bot.Values, uploads ...Upload) (Screen, bot.Request) {
	t.Helper()
	before := len(s.handler.Asked(bot.Submit))
	screen, err := s.Submit(t.Context(), d, answers, uploads)
	if err != nil {
		t.Fatalf("answering the dialog with %q: %v", answers, err)
	}
	asked := s.handler.Asked(bot.Submit)
	if len(asked) != before+1 {
		t.Fatalf("the handler was asked %d times, and the person sees %+v", len(asked)-before, screen)
	}
	return screen, asked[before]
}

// carry opens a dialog, answers it, sends it in, and holds what came to the handler against what was answered. What stood in it from
// the start is in d.Values; answers take its place.
func (s *stage) carry(t checking, d *bot.Dialog, answers bot.Values, uploads ...Upload) bot.Request {
	t.Helper()
	s.open(t, d)
	screen, req := s.submit(t, d, answers, uploads...)
	all := bot.Values{}
	for _, f := range d.Fields {
		all[f.ID] = d.Values[f.ID]
		if given, ok := answers[f.ID]; ok {
			all[f.ID] = given
		}
	}
	if diff := cmp.Diff(s.want(d, all), s.comparable(d, req.Values)); diff != "" {
		t.Fatalf("the answers came otherwise (-given +came):\n%s", diff)
	}
	if req.Name != d.ID || req.Subject != d.Subject {
		t.Fatalf("the answers came as those of the dialog %q about %q", req.Name, req.Subject)
	}
	if req.InParts != s.Traits().InParts {
		t.Fatalf("the answers came in parts: %v", req.InParts)
	}
	if diff := cmp.Diff(s.Person(), req.Actor); diff != "" {
		t.Fatalf("they came from somebody else (-person +came):\n%s", diff)
	}
	s.reads(t, Receipt(), screen)
	return req
}

func answersArrive(t *testing.T, s *stage) {
	for _, c := range answerCases() {
		t.Run(c.name, func(t *testing.T) { s.carry(t, form(c.field), bot.Values{"field": c.answer}) })
	}
}

func prefilledArrives(t *testing.T, s *stage) {
	for _, c := range answerCases() {
		t.Run(c.name, func(t *testing.T) {
			d := form(c.field, bot.Field{ID: "more", Kind: bot.Text, Label: "Något mer?"})
			d.Values = bot.Values{"field": c.answer}
			s.carry(t, d, bot.Values{"more": {"Nej"}})
		})
	}
	t.Run("an answer that was searched for", func(t *testing.T) {
		d := form(bot.Field{ID: "system", Kind: bot.Lookup, Label: "Vilket system?"})
		d.Values = bot.Values{"system": {"omsorg", "Omsorgs*systemet*"}}
		s.carry(t, d, nil)
	})
	t.Run("a dialog that nobody has changed anything in", func(t *testing.T) {
		d := everyKind()
		d.Values = bot.Values{
			"line": {"rad"}, "text": {"flera\nrader"}, "one": {"b"}, "some": {"a", "c"}, "system": {"omsorg", "Omsorgssystemet"},
			"when": {"2026-11-23T13:05:00Z"},
		}
		s.carry(t, d, nil)
	})
}

func emptiedArrives(t *testing.T, s *stage) {
	d := everyKind()
	d.Values = bot.Values{"line": {"rad"}, "text": {"flera\nrader"}, "some": {"a", "c"}}
	s.carry(t, d, bot.Values{"line": {""}, "text": {""}, "some": nil})
}

func hiddenIsNotRequired(t *testing.T, s *stage) {
	d := form(
		bot.Field{ID: "stop", Kind: bot.Choice, Required: true, Label: "Är det känsligt?", Options: options("no", "yes")},
		bot.Field{ID: "text", Kind: bot.LongText, Required: true, Min: 10, Label: "Vad hände?",
			ShowIf: &bot.Condition{Field: "stop", OneOf: []string{"no"}}},
	)
	t.Run("from the start", func(t *testing.T) { s.carry(t, d, bot.Values{"stop": {"yes"}}) })
	t.Run("that was shown at first", func(t *testing.T) {
		d := *d
		d.Values = bot.Values{"stop": {"no"}}
		s.carry(t, &d, bot.Values{"stop": {"yes"}})
	})
}

func questionsFollow(t *testing.T, s *stage) {
	d := form(
		bot.Field{ID: "personal", Kind: bot.Choice, Label: "Personuppgifter?", Options: options("yes", "no", "unknown")},
		bot.Field{ID: "kinds", Kind: bot.Choices, Label: "Vilka?", Options: options("health", "children", "other"),
			ShowIf: &bot.Condition{Field: "personal", OneOf: []string{"yes", "unknown"}}},
		bot.Field{ID: "which", Kind: bot.Text, Label: "Vilka andra?",
			ShowIf: &bot.Condition{Field: "kinds", OneOf: []string{"other"}}},
		bot.Field{ID: "advice", Kind: bot.Note, Label: "Ring oss också.",
			ShowIf: &bot.Condition{Field: "kinds", OneOf: []string{"health", "children"}}},
		bot.Field{ID: "always", Kind: bot.Text, Label: "Något mer?"},
	)
	for name, answers := range map[string]bot.Values{
		"none":      {"personal": {"no"}, "always": {"a"}},
		"one":       {"personal": {"unknown"}, "kinds": {"health"}, "always": {"b"}},
		"all":       {"personal": {"yes"}, "kinds": {"children", "other"}, "which": {"fackliga"}, "always": {"c"}},
		"untouched": {},
	} {
		t.Run(name, func(t *testing.T) { s.carry(t, d, answers) })
	}
	t.Run("one that is gone again takes its answer with it", func(t *testing.T) {
		filled := *d
		filled.Values = bot.Values{"personal": {"yes"}, "kinds": {"other"}, "which": {"fackliga"}}
		s.carry(t, &filled, bot.Values{"personal": {"no"}})
	})
}

func anyLength(t *testing.T, s *stage) {
	for n := 1; n <= MaxFields; n++ {
		t.Run(fmt.Sprintf("%d questions", n), func(t *testing.T) {
			var fields []bot.Field
			answers := bot.Values{}
			for i := range n {
				id := fmt.Sprintf("field_%d", i)
				f := bot.Field{ID: id, Kind: bot.Text, Label: fmt.Sprintf("Fråga %d", i), Required: i%2 == 0}
				answers[id] = []string{fmt.Sprintf("svar %d", i)}
				if i%3 == 2 {
					f.Kind, f.Options = bot.Choice, options("a", "b")
					answers[id] = []string{"b"}
				}
				fields = append(fields, f)
			}
			s.carry(t, form(fields...), answers)
		})
	}
}

func filesArrive(t *testing.T, s *stage) {
	names := []string{"faktura.pdf", "skärm bild (1).png", "😀.txt", "rapport.tar.gz", "utan ändelse"}
	d := form(
		bot.Field{ID: "text", Kind: bot.LongText, Label: "Vad hände?"},
		bot.Field{ID: "files", Kind: bot.Files, Label: "Bilagor", Max: len(names)},
	)
	for n := range len(names) + 1 {
		t.Run(fmt.Sprintf("%d files", n), func(t *testing.T) {
			var uploads []Upload
			for i, name := range names[:n] {
				uploads = append(uploads, Upload{name, []byte(strings.Repeat(fmt.Sprintf("%d\x00\xff\r\n", i), 1+i*300))})
			}
			req := s.carry(t, d, bot.Values{"text": {"Det står i bilagan."}}, uploads...)
			if len(req.Files) != n {
				t.Fatalf("%d files came: %+v", len(req.Files), req.Files)
			}
			for i, f := range req.Files {
				if f.ID == "" || f.Name != s.fileName(uploads[i].Name) || f.Size != int64(len(uploads[i].Content)) {
					t.Errorf("the file %q of %d bytes came as %+v", uploads[i].Name, len(uploads[i].Content), f)
				}
				content, err := s.Surface().Fetch(t.Context(), f, f.Size)
				if err != nil {
					t.Errorf("fetching the file %q: %v", f.Name, err)
				} else if diff := cmp.Diff(uploads[i].Content, content); diff != "" {
					t.Errorf("the file %q holds something else (-given +came):\n%s", f.Name, diff)
				}
			}
		})
	}
}

func (s *stage) fileName(name string) string {
	if called := s.Traits().FileName; called != nil {
		return called(name)
	}
	return name
}

func answerIsFound(t *testing.T, s *stage) {
	inventory := make([]bot.Option, 0, 300)
	for i := range 240 {
		inventory = append(inventory, bot.Option{Value: fmt.Sprintf("sys-%d", i), Label: fmt.Sprintf("System nummer %03d", i)})
	}
	for _, hard := range hardTexts() {
		if text := strings.TrimSpace(hard.text); len([]rune(text)) <= MaxOptionLabel/2 {
			inventory = append(inventory, bot.Option{Value: fmt.Sprintf("hard-%d", len(inventory)), Label: "Hårt " + text})
		}
	}
	long := bot.Option{Value: strings.Repeat("v", MaxOptionValue), Label: longText(MaxOptionLabel)}
	same := bot.Option{Value: "Schema", Label: "Schema"}
	inventory = append(inventory, long, same)
	s.handler.Stock(inventory)
	d := form(
		bot.Field{ID: "system", Kind: bot.Lookup, Label: "Vilket system?", Placeholder: "Sök"},
		bot.Field{ID: "more", Kind: bot.Text, Label: "Något mer?"},
	)
	found := append([]bot.Option{inventory[0], inventory[100], long, same}, inventory[240:]...)
	for _, o := range found {
		t.Run(o.Label, func(t *testing.T) {
			s.carry(t, d, bot.Values{"system": {o.Value, o.Label}, "more": {"Nej"}})
		})
	}
	t.Run("when there are few", func(t *testing.T) {
		s.handler.Stock(inventory[:3])
		s.carry(t, d, bot.Values{"system": {inventory[2].Value, inventory[2].Label}})
	})
	t.Run("unless nobody asks for it", func(t *testing.T) { s.carry(t, d, bot.Values{"more": {"Nej"}}) })
}

func errorsAreMended(t *testing.T, s *stage) {
	const short, time = "Skriv minst tio tecken, så att vi *förstår*.", "Det ligger i framtiden."
	d := everyKind()
	s.handler.Stock([]bot.Option{{Value: "omsorg", Label: "Omsorgssystemet"}})
	given := bot.Values{
		"line": {"# rad"}, "text": {"fel"}, "one": {"b"}, "some": {"a", "c"}, "system": {"omsorg", "Omsorgssystemet"},
		"when": {"2026-11-24T13:05:00Z"},
	}
	mended := bot.Values{"text": {"Nu är det **rätt**.\nPå två rader."}, "when": {"2026-11-23T13:05:00Z"}}
	s.handler.Refuse(func(req bot.Request) map[string]string {
		if req.Values.Get("text") == "fel" {
			return map[string]string{"text": short, "when": time}
		}
		return nil
	})
	s.open(t, d)
	screen, first := s.submit(t, d, given, Upload{"bild.png", []byte("bild")})
	if diff := cmp.Diff(map[string]string{"text": s.Traits().shown(short), "when": s.Traits().shown(time)}, screen.Errors); diff != "" {
		t.Fatalf("what is wrong is told otherwise (-want +told):\n%s", diff)
	}
	if diff := cmp.Diff(s.want(d, given), s.comparable(d, first.Values)); diff != "" {
		t.Fatalf("the answers came otherwise (-given +came):\n%s", diff)
	}
	screen, second := s.submit(t, d, mended)
	for id, answer := range mended {
		given[id] = answer
	}
	if diff := cmp.Diff(s.want(d, given), s.comparable(d, second.Values)); diff != "" {
		t.Fatalf("after the mending the answers came otherwise (-given +came):\n%s", diff)
	}
	if diff := cmp.Diff(first.Files, second.Files); diff != "" || len(second.Files) != 1 {
		t.Fatalf("after the mending the files came otherwise (-first +second):\n%s", diff)
	}
	if first.Key != second.Key {
		t.Errorf("the dialog came with the key %q first and %q then", first.Key, second.Key)
	}
	s.reads(t, Receipt(), screen)
}

func oneKey(t *testing.T, s *stage) {
	d := form(bot.Field{ID: "text", Kind: bot.LongText, Label: "Vad hände?"})
	keys := map[string]bool{}
	for range 3 {
		s.handler.Refuse(func(bot.Request) map[string]string { return map[string]string{"text": "Försök igen."} })
		s.open(t, d)
		_, first := s.submit(t, d, bot.Values{"text": {"Samma sak varje gång."}})
		_, second := s.submit(t, d, nil)
		s.handler.Refuse(nil)
		_, third := s.submit(t, d, nil)
		if first.Key != second.Key || second.Key != third.Key {
			t.Errorf("one dialog came with the keys %q, %q and %q", first.Key, second.Key, third.Key)
		}
		if keys[first.Key] {
			t.Errorf("two dialogs came with the key %q", first.Key)
		}
		keys[first.Key] = true
	}
}

// keysOfTheirOwn goes on from what a dialog turned into to the next one, more often than Slack lays views on top of each other.
func keysOfTheirOwn(t *testing.T, s *stage) {
	d := &bot.Dialog{
		ID: "next", Subject: "ref", Title: "Nästa", Submit: "Skicka", Cancel: "Avbryt",
		Fields: []bot.Field{{ID: "line", Kind: bot.Text, Label: "En rad", Max: 100}},
	}
	receipt := Receipt()
	receipt.Blocks = append(receipt.Blocks, bot.Buttons{{ID: "again", Subject: "ref", Text: "En till"}})
	s.handler.Thank(receipt)
	s.open(t, d)
	keys := map[string]bool{}
	const times = 6
	for n := range times {
		screen, req := s.submit(t, d, bot.Values{"line": {"Nummer " + strconv.Itoa(n)}})
		keys[req.Key] = true
		if n == times-1 {
			break
		}
		if _, err := s.Press(t.Context(), screen.Ref, 0); err != nil {
			t.Fatalf("going on to dialog %d: %v", n+1, err)
		}
	}
	if len(keys) != times {
		t.Errorf("%d dialogs have %d keys", times, len(keys))
	}
}

func cancelled(t *testing.T, s *stage) {
	d := everyKind()
	s.open(t, d)
	if screen, err := s.Cancel(t.Context(), d); err != nil || screen.Dialog {
		t.Fatalf("closing the dialog: %+v, %v", screen, err)
	}
	asked := s.handler.Asked(bot.Cancel)
	if len(asked) != 1 || asked[0].Name != d.ID || asked[0].Subject != d.Subject {
		t.Fatalf("the handler heard %+v", asked)
	}
	if sent := s.handler.Asked(bot.Submit); len(sent) > 0 {
		t.Errorf("a dialog that was closed was sent: %+v", sent)
	}
}

func shortcutArrives(t *testing.T, s *stage) {
	s.handler.Answer(bot.Reply{Dialog: form(bot.Field{ID: "text", Kind: bot.LongText, Label: "Vad hände?"})})
	for _, hard := range slices.Concat(hardTexts(), hardParagraphs()) {
		t.Run(hard.name, func(t *testing.T) {
			s.handler.Forget()
			screen, err := s.Shortcut(t.Context(), hard.text)
			if err != nil || !screen.Dialog {
				t.Fatalf("using the shortcut: %+v, %v", screen, err)
			}
			asked := s.handler.Asked(bot.Shortcut)
			if len(asked) != 1 {
				t.Fatalf("the handler was asked %d times", len(asked))
			}
			if want := strings.TrimSpace(s.typed(hard.text)); strings.TrimSpace(asked[0].Text) != want {
				t.Errorf("%q came as %q", want, asked[0].Text)
			}
		})
	}
}
