package slacktest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/slack"
	workspace "tyreso.se/incidentbot/workspace/slack"
)

// piece is a part of Block Kit, as much of it as there is to see: https://docs.slack.dev/reference/block-kit
type piece struct {
	Type     string          `json:"type"`
	BlockID  string          `json:"block_id"`
	ActionID string          `json:"action_id"`
	URL      string          `json:"url"`
	Emoji    bool            `json:"emoji"`
	Text     json.RawMessage `json:"text"` // a string, or a piece
	Label    *piece          `json:"label"`
	Hint     *piece          `json:"hint"`
	Element  *piece          `json:"element"`
	Elements []piece         `json:"elements"`
}

func blocks(raw json.RawMessage) ([]piece, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var all []piece
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, fmt.Errorf("reading blocks: %w", err)
	}
	return all, nil
}

// reader collects what a person sees in blocks.
type reader struct {
	text    strings.Builder
	buttons []string
	alive   []string
}

// block reads one block. Every block, and every point of a list, begins a line.
func (r *reader) block(p piece) {
	if p.Type == "actions" {
		for _, e := range p.Elements {
			r.buttons = append(r.buttons, e.text())
			if e.URL != "" {
				r.alive = append(r.alive, e.URL)
			}
		}
		return
	}
	r.read(p)
	for _, inner := range []*piece{p.Label, p.Hint} {
		if inner != nil {
			r.read(*inner)
		}
	}
	r.text.WriteByte('\n')
}

func (r *reader) read(p piece) {
	switch p.Type {
	case "rich_text_section", "rich_text_quote", "rich_text", "context":
	case "rich_text_list":
		for _, point := range p.Elements {
			r.text.WriteString("\n• ")
			r.read(point)
		}
		return
	case "header", "section":
		var inner piece
		if err := json.Unmarshal(p.Text, &inner); err != nil {
			r.alive = append(r.alive, string(p.Text))
		}
		r.read(inner)
		return
	case "plain_text":
		if p.Emoji { // :names: in it become emoji
			r.alive = append(r.alive, "emoji in "+p.text())
		}
		r.text.WriteString(p.text())
	case "text":
		r.text.WriteString(p.text())
	case "divider", "input":
	default: // markup, links, mentions
		r.alive = append(r.alive, p.Type+" "+string(p.Text)+p.URL)
	}
	for _, e := range p.Elements {
		r.read(e)
	}
}

// text is the piece's own text, or that of the text object in it.
func (p piece) text() string {
	var own string
	if json.Unmarshal(p.Text, &own) == nil {
		return own
	}
	var inner piece
	if json.Unmarshal(p.Text, &inner) == nil {
		return inner.text()
	}
	return ""
}

// ofMessage is what a person sees of a message.
func ofMessage(m workspace.Message) (bottest.Screen, error) {
	all, err := blocks(m.Blocks)
	if err != nil {
		return bottest.Screen{}, err
	}
	r := reader{alive: slices.Clone(m.Fired)}
	for _, b := range all {
		r.block(b)
	}
	if strings.ContainsAny(m.Text, "<>") { // the text beside the blocks is markup: https://docs.slack.dev/messaging/formatting-message-text
		r.alive = append(r.alive, m.Text)
	}
	notice := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(m.Text)
	screen := bottest.Screen{Text: r.text.String(), Buttons: r.buttons, Notice: notice, Alive: r.alive}
	if m.Ephemeral != "" {
		screen.Ref = bot.Ref{Surface: slack.Name, Channel: m.Channel, ID: m.TS}
	}
	return screen, nil
}

// ofView is what a person sees of a dialog or page.
func ofView(v *workspace.View) (bottest.Screen, error) {
	all, err := blocks(v.Blocks)
	if err != nil {
		return bottest.Screen{}, err
	}
	r := reader{}
	for _, b := range all {
		r.block(b)
	}
	return bottest.Screen{
		Dialog: v.Submit != "", Title: v.Title, Text: r.text.String(), Buttons: r.buttons, Errors: v.Errors, Alive: r.alive,
	}, nil
}

// questions are the ids of a dialog's inputs, in order: the ids of the fields that they ask.
func questions(v *workspace.View) ([]string, error) {
	all, err := blocks(v.Blocks)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, b := range all {
		if b.Type == "input" {
			ids = append(ids, b.BlockID)
		}
	}
	return ids, nil
}

// actions are the action ids of a message's buttons, in order.
func actions(raw json.RawMessage) ([]string, error) {
	all, err := blocks(raw)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, b := range all {
		if b.Type == "actions" {
			for _, e := range b.Elements {
				ids = append(ids, e.ActionID)
			}
		}
	}
	return ids, nil
}
