package main

import (
	"errors"
	"fmt"
	"os"

	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
)

type manifestCommand struct {
	Slack   manifestSlackCommand   `cmd:"" help:"The Slack app manifest, as JSON."`
	Discord manifestDiscordCommand `cmd:"" help:"The address that invites the bot to a Discord server, and its commands, as JSON."`
}

type manifestSlackCommand struct {
	HTTP bool `help:"For HTTP instead of Socket Mode; web.base_url in the configuration tells where Slack reaches the bot."`
}

// Run prints the manifest.
func (c manifestSlackCommand) Run(cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	base, err := reachedAt(cfg, c.HTTP, "Slack")
	if err != nil {
		return err
	}
	text, err := slackManifest(cfg.Organisation.Language, base)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

type manifestDiscordCommand struct {
	HTTP bool `help:"For HTTP instead of the gateway; web.base_url in the configuration tells where Discord reaches the bot."`
}

// Run prints the manifest.
func (c manifestDiscordCommand) Run(cli *commands) error {
	cfg, err := cli.load()
	if err != nil {
		return err
	}
	if cfg.Discord.ApplicationID == "" {
		return errors.New("set DISCORD_APPLICATION_ID: create an application at https://discord.com/developers/applications, " +
			"its id stands under General Information")
	}
	base, err := reachedAt(cfg, c.HTTP, "Discord")
	if err != nil {
		return err
	}
	text, err := discordManifest(cfg, base)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// reachedAt is where the platform reaches the bot when it does so over HTTP, "" when it does not.
func reachedAt(cfg config.Config, http bool, platform string) (string, error) {
	if !http {
		return "", nil
	}
	if cfg.Web.BaseURL == "" {
		return "", fmt.Errorf("set web.base_url in the configuration file: the https address where %s reaches the bot", platform)
	}
	return cfg.Web.BaseURL, nil
}

func slackManifest(lang, requestURL string) ([]byte, error) {
	texts, err := locale.New()
	if err != nil {
		return nil, err
	}
	t := func(key string) string { return texts.T(lang, key) }
	return slack.Manifest(slack.ManifestOptions{
		Name: "incidentbot", Description: t("manifest.description"), LongDescription: t("manifest.long_description"),
		CommandDescription: t("manifest.command"), CommandHint: t("manifest.command.hint"),
		ShortcutName: t("manifest.shortcut"), ShortcutDescription: t("manifest.shortcut.description"),
		CaptureName: t("manifest.capture"), CaptureDescription: t("manifest.capture.description"),
		RequestURL: requestURL,
	})
}

func discordManifest(cfg config.Config, requestURL string) ([]byte, error) {
	texts, err := locale.New()
	if err != nil {
		return nil, err
	}
	options := discordOptions(cfg, texts)
	return discord.Manifest(discord.ManifestOptions{
		ApplicationID: options.ApplicationID, Subcommands: (&handlers.App{Texts: texts}).Subcommands,
		Text: options.Text, DefaultLanguage: options.DefaultLanguage, RequestURL: requestURL,
	})
}
