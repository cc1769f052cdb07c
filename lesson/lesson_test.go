package lesson_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/lesson"
)

const good = `---
key: brand
language: sv
title: Brand
quiz:
  - question: Vad gör du först?
    options: [Räddar, Ringer]
    answer: 1
    why: Liv går före.
---
# Sida ett

En rad
och en till.

- punkt ett
  fortsätter
- punkt två

# Sida två
Text direkt under.
`

func TestParse(t *testing.T) {
	for _, content := range []string{good, "\ufeff" + strings.ReplaceAll(good, "\n", "\r\n")} {
		got, err := lesson.Parse(content)
		if err != nil {
			t.Fatal(err)
		}
		want := lesson.Lesson{
			Key: "brand", Language: "sv", Title: "Brand",
			Quiz: []lesson.Question{{Question: "Vad gör du först?", Options: []string{"Räddar", "Ringer"}, Answer: 1, Why: "Liv går före."}},
			Pages: []lesson.Page{
				{Title: "Sida ett", Parts: []lesson.Part{{Paragraph: "En rad och en till."}, {Points: []string{"punkt ett fortsätter", "punkt två"}}}},
				{Title: "Sida två", Parts: []lesson.Part{{Paragraph: "Text direkt under."}}},
			},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

func TestParseTellsWhatIsWrong(t *testing.T) {
	for name, test := range map[string]struct{ old, with, want string }{
		"no settings":             {"---\nkey", "key", "the settings between two lines"},
		"an unknown setting":      {"key: brand", "key: brand\nnyckel: x", "cannot be read"},
		"no key":                  {"key: brand", "key: ''", "key is missing"},
		"a language":              {"language: sv", "language: fi", "neither sv nor en"},
		"an answer that is none":  {"answer: 1", "answer: 3", "answer must be the number of an option"},
		"an option that is long":  {"Ringer", strings.Repeat("x", 76), "option 2 must have"},
		"text before a page":      {"# Sida ett", "Sida ett", "text before the first line"},
		"a page without text":     {"Text direkt under.", "", "page 2 needs"},
		"no reason for an answer": {"    why: Liv går före.\n", "", "why must have"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := lesson.Parse(strings.Replace(good, test.old, test.with, 1))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("it is told %v, want %q", err, test.want)
			}
		})
	}
}

func TestReadNamesTheFiles(t *testing.T) {
	_, err := lesson.Read(fstest.MapFS{"a.md": {Data: []byte(good)}, "b.md": {Data: []byte(good)}, "c.md": {Data: []byte("x")}, "d.txt": {}})
	if err == nil || !strings.Contains(err.Error(), "b.md: a.md has the same key") || !strings.Contains(err.Error(), "c.md: ") {
		t.Errorf("it is told %v", err)
	}
}

// Every built-in lesson is there in both languages, with the same pages and questions.
func TestBuiltin(t *testing.T) {
	lessons, err := lesson.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	byKey := map[string]map[string]lesson.Lesson{}
	for _, l := range lessons {
		if byKey[l.Key] == nil {
			byKey[l.Key] = map[string]lesson.Lesson{}
		}
		byKey[l.Key][l.Language] = l
	}
	if len(byKey) != 2 {
		t.Errorf("there are %d lessons, want two", len(byKey))
	}
	for key, l := range byKey {
		sv, en := l["sv"], l["en"]
		if len(sv.Pages) != len(en.Pages) || len(sv.Quiz) != len(en.Quiz) || len(sv.Pages) == 0 {
			t.Errorf("%s differs between the languages", key)
			continue
		}
		for i := range sv.Quiz {
			if sv.Quiz[i].Answer != en.Quiz[i].Answer || len(sv.Quiz[i].Options) != len(en.Quiz[i].Options) {
				t.Errorf("%s: question %d differs between the languages", key, i+1)
			}
		}
	}
}
