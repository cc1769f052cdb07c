package discord

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// turn is one interaction on its way from its decoding to its answer.
type turn struct {
	s       *Surface
	in      *discordgo.Interaction
	arrived time.Time
	actor   bot.Actor
	w       writer
	kind    bot.Kind // for logs and metrics

	step    *step     // the step of a dialog that it is, nil when none
	sent    submitted // what the modal was sent with
	typed   []string  // the texts of the same, as they were typed
	inPlace bool      // the answer replaces the message that it was done on
}

func (s *Surface) newTurn(in *discordgo.Interaction, arrived time.Time) *turn {
	t := &turn{s: s, in: in, arrived: arrived, actor: person(in)}
	lang := t.actor.Language
	if lang == "" {
		lang = s.opts.DefaultLanguage
	}
	t.w = writer{loc: s.opts.Location, texts: func(key string, data map[string]any) string { return s.opts.Text(lang, key, data) }}
	id := ""
	switch data := in.Data.(type) {
	case discordgo.ApplicationCommandInteractionData:
		t.kind = bot.Command
		if data.CommandType == discordgo.MessageApplicationCommand {
			t.kind = bot.Shortcut
		}
		if in.Type == discordgo.InteractionApplicationCommandAutocomplete {
			t.kind = bot.Search
		}
		return t
	case discordgo.MessageComponentInteractionData:
		id, t.kind = data.CustomID, bot.Press
	case discordgo.ModalSubmitInteractionData:
		id, t.kind = data.CustomID, bot.Change
	}
	if st, ok := unpackStep(id); ok {
		t.step, t.kind = &st, kindOf(st.verb)
		// Editing is for the dialog's own private message alone: a card in a channel would show everybody what one person wrote.
		t.inPlace = ofDialog(in.Message, st)
	}
	return t
}

func kindOf(v verb) bot.Kind {
	switch v {
	case sendWhole, send:
		return bot.Submit
	case cancel:
		return bot.Cancel
	case searchFor:
		return bot.Search
	}
	return bot.Change
}

// saves tells whether the request was to keep what the person wrote.
func (t *turn) saves() bool {
	if t.step == nil {
		return false
	}
	switch t.step.verb {
	case sendPart, sendWhole, send, takeResult:
		return true
	}
	return false
}

// goOn is the step that a person goes on with when this one failed.
func (t *turn) goOn() *step {
	if t.step == nil {
		return nil
	}
	on := *t.step
	switch on.verb {
	case sendPart, sendWhole:
		on.verb = askFields
	case askChosen, takeResult:
		on = on.to(review)
	case searchFor:
		on.verb = search
	}
	return &on
}

// retyped is what was typed in the modal, which the person sees nowhere else when it was not kept.
func (t *turn) retyped() []bot.Block {
	var blocks []bot.Block
	for _, text := range t.typed {
		blocks = append(blocks, bot.Quote(text))
	}
	return blocks
}

// route finds out what was done and answers it.
func (t *turn) route(ctx context.Context) (answer, error) {
	switch data := t.in.Data.(type) {
	case discordgo.ApplicationCommandInteractionData:
		switch {
		case t.in.Type == discordgo.InteractionApplicationCommandAutocomplete:
			return t.complete(ctx, data)
		case data.CommandType == discordgo.MessageApplicationCommand:
			return t.shortcut(ctx, data)
		}
		return t.command(ctx, data)
	case discordgo.MessageComponentInteractionData:
		if t.step != nil {
			return t.stepOn(ctx, data.Values)
		}
		if p, ok := unpackPress(data.CustomID); ok {
			return t.open(ctx, t.request(bot.Press, p.id, p.subject))
		}
	case discordgo.ModalSubmitInteractionData:
		if t.step != nil {
			return t.submitted(ctx, data)
		}
	}
	return answer{}, fmt.Errorf("%w: interaction of type %d", errNotUnderstood, t.in.Type)
}

func (t *turn) request(kind bot.Kind, name, subject string) bot.Request {
	return bot.Request{
		Kind: kind, Key: Name + ":" + t.in.ID, Actor: t.actor, Name: name, Subject: subject, At: t.arrived, InParts: true,
	}
}

// ask asks the handler.
func (t *turn) ask(ctx context.Context, req bot.Request) (bot.Reply, error) {
	a := <-surface.Ask(ctx, &t.s.work, t.s.log, t.s.opts.Handler, req, handlerBudget)
	return a.Reply, a.Err
}

// shortcut answers the message command: https://discord.com/developers/docs/interactions/application-commands#message-commands
func (t *turn) shortcut(ctx context.Context, data discordgo.ApplicationCommandInteractionData) (answer, error) {
	req := t.request(bot.Shortcut, bot.ReportShortcut, "")
	if data.Name == t.s.defaultText(captureName) { // the name is told in the default language
		req.Name = bot.CaptureShortcut
	}
	if data.Resolved != nil {
		if m := data.Resolved.Messages[data.TargetID]; m != nil {
			req.Text = readable(m)
			req.Said = bot.Said{Ref: bot.Ref{Surface: Name, Channel: t.in.ChannelID, ID: m.ID}, At: m.Timestamp.UTC()}
			if m.Author != nil {
				req.Said.Author = bot.Actor{Surface: Name, ID: m.Author.ID, Name: shownName(m.Author)}
			}
		}
	}
	return t.open(ctx, req)
}

// command answers the slash command: https://discord.com/developers/docs/interactions/application-commands#slash-commands
func (t *turn) command(ctx context.Context, data discordgo.ApplicationCommandInteractionData) (answer, error) {
	req := t.request(bot.Command, "", "")
	if len(data.Options) == 0 {
		return t.open(ctx, req)
	}
	sub, given, err := t.subcommand(data)
	if err != nil {
		return answer{}, err
	}
	req.Text = sub.Text
	switch {
	case given == nil || sub.Argument == nil:
	case sub.Argument.Kind == bot.Lookup:
		option, err := t.lookUp(ctx, sub, argument(given))
		if err != nil {
			return answer{}, err
		}
		if option != nil {
			req.Values = bot.Values{sub.Argument.ID: {option.Value, option.Label}}
		}
	default:
		req.Text = strings.TrimSpace(sub.Text + " " + argument(given))
	}
	return t.open(ctx, req)
}

// subcommand returns the subcommand that was chosen and the argument that was given with it, nil when none. Discord tells its name in
// the default language, whatever the person reads.
func (t *turn) subcommand(
	data discordgo.ApplicationCommandInteractionData,
) (sub bot.Subcommand, given *discordgo.ApplicationCommandInteractionDataOption, err error) {
	if len(data.Options) > 0 && t.s.opts.Subcommands != nil {
		chosen := data.Options[0]
		for _, sub := range t.s.opts.Subcommands(t.s.opts.DefaultLanguage) {
			if sub.Name != chosen.Name {
				continue
			}
			if len(chosen.Options) > 0 {
				given = chosen.Options[0]
			}
			return sub, given, nil
		}
	}
	return sub, nil, fmt.Errorf("%w: command %q without a known subcommand", errNotUnderstood, data.Name)
}

func argument(o *discordgo.ApplicationCommandInteractionDataOption) string {
	text, _ := o.Value.(string)
	return text
}

// lookUp returns the option whose label stands in the command line, chosen from what was proposed or not; nil when there is none.
func (t *turn) lookUp(ctx context.Context, sub bot.Subcommand, text string) (*bot.Option, error) {
	proposed, err := t.propose(ctx, sub, text)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(proposed.Options, func(o bot.Option) bool { return strings.EqualFold(proposal(o), text) })
	if at < 0 {
		return nil, nil //nolint:nilnil // the dialog asks anyway
	}
	return &proposed.Options[at], nil
}

// propose searches for a subcommand's argument.
func (t *turn) propose(ctx context.Context, sub bot.Subcommand, text string) (bot.Reply, error) {
	req := t.request(bot.Search, sub.Text, "")
	req.Field, req.Text = sub.Argument.ID, text
	return t.ask(ctx, req)
}

// proposal is what stands in the command line for an option: what people read there is its label.
func proposal(o bot.Option) string {
	if o.Label == "" {
		return cut(o.Value, maxOption)
	}
	return cut(o.Label, maxOption)
}

// complete proposes arguments as a person types:
// https://discord.com/developers/docs/interactions/application-commands#autocomplete
func (t *turn) complete(ctx context.Context, data discordgo.ApplicationCommandInteractionData) (answer, error) {
	sub, given, err := t.subcommand(data)
	if err != nil {
		return answer{}, err
	}
	if given == nil || sub.Argument == nil {
		return answer{}, fmt.Errorf("%w: autocompletion of nothing", errNotUnderstood)
	}
	reply, err := t.propose(ctx, sub, argument(given))
	if err != nil {
		return answer{}, err
	}
	var a answer
	for _, o := range reply.Options[:min(len(reply.Options), maxOptions)] {
		a.choices = append(a.choices, &discordgo.ApplicationCommandOptionChoice{Name: proposal(o), Value: proposal(o)})
	}
	return a, nil
}

// open asks the handler for something that may open a dialog.
func (t *turn) open(ctx context.Context, req bot.Request) (answer, error) {
	reply, err := t.ask(ctx, req)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if reply.Dialog != nil {
		d := reply.Dialog
		at := step{verb: askMore, dialog: d.ID, subject: d.Subject, kept: d.Kept}
		if a, err = t.askNext(ctx, d, at); err != nil {
			return answer{}, err
		}
	}
	if reply.Message != nil {
		said := t.say(*reply.Message)
		a.pages, a.plain = append(a.pages, said.pages...), said.plain
	}
	return a, nil
}

// say is a message as a private answer. No notification shows it, so its summary is not needed beside the rest.
func (t *turn) say(m bot.Message) answer {
	pages := draw(m, t.w.text)
	if len(pages[0].Embeds) > 0 {
		pages[0].Content = ""
	}
	return answer{pages: pages, plain: m}
}

// logSearch notes that a search failed that the answer can do without.
func (t *turn) logSearch(ctx context.Context, field string, err error) {
	t.s.log.LogAttrs(ctx, slog.LevelWarn, "search failed", t.named(), slog.String("field", field), slog.Any("error", err))
}
