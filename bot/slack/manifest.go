package slack

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"tyreso.se/incidentbot/bot"
)

// Scopes are the bot token scopes that this surface uses (https://docs.slack.dev/reference/scopes), each for what is said
// beside it.
func Scopes() []string {
	return []string{
		"channels:history", // chat messages of a channel: finding a message that an interrupted attempt posted
		"channels:read",    // is the bot in the channel: doctor
		"chat:write",       // messages, edits and private answers
		"commands",         // the command and the message shortcut
		"files:read",       // attachments
		"files:write",      // attachments handed on to those who work a case
		"groups:history",   // as channels:history, in private channels
		"groups:read",      // as channels:read; finding a room that an interrupted attempt made
		"groups:write",     // rooms: private channels for those who work a case
		"im:history",       // as channels:history, in direct messages
		"im:write",         // direct messages
		"users:read",       // names and languages
		"users:read.email", // people by e-mail address
	}
}

// Events are the bot events that this surface handles: https://docs.slack.dev/reference/events
func Events() []string { return []string{"app_home_opened"} }

// ManifestOptions are what stands in an app manifest in words. All texts must be given, RequestURL need not.
type ManifestOptions struct {
	Name                string
	Description         string
	LongDescription     string // "" or 175–4,000 characters
	Command             string // "/incident" when empty
	CommandDescription  string
	CommandHint         string // what can follow the command
	ShortcutName        string // of bot.ReportShortcut
	ShortcutDescription string
	CaptureName         string // of bot.CaptureShortcut
	CaptureDescription  string
	// RequestURL is where Slack reaches the bot over HTTP, e.g. https://incident.example.se. "": Socket Mode.
	RequestURL string
}

// The limits of https://docs.slack.dev/reference/app-manifest
const (
	maxAppName             = 35
	maxAppDescription      = 140
	minAppLongDescription  = 175
	maxAppLongDescription  = 4000
	maxBotName             = 80
	maxCommand             = 32
	maxCommandDescription  = 2000
	maxCommandHint         = 1000
	maxShortcutName        = 24
	maxShortcutDescription = 150
)

type manifest struct {
	Metadata struct {
		Major int `json:"major_version"`
	} `json:"_metadata"`
	Display struct {
		Name            string `json:"name"`
		Description     string `json:"description"`
		LongDescription string `json:"long_description,omitempty"`
	} `json:"display_information"`
	Features struct {
		Home struct {
			Home     bool `json:"home_tab_enabled"`
			Messages bool `json:"messages_tab_enabled"`
			ReadOnly bool `json:"messages_tab_read_only_enabled"`
		} `json:"app_home"`
		BotUser struct {
			Name         string `json:"display_name"`
			AlwaysOnline bool   `json:"always_online"`
		} `json:"bot_user"`
		Shortcuts []manifestShortcut `json:"shortcuts"`
		Commands  []manifestCommand  `json:"slash_commands"`
	} `json:"features"`
	OAuth struct {
		Scopes struct {
			Bot []string `json:"bot"`
		} `json:"scopes"`
	} `json:"oauth_config"`
	Settings struct {
		Events struct {
			RequestURL string   `json:"request_url,omitempty"`
			Bot        []string `json:"bot_events"`
		} `json:"event_subscriptions"`
		Interactivity struct {
			Enabled    bool   `json:"is_enabled"`
			RequestURL string `json:"request_url,omitempty"`
			OptionsURL string `json:"message_menu_options_url,omitempty"`
		} `json:"interactivity"`
		OrgDeploy     bool `json:"org_deploy_enabled"`
		SocketMode    bool `json:"socket_mode_enabled"`
		TokenRotation bool `json:"token_rotation_enabled"`
	} `json:"settings"`
}

type manifestShortcut struct {
	Name        string `json:"name"`
	Type        string `json:"type"`
	CallbackID  string `json:"callback_id"`
	Description string `json:"description"`
}

type manifestCommand struct {
	Command     string `json:"command"`
	URL         string `json:"url,omitempty"`
	Description string `json:"description"`
	Hint        string `json:"usage_hint,omitempty"`
	Escape      bool   `json:"should_escape"`
}

// Manifest returns the app manifest as JSON, to paste where an app is created. It asks for exactly what this surface uses.
// The error names a text that is too long for Slack, or missing.
//
// https://docs.slack.dev/reference/app-manifest
func Manifest(o ManifestOptions) ([]byte, error) {
	o.Command = or(o.Command, "/incident")
	for _, text := range []struct {
		what     string
		s        string
		min, max int
	}{
		{"name", o.Name, 1, maxAppName},
		{"description", o.Description, 1, maxAppDescription},
		{"bot name", o.Name, 1, maxBotName},
		{"command", o.Command, 2, maxCommand},
		{"command's description", o.CommandDescription, 1, maxCommandDescription},
		{"command's hint", o.CommandHint, 0, maxCommandHint},
		{"shortcut's name", o.ShortcutName, 1, maxShortcutName},
		{"shortcut's description", o.ShortcutDescription, 1, maxShortcutDescription},
		{"second shortcut's name", o.CaptureName, 1, maxShortcutName},
		{"second shortcut's description", o.CaptureDescription, 1, maxShortcutDescription},
		{"long description", o.LongDescription, 0, maxAppLongDescription},
	} {
		if n := length(text.s); n < text.min || n > text.max {
			return nil, fmt.Errorf("app manifest: the %s has %d characters, Slack takes %d–%d", text.what, n, text.min, text.max)
		}
	}
	if n := length(o.LongDescription); 0 < n && n < minAppLongDescription {
		return nil, fmt.Errorf("app manifest: the long description has %d characters, Slack takes none or at least %d",
			n, minAppLongDescription)
	}
	if !strings.HasPrefix(o.Command, "/") {
		return nil, fmt.Errorf("app manifest: the command %q does not begin with a slash", o.Command)
	}
	var m manifest
	m.Metadata.Major = 1
	m.Display.Name, m.Display.Description, m.Display.LongDescription = o.Name, o.Description, o.LongDescription
	m.Features.Home.Home, m.Features.Home.Messages = true, true
	// Nobody reads what is written to the bot: better that it cannot be than that a report ends there.
	m.Features.Home.ReadOnly = true
	m.Features.BotUser.Name, m.Features.BotUser.AlwaysOnline = o.Name, true
	m.Features.Shortcuts = []manifestShortcut{
		{Name: o.ShortcutName, Type: "message", CallbackID: bot.ReportShortcut, Description: o.ShortcutDescription},
		{Name: o.CaptureName, Type: "message", CallbackID: bot.CaptureShortcut, Description: o.CaptureDescription},
	}
	command := manifestCommand{Command: o.Command, Description: o.CommandDescription, Hint: o.CommandHint}
	m.OAuth.Scopes.Bot = Scopes()
	m.Settings.Events.Bot = Events()
	m.Settings.Interactivity.Enabled = true
	if o.RequestURL == "" {
		m.Settings.SocketMode = true
	} else {
		base := strings.TrimSuffix(o.RequestURL, "/")
		command.URL = base + "/slack/commands"
		m.Settings.Interactivity.RequestURL = base + "/slack/interactions"
		m.Settings.Interactivity.OptionsURL = base + "/slack/interactions"
		m.Settings.Events.RequestURL = base + "/slack/events"
	}
	m.Features.Commands = []manifestCommand{command}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(m); err != nil {
		return nil, fmt.Errorf("app manifest: %w", err)
	}
	return out.Bytes(), nil
}
