package locale_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"

	"tyreso.se/incidentbot/locale"
)

// forms are the forms of each text in a language's file: "other", and "one" where the number matters.
func forms(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	content, err := os.ReadFile(lang + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	var texts map[string]map[string]string
	if err := toml.Unmarshal(content, &texts); err != nil {
		t.Fatal(err)
	}
	return texts
}

func texts(t *testing.T) *locale.Texts {
	t.Helper()
	all, err := locale.New()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLanguagesHaveTheSameKeys(t *testing.T) {
	all := texts(t)
	if diff := cmp.Diff(all.Keys(locale.Swedish), all.Keys(locale.English)); diff != "" {
		t.Errorf("keys differ (-sv +en):\n%s", diff)
	}
	if len(all.Keys(locale.Swedish)) == 0 {
		t.Error("there are no texts")
	}
}

var (
	place = regexp.MustCompile(`\{\{[^}]*\}\}|\{[a-z]+\}`)
	space = regexp.MustCompile(`^\s|\s$|\s\s`)
)

// places are what is filled in in a text, each once, sorted. What stands in an if counts: {{if .Name}}.
func places(text string) []string {
	found := place.FindAllString(text, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

func TestTexts(t *testing.T) {
	swedish, english := forms(t, locale.Swedish), forms(t, locale.English)
	for lang, all := range map[string]map[string]map[string]string{locale.Swedish: swedish, locale.English: english} {
		for key, byForm := range all {
			if byForm["other"] == "" {
				t.Errorf("%s: %s has no text", lang, key)
			}
			for form, text := range byForm {
				if form != "one" && form != "other" {
					t.Errorf("%s: %s has the form %q, which the language has not", lang, key, form)
				}
				if strings.TrimSpace(text) == "" || space.MatchString(text) {
					t.Errorf("%s: %s (%s) has stray space: %q", lang, key, form, text)
				}
				if strings.ContainsAny(text, `"`) || strings.Contains(text, "...") {
					t.Errorf("%s: %s (%s) has straight quotes or dots for an ellipsis: %q", lang, key, form, text)
				}
			}
		}
	}
	for key, sv := range swedish {
		en := english[key]
		if diff := cmp.Diff(places(sv["other"]), places(en["other"])); diff != "" {
			t.Errorf("%s is filled in differently (-sv +en):\n%s", key, diff)
		}
		if _, one := sv["one"]; one != (en["one"] != "") {
			t.Errorf("%s has a form for one in one of the languages only", key)
		}
	}
}

// english are words that no Swedish text has: a sentence forgotten in translation has at least one of them.
var english = regexp.MustCompile(`(?i)\b(the|and|you|your|is|are|was|with|of|please|this|that|report|case|what|when|who)\b`)

// quoted is what stands in Swedish texts in English and should: places to fill in, commands, and names on somebody else's page.
var quoted = regexp.MustCompile(`\{\{[^}]*\}\}|/incident \w+|incidentbot [a-z ]+|Bot User OAuth Token|App-Level Token|[a-z]+\.[a-z]+`)

func TestSwedishTextsAreSwedish(t *testing.T) {
	for key, byForm := range forms(t, locale.Swedish) {
		for _, text := range byForm {
			if word := english.FindString(quoted.ReplaceAllString(text, "")); word != "" {
				t.Errorf("%s holds the English word %q: %s", key, word, text)
			}
		}
	}
}

// untranslatable are texts that are rightly the same in both languages.
var untranslatable = []string{"card.summary", "card.heading", "severity", "show.attachment", "report.persons.1"}

func TestEnglishTextsAreNotSwedish(t *testing.T) {
	swedish := forms(t, locale.Swedish)
	for key, byForm := range forms(t, locale.English) {
		if byForm["other"] == swedish[key]["other"] && !slices.Contains(untranslatable, key) && strings.Contains(byForm["other"], " ") {
			t.Errorf("%s is the same in both languages: %s", key, byForm["other"])
		}
		bare := strings.ReplaceAll(byForm["other"], "Rapportera som incident", "") // the shortcut's name as it is installed
		if strings.ContainsAny(bare, "åäöÅÄÖ") {
			t.Errorf("%s holds Swedish letters: %s", key, byForm["other"])
		}
	}
}

func TestT(t *testing.T) {
	all := texts(t)
	tests := []struct {
		name, lang, key string
		data            locale.Data
		want            string
	}{
		{"Swedish", "sv", "button.cancel", nil, "Avbryt"},
		{"English", "en", "button.cancel", nil, "Cancel"},
		{"an unknown language is Swedish", "fi", "button.cancel", nil, "Avbryt"},
		{"a missing text is its key", "sv", "no.such.key", nil, "no.such.key"},
		{"places are filled in", "sv", "show.attachment", locale.Data{"Name": "a.png", "Kilobytes": 3}, "a.png (3 kB)"},
		{"one has a form of its own", "sv", "card.delayed", locale.Data{"Minutes": 1, "Count": 1}, "Det här meddelandet är en minut försenat."},
		{"several have another", "sv", "card.delayed", locale.Data{"Minutes": 12, "Count": 12}, "Det här meddelandet är 12 minuter försenat."},
		{"in English too", "en", "problem.too_short", locale.Data{"Limit": 1, "Count": 1}, "Please write at least 1 character."},
		{"and for several", "en", "problem.too_short", locale.Data{"Limit": 10, "Count": 10}, "Please write at least 10 characters."},
		{"what people wrote is not markup", "sv", "show.attachment", locale.Data{"Name": "<b>&{{.X}}", "Kilobytes": 3}, "<b>&{{.X}} (3 kB)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var data []locale.Data
			if test.data != nil {
				data = append(data, test.data)
			}
			if got := all.T(test.lang, test.key, data...); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestTimesAreWrittenInTheirZone(t *testing.T) {
	stockholm, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name           string
		at             time.Time
		time, deadline string
	}{
		{"in winter", time.Date(2026, 11, 23, 13, 5, 0, 0, time.UTC), "2026-11-23 14:05", "2026-11-23 14:05 CET"},
		{"in summer", time.Date(2026, 7, 1, 13, 5, 0, 0, time.UTC), "2026-07-01 15:05", "2026-07-01 15:05 CEST"},
		{"the year turns by the local clock", time.Date(2026, 12, 31, 23, 30, 0, 0, time.UTC), "2027-01-01 00:30", "2027-01-01 00:30 CET"},
		{"the hour before summer time", time.Date(2026, 3, 29, 0, 59, 0, 0, time.UTC), "2026-03-29 01:59", "2026-03-29 01:59 CET"},
		{"the hour after it", time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC), "2026-03-29 03:00", "2026-03-29 03:00 CEST"},
		{"the hour that comes twice, first", time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), "2026-10-25 02:30", "2026-10-25 02:30 CEST"},
		{"and again: the zone tells them apart", time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), "2026-10-25 02:30", "2026-10-25 02:30 CET"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := locale.Time(test.at, stockholm); got != test.time {
				t.Errorf("Time is %q, want %q", got, test.time)
			}
			if got := locale.Deadline(test.at, stockholm); got != test.deadline {
				t.Errorf("Deadline is %q, want %q", got, test.deadline)
			}
		})
	}
}
