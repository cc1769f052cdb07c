package discord

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Command is a registered command. Its JSON form is the platform's.
// https://discord.com/developers/docs/interactions/application-commands#application-command-object
type Command struct {
	ID                       string            `json:"id"`
	ApplicationID            string            `json:"application_id"`
	GuildID                  string            `json:"guild_id,omitempty"` // "" for a global command
	Type                     int               `json:"type"`               // 1: after a slash; 2 and 3: in the menu of a person or a message
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations"`
	Options                  []CommandOption   `json:"options,omitempty"`
	DefaultMemberPermissions *string           `json:"default_member_permissions"`
	DMPermission             *bool             `json:"dm_permission,omitempty"`
	Contexts                 []int             `json:"contexts"`
	IntegrationTypes         []int             `json:"integration_types,omitempty"`
	NSFW                     bool              `json:"nsfw"`
	Version                  string            `json:"version"`
}

// CommandOption is a parameter of a command, or a subcommand.
type CommandOption struct {
	Type                     int               `json:"type"`
	Name                     string            `json:"name"`
	NameLocalizations        map[string]string `json:"name_localizations,omitempty"`
	Description              string            `json:"description"`
	DescriptionLocalizations map[string]string `json:"description_localizations,omitempty"`
	Required                 bool              `json:"required,omitempty"`
	Choices                  []CommandChoice   `json:"choices,omitempty"`
	Options                  []CommandOption   `json:"options,omitempty"`
	ChannelTypes             []int             `json:"channel_types,omitempty"`
	Autocomplete             bool              `json:"autocomplete,omitempty"`
	MinLength                *int              `json:"min_length,omitempty"`
	MaxLength                *int              `json:"max_length,omitempty"`
	MinValue                 *float64          `json:"min_value,omitempty"`
	MaxValue                 *float64          `json:"max_value,omitempty"`
}

// CommandChoice is one of the values that an option can have.
type CommandChoice struct {
	Name              string            `json:"name"`
	NameLocalizations map[string]string `json:"name_localizations,omitempty"`
	Value             any               `json:"value"`
}

// LocalName is the command's name in a person's language.
func (c Command) LocalName(locale string) string {
	return localText(c.Name, c.NameLocalizations, locale)
}

// LocalDescription is the command's description in a person's language.
func (c Command) LocalDescription(locale string) string {
	return localText(c.Description, c.DescriptionLocalizations, locale)
}

// LocalName is the option's name in a person's language.
func (o CommandOption) LocalName(locale string) string {
	return localText(o.Name, o.NameLocalizations, locale)
}

// LocalDescription is the option's description in a person's language.
func (o CommandOption) LocalDescription(locale string) string {
	return localText(o.Description, o.DescriptionLocalizations, locale)
}

// LocalName is the choice's name in a person's language.
func (c CommandChoice) LocalName(locale string) string {
	return localText(c.Name, c.NameLocalizations, locale)
}

// localText falls back from one English to the other, and then to the text without a language.
// https://discord.com/developers/docs/interactions/application-commands#localization
func localText(text string, local map[string]string, locale string) string {
	if s := local[locale]; s != "" {
		return s
	}
	switch locale {
	case "en-US":
		locale = "en-GB"
	case "en-GB":
		locale = "en-US"
	case "es-419":
		locale = "es-ES"
	}
	if s := local[locale]; s != "" {
		return s
	}
	return text
}

// scope is the guild of a call's commands, "" for global ones.
func (c *call) scope() (string, error) {
	guild, inGuild := c.params["guild"]
	if inGuild && guild != GuildID {
		return "", missingAccess()
	}
	return guild, nil
}

// commandsIn returns the commands of a scope; the lock is held.
func (w *Workspace) commandsIn(guild string) []*Command {
	var all []*Command
	for _, c := range w.commands {
		if c.GuildID == guild {
			all = append(all, c)
		}
	}
	return all
}

// commandsFor returns the commands that a person can use in a channel; the lock is held. Guild commands are not there in
// direct messages. https://discord.com/developers/docs/interactions/application-commands#registering-a-command
func (w *Workspace) commandsFor(user, channel string) []*Command {
	ch, u := w.channels[channel], w.users[user]
	if ch == nil || u == nil || !w.can(user, ch).has(UseApplicationCommands|ViewChannel) {
		return nil
	}
	here := contextGuild
	if ch.DM != "" {
		here = contextBotDM
	}
	var all []*Command
	for _, c := range w.commands {
		var needed Permissions
		if s := c.DefaultMemberPermissions; s != nil && ch.DM == "" {
			var bits uint64
			_, _ = fmt.Sscan(*s, &bits) // checked when it was registered
			if needed = Permissions(bits); needed == 0 {
				needed = Administrator
			}
		}
		switch {
		case c.GuildID != "" && ch.DM != "", c.Contexts != nil && !slices.Contains(c.Contexts, here),
			c.DMPermission != nil && !*c.DMPermission && ch.DM != "", !w.can(user, ch).has(needed):
			continue
		}
		all = append(all, c)
	}
	return all
}

// parseCommand checks a command and reads it. The lock is held.
func (w *Workspace) parseCommand(what, guild string, v any, path string) (*Command, *checker) {
	c := newChecker()
	o, _ := v.(object)
	with(commandShape(count(o, "type", chatInput), guild != ""))(c, v, path)
	w.noteUnknown(what, c)
	if len(c.found) > 0 {
		return nil, c
	}
	command := &Command{Type: chatInput}
	if err := json.Unmarshal(encode(o), command); err != nil {
		c.fail(path, "MODEL_TYPE_CONVERT", "%v", err)
		return nil, c
	}
	command.ApplicationID, command.GuildID = ApplicationID, guild
	return command, c
}

// register puts a command in its scope, in place of one with the same name and type, whose id it gets; fresh tells that there
// was none. The lock is held.
func (w *Workspace) register(command *Command) (fresh bool, err error) {
	same := func(c *Command) bool {
		return c.GuildID == command.GuildID && c.Type == command.Type && c.Name == command.Name
	}
	command.Version = w.snowflake()
	if i := slices.IndexFunc(w.commands, same); i >= 0 {
		command.ID = w.commands[i].ID
		w.commands[i] = command
		w.touch()
		return false, nil
	}
	of := slices.DeleteFunc(w.commandsIn(command.GuildID), func(c *Command) bool { return c.Type != command.Type })
	if len(of) >= mostOf(command.Type) {
		return false, tooMany(command.Type)
	}
	if !w.created.take(rate{maxCommandCreates, 24 * time.Hour}, w.now()) {
		return false, refuse(http.StatusBadRequest, 30034, fmt.Sprintf(
			"Maximum number of daily application command creates has been reached (%d)", maxCommandCreates))
	}
	command.ID = w.snowflake()
	w.commands = append(w.commands, command)
	w.touch()
	return true, nil
}

// https://discord.com/developers/docs/interactions/application-commands#get-guild-application-commands. The dictionaries of
// localisations are there only when asked for.
func (c *call) listCommands() (int, any, error) {
	guild, err := c.scope()
	if err != nil {
		return 0, nil, err
	}
	all := []Command{}
	for _, command := range c.w.commandsIn(guild) {
		shown := *command
		if !c.truth("with_localizations") {
			shown = withoutLocalizations(shown)
		}
		all = append(all, shown)
	}
	return http.StatusOK, all, nil
}

func withoutLocalizations(c Command) Command {
	c.NameLocalizations, c.DescriptionLocalizations = nil, nil
	c.Options = plainOptions(c.Options)
	return c
}

func plainOptions(options []CommandOption) []CommandOption {
	plain := slices.Clone(options)
	for i := range plain {
		o := &plain[i]
		o.NameLocalizations, o.DescriptionLocalizations = nil, nil
		o.Options, o.Choices = plainOptions(o.Options), slices.Clone(o.Choices)
		for j := range o.Choices {
			o.Choices[j].NameLocalizations = nil
		}
	}
	return plain
}

// https://discord.com/developers/docs/interactions/application-commands#create-guild-application-command
func (c *call) createCommand() (int, any, error) {
	guild, err := c.scope()
	if err != nil {
		return 0, nil, err
	}
	command, check := c.w.parseCommand(c.name(), guild, c.body, "")
	if command == nil {
		return 0, nil, check.err()
	}
	fresh, err := c.w.register(command)
	if err != nil {
		return 0, nil, err
	}
	if fresh {
		return http.StatusCreated, command, nil
	}
	return http.StatusOK, command, nil
}

// https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-guild-application-commands. Either all
// of it happens or nothing.
func (c *call) overwriteCommands() (int, any, error) {
	w := c.w
	guild, err := c.scope()
	if err != nil {
		return 0, nil, err
	}
	bodies, ok := c.body.([]any)
	if !ok {
		return 0, nil, invalidForm("", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
	}
	all := newChecker()
	names, kinds := map[string]bool{}, map[int]int{}
	commands := []*Command{}
	for i, v := range bodies {
		path := fmt.Sprint(i)
		command, check := w.parseCommand(c.name(), guild, v, path)
		if command == nil {
			all.found = append(all.found, check.found...)
			continue
		}
		key := fmt.Sprint(command.Type, command.Name)
		if names[key] {
			all.fail(path, "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		names[key] = true
		if kinds[command.Type]++; kinds[command.Type] > mostOf(command.Type) {
			return 0, nil, tooMany(command.Type)
		}
		commands = append(commands, command)
	}
	if err := all.err(); err != nil {
		return 0, nil, err
	}
	before := slices.Clone(w.commands)
	w.commands = slices.DeleteFunc(w.commands, func(old *Command) bool {
		return old.GuildID == guild && !names[fmt.Sprint(old.Type, old.Name)]
	})
	for _, command := range commands {
		if _, err := w.register(command); err != nil {
			w.commands = before
			return 0, nil, err
		}
	}
	w.touch()
	return http.StatusOK, commands, nil
}

// registered returns the command of a call.
func (c *call) registered() (*Command, error) {
	guild, err := c.scope()
	if err != nil {
		return nil, err
	}
	for _, command := range c.w.commandsIn(guild) {
		if command.ID == c.params["command"] {
			return command, nil
		}
	}
	return nil, unknownCommand()
}

// https://discord.com/developers/docs/interactions/application-commands#get-guild-application-command
func (c *call) command() (int, any, error) {
	command, err := c.registered()
	return http.StatusOK, command, err
}

// https://discord.com/developers/docs/interactions/application-commands#edit-guild-application-command
func (c *call) editCommand() (int, any, error) {
	old, err := c.registered()
	if err != nil {
		return 0, nil, err
	}
	changes, err := c.object()
	if err != nil {
		return 0, nil, err
	}
	v, err := decode(encode(old))
	if err != nil {
		return 0, nil, fmt.Errorf("reading a command back: %w", err)
	}
	whole, _ := v.(object)
	maps.Copy(whole, changes)
	command, check := c.w.parseCommand(c.name(), old.GuildID, whole, "")
	if command == nil {
		return 0, nil, check.err()
	}
	for _, other := range c.w.commandsIn(old.GuildID) {
		if other != old && other.Type == old.Type && strings.EqualFold(other.Name, command.Name) {
			return 0, nil, refuse(http.StatusBadRequest, 40041, "An application command with that name already exists")
		}
	}
	command.ID, command.Type, command.Version = old.ID, old.Type, c.w.snowflake()
	*old = *command
	c.w.touch()
	return http.StatusOK, old, nil
}

// https://discord.com/developers/docs/interactions/application-commands#delete-guild-application-command
func (c *call) deleteCommand() (int, any, error) {
	command, err := c.registered()
	if err != nil {
		return 0, nil, err
	}
	c.w.commands = slices.DeleteFunc(c.w.commands, func(other *Command) bool { return other == command })
	c.w.touch()
	return http.StatusNoContent, nil, nil
}
