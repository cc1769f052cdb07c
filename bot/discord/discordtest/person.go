package discordtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/bot/discord"
	workspace "tyreso.se/incidentbot/workspace/discord"
)

// Person is somebody on the server.
type Person struct {
	*Stage

	id, name, language string
	before             *workspace.Message // the private message before them, nil for none
}

var _ bottest.Platform = (*Person)(nil)

// Surface implements bottest.Platform.
func (p *Person) Surface() bot.Surface { return p.Stage.Surface }

// Traits implements bottest.Platform. White space around a message's content is not shown.
func (p *Person) Traits() bottest.Traits {
	return bottest.Traits{InParts: true, Shown: strings.TrimSpace, FileName: fileName, WallClock: p.opts.Location}
}

// fileName is what Discord calls a file that is uploaded: only letters, digits, dots, hyphens and underscores are left.
// https://discord.com/developers/docs/resources/message#attachment-object
func fileName(name string) string {
	kept := strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '_'
		case unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("._-", r):
			return r
		}
		return -1
	}, path.Base(name))
	return cmp.Or(strings.Trim(kept, "."), "unknown")
}

// Person implements bottest.Platform.
func (p *Person) Person() bot.Actor {
	return bot.Actor{Surface: discord.Name, ID: p.id, Name: p.name, Language: p.language}
}

// Channel implements bottest.Platform.
func (p *Person) Channel() bot.Address { return bot.Address{Surface: discord.Name, Channel: channel} }

// Problems implements bottest.Platform.
func (p *Person) Problems() []string { return p.Workspace.Problems() }

// text is one of the surface's own texts, as the person reads it.
func (p *Person) text(key string, data map[string]any) string {
	return p.opts.Text(p.language, key, data)
}

// Command implements bottest.Platform.
func (p *Person) Command(ctx context.Context) (bottest.Screen, error) { return p.Type(ctx, "", nil) }

// Type gives the command with a subcommand, "" for none, and what is given with it.
func (p *Person) Type(ctx context.Context, subcommand string, options map[string]string) (bottest.Screen, error) {
	if err := p.leave(); err != nil {
		return bottest.Screen{}, err
	}
	return p.do(ctx, func() (workspace.Seen, error) {
		return p.Workspace.Command(ctx, p.id, channel, "incident", subcommand, options)
	})
}

// Shortcut implements bottest.Platform.
func (p *Person) Shortcut(ctx context.Context, said string) (bottest.Screen, error) {
	if err := p.leave(); err != nil {
		return bottest.Screen{}, err
	}
	return p.onWhatIsSaid(ctx, channel, said, "discord.shortcut")
}

// Capture implements bottest.Platform.
func (p *Person) Capture(ctx context.Context, in bot.Address, said string) (bottest.Screen, error) {
	if err := p.leave(); err != nil {
		return bottest.Screen{}, err
	}
	return p.onWhatIsSaid(ctx, in.Channel, said, "discord.capture")
}

// onWhatIsSaid says something in a channel and uses the message command on it whose name has the key.
func (p *Person) onWhatIsSaid(ctx context.Context, in, said, key string) (bottest.Screen, error) {
	return p.do(ctx, func() (workspace.Seen, error) {
		m, err := p.Workspace.Say(p.id, in, said)
		if err != nil {
			return workspace.Seen{}, err
		}
		return p.Workspace.MessageCommand(ctx, p.id, in, m.ID, p.text(key, nil))
	})
}

// leave closes what is open, to begin something else.
func (p *Person) leave() error {
	p.before = nil
	if open := p.Workspace.Modal(p.id); open != nil {
		return p.Workspace.CloseModal(p.id, open.ID)
	}
	return nil
}

// do does something and returns what is before the person once all that follows has been done: the open modal, else what was said to
// them in private.
func (p *Person) do(ctx context.Context, act func() (workspace.Seen, error)) (bottest.Screen, error) {
	known := map[string]bool{}
	for _, m := range p.Workspace.Ephemerals(p.id) {
		known[m.ID] = true
	}
	seen, err := act()
	if err != nil {
		return bottest.Screen{}, err
	}
	if err := p.settle(ctx); err != nil {
		return bottest.Screen{}, err
	}
	if open := p.Workspace.Modal(p.id); open != nil {
		return bottest.Screen{Dialog: true, Title: open.Title}, nil
	}
	var screen bottest.Screen
	for _, m := range p.Workspace.Ephemerals(p.id) {
		if known[m.ID] && (seen.Message == nil || m.ID != seen.Message.ID) {
			continue
		}
		p.before = &m
		part, err := ofMessage(m)
		if err != nil {
			return bottest.Screen{}, err
		}
		screen.Text += part.Text + "\n"
		screen.Buttons = append(screen.Buttons, part.Buttons...)
		screen.Alive = append(screen.Alive, part.Alive...)
		screen.Notice = cmp.Or(screen.Notice, part.Notice)
		screen.Ref = bot.Ref{Surface: discord.Name, Channel: m.Channel, ID: m.ID}
	}
	return screen, nil
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
		if m.ID == ref.ID {
			return m, nil
		}
	}
	return workspace.Message{}, fmt.Errorf("no message %s in %s", ref.ID, ref.Channel)
}

// Press implements bottest.Platform.
func (p *Person) Press(ctx context.Context, ref bot.Ref, button int) (bottest.Screen, error) {
	m, err := p.message(ref)
	if err != nil {
		return bottest.Screen{}, err
	}
	buttons, err := controls(m)
	if err != nil {
		return bottest.Screen{}, err
	}
	if button >= len(buttons.buttons) {
		return bottest.Screen{}, fmt.Errorf("the message has %d buttons", len(buttons.buttons))
	}
	if err := p.leave(); err != nil {
		return bottest.Screen{}, err
	}
	return p.do(ctx, func() (workspace.Seen, error) {
		return p.Workspace.Press(ctx, p.id, ref.ID, buttons.buttons[button].CustomID)
	})
}

// Cancel implements bottest.Platform. Closing a modal is told to nobody: the person goes on to the private message, which has
// a button for it.
func (p *Person) Cancel(ctx context.Context, d *bot.Dialog) (bottest.Screen, error) {
	if open := p.Workspace.Modal(p.id); open != nil {
		_, err := p.do(ctx, func() (workspace.Seen, error) { return p.Workspace.SubmitModal(ctx, p.id, open.ID, nil) })
		if err != nil {
			return bottest.Screen{}, err
		}
	}
	return p.press(ctx, d.Cancel)
}

var errNoButton = errors.New("there is no such button")

// press presses a button of the private message before the person by what stands on it.
func (p *Person) press(ctx context.Context, text string) (bottest.Screen, error) {
	if p.before == nil {
		return bottest.Screen{}, fmt.Errorf("%q: %w", text, errNoButton)
	}
	all, err := controls(*p.before)
	if err != nil {
		return bottest.Screen{}, err
	}
	i := slices.IndexFunc(all.buttons, func(b component) bool { return b.Label == text })
	if i < 0 {
		return bottest.Screen{}, fmt.Errorf("%q: %w", text, errNoButton)
	}
	return p.do(ctx, func() (workspace.Seen, error) {
		return p.Workspace.Press(ctx, p.id, p.before.ID, all.buttons[i].CustomID)
	})
}
