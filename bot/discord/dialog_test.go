package discord_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
)

func formText(key string, _ map[string]any) string { return ownText(key) }

func yes() *bool { b := true; return &b }

func no() *bool { b := false; return &b }

func number(n int) *int { return &n }

func TestModal(t *testing.T) {
	long := strings.Repeat("Lång hjälp. ", 12)
	systems := discord.Systems([]bot.Option{{Value: "a", Label: "Alfa"}, {Value: "b", Label: "Beta"}}, true)
	fields := []bot.Field{
		{ID: "intro", Kind: bot.Note, Label: "Skriv inga *personnummer*.", Help: "Vi maskerar dem annars."},
		{ID: "what", Kind: bot.LongText, Label: "Vad hände?", Help: "Med egna ord", Placeholder: "Berätta", Required: true, Min: 10, Max: 3000},
		{ID: "title", Kind: bot.Text, Label: "Rubrik", Help: long},
		{ID: "when", Kind: bot.DateTime, Label: "När?"},
		{ID: "form", Kind: bot.Choice, Label: "Form", Required: true, Options: []bot.Option{{Value: "d", Label: "Digital", Help: "på skärm"}, {Value: "p", Label: "Papper"}}},
		{ID: "effects", Kind: bot.Choices, Label: "Påverkan", Options: []bot.Option{{Value: "k", Label: "K"}, {Value: "r", Label: "R"}}},
		{ID: "system", Kind: bot.Lookup, Label: "System", Placeholder: "Sök"},
		{ID: "files", Kind: bot.Files, Label: "Bilagor", Help: "En skärmbild", Max: 3},
	}
	values := bot.Values{
		"what": {mischief}, "when": {"2026-11-23T13:05:00Z"}, "form": {"p"}, "effects": {"k", "r"}, "system": {"x", "Xerxes"}, "files": {"a.png"},
	}
	draw := func(t *testing.T, from, to int, v bot.Values) []discordgo.MessageComponent {
		t.Helper()
		d := bot.Dialog{ID: "d", Title: "T", Fields: fields[from:to], Values: v}
		m, err := discord.Modal(&d, map[string]discord.Found{"system": systems}, formText)
		if err != nil {
			t.Fatal(err)
		}
		withinModal(t, m)
		return m.Components
	}
	t.Run("texts, empty", func(t *testing.T) {
		equal(t, "components", draw(t, 0, 4, nil), []discordgo.MessageComponent{
			discordgo.TextDisplay{Content: "Skriv inga \\*personnummer\\*.\n-# Vi maskerar dem annars."},
			discordgo.Label{Label: "Vad hände?", Description: "Med egna ord", Component: discordgo.TextInput{
				CustomID: "t:what", Style: discordgo.TextInputParagraph, Placeholder: "Berätta", Required: yes(), MinLength: 10, MaxLength: 3000,
			}},
			discordgo.TextDisplay{Content: long},
			discordgo.Label{Label: "Rubrik", Component: discordgo.TextInput{CustomID: "t:title", Style: discordgo.TextInputShort, Required: no(), MaxLength: 4000}},
			discordgo.Label{Label: "När?", Component: discordgo.TextInput{
				CustomID: "d:when", Style: discordgo.TextInputShort, Placeholder: "2026-11-23 14:05", Required: no(), MaxLength: 100,
			}},
		})
	})
	t.Run("choices and files, filled in", func(t *testing.T) {
		equal(t, "components", draw(t, 3, 8, values), []discordgo.MessageComponent{
			discordgo.Label{Label: "När?", Component: discordgo.TextInput{
				CustomID: "d:when", Style: discordgo.TextInputShort, Placeholder: "2026-11-23 14:05", Value: "2026-11-23 13:05", Required: no(), MaxLength: 100,
			}},
			discordgo.Label{Label: "Form", Component: discordgo.SelectMenu{
				MenuType: discordgo.StringSelectMenu, CustomID: "s:form", Placeholder: "«choose»", MinValues: number(1), MaxValues: 1, Required: yes(),
				Options: []discordgo.SelectMenuOption{{Value: "d", Label: "Digital", Description: "på skärm"}, {Value: "p", Label: "Papper", Default: true}},
			}},
			discordgo.Label{Label: "Påverkan", Component: discordgo.SelectMenu{
				MenuType: discordgo.StringSelectMenu, CustomID: "s:effects", Placeholder: "«choose»", MinValues: number(0), MaxValues: 2, Required: no(),
				Options: []discordgo.SelectMenuOption{{Value: "k", Label: "K", Default: true}, {Value: "r", Label: "R", Default: true}},
			}},
			discordgo.Label{Label: "System", Component: discordgo.SelectMenu{
				MenuType: discordgo.StringSelectMenu, CustomID: "l:system", Placeholder: "Sök", MinValues: number(0), MaxValues: 1, Required: no(),
				Options: []discordgo.SelectMenuOption{
					{Value: "x", Label: "Xerxes", Default: true}, {Value: "a", Label: "Alfa"}, {Value: "b", Label: "Beta"},
					{Value: discord.SearchValue, Label: "«search_all»"},
				},
			}},
			discordgo.Label{Label: "Bilagor", Description: "«files_kept»", Component: discordgo.FileUpload{
				CustomID: "f:files", MinValues: number(0), MaxValues: 3, Required: no(),
			}},
		})
	})
}

func TestModalRefuses(t *testing.T) {
	for name, f := range map[string]bot.Field{
		"a field without id":         {Kind: bot.Text, Label: "x"},
		"a field id that is too big": {ID: strings.Repeat("x", 60), Kind: bot.Text, Label: "x"},
		"an option without value":    {ID: "f", Kind: bot.Choices, Options: []bot.Option{{Label: "x"}}},
		"an option that is too big":  {ID: "f", Kind: bot.Choice, Options: []bot.Option{{Value: strings.Repeat("x", 101)}}},
		"an unknown kind of field":   {ID: "f", Kind: 99, Label: "x"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := discord.Modal(&bot.Dialog{ID: "d", Fields: []bot.Field{f}}, nil, formText); err == nil {
				t.Error("no error")
			}
		})
	}
	t.Run("more questions than are counted", func(t *testing.T) {
		var d bot.Dialog
		for i := range 65 {
			d.Fields = append(d.Fields, bot.Field{ID: fmt.Sprint("f", i), Kind: bot.Text})
		}
		if discord.Askable(&d) == nil {
			t.Error("no error")
		}
	})
}

// Whatever the texts are, a modal is within Discord's limits.
func TestModalsKeepLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := func(label string) string {
			of := rapid.SampledFrom([]string{"", " ", "x", "å", "😀", "*"}).Draw(t, label)
			return strings.Repeat(of, rapid.SampledFrom([]int{1, 45, 46, 100, 101, 5000}).Draw(t, "times"))
		}
		d := bot.Dialog{ID: "d", Title: word("title"), Values: bot.Values{"t": {word("value")}, "l": {"v", word("chosen")}, "w": {word("typed")}, "f": {word("file")}}}
		for _, f := range []bot.Field{
			{ID: "n", Kind: bot.Note}, {ID: "t", Kind: bot.LongText, Max: rapid.IntRange(0, 9000).Draw(t, "max"), Min: rapid.IntRange(-1, 9000).Draw(t, "min")},
			{ID: "c", Kind: bot.Choice, Options: []bot.Option{{Value: "v", Label: word("option"), Help: word("help")}}},
			{ID: "l", Kind: bot.Lookup}, {ID: "w", Kind: bot.DateTime}, {ID: "f", Kind: bot.Files, Max: rapid.IntRange(0, 20).Draw(t, "files")},
		} {
			f.Label, f.Help, f.Placeholder, f.Required = word("label"), word("help"), word("placeholder"), rapid.Bool().Draw(t, "required")
			d.Fields = append(d.Fields, f)
		}
		from := rapid.IntRange(0, len(d.Fields)-2).Draw(t, "from")
		d.Fields = d.Fields[from:]
		m, err := discord.Modal(&d, nil, formText)
		if err != nil {
			t.Fatal(err)
		}
		withinModal(t, m)
	})
}

func TestDecodeModal(t *testing.T) {
	label := func(c discordgo.MessageComponent) discordgo.MessageComponent { return &discordgo.Label{Component: c} }
	data := discordgo.ModalSubmitInteractionData{
		Components: []discordgo.MessageComponent{
			&discordgo.TextDisplay{},
			label(&discordgo.TextInput{CustomID: "t:what", Value: " " + mischief + "\n"}), label(&discordgo.TextInput{CustomID: "t:empty"}),
			label(&discordgo.TextInput{CustomID: "d:when", Value: "igår 14.05"}), label(&discordgo.TextInput{CustomID: "d:odd", Value: "nyss"}),
			label(&discordgo.SelectMenu{CustomID: "s:many", Values: []string{"a"}}), label(&discordgo.SelectMenu{CustomID: "s:many|2", Values: []string{"z"}}),
			label(&discordgo.SelectMenu{CustomID: "s:none"}), label(&discordgo.SelectMenu{CustomID: "l:system", Values: []string{"x"}}),
			label(&discordgo.SelectMenu{CustomID: "l:other", Values: []string{discord.SearchValue}}),
			label(&discordgo.FileUpload{CustomID: "f:files", Values: []string{"9", "8"}}),
		},
	}
	data.Resolved.Attachments = map[string]*discordgo.MessageAttachment{
		"9": {URL: "https://cdn.discordapp.com/9", Filename: "a.png", ContentType: "image/png", Size: 7}, "8": {Filename: "b.pdf"},
	}
	got, err := discord.DecodeModal(data, noon, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "what was sent", got, discord.Submitted{
		Values: bot.Values{
			"what": {" " + mischief + "\n"}, "empty": {}, "when": {"2026-11-22T14:05:00Z"}, "odd": {"nyss"}, "many": {"a", "z"}, "none": {},
			"system": {"x"}, "files": {"a.png", "b.pdf"},
		},
		Files:  []bot.File{{ID: "https://cdn.discordapp.com/9", Name: "a.png", Type: "image/png", Size: 7}, {Name: "b.pdf"}},
		Labels: []string{"system"}, Search: []string{"other"},
	})
	for _, c := range []discordgo.MessageComponent{
		&discordgo.TextInput{CustomID: "x"}, &discordgo.SelectMenu{CustomID: "t:x"}, &discordgo.FileUpload{CustomID: "s:x"},
	} {
		if _, err := discord.DecodeModal(discordgo.ModalSubmitInteractionData{Components: []discordgo.MessageComponent{label(c)}}, noon, time.UTC); err == nil {
			t.Errorf("%T of nobody's was read", c)
		}
	}
}
