package bottest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
)

func utf16Of(r rune) []uint16 { return utf16.AppendRune(nil, r) }

// pieces are what random texts are put together from: what markup, mentions and links are made of.
var pieces = []string{
	"*", "**", "_", "__", "~~", "||", "`", "```", "> ", ">>> ", "# ", "-# ", "- ", "1. ", "[", "](", ")", "<", ">", "<@", "<@&", "<#", "<!",
	"@everyone", "@here", "<!channel>", "https://exempel.example/", "www.", ":fire:", "<:a:1>", "<t:1:R>", "\\", "|", "&amp;", "&", "\"", "'",
	"a", "Ö", "ord", "1", "🙂", "👩‍👩‍👧", "e\u0301", "ש", "\u202e", "\u200b", "\t", "  ", " ",
}

// anyText draws a text of at most most characters, of several lines when lines is true.
func anyText(t *rapid.T, what string, most int, lines bool) string {
	parts := pieces
	if lines {
		parts = append(slices.Clone(pieces), "\n", "\n\n", "\n> ", "\n- ")
	}
	text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 30).Draw(t, what), "")
	return clip(text, most)
}

// anyWord draws a text that is not empty.
func anyWord(t *rapid.T, what string, most int) string {
	return clip("x"+anyText(t, what, most, false), most)
}

// anyDialog draws a dialog, and the answers of somebody who goes through it from its beginning to its end.
func anyDialog(t *rapid.T) (*bot.Dialog, bot.Values) {
	d, answers := form(), bot.Values{}
	lookups := 0
	d.Title, d.Submit = anyWord(t, "title", MaxTitle), anyWord(t, "submit", MaxTitle)
	for i := range rapid.IntRange(1, MaxFields).Draw(t, "fields") {
		f := bot.Field{
			ID: fmt.Sprintf("f%d", i), Label: fmt.Sprintf("%d ", i) + anyWord(t, "label", MaxLabel-3), Help: anyText(t, "help", 120, false),
			Kind: rapid.SampledFrom([]bot.FieldKind{
				bot.Note, bot.Text, bot.LongText, bot.Choice, bot.Choice, bot.Choices, bot.Lookup, bot.DateTime,
			}).Draw(t, "kind"),
			Required: rapid.Bool().Draw(t, "required"),
		}
		if i == 0 && f.Kind == bot.Note { // a dialog begins with a question
			f.Kind = bot.Text
		}
		if f.Kind == bot.Lookup {
			if lookups++; lookups > MaxLookups {
				f.Kind = bot.Text
			}
		}
		if f.Help = strings.TrimSpace(f.Help); f.Kind == bot.Note && f.Help == "" {
			f.Help = "Mer"
		}
		if f.Kind == bot.Choice || f.Kind == bot.Choices {
			for n := range rapid.IntRange(1, 12).Draw(t, "options") {
				f.Options = append(f.Options, bot.Option{Value: fmt.Sprintf("o%d", n), Label: fmt.Sprintf("%d ", n) + anyText(t, "option", 60, false)})
			}
		}
		if before := choosable(d); len(before) > 0 && rapid.IntRange(0, 2).Draw(t, "conditional") == 0 {
			on := rapid.SampledFrom(before).Draw(t, "rests on")
			var oneOf []string
			for _, o := range rapid.SliceOfN(rapid.SampledFrom(on.Options), 1, 3).Draw(t, "one of") {
				oneOf = append(oneOf, o.Value)
			}
			f.ShowIf = &bot.Condition{Field: on.ID, OneOf: oneOf}
		}
		d.Fields = append(d.Fields, f)
		if slices.ContainsFunc(d.Visible(answers), func(shown bot.Field) bool { return shown.ID == f.ID }) {
			if answer := anyAnswer(t, f); len(answer) > 0 {
				answers[f.ID] = answer
			}
		}
	}
	return d, answers
}

// choosable are the fields that a condition may rest on.
func choosable(d *bot.Dialog) []bot.Field {
	return slices.DeleteFunc(slices.Clone(d.Fields), func(f bot.Field) bool { return f.Kind != bot.Choice && f.Kind != bot.Choices })
}

// anyAnswer draws an answer to a field; to one that is not required, perhaps none.
func anyAnswer(t *rapid.T, f bot.Field) []string {
	if !f.Required && rapid.IntRange(0, 3).Draw(t, "unanswered") == 0 {
		return nil
	}
	switch f.Kind {
	case bot.Text, bot.LongText:
		return []string{"x" + anyText(t, "answer", 500, f.Kind == bot.LongText)}
	case bot.Choice:
		return []string{rapid.SampledFrom(f.Options).Draw(t, "choice").Value}
	case bot.Choices:
		var values []string
		chosen := rapid.SliceOfNDistinct(rapid.SampledFrom(f.Options), 1, -1, func(o bot.Option) string { return o.Value })
		for _, o := range chosen.Draw(t, "choices") {
			values = append(values, o.Value)
		}
		return values
	case bot.Lookup:
		o := rapid.SampledFrom(stock()).Draw(t, "found")
		return []string{o.Value, o.Label}
	case bot.DateTime:
		minutes := rapid.Int64Range(0, 10*365*24*60).Draw(t, "minutes")
		return []string{time.Unix(1_704_067_200+minutes*60, 0).UTC().Format(time.RFC3339)} // from 2024 on
	}
	return nil
}

// stock is what can be searched for in random dialogs: more than any platform shows at once.
func stock() []bot.Option {
	all := make([]bot.Option, 60)
	for i := range all {
		all[i] = bot.Option{Value: fmt.Sprintf("s%d", i), Label: fmt.Sprintf("System %02d *%d*", i, i)}
	}
	return all
}

func anyDialogArrives(t *testing.T, s *stage) {
	s.handler.Stock(stock())
	rapid.Check(t, func(t *rapid.T) {
		s.handler.Forget()
		d, answers := anyDialog(t)
		s.carry(t, d, answers)
	})
}

// anyMessage draws a message.
func anyMessage(t *rapid.T) bot.Message {
	m := bot.Message{Summary: anyWord(t, "summary", MaxHeading)}
	room := MaxButtons
	for range rapid.IntRange(1, 8).Draw(t, "blocks") {
		line := func(most int) string { return anyText(t, "line", most, false) }
		text := func() string { return anyText(t, "text", 300, true) }
		switch rapid.IntRange(0, 7).Draw(t, "block") {
		case 0:
			m.Blocks = append(m.Blocks, bot.Heading(anyWord(t, "heading", MaxHeading)))
		case 1:
			m.Blocks = append(m.Blocks, bot.Paragraph(text()))
		case 2:
			m.Blocks = append(m.Blocks, bot.Quote(text()))
		case 3:
			var list bot.List
			for range rapid.IntRange(0, 4).Draw(t, "points") {
				list = append(list, line(100))
			}
			m.Blocks = append(m.Blocks, list)
		case 4:
			m.Blocks = append(m.Blocks, bot.Small(line(200)))
		case 5:
			m.Blocks = append(m.Blocks, bot.Divider{})
		case 6:
			var facts bot.Facts
			for range rapid.IntRange(0, 5).Draw(t, "facts") {
				facts = append(facts, bot.Fact{Label: line(60), Value: text()})
			}
			m.Blocks = append(m.Blocks, facts)
		case 7:
			var row bot.Buttons
			for i := range rapid.IntRange(0, min(6, room)).Draw(t, "buttons") {
				row = append(row, bot.Button{
					ID: "show", Subject: fmt.Sprint(i), Text: anyWord(t, "button", MaxButtonText),
					Style: rapid.SampledFrom([]bot.Style{bot.Plain, bot.Primary, bot.Danger}).Draw(t, "style"),
				})
			}
			room -= len(row)
			m.Blocks = append(m.Blocks, row)
		}
	}
	return m
}

func anyMessageReads(t *testing.T, s *stage) {
	for name, to := range map[string]bot.Address{"in a channel": s.Channel(), "to a person": s.direct()} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			rapid.Check(t, func(t *rapid.T) {
				if m := anyMessage(t); readable(m) {
					sent++
					s.post(t, to, m, fmt.Sprintf("random:%s:%d", name, sent))
				}
			})
		})
	}
	t.Run("in private", func(t *testing.T) {
		rapid.Check(t, func(t *rapid.T) {
			if m := anyMessage(t); readable(m) {
				s.privately(t, m)
			}
		})
	})
}

// readable tells whether there is anything to read in a message; what is shown of one with nothing is the surface's own.
func readable(m bot.Message) bool {
	read, _ := Traits{}.texts(m)
	return len(read) > 0
}
