package bottest

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"tyreso.se/incidentbot/bot"
)

func (tr Traits) shown(text string) string {
	if tr.Shown != nil {
		return tr.Shown(text)
	}
	return text
}

// texts are what there is to read in a message, in order, and what stands on its buttons. What a surface may draw as nothing or as
// a dash, a text of nothing but space, is not among it.
func (tr Traits) texts(m bot.Message) (read, buttons []string) {
	add := func(texts ...string) {
		for _, text := range texts {
			if text = strings.TrimSpace(tr.shown(text)); text != "" {
				read = append(read, text)
			}
		}
	}
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case bot.Heading:
			add(string(b))
		case bot.Paragraph:
			add(string(b))
		case bot.Quote:
			add(string(b))
		case bot.Small:
			add(string(b))
		case bot.List:
			add(b...)
		case bot.Facts:
			for _, f := range b {
				add(f.Label, f.Value)
			}
		case bot.Buttons:
			for _, button := range b {
				buttons = append(buttons, tr.shown(button.Text))
			}
		}
	}
	return read, buttons
}

// breakable is the length from which a text may be broken into pieces, where a line or a word ends.
const breakable = 1000

// squeezed are the texts without white space when one of them may be broken, and the text that is shown as well.
func squeezed(texts []string, shown string) ([]string, string) {
	if !slices.ContainsFunc(texts, func(text string) bool { return len(text) >= breakable }) {
		return texts, shown
	}
	squeeze := func(text string) string { return strings.Join(strings.Fields(text), "") }
	all := make([]string, len(texts))
	for i, text := range texts {
		all[i] = squeeze(text)
	}
	return all, squeeze(shown)
}

// marks are what a surface may set between the texts of a message: a colon after a label, a point before a line, a dash for nothing.
const marks = ":•–"

// compare returns how shown differs from texts in their order with nothing but marks between; "" when it does not.
func compare(texts []string, shown string) string {
	rest := shown
	for _, text := range texts {
		before, after, found := strings.Cut(rest, text)
		if !found {
			return fmt.Sprintf("%q is not there, or not in its place, in %q", text, shown)
		}
		if more := unmarked(before); more != "" {
			return fmt.Sprintf("before %q stands %q, which nobody wrote, in %q", text, more, shown)
		}
		rest = after
	}
	if more := unmarked(rest); more != "" {
		return fmt.Sprintf("at the end stands %q, which nobody wrote, in %q", more, shown)
	}
	return ""
}

func unmarked(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(marks, r) })
}

// Differs tells how what a person sees differs from a message, "" when it does not.
func (tr Traits) Differs(m bot.Message, screen Screen) string {
	texts, buttons := tr.texts(m)
	text := screen.Text
	if len(texts) > 0 && screen.Title == texts[0] { // a heading that took the title's place
		text = screen.Title + "\n" + text
	}
	if wrong := compare(squeezed(texts, text)); wrong != "" {
		return wrong
	}
	if len(buttons) != len(screen.Buttons) {
		return fmt.Sprintf("the buttons are %q, want %q", screen.Buttons, buttons)
	}
	for i, button := range buttons {
		// Those that say the same may be told apart by more.
		if !strings.HasPrefix(strings.TrimSpace(screen.Buttons[i]), strings.TrimSpace(button)) {
			return fmt.Sprintf("the button %q says %q", button, screen.Buttons[i])
		}
	}
	if len(screen.Alive) > 0 {
		return fmt.Sprintf("something in it does something by itself: %q", screen.Alive)
	}
	return ""
}

// Shortened tells how what a person sees differs from a message whose quotes have been shortened where it was posted: all else
// stands there, and of each quote the beginning.
func (tr Traits) Shortened(m bot.Message, screen Screen) string {
	rest := screen.Text
	cut := false
	for _, b := range m.Blocks {
		quote, quoted := b.(bot.Quote)
		texts, _ := tr.texts(bot.Message{Blocks: []bot.Block{b}})
		for _, text := range texts {
			if quoted && !strings.Contains(rest, text) {
				text, cut = strings.TrimSpace(clip(string(quote), beginning)), true
			}
			_, after, found := strings.Cut(rest, text)
			if !found {
				return fmt.Sprintf("%q is not there, or not in its place, in %q", text, screen.Text)
			}
			rest = after
		}
	}
	if cut && !strings.Contains(screen.Text, "…") {
		return "a quote was shortened, and nothing says so"
	}
	return ""
}

// beginning is how much of a shortened quote is there at least, in characters.
const beginning = 40
