package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
)

func now() time.Time { return time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC) }

func ids(fields []bot.Field) []string {
	found := make([]string, len(fields))
	for i, f := range fields {
		found[i] = f.ID
	}
	return found
}

// layered is a dialog where a question leads to another, which leads to a third.
func layered() *bot.Dialog {
	yesNo := []bot.Option{{Value: "yes"}, {Value: "no"}}
	return &bot.Dialog{Fields: []bot.Field{
		{ID: "intro", Kind: bot.Note},
		{ID: "personal", Kind: bot.Choice, Options: yesNo},
		{ID: "kinds", Kind: bot.Choices, Options: []bot.Option{{Value: "health"}, {Value: "children"}},
			ShowIf: &bot.Condition{Field: "personal", OneOf: []string{"yes", "perhaps"}}},
		{ID: "which", Kind: bot.Text, ShowIf: &bot.Condition{Field: "kinds", OneOf: []string{"health"}}},
	}}
}

func TestVisible(t *testing.T) {
	tests := []struct {
		name   string
		values bot.Values
		want   []string
	}{
		{"nothing answered hides what depends on an answer", nil, []string{"intro", "personal"}},
		{"another answer hides it too", bot.Values{"personal": {"no"}}, []string{"intro", "personal"}},
		{"the answer shows the next question", bot.Values{"personal": {"yes"}}, []string{"intro", "personal", "kinds"}},
		{"any of several answers counts", bot.Values{"personal": {"yes"}, "kinds": {"children", "health"}},
			[]string{"intro", "personal", "kinds", "which"}},
		{"an answer to a hidden question shows nothing", bot.Values{"personal": {"no"}, "kinds": {"health"}},
			[]string{"intro", "personal"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, ids(layered().Visible(test.values))); diff != "" {
				t.Errorf("visible fields differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReveals(t *testing.T) {
	for field, want := range map[string]bool{"personal": true, "kinds": true, "which": false, "intro": false, "absent": false} {
		if got := layered().Reveals(field); got != want {
			t.Errorf("Reveals(%q) = %v, want %v", field, got, want)
		}
	}
}

func TestCheck(t *testing.T) {
	options := []bot.Option{{Value: "a"}, {Value: "b"}}
	at := func(d time.Duration) []string { return []string{now().Add(d).Format(time.RFC3339)} }
	tests := []struct {
		name    string
		field   bot.Field
		answers []string
		files   int
		want    *bot.Problem // nil: all is well
	}{
		{"a note is never a problem", bot.Field{Kind: bot.Note, Required: true}, nil, 0, nil},
		{"an optional text may be absent", bot.Field{Kind: bot.Text, Min: 3}, nil, 0, nil},
		{"a required text is missed", bot.Field{Kind: bot.Text, Required: true}, nil, 0, &bot.Problem{Code: "required"}},
		{"space alone is no answer", bot.Field{Kind: bot.LongText, Required: true}, []string{" \n\t"}, 0, &bot.Problem{Code: "required"}},
		{"a text at its lower limit is well", bot.Field{Kind: bot.Text, Min: 3}, []string{"åäö"}, 0, nil},
		{"a text below it is too short", bot.Field{Kind: bot.Text, Min: 3}, []string{"åä"}, 0, &bot.Problem{Code: "too_short", Limit: 3}},
		{"space around does not make it longer", bot.Field{Kind: bot.Text, Min: 3}, []string{"  åä  "}, 0, &bot.Problem{Code: "too_short", Limit: 3}},
		{"a text at its upper limit is well, by characters and not bytes", bot.Field{Kind: bot.Text, Max: 3}, []string{"🙂🙂🙂"}, 0, nil},
		{"a text above it is too long", bot.Field{Kind: bot.LongText, Max: 3}, []string{"abcd"}, 0, &bot.Problem{Code: "too_long", Limit: 3}},
		{"no upper limit takes any length", bot.Field{Kind: bot.LongText}, []string{strings.Repeat("x", 9999)}, 0, nil},
		{"a choice among the options is well", bot.Field{Kind: bot.Choice, Options: options}, []string{"b"}, 0, nil},
		{"another choice is none", bot.Field{Kind: bot.Choice, Options: options}, []string{"c"}, 0, &bot.Problem{Code: "not_an_option"}},
		{"one wrong among several choices is seen", bot.Field{Kind: bot.Choices, Options: options}, []string{"a", "c"}, 0, &bot.Problem{Code: "not_an_option"}},
		{"a required choice is missed", bot.Field{Kind: bot.Choices, Required: true, Options: options}, nil, 0, &bot.Problem{Code: "required"}},
		{"a looked-up answer is anything", bot.Field{Kind: bot.Lookup}, []string{"whatever"}, 0, nil},
		{"a time is well", bot.Field{Kind: bot.DateTime, NotFuture: true}, at(-time.Hour), 0, nil},
		{"a clock half a minute ahead is forgiven", bot.Field{Kind: bot.DateTime, NotFuture: true}, at(30 * time.Second), 0, nil},
		{"a time in the future is not", bot.Field{Kind: bot.DateTime, NotFuture: true}, at(2 * time.Minute), 0, &bot.Problem{Code: "in_future"}},
		{"a future that is allowed is well", bot.Field{Kind: bot.DateTime}, at(time.Hour), 0, nil},
		{"a time in another form is none", bot.Field{Kind: bot.DateTime}, []string{"yesterday"}, 0, &bot.Problem{Code: "not_a_time"}},
		{"as many files as allowed are well", bot.Field{Kind: bot.Files, Max: 2}, nil, 2, nil},
		{"more are too many", bot.Field{Kind: bot.Files, Max: 2}, nil, 3, &bot.Problem{Code: "too_many", Limit: 2}},
		{"required files are missed", bot.Field{Kind: bot.Files, Required: true}, nil, 0, &bot.Problem{Code: "required"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.field.ID = "field"
			d := bot.Dialog{Fields: []bot.Field{test.field}}
			want := map[string]bot.Problem{}
			if test.want != nil {
				want["field"] = *test.want
			}
			if diff := cmp.Diff(want, d.Check(bot.Values{"field": test.answers}, test.files, now())); diff != "" {
				t.Errorf("problems differ (-want +got):\n%s", diff)
			}
		})
	}
}

// anyDialog draws a dialog of up to eight fields, whose conditions may rest on earlier fields, later ones and none at all.
func anyDialog(t *rapid.T) *bot.Dialog {
	answers := []bot.Option{{Value: "a"}, {Value: "b"}, {Value: "c"}}
	d := &bot.Dialog{}
	for i := range rapid.IntRange(1, 8).Draw(t, "fields") {
		f := bot.Field{
			ID:       fmt.Sprint(i),
			Kind:     rapid.SampledFrom([]bot.FieldKind{bot.Note, bot.Text, bot.Choice, bot.Choices, bot.DateTime, bot.Files}).Draw(t, "kind"),
			Required: rapid.Bool().Draw(t, "required"),
			Min:      rapid.IntRange(0, 3).Draw(t, "min"),
			Options:  answers,
		}
		if rapid.Bool().Draw(t, "conditional") {
			f.ShowIf = &bot.Condition{
				Field: fmt.Sprint(rapid.IntRange(0, 8).Draw(t, "rests on")),
				OneOf: rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 1, 2).Draw(t, "one of"),
			}
		}
		d.Fields = append(d.Fields, f)
	}
	return d
}

func anyValues(t *rapid.T, d *bot.Dialog, label string) bot.Values {
	v := bot.Values{}
	for _, f := range d.Fields {
		v[f.ID] = rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "zz", "", "2026-11-01T00:00:00Z"}), 0, 2).Draw(t, label)
	}
	return v
}

func TestHiddenFieldsAreNeverLookedAt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := anyDialog(t)
		values := anyValues(t, d, "answers")
		other := anyValues(t, d, "other answers")
		files := rapid.IntRange(0, 3).Draw(t, "files")
		visible := map[string]bool{}
		for _, f := range d.Visible(values) {
			visible[f.ID] = true
			other[f.ID] = values[f.ID] // only the hidden ones are answered otherwise
		}
		if diff := cmp.Diff(ids(d.Visible(values)), ids(d.Visible(other))); diff != "" {
			t.Fatalf("what is shown depends on a hidden answer:\n%s", diff)
		}
		problems := d.Check(values, files, now())
		if diff := cmp.Diff(problems, d.Check(other, files, now())); diff != "" {
			t.Fatalf("problems depend on a hidden answer:\n%s", diff)
		}
		for id := range problems {
			if !visible[id] {
				t.Fatalf("a problem is told of the hidden field %s", id)
			}
		}
		for _, f := range d.Fields {
			answered := values.Get(f.ID) != "" || f.Kind == bot.Files && files > 0
			if visible[f.ID] && f.Required && f.Kind != bot.Note && !answered && problems[f.ID].Code != "required" {
				t.Fatalf("the required field %s is not missed", f.ID)
			}
		}
	})
}

func TestValues(t *testing.T) {
	v := bot.Values{"at": {"2026-11-23T10:30:00+01:00"}, "text": {"first", "second"}, "empty": {}}
	if got := v.Get("text"); got != "first" {
		t.Errorf("Get gives %q, want the first answer", got)
	}
	if got := v.Get("empty") + v.Get("absent"); got != "" {
		t.Errorf("Get gives %q where there is no answer", got)
	}
	if got := v.Time("at"); got != now() {
		t.Errorf("Time gives %v, want %v", got, now())
	}
	if got := v.Time("text"); !got.IsZero() {
		t.Errorf("Time gives %v for what is no time", got)
	}
}

func TestSendErrorTellsItsCodeOnly(t *testing.T) {
	secret := fmt.Errorf("https://hooks.example/T0/secret-token")
	for want, err := range map[string]*bot.SendError{
		"permanently refused: not_in_channel": {Code: "not_in_channel", Permanent: true, Err: secret},
		"rate-limited for 30s: ratelimited":   {Code: "ratelimited", Wait: 30 * time.Second, Err: secret},
		"temporarily refused: internal_error": {Code: "internal_error", Err: secret},
	} {
		if got := err.Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestAddressString(t *testing.T) {
	channel, user := bot.Address{Surface: "slack", Channel: "C1"}, bot.Address{Surface: "slack", User: "U1"}
	if channel.String() != "slack:channel:C1" || user.String() != "slack:user:U1" {
		t.Errorf("got %s and %s", channel, user)
	}
}
