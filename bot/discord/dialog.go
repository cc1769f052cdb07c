package discord

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

// A modal holds at most five components and cannot be answered with another, and no error can be shown in it
// (https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal). A dialog is thus
// asked in parts, a modal each, with a private message between them that shows what has been answered (summary.go).

// found are the options that a search gives.
type found struct {
	options []bot.Option
	more    bool // there are others
}

// What a component's custom id in a modal begins with: how its answer is read. The field's id follows.
const (
	inputText   = "t:"
	inputTime   = "d:"
	inputChoice = "s:"
	inputLookup = "l:"
	inputFiles  = "f:"
)

// searchValue is the value of the option that leads to a search in the whole list.
const searchValue = "incidentbot|search"

// maxTime is more characters than any way to write a time takes.
const maxTime = 100

// fit returns as many of the questions as go into one modal, from the first on.
func (w writer) fit(d *bot.Dialog, ask []question) []question {
	used := 0
	for i, q := range ask {
		used += len(notesBefore(d, q)) + w.components(d, q)
		if used > maxModalComponents {
			return ask[:max(i, 1)]
		}
	}
	return ask
}

// components is how many components of a modal a question takes.
func (w writer) components(d *bot.Dialog, q question) int {
	n := 1
	if q.Kind == bot.Choices {
		n = max(1, (len(q.Options)+maxOptions-1)/maxOptions)
	}
	if w.above(d, q.Field) != "" {
		n++
	}
	return n
}

// notesBefore are the visible notes between a question and the one before it.
func notesBefore(d *bot.Dialog, q question) []bot.Field {
	var notes []bot.Field
	for _, f := range d.Visible(d.Values) {
		switch {
		case f.ID == q.ID:
			return notes
		case f.Kind == bot.Note:
			notes = append(notes, f)
		default:
			notes = nil
		}
	}
	return nil
}

// above is what stands above a field because there is no room for it at the field, escaped.
func (w writer) above(d *bot.Dialog, f bot.Field) string {
	var parts []string
	if length(f.Label) > maxLabel {
		parts = append(parts, "**"+escape(f.Label)+"**")
	}
	if help := w.help(d, f); length(help) > maxHelp {
		parts = append(parts, escape(help))
	}
	return strings.Join(parts, "\n")
}

// help is a field's help. Files that were attached already are named there: Discord cannot show them in the field.
func (w writer) help(d *bot.Dialog, f bot.Field) string {
	if names := d.Values[f.ID]; f.Kind == bot.Files && len(names) > 0 {
		return w.texts("discord.files_kept", map[string]any{"Names": strings.Join(names, ", ")})
	}
	return f.Help
}

// modal draws the questions, which must fit, as a modal whose custom id is of. searched holds what the search fields among them
// can be answered with. The error tells of a dialog that Discord would refuse.
func (w writer) modal(
	d *bot.Dialog, of step, asked []question, searched map[string]found,
) (*discordgo.InteractionResponseData, error) {
	of = of.with(maskOf(asked))
	modal := &discordgo.InteractionResponseData{
		CustomID: of.pack(), Title: cut(orDash(d.Title), maxModalTitle), Components: []discordgo.MessageComponent{},
	}
	if length(modal.CustomID) > maxCustomID {
		return nil, fmt.Errorf("drawing dialog %q: its ids take more than %d characters together", d.ID, maxCustomID)
	}
	for _, q := range asked {
		drawn, err := w.field(d, q.Field, asked, searched[q.ID])
		if err != nil {
			return nil, fmt.Errorf("drawing dialog %q: %w", d.ID, err)
		}
		var notes []discordgo.MessageComponent
		for _, n := range notesBefore(d, q) {
			notes = append(notes, note(n))
		}
		if len(notes)+len(drawn) > maxModalComponents { // they stand in the private message as well
			notes = nil
		}
		modal.Components = slices.Concat(modal.Components, notes, drawn)
	}
	if len(modal.Components) > maxModalComponents {
		return nil, fmt.Errorf("drawing dialog %q: more than %d components", d.ID, maxModalComponents)
	}
	return modal, nil
}

// whole tells whether the asked questions are all that there will ever be to answer, whatever is answered to them.
func whole(d *bot.Dialog, asked []question) bool {
	if len(asked) < len(visible(d)) {
		return false
	}
	shown := d.Visible(d.Values)
	return !slices.ContainsFunc(d.Fields, func(f bot.Field) bool {
		return rests(d, f, asked) && !slices.ContainsFunc(shown, func(v bot.Field) bool { return v.ID == f.ID })
	})
}

// rests tells whether it depends on the answer to one of the asked questions that f is shown.
func rests(d *bot.Dialog, f bot.Field, asked []question) bool {
	for range d.Fields { // no chain of conditions is longer
		if f.ShowIf == nil {
			return false
		}
		if slices.ContainsFunc(asked, func(q question) bool { return q.ID == f.ShowIf.Field }) {
			return true
		}
		on := d.Field(f.ShowIf.Field)
		if on == nil {
			return false
		}
		f = *on
	}
	return false
}

func note(f bot.Field) discordgo.MessageComponent {
	text := escape(orDash(f.Label))
	if f.Help != "" {
		for _, line := range lines(f.Help) {
			text += "\n-# " + escape(line)
		}
	}
	return discordgo.TextDisplay{Content: cut(text, maxDisplay)}
}

func (w writer) field(d *bot.Dialog, f bot.Field, asked []question, searched found) ([]discordgo.MessageComponent, error) {
	if f.ID == "" || length(f.ID) > maxCustomID/2 {
		return nil, fmt.Errorf("field id %q is empty or too long", f.ID)
	}
	// What a field in the same modal may hide must not hold back the modal. Check says afterwards what is missing.
	required := f.Required && !rests(d, f, asked)
	inputs, err := w.inputs(d, f, required, searched)
	if err != nil {
		return nil, err
	}
	var drawn []discordgo.MessageComponent
	above := w.above(d, f)
	if len(inputs) == 0 {
		above = "**" + escape(orDash(f.Label)) + "**\n" + escape(w.text("discord.nothing_to_choose"))
	}
	if above != "" {
		drawn = append(drawn, discordgo.TextDisplay{Content: cut(above, maxDisplay)})
	}
	for i, input := range inputs {
		label := discordgo.Label{Label: cut(orDash(f.Label), maxLabel), Component: input}
		if i > 0 {
			label.Label = cut(orDash(f.Label), maxLabel-4) + " " + strconv.Itoa(i+1)
		}
		if help := w.help(d, f); length(help) <= maxHelp && i == 0 {
			label.Description = help
		}
		drawn = append(drawn, label)
	}
	return drawn, nil
}

// inputs are what a field is answered in: one input, several selects for more options than one holds, or none when there is
// nothing to choose from.
func (w writer) inputs(d *bot.Dialog, f bot.Field, required bool, searched found) ([]discordgo.MessageComponent, error) {
	answers := d.Values[f.ID]
	switch f.Kind {
	case bot.Text, bot.LongText:
		return []discordgo.MessageComponent{textInput(f, d.Values.Get(f.ID), required)}, nil
	case bot.DateTime:
		return []discordgo.MessageComponent{discordgo.TextInput{
			CustomID: inputTime + f.ID, Style: discordgo.TextInputShort, Placeholder: timeExample, Required: &required,
			Value: cut(w.answer(f, answers), maxTime), MaxLength: maxTime,
		}}, nil
	case bot.Choice:
		if len(f.Options) <= maxOptions {
			return w.selects(inputChoice, f, required, 1, f.Options, answers)
		}
		return w.selects(inputChoice, f, required, 1, w.offered(found{options: f.Options}, chosen(f, answers)), answers)
	case bot.Choices:
		return w.selects(inputChoice, f, required, len(f.Options), f.Options, answers)
	case bot.Lookup:
		return w.selects(inputLookup, f, required, 1, w.offered(searched, chosen(f, answers)), answers[:min(len(answers), 1)])
	case bot.Files:
		least, most := 0, maxFiles
		if f.Max > 0 {
			most = min(f.Max, maxFiles)
		}
		if required = required && len(answers) == 0; required {
			least = 1
		}
		return []discordgo.MessageComponent{
			discordgo.FileUpload{CustomID: inputFiles + f.ID, MinValues: &least, MaxValues: most, Required: &required},
		}, nil
	}
	return nil, fmt.Errorf("field %q: unknown kind %d", f.ID, f.Kind)
}

func textInput(f bot.Field, value string, required bool) discordgo.MessageComponent {
	input := discordgo.TextInput{
		CustomID: inputText + f.ID, Style: discordgo.TextInputShort, Placeholder: cut(f.Placeholder, maxPlaceholder), Required: &required,
		MaxLength: maxInput,
	}
	if f.Kind == bot.LongText {
		input.Style = discordgo.TextInputParagraph
	}
	if f.Max > 0 {
		input.MaxLength = min(f.Max, maxInput)
	}
	input.Value = cut(value, input.MaxLength)
	if required {
		input.MinLength = min(max(f.Min, 0), input.MaxLength)
	}
	if value != "" && utf8.RuneCountInString(input.Value) < input.MinLength { // to be mended, and must be drawn until then
		input.MinLength = 0
	}
	return input
}

// chosen is the answer to a field with one answer as an option; nil when there is none.
func chosen(f bot.Field, answers []string) *bot.Option {
	if len(answers) == 0 || answers[0] == "" {
		return nil
	}
	for _, o := range f.Options {
		if o.Value == answers[0] {
			return &o
		}
	}
	return &bot.Option{Value: answers[0], Label: answers[len(answers)-1]}
}

// offered are the options of a select for what can be searched: what was found and what was chosen before, and when that is not
// all there is, the way to the search at the end.
func (w writer) offered(f found, chosen *bot.Option) []bot.Option {
	options := slices.Clone(f.options)
	if chosen != nil && !slices.ContainsFunc(options, func(o bot.Option) bool { return o.Value == chosen.Value }) {
		options = slices.Insert(options, 0, *chosen)
	}
	if !f.more && len(options) <= maxOptions {
		return options
	}
	if at := slices.IndexFunc(options, func(o bot.Option) bool { return chosen != nil && o.Value == chosen.Value }); at >= maxOptions-1 {
		options = slices.Insert(slices.Delete(options, at, at+1), 0, *chosen)
	}
	options = options[:min(len(options), maxOptions-1)]
	return append(options, bot.Option{Value: searchValue, Label: w.text("discord.search_all")})
}

// selects draws options as selects of at most 25 each, of which at most most may be chosen.
func (w writer) selects(
	kind string, f bot.Field, required bool, most int, options []bot.Option, answers []string,
) ([]discordgo.MessageComponent, error) {
	placeholder := f.Placeholder
	if placeholder == "" {
		placeholder = w.text("discord.choose")
	}
	required = required && len(options) <= maxOptions // an answer in one of several selects is enough
	var drawn []discordgo.MessageComponent
	for part := range slices.Chunk(options, maxOptions) {
		least := 0
		if required {
			least = 1
		}
		menu := discordgo.SelectMenu{
			MenuType: discordgo.StringSelectMenu, CustomID: kind + f.ID, Placeholder: cut(placeholder, maxPlaceholder),
			MinValues: &least, MaxValues: min(most, len(part)), Required: &required,
		}
		if n := len(drawn); n > 0 {
			menu.CustomID += separator + strconv.Itoa(n+1)
		}
		for _, o := range part {
			if o.Value == "" || length(o.Value) > maxOption {
				return nil, fmt.Errorf("field %q: the value of option %q must have 1–%d characters", f.ID, o.Label, maxOption)
			}
			menu.Options = append(menu.Options, option(o, slices.Contains(answers, o.Value)))
		}
		drawn = append(drawn, menu)
	}
	return drawn, nil
}

func option(o bot.Option, isDefault bool) discordgo.SelectMenuOption {
	label := o.Label
	if label == "" {
		label = o.Value
	}
	return discordgo.SelectMenuOption{
		Label: cut(orDash(label), maxOption), Value: o.Value, Description: cut(o.Help, maxOption), Default: isDefault,
	}
}

// searchModal asks what to search for.
func (w writer) searchModal(of step) *discordgo.InteractionResponseData {
	required := true
	return &discordgo.InteractionResponseData{
		CustomID: of.pack(), Title: cut(w.text("discord.search_title"), maxModalTitle),
		Components: []discordgo.MessageComponent{discordgo.Label{
			Label: cut(w.text("discord.search_label"), maxLabel),
			Component: discordgo.TextInput{
				CustomID: inputText + searchField, Style: discordgo.TextInputShort, Required: &required, MaxLength: maxOption,
			},
		}},
	}
}

// searchField is the id of the one field of a search modal.
const searchField = "search"
