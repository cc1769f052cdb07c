package main

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/bot/mail"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/bot/surface"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
)

// checkServices looks at the chats and the mail server that are configured. The error tells that one could not be looked at.
func (d *doctor) checkServices(ctx context.Context, cfg config.Config) error {
	onSlack, onDiscord := cfg.Slack.BotToken != "", cfg.Discord.BotToken != ""
	if !onSlack && !onDiscord {
		d.wrong("doctor.chat.none", nil)
		return nil
	}
	if len(settingsFrom(cfg).Triage) == 0 {
		d.note("doctor.channel.none", nil)
	}
	if onSlack {
		if err := d.checkSlack(ctx, cfg); err != nil {
			return err
		}
	}
	if onDiscord {
		if err := d.checkDiscord(ctx, cfg); err != nil {
			return err
		}
	}
	switch {
	case cfg.Mail.Server != "":
		return d.checkMail(ctx, cfg)
	case onDiscord:
		d.note("doctor.mail.none", nil)
	}
	return nil
}

func (d *doctor) checkSlack(ctx context.Context, cfg config.Config) error {
	s, err := slack.New(slack.Options{
		BotToken: string(cfg.Slack.BotToken), AppToken: string(cfg.Slack.AppToken), SigningSecret: string(cfg.Slack.SigningSecret),
		APIURL: cfg.Slack.APIURL, Handler: nobody{}, Clock: time.Now, Text: func(lang, key string) string { return d.texts.T(lang, key) },
	})
	if err != nil {
		return err
	}
	// Whoever has an account given somewhere is reached there.
	emails := emailsOf(cfg, func(p config.Person) bool { return p.Slack == "" && (p.Discord == "" || cfg.Discord.BotToken == "") })
	for _, f := range s.Check(ctx, given(cfg.Channels.Triage.Slack, cfg.Channels.Revision.Slack), emails) {
		d.tellFinding(slack.Name, f)
	}
	return nil
}

func (d *doctor) checkDiscord(ctx context.Context, cfg config.Config) error {
	options := discordOptions(cfg, d.texts)
	options.Handler, options.Subcommands = nobody{}, (&handlers.App{Texts: d.texts}).Subcommands
	s, err := discord.New(options)
	if err != nil {
		return err
	}
	ids := map[string]bool{}
	for _, holders := range cfg.Roles {
		for _, p := range holders {
			if p.Discord != "" {
				ids[p.Discord] = true
			}
		}
	}
	for _, f := range s.Check(ctx, given(cfg.Channels.Triage.Discord, cfg.Channels.Revision.Discord), slices.Sorted(maps.Keys(ids))) {
		d.tellFinding(discord.Name, f)
	}
	return nil
}

func (d *doctor) checkMail(ctx context.Context, cfg config.Config) error {
	s, err := mail.New(mail.Options{Server: string(cfg.Mail.Server), From: cfg.Mail.From, Clock: time.Now})
	if err != nil {
		return err
	}
	f := surface.Finding{OK: true, Check: "server:" + s.Server()}
	if err := s.Check(ctx); err != nil {
		f.OK = false
		if refusal, ok := errors.AsType[*bot.SendError](err); ok {
			f.Code = refusal.Code
		}
	}
	d.tellFinding(mail.Name, f)
	return nil
}

// given are the ids that are given, each once.
func given(ids ...string) []string {
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id string) bool { return id == "" })
}

// expected are the codes of what is not wrong yet: serve sees to it.
var expected = []string{"commands_outdated"}

func (d *doctor) tellFinding(service string, f surface.Finding) {
	check, what, _ := strings.Cut(f.Check, ":")
	data := locale.Data{"What": what, "Code": f.Code}
	for name, value := range f.Params {
		data[strings.ToUpper(name[:1])+name[1:]] = value
	}
	data["Do"] = d.advice(service, f.Code, data)
	key := "doctor." + service + "." + check
	switch {
	case f.OK:
		d.right(key+".ok", data)
	case slices.Contains(expected, f.Code):
		d.note(key, data)
	default:
		d.wrong(key, data)
	}
}

// advised are the codes, by service, that there is a text for what to do about. Others are looked up in the service's
// documentation.
func advised() map[string][]string {
	return map[string][]string{
		slack.Name: {
			"account_inactive", "channel_not_found", "connection", "invalid_auth", "is_archived", "missing_scope", "not_authed", "not_in_channel",
			"timeout", "token_expired", "token_revoked", "users_not_found",
		},
		discord.Name: {
			"cannot_message_user", "commands_outdated", "connection", "endpoint_missing", "endpoint_set", "missing_access",
			"missing_guild_permissions", "missing_permissions",
			"not_a_text_channel", "not_in_guild", "other_application", "other_guild", "other_public_key", "timeout", "unauthorized",
			"unknown_channel", "unknown_member", "unknown_user",
		},
		mail.Name: {"connection", "not_offered", "smtp_535", "timeout", "tls"},
	}
}

// advice is what to do about a code. data is what the sentence may name.
func (d *doctor) advice(service, code string, data locale.Data) string {
	if slices.Contains(advised()[service], code) {
		return d.texts.T(d.lang, "doctor."+service+".do."+code, data)
	}
	return d.texts.T(d.lang, "doctor.do.other", locale.Data{"Code": code})
}

// nobody answers no requests: doctor only asks.
type nobody struct{}

func (nobody) Handle(context.Context, bot.Request) (bot.Reply, error) { return bot.Reply{}, nil }
