package discord

import (
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
)

// writer writes what one person reads: in their language, with times in the organisation's zone.
type writer struct {
	texts func(key string, data map[string]any) string
	loc   *time.Location
}

func (w writer) text(key string) string { return w.texts(key, nil) }

// note is a message with one paragraph: the text of a key.
func (w writer) note(key string) bot.Message {
	return bot.Message{Blocks: []bot.Block{bot.Paragraph(w.text(key))}}
}

// answer is an answer as people read it; "" when there is none.
func (w writer) answer(f bot.Field, answers []string) string {
	if len(answers) == 0 || answers[0] == "" {
		return ""
	}
	switch f.Kind {
	case bot.Choice, bot.Choices:
		labels := make([]string, len(answers))
		for i, a := range answers {
			labels[i] = a
			for _, o := range f.Options {
				if o.Value == a && o.Label != "" {
					labels[i] = o.Label
				}
			}
		}
		return strings.Join(labels, "\n")
	case bot.Lookup:
		return answers[len(answers)-1] // the label, after the value
	case bot.DateTime:
		if t, err := time.Parse(time.RFC3339, answers[0]); err == nil {
			return writeTime(t, w.loc)
		}
		return answers[0]
	case bot.Files:
		return strings.Join(answers, "\n")
	}
	return answers[0]
}
