package discordtest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"tyreso.se/incidentbot/bot/bottest"
	workspace "tyreso.se/incidentbot/workspace/discord"
)

// component is a component, as much of it as there is to see: https://discord.com/developers/docs/components/reference
type component struct {
	Type       int         `json:"type"`
	CustomID   string      `json:"custom_id"`
	Label      string      `json:"label"`
	URL        string      `json:"url"`
	Options    []choice    `json:"options"`
	Component  *component  `json:"component"`
	Components []component `json:"components"`
}

type choice struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// The types of component that are looked at.
const (
	typeRow    = 1
	typeButton = 2
	typeLabel  = 18
)

// board is what can be used in a message.
type board struct{ buttons, menus []component }

func controls(m workspace.Message) (board, error) {
	var b board
	var rows []component
	if len(m.Components) > 0 {
		if err := json.Unmarshal(m.Components, &rows); err != nil {
			return b, fmt.Errorf("reading components: %w", err)
		}
	}
	for _, row := range rows {
		if row.Type != typeRow {
			return b, fmt.Errorf("a component of type %d outside a row", row.Type)
		}
		for _, c := range row.Components {
			if c.Type == typeButton {
				b.buttons = append(b.buttons, c)
			} else {
				b.menus = append(b.menus, c)
			}
		}
	}
	return b, nil
}

// inputs are the questions of a modal: labels with what they are answered in.
func inputs(m *workspace.Modal) ([]component, error) {
	var all []component
	if err := json.Unmarshal(m.Components, &all); err != nil {
		return nil, fmt.Errorf("reading a modal: %w", err)
	}
	return slices.DeleteFunc(all, func(c component) bool { return c.Type != typeLabel || c.Component == nil }), nil
}

// embed is what there is to see of an embed: https://discord.com/developers/docs/resources/message#embed-object
type embed struct {
	URL         string `json:"url"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Fields      []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"fields"`
	Footer struct {
		Text string `json:"text"`
	} `json:"footer"`
}

// ofMessage is what a person sees of a message.
func ofMessage(m workspace.Message) (bottest.Screen, error) {
	var embeds []embed
	if len(m.Embeds) > 0 {
		if err := json.Unmarshal(m.Embeds, &embeds); err != nil {
			return bottest.Screen{}, fmt.Errorf("reading embeds: %w", err)
		}
	}
	all, err := controls(m)
	if err != nil {
		return bottest.Screen{}, err
	}
	screen := bottest.Screen{Alive: slices.Concat(m.Fired, m.Previews)}
	read := func(text string) string {
		plain, alive := visible(text)
		screen.Alive = append(screen.Alive, alive...)
		return plain
	}
	screen.Notice = read(m.Content)
	var text strings.Builder
	for _, e := range embeds {
		if e.URL != "" {
			screen.Alive = append(screen.Alive, e.URL)
		}
		for _, part := range []string{read(e.Title), read(e.Description)} {
			text.WriteString(part + "\n")
		}
		for _, f := range e.Fields {
			text.WriteString(read(f.Name) + "\n" + read(f.Value) + "\n")
		}
		text.WriteString(e.Footer.Text + "\n")
	}
	screen.Text = text.String()
	for _, b := range all.buttons {
		screen.Buttons = append(screen.Buttons, b.Label)
		if b.URL != "" {
			screen.Alive = append(screen.Alive, b.URL)
		}
	}
	return screen, nil
}

// What Discord makes of a text (https://docs.discord.com/developers/reference#message-formatting): a backslash before a mark takes
// its meaning away and is not shown. What begins a line of ours, and the bold of labels, is taken away; any other markup is alive.
var (
	lineMark = regexp.MustCompile(`^(?:-# |> |- )`)
	markup   = regexp.MustCompile("[*_`~]" +
		`|\|\||<(?:@[!&]?\d+|#\d+|a?:\w+:\d+|t:-?\d+(?::\w)?|/[^>]+:\d+|id:\w+|https?://[^>\s]+|mailto:[^>]+)>` +
		`|@everyone|@here|\[[^\]]*\]\([^)]*\)|https?://[^\s<]+|discord://\S+|:[\w+-]+:`)
	lineMarkup = regexp.MustCompile(`^\s*(?:#{1,3}\s|-#\s|>{1,3}\s|[-*+]\s|\d+[.)]\s)`)
)

// shield stands for a mark whose meaning was taken away, while the rest is looked at: a letter that no text has.
const shield = '\U0010FFFD'

// visible is what is seen of a text, and the markup in it that is not ours.
func visible(text string) (plain string, alive []string) {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		var shielded strings.Builder
		var marks []rune
		runes := []rune(line)
		for i := 0; i < len(runes); i++ {
			if runes[i] == '\\' && i+1 < len(runes) && escapable(runes[i+1]) {
				i++
				marks = append(marks, runes[i])
				shielded.WriteRune(shield)
				continue
			}
			shielded.WriteRune(runes[i])
		}
		rest := strings.ReplaceAll(lineMark.ReplaceAllString(shielded.String(), ""), "**", "")
		alive = append(alive, markup.FindAllString(rest, -1)...)
		alive = append(alive, lineMarkup.FindAllString(rest, -1)...)
		var shown strings.Builder
		for _, r := range rest {
			if r == shield && len(marks) > 0 {
				r, marks = marks[0], marks[1:]
			}
			shown.WriteRune(r)
		}
		out = append(out, shown.String())
	}
	return strings.Join(out, "\n"), alive
}

// escapable tells whether a backslash takes a character's meaning away: one that is no letter or digit of ASCII, and no white space.
func escapable(r rune) bool {
	return !unicode.IsSpace(r) && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
}
