package slack_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	slackgo "github.com/slack-go/slack"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
)

// mischief is what must neither fire nor change.
const mischief = "<!channel> <@U1> *x* _y_ ~z~ `k` &lt; & :smile: https://example.org/?a=1&b=2"

func options(n int) []bot.Option {
	var o []bot.Option
	for i := range n {
		o = append(o, bot.Option{Value: fmt.Sprintf("v%d", i), Label: fmt.Sprintf("Val %d", i)})
	}
	return o
}

func TestModal(t *testing.T) {
	all := bot.Dialog{
		ID: "report", Subject: "draft_1", Title: "Rapportera incident", Submit: "Skicka", Cancel: "Avbryt",
		Fields: []bot.Field{
			{ID: "intro", Kind: bot.Note, Label: "Skriv inga personnummer.", Help: "Vi maskerar dem annars."},
			{ID: "plain", Kind: bot.Note, Label: "Bara en rad."},
			{ID: "what", Kind: bot.LongText, Label: "Vad hände?", Help: "Med egna ord", Placeholder: "Berätta", Required: true, Min: 10, Max: 3000},
			{ID: "short", Kind: bot.Text, Label: "Rubrik", Max: 80},
			{ID: "form", Kind: bot.Choice, Label: "Form", Options: options(5)},
			{ID: "category", Kind: bot.Choice, Label: "Kategori", Placeholder: "Välj", Options: options(6)},
			{ID: "aspects", Kind: bot.Choices, Label: "Påverkan", Options: []bot.Option{{Value: "k", Label: "Konfidentialitet", Help: "Någon fick se"}, {Value: "r", Label: "Riktighet"}}},
			{ID: "many", Kind: bot.Choices, Label: "Många", Options: options(11)},
			{ID: "system", Kind: bot.Lookup, Label: "System", Placeholder: "Sök"},
			{ID: "when", Kind: bot.DateTime, Label: "När?", Required: true},
			{ID: "files", Kind: bot.Files, Label: "Bilagor", Max: 3},
			{ID: "personal", Kind: bot.Choice, Label: "Personuppgifter?", Options: []bot.Option{{Value: "yes", Label: "Ja"}, {Value: "no", Label: "Nej"}}},
			{ID: "how_many", Kind: bot.Text, Label: "Hur många?", ShowIf: &bot.Condition{Field: "personal", OneOf: []string{"yes"}}},
		},
	}
	draw := func(t *testing.T, d bot.Dialog) slackgo.ModalViewRequest {
		t.Helper()
		view, cuts, err := slack.Modal(&d, textOf)
		if err != nil {
			t.Fatal(err)
		}
		if len(cuts) > 0 {
			t.Errorf("shortened: %v", cuts)
		}
		return view
	}
	t.Run("every kind of field, empty", func(t *testing.T) { golden(t, "modal_empty", draw(t, all)) })
	t.Run("every kind of field, filled in, with the conditional field", func(t *testing.T) {
		d := all
		d.Values = bot.Values{
			"what": {mischief}, "short": {"Kort"}, "form": {"v1"}, "category": {"v5"}, "aspects": {"k", "r"}, "many": {"v10"},
			"system": {"sys_7", "Treserva"}, "when": {"2026-03-02T08:15:00Z"}, "personal": {"yes"}, "how_many": {"3"},
		}
		golden(t, "modal_filled", draw(t, d))
	})
	t.Run("a dialog of notes only has no submit button", func(t *testing.T) {
		view := draw(t, bot.Dialog{ID: "stop", Title: "Stopp", Fields: []bot.Field{{ID: "n", Kind: bot.Note, Label: "Ring."}}})
		if view.Submit != nil {
			t.Errorf("submit %v", view.Submit)
		}
	})
	t.Run("an unknown chosen value is not drawn as chosen", func(t *testing.T) {
		d := all
		d.Values = bot.Values{"form": {"gone"}}
		if diff := cmp.Diff(draw(t, all), draw(t, d)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestModalRefuses(t *testing.T) {
	field := func(f bot.Field) bot.Dialog { return bot.Dialog{ID: "d", Title: "T", Fields: []bot.Field{f}} }
	var many bot.Dialog
	for i := range 101 {
		many.Fields = append(many.Fields, bot.Field{ID: fmt.Sprint("f", i), Label: "x", Kind: bot.Note})
	}
	for name, d := range map[string]bot.Dialog{
		"a subject that does not fit":  {ID: "d", Subject: strings.Repeat("x", 3000)},
		"a dialog id that is too long": {ID: strings.Repeat("x", 256)},
		"a field without id":           field(bot.Field{Label: "x"}),
		"a field id that is too long":  field(bot.Field{ID: strings.Repeat("x", 256), Label: "x"}),
		"a choice without options":     field(bot.Field{ID: "f", Kind: bot.Choice}),
		"too many options":             field(bot.Field{ID: "f", Kind: bot.Choice, Options: options(101)}),
		"an option without value":      field(bot.Field{ID: "f", Kind: bot.Choices, Options: []bot.Option{{Label: "x"}}}),
		"an unknown kind of field":     field(bot.Field{ID: "f", Kind: 99}),
		"too many fields":              many,
		"two fields with one id":       {ID: "d", Fields: []bot.Field{{ID: "f", Kind: bot.Text}, {ID: "f", Kind: bot.Text}}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, _, err := slack.Modal(&d, textOf); err == nil {
				t.Error("no error")
			}
		})
	}
}

// Whatever the texts are, a dialog is within Slack's limits, and what did not fit is told.
func TestModalKeepsLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := func(label string) string {
			return strings.Repeat(rapid.SampledFrom([]string{"", "x", "å", "😀", "<&>"}).Draw(t, label), rapid.IntRange(0, 4000).Draw(t, "n"))
		}
		d := bot.Dialog{
			ID: "d", Title: word("title"), Submit: word("submit"), Cancel: word("cancel"),
			Fields: []bot.Field{
				{ID: "n", Kind: bot.Note, Label: word("note"), Help: word("help")},
				{ID: "t", Kind: bot.LongText, Label: word("label"), Help: word("help"), Placeholder: word("placeholder"), Max: rapid.IntRange(0, 9000).Draw(t, "max")},
				{ID: "c", Kind: bot.Choice, Label: word("label"), Options: []bot.Option{{Value: "v", Label: word("option"), Help: word("help")}}},
				{ID: "l", Kind: bot.Lookup, Label: word("label")},
			},
			Values: bot.Values{"t": {word("value")}, "l": {"v", word("chosen")}},
		}
		view, cuts, err := slack.Modal(&d, textOf)
		if err != nil {
			t.Fatal(err)
		}
		within := func(what string, o *slackgo.TextBlockObject, limit int) {
			if o == nil {
				return
			}
			if n := len(utf16.Encode([]rune(o.Text))); n < 1 || n > limit {
				t.Fatalf("%s has %d characters, limit %d", what, n, limit)
			}
			if strings.HasSuffix(o.Text, "…") && len(cuts) == 0 {
				t.Fatalf("%s was cut and that was not told", what)
			}
		}
		within("title", view.Title, 24)
		within("submit", view.Submit, 24)
		within("close", view.Close, 24)
		for _, b := range view.Blocks.BlockSet {
			switch b := b.(type) {
			case *slackgo.SectionBlock:
				within("section", b.Text, 3000)
			case *slackgo.InputBlock:
				within("label", b.Label, 2000)
				within("hint", b.Hint, 2000)
				switch e := b.Element.(type) {
				case *slackgo.PlainTextInputBlockElement:
					within("placeholder", e.Placeholder, 150)
					if n := len(utf16.Encode([]rune(e.InitialValue))); n > e.MaxLength || e.MaxLength > 3000 {
						t.Fatalf("value of %d characters, limit %d", n, e.MaxLength)
					}
				case *slackgo.RadioButtonsBlockElement:
					within("option", e.Options[0].Text, 75)
					within("description", e.Options[0].Description, 75)
				case *slackgo.SelectBlockElement:
					within("initial option", e.InitialOption.Text, 75)
				}
			}
		}
	})
}

func TestBlocks(t *testing.T) {
	m := bot.Message{Summary: "Ny incident", Blocks: []bot.Block{
		bot.Heading("INC-2026-0042"),
		bot.Paragraph("Tack. " + mischief),
		bot.Facts{{Label: "Allvar", Value: "3 *betydande*"}, {Label: "System", Value: "Hälsa & <Vård>"}, {Label: "Tomt", Value: ""}},
		bot.Quote(mischief),
		bot.List{"Byt lösenord", "Ring *chefen*"},
		bot.Small("Ärendet _öppnades_ nyss & läses"),
		bot.Divider{},
		bot.Buttons{{ID: "ack", Subject: "inc_1", Text: "Kvittera", Style: bot.Primary}, {ID: "close", Subject: "inc_1", Text: "Avsluta", Style: bot.Danger}},
		bot.Buttons{{ID: "ack", Subject: "inc_2", Text: "Kvittera"}},
	}}
	t.Run("every kind of block", func(t *testing.T) {
		blocks, cuts, err := slack.Blocks(m, 50)
		if err != nil || len(cuts) > 0 {
			t.Fatal(err, cuts)
		}
		golden(t, "blocks", blocks)
	})
	t.Run("as a dialog, with a short heading as its title", func(t *testing.T) {
		view, _, err := slack.MessageModal(m, "Rapportera", textOf)
		if err != nil {
			t.Fatal(err)
		}
		golden(t, "message_modal", view)
	})
	t.Run("as a dialog, a long heading stays and the dialog keeps its title", func(t *testing.T) {
		long := bot.Message{Blocks: []bot.Block{bot.Heading("En rubrik som är för lång för en ruta")}}
		view, _, err := slack.MessageModal(long, "Rapportera", textOf)
		if err != nil {
			t.Fatal(err)
		}
		if view.Title.Text != "Rapportera" || len(view.Blocks.BlockSet) != 1 {
			t.Errorf("title %q, %d blocks", view.Title.Text, len(view.Blocks.BlockSet))
		}
	})
	t.Run("a message without blocks shows its summary in a dialog", func(t *testing.T) {
		view, _, err := slack.MessageModal(bot.Message{Summary: "Klart"}, "", textOf)
		if err != nil {
			t.Fatal(err)
		}
		if encoded := encode(t, view); !strings.Contains(encoded, `"text":"Klart"`) || view.Title.Text != "«title»" {
			t.Error(encoded)
		}
	})
	t.Run("too many blocks are left out and told", func(t *testing.T) {
		long := bot.Message{}
		for range 60 {
			long.Blocks = append(long.Blocks, bot.Divider{})
		}
		blocks, cuts, err := slack.Blocks(long, 50)
		if err != nil || len(blocks) != 50 || len(cuts) != 1 {
			t.Error(len(blocks), cuts, err)
		}
	})
	t.Run("more buttons than fit in a row take several rows", func(t *testing.T) {
		var row bot.Buttons
		for range 60 {
			row = append(row, bot.Button{ID: "b", Text: "x"})
		}
		blocks, _, err := slack.Blocks(bot.Message{Blocks: []bot.Block{row}}, 50)
		if err != nil || len(blocks) != 3 {
			t.Error(len(blocks), err)
		}
	})
	for name, b := range map[string]bot.Button{
		"a button without id":          {Text: "x"},
		"a subject that does not fit":  {ID: "b", Subject: strings.Repeat("x", 2001)},
		"a button id that is too long": {ID: strings.Repeat("x", 256)},
	} {
		t.Run(name+" is refused", func(t *testing.T) {
			if _, _, err := slack.Blocks(bot.Message{Blocks: []bot.Block{bot.Buttons{b}}}, 50); err == nil {
				t.Error("no error")
			}
		})
	}
}

func encode(t interface{ Fatal(...any) }, v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// 3,000 characters of any script come through a quote whole, also those that take two code units each.
func TestQuoteHoldsAReport(t *testing.T) {
	for _, one := range []string{"a", "å", "字", "😀", "<", "\u202e"} {
		report := strings.Repeat(one, 3000)
		blocks, cuts, err := slack.Blocks(bot.Message{Blocks: []bot.Block{bot.Quote(report)}}, 50)
		if err != nil || len(cuts) > 0 {
			t.Fatal(one, err, cuts)
		}
		if got := read(t, blocks); got[0] != report {
			t.Errorf("%q: %d bytes of %d", one, len(got[0]), len(report))
		}
	}
}

// read returns the texts of blocks, and fails when one of them would be parsed.
func read(t interface{ Fatal(...any) }, blocks []slackgo.Block) []string {
	var tree any
	if err := json.Unmarshal([]byte(encode(t, blocks)), &tree); err != nil {
		t.Fatal(err)
	}
	var texts []string
	var walk func(any)
	walk = func(n any) {
		switch n := n.(type) {
		case []any:
			for _, e := range n {
				walk(e)
			}
		case map[string]any:
			if n["type"] == "mrkdwn" {
				t.Fatal("a text is parsed as markup")
			}
			if s, ok := n["text"].(string); ok {
				if n["type"] == "plain_text" && n["emoji"] != false {
					t.Fatal("emoji are parsed")
				}
				texts = append(texts, s)
			}
			for _, e := range n {
				walk(e)
			}
		}
	}
	walk(tree)
	return texts
}

// Whatever is written, it is shown to the letter and nothing is parsed.
func TestTextsAreLiteral(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching("[<>&@!*_~`:#a ]{1,60}[a-z]").Draw(t, "text")
		for _, b := range []bot.Block{
			bot.Heading(s), bot.Paragraph(s), bot.Quote(s), bot.List{s}, bot.Small(s), bot.Facts{{Label: "x", Value: s}},
			bot.Buttons{{ID: "b", Text: s}},
		} {
			blocks, _, err := slack.Blocks(bot.Message{Blocks: []bot.Block{b}}, 50)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, shown := range read(t, blocks) {
				found = found || shown == s
			}
			if !found {
				t.Fatalf("%T does not show %q to the letter", b, s)
			}
		}
	})
}
