package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
	discordspace "tyreso.se/incidentbot/workspace/discord"
)

// newDiscordWard is a ward with a Discord server and no Slack workspace.
func newDiscordWard(t *testing.T, options discordspace.Options) *ward {
	t.Helper()
	space := discordspace.New(options)
	server := httptest.NewServer(space)
	t.Cleanup(func() {
		space.Close()
		server.Close()
	})
	space.AddUser(discordspace.User{ID: "1001", Name: "karin"})
	space.AddUser(discordspace.User{ID: "1002", Name: "johan"})
	space.AddUser(discordspace.User{ID: "1003", Name: "omar", Outside: true})
	space.AddChannel(discordspace.Channel{ID: "2001", Name: "incidenter"})
	space.AddChannel(discordspace.Channel{ID: "2002", Name: "stängd", Overwrites: []discordspace.Overwrite{
		{ID: discordspace.BotUserID, Member: true, Deny: discordspace.EmbedLinks},
	}})
	w := &ward{
		t: t,
		file: "roles:\n  ciso: [{email: karin@example.org, discord: \"1001\"}]\n  security_chief: [{discord: \"1002\"}]\n" +
			"channels:\n  triage: {discord: \"2001\"}\n",
		environment: map[string]string{
			"DATABASE_URL": storetest.MigratedSQLiteURL(t), "DISCORD_API_URL": server.URL + "/api", "DISCORD_BOT_TOKEN": space.BotToken(),
			"DISCORD_APPLICATION_ID": discordspace.ApplicationID, "DISCORD_GUILD_ID": discordspace.GuildID,
		},
	}
	w.register(func(tx *store.Tx) error {
		_, err := tx.ImportSystems(t.Context(), []store.System{{Key: "omsorg", Name: "Omsorgssystemet", Active: true}})
		return err
	})
	return w
}

// registerCommands does what serve does when it starts, with the commands of the manifest.
func (w *ward) registerCommands() {
	w.t.Helper()
	text, err := discordManifest(mustConfigure(w.t, w.file, w.environment), "")
	if err != nil {
		w.t.Fatal(err)
	}
	var manifest struct {
		Commands json.RawMessage `json:"commands"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		w.t.Fatal(err)
	}
	address := w.environment["DISCORD_API_URL"] + "/v10/applications/" + discordspace.ApplicationID + "/guilds/" + discordspace.GuildID + "/commands"
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPut, address, bytes.NewReader(manifest.Commands))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header = http.Header{
		"Authorization": {"Bot " + w.environment["DISCORD_BOT_TOKEN"]}, "Content-Type": {"application/json"},
		"User-Agent": {"DiscordBot (https://incident.example.org, 1)"},
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("registering the manifest's commands is answered with %s", resp.Status)
	}
}

// marked are the lines that begin with a mark.
func marked(said []string, mark string) []string {
	return slices.DeleteFunc(slices.Clone(said), func(line string) bool { return !strings.HasPrefix(line, mark+"  ") })
}

func TestDoctorFindsNothingWrongOnDiscord(t *testing.T) {
	w := newDiscordWard(t, discordspace.Options{Name: "Exempelby samverkan"})
	w.registerCommands()
	said, err := w.examine()
	if err != nil {
		t.Errorf("error is %v", err)
	}
	all := strings.Join(said, "\n")
	if notes := marked(said, "--"); len(notes) != 1 || !strings.Contains(notes[0], "SMTP_URL") {
		t.Errorf("the notes are %q, want one of the missing mail server", notes)
	}
	if wrong := marked(said, "!!"); len(wrong) > 0 {
		t.Errorf("the doctor finds %q", wrong)
	}
	for _, want := range []string{"incidentbot", "gateway", "Exempelby samverkan", "Kommandona", "incidenter", "karin", "johan"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing is said of %q in:\n%s", want, all)
		}
	}
	if strings.Contains(all, w.environment["DISCORD_BOT_TOKEN"]) {
		t.Error("a secret is shown")
	}
}

func TestDoctorNamesWhatIsWrongOnDiscord(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(w *ward)
		want  []string // in one line that begins with !!
	}{
		"wrong token": {
			func(w *ward) { w.environment["DISCORD_BOT_TOKEN"] = "wrong" },
			[]string{"DISCORD_BOT_TOKEN", "unauthorized", "Återställ token"}},
		"another application": {
			// Its commands cannot be seen either.
			func(w *ward) { w.environment["DISCORD_APPLICATION_ID"] = "4711" },
			[]string{"DISCORD_APPLICATION_ID", "other_application", discordspace.ApplicationID}},
		"server that the bot is not in": {
			func(w *ward) { w.environment["DISCORD_GUILD_ID"] = "4711" },
			[]string{"DISCORD_GUILD_ID", "not_in_guild", "incidentbot manifest discord"}},
		"channel that is not there": {
			func(w *ward) { w.file = strings.Replace(w.file, "2001", "4711", 1) },
			[]string{"4711", "unknown_channel", "Kontrollera kanalens id"}},
		"channel that it may not write in": {
			func(w *ward) { w.file = strings.Replace(w.file, "2001", "2002", 1) },
			[]string{"2002", "missing_permissions", "Embed Links", "kanalens inställningar"}},
		"person who is not in the server": {
			func(w *ward) { w.file = strings.Replace(w.file, "1001", "1003", 1) },
			[]string{"1003", "unknown_member", "inte med i servern"}},
		"person whom nobody knows": {
			func(w *ward) { w.file = strings.Replace(w.file, "1001", "4711", 1) },
			[]string{"4711", "unknown_user", "Ingen har det id:t"}},
		"mail server that does not answer": {
			func(w *ward) {
				w.environment["SMTP_URL"] = "smtp+insecure://127.0.0.1:1"
				w.file += "mail: {from: bot@example.org}\n"
			},
			[]string{"127.0.0.1:1", "connection", "SMTP_URL"}},
		"no chat at all": {
			func(w *ward) { delete(w.environment, "DISCORD_BOT_TOKEN") },
			[]string{"Ingen chatt är inställd", "incidentbot manifest discord", "SLACK_BOT_TOKEN"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newDiscordWard(t, discordspace.Options{})
			w.registerCommands()
			test.spoil(w)
			said, err := w.examine()
			if !errors.Is(err, errFound) {
				t.Errorf("error is %v, want that something was found", err)
			}
			wrong := marked(said, "!!")
			if !slices.ContainsFunc(wrong, func(line string) bool {
				return !slices.ContainsFunc(test.want, func(want string) bool { return !strings.Contains(line, want) })
			}) {
				t.Errorf("no line names %q in:\n%s", test.want, strings.Join(wrong, "\n"))
			}
		})
	}
}

func TestDoctorSeesThatDiscordSendsElsewhere(t *testing.T) {
	w := newDiscordWard(t, discordspace.Options{Endpoint: "https://incident.example.org/discord/interactions"})
	said, err := w.examine()
	if !errors.Is(err, errFound) {
		t.Errorf("error is %v", err)
	}
	if wrong := strings.Join(marked(said, "!!"), "\n"); !strings.Contains(wrong, "endpoint_set") || !strings.Contains(wrong, "DISCORD_PUBLIC_KEY") {
		t.Errorf("the doctor finds:\n%s", wrong)
	}
	// Before the first start the commands are not there, and that is as it should be.
	if notes := strings.Join(marked(said, "--"), "\n"); !strings.Contains(notes, "commands_outdated") || !strings.Contains(notes, "incidentbot serve") {
		t.Errorf("the notes are:\n%s", notes)
	}
}

// Discord tells nobody's address: whoever is known by it alone must link an account first.
func TestDoctorNamesRoleHoldersWhoAreNotLinked(t *testing.T) {
	w := newDiscordWard(t, discordspace.Options{})
	w.file = strings.Replace(w.file, `, discord: "1001"`, "", 1)
	unlinked := func() []string {
		said, err := w.examine()
		if err != nil {
			t.Errorf("error is %v", err)
		}
		return slices.DeleteFunc(marked(said, "--"), func(line string) bool { return !strings.Contains(line, "/incident koppla i Discord") })
	}
	if lines := unlinked(); len(lines) != 1 || !strings.Contains(lines[0], "karin@example.org") {
		t.Errorf("the notes are %q", lines)
	}
	w.register(func(tx *store.Tx) error {
		a, err := tx.EnsureAccount(t.Context(), "discord", "1001", "Karin")
		if err != nil {
			return err
		}
		a.Email = "karin@example.org"
		return tx.UpdateAccount(t.Context(), a)
	})
	if lines := unlinked(); len(lines) > 0 {
		t.Errorf("linked, the notes are %q", lines)
	}
}

func TestDoctorNamesWhatTheBotMayNotDoInTheServer(t *testing.T) {
	w := newDiscordWard(t, discordspace.Options{BotPermissions: discordspace.DefaultBotPermissions &^ discordspace.ManageChannels})
	w.registerCommands()
	said, err := w.examine()
	if !errors.Is(err, errFound) {
		t.Errorf("error is %v, want that something was found", err)
	}
	wrong := marked(said, "!!")
	if len(wrong) != 1 || !strings.Contains(wrong[0], "Manage Channels") || strings.Contains(wrong[0], "Manage Roles") ||
		!strings.Contains(wrong[0], "incidentbot manifest discord") {
		t.Errorf("what is wrong is %q", wrong)
	}
}
