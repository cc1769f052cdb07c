package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord"
)

var (
	receipt = bot.Message{Summary: "Tack", Blocks: []bot.Block{bot.Heading("Tack"), bot.Paragraph("INC-2026-0001")}}
	short   = bot.Dialog{
		ID: "report", Title: "Rapportera", Submit: "Skicka", Cancel: "Avbryt",
		Fields: []bot.Field{{ID: "what", Kind: bot.LongText, Label: "Vad hände?", Required: true, Min: 3}},
	}
	// stop is a dialog whose first answer hides all others.
	stop = bot.Dialog{
		ID: "report", Title: "Rapportera", Submit: "Skicka", Cancel: "Avbryt", Values: bot.Values{"stop": {"no"}},
		Fields: []bot.Field{
			{ID: "stop", Kind: bot.Choice, Label: "Rör det Sveriges säkerhet?", Required: true, Options: []bot.Option{{Value: "no", Label: "Nej"}, {Value: "yes", Label: "Ja"}}},
			{ID: "note", Kind: bot.Note, Label: "Skriv inget mer.", ShowIf: &bot.Condition{Field: "stop", OneOf: []string{"yes"}}},
			{ID: "what", Kind: bot.LongText, Label: "Vad hände?", Required: true, Min: 10, ShowIf: &bot.Condition{Field: "stop", OneOf: []string{"no"}}},
			{ID: "when", Kind: bot.DateTime, Label: "När?"},
		},
	}
)

// at is a person in front of a surface with a handler.
func at(t *testing.T, h bot.Handler, change func(*discord.Options)) *somebody {
	t.Helper()
	return &somebody{locale: "sv-SE", s: newSurface(t, "http://127.0.0.1", func(o *discord.Options) {
		o.Handler = h
		if change != nil {
			change(o)
		}
	})}
}

func replying(reply bot.Reply) handle {
	return func(context.Context, bot.Request) (bot.Reply, error) { return reply, nil }
}

// card is a message in a channel, which everybody sees.
func card(t *testing.T, private bool) *discordgo.Message {
	t.Helper()
	id, _ := discord.PressID(bot.Button{ID: "close", Subject: "case1"})
	row := discordgo.ActionsRow{Components: []discordgo.MessageComponent{discordgo.Button{Label: "Avsluta", Style: 1, CustomID: id}}}
	flags := 0
	if private {
		flags = int(discordgo.MessageFlagsEphemeral)
	}
	return again(t, object{"id": "8001", "flags": flags, "content": "Ny incident", "components": []any{row}})
}

// What one person writes in a dialog that they opened from a message is answered beside that message, never in its place.
func TestACardIsNeverReplaced(t *testing.T) {
	for name, private := range map[string]bool{"a card that everybody sees": false, "a private list": true} {
		t.Run(name, func(t *testing.T) {
			h := bottest.NewHandler()
			d := stop
			d.ID, d.Subject = "close", "case1"
			h.Answer(bot.Reply{Dialog: &d})
			p := at(t, h, nil)
			on := card(t, private)
			p.press(t, on, "b|close|case1")
			p.submit(t, filled(map[string]string{"t:what": "Hemligheter som bara jag vet"}), nil)
			if p.last.Type != discordgo.InteractionResponseChannelMessageWithSource || p.last.Data.Flags != discordgo.MessageFlagsEphemeral {
				t.Fatalf("answered with type %d and flags %d", p.last.Type, p.last.Data.Flags)
			}
			if !strings.Contains(reads(p.private), "Hemligheter") {
				t.Errorf("the summary reads %q", reads(p.private))
			}
			p.press(t, p.private, buttons(p.private)["Skicka"])
			if p.last.Type != discordgo.InteractionResponseUpdateMessage || p.last.Data.Flags != 0 || len(p.private.Components) > 0 {
				t.Errorf("the dialog's own message was answered with type %d, rows %d", p.last.Type, len(p.private.Components))
			}
		})
	}
	t.Run("nor is a dialog's own message when it lies in a channel", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &stop})
		p := at(t, h, nil)
		p.command(t, "")
		p.submit(t, filled(map[string]string{"t:what": "Något som har hänt"}), nil)
		p.private.Flags = 0
		p.press(t, p.private, buttons(p.private)["Skicka"])
		if p.last.Type != discordgo.InteractionResponseChannelMessageWithSource {
			t.Errorf("answered with type %d", p.last.Type)
		}
	})
}

func TestTheFirstModal(t *testing.T) {
	t.Run("all that there is to ask is sent with it", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &short})
		p := at(t, h, nil)
		p.command(t, "")
		p.submit(t, filled(map[string]string{"t:what": "Mejlet kom fel"}), nil)
		sent := h.Asked(bot.Submit)
		if len(sent) != 1 || sent[0].Key != "kept:kept-1" || !sent[0].InParts || sent[0].Kept != "kept-1" || len(h.Asked(bot.Change)) != 0 {
			t.Fatalf("sent %+v", sent)
		}
		equal(t, "who", sent[0].Actor, bot.Actor{Surface: "discord", ID: "4001", Name: "Maja", Language: "sv"})
		equal(t, "answers", sent[0].Values, bot.Values{"what": {"Mejlet kom fel"}})
		if !sent[0].At.Equal(noon) || reads(p.private) != "\n\nVi har tagit emot den." {
			t.Errorf("at %s, told %q", sent[0].At, reads(p.private))
		}
	})
	t.Run("what an answer in it hides holds nobody back", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &stop})
		p := at(t, h, nil)
		p.command(t, "")
		for _, c := range p.modal.Components {
			label, _ := c.(discordgo.Label)
			if in, ok := label.Component.(discordgo.TextInput); ok && (*in.Required || in.MinLength > 0) {
				t.Errorf("%q is required", in.CustomID)
			}
			if in, ok := label.Component.(discordgo.SelectMenu); ok && !*in.Required {
				t.Errorf("%q is not required", in.CustomID)
			}
		}
		p.submit(t, filled(map[string]string{"s:stop": "yes"}), nil)
		if text := reads(p.private); !strings.Contains(text, "Skriv inget mer.") || strings.Contains(text, "Vad hände?") {
			t.Errorf("told %q", text)
		}
		p.press(t, p.private, buttons(p.private)["Skicka"])
		equal(t, "stop", h.Asked(bot.Submit)[0].Values.Get("stop"), "yes")
	})
	t.Run("no answers at all open no modal but the notes", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &bot.Dialog{ID: "n", Title: "Stopp", Submit: "Ja", Fields: []bot.Field{{ID: "n", Kind: bot.Note, Label: "Ring."}}}})
		p := at(t, h, nil)
		p.command(t, "")
		if p.modal != nil || !strings.Contains(reads(p.private), "Ring.") || buttons(p.private)["Ja"] == "" {
			t.Errorf("told %q", reads(p.private))
		}
	})
}

func TestErrorsAreMended(t *testing.T) {
	h := bottest.NewHandler()
	h.Answer(bot.Reply{Dialog: &stop})
	h.Refuse(func(req bot.Request) map[string]string {
		if len(req.Values.Get("what")) < 10 {
			return map[string]string{"what": "Skriv *lite* mer.", "other": "Och något annat."}
		}
		return nil
	})
	p := at(t, h, nil)
	p.command(t, "")
	p.submit(t, filled(map[string]string{"t:what": "kort", "d:when": "i förrgår"}), nil)
	if text := reads(p.private); !strings.Contains(text, "i förrgår") || !strings.Contains(text, "sv:unreadable_time") {
		t.Errorf("the summary reads %q", text)
	}
	p.press(t, p.private, buttons(p.private)["Skicka"])
	if text := reads(p.private); !strings.Contains(text, "**Vad hände?** Skriv *lite* mer.") || !strings.Contains(text, "Och något annat.") {
		t.Errorf("told %q", text)
	}
	p.press(t, p.private, buttons(p.private)["sv:fix"])
	label, _ := p.modal.Components[0].(discordgo.Label)
	if in, _ := label.Component.(discordgo.TextInput); len(p.modal.Components) != 1 || in.Value != "kort" {
		t.Fatalf("to mend: %+v", p.modal.Components)
	}
	p.submit(t, filled(map[string]string{"t:what": "Nu är det längre"}), nil)
	p.press(t, p.private, buttons(p.private)["Skicka"])
	sent := h.Asked(bot.Submit)
	equal(t, "answers", sent[len(sent)-1].Values, bot.Values{"stop": {"no"}, "what": {"Nu är det längre"}, "when": {"i förrgår"}})
}

func TestCancel(t *testing.T) {
	h := bottest.NewHandler()
	h.Answer(bot.Reply{Dialog: &stop})
	p := at(t, h, nil)
	p.command(t, "")
	p.submit(t, filled(nil), nil)
	p.press(t, p.private, buttons(p.private)["Avbryt"])
	if asked := h.Asked(bot.Cancel); len(asked) != 1 || asked[0].Kept != "kept-1" || reads(p.private) != "\n\nsv:cancelled" || len(p.private.Components) > 0 {
		t.Errorf("%+v, told %q", asked, reads(p.private))
	}
}

func TestFailures(t *testing.T) {
	t.Run("a command that fails is told in private", func(t *testing.T) {
		p := at(t, handle(func(context.Context, bot.Request) (bot.Reply, error) { return bot.Reply{}, errors.New("down") }), nil)
		p.command(t, "")
		equal(t, "told", reads(p.private), "\n\nsv:failed")
	})
	t.Run("so is one that panics", func(t *testing.T) {
		p := at(t, handle(func(context.Context, bot.Request) (bot.Reply, error) { panic("ouch") }), nil)
		p.command(t, "")
		equal(t, "told", reads(p.private), "\n\nsv:failed")
	})
	t.Run("what was typed and not kept is given back, with a way on", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &stop})
		down := true
		p := at(t, handle(func(ctx context.Context, req bot.Request) (bot.Reply, error) {
			if req.Kind == bot.Change && len(req.Values) > 0 && down {
				return bot.Reply{}, errors.New("down")
			}
			return h.Handle(ctx, req)
		}), nil)
		p.command(t, "")
		p.submit(t, filled(map[string]string{"t:what": "En lång historia"}), nil)
		if text := reads(p.private); !strings.Contains(text, "sv:not_saved") || !strings.Contains(text, "En lång historia") {
			t.Fatalf("told %q", text)
		}
		down = false
		p.press(t, p.private, buttons(p.private)["sv:continue"])
		p.submit(t, filled(map[string]string{"t:what": "En lång historia"}), nil)
		if p.last.Type != discordgo.InteractionResponseUpdateMessage || !strings.Contains(reads(p.private), "En lång historia") {
			t.Errorf("answered with type %d: %q", p.last.Type, reads(p.private))
		}
	})
	t.Run("a button of nobody's is not understood", func(t *testing.T) {
		p := at(t, silent, nil)
		p.press(t, card(t, false), "rapport")
		equal(t, "told", reads(p.private), "\n\nsv:not_understood")
	})
	t.Run("a dialog that cannot be drawn is told in private", func(t *testing.T) {
		d := short
		d.Subject = strings.Repeat("x", 90)
		p := at(t, replying(bot.Reply{Dialog: &d}), nil)
		p.command(t, "")
		equal(t, "told", reads(p.private), "\n\nsv:failed")
	})
	t.Run("what has grown too old says so in place of the dialog", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Answer(bot.Reply{Dialog: &stop})
		gone := false
		p := at(t, handle(func(ctx context.Context, req bot.Request) (bot.Reply, error) {
			if gone {
				return bot.Reply{Message: &receipt}, nil
			}
			return h.Handle(ctx, req)
		}), nil)
		p.command(t, "")
		p.submit(t, filled(nil), nil)
		gone = true
		p.press(t, p.private, selects(p.private)[0].CustomID, "what")
		if p.modal != nil || reads(p.private) != "\nTack\nINC-2026-0001" {
			t.Errorf("told %q", reads(p.private))
		}
	})
}

func TestCommands(t *testing.T) {
	subcommands := func(o *discord.Options) {
		o.Subcommands = func(lang string) []bot.Subcommand {
			if lang != "sv" {
				return nil
			}
			return []bot.Subcommand{
				{Text: "report", Name: "rapportera", Argument: &bot.Field{ID: "system", Kind: bot.Lookup}},
				{Text: "link", Name: "koppla", Argument: &bot.Field{ID: "email", Kind: bot.Text, Required: true}},
				{Text: "mine", Name: "mina"},
			}
		}
	}
	inventory := []bot.Option{{Value: "treserva", Label: "Treserva"}, {Value: "-", Label: "Vet inte"}}
	for _, test := range []struct {
		name, sub string
		options   []object
		want      bot.Request
	}{
		{"the bare command", "", nil, bot.Request{}},
		{"a word", "mina", nil, bot.Request{Text: "mine"}},
		{"a word with a text", "koppla", []object{{"name": "email", "type": 3, "value": " a@b.se "}}, bot.Request{Text: "link  a@b.se"}},
		{"something that was proposed", "rapportera", []object{{"name": "system", "type": 3, "value": "Treserva"}},
			bot.Request{Text: "report", Values: bot.Values{"system": {"treserva", "Treserva"}}}},
		{"the same, typed", "rapportera", []object{{"name": "system", "type": 3, "value": "treserva"}},
			bot.Request{Text: "report", Values: bot.Values{"system": {"treserva", "Treserva"}}}},
		{"something else is asked for in the dialog", "rapportera", []object{{"name": "system", "type": 3, "value": "Okänt"}}, bot.Request{Text: "report"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := bottest.NewHandler()
			h.Stock(inventory)
			p := at(t, h, subcommands)
			p.command(t, test.sub, test.options...)
			got := h.Asked(bot.Command)[0]
			equal(t, "request", bot.Request{Text: got.Text, Values: got.Values}, test.want)
			if got.Key != "discord:7001" || !got.InParts {
				t.Errorf("%+v", got)
			}
		})
	}
	t.Run("an unknown word is not understood", func(t *testing.T) {
		p := at(t, silent, subcommands)
		p.command(t, "bort")
		equal(t, "told", reads(p.private), "\n\nsv:not_understood")
	})
	t.Run("proposals are labels", func(t *testing.T) {
		h := bottest.NewHandler()
		h.Stock(inventory)
		p := at(t, h, subcommands)
		p.do(t, discordgo.InteractionApplicationCommandAutocomplete, nil, object{"id": "1", "name": "incident", "type": 1, "options": []object{
			{"name": "rapportera", "type": 1, "options": []object{{"name": "system", "type": 3, "value": "tres", "focused": true}}},
		}})
		equal(t, "choices", p.last.Data.Choices, []*discordgo.ApplicationCommandOptionChoice{{Name: "Treserva", Value: "Treserva"}})
		equal(t, "searched for", h.Asked(bot.Search)[0].Text, "tres")
	})
	t.Run("the message command tells what the message says", func(t *testing.T) {
		h := bottest.NewHandler()
		p := at(t, h, nil)
		p.do(t, discordgo.InteractionApplicationCommand, nil, object{"id": "1", "name": "Rapportera", "type": 3, "target_id": "5", "resolved": object{
			"messages": object{"5": object{"id": "5", "content": "Titta här", "embeds": []object{{"title": "Rubrik", "description": "Text"}},
				"components": []object{{"type": 99, "content": "?"}}}},
		}})
		equal(t, "text", h.Asked(bot.Shortcut)[0].Text, "Titta här\nRubrik\nText")
	})
	t.Run("somebody who reads another language is told in the default one", func(t *testing.T) {
		h := bottest.NewHandler()
		p := at(t, h, nil)
		p.locale = "fi"
		p.command(t, "")
		equal(t, "told", reads(p.private), "\n\nsv:done")
		equal(t, "language", h.Asked(bot.Command)[0].Actor.Language, "")
		p.locale = "en-GB"
		p.command(t, "")
		equal(t, "told", reads(p.private), "\n\nen:done")
	})
}

// A component that is newer than our library takes nothing else down with it.
func TestUnknownComponentsAreLeftOut(t *testing.T) {
	raw := `{"id":"1","type":5,"token":"t","data":{"custom_id":"x","components":[
		{"type":18,"id":1,"component":{"type":23,"custom_id":"new","value":true}},{"type":77},
		{"type":18,"id":2,"component":{"type":4,"custom_id":"t:what","value":"Det jag skrev"}}]}}`
	in, lost, err := discord.ParseInteraction([]byte(raw))
	if err != nil || lost != 2 {
		t.Fatal(lost, err)
	}
	data, _ := in.Data.(discordgo.ModalSubmitInteractionData)
	got, err := discord.DecodeModal(data, noon, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "answers", got.Values, bot.Values{"what": {"Det jag skrev"}})
	for _, broken := range []string{"", "{", `{"id":7}`, `{"id":"1","type":5,"data":{"components":7}}`} {
		if _, _, err := discord.ParseInteraction([]byte(broken)); err == nil {
			t.Errorf("%q was read", broken)
		}
	}
}

// inTime runs a test with a clock of its own, in which a handler takes its time.
func inTime(t *testing.T, takes time.Duration, reply bot.Reply, answers map[string][]answer, test func(t *testing.T, p *somebody, calls *[]said)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var calls []said
		s, err := discord.New(options("http://127.0.0.1/api", func(o *discord.Options) {
			o.Clock = time.Now
			o.HTTPClient = inMemory(&calls, answers)
			o.Subcommands = func(string) []bot.Subcommand {
				return []bot.Subcommand{{Text: "report", Name: "rapportera", Argument: &bot.Field{ID: "system", Kind: bot.Lookup}}}
			}
			o.Handler = handle(func(_ context.Context, req bot.Request) (bot.Reply, error) {
				time.Sleep(takes)
				if req.Kind == bot.Submit {
					return bot.Reply{Message: &receipt}, nil
				}
				return reply, nil
			})
		}))
		if err != nil {
			t.Fatal(err)
		}
		test(t, &somebody{s: s, locale: "sv-SE", now: time.Now}, &calls)
		if err := s.Drain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

const original = "PATCH /webhooks/2001/token/messages/@original"

func TestLateAnswers(t *testing.T) {
	t.Run("in time, nothing is put off", func(t *testing.T) {
		inTime(t, 1900*time.Millisecond, bot.Reply{Message: &receipt}, nil, func(t *testing.T, p *somebody, calls *[]said) {
			p.command(t, "")
			if p.last.Type != discordgo.InteractionResponseChannelMessageWithSource || len(*calls) > 0 {
				t.Errorf("type %d, calls %v", p.last.Type, *calls)
			}
		})
	})
	t.Run("late, the answer comes after", func(t *testing.T) {
		inTime(t, 30*time.Second, bot.Reply{Message: &receipt}, nil, func(t *testing.T, p *somebody, calls *[]said) {
			start := time.Now()
			p.command(t, "")
			if p.last.Type != discordgo.InteractionResponseDeferredChannelMessageWithSource || p.last.Data.Flags != discordgo.MessageFlagsEphemeral {
				t.Fatalf("put off with type %d", p.last.Type)
			}
			if p.responded.Sub(start) != 2*time.Second {
				t.Errorf("after %s", p.responded.Sub(start))
			}
			if len(*calls) != 1 || (*calls)[0].Call != original || !strings.Contains((*calls)[0].Body, "INC-2026-0001") {
				t.Errorf("calls %v", *calls)
			}
		})
	})
	t.Run("a dialog that comes late is opened by a button", func(t *testing.T) {
		inTime(t, 3*time.Second, bot.Reply{Dialog: &stop}, nil, func(t *testing.T, p *somebody, calls *[]said) {
			p.command(t, "")
			if p.modal != nil || len(*calls) != 1 {
				t.Fatalf("calls %v", *calls)
			}
			var edited object
			if err := json.Unmarshal([]byte((*calls)[0].Body), &edited); err != nil {
				t.Fatal(err)
			}
			edited["id"], edited["flags"] = "9001", 64
			if m := again(t, edited); buttons(m)["sv:open"] == "" || !strings.Contains(reads(m), "sv:late") {
				t.Errorf("%v", edited)
			}
		})
	})
	t.Run("a step on the dialog's own message is put off in place", func(t *testing.T) {
		inTime(t, 3*time.Second, bot.Reply{Dialog: &stop}, nil, func(t *testing.T, p *somebody, calls *[]said) {
			p.private = summaryOf(t)
			p.press(t, p.private, buttons(p.private)["Skicka"])
			if p.last.Type != discordgo.InteractionResponseDeferredMessageUpdate || len(*calls) != 1 || (*calls)[0].Call != original {
				t.Errorf("type %d, calls %v", p.last.Type, *calls)
			}
			if !strings.Contains((*calls)[0].Body, `"components":[]`) {
				t.Errorf("the buttons stay: %s", (*calls)[0].Body)
			}
		})
	})
	t.Run("a button in a channel is put off beside it", func(t *testing.T) {
		inTime(t, 3*time.Second, bot.Reply{Message: &receipt}, nil, func(t *testing.T, p *somebody, _ *[]said) {
			p.press(t, card(t, false), "b|close|case1")
			if p.last.Type != discordgo.InteractionResponseDeferredChannelMessageWithSource {
				t.Errorf("type %d", p.last.Type)
			}
		})
	})
	t.Run("a late completion completes nothing", func(t *testing.T) {
		inTime(t, 3*time.Second, bot.Reply{Options: []bot.Option{{Value: "a", Label: "a"}}}, nil, func(t *testing.T, p *somebody, _ *[]said) {
			start := time.Now()
			p.do(t, discordgo.InteractionApplicationCommandAutocomplete, nil, object{"id": "1", "name": "incident", "type": 1, "options": []object{
				{"name": "rapportera", "type": 1, "options": []object{{"name": "system", "type": 3, "value": "a", "focused": true}}},
			}})
			equal(t, "choices", len(p.last.Data.Choices), 0)
			equal(t, "after", p.responded.Sub(start), 2*time.Second)
		})
	})
	direct := []string{original, "POST /users/@me/channels", "POST /channels/6001/messages"}
	t.Run("a token that is refused is followed by a direct message", func(t *testing.T) {
		answers := map[string][]answer{
			original:                   {{status: 401, body: `{"code":50027,"message":"Invalid Webhook Token"}`}},
			"POST /users/@me/channels": {{body: `{"id":"6001"}`}}, "POST /channels/6001/messages": {{body: `{"id":"6002"}`}},
		}
		inTime(t, 3*time.Second, bot.Reply{Message: &receipt}, answers, func(t *testing.T, p *somebody, calls *[]said) {
			p.command(t, "")
			equal(t, "calls", called(*calls), direct)
		})
	})
	t.Run("a webhook that is not there yet is tried again", func(t *testing.T) {
		answers := map[string][]answer{original: {refusal("404", "10015"), refusal("500", "0"), {}}}
		inTime(t, 3*time.Second, bot.Reply{Message: &receipt}, answers, func(t *testing.T, p *somebody, calls *[]said) {
			p.command(t, "")
			equal(t, "calls", called(*calls), []string{original, original, original})
		})
	})
	for code, calls := range map[string][]string{"already_acknowledged": nil, "unknown_interaction": direct[1:]} {
		t.Run("a response that is refused as "+code+" is no failure", func(t *testing.T) {
			answers := map[string][]answer{"POST /users/@me/channels": {{body: `{"id":"6001"}`}}, "POST /channels/6001/messages": {{body: `{"id":"6002"}`}}}
			inTime(t, 0, bot.Reply{Message: &receipt}, answers, func(t *testing.T, p *somebody, made *[]said) {
				p.refuse = &bot.SendError{Code: code, Permanent: true}
				p.command(t, "")
				equal(t, "calls", called(*made), calls)
				for _, c := range *made {
					if strings.Contains(c.Body, "failed") {
						t.Errorf("told that it failed: %s", c.Body)
					}
				}
			})
		})
	}
}

// summaryOf is the private message of a dialog under way.
func summaryOf(t *testing.T) *discordgo.Message {
	t.Helper()
	h := bottest.NewHandler()
	h.Answer(bot.Reply{Dialog: &stop})
	p := at(t, h, nil)
	p.command(t, "")
	p.submit(t, filled(map[string]string{"t:what": "Något som har hänt"}), nil)
	return p.private
}

func called(calls []said) []string {
	var names []string
	for _, c := range calls {
		names = append(names, c.Call)
	}
	return names
}
