package discord

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"tyreso.se/incidentbot/bot"
)

// commandName is what people type after the slash. It is the same in every language, so that what one person tells another to type
// works for both.
const commandName = "incident"

// The limits of https://discord.com/developers/docs/interactions/application-commands#application-command-object
const (
	maxCommandName        = 32
	maxCommandDescription = 100
	maxCommandOptions     = 25
	maxOptionLength       = 6000
)

// commandNamePattern is how the name of a command and of what follows it may look:
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
var commandNamePattern = regexp.MustCompile(`^[-_'\p{L}\p{N}]{1,32}$`)

// clientLocales are the languages of a person's Discord that each of our languages is shown in:
// https://discord.com/developers/docs/reference#locales
func clientLocales() map[string][]discordgo.Locale {
	return map[string][]discordgo.Locale{
		"sv": {discordgo.Swedish},
		"en": {discordgo.EnglishGB, discordgo.EnglishUS},
	}
}

// registration is a command as it is registered, with all that we say of it and nothing that Discord adds: two are the same when
// their JSON is.
type registration struct {
	Type         discordgo.ApplicationCommandType `json:"type"`
	Name         string                           `json:"name"`
	Names        map[discordgo.Locale]string      `json:"name_localizations,omitempty"`
	Description  string                           `json:"description,omitempty"`
	Descriptions map[discordgo.Locale]string      `json:"description_localizations,omitempty"`
	Options      []registeredOption               `json:"options,omitempty"`
}

// registeredOption is a subcommand, or what is given with one:
// https://discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-option-structure
type registeredOption struct {
	Type         discordgo.ApplicationCommandOptionType `json:"type"`
	Name         string                                 `json:"name"`
	Names        map[discordgo.Locale]string            `json:"name_localizations,omitempty"`
	Description  string                                 `json:"description"`
	Descriptions map[discordgo.Locale]string            `json:"description_localizations,omitempty"`
	Required     bool                                   `json:"required,omitempty"`
	Autocomplete bool                                   `json:"autocomplete,omitempty"`
	MinLength    int                                    `json:"min_length,omitempty"`
	MaxLength    int                                    `json:"max_length,omitempty"`
	Options      []registeredOption                     `json:"options,omitempty"`
}

// commandTexts are what commands are drawn from.
type commandTexts struct {
	subcommands func(lang string) []bot.Subcommand // may be nil
	text        func(lang, key string, data map[string]any) string
	language    string
}

// localised is a text in the default language and in each language of a client.
func (t commandTexts) localised(in func(lang string) string) (string, map[discordgo.Locale]string) {
	all := map[discordgo.Locale]string{}
	for lang, locales := range clientLocales() {
		for _, l := range locales {
			all[l] = in(lang)
		}
	}
	return in(t.language), all
}

// The keys of the names of the message commands.
const (
	reportName  = "discord.shortcut"
	captureName = "discord.capture"
)

// commands are the commands that the bot has: the one that is typed, and those in a message's menu.
func (t commandTexts) commands() ([]registration, error) {
	say := func(key string) func(string) string {
		return func(lang string) string { return t.text(lang, key, nil) }
	}
	typed := registration{Type: discordgo.ChatApplicationCommand, Name: commandName}
	typed.Description, typed.Descriptions = t.localised(say("discord.command"))
	all := []registration{typed}
	for _, key := range []string{reportName, captureName} {
		message := registration{Type: discordgo.MessageApplicationCommand}
		message.Name, message.Names = t.localised(say(key))
		all = append(all, message)
	}
	if t.subcommands != nil {
		for i := range t.subcommands(t.language) {
			option, err := t.option(i)
			if err != nil {
				return nil, err
			}
			all[0].Options = append(all[0].Options, option)
		}
	}
	for _, c := range all {
		if err := c.check(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// option draws subcommand number i.
func (t commandTexts) option(i int) (registeredOption, error) {
	sub := t.subcommands(t.language)[i]
	in := map[string]bot.Subcommand{}
	for lang := range clientLocales() {
		list := t.subcommands(lang)
		if i >= len(list) || list[i].Text != sub.Text || (list[i].Argument == nil) != (sub.Argument == nil) {
			return registeredOption{}, fmt.Errorf("the subcommand %q is not the same in every language", sub.Text)
		}
		in[lang] = list[i]
	}
	in[t.language] = sub
	o := registeredOption{Type: discordgo.ApplicationCommandOptionSubCommand}
	o.Name, o.Names = t.localised(func(lang string) string { return in[lang].Name })
	o.Description, o.Descriptions = t.localised(func(lang string) string { return in[lang].Description })
	if sub.Argument == nil {
		return o, nil
	}
	argument := registeredOption{
		Type: discordgo.ApplicationCommandOptionString, Name: sub.Argument.ID, Required: sub.Argument.Required,
	}
	argument.Description, argument.Descriptions = t.localised(func(lang string) string { return in[lang].Argument.Label })
	switch sub.Argument.Kind {
	case bot.Text:
		argument.MinLength, argument.MaxLength = sub.Argument.Min, min(sub.Argument.Max, maxOptionLength)
	case bot.Lookup:
		argument.Autocomplete = true
	default:
		return registeredOption{}, fmt.Errorf("the argument %q is neither a text nor a lookup", sub.Argument.ID)
	}
	o.Options = []registeredOption{argument}
	return o, nil
}

// check tells what Discord would refuse.
func (c registration) check() error {
	if n := len(c.Options); n > maxCommandOptions {
		return fmt.Errorf("the command %q has %d subcommands, Discord takes %d", c.Name, n, maxCommandOptions)
	}
	if c.Type != discordgo.ChatApplicationCommand { // its name is any text
		for _, name := range append(values(c.Names), c.Name) {
			if n := utf8.RuneCountInString(name); n == 0 || n > maxCommandName {
				return fmt.Errorf("the name %q has %d characters, Discord takes 1–%d", name, n, maxCommandName)
			}
		}
		return nil
	}
	return registeredOption{Name: c.Name, Names: c.Names, Description: c.Description, Descriptions: c.Descriptions, Options: c.Options}.check()
}

func (o registeredOption) check() error {
	for _, name := range append(values(o.Names), o.Name) {
		if !commandNamePattern.MatchString(name) || name != strings.ToLower(name) {
			return fmt.Errorf("%q cannot be the name of a command: one word of at most %d characters, in lower case", name, maxCommandName)
		}
	}
	for _, text := range append(values(o.Descriptions), o.Description) {
		if n := utf8.RuneCountInString(text); n == 0 || n > maxCommandDescription {
			return fmt.Errorf("a description of %q has %d characters, Discord takes 1–%d", o.Name, n, maxCommandDescription)
		}
	}
	seen := map[string]bool{}
	for _, below := range o.Options {
		if seen[below.Name] {
			return fmt.Errorf("%q stands twice below %q", below.Name, o.Name)
		}
		seen[below.Name] = true
		if err := below.check(); err != nil {
			return err
		}
	}
	return nil
}

// values are a map's values in the order of its keys.
func values(m map[discordgo.Locale]string) []string {
	list := make([]string, 0, len(m))
	for _, locale := range slices.Sorted(maps.Keys(m)) {
		list = append(list, m[locale])
	}
	return list
}

// fingerprint is the same for commands that are the same, whatever order they come in.
func fingerprint(commands []registration) (string, error) {
	sorted := slices.SortedFunc(slices.Values(commands), func(a, b registration) int {
		return cmp.Or(cmp.Compare(a.Type, b.Type), cmp.Compare(a.Name, b.Name))
	})
	encoded, err := json.Marshal(sorted)
	if err != nil {
		return "", fmt.Errorf("encoding commands: %w", err)
	}
	return string(encoded), nil
}

// errOutdated means that the commands that are registered are not the ones wanted.
var errOutdated = errors.New("other commands are registered")

// compareCommands returns the commands wanted, with nil when they are registered and errOutdated when others are.
func (s *Surface) compareCommands(ctx context.Context) ([]registration, error) {
	wanted, err := commandTexts{s.opts.Subcommands, s.opts.Text, s.opts.DefaultLanguage}.commands()
	if err != nil {
		return nil, err
	}
	var registered []registration
	// https://discord.com/developers/docs/interactions/application-commands#get-guild-application-commands
	c := s.commandsCall(http.MethodGet)
	c.query = url.Values{"with_localizations": {"true"}}
	if err := s.do(ctx, c, &registered); err != nil {
		return nil, err
	}
	want, err := fingerprint(wanted)
	if err != nil {
		return nil, err
	}
	have, err := fingerprint(registered)
	if err == nil && have != want {
		err = errOutdated
	}
	return wanted, err
}

func (s *Surface) commandsCall(method string) call {
	if s.opts.GuildID == "" {
		return call{method: method, route: method + " /applications/commands", path: "/applications/" + s.opts.ApplicationID + "/commands"}
	}
	return call{
		method: method, route: method + " /applications/guilds/commands", major: s.opts.GuildID,
		path: "/applications/" + s.opts.ApplicationID + "/guilds/" + s.opts.GuildID + "/commands",
	}
}

// registerCommands registers the commands when something changed: creating many in a day is refused, and people's clients read
// them anew. https://discord.com/developers/docs/interactions/application-commands#bulk-overwrite-guild-application-commands
func (s *Surface) registerCommands(ctx context.Context) error {
	wanted, err := s.compareCommands(ctx)
	if !errors.Is(err, errOutdated) {
		return err
	}
	c := s.commandsCall(http.MethodPut)
	c.body = wanted
	if err := s.do(ctx, c, nil); err != nil {
		return err
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "commands registered", slog.String("guild", s.opts.GuildID))
	return nil
}

// registerPause is the longest pause between attempts to register the commands.
const registerPause = 10 * time.Minute

// Run registers the commands, again and again until it succeeds, and returns when ctx is done and what is under way over either
// door has been answered. Stop the HTTP server and the gateway before ctx is done: what they let in later is not waited for. The
// error is nil.
func (s *Surface) Run(ctx context.Context) error {
	for backoff := minBackoff; ctx.Err() == nil; backoff = min(2*backoff, registerPause) {
		err := s.registerCommands(ctx)
		if err == nil || ctx.Err() != nil {
			break
		}
		// A command that was registered earlier still works, and so do buttons: no reason to stop.
		wait, why := backoff, err.Error()
		if refusal, ok := errors.AsType[*bot.SendError](err); ok {
			wait = max(wait, refusal.Wait)
			if cause, ok := errors.AsType[*apiError](err); ok {
				why = refusal.Code + ": " + cause.Error()
			}
		}
		s.log.LogAttrs(ctx, slog.LevelError, "commands not registered", slog.String("reason", why), slog.Duration("again_in", wait))
		s.pause(ctx, wait)
	}
	<-ctx.Done()
	// Everything under way has a time limit of its own, so this ends.
	return s.Drain(context.WithoutCancel(ctx))
}

// Permission is one of the permissions that the bot asks for.
type Permission struct {
	Name string // as Discord's settings show it in English
	bit  int64
	wide bool // needed in the guild as a whole, and in none of the channels that are configured
}

// Permissions are the permissions that this surface uses (https://discord.com/developers/docs/topics/permissions), each for what is
// said beside it.
func Permissions() []Permission {
	return []Permission{
		{"View Channels", discordgo.PermissionViewChannel, false},               // the channel that cards are posted in
		{"Send Messages", discordgo.PermissionSendMessages, false},              // cards
		{"Embed Links", discordgo.PermissionEmbedLinks, false},                  // all that a card says stands in embeds
		{"Attach Files", discordgo.PermissionAttachFiles, false},                // attachments handed on to those who work a case
		{"Read Message History", discordgo.PermissionReadMessageHistory, false}, // finding a message that an interrupted attempt posted
		{"Manage Channels", discordgo.PermissionManageChannels, true},           // making a room
		{"Manage Roles", discordgo.PermissionManageRoles, true},                 // closing one, which changes what its members may do in it
	}
}

// ManifestOptions are what a manifest is made of. All but RequestURL must be given.
type ManifestOptions struct {
	ApplicationID   string
	Subcommands     func(lang string) []bot.Subcommand
	Text            func(lang, key string, data map[string]any) string
	DefaultLanguage string
	// RequestURL is where Discord reaches the bot over HTTP, e.g. https://incident.example.se. "": the gateway.
	RequestURL string
}

type manifest struct {
	Invite      string         `json:"invite"`
	Permissions []string       `json:"permissions"`
	Endpoint    string         `json:"interactions_endpoint_url"`
	Commands    []registration `json:"commands"`
}

// Manifest returns, as JSON, what somebody needs who creates the application: the address that invites the bot with exactly the
// permissions that it uses, those permissions by name, the endpoint to enter, which is empty when the bot comes over the gateway,
// and the commands, which the bot registers itself when it starts.
//
// https://discord.com/developers/docs/topics/oauth2#bot-authorization-flow
func Manifest(o ManifestOptions) ([]byte, error) {
	if !snowflake(o.ApplicationID) {
		return nil, errors.New("manifest: the application id is not a number")
	}
	commands, err := commandTexts{o.Subcommands, o.Text, o.DefaultLanguage}.commands()
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	m := manifest{Commands: commands}
	var bits int64
	for _, p := range Permissions() {
		bits |= p.bit
		m.Permissions = append(m.Permissions, p.Name)
	}
	m.Invite = "https://discord.com/oauth2/authorize?client_id=" + o.ApplicationID +
		fmt.Sprintf("&scope=bot+applications.commands&permissions=%d", bits)
	if o.RequestURL != "" {
		m.Endpoint = strings.TrimSuffix(o.RequestURL, "/") + "/discord/interactions"
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(m); err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	return out.Bytes(), nil
}
