// Package config holds the settings: what the YAML file says about the organisation, and what the environment says about
// where this process runs. Load reads both, checks everything once and lists all that is wrong together, so that the
// rest of the program never checks a setting again.
//
// It knows nothing else of the program: not what a role may do, nor how a database is opened. What it says goes to whoever
// runs the program, on the command line and in English like every other message there.
package config

import (
	"log/slog"
	"slices"
	"time"
)

// Config is all settings. Zero values have been replaced by defaults and everything has been checked.
type Config struct {
	Organisation Organisation `yaml:"organisation"`
	// Roles are the people who hold each role of policy clause 2.4, by role key. Every role key is present.
	Roles     map[string][]Person `yaml:"roles"`
	Channels  Channels            `yaml:"channels"`
	Documents []Document          `yaml:"documents"`
	Followup  Followup            `yaml:"followup"`
	Courses   []Course            `yaml:"courses"`
	Training  Training            `yaml:"training"`
	// Advice replaces the built-in advice to a reporter, by category key.
	Advice map[string]Advice `yaml:"advice"`
	// Obligations changes the built-in legal steps, by step key (StepKeys). A step that is not there is as it is built in.
	Obligations map[string]Obligation `yaml:"obligations"`
	Escalation  Escalation            `yaml:"escalation"`
	Inform      Inform                `yaml:"inform"`
	Significant Significant           `yaml:"significant"`
	Risk        Risk                  `yaml:"risk"`
	Attachments Attachments           `yaml:"attachments"`
	Drafts      Drafts                `yaml:"drafts"`
	Retention   Retention             `yaml:"retention"`
	Mail        Mail                  `yaml:"mail"`
	Web         Web                   `yaml:"web"`
	Limits      Limits                `yaml:"limits"`

	// Database is the address of the register: sqlite:///path/file.db or postgres://….
	Database DatabaseURL `yaml:"-"`
	// Listen is the address that the web server listens on, host:port.
	Listen  string  `yaml:"-"`
	Slack   Slack   `yaml:"-"`
	Discord Discord `yaml:"-"`
	Log     Log     `yaml:"-"`
}

// Organisation is whose register this is.
type Organisation struct {
	Name     string `yaml:"name"`
	Timezone string `yaml:"timezone"` // IANA name, e.g. Europe/Stockholm
	Language string `yaml:"language"` // sv or en: for those whose own language is not known
}

// Location returns the time zone that times are shown in. Load has checked that it exists.
func (o Organisation) Location() *time.Location {
	l, err := time.LoadLocation(o.Timezone)
	if err != nil {
		return time.UTC
	}
	return l
}

// The role keys of policy clause 2.4.
const (
	CISO           = "ciso"            // informationssäkerhetssamordnare
	DeputyCISO     = "deputy_ciso"     // who stands in for the CISO
	DPO            = "dpo"             // dataskyddsombud
	SecurityChief  = "security_chief"  // säkerhetschef
	ITChief        = "it_chief"        // IT-chef
	Lawyer         = "lawyer"          // kommunjurist
	Archivist      = "archivist"       // arkivarie
	ChiefExecutive = "chief_executive" // kommundirektör
)

// RoleKeys returns the keys that Config.Roles has.
func RoleKeys() []string {
	return []string{CISO, DeputyCISO, DPO, SecurityChief, ITChief, Lawyer, Archivist, ChiefExecutive}
}

// CategoryKeys returns the keys that Config.Advice may have: the register's categories. A test holds it against the policy's.
func CategoryKeys() []string {
	return []string{
		"misdelivery", "publishing_error", "loss", "theft", "disposal_error", "unauthorised_access", "data_mishandling",
		"misconfiguration", "phishing", "malware", "intrusion", "denial_of_service", "outage", "incorrect_data", "other",
	}
}

// StepKeys returns the keys that Config.Obligations may have: the steps that the regulations demand. A test holds it against the
// policy's.
func StepKeys() []string {
	return []string{
		"gdpr-33-1", "gdpr-33-4", "gdpr-33-5", "gdpr-34", "cyber-2-5", "cyber-2-6", "cyber-2-8", "cyber-2-9",
	}
}

// Audiences returns the kinds of people that a course can be for: the kinds of the staff list.
func Audiences() []string { return []string{"employee", "elected", "supplier", "manager"} }

// Person is somebody who holds a role; at least one of the three is set.
type Person struct {
	Email   string `yaml:"email"`   // lower case
	Slack   string `yaml:"slack"`   // member id, U… or W…
	Discord string `yaml:"discord"` // user id, a snowflake
}

// Channels are where the bot posts on its own.
type Channels struct {
	Triage   Channel `yaml:"triage"`   // the CISO's cards
	Revision Channel `yaml:"revision"` // the yearly revision of governing documents
}

// Channel is one channel, on any of the platforms.
type Channel struct {
	Slack   string `yaml:"slack"`   // C… or G…
	Discord string `yaml:"discord"` // a snowflake
	// Confidential is true when only the triage role can read the channel, so that it may hold the reporter's own words.
	Confidential bool `yaml:"confidential"`
}

// Document is a governing document that is revised every year (policy clause 4).
type Document struct {
	Key         string `yaml:"key"`
	Title       string `yaml:"title"`
	Owner       string `yaml:"owner"`        // role key
	ReviseMonth int    `yaml:"revise_month"` // 1–12
}

// Followup is the yearly follow-up for the municipality's board (policy clause 3).
type Followup struct {
	Month int `yaml:"month"` // 1–12: when the CISO is asked to compile that of the year before
}

// Advice is what to do right now, told to a reporter, by language. An empty text leaves the built-in one.
type Advice struct {
	SV string `yaml:"sv"`
	EN string `yaml:"en"`
}

// Obligation is what the organisation changes about a step that a regulation demands. What is zero, empty or nil leaves the built-in
// value, which comes from the statutes and from secondary sources: the organisation's own lawyer and data protection officer decide.
//
// Hours and Months are the two ways to count the same limit, from when the step's clock starts, so at most one is not 0. The one that is
// not 0 replaces the step's whole limit, in whichever way that was counted.
type Obligation struct {
	Hours     int      `yaml:"hours"`     // 1–8760 (a year), by the clock: weekends and holidays too; 0 not said
	Months    int      `yaml:"months"`    // 1–24, by the calendar; 0 not said
	Recipient string   `yaml:"recipient"` // to whom, as people there call it
	Portal    string   `yaml:"portal"`    // where, an http or https address
	Source    string   `yaml:"source"`    // paragraph
	Checked   string   `yaml:"checked"`   // 2006-01-02: when somebody last held it against the source
	Roles     []string `yaml:"roles"`     // role keys: who is to see to it, the first before the next in line; nil or at least one
}

// Escalation is how long a new case may wait for somebody to take it, before the next in line is told (policy clause 2.4). The
// defaults are the policy's.
type Escalation struct {
	SeriousMinutes     int `yaml:"serious_minutes"`     // severity 4: minutes, at night and on holidays too, 1–1440 (a day)
	SignificantMinutes int `yaml:"significant_minutes"` // severity 3: minutes, at night and on holidays too, 1–10080 (a week)
	Hour               int `yaml:"hour"`                // severity 2 and 1: the hour of the working day, local time, 6–20
	LowDays            int `yaml:"low_days"`            // severity 1: working days, 1–20
}

// Serious returns how long a case of severity 4 may wait.
func (e Escalation) Serious() time.Duration { return time.Duration(e.SeriousMinutes) * time.Minute }

// Significant returns how long a case of severity 3 may wait.
func (e Escalation) Significant() time.Duration {
	return time.Duration(e.SignificantMinutes) * time.Minute
}

// Inform is who in the ordinary line of responsibility gets the card when somebody takes a case (policy clause 2.4). They never see the
// reporter's words.
type Inform struct {
	SystemOwner bool `yaml:"system_owner"` // who the inventory says owns the system
	UnitManager bool `yaml:"unit_manager"` // whom the staff list says is the reporter's manager
}

// Significant is from when an incident is proposed to be significant (betydande) under cybersäkerhetslagen (2025:1506) chapter 2. The
// defaults are attributed to MCFFS 2026:8 by secondary sources: the organisation's own lawyer decides.
type Significant struct {
	OutageHours   int `yaml:"outage_hours"`    // an activity was limited for longer than so many hours, 1–168 (a week)
	Persons       int `yaml:"persons"`         // protected information of so many persons, 1–1 000 000
	SameCause     int `yaml:"same_cause"`      // so many incidents of the same kind in the same system, 2–100
	SameCauseDays int `yaml:"same_cause_days"` // within so many days, 1–3650 (ten years)
}

// SameCauseTime returns the time within which incidents of the same kind are counted together.
func (s Significant) SameCauseTime() time.Duration {
	return time.Duration(s.SameCauseDays) * 24 * time.Hour
}

// Risk is from which values of likelihood times consequence, 1 to 25, a risk is medium, high and grave: each greater than the one before.
type Risk struct {
	Medium int `yaml:"medium"`
	High   int `yaml:"high"`
	Grave  int `yaml:"grave"`
}

// Attachments limits what is fetched from a platform and kept.
type Attachments struct {
	MaxMegabytes int `yaml:"max_megabytes"` // per file, 1–100
}

// Drafts is about dialogs that were begun and not sent.
type Drafts struct {
	KeepHours int `yaml:"keep_hours"` // 1–168
}

// Keep returns how long an unsent text is kept for its author.
func (d Drafts) Keep() time.Duration { return time.Duration(d.KeepHours) * time.Hour }

// Retention is how long closed cases are kept as they are. Then who reported and what people wrote is emptied, for good: an authority needs
// a decision to do that (arkivlagen 10 §), for which the default leaves two years.
type Retention struct {
	Months int `yaml:"months"` // after the closing, 1–600; 0: never
}

// Mail is how the bot sends e-mail, which it does for codes that link an account. Without a Server it sends none.
type Mail struct {
	From string `yaml:"from"` // "Name <name@example.org>" or the address alone
	// Server is smtp://user:password@host:587 (STARTTLS is required), smtps://user:password@host:465 or smtp+insecure://host:25
	// (in clear text, without a password).
	Server Secret `yaml:"-"`
}

// Web is about the bot's own pages.
type Web struct {
	BaseURL string `yaml:"base_url"` // as people reach it, without a trailing slash; "" unknown
}

// Limits are the rates that the bot keeps within on each platform.
type Limits struct {
	Slack   PostLimits `yaml:"slack"`
	Discord PostLimits `yaml:"discord"`
}

// PostLimits are how fast messages are posted.
//
// The defaults for Slack are what it documents for chat.postMessage: one message per second in a channel, and several hundred
// a minute in a workspace. https://docs.slack.dev/apis/web-api/rate-limits
//
// Discord allows a bot 50 requests a second in all, and tells the limit of each channel as it goes
// (https://discord.com/developers/docs/topics/rate-limits#global-rate-limit). The default is 20 messages a second: the first
// one to a person takes two requests, and what people do meanwhile must have room.
type PostLimits struct {
	PostsPerSecondPerChannel float64 `yaml:"posts_per_second_per_channel"`
	PostsPerMinute           int     `yaml:"posts_per_minute"`
}

// Slack is the connection to a Slack workspace. An AppToken means Socket Mode, a SigningSecret HTTP; both may be set.
type Slack struct {
	BotToken      Secret // xoxb-…
	AppToken      Secret // xapp-…
	SigningSecret Secret
	APIURL        string // ends with a slash
}

// Discord is the connection to a Discord server. A PublicKey means HTTP interactions.
type Discord struct {
	BotToken      Secret
	PublicKey     string // hex
	ApplicationID string
	GuildID       string
	APIURL        string // "" for Discord's own
	GatewayURL    string // "" for the one that Discord names
}

// Log is what the log shows and how.
type Log struct {
	Level  slog.Level
	Format string // text or json
}

// defaults returns the settings that hold when nothing else is said.
func defaults() Config {
	return Config{
		Organisation: Organisation{Name: "Kommunen", Timezone: "Europe/Stockholm", Language: "sv"},
		Roles:        map[string][]Person{},
		Followup:     Followup{Month: 1},
		Training:     defaultTraining(),
		Escalation:   Escalation{SeriousMinutes: 15, SignificantMinutes: 60, Hour: 10, LowDays: 3},
		Inform:       Inform{SystemOwner: true, UnitManager: true},
		Significant:  Significant{OutageHours: 4, Persons: 500, SameCause: 2, SameCauseDays: 183},
		Risk:         Risk{Medium: 5, High: 10, Grave: 15},
		Attachments:  Attachments{MaxMegabytes: 10},
		Drafts:       Drafts{KeepHours: 24},
		Retention:    Retention{Months: 24},
		Limits: Limits{
			Slack:   PostLimits{PostsPerSecondPerChannel: 1, PostsPerMinute: 300},
			Discord: PostLimits{PostsPerSecondPerChannel: 1, PostsPerMinute: 1200},
		},
		Listen: "127.0.0.1:8080",
		Slack:  Slack{APIURL: "https://slack.com/api/"},
		Log:    Log{Level: slog.LevelInfo, Format: "text"},
	}
}

// Holds tells whether the person with the given platform id or e-mail address (lower case) holds the role. Empty
// arguments match nobody.
func (c Config) Holds(role string, p Person) bool {
	return slices.ContainsFunc(c.Roles[role], func(h Person) bool {
		return h.Email != "" && h.Email == p.Email ||
			h.Slack != "" && h.Slack == p.Slack ||
			h.Discord != "" && h.Discord == p.Discord
	})
}
