package discord_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot/discord"
)

// somebody is a person in front of a Discord that is reduced to its interactions: what they do is told to the surface, and what
// they see is what it responds with. Everything crosses the border as JSON, and is held against Discord's limits.
type somebody struct {
	s       *discord.Surface
	locale  string
	modal   *discordgo.InteractionResponseData // that is open
	private *discordgo.Message                 // their latest private message
	around  *discordgo.Message                 // the message that the modal was opened from
	last    *discordgo.InteractionResponse
	n       int

	now       func() time.Time // nil: noon
	responded time.Time
	refuse    error // what becomes of the response
}

type object = map[string]any

// do tells the surface of an interaction, and takes in the response.
func (p *somebody) do(t fatal, kind discordgo.InteractionType, on *discordgo.Message, data object) {
	t.Helper()
	p.n++
	told := object{
		"id": fmt.Sprint(7000 + p.n), "application_id": applicationID, "type": kind, "token": "token", "data": data, "version": 1,
		"guild_id": guildID, "channel_id": "3001", "locale": p.locale,
		"member": object{"nick": "Maja", "user": object{"id": "4001", "username": "maja.l"}},
	}
	if on != nil {
		told["message"] = object{
			"id": on.ID, "flags": on.Flags, "content": on.Content, "embeds": on.Embeds, "components": on.Components, // which it marshals not
		}
	}
	raw, err := json.Marshal(told)
	if err != nil {
		t.Fatalf("encoding: %v", err)
	}
	in, _, err := discord.ParseInteraction(raw)
	if err != nil {
		t.Fatalf("decoding: %v", err)
	}
	arrived := noon
	if p.now != nil {
		arrived = p.now()
	}
	p.last = nil
	p.s.Interact(context.Background(), in, arrived, func(_ context.Context, r *discordgo.InteractionResponse) error {
		if p.last != nil {
			t.Fatalf("a second response")
		}
		p.last = r
		if p.now != nil {
			p.responded = p.now()
		}
		return p.refuse
	})
	if p.last == nil {
		t.Fatalf("no response")
	}
	p.take(t, on)
}

// take takes in the response to something that was done on a message.
func (p *somebody) take(t fatal, on *discordgo.Message) {
	t.Helper()
	switch r := p.last; r.Type {
	case discordgo.InteractionResponseModal:
		withinModal(t, r.Data)
		p.modal, p.around = r.Data, on
	case discordgo.InteractionResponseChannelMessageWithSource, discordgo.InteractionResponseUpdateMessage:
		within(t, discord.Page{Content: r.Data.Content, Embeds: r.Data.Embeds, Components: r.Data.Components})
		if r.Type == discordgo.InteractionResponseUpdateMessage {
			if on == nil || on.Flags&discordgo.MessageFlagsEphemeral == 0 {
				t.Fatalf("an answer replaces what everybody sees")
			}
		} else if r.Data.Flags != discordgo.MessageFlagsEphemeral {
			t.Fatalf("an answer that everybody sees")
		}
		p.private = again(t, object{"id": "9001", "flags": 64, "content": r.Data.Content, "embeds": r.Data.Embeds, "components": r.Data.Components})
	}
}

// again is a message as Discord tells of it later.
func again(t fatal, m object) *discordgo.Message {
	t.Helper()
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatalf("encoding: %v", err)
	}
	var message discordgo.Message
	if err := json.Unmarshal(raw, &message); err != nil {
		t.Fatalf("decoding: %v", err)
	}
	return &message
}

// command gives a subcommand, "" for the bare command.
func (p *somebody) command(t fatal, name string, options ...object) {
	t.Helper()
	data := object{"id": "1", "name": "incident", "type": 1}
	if name != "" {
		data["options"] = []object{{"name": name, "type": 1, "options": options}}
	}
	p.do(t, discordgo.InteractionApplicationCommand, nil, data)
}

// press presses a button or chooses in a select of a message.
func (p *somebody) press(t fatal, on *discordgo.Message, id string, values ...string) {
	t.Helper()
	kind := 2
	if len(values) > 0 {
		kind = 3
	}
	p.do(t, discordgo.InteractionMessageComponent, on, object{"custom_id": id, "component_type": kind, "values": values})
}

// submit sends the open modal. answer gives what each input is answered with; files are attached by their id.
func (p *somebody) submit(t fatal, answer func(input discordgo.MessageComponent) object, files object) {
	t.Helper()
	var sent []object
	for _, c := range p.modal.Components {
		label, ok := c.(discordgo.Label)
		if !ok {
			sent = append(sent, object{"type": 10, "id": len(sent)})
			continue
		}
		inner := answer(label.Component)
		inner["id"] = 100 + len(sent)
		sent = append(sent, object{"type": 18, "id": len(sent), "component": inner})
	}
	data := object{"custom_id": p.modal.CustomID, "components": sent}
	if files != nil {
		data["resolved"] = object{"attachments": files}
	}
	p.modal = nil
	p.do(t, discordgo.InteractionModalSubmit, p.around, data)
}

// filled answers the inputs of a modal by their custom ids; others come back as they were drawn.
func filled(answers map[string]string) func(discordgo.MessageComponent) object {
	return func(c discordgo.MessageComponent) object {
		switch c := c.(type) {
		case discordgo.TextInput:
			value, ok := answers[c.CustomID]
			if !ok {
				value = c.Value
			}
			return object{"type": 4, "custom_id": c.CustomID, "value": value}
		case discordgo.SelectMenu:
			values := []string{}
			for _, o := range c.Options {
				if chosen, ok := answers[c.CustomID]; ok && chosen == o.Value || !ok && o.Default {
					values = append(values, o.Value)
				}
			}
			return object{"type": 3, "custom_id": c.CustomID, "values": values}
		case discordgo.FileUpload:
			return object{"type": 19, "custom_id": c.CustomID, "values": []string{}}
		}
		return object{}
	}
}

// buttons are a message's buttons, by what they say.
func buttons(m *discordgo.Message) map[string]string {
	found := map[string]string{}
	for _, row := range m.Components {
		for _, c := range row.(*discordgo.ActionsRow).Components {
			if b, ok := c.(*discordgo.Button); ok {
				found[b.Label] = b.CustomID
			}
		}
	}
	return found
}

// selects are a message's selects.
func selects(m *discordgo.Message) []*discordgo.SelectMenu {
	var found []*discordgo.SelectMenu
	for _, row := range m.Components {
		for _, c := range row.(*discordgo.ActionsRow).Components {
			if menu, ok := c.(*discordgo.SelectMenu); ok {
				found = append(found, menu)
			}
		}
	}
	return found
}

// reads is all that there is to read in a message.
func reads(m *discordgo.Message) string {
	text := []string{m.Content}
	for _, e := range m.Embeds {
		text = append(text, e.Title, e.Description)
	}
	return shown(strings.Join(text, "\n"))
}

// withinModal fails when Discord would refuse a modal:
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
func withinModal(t fatal, m *discordgo.InteractionResponseData) {
	t.Helper()
	if n := len(m.Components); n < 1 || n > 5 || units(m.Title) < 1 || units(m.Title) > 45 || units(m.CustomID) > 100 || m.CustomID == "" {
		t.Fatalf("a modal %q of %d components, custom id %q", m.Title, n, m.CustomID)
	}
	ids := map[string]bool{}
	for _, c := range m.Components {
		label, ok := c.(discordgo.Label)
		if text, isText := c.(discordgo.TextDisplay); isText && text.Content != "" && units(text.Content) <= 4000 {
			continue
		}
		if !ok || units(label.Label) < 1 || units(label.Label) > 45 || units(label.Description) > 100 {
			t.Fatalf("a component %#v", c)
		}
		id, least := "", 0
		var required *bool
		switch in := label.Component.(type) {
		case discordgo.TextInput:
			id, required = in.CustomID, in.Required
			if in.MaxLength < 1 || in.MaxLength > 4000 || in.MinLength > in.MaxLength || units(in.Value) > in.MaxLength || units(in.Placeholder) > 100 {
				t.Fatalf("a text input %+v", in)
			}
			if in.MinLength > 0 && (!*required || in.Value != "" && units(in.Value) < in.MinLength) {
				t.Fatalf("a text input that cannot be sent: %+v", in)
			}
		case discordgo.SelectMenu:
			id, required, least = in.CustomID, in.Required, *in.MinValues
			withinSelect(t, in)
		case discordgo.FileUpload:
			id, required, least = in.CustomID, in.Required, *in.MinValues
			if in.MaxValues < 1 || in.MaxValues > 10 {
				t.Fatalf("a file upload %+v", in)
			}
		}
		if required == nil || *required && least == 0 && !strings.HasPrefix(id, "t:") && !strings.HasPrefix(id, "d:") || !*required && least > 0 {
			t.Fatalf("%q: required is %v, at least %d", id, required, least)
		}
		if units(id) < 1 || units(id) > 100 || ids[id] {
			t.Fatalf("the custom id %q, too long or twice", id)
		}
		ids[id] = true
	}
}

// inMemory is a client whose calls are recorded and given each the next of the answers for its method and path, the last one again
// and again.
func inMemory(calls *[]said, answers map[string][]answer) *http.Client {
	var mu sync.Mutex
	return &http.Client{Transport: transport(func(r *http.Request) (*http.Response, error) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		name := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v10")
		*calls = append(*calls, said{Call: name, Body: string(body)})
		next := answer{status: http.StatusOK, body: "{}"}
		if list := answers[name]; len(list) > 0 {
			if next = list[0]; len(list) > 1 {
				answers[name] = list[1:]
			}
		}
		if next.status == 0 {
			next.status = http.StatusOK
		}
		return &http.Response{StatusCode: next.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(next.body)), Request: r}, nil
	})}
}
