package e2e_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"tyreso.se/incidentbot/store/storetest"
	"tyreso.se/incidentbot/workspace/slack"
)

// TestDoctor breaks one thing at a time and asks the doctor what is wrong and what to do about it.
func TestDoctor(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		spoil func(t *testing.T, s *slackStage) (environ map[string]string)
		wants []string // what the doctor must say; none: that all is well
	}{
		{"nothing is wrong", func(*testing.T, *slackStage) map[string]string { return nil }, nil},
		{"wrong token", func(*testing.T, *slackStage) map[string]string {
			return map[string]string{"SLACK_BOT_TOKEN": "xoxb-another"}
		}, []string{"SLACK_BOT_TOKEN", "invalid_auth", "Kopiera token"}},
		{"wrong app token", func(*testing.T, *slackStage) map[string]string {
			return map[string]string{"SLACK_APP_TOKEN": "xapp-another"}
		}, []string{"SLACK_APP_TOKEN", "invalid_auth", "xapp-"}},
		{"no token", func(*testing.T, *slackStage) map[string]string {
			return map[string]string{"SLACK_BOT_TOKEN": "", "SLACK_SIGNING_SECRET": ""}
		}, []string{"SLACK_BOT_TOKEN", "incidentbot manifest slack"}},
		{"missing scope", func(_ *testing.T, s *slackStage) map[string]string {
			var granted []string
			for _, scope := range slack.KnownScopes() {
				if scope != "im:write" {
					granted = append(granted, scope)
				}
			}
			s.SetScopes(granted...)
			return nil
		}, []string{"im:write", "installera om appen"}},
		{"bot not in channel", func(_ *testing.T, s *slackStage) map[string]string {
			s.AddChannel(slack.Channel{ID: triage, Name: "incidenter"})
			return nil
		}, []string{triage, "not_in_channel", "/invite"}},
		{"archived channel", func(_ *testing.T, s *slackStage) map[string]string {
			s.AddChannel(slack.Channel{ID: triage, Name: "incidenter", BotIsMember: true, Archived: true})
			return nil
		}, []string{triage, "is_archived", "Öppna den igen"}},
		{"missing channel", func(t *testing.T, s *slackStage) map[string]string {
			s.edit(t, triage, "C0ANNAN")
			return nil
		}, []string{"C0ANNAN", "channel_not_found", "Kontrollera kanalens id"}},
		{"person whom the chat does not know", func(t *testing.T, s *slackStage) map[string]string {
			s.edit(t, `slack: "`+ciso+`"`, "email: ingen@example.org")
			return nil
		}, []string{"ingen@example.org", "users_not_found", "Kontrollera adressen"}},
		{"nobody to work the cases", func(t *testing.T, s *slackStage) map[string]string {
			s.edit(t, `ciso: [{slack: "`+ciso+`"}]`, "ciso: []")
			return nil
		}, []string{"ciso", "inställningsfilen"}},
		{"unknown key in the file", func(t *testing.T, s *slackStage) map[string]string {
			s.edit(t, "  triage: {slack:", "  triage: {slak:")
			return nil
		}, []string{"incidentbot.yaml:6:12", "slak"}},
		{"missing file", func(_ *testing.T, s *slackStage) map[string]string {
			return map[string]string{"INCIDENTBOT_CONFIG": s.config + ".old"}
		}, []string{"incidentbot.yaml.old", "incidentbot.example.yaml"}},
		{"unreachable database", func(t *testing.T, _ *slackStage) map[string]string {
			return map[string]string{"DATABASE_URL": fmt.Sprintf("postgres://anna:hemligt@127.0.0.1:%d/register?sslmode=disable", freePort(t))}
		}, []string{"127.0.0.1", "DATABASE_URL"}},
		{"missing database file", func(*testing.T, *slackStage) map[string]string {
			return map[string]string{"DATABASE_URL": storetest.SQLiteURL(t)}
		}, []string{"register.db", "DATABASE_URL"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newSlackStage(t, storetest.SQLiteURL(t), play{})
			s.start() // creates the register; the doctor is asked beside the running program
			said := runProgram(t, with(s.environ, test.spoil(t, s)), "doctor")
			all := said.stdout + said.stderr
			if want := min(len(test.wants), 1); said.code != want {
				t.Errorf("exit code %d, want %d", said.code, want)
			}
			for _, want := range test.wants {
				if !strings.Contains(all, want) {
					t.Errorf("%q is not mentioned", want)
				}
			}
			if complains := strings.Contains(said.stdout, "!!"); complains != (len(test.wants) > 0) {
				t.Errorf("complains: %t", complains)
			}
			for _, secret := range []string{"xoxb-", "xapp-another", s.SigningSecret(), "hemligt"} {
				if strings.Contains(strings.ReplaceAll(all, "med xoxb-", ""), secret) {
					t.Errorf("a secret was shown: %.8s…", secret)
				}
			}
			if t.Failed() {
				t.Logf("the doctor said:\n%s", all)
			}
		})
	}
}

// edit changes the configuration file.
func (s *stage) edit(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(s.config)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), from, to, 1)
	if changed == string(text) {
		t.Fatalf("%q does not stand in the configuration file", from)
	}
	if err := os.WriteFile(s.config, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
}
