package discord

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

// errNotUnderstood: well-formed, but not something this bot made. The person is asked to try again.
var errNotUnderstood = errors.New("interaction not understood")

// parseInteraction decodes an interaction (https://discord.com/developers/docs/interactions/receiving-and-responding). discordgo
// refuses the whole of it for one component that it does not know: then what it does not know is left out, and lost is how many
// components that were. What else was typed must not be lost with them, nor a report of another bot's message.
func parseInteraction(raw []byte) (in *discordgo.Interaction, lost int, err error) {
	in = &discordgo.Interaction{}
	if err = json.Unmarshal(raw, in); err == nil {
		return in, 0, nil
	}
	var tree any
	if json.Unmarshal(raw, &tree) != nil {
		return nil, 0, fmt.Errorf("decoding an interaction: %w", err)
	}
	tree, lost = known(tree)
	if lost == 0 {
		return nil, 0, fmt.Errorf("decoding an interaction: %w", err)
	}
	if raw, err = json.Marshal(tree); err != nil {
		return nil, lost, fmt.Errorf("encoding an interaction anew: %w", err)
	}
	in = &discordgo.Interaction{}
	if err = json.Unmarshal(raw, in); err != nil {
		return nil, lost, fmt.Errorf("decoding an interaction: %w", err)
	}
	return in, lost, nil
}

// known is a JSON value without the components that discordgo does not know, and how many those were.
func known(v any) (any, int) {
	lost := 0
	switch v := v.(type) {
	case []any:
		for i := range v {
			var n int
			v[i], n = known(v[i])
			lost += n
		}
	case map[string]any:
		for key, value := range v {
			var n int
			value, n = known(value)
			lost += n
			switch key {
			case "components":
				list, _ := value.([]any)
				kept := slices.DeleteFunc(list, func(c any) bool { return !knownComponent(c) })
				lost += len(list) - len(kept)
				value = kept
			case "component", "accessory":
				if !knownComponent(value) {
					value = map[string]any{"type": discordgo.TextDisplayComponent} // a label must hold something
					lost++
				}
			}
			v[key] = value
		}
		return v, lost
	}
	return v, lost
}

func knownComponent(v any) bool {
	encoded, err := json.Marshal(v)
	if err != nil {
		return false
	}
	_, err = discordgo.MessageComponentFromJSON(encoded)
	return err == nil
}

// submitted is what a modal was sent with.
type submitted struct {
	values bot.Values
	files  []bot.File
	labels []string // the search fields whose chosen label is to be looked up: a modal tells values only
	search []string // the fields whose whole list the person wants to search in
}

// decodeModal reads the answers of a modal. A field that was shown and left empty is there, empty. Times are read as written
// at now in loc's zone.
func decodeModal(data discordgo.ModalSubmitInteractionData, now time.Time, loc *time.Location) (submitted, error) {
	s := submitted{values: bot.Values{}}
	for _, c := range data.Components {
		switch c := c.(type) {
		case *discordgo.TextDisplay:
		case *discordgo.Label:
			if err := s.take(c.Component, data.Resolved.Attachments, now, loc); err != nil {
				return s, err
			}
		default:
			return s, fmt.Errorf("%w: component %T in a modal", errNotUnderstood, c)
		}
	}
	return s, nil
}

func (s *submitted) take(
	c discordgo.MessageComponent, attachments map[string]*discordgo.MessageAttachment, now time.Time, loc *time.Location,
) error {
	switch c := c.(type) {
	case *discordgo.TextInput:
		answer := []string{}
		if c.Value != "" {
			answer = append(answer, c.Value)
		}
		if field, ok := strings.CutPrefix(c.CustomID, inputTime); ok {
			if t, ok := parseTime(c.Value, now, loc); ok {
				answer = []string{t.UTC().Format(time.RFC3339)}
			}
			s.values[field] = answer
			return nil
		}
		field, ok := strings.CutPrefix(c.CustomID, inputText)
		if !ok {
			return fmt.Errorf("%w: text input %q", errNotUnderstood, c.CustomID)
		}
		s.values[field] = answer
	case *discordgo.SelectMenu:
		return s.takeSelect(c)
	case *discordgo.FileUpload:
		field, ok := strings.CutPrefix(c.CustomID, inputFiles)
		if !ok {
			return fmt.Errorf("%w: file upload %q", errNotUnderstood, c.CustomID)
		}
		names := []string{}
		for _, id := range c.Values {
			if a := attachments[id]; a != nil {
				s.files = append(s.files, bot.File{ID: a.URL, Name: a.Filename, Type: a.ContentType, Size: int64(a.Size)})
				names = append(names, a.Filename)
			}
		}
		s.values[field] = names
	}
	return nil // an unknown one was left out and logged
}

func (s *submitted) takeSelect(c *discordgo.SelectMenu) error {
	field, lookup := strings.CutPrefix(c.CustomID, inputLookup)
	if !lookup {
		var ok bool
		if field, ok = strings.CutPrefix(c.CustomID, inputChoice); !ok {
			return fmt.Errorf("%w: select %q", errNotUnderstood, c.CustomID)
		}
		field, _, _ = strings.Cut(field, separator) // one of several selects of a field
	}
	if slices.Contains(c.Values, searchValue) {
		s.search = append(s.search, field)
		return nil // what was chosen before stands until something else is
	}
	s.values[field] = append(append([]string{}, s.values[field]...), c.Values...)
	if lookup && len(c.Values) > 0 {
		s.labels = append(s.labels, field)
	}
	return nil
}

// typedIn are the texts that were typed in a modal.
func typedIn(data discordgo.ModalSubmitInteractionData) []string {
	var texts []string
	for _, c := range data.Components {
		label, _ := c.(*discordgo.Label)
		if label == nil {
			continue
		}
		if input, ok := label.Component.(*discordgo.TextInput); ok && input.Value != "" {
			texts = append(texts, input.Value)
		}
	}
	return texts
}

// isFiles tells whether a modal has a field for files with the id.
func isFiles(data discordgo.ModalSubmitInteractionData, field string) bool {
	return slices.ContainsFunc(data.Components, func(c discordgo.MessageComponent) bool {
		label, _ := c.(*discordgo.Label)
		if label == nil {
			return false
		}
		upload, ok := label.Component.(*discordgo.FileUpload)
		return ok && upload.CustomID == inputFiles+field
	})
}

// person returns who did something, as this surface knows them.
func person(in *discordgo.Interaction) bot.Actor {
	user, name := in.User, ""
	if in.Member != nil && in.Member.User != nil {
		user, name = in.Member.User, in.Member.Nick
	}
	if user == nil {
		return bot.Actor{Surface: Name}
	}
	if name == "" {
		name = shownName(user)
	}
	return bot.Actor{Surface: Name, ID: user.ID, Name: name, Language: language(in.Locale)}
}

// language is the language that a person has chosen in Discord, or "" when it is neither of ours:
// https://discord.com/developers/docs/reference#locales
func language(l discordgo.Locale) string {
	tag, _, _ := strings.Cut(string(l), "-")
	switch tag {
	case "sv", "en":
		return tag
	}
	return ""
}

// readable is what a message says, for a report of it.
func readable(m *discordgo.Message) string {
	parts := []string{m.Content}
	for _, e := range m.Embeds {
		parts = append(parts, e.Title, e.Description)
		for _, f := range e.Fields {
			parts = append(parts, f.Name, f.Value)
		}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return strings.TrimSpace(s) == "" })
	return strings.Join(parts, "\n")
}

// labelIn returns the label of an option of one of a message's selects, or "".
func labelIn(m *discordgo.Message, value string) string {
	for _, menu := range menus(m) {
		for _, o := range menu.Options {
			if o.Value == value {
				return o.Label
			}
		}
	}
	return ""
}

// menus are the selects of a message.
func menus(m *discordgo.Message) []*discordgo.SelectMenu {
	var found []*discordgo.SelectMenu
	for _, c := range inRows(m) {
		if menu, ok := c.(*discordgo.SelectMenu); ok {
			found = append(found, menu)
		}
	}
	return found
}

// inRows are the components in a message's rows.
func inRows(m *discordgo.Message) []discordgo.MessageComponent {
	if m == nil {
		return nil
	}
	var found []discordgo.MessageComponent
	for _, c := range m.Components {
		if row, ok := c.(*discordgo.ActionsRow); ok {
			found = append(found, row.Components...)
		}
	}
	return found
}

// ofDialog tells whether a message is the private one of a dialog, which its next step may replace. A card or a list that the
// dialog was opened from is not.
func ofDialog(m *discordgo.Message, s step) bool {
	if m == nil || m.Flags&discordgo.MessageFlagsEphemeral == 0 {
		return false
	}
	return slices.ContainsFunc(inRows(m), func(c discordgo.MessageComponent) bool {
		id := ""
		switch c := c.(type) {
		case *discordgo.Button:
			id = c.CustomID
		case *discordgo.SelectMenu:
			id = c.CustomID
		}
		other, ok := unpackStep(id)
		return ok && other.dialog == s.dialog && other.subject == s.subject && other.kept == s.kept
	})
}
