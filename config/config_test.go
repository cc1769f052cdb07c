package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tyreso.se/incidentbot/config"
	"tyreso.se/incidentbot/policy"
)

// load reads settings from files and variables held in maps. A home folder is always there.
func load(path string, files, vars map[string]string) (config.Config, error) {
	env := map[string]string{"HOME": "/home/bot"}
	maps.Copy(env, vars)
	return config.Load(path,
		func(name string) (string, bool) { v, ok := env[name]; return v, ok },
		func(name string) ([]byte, error) {
			text, ok := files[name]
			if !ok {
				return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return []byte(text), nil
		})
}

func loadText(text string) (config.Config, error) {
	return load("bot.yaml", map[string]string{"bot.yaml": text}, nil)
}

func TestDefaultsHoldWhenNothingIsSaid(t *testing.T) {
	roles := map[string][]config.Person{}
	for _, r := range config.RoleKeys() {
		roles[r] = []config.Person{}
	}
	want := config.Config{
		Organisation: config.Organisation{Name: "Kommunen", Timezone: "Europe/Stockholm", Language: "sv"},
		Roles:        roles,
		Followup:     config.Followup{Month: 1},
		Escalation:   config.Escalation{SeriousMinutes: 15, SignificantMinutes: 60, Hour: 10, LowDays: 3},
		Inform:       config.Inform{SystemOwner: true, UnitManager: true},
		Significant:  config.Significant{OutageHours: 4, Persons: 500, SameCause: 2, SameCauseDays: 183},
		Risk:         config.Risk{Medium: 5, High: 10, Grave: 15},
		Attachments:  config.Attachments{MaxMegabytes: 10},
		Drafts:       config.Drafts{KeepHours: 24},
		Training:     config.Training{From: "08:30", To: "16:00", DigestDay: "monday"},
		Retention:    config.Retention{Months: 24},
		Limits: config.Limits{
			Slack:   config.PostLimits{PostsPerSecondPerChannel: 1, PostsPerMinute: 300},
			Discord: config.PostLimits{PostsPerSecondPerChannel: 1, PostsPerMinute: 1200},
		},
		Database: "sqlite:///home/bot/.local/share/incidentbot/incidentbot.db",
		Listen:   "127.0.0.1:8080",
		Slack:    config.Slack{APIURL: "https://slack.com/api/"},
		Log:      config.Log{Level: slog.LevelInfo, Format: "text"},
	}
	for name, text := range map[string]string{"no file": "", "empty file": "\n", "comments only": "# inget\n", "empty keys": "roles:\nweb:\nobligations:\nescalation: {hour: }\n"} {
		t.Run(name, func(t *testing.T) {
			path := "bot.yaml"
			if name == "no file" {
				path = ""
			}
			got, err := load(path, map[string]string{"bot.yaml": text}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
	if got := want.Drafts.Keep(); got != 24*time.Hour {
		t.Errorf("drafts are kept for %v, want 24 h", got)
	}
}

func TestFileIsRead(t *testing.T) {
	// The contract's own example, with anchors, block texts and unquoted ids besides.
	c, err := loadText(`
organisation: {name: Tyresö kommun, timezone: Europe/Stockholm, language: sv}
roles:                     # people per role
  ciso:             [&anna {email: CISO@example.org, slack: U0CISO, discord: "1001"}]
  deputy_ciso:      []
  dpo:              [{email: dso@example.org}]
  security_chief:   [*anna]
channels:
  triage:   {slack: C0TRIAGE, discord: 2001, confidential: true}
  revision: {slack: C0TRIAGE}
documents:
  - {key: infosak-policy, title: Informationssäkerhetspolicy, owner: ciso, revise_month: 8}
courses:
  - {key: infosak-grund, title: Informationssäkerhet grund, interval_months: 12, audience: [employee, elected], grace_days: 30}
advice:
  loss:
    sv: |
      Ring.
      Spärra.
obligations:
  gdpr-33-1: {hours: 48, months: 0, recipient: Myndigheten, portal: https://imy.example/anmal, source: artikel 33, checked: 2026-12-01, roles: [dpo]}
  cyber-2-8: {hours: 0, months: 2}
  cyber-2-6: {hours: , months: 1}
  cyber-2-9:
escalation: {serious_minutes: 5, low_days: 1}
inform: {unit_manager: false}
retention: {months: 36}
significant: {persons: 100, same_cause_days: 365}
risk: {medium: 4, high: 9}
mail: {from: Ärendebot <bot@example.org>}
web: {base_url: https://bot.example.org/}
limits: {slack: {posts_per_second_per_channel: 0.5}, discord: {posts_per_minute: 600}}
`)
	if err != nil {
		t.Fatal(err)
	}
	anna := config.Person{Email: "ciso@example.org", Slack: "U0CISO", Discord: "1001"}
	want := config.Config{
		Organisation: config.Organisation{Name: "Tyresö kommun", Timezone: "Europe/Stockholm", Language: "sv"},
		Roles: map[string][]config.Person{
			config.CISO: {anna}, config.DPO: {{Email: "dso@example.org"}}, config.SecurityChief: {anna},
		},
		Channels: config.Channels{
			Triage:   config.Channel{Slack: "C0TRIAGE", Discord: "2001", Confidential: true},
			Revision: config.Channel{Slack: "C0TRIAGE"},
		},
		Documents: []config.Document{{Key: "infosak-policy", Title: "Informationssäkerhetspolicy", Owner: "ciso", ReviseMonth: 8}},
		Courses: []config.Course{{
			Key: "infosak-grund", Title: "Informationssäkerhet grund", IntervalMonths: 12,
			Audience: []string{"employee", "elected"}, GraceDays: 30, LeadDays: 30, RemindEveryDays: 7, Reminders: 5, Minutes: 5,
		}},
		Advice: map[string]config.Advice{"loss": {SV: "Ring.\nSpärra.\n"}},
		Obligations: map[string]config.Obligation{
			"gdpr-33-1": {
				Hours: 48, Recipient: "Myndigheten", Portal: "https://imy.example/anmal", Source: "artikel 33", Checked: "2026-12-01",
				Roles: []string{config.DPO},
			},
			"cyber-2-8": {Months: 2},
			"cyber-2-6": {Months: 1},
			"cyber-2-9": {},
		},
		Followup:    config.Followup{Month: 1},
		Escalation:  config.Escalation{SeriousMinutes: 5, SignificantMinutes: 60, Hour: 10, LowDays: 1},
		Inform:      config.Inform{SystemOwner: true},
		Retention:   config.Retention{Months: 36},
		Significant: config.Significant{OutageHours: 4, Persons: 100, SameCause: 2, SameCauseDays: 365},
		Risk:        config.Risk{Medium: 4, High: 9, Grave: 15},
		Attachments: config.Attachments{MaxMegabytes: 10},
		Drafts:      config.Drafts{KeepHours: 24},
		Training:    config.Training{From: "08:30", To: "16:00", DigestDay: "monday"},
		Mail:        config.Mail{From: "Ärendebot <bot@example.org>"},
		Web:         config.Web{BaseURL: "https://bot.example.org"},
		Limits: config.Limits{
			Slack:   config.PostLimits{PostsPerSecondPerChannel: 0.5, PostsPerMinute: 300},
			Discord: config.PostLimits{PostsPerSecondPerChannel: 1, PostsPerMinute: 600},
		},
	}
	ignore := cmpopts.IgnoreFields(config.Config{}, "Database", "Listen", "Slack", "Discord", "Log")
	empty := cmpopts.IgnoreMapEntries(func(_ string, p []config.Person) bool { return len(p) == 0 })
	if d := cmp.Diff(want, c, ignore, empty); d != "" {
		t.Error(d)
	}
	if got := c.Organisation.Location().String(); got != "Europe/Stockholm" {
		t.Errorf("location %s", got)
	}
}

func TestFileProblemsAreNamedWithTheirPlace(t *testing.T) {
	tests := map[string]struct {
		text string
		want string // a line for each problem, without the file's name
	}{
		"not YAML":            {"roles: [", `1:8: cannot be read as YAML: sequence end token ']' not found`},
		"key twice":           {"web: {}\nweb: {}", `2:1: cannot be read as YAML: mapping key "web" already defined at [1:1]`},
		"two documents":       {"web: {}\n---\nweb: {}", `2:1: holds a second document; remove the line "---"`},
		"not keys and values": {"- a", `1:1: the file must hold keys and values: "key: value"`},
		"unknown key": {"organisation:\n  name: Tyresö\n  timezon: UTC",
			`3:3: unknown key "timezon" in organisation; did you mean "timezone"?`},
		"unknown key at the top": {"rolls: {}", `1:1: unknown key "rolls" here; did you mean "roles"?`},
		"unknown key, none near": {"web: {colour: red}", `1:7: unknown key "colour" in web; known here: base_url`},
		"unknown key in a list":  {"documents:\n  - owned: x\n    key: a\n    title: A\n    owner: ciso\n    revise_month: 8", `2:5: unknown key "owned" in documents[0]; did you mean "owner"?`},
		"text for a number":      {"drafts: {keep_hours: dygn}", `1:22: drafts.keep_hours must be a whole number, not "dygn"`},
		"fraction for a number":  {"drafts: {keep_hours: 1.5}", `1:22: drafts.keep_hours must be a whole number, not "1.5"`},
		"text for a rate":        {"limits: {slack: {posts_per_second_per_channel: x}}", `1:48: limits.slack.posts_per_second_per_channel must be a number, not "x"`},
		"text for yes or no": {"channels: {triage: {slack: C1, confidential: ja}}",
			`1:46: channels.triage.confidential must be true or false, not "ja"`},
		"map for a text":      {"organisation: {name: {sv: x}}", `1:22: organisation.name must be a text`},
		"text for a list":     {"roles: {ciso: anna}", `1:15: roles.ciso must be a list: a line beginning with "- " for each, or [] for none`},
		"text for a map":      {"web: https://x", `1:6: web must hold keys and values: "key: value"`},
		"alias to itself":     {"web: &a {base_url: *a}", `1:9: web.base_url must be a text`},
		"unknown alias":       {"roles: {ciso: [*anna]}", `1:16: no &anna stands above this`},
		"empty name":          {"organisation:\n  name: ' '", `2:9: organisation.name is empty: write what the organisation is called`},
		"no time zone":        {"organisation: {timezone: Stockholm}", `1:26: organisation.timezone "Stockholm" is no time zone: write a name such as Europe/Stockholm`},
		"machine's time zone": {"organisation: {timezone: Local}", `1:26: organisation.timezone "Local" is no time zone: write a name such as Europe/Stockholm`},
		"no language":         {"organisation: {language: fi}", `1:26: organisation.language "fi" is not known; known here: sv, en`},
		"no number and nothing more": {"documents: [{key: a, title: A, owner: ciso, revise_month: augusti}]",
			`1:59: documents[0].revise_month must be a whole number, not "augusti"`},
		"no role":            {"roles:\n  cisso: []", `2:3: unknown role "cisso"; did you mean "ciso"?`},
		"nobody":             {"roles:\n  ciso:\n    - {}", `3:7: roles.ciso[0] names nobody: write at least one of email, slack and discord`},
		"no e-mail":          {"roles: {ciso: [{email: anna}]}", `1:24: roles.ciso[0].email "anna" is no e-mail address: write it like name@example.org`},
		"e-mail with a name": {"roles: {ciso: [{email: Anna <a@b.se>}]}", `1:24: roles.ciso[0].email "anna <a@b.se>" is no e-mail address: write it like name@example.org`},
		"no member id":       {"roles: {ciso: [{slack: anna}]}", `1:24: roles.ciso[0].slack "anna" is no Slack member id: it begins with U or W (in Slack: profile, "Copy member ID")`},
		"no channel id":      {"channels:\n  triage: {slack: '#triage'}", `2:19: channels.triage.slack "#triage" is no Slack channel id: it begins with C or G (in Slack: channel details, at the bottom)`},
		"no snowflake":       {"channels: {triage: {discord: triage}}", `1:30: channels.triage.discord "triage" is no Discord id: it is digits only (developer mode on, right-click, "Copy ID")`},
		"confidential nothing": {"channels: {triage: {confidential: true}}",
			`1:35: channels.triage is confidential but names no channel: write slack or discord`},
		"document without anything": {"documents:\n  - {}", `2:5: documents[0].key "" must be small letters a–z, digits and hyphens
2:5: documents[0].title is missing
2:5: documents[0].owner "" is not known; known here: ciso, deputy_ciso, dpo, security_chief, it_chief, lawyer, archivist, chief_executive
2:5: documents[0].revise_month must lie between 1 and 12, not 0`},
		"document twice": {
			"documents:\n  - &a {key: a, title: A, owner: ciso, revise_month: 8}\n  - *a",
			`2:14: documents[1].key "a" stands above already: give each its own`,
		},
		"no month": {"documents: [{key: a, title: A, owner: ciso, revise_month: 13}]", `1:59: documents[0].revise_month must lie between 1 and 12, not 13`},
		"course": {"courses: [{key: A, title: A, interval_months: 0, audience: [all, staff], grace_days: -1}]",
			`1:17: courses[0].key "A" must be small letters a–z, digits and hyphens
1:47: courses[0].interval_months must lie between 1 and 120, not 0
1:61: courses[0].audience[0] "all" is not known; known here: employee, elected, supplier, manager
1:66: courses[0].audience[1] "staff" is not known; known here: employee, elected, supplier, manager
1:86: courses[0].grace_days must lie between 0 and 365, not -1`},
		"training": {"training: {from: 8.30, to: \"25:00\", digest_day: sunday}",
			`1:18: training.from "8.30" is no time of day: write it like 08:30
1:28: training.to "25:00" is no time of day: write it like 16:00
1:49: training.digest_day "sunday" is not known; did you mean "monday"?`},
		"a version of nothing": {"courses: [{key: a, title: A, audience: [employee], interval_months: 1, version: x}]",
			`1:81: courses[0].version is of no document: write document as well`},
		"a course's reminders": {"courses: [{key: a, title: A, audience: [employee], interval_months: 1, lead_days: 40, document: y, from: nu}]",
			`1:83: courses[0].lead_days must lie between 0 and 27, not 40
1:97: courses[0].document "y" is not among the documents
1:106: courses[0].from "nu" is no date: write it like 2026-11-23`},
		"course for nobody": {"courses: [{key: a, title: A, interval_months: 1}]",
			`1:11: courses[0].audience is empty: write whom the course is for, of employee, elected, supplier, manager`},
		"no category":        {"advice: {lost: {sv: x}}", `1:10: unknown category "lost"; did you mean "loss"?`},
		"no advice language": {"advice: {loss: {fi: x}}", `1:17: unknown key "fi" in advice.loss; known here: sv, en`},
		"no step":            {"obligations: {gdpr-33-l: {hours: 72}}", `1:15: unknown step "gdpr-33-l"; did you mean "gdpr-33-1"?`},
		"no step near": {"obligations: {arkivlagen: {}}",
			`1:15: unknown step "arkivlagen"; known here: gdpr-33-1, gdpr-33-4, gdpr-33-5, gdpr-34, cyber-2-5, cyber-2-6, cyber-2-8, cyber-2-9`},
		"unknown key in a step": {"obligations: {gdpr-34: {hour: 72}}", `1:25: unknown key "hour" in obligations.gdpr-34; did you mean "hours"?`},
		"no hours":              {"obligations: {gdpr-33-1: {hours: 0}}", `1:34: obligations.gdpr-33-1.hours must lie between 1 and 8760, not 0`},
		"too many hours":        {"obligations: {gdpr-33-1: {hours: 8761}}", `1:34: obligations.gdpr-33-1.hours must lie between 1 and 8760, not 8761`},
		"no months":             {"obligations: {cyber-2-8: {months: 0}}", `1:35: obligations.cyber-2-8.months must lie between 1 and 24, not 0`},
		"too many months":       {"obligations: {cyber-2-8: {months: 25}}", `1:35: obligations.cyber-2-8.months must lie between 1 and 24, not 25`},
		"less than no months":   {"obligations: {cyber-2-8: {months: -1}}", `1:35: obligations.cyber-2-8.months must lie between 1 and 24, not -1`},
		"neither hours nor months": {"obligations: {cyber-2-8: {hours: 0, months: 0}}",
			"1:34: obligations.cyber-2-8.hours must lie between 1 and 8760, not 0\n1:45: obligations.cyber-2-8.months must lie between 1 and 24, not 0"},
		"hours and months": {"obligations: {cyber-2-8: {hours: 24, months: 1}}",
			`1:46: obligations.cyber-2-8 has both hours and months: remove the one that the limit is not counted in`},
		"blank texts": {"obligations: {gdpr-34: {recipient: ' ', source: ' '}}",
			"1:36: obligations.gdpr-34.recipient is blank: write a text, or remove the key to keep the built-in one\n" +
				"1:49: obligations.gdpr-34.source is blank: write a text, or remove the key to keep the built-in one"},
		"no portal": {"obligations: {gdpr-33-1: {portal: ftp://imy.se}}",
			`1:35: obligations.gdpr-33-1.portal is no address: write it like https://host/path`},
		"no date":     {"obligations: {gdpr-33-1: {checked: 23/11 2026}}", `1:36: obligations.gdpr-33-1.checked "23/11 2026" is no date: write it like 2026-11-23`},
		"no such day": {"obligations: {gdpr-33-1: {checked: 2026-02-30}}", `1:36: obligations.gdpr-33-1.checked "2026-02-30" is no date: write it like 2026-11-23`},
		"nobody in line": {"obligations: {gdpr-33-1: {roles: []}}",
			`1:34: obligations.gdpr-33-1.roles is empty: write at least one role, or remove the key to keep the built-in ones`},
		"no role in line": {"obligations: {gdpr-33-1: {roles: [ciso, dpoo]}}", `1:41: obligations.gdpr-33-1.roles[1] "dpoo" is not known; did you mean "dpo"?`},
		"twice in line": {"obligations: {gdpr-33-1: {roles: [dpo, ciso, dpo]}}",
			`1:46: obligations.gdpr-33-1.roles[2] "dpo" stands before already: write each role once`},
		"two steps at the same place": {"obligations: {gdpr-34: &a {hours: 0}, cyber-2-5: *a}",
			"1:35: obligations.cyber-2-5.hours must lie between 1 and 8760, not 0\n1:35: obligations.gdpr-34.hours must lie between 1 and 8760, not 0"},
		"waits too short": {"escalation: {serious_minutes: 0, significant_minutes: 0, hour: 5, low_days: 0}",
			`1:31: escalation.serious_minutes must lie between 1 and 1440, not 0
1:55: escalation.significant_minutes must lie between 1 and 10080, not 0
1:64: escalation.hour must lie between 6 and 20, not 5
1:77: escalation.low_days must lie between 1 and 20, not 0`},
		"waits too long": {"escalation: {serious_minutes: 1441, significant_minutes: 10081, hour: 21, low_days: 21}",
			`1:31: escalation.serious_minutes must lie between 1 and 1440, not 1441
1:58: escalation.significant_minutes must lie between 1 and 10080, not 10081
1:71: escalation.hour must lie between 6 and 20, not 21
1:85: escalation.low_days must lie between 1 and 20, not 21`},
		"thresholds too low": {"significant: {outage_hours: 0, persons: 0, same_cause: 1, same_cause_days: 0}",
			`1:29: significant.outage_hours must lie between 1 and 168, not 0
1:41: significant.persons must lie between 1 and 1000000, not 0
1:56: significant.same_cause must lie between 2 and 100, not 1
1:76: significant.same_cause_days must lie between 1 and 3650, not 0`},
		"thresholds too high": {"significant: {outage_hours: 169, persons: 1000001, same_cause: 101, same_cause_days: 3651}",
			`1:29: significant.outage_hours must lie between 1 and 168, not 169
1:43: significant.persons must lie between 1 and 1000000, not 1000001
1:64: significant.same_cause must lie between 2 and 100, not 101
1:86: significant.same_cause_days must lie between 1 and 3650, not 3651`},
		"risk limits too low": {"risk: {medium: 1, high: 1, grave: 2}",
			`1:16: risk.medium must lie between 2 and 23, not 1
1:25: risk.high must lie between 2 and 24, not 1`},
		"risk limits that fall": {"risk: {medium: 10, high: 5, grave: 26}",
			`1:26: risk.high must lie between 11 and 24, not 5
1:36: risk.grave must lie between 6 and 25, not 26`},
		"unknown wait":            {"escalation: {minutes: 5}", `1:14: unknown key "minutes" in escalation; known here: serious_minutes, significant_minutes, hour, low_days`},
		"too large files":         {"attachments: {max_megabytes: 5000}", `1:30: attachments.max_megabytes must lie between 1 and 100, not 5000`},
		"no sender":               {"mail: {from: incidentbot}", `1:14: mail.from "incidentbot" is no sender: write it like Incidentbot <incident@example.org>`},
		"no rate":                 {"limits: {slack: {posts_per_second_per_channel: 0, posts_per_minute: 0}}", "1:48: limits.slack.posts_per_second_per_channel must lie between 0.01 and 100, not 0\n1:69: limits.slack.posts_per_minute must lie between 1 and 10000, not 0"},
		"more than Discord takes": {"limits: {discord: {posts_per_minute: 3001}}", "1:38: limits.discord.posts_per_minute must lie between 1 and 3000, not 3001"},
		"no address":              {"web: {base_url: bot.example.org}", `1:17: web.base_url is no address: write it like https://host/path`},
		"several at once, from the top": {"wbe: {}\nroles: {ciso: [{email: anna}]}\norganisation: {language: fi}",
			`1:1: unknown key "wbe" here; did you mean "web"?
2:24: roles.ciso[0].email "anna" is no e-mail address: write it like name@example.org
3:26: organisation.language "fi" is not known; known here: sv, en`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := loadText(tt.text)
			if err == nil {
				t.Fatal("no error")
			}
			want := "bot.yaml:" + strings.ReplaceAll(tt.want, "\n", "\nbot.yaml:")
			if d := cmp.Diff(want, err.Error()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFileThatIsNotThere(t *testing.T) {
	want := "saknas.yaml: cannot be read: no such file; begin from incidentbot.example.yaml"
	for name, vars := range map[string]map[string]string{"named": nil, "named in the environment": {"INCIDENTBOT_CONFIG": "saknas.yaml"}} {
		t.Run(name, func(t *testing.T) {
			path := "saknas.yaml"
			if vars != nil {
				path = ""
			}
			_, err := load(path, nil, vars)
			if err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
		})
	}
}

func TestEnvironmentIsRead(t *testing.T) {
	got, err := load("", map[string]string{"/run/secrets/bot": "xoxb-hemlig\n"}, map[string]string{
		"DATABASE_URL":           "postgres://bot:hemligt@db/incidentbot?sslmode=disable",
		"INCIDENTBOT_LISTEN":     ":9000",
		"SLACK_BOT_TOKEN_FILE":   "/run/secrets/bot",
		"SLACK_BOT_TOKEN":        "", // as compose passes on what is not set
		"SLACK_APP_TOKEN":        "xapp-hemlig",
		"SLACK_SIGNING_SECRET":   "signatur",
		"SLACK_API_URL":          "http://127.0.0.1:3000/api",
		"DISCORD_BOT_TOKEN":      "discord",
		"DISCORD_PUBLIC_KEY":     strings.Repeat("ab", 32),
		"DISCORD_APPLICATION_ID": "123",
		"DISCORD_GUILD_ID":       "456",
		"DISCORD_API_URL":        "http://127.0.0.1:3001/api",
		"DISCORD_GATEWAY_URL":    "ws://127.0.0.1:3001/gateway",
		"LOG_LEVEL":              "debug",
		"LOG_FORMAT":             "json",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config.Config{
		Database: "postgres://bot:hemligt@db/incidentbot?sslmode=disable",
		Listen:   ":9000",
		Slack: config.Slack{
			BotToken: "xoxb-hemlig", AppToken: "xapp-hemlig", SigningSecret: "signatur", APIURL: "http://127.0.0.1:3000/api/",
		},
		Discord: config.Discord{
			BotToken: "discord", PublicKey: strings.Repeat("ab", 32), ApplicationID: "123", GuildID: "456",
			APIURL: "http://127.0.0.1:3001/api", GatewayURL: "ws://127.0.0.1:3001/gateway",
		},
		Log: config.Log{Level: slog.LevelDebug, Format: "json"},
	}
	file := cmpopts.IgnoreFields(config.Config{},
		"Organisation", "Roles", "Channels", "Documents", "Followup", "Courses", "Training", "Advice", "Obligations",
		"Escalation", "Inform",
		"Significant", "Risk", "Retention",
		"Attachments", "Drafts", "Mail", "Web", "Limits")
	if d := cmp.Diff(want, got, file); d != "" {
		t.Error(d)
	}
}

func TestDatabaseLiesInTheDataFolderByDefault(t *testing.T) {
	tests := map[string]struct {
		vars map[string]string
		want config.DatabaseURL
	}{
		"home":                     {nil, "sqlite:///home/bot/.local/share/incidentbot/incidentbot.db"},
		"the user's data folder":   {map[string]string{"XDG_DATA_HOME": "/data"}, "sqlite:///data/incidentbot/incidentbot.db"},
		"not a relative folder":    {map[string]string{"XDG_DATA_HOME": "data"}, "sqlite:///home/bot/.local/share/incidentbot/incidentbot.db"},
		"systemd's state folder":   {map[string]string{"STATE_DIRECTORY": "/var/lib/incidentbot", "XDG_DATA_HOME": "/data"}, "sqlite:///var/lib/incidentbot/incidentbot.db"},
		"the first of its folders": {map[string]string{"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}, "sqlite:///var/lib/a/incidentbot.db"},
		"a folder with a space":    {map[string]string{"XDG_DATA_HOME": "/min data"}, "sqlite:///min%20data/incidentbot/incidentbot.db"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := load("", nil, tt.vars)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(tt.want), string(c.Database)); d != "" {
				t.Error(d)
			}
		})
	}
}

// mailed are the variables of a bot that sends mail by a server.
func mailed(server string) map[string]string {
	return map[string]string{"INCIDENTBOT_CONFIG": "mail.yaml", "SMTP_URL": server}
}

func TestMailServers(t *testing.T) {
	for _, server := range []string{
		"smtp://mail.example", "smtp://bot%40kommun.example:h%2Fmligt@mail.example:587", "smtps://mail.example:465/", "smtp+insecure://127.0.0.1:25",
		"smtp://[::1]:2525",
	} {
		c, err := load("mail.yaml", map[string]string{"mail.yaml": "mail: {from: bot@example.org}", "/f": server + "\n"}, map[string]string{"SMTP_URL_FILE": "/f"})
		if err != nil || string(c.Mail.Server) != server {
			t.Errorf("%s: %q, %v", server, string(c.Mail.Server), err)
		}
	}
}

func TestEnvironmentProblemsAreNamed(t *testing.T) {
	tests := map[string]struct {
		vars map[string]string
		want string
	}{
		"token and file": {map[string]string{"SLACK_BOT_TOKEN": "xoxb-hemlig", "SLACK_BOT_TOKEN_FILE": "/secret"},
			"SLACK_BOT_TOKEN: is given, and SLACK_BOT_TOKEN_FILE too: remove one of them"},
		"no such file":           {map[string]string{"DISCORD_BOT_TOKEN_FILE": "/saknas"}, "DISCORD_BOT_TOKEN_FILE: open /saknas: file does not exist"},
		"empty file":             {map[string]string{"SLACK_BOT_TOKEN_FILE": "/empty"}, "SLACK_BOT_TOKEN_FILE: /empty is empty"},
		"no bot token":           {map[string]string{"SLACK_SIGNING_SECRET": "x"}, "SLACK_BOT_TOKEN: is missing, and the other Slack settings are of no use without it: it begins with xoxb-"},
		"no Discord bot":         {map[string]string{"DISCORD_PUBLIC_KEY": strings.Repeat("0", 64)}, "DISCORD_BOT_TOKEN: is missing, and the other Discord settings are of no use without it"},
		"no home":                {map[string]string{"HOME": ""}, "DATABASE_URL: is not set, and there is no home folder to keep a database in: write sqlite:///path/file.db or postgres://user:password@host/name"},
		"no database":            {map[string]string{"DATABASE_URL": "mysql://x"}, `DATABASE_URL: must begin with sqlite:// or postgres://, not "mysql"`},
		"no file":                {map[string]string{"DATABASE_URL": "sqlite://bot.db"}, "DATABASE_URL: names no file: write sqlite:///path/file.db, with three slashes"},
		"odd password":           {map[string]string{"DATABASE_URL": "postgres://bot:h%mligt@db/x"}, "DATABASE_URL: is no address: a password with signs such as # / ? must be percent-encoded"},
		"no port":                {map[string]string{"INCIDENTBOT_LISTEN": "localhost"}, `INCIDENTBOT_LISTEN: "localhost" is no address to listen on: write host:port, such as 127.0.0.1:8080 or :8080`},
		"port too high":          {map[string]string{"INCIDENTBOT_LISTEN": ":80800"}, `INCIDENTBOT_LISTEN: ":80800" is no address to listen on: write host:port, such as 127.0.0.1:8080 or :8080`},
		"no Slack":               {map[string]string{"SLACK_API_URL": "slack.com"}, "SLACK_API_URL: is no address: write it like https://host/path"},
		"no gateway":             {map[string]string{"DISCORD_GATEWAY_URL": "https://x"}, "DISCORD_GATEWAY_URL: is no address: write it like wss://host/path"},
		"short key":              {map[string]string{"DISCORD_BOT_TOKEN": "x", "DISCORD_APPLICATION_ID": "1", "DISCORD_PUBLIC_KEY": "abcd"}, "DISCORD_PUBLIC_KEY: must be 64 hexadecimal digits, as the application's page shows it"},
		"no Discord application": {map[string]string{"DISCORD_BOT_TOKEN": "x"}, "DISCORD_APPLICATION_ID: is missing: it stands on the application's page, under General Information"},
		"no guild":               {map[string]string{"DISCORD_GUILD_ID": "x"}, `DISCORD_GUILD_ID: "x" is no Discord id: it is digits only`},
		"no level":               {map[string]string{"LOG_LEVEL": "mycket"}, `LOG_LEVEL: "mycket" is no level: write debug, info, warn or error`},
		"no format":              {map[string]string{"LOG_FORMAT": "xml"}, `LOG_FORMAT: "xml" is no format: write text or json`},
		"no mail scheme":         {mailed("mail.example:587"), "SMTP_URL: must begin with smtp:// (encrypted by STARTTLS), smtps:// (encrypted from the start) or smtp+insecure:// (in clear text)"},
		"no mail server":         {mailed("smtp://"), "SMTP_URL: names no server: write smtp://user:password@host:587"},
		"odd mail password":      {mailed("smtp://bot:h%mligt@mail.example"), "SMTP_URL: is no address: a user name or password with signs such as # / ? @ must be percent-encoded"},
		"more than a server":     {mailed("smtp://mail.example/?tls=no"), "SMTP_URL: holds more than a server: remove what comes after the port"},
		"no mail password":       {mailed("smtp://bot@mail.example"), "SMTP_URL: must hold both a user name and a password, or neither"},
		"password in clear":      {mailed("smtp+insecure://bot:x@mail.example"), "SMTP_URL: would send the password in clear text: write smtp:// or smtps://, or remove the password"},
		"no mail port":           {mailed("smtp://mail.example:0"), "SMTP_URL: has a port that is none"},
		"no sender": {map[string]string{"SMTP_URL": "smtp://mail.example"},
			"SMTP_URL: is given, but mail.from is missing in the settings file: write from whom the mail comes"},
		"several at once": {map[string]string{"LOG_FORMAT": "xml", "SLACK_API_URL": "x"}, "SLACK_API_URL: is no address: write it like https://host/path\nLOG_FORMAT: \"xml\" is no format: write text or json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := load("", map[string]string{"/secret": "s", "/empty": " \n", "mail.yaml": "mail: {from: bot@example.org}"}, tt.vars)
			if err == nil {
				t.Fatal("no error")
			}
			if d := cmp.Diff(tt.want, err.Error()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestAllProblemsAreListedTogether(t *testing.T) {
	_, err := load("bot.yaml", map[string]string{"bot.yaml": "wbe: {}"}, map[string]string{"LOG_FORMAT": "xml"})
	var problems config.Problems
	if !errors.As(err, &problems) {
		t.Fatalf("got %T, want config.Problems", err)
	}
	want := config.Problems{
		{Where: "bot.yaml", Line: 1, Column: 1, Text: `unknown key "wbe" here; did you mean "web"?`},
		{Where: "LOG_FORMAT", Text: `"xml" is no format: write text or json`},
	}
	if d := cmp.Diff(want, problems); d != "" {
		t.Error(d)
	}
}

func TestSecretsAreNeverPrinted(t *testing.T) {
	c := config.Config{
		Slack:    config.Slack{BotToken: "hemligt", AppToken: "hemligt", SigningSecret: "hemligt"},
		Discord:  config.Discord{BotToken: "hemligt"},
		Mail:     config.Mail{Server: "smtp://bot:hemligt@host"},
		Database: "postgres://bot:hemligt@db/incidentbot?password=hemligt",
	}
	printed := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
		printed[verb] = fmt.Sprintf(verb, c)
	}
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	printed["json"] = string(encoded)
	encoded, err = yaml.Marshal(map[string]any{"secret": c.Slack.BotToken, "database": c.Database})
	if err != nil {
		t.Fatal(err)
	}
	printed["yaml"] = string(encoded)
	for _, format := range []string{"text", "json"} {
		var log strings.Builder
		var h slog.Handler = slog.NewTextHandler(&log, nil)
		if format == "json" {
			h = slog.NewJSONHandler(&log, nil)
		}
		slog.New(h).Info("settings", "config", c, "token", c.Slack.BotToken, "database", c.Database)
		printed["log as "+format] = log.String()
	}
	for how, text := range printed {
		t.Run(how, func(t *testing.T) {
			for _, leak := range []string{"hemligt", "68656d6c69677", "68656D6C69677", "104 101 109"} {
				if strings.Contains(text, leak) {
					t.Errorf("holds a secret: %s", text)
				}
			}
			if !strings.Contains(text, "[dold]") {
				t.Errorf("does not show that there is a secret: %s", text)
			}
		})
	}
	for _, v := range []any{c.Slack.BotToken, config.DatabaseURL("postgres://bot:hemligt%")} {
		if got := slog.AnyValue(v).Resolve().Any(); got != any("[dold]") { // what a log handler of any make is handed
			t.Errorf("a %T is logged as %[2]T %[2]v", v, got)
		}
	}
	if got := config.Secret("").String(); got != "" {
		t.Errorf("an empty secret prints %q, as if there were one", got)
	}
	if got, want := c.Database.String(), "postgres://bot:xxxxx@db/incidentbot"; got != want {
		t.Errorf("the database prints as %q, want %q", got, want)
	}
	if got := config.DatabaseURL("postgres://bot:h%mligt@db").String(); strings.Contains(got, "mligt") {
		t.Errorf("a malformed address prints %q", got)
	}
}

func TestProblemsNeverHoldSecrets(t *testing.T) {
	_, err := load("", map[string]string{"/f": "hemligt"}, map[string]string{
		"DATABASE_URL": "postgres://bot:hemligt%@db", "SLACK_BOT_TOKEN": "hemligt", "SLACK_BOT_TOKEN_FILE": "/f",
		"SLACK_API_URL": "ftp://bot:hemligt@host", "DISCORD_PUBLIC_KEY": "hemligt",
		"SMTP_URL": "smtp+insecure://bot:hemligt@host/hemligt?hemligt",
	})
	if err == nil || strings.Contains(err.Error(), "hemligt") {
		t.Errorf("got %v", err)
	}
}

func TestHolds(t *testing.T) {
	c := config.Config{Roles: map[string][]config.Person{
		config.CISO: {{Email: "ciso@example.org", Slack: "U1"}, {Discord: "7"}},
		config.DPO:  {{Slack: "U2"}},
	}}
	tests := map[string]struct {
		person config.Person
		want   bool
	}{
		"by Slack id":           {config.Person{Slack: "U1"}, true},
		"by e-mail":             {config.Person{Slack: "U9", Email: "ciso@example.org"}, true},
		"by Discord id":         {config.Person{Discord: "7"}, true},
		"not in another role":   {config.Person{Slack: "U2"}, false},
		"not by empty ids":      {config.Person{}, false},
		"not across the fields": {config.Person{Slack: "7"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := c.Holds(config.CISO, tt.person); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
}

func FuzzFile(f *testing.F) {
	for _, text := range []string{
		"organisation: {name: Tyresö kommun}", "roles:\n  ciso:\n    - &a {slack: U1}\n    - *a", "- a", "a: [", "web: &a {base_url: *a}",
		"documents:\n  - key: a\n    title: |\n      A\n", "? a\n: b", "<<: {web: {}}", "!!binary x", "web:\n---\nweb:", "roles: {ciso: [null]}",
		"obligations: {gdpr-33-1: {hours: 0, months: 1, checked: 2026-11-23, roles: []}, x: }",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		_, err := loadText(text)
		var problems config.Problems
		if err != nil && !errors.As(err, &problems) {
			t.Errorf("got %T, want config.Problems", err)
		}
		for _, p := range problems {
			if p.Where != "bot.yaml" || p.Line < 0 || p.Text == "" {
				t.Errorf("a problem without a place or a text: %#v", p)
			}
		}
	})
}

func TestCategoryKeysAreThePolicys(t *testing.T) {
	var want []string
	for _, c := range policy.Categories() {
		want = append(want, string(c))
	}
	if d := cmp.Diff(want, config.CategoryKeys()); d != "" {
		t.Error(d)
	}
}

func TestStepKeysAreThePolicys(t *testing.T) {
	var want []string
	for _, s := range policy.DefaultSteps() {
		want = append(want, s.Key)
	}
	if d := cmp.Diff(want, config.StepKeys()); d != "" {
		t.Error(d)
	}
}

func TestRoleKeysAreThePolicys(t *testing.T) {
	var want []string
	for _, r := range policy.Roles() {
		want = append(want, string(r))
	}
	if d := cmp.Diff(want, config.RoleKeys()); d != "" {
		t.Error(d)
	}
}

func TestDefaultsAreThePolicys(t *testing.T) {
	c, err := loadText("")
	if err != nil {
		t.Fatal(err)
	}
	waits := policy.Waits{
		Serious: c.Escalation.Serious(), Significant: c.Escalation.Significant(), Hour: c.Escalation.Hour, LowDays: c.Escalation.LowDays,
	}
	if d := cmp.Diff(policy.DefaultWaits(), waits); d != "" {
		t.Errorf("escalation: %s", d)
	}
	thresholds := policy.Thresholds{
		OutageHours: c.Significant.OutageHours, Persons: c.Significant.Persons,
		SameCause: c.Significant.SameCause, SameCauseTime: c.Significant.SameCauseTime(),
	}
	if d := cmp.Diff(policy.DefaultThresholds(), thresholds); d != "" {
		t.Errorf("significant: %s", d)
	}
	if d := cmp.Diff(policy.DefaultRiskLimits(), policy.RiskLimits{c.Risk.Medium, c.Risk.High, c.Risk.Grave}); d != "" {
		t.Errorf("risk: %s", d)
	}
}

// Whoever copies the example changes nothing about the law by that.
func TestExampleShowsTheDefaults(t *testing.T) {
	const path = "../incidentbot.example.yaml"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	example, err := load(path, map[string]string{path: string(text)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	bare, err := loadText("")
	if err != nil {
		t.Fatal(err)
	}
	obligations := map[string]config.Obligation{}
	for _, s := range policy.DefaultSteps() {
		o := config.Obligation{
			Hours: s.Hours, Months: s.Months, Recipient: s.Recipient, Portal: s.Portal, Source: s.Source, Checked: s.Checked,
		}
		for _, r := range s.Roles {
			o.Roles = append(o.Roles, string(r))
		}
		obligations[s.Key] = o
	}
	if d := cmp.Diff(obligations, example.Obligations); d != "" {
		t.Errorf("obligations: %s", d)
	}
	if d := cmp.Diff(bare.Escalation, example.Escalation); d != "" {
		t.Errorf("escalation: %s", d)
	}
	if d := cmp.Diff(bare.Significant, example.Significant); d != "" {
		t.Errorf("significant: %s", d)
	}
}

func TestExampleLoadsAndNamesEveryKey(t *testing.T) {
	const path = "../incidentbot.example.yaml"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := load(path, map[string]string{path: string(text)}, nil); err != nil {
		t.Fatal(err)
	}
	var example any
	if err := yaml.Unmarshal(text, &example); err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	keysOf(example, "", shown)
	want := map[string]bool{}
	for _, k := range keysIn(reflect.TypeFor[config.Config](), "") {
		want[k] = true
		if !shown[k] {
			t.Errorf("the key %s is not in the example", k)
		}
	}
	for _, role := range config.RoleKeys() {
		if !shown["roles."+role] {
			t.Errorf("the role %s is not in the example", role)
		}
	}
	for _, category := range config.CategoryKeys() {
		if !strings.Contains(string(text), category) {
			t.Errorf("the category %s is not in the example", category)
		}
	}
	for _, step := range config.StepKeys() {
		if !shown["obligations."+step] {
			t.Errorf("the step %s is not in the example", step)
		}
	}
	if len(want) < 20 {
		t.Errorf("found only %d keys in Config: the test looks in the wrong place", len(want))
	}
}

// keysIn returns the paths of the keys that a type reads, with * for the keys of a map.
func keysIn(typ reflect.Type, path string) []string {
	switch typ.Kind() {
	case reflect.Map:
		return keysIn(typ.Elem(), path+".*")
	case reflect.Slice:
		return keysIn(typ.Elem(), path)
	case reflect.Struct:
		var keys []string
		for i := range typ.NumField() {
			f := typ.Field(i)
			tag := f.Tag.Get("yaml")
			if tag == "-" {
				continue
			}
			key := strings.TrimPrefix(path+"."+tag, ".")
			keys = append(append(keys, key), keysIn(f.Type, key)...)
		}
		return keys
	}
	return nil
}

// keysOf notes the paths of the keys in a decoded document, each also with * for its next to last part.
func keysOf(value any, path string, into map[string]bool) {
	switch v := value.(type) {
	case map[string]any:
		for k, child := range v {
			key := strings.TrimPrefix(path+"."+k, ".")
			into[key] = true
			into[strings.TrimPrefix(path[:max(0, strings.LastIndex(path, "."))]+".*."+k, ".")] = true
			keysOf(child, key, into)
		}
	case []any:
		for _, child := range v {
			keysOf(child, path, into)
		}
	}
}
