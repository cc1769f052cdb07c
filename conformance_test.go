package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/locale"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// everywhere runs a test on every platform in every language.
func everywhere(t *testing.T, test func(h *house)) {
	t.Helper()
	for _, platform := range platforms {
		for _, language := range []string{locale.Swedish, locale.English} {
			t.Run(platform.name+" in "+language, func(t *testing.T) {
				h := openHouse(t, language, platform.open)
				test(h)
				for _, problem := range h.employee.Problems() {
					t.Errorf("the platform objects: %s", problem)
				}
			})
		}
	}
}

// hard is a text with everything in it that platforms give a meaning to, at least so many characters long.
func hard(n int) string {
	const text = "Räksmörgås *fet* __under__ ||dold|| `kod` @everyone <@U0MAJA> <!channel> [länk](https://exempel.example/a_b) 👩‍👩‍👧 שלום\n" +
		"> citat\n# rubrik\n- punkt <https://exempel.example|här> & så &amp;\n"
	all := []rune(strings.Repeat(text, n/len([]rune(text))+1))
	return strings.TrimSpace(string(all[:n]))
}

// answers fills in every question of a dialog, but for what is given.
func answers(d *bot.Dialog, given bot.Values) bot.Values {
	v := bot.Values{}
	for _, f := range d.Fields {
		var answer []string
		switch f.Kind {
		case bot.Text, bot.LongText:
			answer = []string{hard(f.Max)}
		case bot.Choice:
			answer = []string{f.Options[len(f.Options)-1].Value}
		case bot.Choices:
			for _, o := range f.Options {
				answer = append(answer, o.Value)
			}
		case bot.Lookup:
			answer = []string{"system-37", "System 37 för vård & *omsorg*"}
		case bot.DateTime:
			answer = []string{time.Now().Add(-26 * time.Hour).UTC().Truncate(time.Minute).Format(time.RFC3339)}
		}
		if other, ok := given[f.ID]; ok {
			answer = other
		}
		v[f.ID] = answer
	}
	shown := bot.Values{}
	for _, f := range d.Visible(v) {
		if v[f.ID] != nil {
			shown[f.ID] = v[f.ID]
		}
	}
	return shown
}

// do is one thing that a person does.
func (h *house) do(what string, act func() (bottest.Screen, error)) bottest.Screen {
	h.t.Helper()
	screen, err := act()
	if err != nil {
		h.t.Fatalf("%s: %v", what, err)
	}
	h.work()
	reply := h.latest()
	if m := reply.Message; m != nil && !screen.Dialog {
		if wrong := h.employee.Traits().Differs(*m, screen); wrong != "" {
			h.t.Errorf("%s, in %s: %s", what, h.language, wrong)
		}
	}
	if d := reply.Dialog; d != nil && len(reply.Errors) == 0 && screen.Title != d.Title {
		h.t.Errorf("%s, in %s: the dialog %q opened as %+v", what, h.language, d.Title, screen)
	}
	h.read()
	return screen
}

// report reports an incident, whose messages come late, and returns it as the register has it.
func (h *house) report(name string, given bot.Values, late time.Duration, uploads ...bottest.Upload) store.Incident {
	h.t.Helper()
	h.do("opening the report", func() (bottest.Screen, error) { return h.say(h.employee, "", "") })
	d := h.latest().Dialog
	h.do(name, func() (bottest.Screen, error) {
		defer h.wait(late)
		return h.employee.Submit(h.t.Context(), d, answers(d, given), uploads)
	})
	if errs := h.latest().Errors; len(errs) > 0 {
		h.t.Fatalf("%s was refused: %q", name, errs)
	}
	var newest store.Incident
	if err := h.Store.Incidents(h.t.Context(), func(c store.Incident) error { newest = c; return nil }); err != nil {
		h.t.Fatal(err)
	}
	return newest
}

// buttonAt is which of a message's buttons is the first one like that, counted from 0; -1 when none is.
func buttonAt(m bot.Message, is func(bot.Button) bool) int {
	n := 0
	for _, b := range m.Blocks {
		row, _ := b.(bot.Buttons)
		for _, one := range row {
			if is(one) {
				return n
			}
			n++
		}
	}
	return -1
}

func ofCase(c store.Incident, button string) func(bot.Button) bool {
	return func(b bot.Button) bool { return b.ID == button && b.Subject == c.Ref }
}

// card is where a case's card stands in the open channel, and which of its buttons has an id.
func (h *house) card(c store.Incident, button string) (bot.Ref, int) {
	h.t.Helper()
	for _, ref := range slices.Backward(h.order) {
		if n := buttonAt(h.posted[ref], ofCase(c, button)); n >= 0 {
			return ref, n
		}
	}
	h.t.Fatalf("no card of %s has a button %q", c.Number, button)
	return bot.Ref{}, 0
}

// press has the CISO press a button of a case's card, and fill in the dialog that it opens, if one.
func (h *house) press(c store.Incident, button string, given bot.Values) bottest.Screen {
	h.t.Helper()
	ref, n := h.card(c, button)
	screen := h.do(button, func() (bottest.Screen, error) { return h.ciso.Press(h.t.Context(), ref, n) })
	d := h.latest().Dialog
	if d == nil {
		return screen
	}
	screen = h.do("sending "+button, func() (bottest.Screen, error) {
		return h.ciso.Submit(h.t.Context(), d, answers(d, given), nil)
	})
	if errs := h.latest().Errors; len(errs) > 0 {
		h.t.Fatalf("%s was refused: %q", button, errs)
	}
	return screen
}

// pressMore has the CISO press one of a case's rarer buttons, and fill in the dialog that it opens, if one.
func (h *house) pressMore(c store.Incident, button string, given bot.Values, uploads ...bottest.Upload) bottest.Screen {
	h.t.Helper()
	menu := h.press(c, "more", nil)
	return h.pressIn(menu, h.latest().Message, button, given, uploads...)
}

// pressIn has the CISO press the first button with an id in a message that was answered, and fill in the dialog that it opens, if one.
func (h *house) pressIn(menu bottest.Screen, m *bot.Message, button string, given bot.Values, uploads ...bottest.Upload) bottest.Screen {
	h.t.Helper()
	found := buttonAt(*m, func(b bot.Button) bool { return b.ID == button })
	if found < 0 {
		h.t.Fatalf("%q has no button %q", menu.Title, button)
	}
	screen := h.do(button, func() (bottest.Screen, error) { return h.ciso.Press(h.t.Context(), menu.Ref, found) })
	d := h.latest().Dialog
	if d == nil {
		return screen
	}
	screen = h.do("sending "+button, func() (bottest.Screen, error) {
		return h.ciso.Submit(h.t.Context(), d, answers(d, given), uploads)
	})
	if errs := h.latest().Errors; len(errs) > 0 {
		h.t.Fatalf("%s was refused: %q", button, errs)
	}
	return screen
}

// workOn does with a case what those who work it can do beside deciding and closing.
func (h *house) workOn(c, lead store.Incident) {
	h.t.Helper()
	h.press(c, "start", nil)
	h.pressMore(c, "assign", nil)
	h.pressMore(c, "system", bot.Values{"new_system": {"Ett *nytt* system " + c.Number}})
	h.pressMore(c, "facts", bot.Values{"near_miss": {string(policy.No)}, "ongoing": {string(policy.Yes)}})
	h.pressMore(c, "affected", bot.Values{"count": {"1 200"}, "records": {"37"}})
	h.pressMore(c, "involve", nil)
	h.pressMore(c, "attach", nil, bottest.Upload{Name: "logg.txt", Content: []byte("logg")})
	h.pressMore(c, "group", bot.Values{"number": {lead.Number}})
	h.pressMore(c, "group", bot.Values{"lead": {"-"}, "number": nil})
	h.pressMore(c, "secrecy", bot.Values{"secret": {"yes"}})
	h.pressMore(c, "secrecy", bot.Values{"secret": {"no"}})
	list := h.pressMore(c, "measures", nil)
	h.pressIn(list, h.latest().Message, "measure", bot.Values{"owner": {"Maja Berg"}, "due": {"2099-12-31"}})
	list = h.pressMore(c, "measures", nil)
	h.pressIn(list, h.latest().Message, "measure_end", nil)
	h.pressMore(c, "measures", nil) // with what has ended
	h.press(c, "resolve", nil)
	h.pressMore(c, "start", nil)
}

// kinds are the reports whose cards look differently.
var kinds = []struct {
	name  string
	given bot.Values
	late  time.Duration
}{
	{name: "everything", given: bot.Values{"stop": {"no"}, "personal": {"yes"}, "anonymous": nil}},
	{name: "the stop question", given: bot.Values{"stop": {"yes"}}},
	{name: "nameless", given: bot.Values{"stop": {"no"}, "personal": {"no"}, "text": {"Kort om *något*."}, "done": nil}},
	{name: "near miss", given: bot.Values{"stop": {"no"}, "effects": nil, "anonymous": nil, "system": {"-", ""}, "text": {"Nära <ögat>."}, "done": nil}},
	{name: "delayed", given: bot.Values{"stop": {"no"}, "near_miss": nil, "anonymous": nil, "text": {hard(400)}, "done": {hard(200)}}, late: 17 * time.Minute},
}

func TestEveryDialogAndCardOnEveryPlatform(t *testing.T) {
	everywhere(t, func(h *house) {
		uploads := []bottest.Upload{{Name: "a.txt", Content: []byte("a")}, {Name: "b.txt", Content: []byte("bb")}}
		lead := h.report("another case", bot.Values{"stop": {"no"}, "anonymous": nil, "personal": {"no"}, "text": {"Ett annat *fall*."}, "done": nil}, 0)
		for _, kind := range kinds {
			given := maps.Clone(kind.given)
			if system := given["system"]; system != nil {
				system[1] = h.Texts.T(h.language, "report.system.other")
			}
			c := h.report(kind.name, given, kind.late, uploads...)
			h.press(c, "acknowledge", nil)
			if !c.StopQuestion {
				shown := h.press(c, "show", nil)
				if !strings.Contains(shown.Text, strings.TrimSpace(firstLine(c.Text))) {
					h.t.Errorf("what was reported is not shown: %q", shown.Text)
				}
				h.press(c, "category", nil)
				h.press(c, "severity", nil)
				h.press(c, "note", nil)
				h.meet(c)
				if kind.name == kinds[0].name { // which is enough: the others' cards differ in what was reported
					h.workOn(c, lead)
				}
				verdict := "high_risk"
				if c.NearMiss {
					verdict = "no_breach"
				}
				h.press(c, "breach", bot.Values{"verdict": {verdict}})
				h.press(c, "significant", bot.Values{"verdict": {"not_significant"}})
				if h.meetAll(c) {
					h.press(c, "drafts", nil)
				}
				if len(shown.Buttons) > 0 {
					h.do("attachments", func() (bottest.Screen, error) { return h.ciso.Press(h.t.Context(), shown.Ref, 0) })
				}
			}
			if c.ReporterID != nil {
				h.press(c, "message", nil)
				h.answerMessage(c)
			}
			if !c.StopQuestion {
				h.press(c, "show", nil) // with all that was written since
			}
			h.press(c, "close", nil)
			h.press(c, "reopen", nil)
			h.pressMore(c, "hold", nil)
			h.pressMore(c, "lift_hold", nil)
			h.press(c, "close", nil)
		}
		h.clarify()
		h.pages()
		h.link()
		h.revise()
		h.followUp()
		h.classify()
		h.analyse(lead)
		for _, id := range handlers.DialogIDs() {
			if !h.drawn[id] {
				h.t.Errorf("the dialog %q was never opened", id)
			}
		}
		for _, id := range handlers.ButtonIDs() {
			if !h.pressed[id] && id != "mine" { // no message of today's has it
				h.t.Errorf("the button %q was never pressed", id)
			}
		}
	})
}

// meet has the CISO open a case's room and keep what she says there.
func (h *house) meet(c store.Incident) {
	h.t.Helper()
	h.press(c, "room", nil)
	room, err := h.Store.Room(h.t.Context(), c.ID)
	if err != nil || room.Channel == "" {
		h.t.Fatalf("the room is %+v (%v)", room, err)
	}
	said := hard(300)
	h.do("capturing", func() (bottest.Screen, error) {
		return h.ciso.Capture(h.t.Context(), bot.Address{Surface: room.Surface, Channel: room.Channel}, said)
	})
	notes, err := h.Store.Notes(h.t.Context(), c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	if last := notes[len(notes)-1]; last.Kind != "captured" || last.Text != said || last.AuthorID == nil {
		h.t.Errorf("what was captured is kept as %+v", last)
	}
	if _, err := h.employee.Capture(h.t.Context(), bot.Address{Surface: room.Surface, Channel: room.Channel}, said); err == nil {
		h.t.Error("the reporter speaks in the room")
	}
}

// clarify has the reporter answer the question that is asked when two categories lie close: in the receipt that they were answered with,
// and in the one that came as a direct message.
func (h *house) clarify() {
	h.t.Helper()
	doubtful := bot.Values{"stop": {"no"}, "anonymous": nil, "personal": {"no"}, "effects": nil, "text": {"Väskan är borta."}, "done": nil}
	h.do("opening the report", func() (bottest.Screen, error) { return h.say(h.employee, "", "") })
	d := h.latest().Dialog
	receipt := h.do("reporting what is in doubt", func() (bottest.Screen, error) {
		return h.employee.Submit(h.t.Context(), d, answers(d, doubtful), nil)
	})
	press := func(ref bot.Ref, n int) {
		h.t.Helper()
		h.do("answering the question", func() (bottest.Screen, error) { return h.employee.Press(h.t.Context(), ref, n) })
	}
	press(receipt.Ref, 0)
	for _, id := range []string{"clarify_b", "clarify_unknown"} {
		press(h.card(h.report(id, doubtful, 0), id))
	}
	taken := 0
	err := h.Store.Events(h.t.Context(), func(e store.Event) error {
		if e.Action == "reporter.clarified" {
			taken++
		}
		return nil
	})
	if err != nil || taken != 3 {
		h.t.Errorf("%d answers were taken, want 3: %v", taken, err)
	}
}

// meetAll ends every duty of a case, one way and the other, and tells whether there was one.
func (h *house) meetAll(c store.Incident) bool {
	h.t.Helper()
	outcomes := []string{"moved", "done_more", "not_needed", "done"}
	for n := 0; ; n++ {
		obligations, err := h.Store.Obligations(h.t.Context(), c.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		open := slices.IndexFunc(obligations, func(o store.Obligation) bool { return o.State == store.ObligationOpen })
		if open < 0 {
			return len(obligations) > 0
		}
		h.press(c, "obligation", bot.Values{"step": {obligations[open].Step}, "outcome": {outcomes[min(n, len(outcomes)-1)]}})
	}
}

// answerMessage has the reporter answer what was last written to them about a case.
func (h *house) answerMessage(c store.Incident) {
	h.t.Helper()
	ref, n := h.card(c, "answer")
	h.do("answering", func() (bottest.Screen, error) { return h.employee.Press(h.t.Context(), ref, n) })
	d := h.latest().Dialog
	if d == nil {
		h.t.Fatalf("no dialog asks for the answer: %+v", h.latest())
	}
	h.do("sending the answer", func() (bottest.Screen, error) {
		return h.employee.Submit(h.t.Context(), d, answers(d, nil), nil)
	})
	if errs := h.latest().Errors; len(errs) > 0 {
		h.t.Fatalf("the answer was refused: %q", errs)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}

// pages look at what is answered to the command's other words, with ten cases in the lists.
func (h *house) pages() {
	h.t.Helper()
	for n := range 10 {
		h.report(fmt.Sprintf("case %d", n), bot.Values{"stop": {"no"}, "anonymous": nil, "personal": {"no"}, "text": {"Ännu ett *fall*."}, "done": nil}, 0)
	}
	for _, who := range []bottest.Platform{h.employee, h.ciso} {
		for _, word := range []string{"mine", "status", "help"} {
			h.do(word, func() (bottest.Screen, error) { return h.say(who, word, "") })
		}
		if h.home != nil {
			h.do("home", func() (bottest.Screen, error) { return h.home(who) })
		}
	}
	help := h.do("help", func() (bottest.Screen, error) { return h.say(h.employee, "help", "") })
	h.do("reporting from the help", func() (bottest.Screen, error) { return h.employee.Press(h.t.Context(), help.Ref, 0) })
}

// link links the employee's account to the staff list.
func (h *house) link() {
	h.t.Helper()
	sent := h.do("link", func() (bottest.Screen, error) { return h.say(h.employee, "link", employeeMail) })
	h.do("the code", func() (bottest.Screen, error) { return h.employee.Press(h.t.Context(), sent.Ref, 0) })
	d := h.latest().Dialog
	if d == nil {
		h.t.Fatalf("no dialog asks for the code: %+v", h.latest())
	}
	wrong := bot.Values{"code": {"000000"}}
	h.do("a wrong code", func() (bottest.Screen, error) { return h.employee.Submit(h.t.Context(), d, wrong, nil) })
	if h.latest().Errors["code"] == "" {
		h.t.Errorf("a wrong code was answered with %+v", h.latest())
	}
}

func TestReportArrivesEqualOnEveryPlatform(t *testing.T) {
	everywhere(t, func(h *house) {
		hour := func(ago time.Duration) string {
			return time.Now().Add(-ago).UTC().Truncate(time.Minute).Format(time.RFC3339)
		}
		given := bot.Values{
			"stop": {"no"}, "text": {hard(3000)}, "discovered": {hour(2 * time.Hour)}, "occurred": {hour(50 * time.Hour)},
			"system": {"system-39", "System 39 för vård & *omsorg*"}, "form": {"paper"}, "effects": {"K", "T"}, "personal": {"yes"},
			"persons": {"10"}, "sensitive": {"health", "children"}, "ongoing": {"unknown"}, "near_miss": {"yes"}, "done": {hard(2000)},
			"anonymous": nil,
		}
		uploads := []bottest.Upload{{Name: "a.txt", Content: []byte("a")}, {Name: "b.txt", Content: []byte("bb")}}
		c := h.report("everything", given, 0, uploads...)
		got := map[string]any{
			"text": c.Text, "done": c.Done, "discovered": c.DiscoveredAt.Format(time.RFC3339), "occurred": c.OccurredAt.Format(time.RFC3339),
			"form": c.Form, "effects": c.ReportedAspects.String(), "personal": c.PersonalData, "persons": c.Persons, "sensitive": c.SensitiveKinds,
			"ongoing": c.Ongoing, "near_miss": c.NearMiss, "named": c.ReporterID != nil, "language": c.Language,
		}
		want := map[string]any{
			"text": given.Get("text"), "done": given.Get("done"), "discovered": given.Get("discovered"), "occurred": given.Get("occurred"),
			"form": "paper", "effects": (policy.Confidentiality | policy.Availability).String(), "personal": policy.Yes, "persons": 10,
			"sensitive": "health,children", "ongoing": policy.Unknown, "near_miss": true, "named": true, "language": h.language,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			h.t.Errorf("the report came otherwise (-given +kept):\n%s", diff)
		}
		attachments, err := h.Store.Attachments(h.t.Context(), c.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		if len(attachments) != 2 || attachments[0].FetchedAt == nil || attachments[1].Name != "b.txt" {
			h.t.Errorf("the attachments came as %+v", attachments)
		}
	})
}
