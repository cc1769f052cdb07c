package handlers_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// form is a person with a dialog that is shown to them in parts.
type form struct {
	h    *house
	who  bot.Actor
	kept string
	name string
	subj string
}

// open opens a dialog in parts by a request, which may be a command, a button or a shortcut.
func (h *house) open(req bot.Request) (form, *bot.Dialog) {
	h.t.Helper()
	req.InParts = true
	d := h.ask(req).Dialog
	if d == nil || d.Kept == "" {
		h.t.Fatalf("no dialog that is kept: %+v", d)
	}
	return form{h: h, who: req.Actor, kept: d.Kept, name: d.ID, subj: d.Subject}, d
}

func (f form) request(kind bot.Kind, v bot.Values, files ...bot.File) bot.Request {
	req := bot.Request{Kind: kind, Actor: f.who, Name: f.name, Subject: f.subj, InParts: true, Kept: f.kept, Values: v, Files: files}
	if kind == bot.Submit {
		req.Key = "kept:" + f.kept
	}
	return req
}

// part answers a part, and returns the dialog as it is shown afterwards.
func (f form) part(v bot.Values, files ...bot.File) *bot.Dialog {
	f.h.t.Helper()
	d := f.h.ask(f.request(bot.Change, v, files...)).Dialog
	if d == nil || d.Kept != f.kept {
		f.h.t.Fatalf("the dialog is not shown again: %+v", d)
	}
	return d
}

func (f form) send(v bot.Values) bot.Reply { f.h.t.Helper(); return f.h.ask(f.request(bot.Submit, v)) }

func TestDialogInParts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		f, d := h.open(bot.Request{Kind: bot.Command, Actor: maja})
		same(t, "answers from the start", d.Values, bot.Values{"stop": {"no"}, "discovered": {"2026-11-23T09:30:00Z"}})
		d = f.part(bot.Values{"stop": {"no"}, "text": {lost}, "system": {"omsorg", "Omsorgssystemet"}})
		same(t, "answers after the first part", d.Values, bot.Values{
			"stop": {"no"}, "discovered": {"2026-11-23T09:30:00Z"}, "text": {lost}, "system": {"omsorg", "Omsorgssystemet"},
		})
		d = f.part(bot.Values{"personal": {"yes"}, "persons": {"10"}, "discovered": {}}, bot.File{ID: "F1", Name: "bild.png", Size: 3})
		same(t, "names of files", d.Values["files"], []string{"bild.png"})
		same(t, "what was emptied", d.Values.Get("discovered"), "")
		d = f.part(nil)
		same(t, "answers without a part", []string{d.Values.Get("text"), d.Values.Get("persons"), d.Values.Get("files")}, []string{lost, "10", "bild.png"})

		receipt := f.send(nil)
		same(t, "errors", receipt.Errors, map[string]string(nil))
		again := f.send(nil)
		same(t, "the receipt of a second sending", text(again.Message), text(receipt.Message))
		all := h.incidents()
		if len(all) != 1 {
			t.Fatalf("%d incidents are registered, want one", len(all))
		}
		system, err := h.Store.SystemByKey(t.Context(), "omsorg")
		if c := all[0]; err != nil || c.Text != lost || c.Persons != 10 || c.SystemID == nil || *c.SystemID != system.ID {
			t.Errorf("the incident is %+v", c)
		}
		if attachments, err := h.Store.Attachments(t.Context(), all[0].ID); err != nil || len(attachments) != 1 || attachments[0].FileID != "F1" {
			t.Errorf("attachments are %+v (%v)", attachments, err)
		}
		same(t, "what is offered next time", h.offered(maja), "")
	})
}

func TestPartsAreMerged(t *testing.T) {
	h := onSQLite(t)
	f, _ := h.open(bot.Request{Kind: bot.Press, Name: "report", Actor: maja})
	picture, page := bot.File{ID: "F1", Name: "bild.png", Type: "image/png", Size: 1}, bot.File{ID: "F2", Name: "sida.pdf"}
	files := func(v bot.Values, attached ...bot.File) []string { return f.part(v, attached...).Values["files"] }
	same(t, "files of a part", files(bot.Values{"files": {"bild.png"}}, picture), []string{"bild.png"})
	same(t, "files after a part without", files(bot.Values{"done": {"Ringt"}}), []string{"bild.png"})
	same(t, "files replaced", files(nil, page), []string{"sida.pdf"})
	same(t, "files taken away", files(bot.Values{"files": {}}), []string(nil))
	same(t, "an answer given again", f.part(bot.Values{"done": {"Inget"}}).Values["done"], []string{"Inget"})
	same(t, "a time that is none", f.part(bot.Values{"occurred": {"igår, tror jag"}}).Values["occurred"], []string{"igår, tror jag"})

	t.Run("of parts that come at once none is lost", func(t *testing.T) {
		fields := []string{"text", "done", "form", "ongoing", "personal", "persons"}
		var all sync.WaitGroup
		for _, field := range fields {
			all.Go(func() { f.part(bot.Values{field: {"1"}}) })
		}
		all.Wait()
		for _, field := range fields {
			same(t, field, f.part(nil).Values.Get(field), "1")
		}
	})
}

func TestKeptDialogsAreApart(t *testing.T) {
	h := onSQLite(t)
	first, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
	second, _ := h.open(bot.Request{Kind: bot.Command, Actor: ali})
	first.part(bot.Values{"text": {"Det första"}})
	second.part(bot.Values{"text": {"Det andra"}})
	same(t, "the first", first.part(nil).Values.Get("text"), "Det första")
	same(t, "the second", second.part(nil).Values.Get("text"), "Det andra")
}

func TestKeptDialogThatIsGone(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		gone := h.Texts.T("sv", "kept.gone")
		f, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
		f.part(bot.Values{"text": {lost}})
		for name, wrong := range map[string]form{
			"another ref":     {h: h, who: maja, kept: "ref-9", name: f.name},
			"no ref":          {h: h, who: maja, name: f.name},
			"another dialog":  {h: h, who: maja, kept: f.kept, name: "close"},
			"another subject": {h: h, who: maja, kept: f.kept, name: f.name, subj: "ref-1"},
		} {
			for _, kind := range []bot.Kind{bot.Change, bot.Submit, bot.Cancel} {
				reply := h.ask(wrong.request(kind, bot.Values{"text": {"Något annat"}}))
				if reply.Dialog != nil || !strings.Contains(text(reply.Message), gone) {
					t.Errorf("%s, kind %d: reply is %+v", name, kind, reply)
				}
			}
		}
		same(t, "what is kept", f.part(nil).Values.Get("text"), lost)

		h.clock.advance(24*time.Hour - time.Second)
		same(t, "what is kept within a day", f.part(bot.Values{"done": {"Ringt"}}).Values.Get("text"), lost)
		h.clock.advance(24*time.Hour + time.Second)
		same(t, "a day after the last answer", text(f.send(nil).Message), text(&bot.Message{Summary: gone, Blocks: []bot.Block{bot.Paragraph(gone)}}))
		if n := len(h.incidents()); n != 0 {
			t.Errorf("%d incidents are registered", n)
		}
	})
}

func TestErrorsInPartsShowTheDialogAgain(t *testing.T) {
	h := onSQLite(t)
	f, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
	reply := f.send(bot.Values{"text": {"kort"}, "personal": {"yes"}})
	if len(reply.Errors) != 1 || reply.Errors["text"] == "" {
		t.Fatalf("errors are %v", reply.Errors)
	}
	if d := reply.Dialog; d == nil || d.Kept != f.kept || d.Values.Get("text") != "kort" || d.Values.Get("personal") != "yes" {
		t.Errorf("the dialog is %+v", d)
	}
	if reply := f.send(bot.Values{"text": {lost}}); len(reply.Errors) > 0 || reply.Message == nil {
		t.Errorf("mended, it is still refused: %v", reply.Errors)
	}
	same(t, "what was answered before the error", h.incidents()[0].PersonalData, policy.Yes)
}

// holdsNumber tells whether the number, or a half of it, stands in a text. The last four digits alone stand in one hash in a thousand.
func holdsNumber(text string) bool {
	first, last, _ := strings.Cut(number, "-")
	return strings.Contains(text, first) || strings.Contains(text, "-"+last)
}

func TestPersonalNumbersAreMaskedInWhatIsKept(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		f, d := h.open(bot.Request{Kind: bot.Shortcut, Actor: maja, Text: "Gällde " + number})
		same(t, "the text from the start", d.Values.Get("text"), "Gällde "+policy.MaskedNumber)
		d = f.part(bot.Values{"text": {"Det gällde " + number}, "done": {"Ringt " + number}, "occurred": {number}, "discovered": {"2026-11-23T09:30:00Z"}})
		same(t, "a time", d.Values.Get("discovered"), "2026-11-23T09:30:00Z")
		c := h.report(ali, nil)
		note, _ := h.open(bot.Request{Kind: bot.Press, Actor: karin, Name: "message", Subject: c.Ref})
		note.part(bot.Values{"message": {"Gällde det " + number + "?"}})
		if holdsNumber(h.everything()) {
			t.Error("a personal identity number is in the database")
		}
		if reply := f.send(bot.Values{"occurred": {}}); !strings.Contains(text(reply.Message), h.Texts.T("sv", "receipt.masked")) {
			t.Errorf("the receipt does not tell: %s", text(reply.Message))
		}
	})
}

func TestStopQuestionInPartsKeepsNothingElse(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		f, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
		f.part(bot.Values{"text": {"Ritningarna över skyddsrummet är borta"}}, bot.File{ID: "F1", Name: "ritning.pdf"})
		d := f.part(bot.Values{"stop": {"yes"}, "done": {"Sökt i arkivet"}}, bot.File{ID: "F2", Name: "karta.pdf"})
		same(t, "answers", d.Values, bot.Values{"stop": {"yes"}})
		details := func() {
			t.Helper()
			for _, detail := range []string{"skyddsrummet", "arkivet", "ritning", "karta"} {
				if strings.Contains(h.everything(), detail) {
					t.Errorf("%q is in the database", detail)
				}
			}
		}
		details()
		if reply := f.send(bot.Values{"text": {"Skyddsrummet, det skyddsrummet"}}); len(reply.Errors) > 0 {
			t.Fatalf("errors are %v", reply.Errors)
		}
		details()
		if c := h.incidents()[0]; !c.StopQuestion || c.ReporterID == nil {
			t.Errorf("the incident is %+v", c)
		}
	})
}

func TestNamelessReportInPartsLeavesNoTrace(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		f, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
		f.part(bot.Values{"text": {"Chefen läser våra journaler"}})
		h.clock.advance(time.Second)
		f.part(bot.Values{"anonymous": {"yes"}})
		if reply := f.send(nil); reply.Message == nil || len(reply.Errors) > 0 {
			t.Fatalf("reply is %+v", reply)
		}
		h.settle()
		c := h.incidents()[0]
		if c.ReporterID != nil {
			t.Error("the incident names who reported")
		}
		for _, trace := range []string{maja.ID, maja.Name} {
			if all := h.everything(); strings.Contains(all, trace) {
				t.Errorf("%q is in the database", trace)
			}
		}
		same(t, "the second sending", len(h.incidents()), 1)
	})
}

func TestDraftsInParts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		f, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
		f.part(bot.Values{"text": {"Jag har tapp"}, "files": {"bild.png"}}, bot.File{ID: "F1", Name: "bild.png"})
		h.clock.advance(time.Minute)
		again, d := h.open(bot.Request{Kind: bot.Command, Actor: maja})
		same(t, "what is offered", d.Values.Get("text"), "Jag har tapp")
		same(t, "files that are offered without being there", d.Values["files"], []string(nil))
		note := d.Fields[0]
		if note.Kind != bot.Note || !strings.Contains(note.Label, "10:30") {
			t.Errorf("nothing says when it was written: %+v", note)
		}
		d = again.part(bot.Values{"done": {"Ringt"}})
		same(t, "the first field, on which the order of the others rests", d.Fields[0], note)
		same(t, "the first field once more after a stop", again.part(bot.Values{"stop": {"yes"}}).Fields[0], note)
	})
}

func TestCancelInParts(t *testing.T) {
	h := onSQLite(t)
	c := h.report(ali, nil)
	keptRows := func() int { return len(h.rows(`SELECT ref FROM kept_dialogs`)) }
	cancel := func(f form) string { return text(h.ask(f.request(bot.Cancel, nil)).Message) }

	f, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
	f.part(bot.Values{"text": {"Jag har tapp"}})
	if got := cancel(f); !strings.Contains(got, "2026-11-24 10:30") {
		t.Errorf("it is not said how long the report is kept: %s", got)
	}
	same(t, "what is offered", h.offered(maja), "Jag har tapp")
	same(t, "rows", keptRows(), 0)
	if got := cancel(f); !strings.Contains(got, h.Texts.T("sv", "kept.gone")) {
		t.Errorf("closed twice: %s", got)
	}

	nothing := h.Texts.T("sv", "kept.cancelled")
	nameless, _ := h.open(bot.Request{Kind: bot.Command, Actor: maja})
	nameless.part(bot.Values{"anonymous": {"yes"}})
	same(t, "a nameless report", cancel(nameless), nothing+"\n"+nothing)
	same(t, "what is offered after a nameless report", h.offered(maja), "")
	if strings.Contains(h.everything(), maja.Name) {
		t.Error("who closed a nameless report is in the database")
	}
	closing, _ := h.open(bot.Request{Kind: bot.Press, Actor: karin, Name: "close", Subject: c.Ref})
	same(t, "another dialog", cancel(closing), nothing+"\n"+nothing)
	same(t, "rows", keptRows(), 0)
}

func TestCaseDialogsInParts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		f, d := h.open(bot.Request{Kind: bot.Press, Actor: karin, Name: "close", Subject: c.Ref})
		same(t, "subject", d.Subject, c.Ref)
		d = f.part(bot.Values{"lesson": {"Ring först"}})
		same(t, "answers", d.Values, bot.Values{"category": {"loss"}, "lesson": {"Ring först"}})
		reply := f.send(nil)
		if reply.Errors["cause"] == "" || reply.Dialog == nil || reply.Dialog.Values.Get("lesson") != "Ring först" {
			t.Fatalf("reply is %+v", reply)
		}
		other, _ := h.open(bot.Request{Kind: bot.Press, Actor: karin, Name: "severity", Subject: c.Ref})
		if reply := f.send(bot.Values{"cause": {"knowledge"}}); len(reply.Errors) > 0 {
			t.Fatalf("errors are %v", reply.Errors)
		}
		same(t, "status and lesson", []any{h.now(c).Status, h.now(c).Lesson}, []any{store.Closed, "Ring först"})

		late := other.send(bot.Values{"severity": {"4"}, "reason": {"Värre än väntat"}})
		if late.Dialog != nil || len(late.Errors) > 0 || !strings.Contains(text(late.Message), h.Texts.T("sv", "problem.closed")) {
			t.Errorf("sent when the case was closed: %+v", late)
		}
	})
}

func TestCaseDialogInPartsAsksForTheRoleEachTime(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	f, _ := h.open(bot.Request{Kind: bot.Press, Actor: karin, Name: "message", Subject: c.Ref})
	f.part(bot.Values{"message": {"Vad stod det?"}})
	roles := h.Settings.Roles[policy.CISO]
	h.Settings.Roles[policy.CISO] = nil
	refused := h.Texts.T("sv", "refused")
	for _, kind := range []bot.Kind{bot.Change, bot.Submit} {
		reply := h.ask(f.request(kind, nil))
		if reply.Dialog != nil || !strings.Contains(text(reply.Message), refused) {
			t.Errorf("kind %d without the role: %+v", kind, reply)
		}
	}
	same(t, "refusals in the audit chain", len(h.events("access.refused")), 2)
	h.Settings.Roles[policy.CISO] = roles
	if reply := f.send(nil); len(reply.Errors) > 0 || len(h.notes(c)) != 1 {
		t.Errorf("with the role again it is not sent: %+v", reply)
	}
}

func TestDialogThatCannotBeKeptIsNotOpened(t *testing.T) {
	h := onSQLite(t)
	h.NewRef = func() string { return "taken" }
	h.open(bot.Request{Kind: bot.Command, Actor: maja})
	_, err := h.try(bot.Request{Kind: bot.Command, Actor: ali, InParts: true})
	if !errors.Is(err, store.ErrConflict) {
		t.Errorf("error is %v, want that the ref is taken", err)
	}
}

func TestOtherSurfacesKeepNothing(t *testing.T) {
	h := onSQLite(t)
	d := h.ask(bot.Request{Kind: bot.Command, Actor: maja}).Dialog
	same(t, "kept", d.Kept, "")
	same(t, "rows", len(h.rows(`SELECT ref FROM kept_dialogs`)), 0)
}

func TestCommandWithTheSystem(t *testing.T) {
	h := onSQLite(t)
	for typed, want := range map[string][]string{
		"omsorg":          {"omsorg", "Omsorgssystemet"},
		"Omsorgssystemet": {"omsorg", "Omsorgssystemet"},
		"kartor":          {"bygglov", "Bygglov och kartor"},
		"o":               nil, // both
		"zebra":           nil,
		"-":               {"-", "Vet inte / annat"},
	} {
		f, d := h.open(bot.Request{Kind: bot.Command, Actor: ali, Values: bot.Values{"system": {typed}}})
		same(t, typed, d.Values["system"], want)
		same(t, typed+" as it is kept", f.part(nil).Values["system"], want)
	}
}

func TestSubcommands(t *testing.T) {
	h := onSQLite(t)
	h.report(maja, nil)
	answer := func(words string) bot.Reply { return h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: words}) }
	var texts [][]string
	for _, lang := range []string{"sv", "en"} {
		var all []string
		for _, s := range h.Subcommands(lang) {
			all = append(all, s.Text)
			if s.Name != strings.ToLower(s.Name) || strings.ContainsAny(s.Name, " .") || s.Description == "" || len([]rune(s.Description)) > 100 {
				t.Errorf("%s: %q, %q does not fit a platform's list of commands", lang, s.Name, s.Description)
			}
			if s.Argument != nil && s.Argument.Kind == bot.Text {
				continue // what follows is the argument
			}
			typed, chosen := answer(s.Name), answer(s.Text)
			same(t, "what "+s.Name+" answers", typed, chosen)
			if d := chosen.Dialog; d != nil && d.Values.Get("text") != "" {
				t.Errorf("%q is taken as the beginning of a report", s.Text)
			}
			if (chosen.Dialog != nil) != (s.Text == "report") {
				t.Errorf("%q opens a dialog: %v", s.Text, chosen.Dialog != nil)
			}
		}
		texts = append(texts, all)
	}
	same(t, "subcommands in the other language", texts[1], texts[0])
	for _, want := range []string{"report", "mine", "status", "help"} {
		if !slices.Contains(texts[0], want) {
			t.Errorf("there is no %s", want)
		}
	}
	if got := answer("rapport från skolan").Dialog; got == nil || got.Values.Get("text") != "rapport från skolan" {
		t.Error("words that are no subcommand are not taken as the beginning of a report")
	}
}

func TestSearchTellsThatThereIsMore(t *testing.T) {
	h := onSQLite(t)
	add := func(n int) {
		var systems []store.System
		for i := range n {
			systems = append(systems, store.System{Key: "s" + string(rune('a'+i)), Name: "System " + string(rune('A'+i)), Active: true})
		}
		h.write(func(tx *store.Tx) error { _, err := tx.ImportSystems(t.Context(), systems); return err })
	}
	search := func() (int, bool) {
		reply := h.ask(bot.Request{Kind: bot.Search, Actor: maja, Name: handlers.ReportDialog, Field: "system"})
		return len(reply.Options), reply.More
	}
	add(21) // with the house's two
	if n, more := search(); n != 24 || more {
		t.Errorf("23 systems: %d options, more is %v", n, more)
	}
	add(22)
	if n, more := search(); n != 24 || !more {
		t.Errorf("24 systems: %d options, more is %v", n, more)
	}
}

// The narrowest platform's limits, which the labels are written for: a longer one would be cut where it is read.
const (
	titleLimit, labelLimit, optionLimit, placeholderLimit = 24, 45, 75, 100
	optionsLimit                                          = 25
)

func TestDialogsFitEverySurface(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	closed := h.report(maja, nil)
	h.submit(karin, "close", closed.Ref, bot.Values{"cause": {"knowledge"}})
	held := h.report(maja, nil)
	h.submit(karin, "hold", held.Ref, bot.Values{"reason": {"Polisanmält."}})
	h.submit(karin, "breach", c.Ref, bot.Values{"verdict": {"high_risk"}, "reason": {"Uppgifter har röjts"}})
	h.Surfaces["mail"] = h.chat
	h.governed("2027-08-02 09:00")
	for _, lang := range []string{"sv", "en"} {
		who := karin
		who.Language = lang
		h.ask(bot.Request{Kind: bot.Command, Actor: who, Text: "koppla karin@example.org"})
		dialogs := []*bot.Dialog{h.ask(bot.Request{Kind: bot.Command, Actor: who}).Dialog}
		for _, button := range handlers.ButtonIDs() {
			by, about := who, c.Ref
			switch button {
			case "answer":
				by.ID = maja.ID
			case "reopen":
				about = closed.Ref
			case "lift_hold":
				about = held.Ref
			}
			if strings.HasPrefix(button, "revise_") || strings.HasPrefix(button, "followup_") || button == "classify" || ofRisk(button) {
				about = h.subject(button)
			}
			if d := h.press(by, button, about).Dialog; d != nil {
				dialogs = append(dialogs, d)
			}
		}
		if len(dialogs) < len(handlers.DialogIDs()) {
			t.Errorf("only %d dialogs are looked at", len(dialogs))
		}
		fits := func(d *bot.Dialog, what, text string, limit int) {
			if n := utf8.RuneCountInString(text); n > limit {
				t.Errorf("%s, %s: %s %q has %d characters, want %d at most", lang, d.ID, what, text, n, limit)
			}
		}
		for _, d := range dialogs {
			fits(d, "title", d.Title, titleLimit)
			for _, f := range d.Fields {
				if f.Kind == bot.Files && f.ID != "files" {
					t.Errorf("%s: the files of %q would not be kept", d.ID, f.ID)
				}
				if f.Kind != bot.Note {
					fits(d, "label", f.Label, labelLimit)
				}
				fits(d, "placeholder", f.Placeholder, placeholderLimit)
				if len(f.Options) > optionsLimit {
					t.Errorf("%s: %s has %d options, want %d at most", d.ID, f.ID, len(f.Options), optionsLimit)
				}
				for _, o := range f.Options {
					fits(d, "option", o.Label, optionLimit)
				}
			}
		}
	}
}
