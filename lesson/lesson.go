// Package lesson reads short training in Markdown: pages to read and questions to answer, a file for each language. Two are built in; the
// municipality's own lie in a folder that the settings name. It knows neither chats nor who takes what.
package lesson

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
)

// Lesson is training in one language.
type Lesson struct {
	Key      string     `yaml:"key"`
	Language string     `yaml:"language"` // sv or en
	Title    string     `yaml:"title"`
	Quiz     []Question `yaml:"quiz"`
	Pages    []Page     `yaml:"-"`
}

// Question is a question with one right answer.
type Question struct {
	Question string   `yaml:"question"`
	Options  []string `yaml:"options"`
	Answer   int      `yaml:"answer"` // which option is right, from 1
	Why      string   `yaml:"why"`    // told to who answers otherwise
}

// Page is what is read at a time.
type Page struct {
	Title string
	Parts []Part
}

// Part is a paragraph or a list of points.
type Part struct {
	Paragraph string
	Points    []string
}

//go:embed builtin/*.md
var builtin embed.FS

// Builtin returns the lessons that come with the program.
func Builtin() ([]Lesson, error) {
	folder, err := fs.Sub(builtin, "builtin")
	if err != nil {
		return nil, fmt.Errorf("opening the built-in lessons: %w", err)
	}
	return Read(folder)
}

// Read returns the lessons in the files *.md of a folder, in the order of their names. The error names every file that cannot be used.
func Read(folder fs.FS) ([]Lesson, error) {
	names, err := fs.Glob(folder, "*.md")
	if err != nil {
		return nil, fmt.Errorf("looking for lessons: %w", err)
	}
	var lessons []Lesson
	var wrong []error
	seen := map[[2]string]string{}
	for _, name := range names {
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, fmt.Errorf("reading a lesson: %w", err)
		}
		l, err := Parse(string(content))
		if err != nil {
			wrong = append(wrong, fmt.Errorf("%s: %w", path.Base(name), err))
			continue
		}
		id := [2]string{l.Key, l.Language}
		if other, twice := seen[id]; twice {
			wrong = append(wrong, fmt.Errorf("%s: %s has the same key and language", path.Base(name), other))
		}
		seen[id] = name
		lessons = append(lessons, l)
	}
	return lessons, errors.Join(wrong...)
}

// What the chats show whole: https://docs.slack.dev/reference/block-kit/composition-objects/option-object and
// https://docs.slack.dev/reference/block-kit/blocks/header-block for the shortest of them.
const (
	maxOption   = 75
	maxOptions  = 10
	maxQuestion = 300
	maxTitle    = 150
	maxPart     = 2000
	maxWhy      = 300
)

// Parse reads a lesson: settings between two lines of ---, then pages that each begin with a line "# Title".
func Parse(content string) (Lesson, error) {
	var l Lesson
	content = strings.ReplaceAll(strings.TrimPrefix(content, "\ufeff"), "\r\n", "\n")
	head, ok := strings.CutPrefix(content, "---\n")
	head, body, found := strings.Cut(head, "\n---\n")
	if !ok || !found {
		return l, errors.New("the settings between two lines of --- are missing at the beginning")
	}
	if err := yaml.UnmarshalWithOptions([]byte(head), &l, yaml.Strict()); err != nil {
		return l, fmt.Errorf("the settings cannot be read: %w", err)
	}
	var err error
	if l.Pages, err = pages(body); err != nil {
		return l, err
	}
	return l, l.check()
}

func pages(body string) ([]Page, error) {
	var all []Page
	for block := range strings.SplitSeq(body, "\n\n") {
		block = strings.TrimSpace(block)
		title, rest, _ := strings.Cut(block, "\n")
		if heading, ok := strings.CutPrefix(title, "# "); ok {
			all = append(all, Page{Title: strings.TrimSpace(heading)})
			block = strings.TrimSpace(rest)
		}
		if block == "" {
			continue
		}
		if len(all) == 0 {
			return nil, errors.New(`there is text before the first line "# Title"`)
		}
		page := &all[len(all)-1]
		page.Parts = append(page.Parts, part(block))
	}
	return all, nil
}

// part is a block of lines: points when each begins with "- " or goes on with the one before, else a paragraph.
func part(block string) Part {
	if !strings.HasPrefix(block, "- ") {
		return Part{Paragraph: strings.Join(strings.Fields(block), " ")}
	}
	var p Part
	for line := range strings.SplitSeq(block, "\n") {
		if point, ok := strings.CutPrefix(line, "- "); ok {
			p.Points = append(p.Points, strings.TrimSpace(point))
		} else {
			p.Points[len(p.Points)-1] += " " + strings.TrimSpace(line)
		}
	}
	return p
}

func (l Lesson) check() error {
	var wrong []error
	add := func(bad bool, format string, args ...any) {
		if bad {
			wrong = append(wrong, fmt.Errorf(format, args...))
		}
	}
	long := func(text string, limit int) bool { return text == "" || utf8.RuneCountInString(text) > limit }
	add(l.Key == "", "key is missing")
	add(l.Language != "sv" && l.Language != "en", "language %q is neither sv nor en", l.Language)
	add(long(l.Title, maxTitle), "title must have 1–%d characters", maxTitle)
	add(len(l.Pages) == 0, `there is no page: begin each with a line "# Title"`)
	add(len(l.Quiz) == 0, "quiz has no question")
	for i, p := range l.Pages {
		add(long(p.Title, maxTitle) || len(p.Parts) == 0, "page %d needs a title of at most %d characters, and a text", i+1, maxTitle)
		for _, part := range p.Parts {
			add(utf8.RuneCountInString(part.Paragraph+strings.Join(part.Points, "\n")) > maxPart, "page %d has a part of more than %d characters",
				i+1, maxPart)
		}
	}
	for i, q := range l.Quiz {
		add(long(q.Question, maxQuestion), "question %d must have 1–%d characters", i+1, maxQuestion)
		add(long(q.Why, maxWhy), "question %d: why must have 1–%d characters", i+1, maxWhy)
		add(len(q.Options) < 2 || len(q.Options) > maxOptions, "question %d must have 2–%d options", i+1, maxOptions)
		add(q.Answer < 1 || q.Answer > len(q.Options), "question %d: answer must be the number of an option, from 1", i+1)
		for n, option := range q.Options {
			add(long(option, maxOption), "question %d: option %d must have 1–%d characters", i+1, n+1, maxOption)
		}
	}
	return errors.Join(wrong...)
}
