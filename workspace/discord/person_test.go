package discord_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/workspace/discord"
)

// steps is a small bot that takes a report in two modals, with a private message and a button between them, and posts it.
// It keeps what was answered, and asks again when the description is too short.
type steps struct {
	s       *server
	answers map[string]any
}

func (b *steps) handle(i object) {
	data := i["data"].(object)
	switch {
	case i["type"] == 2.0:
		b.s.answer(i, 9, b.first())
	case data["custom_id"] == "first":
		b.keep(data)
		if text, _ := b.answers["what"].(string); strings.Contains(text, "kort") {
			b.s.answer(i, 4, silent(object{"content": "Skriv mer.", "flags": 64, "components": []object{row(button("edit"))}}))
			return
		}
		b.s.answer(i, 4, silent(object{"content": "Tack så långt.", "flags": 64, "components": []object{row(button("next"))}}))
	case data["custom_id"] == "edit":
		b.s.answer(i, 9, b.first())
	case data["custom_id"] == "next":
		b.s.answer(i, 9, changed(modal(field(selectMenu("kind", 3)), field(changed(object{"type": 19, "custom_id": "files"}, object{"required": false, "max_values": 2}))),
			object{"custom_id": "second"}))
	case data["custom_id"] == "second":
		b.keep(data)
		b.s.answer(i, 6, nil)
		b.s.call("PATCH", webhook(i, "/messages/@original"), silent(object{"content": "Tack!", "components": []object{}}))
		b.s.post(object{"embeds": []object{{"title": "Rapport", "description": fmt.Sprint(b.answers["what"], b.answers["kind"])}}})
	}
}

func (b *steps) first() object {
	value, _ := b.answers["what"].(string)
	return changed(modal(display("**Vad har hänt?**"), field(textInput("what", object{"min_length": 3, "value": value}))), object{"custom_id": "first"})
}

func (b *steps) keep(data object) {
	for _, top := range data["components"].([]any) {
		inner, is := top.(object)["component"].(object)
		if !is {
			continue
		}
		id := inner["custom_id"].(string)
		b.answers[id] = inner["value"]
		if inner["values"] != nil {
			b.answers[id] = inner["values"]
		}
	}
}

func TestAReportGoesThroughItsModals(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	b := &steps{s, map[string]any{}}
	c, _ := s.connect()
	c.serve(b.handle)

	seen, err := s.Command(t.Context(), anna, general, "incident", "rapportera", nil)
	if err != nil || seen.Modal == nil || seen.Modal.CustomID != "first" {
		t.Fatalf("the command: %+v, %v", seen, err)
	}
	fill := func(id, custom string, values ...string) discord.Seen {
		t.Helper()
		seen, err := s.SubmitModal(t.Context(), anna, id, map[string][]string{custom: values})
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	seen = fill(seen.Modal.ID, "what", "för kort")
	if seen.Message.Content != "Skriv mer." || s.Modal(anna) != nil {
		t.Fatalf("too short: %+v", seen)
	}
	seen, err = s.Press(t.Context(), anna, seen.Message.ID, "edit")
	if err != nil || !strings.Contains(string(seen.Modal.Components), "för kort") {
		t.Fatalf("correcting: %+v, %v", seen, err)
	}
	seen = fill(seen.Modal.ID, "what", "En dator har blivit stulen.")
	private := seen.Message.ID
	if _, err := s.Press(t.Context(), bertil, private, "next"); err == nil {
		t.Error("somebody else pressed a button in a private message")
	}
	if seen, err = s.Press(t.Context(), anna, private, "next"); err != nil {
		t.Fatal(err)
	}
	if seen.Modal.Message != private {
		t.Errorf("the modal comes from %q", seen.Modal.Message)
	}
	photo := discord.Upload{CustomID: "files", Name: "foto.jpg", Content: []byte("jpg")}
	if seen, err = s.SubmitModal(t.Context(), anna, seen.Modal.ID, map[string][]string{"kind": {"2"}}, photo); err != nil || !seen.Deferred {
		t.Fatalf("the second modal: %+v, %v", seen, err)
	}
	s.until("the report is posted", func() bool {
		all := s.Messages(general)
		last := all[len(all)-1]
		return strings.Contains(string(last.Embeds), "En dator har blivit stulen.[2]")
	})
	s.until("the private message says thanks", func() bool {
		for _, m := range s.Ephemerals(anna) {
			if m.ID == private {
				return m.Content == "Tack!" && m.Components == nil
			}
		}
		return false
	})
	if files, _ := b.answers["files"].([]any); len(files) != 1 {
		t.Errorf("the files are %v", b.answers["files"])
	}
	s.wantNoProblems()
}

// opened is a workspace where Anna has a modal with the given components before her; submissions are handed over and answered.
func opened(t *testing.T, components ...object) (*server, *discord.Modal, chan object) {
	t.Helper()
	s := newServer(t, discord.Options{})
	s.register()
	submitted := make(chan object, 10)
	c, _ := s.connect()
	c.serve(func(i object) {
		if i["type"] == 2.0 {
			if r := s.answer(i, 9, modal(components...)); r.status != http.StatusNoContent {
				t.Errorf("opening: %d %s", r.status, r.raw)
			}
			return
		}
		submitted <- i
		s.answer(i, 5, object{"flags": 64})
	})
	seen, err := s.Command(t.Context(), anna, general, "incident", "report", nil)
	if err != nil || seen.Modal == nil {
		t.Fatalf("opening: %+v, %v", seen, err)
	}
	return s, seen.Modal, submitted
}

func TestASubmissionCarriesEveryComponent(t *testing.T) {
	optional := func(o object) object { return changed(o, object{"required": false}) }
	s, m, submitted := opened(t, display("Läs"), field(textInput("text", object{"value": "förifyllt"})),
		field(changed(selectMenu("several", 3), object{"max_values": 3, "required": false})), row(textInput("older", object{"label": "Äldre", "required": false})),
		field(optional(object{"type": 19, "custom_id": "files"})))
	if _, err := s.SubmitModal(t.Context(), anna, m.ID, map[string][]string{"several": {"2", "0"}}); err != nil {
		t.Fatal(err)
	}
	i := <-submitted
	want := []any{
		object{"type": 10.0, "id": 1.0},
		object{"type": 18.0, "id": 2.0, "component": object{"type": 4.0, "id": 3.0, "custom_id": "text", "value": "förifyllt"}},
		object{"type": 18.0, "id": 4.0, "component": object{"type": 3.0, "id": 5.0, "custom_id": "several", "values": []any{"2", "0"}}},
		object{"type": 1.0, "id": 6.0, "components": []any{object{"type": 4.0, "id": 7.0, "custom_id": "older", "value": ""}}},
		object{"type": 18.0, "id": 8.0, "component": object{"type": 19.0, "id": 9.0, "custom_id": "files", "values": []any{}}},
	}
	if diff := cmp.Diff(want, i["data"].(object)["components"]); diff != "" {
		t.Errorf("submitted (-want +got):\n%s", diff)
	}
	if i["data"].(object)["custom_id"] != "report" || i["message"] != nil {
		t.Errorf("submitted %v", i)
	}
	s.wantNoProblems()
}

func TestNewerKindsOfComponentsAreFilledIn(t *testing.T) {
	s, m, submitted := opened(t, field(object{"type": 21, "custom_id": "one", "options": choices(2)}),
		field(object{"type": 22, "custom_id": "some", "options": choices(3)}), field(object{"type": 23, "custom_id": "yes"}),
		field(object{"type": 5, "custom_id": "who"}))
	_, err := s.SubmitModal(t.Context(), anna, m.ID, map[string][]string{"one": {"1"}, "some": {"0", "2"}, "yes": {"true"}, "who": {bertil}})
	if err != nil {
		t.Fatal(err)
	}
	data := (<-submitted)["data"].(object)
	var got []any
	for _, top := range data["components"].([]any) {
		inner := top.(object)["component"].(object)
		got = append(got, fmt.Sprintf("%v %v", inner["value"], inner["values"]))
	}
	if diff := cmp.Diff([]any{"1 <nil>", "<nil> [0 2]", "true <nil>", "<nil> [1002]"}, got); diff != "" {
		t.Errorf("filled in (-want +got):\n%s", diff)
	}
	if data["resolved"].(object)["users"].(object)[bertil] == nil {
		t.Errorf("resolved %v", data["resolved"])
	}
}

func TestThePersonsOwnClientChecksBeforeSending(t *testing.T) {
	s, m, submitted := opened(t, field(textInput("text", object{"min_length": 3, "max_length": 5})),
		field(changed(textInput("line", nil), object{"style": 1, "required": false})), field(selectMenu("one", 3)),
		field(changed(selectMenu("some", 3), object{"min_values": 2, "max_values": 2, "required": false})),
		field(object{"type": 19, "custom_id": "files", "required": false, "max_values": 1}))
	good := map[string][]string{"text": {"abcd"}, "one": {"1"}}
	for name, c := range map[string]struct {
		values map[string][]string
		files  int
		id     string
		want   string
	}{
		"nothing typed": {map[string][]string{"text": {""}}, 0, "text", "Fyll i det här fältet."},
		"too short":     {map[string][]string{"text": {"ab"}}, 0, "text", "Skriv minst 3 tecken."},
		"too long":      {map[string][]string{"text": {"åäöåäö"}}, 0, "text", "Skriv högst 5 tecken."},
		"several lines": {map[string][]string{"line": {"a\nb"}}, 0, "line", "Skriv på en rad."},
		"none chosen":   {map[string][]string{"one": {}}, 0, "one", "Välj minst ett alternativ."},
		"too few":       {map[string][]string{"some": {"1"}}, 0, "some", "Välj minst 2."},
		"too many":      {map[string][]string{"some": {"0", "1", "2"}}, 0, "some", "Välj högst 2."},
		"two files":     {nil, 2, "files", "Välj högst 1."},
	} {
		values := map[string][]string{}
		for _, given := range []map[string][]string{good, c.values} {
			for k, v := range given {
				values[k] = v
			}
		}
		var files []discord.Upload
		for range c.files {
			files = append(files, discord.Upload{CustomID: "files", Name: "a"})
		}
		_, err := s.SubmitModal(t.Context(), anna, m.ID, values, files...)
		var told *discord.FieldErrors
		if !errors.As(err, &told) || told.ByCustomID[c.id] != c.want || len(told.ByCustomID) != 1 {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
	for name, values := range map[string]map[string][]string{
		"an option not offered": {"text": {"abcd"}, "one": {"9"}}, "no such component": {"text": {"abcd"}, "one": {"1"}, "other": {"a"}},
	} {
		var told *discord.FieldErrors
		if _, err := s.SubmitModal(t.Context(), anna, m.ID, values); err == nil || errors.As(err, &told) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if s.Modal(anna) == nil || len(submitted) != 0 {
		t.Error("something was sent")
	}
	if _, err := s.SubmitModal(t.Context(), anna, m.ID, good); err != nil {
		t.Error(err)
	}
	if _, err := s.SubmitModal(t.Context(), anna, m.ID, good); err == nil {
		t.Error("a modal that is closed was sent")
	}
}

func TestAModalThatFailsStaysOpenWithWhatWasTyped(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	s.register()
	c, _ := s.connect()
	c.serve(func(i object) {
		if i["type"] == 5.0 {
			now.advance(3 * time.Second)
			return
		}
		s.answer(i, 9, modal(field(textInput("what", nil)), field(selectMenu("kind", 3))))
	})
	seen, err := s.Command(t.Context(), anna, general, "incident", "report", nil)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.SubmitModal(t.Context(), anna, seen.Modal.ID, map[string][]string{"what": {"Stulen dator"}, "kind": {"2"}})
	wantPersonError(t, err, "no_answer")
	if !strings.Contains(err.Error(), "Något gick fel. Försök igen.") {
		t.Errorf("Anna is told %v", err)
	}
	open := s.Modal(anna)
	if open == nil || !open.Failed || !strings.Contains(string(open.Components), "Stulen dator") || strings.Count(string(open.Components), `"default":true`) != 1 {
		t.Fatalf("before Anna: %+v", open)
	}
	if err := s.CloseModal(anna, open.ID); err != nil || s.Modal(anna) != nil {
		t.Errorf("closing: %v", err)
	}
	if s.CloseModal(anna, open.ID) == nil {
		t.Error("closed twice")
	}
}

func TestAMessageCommandCarriesItsMessage(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	arrived := make(chan object, 1)
	c, _ := s.connect()
	c.serve(func(i object) { arrived <- i; s.answer(i, 5, nil) })
	said, err := s.Say(bertil, general, "Min dator beter sig konstigt")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.MessageCommand(t.Context(), anna, general, said.ID, "Rapportera som incident"); err != nil {
		t.Fatal(err)
	}
	data := (<-arrived)["data"].(object)
	message := data["resolved"].(object)["messages"].(object)[said.ID].(object)
	if data["target_id"] != said.ID || data["type"] != 3.0 || message["content"] != "Min dator beter sig konstigt" {
		t.Errorf("payload %v", data)
	}
	if _, err := s.MessageCommand(t.Context(), anna, general, said.ID, "Annat"); err == nil {
		t.Error("a command that is not there was used")
	}
	s.wantNoProblems()
}

func TestSelectsAndButtonsInMessages(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	arrived := make(chan object, 10)
	c, _ := s.connect()
	c.serve(func(i object) { arrived <- i; s.answer(i, 6, nil) })
	m := s.post(object{"content": "a", "components": []object{
		row(button("go"), changed(button("off"), object{"disabled": true})), row(changed(selectMenu("pick", 3), object{"max_values": 2})),
	}}).id()
	if seen, err := s.Select(t.Context(), bertil, m, "pick", "0", "2"); err != nil || !seen.Deferred {
		t.Fatalf("%+v, %v", seen, err)
	}
	i := <-arrived
	if fmt.Sprint(i["data"].(object)["values"]) != "[0 2]" || i["message"].(object)["id"] != m || i["locale"] != "en-GB" {
		t.Errorf("payload %v", i)
	}
	for name, do := range map[string]func() (discord.Seen, error){
		"too many":          func() (discord.Seen, error) { return s.Select(t.Context(), anna, m, "pick", "0", "1", "2") },
		"none":              func() (discord.Seen, error) { return s.Select(t.Context(), anna, m, "pick") },
		"not offered":       func() (discord.Seen, error) { return s.Select(t.Context(), anna, m, "pick", "7") },
		"twice":             func() (discord.Seen, error) { return s.Select(t.Context(), anna, m, "pick", "1", "1") },
		"a disabled button": func() (discord.Seen, error) { return s.Press(t.Context(), anna, m, "off") },
		"a select pressed":  func() (discord.Seen, error) { return s.Press(t.Context(), anna, m, "pick") },
		"not there":         func() (discord.Seen, error) { return s.Press(t.Context(), anna, m, "gone") },
	} {
		if _, err := do(); err == nil {
			t.Errorf("%s: it worked", name)
		}
	}
	s.call("PATCH", posts+"/"+m, object{"components": []object{}})
	if _, err := s.Press(t.Context(), anna, m, "go"); err == nil {
		t.Error("a button that is gone was pressed")
	}
	if _, err := s.PressStale(t.Context(), anna, m, "go"); err != nil {
		t.Error(err)
	}
}

func TestOptionsAreCheckedAsTheyAreTyped(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	s.register()
	s.answering(5, nil)
	for name, c := range map[string]struct {
		sub     string
		options map[string]string
		ok      bool
	}{
		"all well":       {"status", map[string]string{"number": "4"}, true},
		"required":       {"status", nil, false},
		"no number":      {"status", map[string]string{"number": "fyra"}, false},
		"too small":      {"status", map[string]string{"number": "0"}, false},
		"too long":       {"report", map[string]string{"system": x(51)}, false},
		"as long as may": {"report", map[string]string{"system": x(50)}, true},
		"not an option":  {"report", map[string]string{"annat": "a"}, false},
		"no subcommand":  {"", nil, false},
		"another":        {"annat", nil, false},
	} {
		if _, err := s.Command(t.Context(), anna, general, "incident", c.sub, c.options); (err == nil) != c.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAutocompleteSaysWhatIsBeingTyped(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	arrived := make(chan object, 1)
	c, _ := s.connect()
	c.serve(func(i object) {
		arrived <- i
		s.answer(i, 8, object{"choices": []object{{"name": "Care", "name_localizations": object{"sv-SE": "Vård"}, "value": "treserva"}}})
	})
	choices, err := s.Autocomplete(t.Context(), anna, general, "incident", "rapportera", map[string]string{"system": "tre"}, "system")
	if err != nil || len(choices) != 1 || choices[0] != (discord.Choice{Name: "Vård", Value: "treserva"}) {
		t.Errorf("%v, %v", choices, err)
	}
	i := <-arrived
	option := i["data"].(object)["options"].([]any)[0].(object)["options"].([]any)[0].(object)
	if diff := cmp.Diff(object{"name": "system", "type": 3.0, "value": "tre", "focused": true}, option); diff != "" || i["type"] != 4.0 {
		t.Errorf("payload (-want +got):\n%s", diff)
	}
	s.wantNoProblems()
}

func TestNamesAreInThePersonsLanguage(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	c := s.Commands()[0]
	for locale, want := range map[string]string{"sv-SE": "Rapportera en incident", "en-GB": "Report an incident", "de": "Report an incident"} {
		if got := c.LocalDescription(locale); got != want {
			t.Errorf("%s: %q", locale, got)
		}
	}
	if got := c.Options[0].LocalName("sv-SE"); got != "rapportera" {
		t.Errorf("option %q", got)
	}
}
