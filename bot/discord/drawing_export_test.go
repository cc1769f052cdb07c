package discord

import (
	"context"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

// What is drawn and read here, for the tests of it.
type (
	Page      = page
	Found     = found
	Submitted struct {
		Values         bot.Values
		Files          []bot.File
		Labels, Search []string
	}
)

var (
	Draw             = draw
	DrawOne          = drawOne
	Escape           = escape
	ParseTime        = parseTime
	WriteTime        = writeTime
	ParseInteraction = parseInteraction
	SearchValue      = searchValue
)

// Interact answers an interaction as the doors have it answered.
func (s *Surface) Interact(
	ctx context.Context, in *discordgo.Interaction, arrived time.Time, respond func(context.Context, *discordgo.InteractionResponse) error,
) {
	s.interact(ctx, in, arrived, respond)
}

// Modal draws a dialog's first modal.
func Modal(d *bot.Dialog, searched map[string]Found, text func(string, map[string]any) string) (*discordgo.InteractionResponseData, error) {
	w := writer{texts: text, loc: time.UTC}
	return w.modal(d, step{verb: sendPart, dialog: d.ID, subject: d.Subject, kept: d.Kept}, w.fit(d, visible(d)), searched)
}

// Askable tells what is wrong with a dialog whose steps have no room.
func Askable(d *bot.Dialog) error {
	return askable(d, step{verb: askMore, dialog: d.ID, subject: d.Subject, kept: d.Kept})
}

// DecodeModal reads what a modal was sent with.
func DecodeModal(data discordgo.ModalSubmitInteractionData, now time.Time, loc *time.Location) (Submitted, error) {
	s, err := decodeModal(data, now, loc)
	return Submitted{s.values, s.files, s.labels, s.search}, err
}

// Systems is what a search found.
func Systems(options []bot.Option, more bool) Found { return found{options: options, more: more} }

// PressID is the custom id of a button that stands alone.
func PressID(b bot.Button) (string, bool) { return pressID(b, map[string]bool{}) }

// ReadPress is what a button's custom id says.
func ReadPress(id string) (button, subject string, ok bool) {
	p, ok := unpackPress(id)
	return p.id, p.subject, ok
}

// StepID is the custom id of a step that sends a part of a dialog.
func StepID(dialog, subject, kept string, asked, fields uint64) string {
	return step{sendPart, dialog, subject, kept, mask(asked), mask(fields)}.pack()
}

// ReadStep is what the custom id of a step says.
func ReadStep(id string) (dialog, subject, kept string, asked, fields uint64, ok bool) {
	s, ok := unpackStep(id)
	return s.dialog, s.subject, s.kept, uint64(s.asked), uint64(s.fields), ok
}
