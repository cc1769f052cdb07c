package e2e_test

import (
	"encoding/json"
	"strings"
	"unicode"

	"tyreso.se/incidentbot/workspace/discord"
)

// component is a component, as much of it as people use: https://discord.com/developers/docs/components/reference
type component struct {
	Type       int         `json:"type"`
	CustomID   string      `json:"custom_id"`
	Label      string      `json:"label"`
	Component  *component  `json:"component"`
	Components []component `json:"components"`
}

const typeButton = 2

func decodeComponents(raw json.RawMessage) (all []component) {
	if len(raw) > 0 {
		if err := json.Unmarshal(raw, &all); err != nil {
			panic(err) // the server has checked them
		}
	}
	return all
}

// buttons are the buttons of a message.
func buttons(m said) (all []component) {
	for _, row := range decodeComponents(m.components) {
		for _, c := range row.Components {
			if c.Type == typeButton {
				all = append(all, c)
			}
		}
	}
	return all
}

// button is the id of the button of a message that something stands on, "" when there is none.
func button(m said, label string) string {
	for _, b := range buttons(m) {
		if b.Label == label {
			return b.CustomID
		}
	}
	return ""
}

// read is what people see of a message, the text without white space, which Discord keeps only in part.
func read(m discord.Message) said {
	var embeds []struct {
		Title       string `json:"title"`
		Description string `json:"description"`
	}
	if len(m.Embeds) > 0 {
		if err := json.Unmarshal(m.Embeds, &embeds); err != nil {
			panic(err) // the server has checked them
		}
	}
	text := m.Content
	for _, e := range embeds {
		text += "\n" + e.Title + "\n" + e.Description
	}
	return said{
		id: m.ID, notice: plain(m.Content), text: strings.Join(strings.Fields(plain(text)), ""), private: m.Ephemeral, edits: m.Edits,
		components: m.Components,
	}
}

// plain is what is seen of a text: without what makes a line a quote, small print or part of a list, without bold, and with each
// character whose meaning a backslash takes away as it is. https://discord.com/developers/docs/reference#message-formatting
func plain(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		for _, mark := range []string{"> ", "-# ", "- "} {
			if rest, is := strings.CutPrefix(line, mark); is {
				line = rest
				break
			}
		}
		runes := []rune(line)
		for i := 0; i < len(runes); i++ {
			switch {
			case runes[i] == '\\' && i+1 < len(runes) && escapable(runes[i+1]):
				i++
			case runes[i] == '*':
				continue
			}
			out.WriteRune(runes[i])
		}
	}
	return out.String()
}

// escapable tells whether a backslash takes a character's meaning away.
func escapable(r rune) bool {
	return !unicode.IsSpace(r) && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
}
