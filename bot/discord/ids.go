package discord

import (
	"math/bits"
	"strconv"
	"strings"

	"tyreso.se/incidentbot/bot"
)

// What a button, select or modal does travels in its custom id, at most 100 characters
// (https://discord.com/developers/docs/components/reference#anatomy-of-a-component-custom-id): nothing of a dialog under way is
// held in memory, so that it goes on after a restart, and in another replica. An id holds ids and which fields were asked, never
// what was answered.

// separator stands between the parts of a custom id.
const separator = "|"

// press is a bot.Button's custom id.
type press struct{ id, subject string }

const pressVerb = "b"

func (p press) pack() string { return packed(pressVerb, p.id, p.subject) }

func unpackPress(id string) (press, bool) {
	parts := unpacked(id)
	if len(parts) < 3 || parts[0] != pressVerb || parts[1] == "" {
		return press{}, false
	}
	return press{parts[1], parts[2]}, true // what follows keeps two such buttons apart
}

// verb is what a step of a dialog does.
type verb string

// The steps of a dialog. Released, they keep their meaning: a private message may be pressed on a day later.
const (
	sendPart   verb = "p" // modal: the answers of a part
	sendWhole  verb = "w" // modal: all answers, the dialog is sent with it
	askMore    verb = "m" // button: opens a modal with what has not been asked yet
	askFields  verb = "f" // button: opens a modal with the fields
	askChosen  verb = "e" // select: opens a modal with the chosen field
	review     verb = "r" // button: shows what has been answered
	send       verb = "s" // button: sends the dialog
	cancel     verb = "c" // button: closes it
	search     verb = "q" // button: opens a modal to search in, for the field
	searchFor  verb = "t" // modal: what to search for
	takeResult verb = "v" // select: one of what was found
)

// step is the custom id of a step of a dialog.
type step struct {
	verb                  verb
	dialog, subject, kept string
	asked, fields         mask
}

func (s step) pack() string {
	return packed(string(s.verb), s.dialog, s.subject, s.kept, s.asked.String(), s.fields.String())
}

func unpackStep(id string) (step, bool) {
	parts := unpacked(id)
	if len(parts) != 6 {
		return step{}, false
	}
	s := step{verb: verb(parts[0]), dialog: parts[1], subject: parts[2], kept: parts[3]}
	switch s.verb {
	case sendPart, sendWhole, askMore, askFields, askChosen, review, send, cancel, search, searchFor, takeResult:
	default:
		return step{}, false
	}
	var asked, fields error
	s.asked, asked = parseMask(parts[4])
	s.fields, fields = parseMask(parts[5])
	return s, asked == nil && fields == nil && s.dialog != ""
}

// to is another step of the same dialog.
func (s step) to(v verb) step {
	s.verb, s.fields = v, 0
	return s
}

// with is the same step with some of the fields.
func (s step) with(fields mask) step {
	s.fields = fields
	return s
}

// mask is a set of a dialog's questions by their order in its declaration. Notes do not count, so that one more or less does not
// move the questions.
type mask uint64

const (
	maxQuestions = 64
	maskBase     = 36
)

func (m mask) has(i int) bool { return m&(1<<i) != 0 }

func (m mask) add(i int) mask { return m | 1<<i }

func (m mask) count() int { return bits.OnesCount64(uint64(m)) }

func (m mask) String() string {
	if m == 0 {
		return ""
	}
	return strconv.FormatUint(uint64(m), maskBase)
}

func parseMask(s string) (mask, error) {
	if s == "" {
		return 0, nil
	}
	m, err := strconv.ParseUint(s, maskBase, maxQuestions)
	return mask(m), err
}

// question is a field that is asked, and its place in a mask.
type question struct {
	bot.Field
	place int
}

// questions are the fields of a dialog that can be asked.
func questions(fields []bot.Field) []question {
	var list []question
	for _, f := range fields {
		if f.Kind != bot.Note {
			list = append(list, question{f, len(list)})
		}
	}
	return list
}

// visible are the questions that are shown with the dialog's answers.
func visible(d *bot.Dialog) []question {
	shown := map[string]bool{}
	for _, f := range d.Visible(d.Values) {
		shown[f.ID] = true
	}
	var list []question
	for _, q := range questions(d.Fields) {
		if shown[q.ID] {
			list = append(list, q)
		}
	}
	return list
}

// among returns those of the questions that are in the mask.
func (m mask) among(list []question) []question {
	var found []question
	for _, q := range list {
		if m.has(q.place) {
			found = append(found, q)
		}
	}
	return found
}

// maskOf is the set of the questions.
func maskOf(list []question) mask {
	var m mask
	for _, q := range list {
		m = m.add(q.place)
	}
	return m
}

func packed(parts ...string) string {
	for i, part := range parts {
		parts[i] = strings.NewReplacer("%", "%25", separator, "%7C").Replace(part)
	}
	return strings.Join(parts, separator)
}

func unpacked(id string) []string {
	parts := strings.Split(id, separator)
	for i, part := range parts {
		parts[i] = strings.NewReplacer("%7C", separator, "%25", "%").Replace(part)
	}
	return parts
}
