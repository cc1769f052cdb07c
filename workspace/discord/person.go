package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Seen is what a person sees right after doing something: at most one of Message and Modal is set. What the app does later is
// waited for with [Workspace.Until].
type Seen struct {
	Message  *Message // what the app answered with, or changed in answering
	Modal    *Modal   // the dialog that opened
	Deferred bool     // the app said that it will answer later; Message is the "thinking" one, nil when it is not shown
}

// Upload is a file that a person hands in, on a modal's file upload or a command's attachment option.
type Upload struct {
	CustomID    string // of the file upload component, or the name of the option
	Name        string
	ContentType string // told from the name when empty
	Content     []byte
}

// Choice is a suggestion offered in autocomplete.
type Choice struct {
	Name  string // what the person sees
	Value string // what the option becomes; numbers as they are written
}

// sees returns a channel that a user sees; the lock is held.
func (w *Workspace) sees(user, channel string) (*Channel, error) {
	ch := w.channels[channel]
	if ch == nil || user == BotUserID || !w.can(user, ch).has(ViewChannel) {
		return nil, fmt.Errorf("user %q does not see channel %q", user, channel)
	}
	return ch, nil
}

// visible returns a message that a user sees; the lock is held.
func (w *Workspace) visible(user, message string) (*Message, error) {
	m := w.byID[message]
	if m != nil {
		if _, err := w.sees(user, m.Channel); err == nil && (m.Ephemeral == "" || m.Ephemeral == user) {
			return m, nil
		}
	}
	return nil, fmt.Errorf("user %q does not see message %q", user, message)
}

// Say posts a message as a person.
func (w *Workspace) Say(user, channel, words string) (Message, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ch, err := w.sees(user, channel)
	if err != nil {
		return Message{}, err
	}
	may := w.can(user, ch)
	words = strings.TrimSpace(words)
	if n := utf8.RuneCountInString(words); !may.has(SendMessages) || n == 0 || n > maxContent {
		return Message{}, fmt.Errorf("user %q cannot post %d characters in channel %q", user, utf8.RuneCountInString(words), channel)
	}
	m := w.blank(channel, user)
	m.Content, m.Fired, m.Previews = words, w.fired(words, nil, may), previews(words, 0, may)
	w.post(m)
	return *w.copied(m), nil
}

// Dismiss closes an ephemeral message, or the client's own notice that something failed.
func (w *Workspace) Dismiss(user, message string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, list := range w.messages {
		for _, m := range list {
			if m.ID == message && m.Ephemeral == user {
				w.remove(m)
				return nil
			}
		}
	}
	return fmt.Errorf("user %q has no message of their own %q", user, message)
}

// invoke delivers a command or what comes from a component, and shows the client's notice when a command failed.
func (w *Workspace) invoke(ctx context.Context, i *interaction) (Seen, error) {
	seen, err := w.deliver(ctx, i)
	if failed, ok := errors.AsType[*PersonError](err); ok && i.kind == interactionCommand {
		w.mu.Lock()
		defer w.mu.Unlock()
		notice := w.blank(i.channel, BotUserID)
		notice.Content, notice.Ephemeral, notice.Error = failed.Text, i.user, true
		notice.Reply = &Reply{Interaction: i.id, User: i.user, Command: i.command, kind: i.kind, menu: i.menu}
		w.messages[i.channel] = append(w.messages[i.channel], notice)
		w.touch()
	}
	return seen, err
}

// Command uses a slash command in a channel. Its name, its subcommand's ("" for none) and the options' are those of the
// person's language or the ones without a language; values are as typed or, where there are choices, the value of one. files
// are for attachment options. The error is a *PersonError when the app failed; any other tells that the person could not have
// done that.
func (w *Workspace) Command(
	ctx context.Context, user, channel, name, subcommand string, options map[string]string, files ...Upload,
) (Seen, error) {
	w.mu.Lock()
	command, nested, locale, err := w.typed(user, channel, name, subcommand)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	f := &filling{w: w, user: user, channel: channel, locale: locale, files: files, resolved: object{}}
	given, err := f.options(nested.Options, options, "")
	if err != nil {
		w.mu.Unlock()
		return Seen{}, fmt.Errorf("/%s: %w", name, err)
	}
	i := w.commandInteraction(interactionCommand, user, channel, command, nested, given, f.resolved)
	w.mu.Unlock()
	return w.invoke(ctx, i)
}

// Autocomplete asks for suggestions while the focused option of a slash command is being typed; options are those typed so
// far, the focused one included. The error is as for Command.
func (w *Workspace) Autocomplete(
	ctx context.Context, user, channel, name, subcommand string, options map[string]string, focused string,
) ([]Choice, error) {
	w.mu.Lock()
	command, nested, locale, err := w.typed(user, channel, name, subcommand)
	if err != nil {
		w.mu.Unlock()
		return nil, err
	}
	f := &filling{w: w, user: user, channel: channel, locale: locale, resolved: object{}}
	given, err := f.options(nested.Options, options, focused)
	if err != nil {
		w.mu.Unlock()
		return nil, fmt.Errorf("/%s: %w", name, err)
	}
	i := w.commandInteraction(interactionAutocomplete, user, channel, command, nested, given, f.resolved)
	i.offered = f.offered
	w.mu.Unlock()
	if _, err := w.deliver(ctx, i); err != nil {
		return nil, err
	}
	return slices.Clone(i.choices), nil
}

// typed finds a slash command that a person can use in a channel, and its subcommand; without one what is nested is the
// command itself. The lock is held.
func (w *Workspace) typed(user, channel, name, wanted string) (*Command, CommandOption, string, error) {
	if _, err := w.sees(user, channel); err != nil {
		return nil, CommandOption{}, "", err
	}
	locale := w.users[user].Locale
	name = strings.TrimPrefix(name, "/")
	for _, c := range w.commandsFor(user, channel) {
		if c.Type != chatInput || (c.Name != name && c.LocalName(locale) != name) {
			continue
		}
		hasSubcommands := slices.ContainsFunc(c.Options, func(o CommandOption) bool { return o.Type <= subcommandGroup })
		if wanted == "" && !hasSubcommands {
			return c, CommandOption{Options: c.Options}, locale, nil
		}
		for _, o := range c.Options {
			if o.Type == subcommand && (o.Name == wanted || o.LocalName(locale) == wanted) {
				return c, o, locale, nil
			}
		}
	}
	return nil, CommandOption{}, "", fmt.Errorf("user %q finds no command /%s %s in channel %q", user, name, wanted, channel)
}

// commandInteraction makes the interaction of a slash command.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-application-command-data-structure
func (w *Workspace) commandInteraction(
	kind int, user, channel string, command *Command, nested CommandOption, given []object, resolved object,
) *interaction {
	data := object{"id": command.ID, "name": command.Name, "type": command.Type}
	label := command.Name
	if nested.Name != "" {
		label += " " + nested.Name
		given = []object{{"name": nested.Name, "type": subcommand, "options": given}}
	}
	if len(given) > 0 {
		data["options"] = given
	}
	if command.GuildID != "" {
		data["guild_id"] = command.GuildID
	}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	i := w.newInteraction(kind, user, channel, data)
	i.command = label
	return i
}

// MessageCommand uses a command from the menu of a message, under "Apps".
// https://discord.com/developers/docs/interactions/application-commands#message-commands
func (w *Workspace) MessageCommand(ctx context.Context, user, channel, message, name string) (Seen, error) {
	w.mu.Lock()
	m, err := w.visible(user, message)
	if err == nil && (m.Channel != channel || m.Loading) {
		err = fmt.Errorf("message %q has no menu in channel %q", message, channel)
	}
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	for _, c := range w.commandsFor(user, channel) {
		if c.Type != messageMenu || (c.Name != name && c.LocalName(w.users[user].Locale) != name) {
			continue
		}
		data := object{
			"id": c.ID, "name": c.Name, "type": c.Type, "target_id": m.ID,
			"resolved": object{"messages": object{m.ID: w.messageObject(m, true)}},
		}
		if c.GuildID != "" {
			data["guild_id"] = c.GuildID
		}
		i := w.newInteraction(interactionCommand, user, channel, data)
		i.command, i.menu = c.Name, true
		w.mu.Unlock()
		return w.invoke(ctx, i)
	}
	w.mu.Unlock()
	return Seen{}, fmt.Errorf("user %q finds no message command %q in channel %q", user, name, channel)
}

// Press presses a button of a message.
func (w *Workspace) Press(ctx context.Context, user, message, customID string) (Seen, error) {
	return w.use(ctx, user, message, customID, nil, false)
}

// PressStale presses a button that the message had before it was edited, as a person whose screen has not caught up does.
func (w *Workspace) PressStale(ctx context.Context, user, message, customID string) (Seen, error) {
	return w.use(ctx, user, message, customID, nil, true)
}

// Select chooses in a select of a message.
func (w *Workspace) Select(ctx context.Context, user, message, customID string, values ...string) (Seen, error) {
	return w.use(ctx, user, message, customID, append([]string{}, values...), false)
}

// use uses a component; values is nil for a button.
func (w *Workspace) use(ctx context.Context, user, message, customID string, values []string, stale bool) (Seen, error) {
	w.mu.Lock()
	m, err := w.visible(user, message)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, err
	}
	states := []json.RawMessage{m.Components}
	if stale {
		states = slices.Clone(m.former)
		slices.Reverse(states)
	}
	var found object
	for _, raw := range states {
		if found = find(parts(raw), customID); found != nil {
			break
		}
	}
	data, err := w.componentData(found, values)
	if err != nil {
		w.mu.Unlock()
		return Seen{}, fmt.Errorf("user %q and %q in message %q: %w", user, customID, message, err)
	}
	i := w.newInteraction(interactionComponent, user, m.Channel, data)
	i.source = m
	w.mu.Unlock()
	return w.invoke(ctx, i)
}

// componentData is what the app is told of a component that was used.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-message-component-data-structure
func (w *Workspace) componentData(o object, values []string) (object, error) {
	isButton := kindOf(o) == button
	switch {
	case o == nil:
		return nil, errors.New("there is no such component")
	case o["disabled"] == true:
		return nil, errors.New("the component is disabled")
	case isButton != (values == nil):
		return nil, errors.New("buttons are pressed, and selects are chosen in")
	}
	data := object{"component_type": kindOf(o), "custom_id": o["custom_id"], "id": o["id"]}
	if isButton {
		return data, nil
	}
	least, most := count(o, "min_values", 1), count(o, "max_values", 1)
	if len(values) < least || len(values) > most {
		return nil, fmt.Errorf("%d values chosen, of %d to %d", len(values), least, most)
	}
	resolved, err := w.chosen(o, values)
	if err != nil {
		return nil, err
	}
	if len(resolved) > 0 {
		data["resolved"] = resolved
	}
	data["values"] = values
	return data, nil
}

// chosen checks the values chosen in a select, and returns what the payload resolves of them; the lock is held.
func (w *Workspace) chosen(o object, values []string) (object, error) {
	resolved := object{}
	for n, v := range values {
		if slices.Contains(values[:n], v) {
			return nil, fmt.Errorf("%q chosen twice", v)
		}
		switch kindOf(o) {
		case stringSelect, radioGroup, checkboxGroup:
			if !slices.ContainsFunc(objects(o["options"]), func(option object) bool { return option["value"] == v }) {
				return nil, fmt.Errorf("no option %q", v)
			}
		default:
			if !w.resolve(resolved, kindOf(o), v) {
				return nil, fmt.Errorf("nothing to choose called %q", v)
			}
		}
	}
	return resolved, nil
}

// resolve adds a user, role or channel to resolved data, and tells whether there is one to choose in a select of a type.
// https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object-resolved-data-structure
func (w *Workspace) resolve(resolved object, kind int, id string) bool {
	add := func(group string, o object) {
		m, _ := resolved[group].(object)
		if m == nil {
			m = object{}
			resolved[group] = m
		}
		m[id] = o
	}
	u, r, ch := w.users[id], w.roles[id], w.channels[id]
	switch {
	case u != nil && !u.Outside && (kind == userSelect || kind == mentionSelect):
		add("users", w.userObject(id))
		add("members", w.memberObject(u, false))
	case r != nil && (kind == roleSelect || kind == mentionSelect):
		add("roles", roleObject(r, slices.Index(w.roleOrder, id)))
	case ch != nil && ch.DM == "" && kind == channelSelect:
		add("channels", w.channelObject(ch))
	default:
		return false
	}
	return true
}
