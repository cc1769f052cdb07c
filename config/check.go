package config

import (
	"fmt"
	"maps"
	"net/mail"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// check notes everything in c that cannot be right, and puts values in their normal form: e-mail addresses in lower
// case, every role present.
func (f *file) check(c *Config) {
	f.checkOrganisation(&c.Organisation)
	f.checkRoles(c.Roles)
	f.checkChannel("channels.triage", c.Channels.Triage)
	f.checkChannel("channels.revision", c.Channels.Revision)
	f.checkDocuments(c.Documents)
	f.between("followup.month", c.Followup.Month, 1, 12)
	f.checkTraining(c)
	f.checkAdvice(c.Advice)
	f.checkObligations(c.Obligations)
	f.between("escalation.serious_minutes", c.Escalation.SeriousMinutes, 1, 1440)
	f.between("escalation.significant_minutes", c.Escalation.SignificantMinutes, 1, 10_080)
	f.between("escalation.hour", c.Escalation.Hour, 6, 20)
	f.between("escalation.low_days", c.Escalation.LowDays, 1, 20)
	f.between("significant.outage_hours", c.Significant.OutageHours, 1, 168)
	f.between("significant.persons", c.Significant.Persons, 1, 1_000_000)
	f.between("significant.same_cause", c.Significant.SameCause, 2, 100)
	f.between("significant.same_cause_days", c.Significant.SameCauseDays, 1, 3650)
	f.between("risk.medium", c.Risk.Medium, 2, 23)
	f.between("risk.high", c.Risk.High, c.Risk.Medium+1, 24)
	f.between("risk.grave", c.Risk.Grave, c.Risk.High+1, 25)
	f.between("attachments.max_megabytes", c.Attachments.MaxMegabytes, 1, 100)
	f.between("drafts.keep_hours", c.Drafts.KeepHours, 1, 168)
	f.between("retention.months", c.Retention.Months, 0, 600)
	f.checkSender(&c.Mail)
	f.checkLimits("limits.slack", c.Limits.Slack, 10_000)
	f.checkLimits("limits.discord", c.Limits.Discord, 3000) // of which Discord takes no more from anybody
	if c.Web.BaseURL != "" {
		c.Web.BaseURL = strings.TrimRight(c.Web.BaseURL, "/")
		if text := badURL(c.Web.BaseURL, "http", "https"); text != "" {
			f.add("web.base_url", "web.base_url %s", text)
		}
	}
}

func (f *file) checkLimits(path string, l PostLimits, perMinute int) {
	f.between(path+".posts_per_minute", l.PostsPerMinute, 1, perMinute)
	if r := l.PostsPerSecondPerChannel; r < 0.01 || r > 100 {
		f.add(path+".posts_per_second_per_channel", "%s.posts_per_second_per_channel must lie between 0.01 and 100, not %g", path, r)
	}
}

func (f *file) checkOrganisation(o *Organisation) {
	if strings.TrimSpace(o.Name) == "" {
		f.add("organisation.name", "organisation.name is empty: write what the organisation is called")
	}
	if _, err := time.LoadLocation(o.Timezone); err != nil || o.Timezone == "" || o.Timezone == "Local" {
		f.add("organisation.timezone", "organisation.timezone %q is no time zone: write a name such as Europe/Stockholm", o.Timezone)
	}
	f.oneOf("organisation.language", o.Language, []string{"sv", "en"})
}

func (f *file) checkRoles(roles map[string][]Person) {
	for role, people := range roles {
		path := join("roles", role)
		if !slices.Contains(RoleKeys(), role) {
			f.addKey(path, "unknown role %q%s", role, suggest(role, RoleKeys()))
			continue
		}
		for i := range people {
			f.checkPerson(fmt.Sprintf("%s[%d]", path, i), &people[i])
		}
	}
	for _, role := range RoleKeys() {
		if roles[role] == nil {
			roles[role] = []Person{}
		}
	}
}

func (f *file) checkPerson(path string, p *Person) {
	if *p == (Person{}) {
		f.add(path, "%s names nobody: write at least one of email, slack and discord", path)
		return
	}
	if p.Email != "" {
		p.Email = strings.ToLower(p.Email)
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email {
			f.add(path+".email", "%s.email %q is no e-mail address: write it like name@example.org", path, p.Email)
		}
	}
	f.slackID(path+".slack", p.Slack, regexp.MustCompile(`^[UW][A-Z0-9]+$`),
		`is no Slack member id: it begins with U or W (in Slack: profile, "Copy member ID")`)
	f.snowflake(path+".discord", p.Discord)
}

func (f *file) checkSender(m *Mail) {
	if m.From == "" {
		return
	}
	if _, err := mail.ParseAddress(m.From); err != nil {
		f.add("mail.from", "mail.from %q is no sender: write it like Incidentbot <incident@example.org>", m.From)
	}
}

func (f *file) checkChannel(path string, c Channel) {
	f.slackID(path+".slack", c.Slack, regexp.MustCompile(`^[CG][A-Z0-9]+$`),
		`is no Slack channel id: it begins with C or G (in Slack: channel details, at the bottom)`)
	f.snowflake(path+".discord", c.Discord)
	if c.Confidential && c.Slack == "" && c.Discord == "" {
		f.add(path+".confidential", "%s is confidential but names no channel: write slack or discord", path)
	}
}

// slackID checks an id by its first letter, which tells what it names.
// https://docs.slack.dev/reference/objects/conversation-object
func (f *file) slackID(path, id string, shape *regexp.Regexp, text string) {
	if id != "" && !shape.MatchString(id) {
		f.add(path, "%s %q %s", path, id, text)
	}
}

// snowflake checks a Discord id: an unsigned 64-bit number in digits.
// https://discord.com/developers/docs/reference#snowflakes
func (f *file) snowflake(path, id string) {
	if id != "" && !isSnowflake(id) {
		f.add(path, "%s %q is no Discord id: it is digits only (developer mode on, right-click, \"Copy ID\")", path, id)
	}
}

func isSnowflake(id string) bool { return regexp.MustCompile(`^\d{1,20}$`).MatchString(id) }

func (f *file) checkDocuments(documents []Document) {
	seen := map[string]bool{}
	for i, d := range documents {
		path := fmt.Sprintf("documents[%d]", i)
		f.key(path, d.Key, seen)
		f.title(path, d.Title)
		f.oneOf(path+".owner", d.Owner, RoleKeys())
		f.between(path+".revise_month", d.ReviseMonth, 1, 12)
	}
}

func (f *file) checkAdvice(advice map[string]Advice) {
	for category := range advice {
		if !slices.Contains(CategoryKeys(), category) {
			f.addKey(join("advice", category), "unknown category %q%s", category, suggest(category, CategoryKeys()))
		}
	}
}

func (f *file) checkObligations(obligations map[string]Obligation) {
	for _, step := range slices.Sorted(maps.Keys(obligations)) { // in order: an alias gives two steps the same place
		o := obligations[step]
		path := join("obligations", step)
		if !slices.Contains(StepKeys(), step) {
			f.addKey(path, "unknown step %q%s", step, suggest(step, StepKeys()))
			continue
		}
		f.checkLimit(path, o.Hours, o.Months)
		f.text(path+".recipient", o.Recipient)
		if o.Portal != "" {
			if text := badURL(o.Portal, "http", "https"); text != "" {
				f.add(path+".portal", "%s.portal %s", path, text)
			}
		}
		f.text(path+".source", o.Source)
		if _, err := time.Parse(time.DateOnly, o.Checked); err != nil && o.Checked != "" {
			f.add(path+".checked", "%s.checked %q is no date: write it like 2026-11-23", path, o.Checked)
		}
		f.checkLine(path+".roles", o.Roles)
	}
}

// checkLimit checks the limit of a step. A 0 that the file holds is no limit, but may stand beside one that is counted the other way.
func (f *file) checkLimit(path string, hours, months int) {
	if hours != 0 || months == 0 && f.given[path+".hours"] {
		f.between(path+".hours", hours, 1, 8760)
	}
	if months != 0 || hours == 0 && f.given[path+".months"] {
		f.between(path+".months", months, 1, 24)
	}
	if hours != 0 && months != 0 {
		f.add(path+".months", "%s has both hours and months: remove the one that the limit is not counted in", path)
	}
}

// checkLine checks the roles that are told in turn. Nil leaves the built-in ones.
func (f *file) checkLine(path string, roles []string) {
	if roles != nil && len(roles) == 0 {
		f.add(path, "%s is empty: write at least one role, or remove the key to keep the built-in ones", path)
	}
	for i, role := range roles {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.oneOf(at, role, RoleKeys())
		if slices.Contains(roles[:i], role) {
			f.add(at, "%s %q stands before already: write each role once", at, role)
		}
	}
}

// text checks a text that may be left out, but not be of spaces only.
func (f *file) text(path, text string) {
	if text != "" && strings.TrimSpace(text) == "" {
		f.add(path, "%s is blank: write a text, or remove the key to keep the built-in one", path)
	}
}

// key checks the name that a row of a list goes by in the register.
func (f *file) key(path, key string, seen map[string]bool) {
	switch {
	case !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(key):
		f.add(path+".key", "%s.key %q must be small letters a–z, digits and hyphens", path, key)
	case seen[key]:
		f.add(path+".key", "%s.key %q stands above already: give each its own", path, key)
	}
	seen[key] = true
}

func (f *file) title(path, title string) {
	if strings.TrimSpace(title) == "" {
		f.add(path+".title", "%s.title is missing", path)
	}
}

func (f *file) oneOf(path, value string, known []string) {
	if !slices.Contains(known, value) {
		f.add(path, "%s %q is not known%s", path, value, suggest(value, known))
	}
}

func (f *file) between(path string, n, low, high int) {
	if n < low || n > high {
		f.add(path, "%s must lie between %d and %d, not %d", path, low, high, n)
	}
}

// badURL tells what is wrong with an address of one of the schemes, "" when nothing is. The address is not repeated: it
// may hold a password.
func badURL(address string, schemes ...string) string {
	u, err := url.Parse(address)
	if err != nil || !slices.Contains(schemes, u.Scheme) || u.Host == "" {
		return "is no address: write it like " + schemes[len(schemes)-1] + "://host/path"
	}
	return ""
}
