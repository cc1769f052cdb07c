package main

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/scheduler"
)

// configured reads settings from a file's text and an environment.
func configured(text string, environment map[string]string) (config.Config, error) {
	lookup := func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	}
	return config.Load("incidentbot.yaml", lookup, func(string) ([]byte, error) { return []byte(text), nil })
}

func mustConfigure(t *testing.T, text string, environment map[string]string) config.Config {
	t.Helper()
	if environment == nil {
		environment = map[string]string{}
	}
	if environment["DATABASE_URL"] == "" {
		environment["DATABASE_URL"] = "sqlite:///nowhere/register.db"
	}
	cfg, err := configured(text, environment)
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func TestSettingsFrom(t *testing.T) {
	cfg := mustConfigure(t, `
organisation: {name: Exempelby kommun, timezone: Europe/Stockholm, language: en}
roles:
  ciso: [{email: Karin@Example.org, slack: U0KARIN, discord: "1001"}, {slack: U0OMAR}]
  dpo:  [{email: dora@example.org}]
channels:
  triage: {slack: C0TRIAGE, discord: "2001", confidential: true}
attachments: {max_megabytes: 3}
drafts: {keep_hours: 12}
advice:
  loss: {sv: Ring oss., en: Call us.}
obligations: {gdpr-33-1: {hours: 48, recipient: Myndigheten, roles: [dpo]}}
escalation: {serious_minutes: 5}
significant: {persons: 100}
inform: {unit_manager: false}
retention: {months: 12}
limits: {slack: {posts_per_second_per_channel: 2, posts_per_minute: 60}, discord: {posts_per_second_per_channel: 4, posts_per_minute: 600}}
`, onBothChats())
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	got := settingsFrom(cfg)
	if got.Location.String() != stockholm.String() {
		t.Errorf("the time zone is %s", got.Location)
	}
	got.Location = nil
	if !got.Holidays(time.Date(2026, 12, 24, 12, 0, 0, 0, stockholm)) || got.Holidays(time.Date(2026, 12, 23, 12, 0, 0, 0, stockholm)) {
		t.Error("the holidays are not the Swedish ones")
	}
	got.Holidays = nil
	steps := policy.DefaultSteps()
	steps[0].Hours, steps[0].Recipient, steps[0].Roles = 48, "Myndigheten", []policy.Role{policy.DPO}
	differs(t, "settings", got, handlers.Settings{
		Organisation: "Exempelby kommun", Language: "en", Surfaces: []string{"slack", "discord"},
		Roles: map[policy.Role][]handlers.Holder{
			policy.CISO: {
				{Email: "karin@example.org", Accounts: map[string]string{"slack": "U0KARIN", "discord": "1001"}},
				{Accounts: map[string]string{"slack": "U0OMAR"}},
			},
			policy.DPO: {{Email: "dora@example.org", Accounts: map[string]string{}}},
		},
		Triage: []handlers.TriageChannel{
			{Address: bot.Address{Surface: "slack", Channel: "C0TRIAGE"}, Confidential: true},
			{Address: bot.Address{Surface: "discord", Channel: "2001"}, Confidential: true},
		},
		Advice:   map[policy.Category]handlers.Advice{policy.Loss: {"sv": "Ring oss.", "en": "Call us."}},
		MaxFiles: 5, MaxFileBytes: 3 << 20, DraftAge: 12 * time.Hour,
		Steps:      steps,
		Waits:      policy.Waits{Serious: 5 * time.Minute, Significant: time.Hour, Hour: 10, LowDays: 3},
		Thresholds: policy.Thresholds{OutageHours: 4, Persons: 100, SameCause: 2, SameCauseTime: 183 * 24 * time.Hour},
		RiskLimits: policy.RiskLimits{5, 10, 15},
		Inform:     []policy.Role{policy.SystemOwner}, RetentionMonths: 12, FollowupMonth: time.January,
	})
	differs(t, "pace", paceFrom(cfg.Limits), map[string]scheduler.Pace{
		"slack":   {PerLane: 500 * time.Millisecond, PerMinute: 60, Burst: 10},
		"discord": {PerLane: 250 * time.Millisecond, PerMinute: 600, Burst: 10},
	})
}

// Nothing is sent to accounts and channels of a chat that is not in use, whatever the settings file says.
func TestSettingsLeaveOutTheChatThatIsNotInUse(t *testing.T) {
	const text = `
roles: {ciso: [{slack: U0KARIN, discord: "1001"}]}
channels: {triage: {slack: C0TRIAGE, discord: "2001"}}
`
	for name, test := range map[string]struct {
		without []string
		want    handlers.Settings // what is compared: surfaces, the CISO, channels
	}{
		"Slack alone": {
			[]string{"DISCORD_BOT_TOKEN"}, handlers.Settings{
				Surfaces: []string{"slack"}, Triage: []handlers.TriageChannel{{Address: bot.Address{Surface: "slack", Channel: "C0TRIAGE"}}},
				Roles: map[policy.Role][]handlers.Holder{policy.CISO: {{Accounts: map[string]string{"slack": "U0KARIN"}}}},
			}},
		"Discord alone": {
			[]string{"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN"}, handlers.Settings{
				Surfaces: []string{"discord"}, Triage: []handlers.TriageChannel{{Address: bot.Address{Surface: "discord", Channel: "2001"}}},
				Roles: map[policy.Role][]handlers.Holder{policy.CISO: {{Accounts: map[string]string{"discord": "1001"}}}},
			}},
	} {
		t.Run(name, func(t *testing.T) {
			environment := onBothChats()
			for _, name := range test.without {
				delete(environment, name)
			}
			got := settingsFrom(mustConfigure(t, text, environment))
			differs(t, "settings", handlers.Settings{Surfaces: got.Surfaces, Triage: got.Triage, Roles: got.Roles}, test.want)
		})
	}
}

// onBothChats is the environment of a bot on Slack and Discord.
func onBothChats() map[string]string {
	return map[string]string{
		"SLACK_BOT_TOKEN": "xoxb-test", "SLACK_APP_TOKEN": "xapp-test", "DISCORD_BOT_TOKEN": "test", "DISCORD_APPLICATION_ID": "1",
	}
}

func TestSettingsByDefault(t *testing.T) {
	got := settingsFrom(mustConfigure(t, "organisation: {name: Exempelby kommun}", nil))
	differs(t, "triage channels", len(got.Triage), 0)
	differs(t, "language", got.Language, "sv")
	differs(t, "how long drafts are kept", got.DraftAge, 24*time.Hour)
}

// The keys that stand in configuration files are the policy's.
func TestConfigurationSpeaksThePolicysWords(t *testing.T) {
	var categories, roles []string
	for _, c := range policy.Categories() {
		categories = append(categories, string(c))
	}
	for _, r := range policy.Roles() {
		roles = append(roles, string(r))
	}
	differs(t, "categories", config.CategoryKeys(), categories)
	differs(t, "roles", config.RoleKeys(), roles)
	for key, want := range map[string]policy.Role{
		config.CISO: policy.CISO, config.DeputyCISO: policy.DeputyCISO, config.SecurityChief: policy.SecurityChief, config.DPO: policy.DPO,
	} {
		differs(t, "role", policy.Role(key), want)
	}
}

func TestTerminalLanguage(t *testing.T) {
	for name, test := range map[string]struct {
		environment map[string]string
		want        string
	}{
		"Swedish when nothing is said":     {nil, "sv"},
		"English by LANG":                  {map[string]string{"LANG": "en_GB.UTF-8"}, "en"},
		"Swedish by LANG":                  {map[string]string{"LANG": "sv_SE.UTF-8"}, "sv"},
		"Swedish for every other language": {map[string]string{"LANG": "fi_FI.UTF-8"}, "sv"},
		"LC_ALL goes before LANG":          {map[string]string{"LC_ALL": "sv_SE.UTF-8", "LANG": "en_GB.UTF-8"}, "sv"},
		"LC_MESSAGES goes before LANG":     {map[string]string{"LC_MESSAGES": "en_GB.UTF-8", "LANG": "sv_SE.UTF-8"}, "en"},
	} {
		t.Run(name, func(t *testing.T) {
			differs(t, "language", terminalLanguage(func(name string) string { return test.environment[name] }), test.want)
		})
	}
}

// The manifest asks for what the program uses, neither more nor less: otherwise something that people try does nothing.
func TestManifestIsWhatIsHandled(t *testing.T) {
	type manifest struct {
		Features struct {
			Commands []struct {
				Command, URL string
			} `json:"slash_commands"`
			Shortcuts []struct {
				Type       string
				CallbackID string `json:"callback_id"`
			}
		}
		OAuth struct {
			Scopes struct{ Bot []string }
		} `json:"oauth_config"`
		Settings struct {
			Events struct {
				RequestURL string   `json:"request_url"`
				Bot        []string `json:"bot_events"`
			} `json:"event_subscriptions"`
			Interactivity struct {
				Enabled    bool   `json:"is_enabled"`
				RequestURL string `json:"request_url"`
				OptionsURL string `json:"message_menu_options_url"`
			}
			SocketMode bool `json:"socket_mode_enabled"`
		}
	}
	read := func(t *testing.T, base string) (m manifest) {
		t.Helper()
		text, err := slackManifest("sv", base)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	surface, err := slack.New(slack.Options{
		BotToken: "xoxb-test", SigningSecret: "secret", Handler: nobody{}, Clock: time.Now, Text: func(_, key string) string { return key },
	})
	if err != nil {
		t.Fatal(err)
	}
	const base = "https://incident.example.org"
	for name, m := range map[string]manifest{"Socket Mode": read(t, ""), "HTTP": read(t, base)} {
		t.Run(name, func(t *testing.T) {
			if len(m.Features.Commands) != 1 || m.Features.Commands[0].Command != "/incident" {
				t.Errorf("commands are %+v", m.Features.Commands)
			}
			var shortcuts []string
			for _, s := range m.Features.Shortcuts {
				shortcuts = append(shortcuts, s.Type+" "+s.CallbackID)
			}
			differs(t, "shortcuts", shortcuts, []string{"message " + bot.ReportShortcut, "message " + bot.CaptureShortcut})
			differs(t, "scopes", m.OAuth.Scopes.Bot, slack.Scopes())
			differs(t, "events", m.Settings.Events.Bot, slack.Events())
			for _, event := range m.Settings.Events.Bot {
				payload := `{"type":"event_callback","event_id":"Ev1","event":{"type":"` + event + `","user":"U1","tab":"home","event_ts":"1.0"}}`
				if in, _, err := slack.DecodeEvent([]byte(payload)); err != nil || in.Request.Kind != bot.Home {
					t.Errorf("nobody handles the event %s: %+v (%v)", event, in, err)
				}
			}
			differs(t, "interactivity and Socket Mode", []bool{m.Settings.Interactivity.Enabled, m.Settings.SocketMode}, []bool{true, name == "Socket Mode"})
			routes := surface.Routes()
			for _, url := range []string{
				m.Features.Commands[0].URL, m.Settings.Interactivity.RequestURL, m.Settings.Interactivity.OptionsURL, m.Settings.Events.RequestURL,
			} {
				path, found := strings.CutPrefix(url, base)
				if name == "HTTP" && (!found || routes["POST "+path] == nil) {
					t.Errorf("nothing answers at %q", url)
				}
				if name == "Socket Mode" && url != "" {
					t.Errorf("Socket Mode has the address %q", url)
				}
			}
		})
	}
}

// What is printed is enough to invite the bot, and to tell Discord where it is.
func TestDiscordManifestSaysHowToInviteTheBot(t *testing.T) {
	cfg := mustConfigure(t, "web: {base_url: https://incident.example.org}", onBothChats())
	for name, test := range map[string]struct {
		http bool
		want string
	}{
		"gateway": {false, ""}, "HTTP": {true, "https://incident.example.org/discord/interactions"},
	} {
		t.Run(name, func(t *testing.T) {
			base, err := reachedAt(cfg, test.http, "Discord")
			if err != nil {
				t.Fatal(err)
			}
			text, err := discordManifest(cfg, base)
			if err != nil {
				t.Fatal(err)
			}
			var m struct {
				Invite      string
				Permissions []string
				Endpoint    string `json:"interactions_endpoint_url"`
				Commands    []struct{ Name string }
			}
			if err := json.Unmarshal(text, &m); err != nil {
				t.Fatal(err)
			}
			differs(t, "endpoint", m.Endpoint, test.want)
			if !strings.Contains(m.Invite, "client_id=1&") || len(m.Permissions) == 0 || len(m.Commands) != 3 || m.Commands[0].Name != "incident" {
				t.Errorf("the manifest is %s", text)
			}
		})
	}
	if _, err := reachedAt(mustConfigure(t, "", nil), true, "Discord"); err == nil || !strings.Contains(err.Error(), "web.base_url") {
		t.Errorf("without an address the error is %v", err)
	}
}

// Whoever copies the example sees every role that can be filled.
func TestExampleNamesEveryRole(t *testing.T) {
	text, err := os.ReadFile("incidentbot.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	missing := slices.DeleteFunc(config.RoleKeys(), func(role string) bool { return strings.Contains(string(text), role+":") })
	if len(missing) > 0 {
		t.Errorf("the example does not name %v", missing)
	}
}
