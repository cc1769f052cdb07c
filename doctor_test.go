package main

import (
	"errors"
	"log/slog"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot/slack"
	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/store"
	"tyreso.se/incidentbot/store/storetest"
	workspace "tyreso.se/incidentbot/workspace/slack"
)

// ward is where the doctor is called to: a workspace and a register, in order until a test spoils something.
type ward struct {
	t           *testing.T
	space       *workspace.Workspace
	file        string
	environment map[string]string
}

func newWard(t *testing.T, database string) *ward {
	t.Helper()
	space := workspace.New(workspace.Options{Scopes: slack.Scopes()})
	server := httptest.NewServer(space)
	t.Cleanup(func() {
		space.Close()
		server.Close()
	})
	space.AddUser(workspace.User{ID: "U0KARIN", Name: "karin", Email: "karin@example.org"})
	space.AddUser(workspace.User{ID: "U0JOHAN", Name: "johan", Email: "johan@example.org"})
	space.AddChannel(workspace.Channel{ID: "C0TRIAGE", Name: "incidenter", BotIsMember: true})
	space.AddChannel(workspace.Channel{ID: "C0WITHOUT", Name: "utan-bot"})
	space.AddChannel(workspace.Channel{ID: "C0OLD", Name: "gammal", BotIsMember: true, Archived: true})
	w := &ward{
		t: t, space: space,
		file: "roles:\n  ciso: [{email: karin@example.org}]\n  security_chief: [{slack: U0JOHAN}]\nchannels:\n  triage: {slack: C0TRIAGE}\n",
		environment: map[string]string{
			"DATABASE_URL": database, "SLACK_API_URL": server.URL + "/api/",
			"SLACK_BOT_TOKEN": space.BotToken(), "SLACK_APP_TOKEN": space.AppToken(),
		},
	}
	w.register(func(tx *store.Tx) error {
		_, err := tx.ImportSystems(t.Context(), []store.System{{Key: "omsorg", Name: "Omsorgssystemet", Active: true}})
		return err
	})
	return w
}

// register writes in the register, migrated.
func (w *ward) register(fn func(tx *store.Tx) error) {
	w.t.Helper()
	s, err := store.Open(w.t.Context(), w.environment["DATABASE_URL"], store.Options{})
	if err != nil {
		w.t.Fatal(err)
	}
	defer s.Close()
	if err := migrate(w.t.Context(), s); err != nil {
		w.t.Fatal(err)
	}
	if err := s.InTx(w.t.Context(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// examine has the doctor look, and returns what was said, a line each, and the error.
func (w *ward) examine() ([]string, error) {
	w.t.Helper()
	texts, err := readTexts()
	if err != nil {
		w.t.Fatal(err)
	}
	var out strings.Builder
	d := doctor{texts: texts, lang: locale.Swedish, out: &out}
	cfg, err := configured(w.file, w.environment)
	err = d.examine(w.t.Context(), cfg, err)
	if out.Len() == 0 {
		return nil, err
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n"), err
}

func TestDoctorFindsNothingWhereAllIsWell(t *testing.T) {
	for name, database := range map[string]func(testing.TB) string{"sqlite": storetest.SQLiteURL, "postgres": storetest.PostgresURL} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t, database(t))
			said, err := w.examine()
			if err != nil {
				t.Errorf("error is %v", err)
			}
			for _, line := range said {
				if !strings.HasPrefix(line, "ok  ") {
					t.Errorf("the doctor says %s", line)
				}
			}
			all := strings.Join(said, "\n")
			for _, want := range append(slack.Scopes(), "Inställningarna", "svarar och är aktuell", "Socket Mode", "incidenter", "karin@example.org") {
				if !strings.Contains(all, want) {
					t.Errorf("nothing is said of %q in:\n%s", want, all)
				}
			}
			for _, secret := range []string{w.space.BotToken(), w.space.AppToken(), "password"} {
				if strings.Contains(all, secret) {
					t.Error("a secret is shown")
				}
			}
			if problems := w.space.Problems(); len(problems) > 0 {
				t.Errorf("Slack's rules were broken: %v", problems)
			}
		})
	}
}

func TestDoctorNamesWhatIsWrongAndWhatToDo(t *testing.T) {
	for name, test := range map[string]struct {
		spoil func(w *ward)
		want  []string // in one line that begins with !!
	}{
		"wrong bot token": {
			func(w *ward) { w.environment["SLACK_BOT_TOKEN"] = "xoxb-wrong" },
			[]string{"SLACK_BOT_TOKEN", "invalid_auth", "Kopiera token igen"}},
		"wrong app token": {
			func(w *ward) { w.environment["SLACK_APP_TOKEN"] = "xapp-wrong" },
			[]string{"SLACK_APP_TOKEN", "invalid_auth", "Kopiera token igen"}},
		"no token": {
			func(w *ward) { delete(w.environment, "SLACK_BOT_TOKEN"); delete(w.environment, "SLACK_APP_TOKEN") },
			[]string{"SLACK_BOT_TOKEN", "incidentbot manifest slack"}},
		"missing scope": {
			func(w *ward) {
				w.space.SetScopes(slices.DeleteFunc(slack.Scopes(), func(s string) bool { return s == "files:read" })...)
			},
			[]string{"files:read saknas", "incidentbot manifest slack", "installera om"}},
		"bot not in the channel": {
			func(w *ward) { w.file = strings.Replace(w.file, "C0TRIAGE", "C0WITHOUT", 1) },
			[]string{"C0WITHOUT", "not_in_channel", "/invite @incidentbot"}},
		"archived channel": {
			func(w *ward) { w.file = strings.Replace(w.file, "C0TRIAGE", "C0OLD", 1) },
			[]string{"C0OLD", "is_archived", "arkiverad"}},
		"channel that is not there": {
			func(w *ward) { w.file = strings.Replace(w.file, "C0TRIAGE", "C0NOWHERE", 1) },
			[]string{"C0NOWHERE", "channel_not_found", "Kontrollera kanalens id"}},
		"person whom nobody knows": {
			func(w *ward) { w.file = strings.Replace(w.file, "karin@", "carin@", 1) },
			[]string{"carin@example.org", "users_not_found", "Kontrollera adressen"}},
		"unknown key in the file": {
			func(w *ward) { w.file += "chanels: {}\n" },
			[]string{"incidentbot.yaml:6:1", "chanels", `did you mean "channels"?`}},
		"nobody to work the cases": {
			func(w *ward) { w.file = "roles:\n  security_chief: [{slack: U0JOHAN}]\n" },
			[]string{"ciso", "deputy_ciso", "roles"}},
		"no head of security": {
			func(w *ward) { w.file = "roles:\n  ciso: [{email: karin@example.org}]\n" },
			[]string{"security_chief", "roles"}},
		"unreachable PostgreSQL": {
			func(w *ward) {
				w.environment["DATABASE_URL"] = "postgres://bot:hemligt@127.0.0.1:1/register?sslmode=disable"
			},
			[]string{"postgres://bot:xxxxx@127.0.0.1:1/register", "DATABASE_URL", "i gång"}},
		"SQLite file that is not there": {
			func(w *ward) { w.environment["DATABASE_URL"] = "sqlite://" + filepath.Join(w.t.TempDir(), "none.db") },
			[]string{"none.db", "DATABASE_URL"}},
		"database that is not migrated": {
			func(w *ward) {
				w.environment["DATABASE_URL"] = storetest.SQLiteURL(w.t)
				s, err := store.Open(w.t.Context(), w.environment["DATABASE_URL"], store.Options{Logger: slog.New(slog.DiscardHandler)})
				if err != nil {
					w.t.Fatal(err)
				}
				if err := s.Close(); err != nil {
					w.t.Fatal(err)
				}
			},
			[]string{"incidentbot migrate up"}},
		"message that could not be delivered": {
			func(w *ward) {
				w.register(func(tx *store.Tx) error {
					ids, err := tx.AddDeliveries(w.t.Context(), []store.Delivery{{Lane: "slack:channel:C0GONE", Surface: "slack", Channel: "C0GONE", Kind: "card"}})
					if err != nil {
						return err
					}
					_, err = tx.FinishDelivery(w.t.Context(), ids[0], store.Dead, "not_in_channel")
					return err
				})
			},
			[]string{"card till slack:channel:C0GONE", "not_in_channel", "/invite @incidentbot", time.Now().UTC().Format("2006-")}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWard(t, storetest.MigratedSQLiteURL(t))
			test.spoil(w)
			said, err := w.examine()
			if !errors.Is(err, errFound) {
				t.Errorf("error is %v, want that something was found", err)
			}
			wrong := slices.DeleteFunc(said, func(line string) bool { return !strings.HasPrefix(line, "!!  ") })
			if len(wrong) != 1 {
				t.Errorf("%d lines name something wrong, want one:\n%s", len(wrong), strings.Join(wrong, "\n"))
			}
			for _, want := range test.want {
				if !strings.Contains(strings.Join(wrong, "\n"), want) {
					t.Errorf("%q is missing in:\n%s", want, strings.Join(wrong, "\n"))
				}
			}
			if strings.Contains(strings.Join(said, "\n"), "hemligt") {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestDoctorCannotReadTheSettings(t *testing.T) {
	failure := errors.New("no such disk")
	d := doctor{}
	if err := d.examine(t.Context(), config.Config{}, failure); !errors.Is(err, failure) {
		t.Errorf("error is %v", err)
	}
}
