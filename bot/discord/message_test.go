package discord_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/bwmarrin/discordgo"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
)

func ownText(key string) string { return "«" + strings.TrimPrefix(key, "discord.") + "»" }

func units(s string) int { return len(utf16.Encode([]rune(s))) }

// fatal is a test or one case of a property test.
type fatal interface {
	Helper()
	Fatalf(format string, a ...any)
}

// within fails when Discord would refuse a page: https://discord.com/developers/docs/resources/message#embed-object-embed-limits
func within(t fatal, p discord.Page) {
	t.Helper()
	if p.Content == "" && len(p.Embeds) == 0 && len(p.Components) == 0 {
		t.Fatalf("an empty message")
	}
	if units(p.Content) > 2000 || len(p.Embeds) > 10 {
		t.Fatalf("a content of %d characters, %d embeds", units(p.Content), len(p.Embeds))
	}
	total := 0
	for _, e := range p.Embeds {
		total += units(e.Title) + units(e.Description)
		if units(e.Title) > 256 || units(e.Description) > 4096 || strings.TrimSpace(e.Title+e.Description) == "" {
			t.Fatalf("an embed of %d and %d characters: %q", units(e.Title), units(e.Description), e.Description)
		}
	}
	if total > 6000 {
		t.Fatalf("embeds of %d characters", total)
	}
	withinRows(t, p.Components)
}

// withinRows fails when Discord would refuse the rows of a message: https://discord.com/developers/docs/components/reference#action-row
func withinRows(t fatal, rows []discordgo.MessageComponent) {
	t.Helper()
	ids := map[string]bool{}
	if len(rows) > 5 {
		t.Fatalf("%d rows", len(rows))
	}
	for _, c := range rows {
		row, ok := c.(discordgo.ActionsRow)
		if !ok || len(row.Components) < 1 || len(row.Components) > 5 {
			t.Fatalf("a row %T of %d", c, len(row.Components))
		}
		for _, inner := range row.Components {
			id := ""
			switch inner := inner.(type) {
			case discordgo.Button:
				id = inner.CustomID
				if n := units(inner.Label); n < 1 || n > 80 {
					t.Fatalf("a button of %d characters", n)
				}
			case discordgo.SelectMenu:
				id = inner.CustomID
				withinSelect(t, inner)
				if len(row.Components) > 1 {
					t.Fatalf("a select beside something else")
				}
			default:
				t.Fatalf("a %T in a row", inner)
			}
			if units(id) < 1 || units(id) > 100 || ids[id] {
				t.Fatalf("the custom id %q, too long or twice", id)
			}
			ids[id] = true
		}
	}
}

func withinSelect(t fatal, m discordgo.SelectMenu) {
	t.Helper()
	if len(m.Options) < 1 || len(m.Options) > 25 || m.MaxValues > len(m.Options) || units(m.Placeholder) > 150 {
		t.Fatalf("a select of %d options, at most %d", len(m.Options), m.MaxValues)
	}
	values, defaults := map[string]bool{}, 0
	for _, o := range m.Options {
		if units(o.Label) < 1 || units(o.Label) > 100 || units(o.Value) < 1 || units(o.Value) > 100 || units(o.Description) > 100 || values[o.Value] {
			t.Fatalf("an option %+v", o)
		}
		values[o.Value] = true
		if o.Default {
			defaults++
		}
	}
	if defaults > max(m.MaxValues, 1) {
		t.Fatalf("%d options chosen of at most %d", defaults, m.MaxValues)
	}
}

func TestDraw(t *testing.T) {
	t.Run("every kind of block", func(t *testing.T) {
		pages := discord.Draw(bot.Message{Summary: "Ny incident: *INC*", Blocks: []bot.Block{
			bot.Heading("INC-2026-0042"), bot.Paragraph("Tack."),
			bot.Facts{{Label: "Allvar", Value: "3 *betydande*"}, {Label: "Rader", Value: "en\n- två"}, {Label: "Vad som gjorts"}},
			bot.Quote("# Jag\n<@1>"), bot.List{"Byt lösenord", "Ring\nchefen"}, bot.Small("Nyss"),
			bot.Divider{}, bot.Paragraph("Sist"), bot.Heading("Nästa"), bot.Paragraph("Mer"),
			bot.Buttons{{ID: "ack", Subject: "i1", Text: "Ta emot", Style: bot.Primary}, {ID: "close", Subject: "i1", Text: "Avsluta", Style: bot.Danger}},
			bot.Buttons{{ID: "ack", Subject: "i1", Text: "Igen"}},
		}}, ownText)
		equal(t, "pages", pages, []discord.Page{{
			Content: `Ny incident: \*INC\*`,
			Embeds: []*discordgo.MessageEmbed{
				{Title: "INC-2026-0042", Description: "Tack.\n\n**Allvar** 3 \\*betydande\\*\n**Rader** en\n\\- två\n**Vad som gjorts**\n" +
					"> \\# Jag\n> \\<\\@1>\n\n- Byt lösenord\n- Ring\n  chefen\n-# Nyss"},
				{Description: "Sist"},
				{Title: "Nästa", Description: "Mer"},
			},
			Components: []discordgo.MessageComponent{discordgo.ActionsRow{Components: []discordgo.MessageComponent{
				discordgo.Button{Label: "Ta emot", Style: discordgo.PrimaryButton, CustomID: "b|ack|i1"},
				discordgo.Button{Label: "Avsluta", Style: discordgo.DangerButton, CustomID: "b|close|i1"},
				discordgo.Button{Label: "Igen", Style: discordgo.SecondaryButton, CustomID: "b|ack|i1|2"},
			}}},
		}})
	})
	t.Run("nothing at all is a dash", func(t *testing.T) {
		equal(t, "pages", discord.Draw(bot.Message{}, ownText), []discord.Page{{Content: "–"}})
	})
	t.Run("more buttons than a message holds go on in the next", func(t *testing.T) {
		var many bot.Buttons
		for i := range 30 {
			many = append(many, bot.Button{ID: fmt.Sprint("b", i), Text: "x"})
		}
		pages := discord.Draw(bot.Message{Summary: "s", Blocks: []bot.Block{many}}, ownText)
		if len(pages) != 2 || len(pages[0].Components) != 5 || len(pages[1].Components) != 1 {
			t.Fatalf("%d pages", len(pages))
		}
	})
	t.Run("the longest report comes whole, in several pages", func(t *testing.T) {
		for _, one := range []string{"a", "å ", "*", "😀", "en mening. ", "rad\n"} {
			report := strings.Repeat(one, 3000)
			pages := discord.Draw(bot.Message{Blocks: []bot.Block{bot.Heading("Fall"), bot.Quote(report), bot.Buttons{{ID: "a", Text: "x"}}}}, ownText)
			var read strings.Builder
			for _, p := range pages {
				within(t, p)
				for _, e := range p.Embeds {
					read.WriteString(strings.ReplaceAll(strings.TrimPrefix(e.Description, "> "), "\n> ", "\n") + "\n")
				}
			}
			squeeze := func(s string) string { return strings.Join(strings.Fields(s), "") }
			if squeeze(shown(read.String())) != squeeze(report) {
				t.Errorf("%q is not all there", one)
			}
			if len(pages[len(pages)-1].Components) != 1 {
				t.Errorf("the last page has no buttons")
			}
		}
	})
}

// A card fits one page, with its buttons, whatever people wrote in it; what was shortened ends with an ellipsis.
func TestDrawOne(t *testing.T) {
	report := strings.Repeat("Mening* nummer. ", 900)
	p := discord.DrawOne(bot.Message{Summary: "s", Blocks: []bot.Block{
		bot.Heading("Fall"), bot.Quote("kort"), bot.Quote(report), bot.Paragraph("Sist"), bot.Buttons{{ID: "a", Text: "x"}},
	}}, ownText)
	within(t, p)
	text := ""
	for _, e := range p.Embeds {
		text += e.Description + "\n"
	}
	if !strings.Contains(text, "> kort") || !strings.Contains(text, "…") || !strings.Contains(text, "Sist") || len(p.Components) != 1 {
		t.Errorf("drawn as %q with %d rows", text, len(p.Components))
	}
	if units(text) < 5000 {
		t.Errorf("only %d characters were kept of what there is room for", units(text))
	}
	long := discord.DrawOne(bot.Message{Blocks: []bot.Block{bot.Paragraph(report), bot.Buttons{{ID: "a", Text: "x"}}}}, ownText)
	within(t, long)
	if len(long.Components) != 1 {
		t.Error("the buttons were lost")
	}
}

func blocks() *rapid.Generator[[]bot.Block] {
	text := rapid.Custom(func(t *rapid.T) string {
		of := rapid.OneOf(rapid.SampledFrom([]string{"x", "å ", "😀", "*", "rad\n", " ", mischief}), rapid.StringN(0, 20, -1)).Draw(t, "of")
		times := rapid.SampledFrom([]int{0, 1, 300, 4100}).Draw(t, "times")
		return strings.Repeat(of, min(times, 4100/max(len(of), 1)+1))
	})
	block := rapid.Custom(func(t *rapid.T) bot.Block {
		s := text.Draw(t, "text")
		switch rapid.IntRange(0, 7).Draw(t, "kind") {
		case 0:
			return bot.Heading(s)
		case 1:
			return bot.Paragraph(s)
		case 2:
			return bot.Quote(s)
		case 3:
			return bot.Small(s)
		case 4:
			return bot.List{s, text.Draw(t, "second")}
		case 5:
			return bot.Facts{{Label: s, Value: text.Draw(t, "value")}, {Label: "x"}}
		case 6:
			return bot.Divider{}
		}
		return bot.Buttons{{ID: "b", Subject: "s", Text: s}, {ID: "b", Subject: "s", Text: "x"}, {ID: s, Text: "long"}}
	})
	return rapid.SliceOfN(block, 0, 8)
}

// Whatever a message holds, its pages are within Discord's limits and nothing in them does anything.
func TestPagesKeepLimits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := bot.Message{Summary: rapid.StringN(0, 3000, -1).Draw(t, "summary"), Blocks: blocks().Draw(t, "blocks")}
		pages := discord.Draw(m, ownText)
		for _, p := range append(pages, discord.DrawOne(m, ownText)) {
			within(t, p)
			for _, e := range p.Embeds {
				if strings.Contains(escaped.ReplaceAllString(e.Title+e.Description, "·"), "@") {
					t.Fatalf("a mention in %q", e.Description)
				}
			}
		}
	})
}
