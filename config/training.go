package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Course is training that is repeated (policy clause 2.8), or a governing document that is to be read and attested. The policy gives no
// figures: the defaults are common practice, and the organisation decides.
type Course struct {
	Key   string `yaml:"key"`
	Title string `yaml:"title"`

	// How it is taken: a Lesson in the chat, a Document that is attested, a course elsewhere behind Link, or none of them, when only what is
	// imported or what managers mark counts.
	Lesson   string `yaml:"lesson"`   // key of a built-in lesson, or of one in Training.Lessons
	Document string `yaml:"document"` // key in Config.Documents
	Version  string `yaml:"version"`  // of the document, a new one asks again; "" the edition that its latest revision was decided as
	Link     string `yaml:"link"`     // where the course or the document is
	Minutes  int    `yaml:"minutes"`  // how long it takes, 1–480

	Audience []string `yaml:"audience"` // of Audiences
	Units    []string `yaml:"units"`    // those and what is below them; empty: everywhere
	Roles    []string `yaml:"roles"`    // role keys: those who hold one of them; empty: everybody
	From     string   `yaml:"from"`     // 2006-01-02, since when it is asked for; "" always

	IntervalMonths  int `yaml:"interval_months"`   // 1–120
	GraceDays       int `yaml:"grace_days"`        // days that who is new or back has, 0–365
	LeadDays        int `yaml:"lead_days"`         // reminders begin so long before a renewal is due, 0–180 and shorter than the interval
	RemindEveryDays int `yaml:"remind_every_days"` // at least so long between two reminders, 1–90
	Reminders       int `yaml:"reminders"`         // so many in a period, then it is the manager's turn, 0–20
}

// Training is when people are told of training, and where the organisation's own lessons are.
type Training struct {
	From      string `yaml:"from"`       // 15:04 local time, on working days
	To        string `yaml:"to"`         // 15:04, after From
	DigestDay string `yaml:"digest_day"` // a weekday, monday to friday: when managers are told how their people stand
	Lessons   string `yaml:"lessons"`    // folder with lessons beside the built-in ones; "" none
}

// Weekdays returns the days that Training.DigestDay may be.
func Weekdays() []string { return []string{"monday", "tuesday", "wednesday", "thursday", "friday"} }

// Hours returns From and To in minutes after midnight. Load has checked them.
func (t Training) Hours() (from, to int) { return minutes(t.From), minutes(t.To) }

// minutes is a time of day after midnight, -1 when it is none.
func minutes(text string) int {
	at, err := time.Parse("15:04", text)
	if err != nil {
		return -1
	}
	return at.Hour()*60 + at.Minute()
}

// Weekday returns DigestDay.
func (t Training) Weekday() time.Weekday {
	return time.Weekday(slices.Index(Weekdays(), t.DigestDay) + 1)
}

func defaultTraining() Training { return Training{From: "08:30", To: "16:00", DigestDay: "monday"} }

// defaultCourse is what a course has that the file does not say.
var defaultCourse = map[string]int{"grace_days": 30, "lead_days": 30, "remind_every_days": 7, "reminders": 5, "minutes": 5}

func (f *file) checkTraining(c *Config) {
	seen := map[string]bool{}
	for i := range c.Courses {
		f.checkCourse(fmt.Sprintf("courses[%d]", i), &c.Courses[i], c.Documents, seen)
	}
	from, to := c.Training.Hours()
	if from < 0 {
		f.add("training.from", "training.from %q is no time of day: write it like 08:30", c.Training.From)
	}
	if to < 0 {
		f.add("training.to", "training.to %q is no time of day: write it like 16:00", c.Training.To)
	} else if to <= from {
		f.add("training.to", "training.to %q is not after training.from", c.Training.To)
	}
	f.oneOf("training.digest_day", c.Training.DigestDay, Weekdays())
}

func (f *file) checkCourse(path string, c *Course, documents []Document, seen map[string]bool) {
	for key, into := range map[string]*int{
		"grace_days": &c.GraceDays, "lead_days": &c.LeadDays, "remind_every_days": &c.RemindEveryDays, "reminders": &c.Reminders,
		"minutes": &c.Minutes,
	} {
		if !f.given[path+"."+key] {
			*into = defaultCourse[key]
		}
	}
	f.key(path, c.Key, seen)
	f.title(path, c.Title)
	f.between(path+".interval_months", c.IntervalMonths, 1, 120)
	if !f.given[path+".lead_days"] {
		c.LeadDays = min(c.LeadDays, 14*max(1, c.IntervalMonths)) // half of a short interval
	}
	f.between(path+".grace_days", c.GraceDays, 0, 365)
	f.between(path+".lead_days", c.LeadDays, 0, min(180, 27*max(1, c.IntervalMonths)))
	f.between(path+".remind_every_days", c.RemindEveryDays, 1, 90)
	f.between(path+".reminders", c.Reminders, 0, 20)
	f.between(path+".minutes", c.Minutes, 1, 480)
	if len(c.Audience) == 0 {
		f.add(path+".audience", "%s.audience is empty: write whom the course is for, of %s", path, strings.Join(Audiences(), ", "))
	}
	for j, a := range c.Audience {
		f.oneOf(fmt.Sprintf("%s.audience[%d]", path, j), a, Audiences())
	}
	for j, role := range c.Roles {
		f.oneOf(fmt.Sprintf("%s.roles[%d]", path, j), role, RoleKeys())
	}
	if _, err := time.Parse(time.DateOnly, c.From); err != nil && c.From != "" {
		f.add(path+".from", "%s.from %q is no date: write it like 2026-11-23", path, c.From)
	}
	if c.Link != "" {
		if text := badURL(c.Link, "http", "https"); text != "" {
			f.add(path+".link", "%s.link %s", path, text)
		}
	}
	if c.Lesson != "" && c.Document != "" {
		f.add(path+".document", "%s has both a lesson and a document: make two courses of it", path)
	}
	if c.Document == "" && c.Version != "" {
		f.add(path+".version", "%s.version is of no document: write document as well", path)
	}
	if c.Document != "" && !slices.ContainsFunc(documents, func(d Document) bool { return d.Key == c.Document }) {
		f.add(path+".document", "%s.document %q is not among the documents", path, c.Document)
	}
}
