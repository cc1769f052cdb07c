package bottest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/bot"
)

// reads holds what the person sees against a message.
func (s *stage) reads(t checking, m bot.Message, screen Screen) {
	t.Helper()
	if wrong := s.Traits().Differs(m, screen); wrong != "" {
		t.Fatal(wrong)
	}
}

// post sends a message to an address and holds what is seen there against it.
func (s *stage) post(t checking, to bot.Address, m bot.Message, key string) bot.Ref {
	t.Helper()
	for _, wrong := range CheckMessage(m) {
		t.Errorf("the suite's own message has %s", wrong)
	}
	ref, err := s.Surface().Send(t.Context(), to, m, key, false)
	if err != nil {
		t.Fatalf("sending: %v", err)
	}
	s.stands(t, m, ref)
	return ref
}

// stands holds what is seen of a posted message, and of its notification, against it.
func (s *stage) stands(t checking, m bot.Message, ref bot.Ref) {
	t.Helper()
	screen, err := s.Read(t.Context(), ref)
	if err != nil {
		t.Fatalf("reading what was sent: %v", err)
	}
	s.reads(t, m, screen)
	if want := s.Traits().shown(m.Summary); screen.Notice != want {
		t.Fatalf("the notification reads %q, want %q", screen.Notice, want)
	}
}

func (s *stage) direct() bot.Address {
	return bot.Address{Surface: s.Person().Surface, User: s.Person().ID}
}

// everyBlock is a message in which a text stands in every kind of block, once or more. A text of several lines stands only where there
// may be several.
func everyBlock(text string) bot.Message {
	line := strings.Join(strings.Fields(text), " ")
	if !strings.ContainsRune(text, '\n') {
		line = text
	}
	return bot.Message{Summary: clip(line, MaxHeading), Blocks: []bot.Block{
		bot.Heading(clip(line, MaxHeading)),
		bot.Paragraph(text),
		bot.Facts{{Label: clip(line, 100), Value: text}, {Label: "Nästa", Value: text}, {Label: "Utan svar"}},
		bot.Divider{},
		bot.Quote(text),
		bot.List{line, "mellan", line},
		bot.Small(line),
		bot.Buttons{{ID: "show", Subject: "ref", Text: clip(line, MaxButtonText)}},
	}}
}

// clip is as much of the beginning of s as has at most n UTF-16 code units, in whole characters, as a person would see them.
func clip(s string, n int) string {
	for i, r := range s {
		if n -= len(utf16Of(r)); n < 0 {
			return s[:i]
		}
	}
	return s
}

func messagesRead(t *testing.T, s *stage) {
	for name, to := range map[string]bot.Address{"in a channel": s.Channel(), "to a person": s.direct()} {
		for _, hard := range slices.Concat(hardTexts(), hardParagraphs()) {
			t.Run(name+", "+hard.name, func(t *testing.T) { s.post(t, to, everyBlock(hard.text), t.Name()) })
		}
		t.Run(name+", the longest posted quote", func(t *testing.T) {
			s.post(t, to, bot.Message{Summary: "Nytt", Blocks: []bot.Block{bot.Quote(longText(MaxText))}}, t.Name())
		})
		t.Run(name+", nothing but a summary", func(t *testing.T) {
			ref, err := s.Surface().Send(t.Context(), to, bot.Message{Summary: "Nytt"}, t.Name(), false)
			if err != nil {
				t.Fatalf("sending: %v", err)
			}
			screen, err := s.Read(t.Context(), ref)
			if err != nil || screen.Notice != "Nytt" {
				t.Errorf("it reads %+v, %v", screen, err)
			}
		})
	}
}

// privately has the bot answer the command with a message.
func (s *stage) privately(t checking, m bot.Message) {
	t.Helper()
	s.handler.Answer(bot.Reply{Message: &m})
	screen, err := s.Command(t.Context())
	if err != nil {
		t.Fatalf("giving the command: %v", err)
	}
	if screen.Dialog {
		t.Fatalf("a message was answered, and a dialog opened: %+v", screen)
	}
	s.reads(t, m, screen)
}

func privateAnswersRead(t *testing.T, s *stage) {
	for _, hard := range slices.Concat(hardTexts(), hardParagraphs()) {
		t.Run(hard.name, func(t *testing.T) { s.privately(t, everyBlock(hard.text)) })
	}
	long := func(text string) bot.Message {
		return bot.Message{Summary: "Ärendet", Blocks: []bot.Block{bot.Heading("Ärendet"), bot.Quote(text), bot.Quote(text), bot.Small("Läst.")}}
	}
	for name, text := range map[string]string{
		"the longest words": longText(MaxText), "the longest marks": strings.Repeat("*_`", MaxText/3),
		"the longest emoji": strings.Repeat("🙂", MaxText/2), "the longest lines": strings.Repeat("ö\n", MaxText/2-1) + "ö",
	} {
		t.Run(name, func(t *testing.T) { s.privately(t, long(text)) })
	}
	t.Run("a list of ten cases", func(t *testing.T) {
		facts := make(bot.Facts, 10)
		for i := range facts {
			facts[i] = bot.Fact{Label: fmt.Sprintf("INC-2026-%04d · Mottagen", i), Value: longText(200)}
		}
		s.privately(t, bot.Message{Summary: "Dina rapporter", Blocks: []bot.Block{bot.Heading("Dina rapporter"), facts}})
	})
	t.Run("from a button", func(t *testing.T) {
		for _, hard := range hardTexts() {
			m := everyBlock(hard.text)
			s.handler.Answer(bot.Reply{Message: &m})
			ref := s.post(t, s.Channel(), bot.Message{Summary: "Kort", Blocks: []bot.Block{bot.Buttons{{ID: "show", Text: "Visa"}}}}, hard.name)
			screen, err := s.Press(t.Context(), ref, 0)
			if err != nil {
				t.Fatalf("pressing: %v", err)
			}
			s.reads(t, m, screen)
		}
	})
}

func longTextsAreShortened(t *testing.T, s *stage) {
	const n = 20_000
	text := longText(n)
	for name, block := range map[string]bot.Block{
		"a heading": bot.Heading(text), "a paragraph": bot.Paragraph(text), "a quote": bot.Quote(text), "a list": bot.List{"först", text},
		"small print": bot.Small(text), "a fact": bot.Facts{{Label: "Text", Value: text}}, "a label": bot.Facts{{Label: text, Value: "x"}},
		"a button": bot.Buttons{{ID: "show", Text: text}},
	} {
		t.Run(name, func(t *testing.T) {
			m := bot.Message{Summary: "Nytt", Blocks: []bot.Block{bot.Heading("Nytt"), block}}
			ref, err := s.Surface().Send(t.Context(), s.Channel(), m, t.Name(), false)
			if err != nil {
				t.Fatalf("sending: %v", err)
			}
			screen, err := s.Read(t.Context(), ref)
			if err != nil {
				t.Fatalf("reading what was sent: %v", err)
			}
			all := screen.Text + strings.Join(screen.Buttons, "")
			if !strings.Contains(all, text[:40]) || !strings.Contains(all, "…") {
				t.Errorf("of a long text there is %q", clip(all, 200))
			}
		})
	}
}

func editedReads(t *testing.T, s *stage) {
	for name, to := range map[string]bot.Address{"in a channel": s.Channel(), "to a person": s.direct()} {
		for _, hard := range hardTexts() {
			t.Run(name+", "+hard.name, func(t *testing.T) {
				ref := s.post(t, to, everyBlock("Före"), t.Name())
				after := everyBlock(hard.text)
				if err := s.Surface().Edit(t.Context(), ref, after); err != nil {
					t.Fatalf("editing: %v", err)
				}
				s.stands(t, after, ref)
			})
		}
		t.Run(name+", to less", func(t *testing.T) {
			ref := s.post(t, to, everyBlock("Före"), t.Name())
			after := bot.Message{Summary: "Klart", Blocks: []bot.Block{bot.Paragraph("Klart")}}
			if err := s.Surface().Edit(t.Context(), ref, after); err != nil {
				t.Fatalf("editing: %v", err)
			}
			s.stands(t, after, ref)
		})
	}
}

func sentAgain(t *testing.T, s *stage) {
	for name, to := range map[string]bot.Address{"in a channel": s.Channel(), "to a person": s.direct()} {
		t.Run(name, func(t *testing.T) {
			m := everyBlock("Samma")
			first := s.post(t, to, m, "delivery:4711:"+name)
			s.post(t, to, everyBlock("Emellan"), "delivery:4712:"+name)
			again, err := s.Surface().Send(t.Context(), to, m, "delivery:4711:"+name, true)
			if err != nil {
				t.Fatalf("sending again: %v", err)
			}
			if diff := cmp.Diff(first, again); diff != "" {
				t.Errorf("it lies there twice (-first +again):\n%s", diff)
			}
			after := everyBlock("Efter")
			if err := s.Surface().Edit(t.Context(), first, after); err != nil {
				t.Fatalf("editing: %v", err)
			}
			if again, err = s.Surface().Send(t.Context(), to, m, "delivery:4711:"+name, true); err != nil || again != first {
				t.Errorf("once edited it lies there twice: %v and %v, %v", first, again, err)
			}
			s.stands(t, after, first)
		})
	}
}

func buttonsTell(t *testing.T, s *stage) {
	var buttons bot.Buttons
	for i := range MaxButtons {
		buttons = append(buttons, bot.Button{
			ID: []string{"acknowledge", "show", "category_2"}[i%3], Subject: fmt.Sprintf("ref_%d:å", i), Text: fmt.Sprintf("Knapp %d", i),
			Style: []bot.Style{bot.Plain, bot.Primary, bot.Danger}[i%3],
		})
	}
	buttons[3].Subject = buttons[0].Subject // the same twice
	buttons[7].Subject = ""
	m := bot.Message{Summary: "Kort", Blocks: []bot.Block{bot.Paragraph("Kort"), buttons[:4], bot.Small("Fler"), buttons[4:]}}
	s.handler.Answer(bot.Reply{Message: &bot.Message{Summary: "Tack", Blocks: []bot.Block{bot.Paragraph("Tack")}}})
	keys := map[string]bool{}
	for name, to := range map[string]bot.Address{"in a channel": s.Channel(), "to a person": s.direct()} {
		t.Run(name, func(t *testing.T) {
			ref := s.post(t, to, m, t.Name())
			for i, b := range buttons {
				s.handler.Forget()
				if _, err := s.Press(t.Context(), ref, i); err != nil {
					t.Fatalf("pressing the button %d: %v", i, err)
				}
				asked := s.handler.Asked(bot.Press)
				if len(asked) != 1 {
					t.Fatalf("the handler was asked %d times", len(asked))
				}
				if r := asked[0]; r.Name != b.ID || r.Subject != b.Subject || r.Actor != s.Person() {
					t.Errorf("the button %+v came as %+v", b, r)
				}
				if keys[asked[0].Key] {
					t.Errorf("two presses came with the key %q", asked[0].Key)
				}
				keys[asked[0].Key] = true
			}
		})
	}
	t.Run("and may open a dialog", func(t *testing.T) {
		d := form(bot.Field{ID: "text", Kind: bot.LongText, Label: "Vad hände?"})
		ref := s.post(t, s.Channel(), m, t.Name())
		s.handler.Answer(bot.Reply{Dialog: d})
		screen, err := s.Press(t.Context(), ref, 5)
		if err != nil || !screen.Dialog {
			t.Fatalf("pressing: %+v, %v", screen, err)
		}
		answers := bot.Values{"text": {"Från *kortet*"}}
		screen, req := s.submit(t, d, answers)
		if diff := cmp.Diff(s.want(d, answers), s.comparable(d, req.Values)); diff != "" {
			t.Errorf("the answers came otherwise (-given +came):\n%s", diff)
		}
		s.reads(t, Receipt(), screen)
		s.stands(t, m, ref) // the card is everybody's, and stays as it was
	})
}
