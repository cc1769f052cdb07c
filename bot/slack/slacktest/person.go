package slacktest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/slack"
	workspace "tyreso.se/incidentbot/workspace/slack"
)

// Person is somebody in the workspace.
type Person struct {
	*Stage

	id, name string
}

var _ bottest.Platform = (*Person)(nil)

// Surface implements bottest.Platform.
func (p *Person) Surface() bot.Surface { return p.Stage.Surface }

// Traits implements bottest.Platform: the workspace delivers and shows every character.
func (p *Person) Traits() bottest.Traits { return bottest.Traits{} }

// Person implements bottest.Platform.
func (p *Person) Person() bot.Actor { return bot.Actor{Surface: slack.Name, ID: p.id, Name: p.name} }

// Channel implements bottest.Platform.
func (p *Person) Channel() bot.Address { return bot.Address{Surface: slack.Name, Channel: channel} }

// Problems implements bottest.Platform.
func (p *Person) Problems() []string { return p.Workspace.Problems() }

// Command implements bottest.Platform.
func (p *Person) Command(ctx context.Context) (bottest.Screen, error) { return p.Type(ctx, "") }

// Type gives the command with words after it.
func (p *Person) Type(ctx context.Context, words string) (bottest.Screen, error) {
	if err := p.leave(ctx); err != nil {
		return bottest.Screen{}, err
	}
	return p.do(ctx, channel, func() error {
		_, err := p.Workspace.Command(ctx, p.id, channel, words)
		return err
	})
}

// Shortcut implements bottest.Platform.
func (p *Person) Shortcut(ctx context.Context, said string) (bottest.Screen, error) {
	if err := p.leave(ctx); err != nil {
		return bottest.Screen{}, err
	}
	return p.do(ctx, channel, func() error {
		m, err := p.Workspace.Say(p.id, channel, said)
		if err == nil {
			_, err = p.Workspace.Shortcut(ctx, p.id, channel, m.TS, "")
		}
		return err
	})
}

// Capture implements bottest.Platform.
func (p *Person) Capture(ctx context.Context, in bot.Address, said string) (bottest.Screen, error) {
	if err := p.leave(ctx); err != nil {
		return bottest.Screen{}, err
	}
	return p.do(ctx, in.Channel, func() error {
		m, err := p.Workspace.Say(p.id, in.Channel, said)
		if err == nil {
			_, err = p.Workspace.Shortcut(ctx, p.id, in.Channel, m.TS, bot.CaptureShortcut)
		}
		return err
	})
}

// leave closes what is open, to begin something else.
func (p *Person) leave(ctx context.Context) error {
	if err := p.Workspace.CloseAll(ctx, p.id); err != nil {
		return fmt.Errorf("closing what is open: %w", err)
	}
	return nil
}

// do does something and returns what is before the person once all that follows has been done: the open dialog, else what was said to
// them in private in the conversation.
func (p *Person) do(ctx context.Context, conversation string, act func() error) (bottest.Screen, error) {
	before := len(p.Workspace.Messages(conversation))
	if err := act(); err != nil {
		return bottest.Screen{}, err
	}
	if err := p.settle(ctx); err != nil {
		return bottest.Screen{}, err
	}
	if view := p.view(); view != nil {
		return ofView(view)
	}
	for _, m := range p.Workspace.Messages(conversation)[before:] {
		if m.Ephemeral == p.id {
			return ofMessage(m)
		}
	}
	return bottest.Screen{}, nil
}

// view is the dialog on top, nil when none is open.
func (p *Person) view() *workspace.View {
	views := p.Workspace.Views(p.id)
	if len(views) == 0 {
		return nil
	}
	return &views[len(views)-1]
}

var errNoDialog = errors.New("no dialog is open")

// Submit implements bottest.Platform.
func (p *Person) Submit(ctx context.Context, d *bot.Dialog, answers bot.Values, uploads []bottest.Upload) (bottest.Screen, error) {
	if err := p.fill(ctx, d, answers, uploads); err != nil {
		return bottest.Screen{}, err
	}
	return p.do(ctx, channel, func() error {
		view := p.view()
		if view == nil {
			return errNoDialog
		}
		_, err := p.Workspace.SubmitView(ctx, p.id, view.ID, nil)
		return err
	})
}

// fill answers question by question as they stand in the dialog, which is redrawn in between.
func (p *Person) fill(ctx context.Context, d *bot.Dialog, answers bot.Values, uploads []bottest.Upload) error {
	done := map[string]bool{}
	for {
		view := p.view()
		if view == nil {
			return errNoDialog
		}
		asked, err := questions(view)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(asked, func(id string) bool {
			f := d.Field(id)
			_, answered := answers[id]
			return f != nil && !done[id] && (answered || f.Kind == bot.Files && len(uploads) > 0)
		})
		if i < 0 {
			return nil
		}
		done[asked[i]] = true
		if err := p.answer(ctx, view.ID, d.Field(asked[i]), answers, uploads); err != nil {
			return fmt.Errorf("answering %q: %w", asked[i], err)
		}
	}
}

// answer answers one question.
func (p *Person) answer(ctx context.Context, view string, f *bot.Field, answers bot.Values, uploads []bottest.Upload) error {
	given := answers[f.ID]
	var value any = answers.Get(f.ID)
	switch f.Kind {
	case bot.Choices:
		value = given
	case bot.DateTime:
		value = nil
		if at := answers.Time(f.ID); !at.IsZero() {
			value = at
		}
	case bot.Files:
		ids := make([]string, len(uploads))
		for i, u := range uploads {
			ids[i] = p.Workspace.Upload(p.id, u.Name, u.Content).ID
		}
		value = ids
	case bot.Lookup:
		if len(given) > 0 {
			if _, err := p.Workspace.TypeOption(ctx, p.id, view, f.ID, given[len(given)-1]); err != nil {
				return err
			}
		}
	}
	if _, err := p.Workspace.Input(ctx, p.id, view, f.ID, value); err != nil {
		return err
	}
	return p.settle(ctx)
}

// Cancel implements bottest.Platform.
func (p *Person) Cancel(ctx context.Context, _ *bot.Dialog) (bottest.Screen, error) {
	return p.do(ctx, channel, func() error {
		view := p.view()
		if view == nil {
			return errNoDialog
		}
		return p.Workspace.CloseView(ctx, p.id, view.ID)
	})
}

// Read implements bottest.Platform.
func (p *Person) Read(_ context.Context, ref bot.Ref) (bottest.Screen, error) {
	m, err := p.message(ref)
	if err != nil {
		return bottest.Screen{}, err
	}
	return ofMessage(m)
}

func (p *Person) message(ref bot.Ref) (workspace.Message, error) {
	for _, m := range slices.Backward(p.Workspace.Messages(ref.Channel)) {
		if m.TS == ref.ID {
			return m, nil
		}
	}
	return workspace.Message{}, fmt.Errorf("no message %s in %s", ref.ID, ref.Channel)
}

// Press implements bottest.Platform. Without a message it presses in the view that is open: a receipt takes the place of its dialog.
func (p *Person) Press(ctx context.Context, ref bot.Ref, button int) (bottest.Screen, error) {
	if view := p.view(); view != nil && ref == (bot.Ref{}) {
		id, err := action(view.Blocks, button)
		if err != nil {
			return bottest.Screen{}, err
		}
		return p.do(ctx, channel, func() error {
			_, err := p.Workspace.PressInView(ctx, p.id, view.ID, id)
			return err
		})
	}
	if err := p.leave(ctx); err != nil {
		return bottest.Screen{}, err
	}
	m, err := p.message(ref)
	if err != nil {
		return bottest.Screen{}, err
	}
	id, err := action(m.Blocks, button)
	if err != nil {
		return bottest.Screen{}, err
	}
	return p.do(ctx, ref.Channel, func() error {
		_, err := p.Workspace.PressButton(ctx, p.id, ref.Channel, ref.ID, id)
		return err
	})
}

// action is the id of a button, counted from 0.
func action(blocks json.RawMessage, button int) (string, error) {
	ids, err := actions(blocks)
	if err != nil {
		return "", err
	}
	if button >= len(ids) {
		return "", fmt.Errorf("the message has %d buttons", len(ids))
	}
	return ids[button], nil
}

// Home opens the bot's page and returns what stands on it.
func (p *Person) Home(ctx context.Context) (bottest.Screen, error) {
	p.Workspace.OpenHome(p.id)
	if err := p.Workspace.Until(ctx, func() bool { return p.Workspace.Home(p.id) != nil }); err != nil {
		return bottest.Screen{}, err
	}
	if err := p.settle(ctx); err != nil {
		return bottest.Screen{}, err
	}
	return ofView(p.Workspace.Home(p.id))
}
