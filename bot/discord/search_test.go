package discord_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord"
)

// systems are n of them.
func systems(n int) []bot.Option {
	list := make([]bot.Option, n)
	for i := range list {
		list[i] = bot.Option{Value: fmt.Sprint("s", i), Label: fmt.Sprint("System ", i)}
	}
	return list
}

// searching is a person before a dialog with a question that there are more answers to than a select holds.
func searching(t *testing.T, f bot.Field) (*somebody, *bottest.Handler) {
	t.Helper()
	h := bottest.NewHandler()
	h.Stock(systems(40))
	h.Answer(bot.Reply{Dialog: &bot.Dialog{ID: "report", Title: "Rapportera", Submit: "Skicka", Cancel: "Avbryt", Fields: []bot.Field{f}}})
	p := at(t, h, nil)
	p.command(t, "")
	return p, h
}

// last is what the dialog holds by now.
func last(t *testing.T, h *bottest.Handler) bot.Values {
	t.Helper()
	asked := h.Asked(bot.Change)
	if len(asked) == 0 {
		t.Fatal("nothing was kept")
	}
	return asked[len(asked)-1].Values
}

func TestSearch(t *testing.T) {
	t.Run("in the handler's whole list, and back", func(t *testing.T) {
		p, h := searching(t, bot.Field{ID: "system", Kind: bot.Lookup, Label: "System"})
		p.submit(t, filled(map[string]string{"l:system": discord.SearchValue}), nil)
		if len(h.Asked(bot.Submit)) > 0 || !strings.Contains(reads(p.private), "sv:search_hint") {
			t.Fatalf("told %q", reads(p.private))
		}
		p.press(t, p.private, buttons(p.private)["sv:search"])
		p.submit(t, filled(map[string]string{"t:search": "finns inte"}), nil)
		if len(selects(p.private)) > 0 || !strings.Contains(reads(p.private), "sv:search_none") {
			t.Fatalf("told %q", reads(p.private))
		}
		p.press(t, p.private, buttons(p.private)["sv:search_again"])
		p.submit(t, filled(map[string]string{"t:search": "system"}), nil)
		if !strings.Contains(reads(p.private), "sv:search_narrow") {
			t.Errorf("told %q", reads(p.private))
		}
		p.press(t, p.private, buttons(p.private)["sv:back"])
		p.press(t, p.private, buttons(p.private)["sv:search"])
		p.submit(t, filled(map[string]string{"t:search": "39"}), nil)
		p.press(t, p.private, selects(p.private)[0].CustomID, "s39")
		equal(t, "kept", last(t, h), bot.Values{"system": {"s39", "System 39"}})
		if !strings.Contains(reads(p.private), "System 39") {
			t.Errorf("told %q", reads(p.private))
		}
	})
	t.Run("what was found is offered again, and stands when it is left", func(t *testing.T) {
		p, h := searching(t, bot.Field{ID: "system", Kind: bot.Lookup, Label: "System"})
		p.submit(t, filled(map[string]string{"l:system": discord.SearchValue}), nil)
		p.press(t, p.private, buttons(p.private)["sv:search"])
		p.submit(t, filled(map[string]string{"t:search": "39"}), nil)
		p.press(t, p.private, selects(p.private)[0].CustomID, "s39")
		p.press(t, p.private, selects(p.private)[0].CustomID, "system")
		label, _ := p.modal.Components[0].(discordgo.Label)
		menu, _ := label.Component.(discordgo.SelectMenu)
		equal(t, "the first option", menu.Options[0], discordgo.SelectMenuOption{Value: "s39", Label: "System 39", Default: true})
		equal(t, "the last option", menu.Options[len(menu.Options)-1].Value, discord.SearchValue)
		p.submit(t, filled(nil), nil)
		equal(t, "kept", last(t, h), bot.Values{"system": {"s39", "System 39"}})
		p.press(t, p.private, selects(p.private)[0].CustomID, "system")
		p.submit(t, filled(map[string]string{"l:system": "s3"}), nil)
		equal(t, "kept", last(t, h), bot.Values{"system": {"s3", "System 3"}})
	})
	t.Run("in a choice of more than a select holds", func(t *testing.T) {
		p, h := searching(t, bot.Field{ID: "choice", Kind: bot.Choice, Label: "Val", Options: systems(60)})
		p.submit(t, filled(map[string]string{"s:choice": discord.SearchValue}), nil)
		p.press(t, p.private, buttons(p.private)["sv:search"])
		p.submit(t, filled(map[string]string{"t:search": "SYSTEM 59"}), nil)
		p.press(t, p.private, selects(p.private)[0].CustomID, "s59")
		equal(t, "kept", last(t, h), bot.Values{"choice": {"s59"}})
		if len(h.Asked(bot.Search)) > 0 {
			t.Error("the handler was asked for what the dialog holds")
		}
	})
	t.Run("with nothing to choose from one goes on", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &bot.Dialog{ID: "report", Title: "Rapportera", Fields: []bot.Field{{ID: "system", Kind: bot.Lookup, Label: "System", Required: true}}}})
		p := at(t, h, nil)
		p.command(t, "")
		text, _ := p.modal.Components[0].(discordgo.TextDisplay)
		equal(t, "shown", text.Content, "**System**\nsv\\:nothing\\_to\\_choose")
	})
}

// Discord cannot show in a modal which files were attached before.
func TestFiles(t *testing.T) {
	h := bottest.NewHandler()
	h.Answer(bot.Reply{Dialog: &bot.Dialog{ID: "report", Title: "Rapportera", Submit: "Skicka", Cancel: "Avbryt", Fields: []bot.Field{
		{ID: "files", Kind: bot.Files, Label: "Bilagor", Max: 2}, {ID: "stop", Kind: bot.Choice, Label: "Stopp", Options: systems(2)},
		{ID: "more", Kind: bot.Text, Label: "Mer", ShowIf: &bot.Condition{Field: "stop", OneOf: []string{"s0"}}},
	}}})
	attach := func(ids ...string) func(discordgo.MessageComponent) object {
		return func(c discordgo.MessageComponent) object {
			if f, ok := c.(discordgo.FileUpload); ok {
				return object{"type": 19, "custom_id": f.CustomID, "values": ids}
			}
			return filled(nil)(c)
		}
	}
	p := at(t, h, nil)
	p.command(t, "")
	first := p.modal
	p.submit(t, attach("5"), object{"5": object{"id": "5", "filename": "a.png", "url": "https://cdn.discordapp.com/5", "size": 3}})
	equal(t, "attached", last(t, h), bot.Values{"files": {"a.png"}})

	p.modal, p.around = first, p.private
	p.submit(t, attach(), nil)
	equal(t, "among other questions, none means those from before", last(t, h), bot.Values{"files": {"a.png"}})

	p.press(t, p.private, selects(p.private)[0].CustomID, "files")
	p.submit(t, attach(), nil)
	equal(t, "alone, none means none", last(t, h), bot.Values{})
}
