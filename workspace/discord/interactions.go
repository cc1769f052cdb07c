package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"
)

// Interaction types. https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-interaction-type
const (
	interactionPing         = 1
	interactionCommand      = 2
	interactionComponent    = 3
	interactionAutocomplete = 4
	interactionModal        = 5
)

// Interaction contexts. …/receiving-and-responding#interaction-object-interaction-context-types
const (
	contextGuild = 0
	contextBotDM = 1
)

// interaction is something a person did that the app is told of and answers.
type interaction struct {
	id, token string
	kind      int
	user      string
	channel   string
	command   string // name with subcommand, for commands
	menu      bool   // a command from a message's menu
	source    *Message
	offered   int // type of the option that autocomplete is for
	data      object
	sent      json.RawMessage // as the app is told of it
	at        time.Time

	answer   int      // type of the first answer; 0 while there is none
	failed   bool     // was not answered in time
	original string   // id of the message it was answered with
	messages []string // ids of the messages made through it, the original included
	seen     Seen
	choices  []Choice
	answered chan struct{}
}

// PersonError is what the platform tells a person when the app did not answer as it should. Code is the platform's word for
// what went wrong as far as it has one.
type PersonError struct {
	Code string // not_reached: nobody listened; no_answer: not acknowledged in time; refused: the answer was not a valid one
	Text string // Swedish, as the client says it
}

// Error implements error.
func (e *PersonError) Error() string { return e.Code + ": " + e.Text }

// personError words a failure as a person's client does, which depends on what they did and not on what went wrong.
func (i *interaction) personError(code string) error {
	text := "Den här interaktionen misslyckades."
	switch i.kind {
	case interactionCommand:
		text = "Appen svarade inte."
	case interactionAutocomplete:
		text = "Det gick inte att läsa in alternativen."
	case interactionModal:
		text = "Något gick fel. Försök igen."
	}
	return &PersonError{Code: code, Text: text}
}

// newInteraction makes an interaction of a person in a channel; the lock is held.
func (w *Workspace) newInteraction(kind int, user, channel string, data object) *interaction {
	return &interaction{
		id: w.snowflake(), token: w.secret(32), kind: kind, user: user, channel: channel, data: data, at: w.now(),
		answered: make(chan struct{}),
	}
}

// payload is an interaction as the app is told of it.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object. The lock is held.
func (w *Workspace) payload(i *interaction) object {
	u, ch := w.users[i.user], w.channels[i.channel]
	channel := w.channelObject(ch)
	channel["permissions"] = w.can(i.user, ch).String()
	o := object{
		"id": i.id, "application_id": ApplicationID, "type": i.kind, "token": i.token, "version": 1, "data": i.data,
		"channel_id": i.channel, "channel": channel, "locale": u.Locale, "app_permissions": w.can(BotUserID, ch).String(),
		"entitlements": []any{}, "authorizing_integration_owners": object{"0": "0"}, "context": contextBotDM,
		"attachment_size_limit": maxFileBytes,
	}
	if ch.DM != "" {
		o["user"] = w.userObject(i.user)
	} else {
		member := w.memberObject(u, true)
		member["permissions"] = w.can(i.user, ch).String()
		maps.Copy(o, object{
			"guild_id": GuildID, "guild_locale": w.opt.Locale, "member": member, "context": contextGuild,
			"guild":                          object{"id": GuildID, "locale": w.opt.Locale, "features": []string{}},
			"authorizing_integration_owners": object{"0": GuildID},
		})
	}
	if i.source != nil {
		o["message"] = w.messageObject(i.source, true)
	}
	return o
}

// deliver tells the app of an interaction and waits for its first answer. Its errors are *PersonError, or ctx's.
func (w *Workspace) deliver(ctx context.Context, i *interaction) (Seen, error) {
	inTime, cancel := w.deadline(ctx, acknowledgeWithin)
	defer cancel()
	w.mu.Lock()
	i.sent = encode(w.payload(i))
	w.interactions.add(i.token, i)
	w.last = i
	endpoint, reached := w.endpoint, true
	if endpoint == "" {
		reached = w.dispatch(0, "INTERACTION_CREATE", func() any { return i.sent })
	}
	w.mu.Unlock()
	var err error
	switch {
	case endpoint != "":
		err = w.postInteraction(inTime, endpoint, i)
	case !reached:
		err = i.personError("not_reached")
	}
	if err == nil {
		select {
		case <-i.answered:
		case <-inTime.Done():
		}
	}

	w.mu.Lock()
	defer w.mu.Unlock()
	if i.answer != 0 {
		return i.seen, nil
	}
	i.failed = true
	switch {
	case err != nil:
		return Seen{}, err
	case ctx.Err() != nil:
		return Seen{}, fmt.Errorf("waiting for the app: %w", ctx.Err())
	}
	w.problem("interaction of type %d not acknowledged within %s", i.kind, acknowledgeWithin)
	return Seen{}, i.personError("no_answer")
}

// Redeliver tells the app of the latest interaction once more, letter for letter, as the platform may do with any event. A
// well-behaved app does nothing twice. https://discord.com/developers/docs/reference#consistency
func (w *Workspace) Redeliver(ctx context.Context) error {
	w.mu.Lock()
	i, endpoint := w.last, w.endpoint
	if i != nil && endpoint == "" {
		w.dispatch(0, "INTERACTION_CREATE", func() any { return i.sent })
	}
	w.mu.Unlock()
	if i == nil {
		return errors.New("delivering again: nothing was delivered yet")
	}
	if endpoint == "" {
		return nil
	}
	inTime, cancel := w.deadline(ctx, acknowledgeWithin)
	defer cancel()
	if _, err := w.postSigned(inTime, endpoint, w.sign(i.sent)); err != nil {
		return fmt.Errorf("delivering again: %w", err)
	}
	return nil
}

// errTimeout is why a deadline's context ended.
var errTimeout = errors.New("not acknowledged in time")

// deadline ends a context after d by the workspace's clock. A clock of the test's own is looked at again and again: there is
// no way to be told of its passing.
func (w *Workspace) deadline(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if w.opt.Clock == nil {
		return context.WithTimeoutCause(ctx, d, errTimeout)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	end := w.now().Add(d)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(clockTick)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if !w.now().Before(end) {
					cancel(errTimeout)
					return
				}
			}
		}
	}()
	return ctx, func() { cancel(context.Canceled); <-stopped }
}

// clockTick is how often a test's own clock is looked at, in real time.
const clockTick = 2 * time.Millisecond
