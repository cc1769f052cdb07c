package bot

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// FieldKind is the kind of a dialog's field.
type FieldKind int

// The kinds of field.
const (
	Note     FieldKind = iota // no question: a text to read (Label; Help below it)
	Text                      // one line
	LongText                  // several lines
	Choice                    // one of Options, as radio buttons or a menu
	Choices                   // any number of Options, as checkboxes
	Lookup                    // one of the options that a Search request returns as the person types
	DateTime                  // a point in time
	Files                     // attachments
)

// Field is one question of a dialog.
type Field struct {
	ID          string // also the key of its answer and of its error
	Kind        FieldKind
	Label       string
	Help        string // shown below the field
	Placeholder string
	Options     []Option // Choice, Choices
	Required    bool
	Min, Max    int        // Text, LongText: characters; Files: Max number of files
	NotFuture   bool       // DateTime: may not lie after now
	ShowIf      *Condition // nil: always shown
}

// Option is one possible answer.
type Option struct {
	Value string
	Label string
	Help  string
}

// Condition holds when the answer to Field is one of OneOf.
type Condition struct {
	Field string
	OneOf []string
}

// Dialog is a form, declared once and drawn by every surface.
type Dialog struct {
	ID      string
	Subject string // what it concerns: an opaque id that comes back with every request
	Title   string
	Submit  string // text of the button that sends it
	Cancel  string
	Fields  []Field
	Values  Values // answers filled in from the start
	Kept    string // see Request.InParts
}

// Field returns the field with the given id, or nil.
func (d *Dialog) Field(id string) *Field {
	for i := range d.Fields {
		if d.Fields[i].ID == id {
			return &d.Fields[i]
		}
	}
	return nil
}

// Visible returns the fields to show given the answers v, in order. A field whose condition rests on a hidden field is hidden.
func (d *Dialog) Visible(v Values) []Field {
	shown := make([]Field, 0, len(d.Fields))
	for _, f := range d.Fields {
		if f.ShowIf == nil || holds(*f.ShowIf, v, shown) {
			shown = append(shown, f)
		}
	}
	return shown
}

func holds(c Condition, v Values, shown []Field) bool {
	if !slices.ContainsFunc(shown, func(f Field) bool { return f.ID == c.Field }) {
		return false
	}
	return slices.ContainsFunc(v[c.Field], func(a string) bool { return slices.Contains(c.OneOf, a) })
}

// Reveals tells whether another field's condition rests on the field id, so that a surface must tell when its answer changes.
func (d *Dialog) Reveals(id string) bool {
	return slices.ContainsFunc(d.Fields, func(f Field) bool { return f.ShowIf != nil && f.ShowIf.Field == id })
}

// Problem is what is wrong with an answer, to be put in words by who knows the language.
type Problem struct {
	Code  string // "required", "too_short", "too_long", "in_future", "not_an_option", "not_a_time", "too_many"
	Limit int    // the limit that was broken, where there is one
}

// Check returns what is wrong with the answers to the visible fields, by field id; empty when all is well. Answers to
// hidden fields are not looked at. now is compared with NotFuture; a minute's grace allows for clocks that differ.
func (d *Dialog) Check(v Values, files int, now time.Time) map[string]Problem {
	problems := map[string]Problem{}
	for _, f := range d.Visible(v) {
		if p, bad := f.check(v[f.ID], files, now); bad {
			problems[f.ID] = p
		}
	}
	return problems
}

func (f *Field) check(answers []string, files int, now time.Time) (Problem, bool) {
	answer := ""
	if len(answers) > 0 {
		answer = answers[0]
	}
	switch f.Kind {
	case Note:
		return Problem{}, false
	case Files:
		if f.Max > 0 && files > f.Max {
			return Problem{"too_many", f.Max}, true
		}
		if f.Required && files == 0 {
			return Problem{Code: "required"}, true
		}
		return Problem{}, false
	case Text, LongText:
		answer = strings.TrimSpace(answer)
	}
	if answer == "" {
		return Problem{Code: "required"}, f.Required
	}
	switch f.Kind {
	case Text, LongText:
		n := utf8.RuneCountInString(answer)
		if n < f.Min {
			return Problem{"too_short", f.Min}, true
		}
		if f.Max > 0 && n > f.Max {
			return Problem{"too_long", f.Max}, true
		}
	case Choice, Choices:
		for _, a := range answers {
			if !slices.ContainsFunc(f.Options, func(o Option) bool { return o.Value == a }) {
				return Problem{Code: "not_an_option"}, true
			}
		}
	case DateTime:
		t, err := time.Parse(time.RFC3339, answer)
		if err != nil {
			return Problem{Code: "not_a_time"}, true
		}
		if f.NotFuture && t.After(now.Add(time.Minute)) {
			return Problem{Code: "in_future"}, true
		}
	}
	return Problem{}, false
}
