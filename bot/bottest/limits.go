package bottest

import (
	"fmt"
	"unicode/utf16"

	"tyreso.se/incidentbot/bot"
)

// What there is room for on every platform, so that a dialog that keeps within it is nowhere shortened or refused. Each is the
// narrowest limit of those that are documented; lengths are in UTF-16 code units, the widest way to count.
const (
	MaxTitle       = 24   // a dialog's title and buttons: https://docs.slack.dev/reference/views/modal-views
	MaxLabel       = 45   // https://discord.com/developers/docs/components/reference#label
	MaxNote        = 300  // a note and its help, so that three of them fit beside questions on a phone
	MaxHelp        = 300  // as MaxNote
	MaxPlaceholder = 100  // https://discord.com/developers/docs/components/reference#text-input
	MaxOptions     = 25   // https://discord.com/developers/docs/components/reference#string-select
	MaxOptionLabel = 75   // and its help: https://docs.slack.dev/reference/block-kit/composition-objects/option-object
	MaxOptionValue = 100  // https://discord.com/developers/docs/components/reference#string-select
	MaxText        = 3000 // https://docs.slack.dev/reference/block-kit/block-elements/plain-text-input-element
	MaxFiles       = 10   // https://docs.slack.dev/reference/block-kit/block-elements/file-input-element
	MaxLookups     = 3    // each has a button of its own in a row of five: https://discord.com/developers/docs/components/reference#action-row
	MaxFields      = 20   // what is asked and answered so far travels with every step where a dialog comes in parts

	MaxHeading    = 150 // https://docs.slack.dev/reference/block-kit/blocks/header-block
	MaxButtons    = 25  // five rows of five: https://discord.com/developers/docs/components/reference#action-row
	MaxButtonText = 75  // https://docs.slack.dev/reference/block-kit/block-elements/button-element
	MaxButtonIDs  = 80  // id and subject: https://discord.com/developers/docs/components/reference#anatomy-of-a-component gives 100 to all
	MaxBlocks     = 45  // https://docs.slack.dev/reference/block-kit/blocks gives 50
)

// CheckDialog returns what in a dialog some platform has no room for. The help of an option is not among it: it may be shortened at
// its end.
func CheckDialog(d *bot.Dialog) []string {
	c := checker{}
	c.text("title", d.Title, MaxTitle)
	c.text("submit button", d.Submit, MaxTitle)
	c.text("cancel button", d.Cancel, MaxTitle)
	c.count("fields", len(d.Fields), MaxFields)
	seen, lookups := map[string]bool{}, 0
	for _, f := range d.Fields {
		if f.Kind == bot.Lookup {
			lookups++
		}
		if f.ID == "" || seen[f.ID] {
			c.found("the field id %q twice, or empty", f.ID)
		}
		seen[f.ID] = true
		if f.ShowIf != nil && !seen[f.ShowIf.Field] {
			c.found("the field %q that rests on %q, which comes after it or not at all", f.ID, f.ShowIf.Field)
		}
		c.field(f)
	}
	c.count("fields to search in", lookups, MaxLookups)
	return c.wrong
}

type checker struct{ wrong []string }

func (c *checker) found(format string, a ...any) {
	c.wrong = append(c.wrong, fmt.Sprintf(format, a...))
}

// text checks a text that must be there and fit.
func (c *checker) text(what, s string, limit int) {
	if n := len(utf16.Encode([]rune(s))); n < 1 || n > limit {
		c.found("the %s %q of %d characters: there must be 1–%d", what, s, n, limit)
	}
}

func (c *checker) perhaps(what, s string, limit int) {
	if s != "" {
		c.text(what, s, limit)
	}
}

func (c *checker) count(what string, n, limit int) {
	if n > limit {
		c.found("%d %s: there is room for %d", n, what, limit)
	}
}

func (c *checker) field(f bot.Field) {
	label := MaxLabel
	if f.Kind == bot.Note {
		label = MaxNote
	}
	c.text("label of "+f.ID, f.Label, label)
	c.perhaps("help of "+f.ID, f.Help, MaxHelp)
	c.perhaps("placeholder of "+f.ID, f.Placeholder, MaxPlaceholder)
	switch f.Kind {
	case bot.Choice, bot.Choices:
		if len(f.Options) == 0 {
			c.found("no options for %s", f.ID)
		}
		c.count("options for "+f.ID, len(f.Options), MaxOptions)
		values := map[string]bool{}
		for _, o := range f.Options {
			c.text("option of "+f.ID, o.Label, MaxOptionLabel)
			c.text("option's value of "+f.ID, o.Value, MaxOptionValue)
			if values[o.Value] {
				c.found("the option %q of %s twice", o.Value, f.ID)
			}
			values[o.Value] = true
		}
	case bot.Text, bot.LongText:
		c.count("characters in "+f.ID, f.Max, MaxText)
		if f.Max > 0 && f.Min > f.Max {
			c.found("a least length of %s above its greatest", f.ID)
		}
	case bot.Files:
		c.count("files in "+f.ID, f.Max, MaxFiles)
	}
}

// CheckOptions returns what in the answer to a search some platform has no room for.
func CheckOptions(options []bot.Option) []string {
	c := checker{}
	c.count("options", len(options), MaxOptions)
	for _, o := range options {
		c.text("option", o.Label, MaxOptionLabel)
		c.text("option's value", o.Value, MaxOptionValue)
	}
	return c.wrong
}

// CheckMessage returns what in a message some platform has no room for. Long texts are not among it: what people wrote may
// be shortened where it is posted.
func CheckMessage(m bot.Message) []string {
	c := checker{}
	c.text("summary", m.Summary, MaxHeading)
	c.count("blocks", len(m.Blocks), MaxBlocks)
	buttons := 0
	for _, b := range m.Blocks {
		switch b := b.(type) {
		case bot.Heading:
			c.text("heading", string(b), MaxHeading)
		case bot.Facts:
			c.count("facts in a row", len(b), MaxOptions)
		case bot.Buttons:
			buttons += len(b)
			for _, button := range b {
				c.text("button", button.Text, MaxButtonText)
				c.text("button's id and subject", button.ID+button.Subject, MaxButtonIDs)
			}
		}
	}
	c.count("buttons", buttons, MaxButtons)
	return c.wrong
}
