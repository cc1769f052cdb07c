package discord

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/surface"
)

// Discord waits three seconds for the first response to an interaction, and takes what follows by the interaction's token for
// fifteen minutes (https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages).
const (
	// deferAfter is when an answer that is not there yet is put off, which leaves time for the response to travel.
	deferAfter = 2 * time.Second
	// handlerBudget is the handler's deadline for one request.
	handlerBudget = time.Minute
	// deliveryAttempts is how often a late answer is tried before it goes another way.
	deliveryAttempts = 6
	// deliveryPause is how long the first pause between them is; the next ones are twice as long each.
	deliveryPause = 250 * time.Millisecond
)

// answer is what a person gets for an interaction. The zero answer acknowledges silently.
type answer struct {
	modal   *discordgo.InteractionResponseData
	instead *page // what a modal becomes when it is too late to open one
	pages   []page
	choices []*discordgo.ApplicationCommandOptionChoice // for an autocompletion

	// plain is said in a direct message when the private answer can no longer be given.
	plain   bot.Message
	outcome string // for the metrics
}

// interact answers one interaction, from either door, and returns when all that follows from it is done. It calls respond exactly
// once.
func (s *Surface) interact(
	ctx context.Context, in *discordgo.Interaction, arrived time.Time, respond func(context.Context, *discordgo.InteractionResponse) error,
) {
	ctx = context.WithoutCancel(ctx) // Discord hanging up must not undo what the person did
	t := s.newTurn(in, arrived)
	if t.actor.ID != "" {
		s.tokens.remember(t.actor.ID, in.Token, arrived)
	}
	answered := make(chan answer, 1)
	s.work.Run(func() { answered <- t.decide(ctx) })
	patience := time.NewTimer(deferAfter - s.opts.Clock().Sub(arrived))
	defer patience.Stop()
	acknowledge := func(r *discordgo.InteractionResponse) error {
		err := respond(ctx, r)
		s.metrics.Acknowledged(t.kind, s.opts.Clock().Sub(arrived))
		return err
	}
	var a answer
	select {
	case a = <-answered:
		t.finish(ctx, a, acknowledge(t.response(a)))
	case <-patience.C:
		late := acknowledge(t.deferral())
		if in.Type == discordgo.InteractionApplicationCommandAutocomplete {
			s.metrics.Ended(t.kind, surface.Late) // the person types on, and asks anew
			return
		}
		a = <-answered
		t.finishLate(ctx, a, late)
	}
	s.metrics.Ended(t.kind, a.outcome)
}

// decide works out the answer. A fault of ours must not end the others.
func (t *turn) decide(ctx context.Context) (a answer) {
	defer func() {
		if fault := recover(); fault != nil {
			t.s.log.LogAttrs(ctx, slog.LevelError, "interaction panicked", t.named(), slog.String("stack", string(debug.Stack())))
			a = t.failed("discord.failed", nil, nil)
		}
	}()
	a, err := t.route(ctx)
	if err == nil {
		if a.outcome == "" {
			a.outcome = surface.Answered
		}
		return a
	}
	if errors.Is(err, errNotUnderstood) {
		t.s.log.LogAttrs(ctx, slog.LevelWarn, "interaction not understood", t.named(), slog.Any("error", err))
		a = t.failed("discord.not_understood", nil, nil)
		a.outcome = surface.NotUnderstood
		return a
	}
	t.s.log.LogAttrs(ctx, slog.LevelError, "request failed", t.named(), slog.String("kind", surface.Label(t.kind)), slog.Any("error", err))
	key := "discord.failed"
	if t.saves() {
		key = "discord.not_saved"
	}
	return t.failed(key, t.goOn(), t.retyped())
}

// failed is the answer when something went wrong.
func (t *turn) failed(key string, on *step, typed []bot.Block) answer {
	if t.in.Type == discordgo.InteractionApplicationCommandAutocomplete {
		return answer{outcome: surface.Failed}
	}
	return answer{pages: []page{t.w.failure(key, on, typed)}, plain: t.w.note(key), outcome: surface.Failed}
}

// response is an answer that came in time.
func (t *turn) response(a answer) *discordgo.InteractionResponse {
	switch {
	case t.in.Type == discordgo.InteractionApplicationCommandAutocomplete:
		choices := a.choices
		if choices == nil {
			choices = []*discordgo.ApplicationCommandOptionChoice{}
		}
		return &discordgo.InteractionResponse{
			Type: discordgo.InteractionApplicationCommandAutocompleteResult,
			Data: &discordgo.InteractionResponseData{Choices: choices},
		}
	case a.modal != nil:
		return &discordgo.InteractionResponse{Type: discordgo.InteractionResponseModal, Data: a.modal}
	case len(a.pages) == 0 && t.in.Message != nil:
		return &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredMessageUpdate}
	case len(a.pages) == 0:
		a.pages = []page{t.done()}
	}
	first := a.pages[0]
	response := &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{
			Content: first.Content, Embeds: notNil(first.Embeds), Components: notNil(first.Components),
			Flags: discordgo.MessageFlagsEphemeral,
		},
	}
	if t.inPlace {
		response.Type, response.Data.Flags = discordgo.InteractionResponseUpdateMessage, 0
	}
	return response
}

// done says that it is done, where there is nothing else to say and something must be said.
func (t *turn) done() page {
	return drawOne(t.w.note("discord.done"), t.w.text)
}

// deferral puts the answer off: the person sees that something is under way.
func (t *turn) deferral() *discordgo.InteractionResponse {
	switch {
	case t.in.Type == discordgo.InteractionApplicationCommandAutocomplete:
		return t.response(answer{})
	case t.inPlace:
		return &discordgo.InteractionResponse{Type: discordgo.InteractionResponseDeferredMessageUpdate}
	}
	return &discordgo.InteractionResponse{
		Type: discordgo.InteractionResponseDeferredChannelMessageWithSource,
		Data: &discordgo.InteractionResponseData{Flags: discordgo.MessageFlagsEphemeral},
	}
}

// finish says what did not go with the response. failure is what became of that.
func (t *turn) finish(ctx context.Context, a answer, failure error) {
	if failure != nil {
		// What was done is done: the person must not be told that it failed. Who was answered over the other door has the answer.
		t.logRefused(ctx, "response", failure)
		if refusedAs(failure, codeAlreadyAcknowledged) || a.modal != nil || len(a.pages) == 0 {
			return
		}
		t.sayDirectly(ctx, a)
		return
	}
	more := a.pages
	if a.modal == nil && len(more) > 0 {
		more = more[1:]
	}
	t.follow(ctx, a, more)
}

// finishLate gives an answer that was put off. failure is what became of the deferral.
func (t *turn) finishLate(ctx context.Context, a answer, failure error) {
	if failure != nil {
		t.logRefused(ctx, "deferral", failure)
		if refusedAs(failure, codeAlreadyAcknowledged) {
			return
		}
	}
	pages := a.pages
	switch {
	case a.modal != nil && a.instead != nil:
		pages = append([]page{*a.instead}, pages...)
	case len(pages) == 0 && t.inPlace:
		return
	case len(pages) == 0:
		pages = []page{t.done()}
	}
	if failure != nil {
		t.sayDirectly(ctx, a)
		return
	}
	first := pages[0]
	components, embeds := notNil(first.Components), notNil(first.Embeds)
	err := t.insist(ctx, func() error {
		return t.s.editOriginal(ctx, t.in.Token, &discordgo.WebhookEdit{Content: &first.Content, Components: &components, Embeds: &embeds})
	})
	if err != nil {
		t.logRefused(ctx, "late answer", err)
		t.sayDirectly(ctx, a)
		return
	}
	t.follow(ctx, a, pages[1:])
}

// follow says what did not fit in the first message, or comes beside a modal.
func (t *turn) follow(ctx context.Context, a answer, pages []page) {
	for _, p := range pages {
		err := t.insist(ctx, func() error {
			return t.s.followUp(ctx, t.in.Token, &discordgo.WebhookParams{
				Content: p.Content, Embeds: p.Embeds, Components: notNil(p.Components), Flags: discordgo.MessageFlagsEphemeral,
			})
		})
		if err != nil {
			t.logRefused(ctx, "follow-up", err)
			t.sayDirectly(ctx, a)
			return
		}
	}
}

// insist makes a call until it is refused for good, the token has grown old, or it was tried often enough. A call that overtakes the
// response, which over HTTP goes another way, finds no webhook yet: that is not for good.
func (t *turn) insist(ctx context.Context, call func() error) error {
	pause := deliveryPause
	for attempt := 1; ; attempt++ {
		if t.s.opts.Clock().Sub(t.arrived) > tokenLife {
			return &bot.SendError{Code: "token_expired", Permanent: true}
		}
		err := call()
		refusal, ok := errors.AsType[*bot.SendError](err)
		if err == nil || attempt == deliveryAttempts || ok && refusal.Permanent && refusal.Code != codeUnknownWebhook {
			return err
		}
		wait := time.NewTimer(max(pause, waitOf(refusal)))
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return err
		}
		pause *= 2
	}
}

func waitOf(refusal *bot.SendError) time.Duration {
	if refusal == nil {
		return 0
	}
	return refusal.Wait
}

// sayDirectly gives an answer by direct message, which cannot hold the steps of a dialog.
func (t *turn) sayDirectly(ctx context.Context, a answer) {
	if len(a.plain.Blocks) == 0 && a.plain.Summary == "" || t.actor.ID == "" {
		return
	}
	to := bot.Address{Surface: Name, User: t.actor.ID}
	if _, err := t.s.Send(ctx, to, a.plain, "answer:"+t.in.ID, false); err != nil {
		t.logRefused(ctx, "direct message", err)
	}
}

// logRefused logs a failed call by its code: the error itself may hold an address.
func (t *turn) logRefused(ctx context.Context, call string, err error) {
	code := "unknown"
	if refusal, ok := errors.AsType[*bot.SendError](err); ok {
		code = refusal.Code
	}
	t.s.log.LogAttrs(ctx, slog.LevelError, "call failed", slog.String("call", call), slog.String("code", code), t.named(),
		slog.String("kind", surface.Label(t.kind)))
}

// named names the interaction in logs.
func (t *turn) named() slog.Attr { return slog.String("request", surface.RequestID(t.in.ID)) }

func refusedAs(err error, code string) bool {
	refusal, ok := errors.AsType[*bot.SendError](err)
	return ok && refusal.Code == code
}

// notNil is an empty list for nil: a list that is left out of an edit leaves what was there.
func notNil[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
