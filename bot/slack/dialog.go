package slack

import (
	"encoding/json"
	"fmt"
	"slices"

	slackgo "github.com/slack-go/slack"

	"tyreso.se/incidentbot/bot"
)

// Modal draws a dialog as a modal view with the fields that are visible given its values. An input block's block_id and
// its element's action_id are both the field's id, since Slack keys answers by the two and errors by the first.
// cuts names what did not fit and was shortened. The error tells of a dialog that Slack would refuse.
//
// https://docs.slack.dev/reference/views/modal-views
func Modal(d *bot.Dialog, text func(key string) string) (view slackgo.ModalViewRequest, cuts []string, err error) {
	p := pen{}
	view = slackgo.ModalViewRequest{
		Type:       slackgo.VTModal,
		CallbackID: d.ID,
		Title:      p.plain(d.ID, "title", or(d.Title, text("slack.title")), maxViewTitle),
		Close:      p.plain(d.ID, "cancel", or(d.Cancel, text("slack.close")), maxViewButton),
		// A dialog that is closed comes back as Cancel, so that what was typed can be kept.
		NotifyOnClose: true,
	}
	if view.PrivateMetadata, err = (metadata{Subject: d.Subject}).pack(); err != nil {
		return view, nil, fmt.Errorf("drawing dialog %q: %w", d.ID, err)
	}
	if length(d.ID) > maxCallbackID {
		return view, nil, fmt.Errorf("drawing dialog %q: its id has more than %d characters", d.ID, maxCallbackID)
	}
	asks := false
	for _, f := range d.Visible(d.Values) {
		if f.ID == "" || length(f.ID) > maxID-len(helpSuffix) {
			return view, nil, fmt.Errorf("drawing dialog %q: field id %q is empty or too long", d.ID, f.ID)
		}
		if f.Kind == bot.Note {
			view.Blocks.BlockSet = append(view.Blocks.BlockSet, p.note(f)...)
			continue
		}
		input, err := p.input(d, f)
		if err != nil {
			return view, nil, fmt.Errorf("drawing dialog %q: %w", d.ID, err)
		}
		asks = true
		view.Blocks.BlockSet = append(view.Blocks.BlockSet, input)
	}
	if asks || d.Submit != "" { // Slack demands a submit button as soon as there is something to fill in
		view.Submit = p.plain(d.ID, "submit", or(d.Submit, text("slack.submit")), maxViewButton)
	}
	if len(view.Blocks.BlockSet) > maxViewBlocks {
		return view, nil, fmt.Errorf("drawing dialog %q: more than %d blocks", d.ID, maxViewBlocks)
	}
	ids := blockIDs(view.Blocks)
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(view.Blocks.BlockSet) {
		return view, nil, fmt.Errorf("drawing dialog %q: two fields have the same id", d.ID)
	}
	return view, p.cuts, nil
}

// MessageModal draws a message as a modal view without inputs: the first heading is the title when it fits, else title is.
func MessageModal(m bot.Message, title string, text func(key string) string) (slackgo.ModalViewRequest, []string, error) {
	if len(m.Blocks) > 0 {
		if h, ok := m.Blocks[0].(bot.Heading); ok && h != "" && length(string(h)) <= maxViewTitle {
			title, m.Blocks = string(h), m.Blocks[1:]
		}
	}
	blocks, cuts, err := Blocks(m, maxViewBlocks)
	if err != nil {
		return slackgo.ModalViewRequest{}, nil, err
	}
	if len(blocks) == 0 { // a view without blocks is refused
		blocks = append(blocks, slackgo.NewRichTextBlock("", slackgo.NewRichTextSection(
			slackgo.NewRichTextSectionTextElement(orDash(m.Summary), nil))))
	}
	p := pen{cuts: cuts}
	return slackgo.ModalViewRequest{
		Type:   slackgo.VTModal,
		Title:  p.plain("message", "title", or(title, text("slack.title")), maxViewTitle),
		Close:  p.plain("message", "close", text("slack.close"), maxViewButton),
		Blocks: slackgo.Blocks{BlockSet: blocks},
		// Below it there are only messages that it came from, as they were then: https://docs.slack.dev/surfaces/modals#close_modal
		ClearOnClose: true,
	}, p.cuts, nil
}

// helpSuffix ends the block id of the small print below a note.
const helpSuffix = "/help"

func (p *pen) note(f bot.Field) []slackgo.Block {
	section := slackgo.NewSectionBlock(p.plain(f.ID, "label", f.Label, maxText), nil, nil,
		slackgo.SectionBlockOptionBlockID(f.ID))
	if f.Help == "" {
		return []slackgo.Block{section}
	}
	return []slackgo.Block{section, slackgo.NewContextBlock(f.ID+helpSuffix, p.plain(f.ID, "help", f.Help, maxText))}
}

func (p *pen) input(d *bot.Dialog, f bot.Field) (*slackgo.InputBlock, error) {
	block := &slackgo.InputBlock{
		Type:     slackgo.MBTInput,
		BlockID:  f.ID,
		Label:    p.plain(f.ID, "label", f.Label, maxLabel),
		Optional: !f.Required,
		// An answer that shows or hides other fields is told at once.
		DispatchAction: d.Reveals(f.ID),
	}
	if f.Help != "" {
		block.Hint = p.plain(f.ID, "help", f.Help, maxHint)
	}
	answers := d.Values[f.ID]
	switch f.Kind {
	case bot.Text, bot.LongText:
		block.Element = p.textInput(f, d.Values.Get(f.ID), &block.DispatchAction)
	case bot.Choice:
		options, err := p.options(f)
		if err != nil {
			return nil, err
		}
		block.Element = p.choice(f, options, chosen(options, answers))
	case bot.Choices:
		options, err := p.options(f)
		if err != nil {
			return nil, err
		}
		block.Element = p.choices(f, options, chosen(options, answers))
	case bot.Lookup:
		block.Element = p.lookup(f, answers)
	case bot.DateTime:
		picker := &slackgo.DateTimePickerBlockElement{Type: slackgo.METDatetimepicker, ActionID: f.ID}
		if at := d.Values.Time(f.ID); !at.IsZero() {
			picker.InitialDateTime = at.Unix()
		}
		block.Element = picker
	case bot.Files:
		files := &slackgo.FileInputBlockElement{Type: slackgo.METFileInput, ActionID: f.ID, MaxFiles: maxFiles}
		if f.Max > 0 {
			files.MaxFiles = min(f.Max, maxFiles)
		}
		block.Element = files
	default:
		return nil, fmt.Errorf("field %q: unknown kind %d", f.ID, f.Kind)
	}
	return block, nil
}

// textInput draws a text field. What is typed in a long one is told as it is typed, so that it survives a dialog that is
// closed or lost: Slack's view_closed does not promise to hold the answers.
func (p *pen) textInput(f bot.Field, initial string, dispatch *bool) slackgo.BlockElement {
	e := &slackgo.PlainTextInputBlockElement{
		Type:        slackgo.METPlainTextInput,
		ActionID:    f.ID,
		Multiline:   f.Kind == bot.LongText,
		MinLength:   min(max(f.Min, 0), maxInput),
		MaxLength:   maxInput,
		Placeholder: p.placeholder(f),
	}
	if f.Max > 0 {
		e.MaxLength = min(f.Max, maxInput)
	}
	if initial != "" {
		e.InitialValue = p.fit(f.ID, "value", initial, e.MaxLength)
	}
	if f.Kind == bot.LongText {
		*dispatch = true
	}
	if *dispatch {
		e.DispatchActionConfig = &slackgo.DispatchActionConfig{TriggerActionsOn: []string{"on_character_entered"}}
	}
	return e
}

func (p *pen) choice(f bot.Field, options, initial []*slackgo.OptionBlockObject) slackgo.BlockElement {
	var first *slackgo.OptionBlockObject
	if len(initial) > 0 {
		first = initial[0]
	}
	if len(options) <= radioButtonsAtMost {
		return &slackgo.RadioButtonsBlockElement{
			Type: slackgo.METRadioButtons, ActionID: f.ID, Options: options, InitialOption: first,
		}
	}
	return &slackgo.SelectBlockElement{
		Type: slackgo.OptTypeStatic, ActionID: f.ID, Placeholder: p.placeholder(f), Options: options, InitialOption: first,
	}
}

func (p *pen) choices(f bot.Field, options, initial []*slackgo.OptionBlockObject) slackgo.BlockElement {
	if len(options) <= maxCheckboxes {
		return &slackgo.CheckboxGroupsBlockElement{
			Type: slackgo.METCheckboxGroups, ActionID: f.ID, Options: options, InitialOptions: initial,
		}
	}
	return &slackgo.MultiSelectBlockElement{
		Type: slackgo.MultiOptTypeStatic, ActionID: f.ID, Placeholder: p.placeholder(f), Options: options, InitialOptions: initial,
	}
}

// lookup draws a search field. Its answers are the chosen value and, when it differs, the label that it was chosen by.
func (p *pen) lookup(f bot.Field, answers []string) slackgo.BlockElement {
	any := 0 // search as soon as the menu opens: the first suggestions show what can be found
	e := &slackgo.SelectBlockElement{
		Type: slackgo.OptTypeExternal, ActionID: f.ID, Placeholder: p.placeholder(f), MinQueryLength: &any,
	}
	if len(answers) > 0 && answers[0] != "" && length(answers[0]) <= maxOptionValue {
		label := answers[0]
		if len(answers) > 1 {
			label = answers[1]
		}
		e.InitialOption = p.option(f.ID, bot.Option{Value: answers[0], Label: label})
	}
	return e
}

func (p *pen) placeholder(f bot.Field) *slackgo.TextBlockObject {
	if f.Placeholder == "" {
		return nil
	}
	return p.plain(f.ID, "placeholder", f.Placeholder, maxPlaceholder)
}

func (p *pen) options(f bot.Field) ([]*slackgo.OptionBlockObject, error) {
	if len(f.Options) == 0 || len(f.Options) > maxMenu {
		return nil, fmt.Errorf("field %q has %d options: Slack takes 1–%d", f.ID, len(f.Options), maxMenu)
	}
	options := make([]*slackgo.OptionBlockObject, 0, len(f.Options))
	for _, o := range f.Options {
		if o.Value == "" || length(o.Value) > maxOptionValue {
			return nil, fmt.Errorf("field %q: the value of option %q must have 1–%d characters", f.ID, o.Label, maxOptionValue)
		}
		options = append(options, p.option(f.ID, o))
	}
	return options, nil
}

func (p *pen) option(where string, o bot.Option) *slackgo.OptionBlockObject {
	option := &slackgo.OptionBlockObject{Text: p.plain(where, "option", or(o.Label, o.Value), maxOptionText), Value: o.Value}
	if o.Help != "" {
		option.Description = p.plain(where, "option help", o.Help, maxOptionHelp)
	}
	return option
}

func chosen(options []*slackgo.OptionBlockObject, answers []string) []*slackgo.OptionBlockObject {
	var found []*slackgo.OptionBlockObject
	for _, o := range options {
		if slices.Contains(answers, o.Value) {
			found = append(found, o)
		}
	}
	return found
}

// blockIDs returns the ids of the blocks of a view, in order.
func blockIDs(blocks slackgo.Blocks) []string {
	ids := make([]string, 0, len(blocks.BlockSet))
	for _, b := range blocks.BlockSet {
		ids = append(ids, b.ID())
	}
	return ids
}

// metadata is what a view carries for us in its private_metadata.
type metadata struct {
	Subject string `json:"s,omitempty"`
	// Opened is the press by which a dialog took the place of what its view showed before, "" when the view was opened for it: what is sent
	// in from one view after the other press is another doing.
	Opened string `json:"o,omitempty"`
}

func (m metadata) pack() (string, error) {
	if m == (metadata{}) {
		return "", nil
	}
	packed, err := json.Marshal(m)
	if err != nil {
		return "", fmt.Errorf("packing the subject: %w", err)
	}
	if length(string(packed)) > maxViewMetadata {
		return "", fmt.Errorf("the subject has more than %d characters", maxViewMetadata)
	}
	return string(packed), nil
}

// unpackMetadata reads what a view carries; what cannot be read is none of ours.
func unpackMetadata(packed string) (m metadata) {
	if packed == "" || json.Unmarshal([]byte(packed), &m) != nil {
		return metadata{}
	}
	return m
}

// openedBy has a dialog carry the press by which it takes the place of what its view showed.
func openedBy(view *slackgo.ModalViewRequest, press string) {
	m := unpackMetadata(view.PrivateMetadata)
	m.Opened = press
	if packed, err := m.pack(); err == nil { // it cannot have become too long but with a subject that nearly was
		view.PrivateMetadata = packed
	}
}

func or(s, otherwise string) string {
	if s != "" {
		return s
	}
	return otherwise
}
