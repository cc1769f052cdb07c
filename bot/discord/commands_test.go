package discord_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
)

// words are the texts that commands are made of.
func words(lang, key string, _ map[string]any) string {
	return map[string]map[string]string{
		"sv": {"discord.command": "Rapportera en incident", "discord.shortcut": "Rapportera som incident", "discord.capture": "Spara i ärendet"},
		"en": {"discord.command": "Report an incident", "discord.shortcut": "Report as incident", "discord.capture": "Save in the case"},
	}[lang][key]
}

// subcommands are three words that may follow the command: one by itself, one with a text and one with a lookup.
func subcommands(lang string) []bot.Subcommand {
	if lang == "en" {
		return []bot.Subcommand{
			{Text: "help", Name: "help", Description: "What you can do"},
			{Text: "status", Name: "status", Description: "How a case is going", Argument: &bot.Field{ID: "number", Kind: bot.Text, Label: "Case number", Required: true, Min: 3, Max: 20}},
			{Text: "report", Name: "report", Description: "Report an incident", Argument: &bot.Field{ID: "system", Kind: bot.Lookup, Label: "The system"}},
		}
	}
	return []bot.Subcommand{
		{Text: "help", Name: "hjälp", Description: "Vad du kan göra"},
		{Text: "status", Name: "läge", Description: "Hur det går för ett ärende", Argument: &bot.Field{ID: "number", Kind: bot.Text, Label: "Ärendenummer", Required: true, Min: 3, Max: 20}},
		{Text: "report", Name: "rapportera", Description: "Rapportera en incident", Argument: &bot.Field{ID: "system", Kind: bot.Lookup, Label: "Systemet"}},
	}
}

// wantedCommands are the commands of these words with Swedish as the default, as they are to be registered.
const wantedCommands = `[
  {"type": 1, "name": "incident",
   "description": "Rapportera en incident",
   "description_localizations": {"en-GB": "Report an incident", "en-US": "Report an incident", "sv-SE": "Rapportera en incident"},
   "options": [
     {"type": 1, "name": "hjälp", "name_localizations": {"en-GB": "help", "en-US": "help", "sv-SE": "hjälp"},
      "description": "Vad du kan göra",
      "description_localizations": {"en-GB": "What you can do", "en-US": "What you can do", "sv-SE": "Vad du kan göra"}},
     {"type": 1, "name": "läge", "name_localizations": {"en-GB": "status", "en-US": "status", "sv-SE": "läge"},
      "description": "Hur det går för ett ärende",
      "description_localizations": {"en-GB": "How a case is going", "en-US": "How a case is going", "sv-SE": "Hur det går för ett ärende"},
      "options": [{"type": 3, "name": "number", "required": true, "min_length": 3, "max_length": 20, "description": "Ärendenummer",
        "description_localizations": {"en-GB": "Case number", "en-US": "Case number", "sv-SE": "Ärendenummer"}}]},
     {"type": 1, "name": "rapportera", "name_localizations": {"en-GB": "report", "en-US": "report", "sv-SE": "rapportera"},
      "description": "Rapportera en incident",
      "description_localizations": {"en-GB": "Report an incident", "en-US": "Report an incident", "sv-SE": "Rapportera en incident"},
      "options": [{"type": 3, "name": "system", "autocomplete": true, "description": "Systemet",
        "description_localizations": {"en-GB": "The system", "en-US": "The system", "sv-SE": "Systemet"}}]}]},
  {"type": 3, "name": "Rapportera som incident",
   "name_localizations": {"en-GB": "Report as incident", "en-US": "Report as incident", "sv-SE": "Rapportera som incident"}},
  {"type": 3, "name": "Spara i ärendet",
   "name_localizations": {"en-GB": "Save in the case", "en-US": "Save in the case", "sv-SE": "Spara i ärendet"}}]`

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

// asRegistered is how Discord tells the commands that were registered: with ids, versions and what was left out.
func asRegistered(t *testing.T, commands string) string {
	t.Helper()
	list := decoded(t, commands).([]any)
	for _, c := range list {
		command := c.(map[string]any)
		command["id"], command["version"], command["application_id"], command["nsfw"] = "9", "8", applicationID, false
		command["default_member_permissions"] = nil
		if command["type"] == 3.0 {
			command["description"], command["description_localizations"], command["options"] = "", nil, []any{}
		}
	}
	slices.Reverse(list) // in an order of its own
	encoded, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(encoded)
}

const (
	getCommands = "GET /applications/" + applicationID + "/guilds/" + guildID + "/commands"
	putCommands = "PUT /applications/" + applicationID + "/guilds/" + guildID + "/commands"
)

func withWords(o *discord.Options) { o.Subcommands, o.Text = subcommands, words }

func TestCommandsAreRegisteredWhenSomethingChanged(t *testing.T) {
	outdated := strings.Replace(wantedCommands, "Vad du kan göra", "Vad du kunde göra", 1)
	tests := map[string]struct {
		registered string
		want       bool // they are registered anew
	}{
		"none":           {`[]`, true},
		"the same":       {asRegistered(t, wantedCommands), false},
		"another text":   {asRegistered(t, outdated), true},
		"one more":       {`[` + asRegistered(t, wantedCommands)[1:len(asRegistered(t, wantedCommands))-1] + `,{"type":1,"name":"gammal","description":"x"}]`, true},
		"no translation": {strings.ReplaceAll(asRegistered(t, wantedCommands), `"sv-SE"`, `"da"`), true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t, map[string][]answer{getCommands: {{body: tt.registered}}})
			want := []string{getCommands + "?with_localizations=true"}
			if tt.want {
				want = append(want, putCommands)
			}
			if err := newSurface(t, a.URL+"/api", withWords).RegisterCommands(t.Context()); err != nil {
				t.Fatal(err)
			}
			equal(t, "calls", a.names(), want)
			if tt.want {
				equal(t, "body", decoded(t, a.said()[1].Body), decoded(t, wantedCommands))
			}
		})
	}
	t.Run("everywhere without a guild", func(t *testing.T) {
		const path = " /applications/" + applicationID + "/commands"
		a := newAPI(t, map[string][]answer{"GET" + path: {{body: `[]`}}})
		s := newSurface(t, a.URL+"/api", func(o *discord.Options) { withWords(o); o.GuildID = "" })
		if err := s.RegisterCommands(t.Context()); err != nil {
			t.Fatal(err)
		}
		equal(t, "calls", a.names(), []string{"GET" + path + "?with_localizations=true", "PUT" + path})
	})
}

func TestRegisteringIsTriedAgainUntilItSucceeds(t *testing.T) {
	var log journal
	a := newAPI(t, map[string][]answer{
		getCommands: {refusal("403", "50001"), {status: 500}, {body: `[]`}},
		putCommands: {{status: 429, body: `{"retry_after":0.001}`}, {}},
	})
	var now atTime
	pauses := []time.Duration{}
	ctx, cancel := context.WithCancel(t.Context())
	a.after(6, cancel)
	s := newSurface(t, a.URL+"/api", func(o *discord.Options) { withWords(o); o.Logger = log.logger(); o.Clock = now.now })
	s.SkipPauses(func(d time.Duration) {
		now.set(time.Duration(len(pauses)+1) * time.Hour)
		pauses = append(pauses, d)
	})
	if err := s.Run(ctx); err != nil {
		t.Error(err)
	}
	query := "?with_localizations=true"
	equal(t, "calls", a.names(), []string{getCommands + query, getCommands + query, getCommands + query, putCommands, getCommands + query, putCommands})
	equal(t, "pauses", pauses, []time.Duration{time.Second, 2 * time.Second, 4 * time.Second})
	if !strings.Contains(log.String(), "missing_access: http 403, code 50001") {
		t.Errorf("the log does not say why: %s", log.String())
	}
}

func TestCommandsThatDiscordWouldRefuse(t *testing.T) {
	one := func(s bot.Subcommand) func(string) []bot.Subcommand {
		return func(string) []bot.Subcommand { return []bot.Subcommand{s} }
	}
	ok := bot.Subcommand{Text: "help", Name: "help", Description: "x"}
	tests := map[string]struct {
		subcommands func(string) []bot.Subcommand
		text        func(string, string, map[string]any) string
		want        string
	}{
		"two words":               {one(bot.Subcommand{Name: "min hjälp", Description: "x"}), words, "cannot be the name of a command"},
		"capitals":                {one(bot.Subcommand{Name: "Hjälp", Description: "x"}), words, "cannot be the name of a command"},
		"a long name":             {one(bot.Subcommand{Name: strings.Repeat("å", 33), Description: "x"}), words, "cannot be the name of a command"},
		"no description":          {one(bot.Subcommand{Name: "help"}), words, `a description of "help" has 0 characters`},
		"a long description":      {one(bot.Subcommand{Name: "help", Description: strings.Repeat("å", 101)}), words, `has 101 characters`},
		"an argument without one": {one(bot.Subcommand{Name: "help", Description: "x", Argument: &bot.Field{ID: "number", Kind: bot.Text}}), words, `a description of "number" has 0`},
		"an argument of files":    {one(bot.Subcommand{Name: "help", Description: "x", Argument: &bot.Field{ID: "f", Kind: bot.Files, Label: "x"}}), words, "neither a text nor a lookup"},
		"the same twice":          {func(string) []bot.Subcommand { return []bot.Subcommand{ok, ok} }, words, `"help" stands twice`},
		"too many": {func(string) []bot.Subcommand {
			var all []bot.Subcommand
			for _, r := range "abcdefghijklmnopqrstuvwxyz" {
				all = append(all, bot.Subcommand{Text: string(r), Name: string(r), Description: "x"})
			}
			return all
		}, words, "has 26 subcommands, Discord takes 25"},
		"not in every language": {func(lang string) []bot.Subcommand {
			if lang == "en" {
				return nil
			}
			return []bot.Subcommand{ok}
		}, words, "is not the same in every language"},
		"no texts":        {nil, func(string, string, map[string]any) string { return "" }, "has 0 characters"},
		"a long shortcut": {nil, func(string, string, map[string]any) string { return strings.Repeat("å", 33) }, "has 33 characters, Discord takes 1–32"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := discord.Manifest(discord.ManifestOptions{ApplicationID: applicationID, Subcommands: tt.subcommands, Text: tt.text, DefaultLanguage: "sv"})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("the error is %v, want %q", err, tt.want)
			}
		})
	}
}

func TestManifest(t *testing.T) {
	o := discord.ManifestOptions{ApplicationID: applicationID, Subcommands: subcommands, Text: words, DefaultLanguage: "sv"}
	got, err := discord.Manifest(o)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"invite":                    "https://discord.com/oauth2/authorize?client_id=2001&scope=bot+applications.commands&permissions=268553232",
		"permissions":               []any{"View Channels", "Send Messages", "Embed Links", "Attach Files", "Read Message History", "Manage Channels", "Manage Roles"},
		"interactions_endpoint_url": "",
		"commands":                  decoded(t, wantedCommands),
	}
	equal(t, "manifest", decoded(t, string(got)), any(want))
	if !strings.Contains(string(got), "&scope=") {
		t.Errorf("the address cannot be copied: %s", got)
	}
	o.RequestURL = "https://incident.example.se/"
	if got, err = discord.Manifest(o); err != nil {
		t.Fatal(err)
	}
	want["interactions_endpoint_url"] = "https://incident.example.se/discord/interactions"
	equal(t, "manifest", decoded(t, string(got)), any(want))
	o.ApplicationID = ""
	if _, err := discord.Manifest(o); err == nil {
		t.Error("a manifest without an application")
	}
}
