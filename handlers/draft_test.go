package handlers_test

import (
	"context"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func (h *house) typed(who bot.Actor, kind bot.Kind, at time.Time, v bot.Values) bot.Reply {
	h.t.Helper()
	return h.ask(bot.Request{Kind: kind, Actor: who, Name: handlers.ReportDialog, Values: v, At: at})
}

// offered is the text that the report dialog opens with.
func (h *house) offered(who bot.Actor) string {
	h.t.Helper()
	return h.ask(bot.Request{Kind: bot.Command, Actor: who}).Dialog.Values.Get("text")
}

func TestDrafts(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		half := bot.Values{"stop": {"no"}, "text": {"Jag har tapp"}, "personal": {"yes"}}
		h.typed(maja, bot.Change, h.clock.Now(), half)
		reply := h.ask(bot.Request{Kind: bot.Command, Actor: maja})
		same(t, "what is offered", reply.Dialog.Values["personal"], []string{"yes"})
		if f := reply.Dialog.Fields[0]; f.Kind != bot.Note || f.Label == "" {
			t.Errorf("nothing says that it is a draft: %+v", f)
		}
		same(t, "what somebody else is offered", h.offered(ali), "")

		h.clock.advance(time.Minute)
		h.typed(maja, bot.Cancel, h.clock.Now(), bot.Values{"stop": {"no"}, "text": {"Jag har tappat telefonen"}})
		same(t, "what is offered after closing", h.offered(maja), "Jag har tappat telefonen")
		h.typed(maja, bot.Change, h.clock.Now().Add(-30*time.Second), half)
		same(t, "what is offered when older typing arrives late", h.offered(maja), "Jag har tappat telefonen")

		h.clock.advance(24*time.Hour - time.Second)
		same(t, "what is offered within a day", h.offered(maja), "Jag har tappat telefonen")
		h.clock.advance(2 * time.Second)
		same(t, "what is offered after a day", h.offered(maja), "")
	})
}

func TestDraftIsGoneWhenItWasSent(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		typedAt := h.clock.Now()
		h.typed(maja, bot.Change, typedAt, bot.Values{"stop": {"no"}, "text": {lost}})
		h.clock.advance(time.Second)
		h.report(maja, nil)
		same(t, "what is offered", h.offered(maja), "")
		h.typed(maja, bot.Change, typedAt, bot.Values{"stop": {"no"}, "text": {lost}})
		same(t, "what is offered when typing arrives after the sending", h.offered(maja), "")
	})
}

func TestDraftIsKeptWhenTheReportIsRefused(t *testing.T) {
	h := onSQLite(t)
	h.typed(maja, bot.Change, h.clock.Now(), bot.Values{"stop": {"no"}, "text": {"kort"}})
	h.submit(maja, handlers.ReportDialog, "", bot.Values{"stop": {"no"}, "text": {"kort"}})
	same(t, "what is offered", h.offered(maja), "kort")
}

func TestNoDraft(t *testing.T) {
	for name, values := range map[string]bot.Values{
		"of what goes without a name":            {"stop": {"no"}, "text": {lost}, "anonymous": {"yes"}},
		"of what may concern Sweden's security":  {"stop": {"yes"}, "text": {lost}},
		"of nothing":                             {"stop": {"no"}, "text": {"  "}},
		"of a dialog that was closed unanswered": nil,
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			before := h.everything()
			h.typed(maja, bot.Change, h.clock.Now(), values)
			h.typed(maja, bot.Cancel, h.clock.Now(), values)
			same(t, "the database", h.everything(), before)
		})
		t.Run(name+", and an earlier one is dropped unless nothing was said", func(t *testing.T) {
			h := onSQLite(t)
			h.typed(maja, bot.Change, h.clock.Now(), bot.Values{"stop": {"no"}, "text": {"Något tidigare"}})
			h.clock.advance(time.Second)
			h.typed(maja, bot.Change, h.clock.Now(), values)
			want := ""
			if values.Get("anonymous") == "" && values.Get("stop") != "yes" {
				want = "Något tidigare"
			}
			same(t, "what is offered", h.offered(maja), want)
		})
	}
}

func TestChangeRedrawsTheDialog(t *testing.T) {
	h := onSQLite(t)
	values := bot.Values{"stop": {"no"}, "personal": {"yes"}, "text": {"Hej"}}
	d := h.typed(maja, bot.Change, h.clock.Now(), values).Dialog
	if d == nil {
		t.Fatal("it does not")
	}
	same(t, "answers", d.Values, values)
	shown := map[string]bool{}
	for _, f := range d.Visible(d.Values) {
		shown[f.ID] = true
	}
	if !shown["persons"] || !shown["sensitive"] || shown["stop_note"] {
		t.Errorf("shown are %v", shown)
	}
	if reply := h.typed(maja, bot.Cancel, h.clock.Now(), values); reply.Dialog != nil {
		t.Error("a closed dialog is opened again")
	}
}

func TestTypingInCaseDialogsIsNotKept(t *testing.T) {
	h := onSQLite(t)
	before := h.everything()
	h.ask(bot.Request{Kind: bot.Change, Actor: karin, Name: "close", Values: bot.Values{"lesson": {"Det var Maja"}, "text": {"x"}}})
	same(t, "the database", h.everything(), before)
}

func TestOpeningTheReportDialog(t *testing.T) {
	h := onSQLite(t)
	open := func(req bot.Request) *bot.Dialog {
		t.Helper()
		req.Actor = maja
		d := h.ask(req).Dialog
		if d == nil {
			t.Fatal("no dialog opens")
		}
		return d
	}
	t.Run("alone it is empty but for now", func(t *testing.T) {
		d := open(bot.Request{Kind: bot.Command})
		same(t, "answers", d.Values, bot.Values{"stop": {"no"}, "discovered": {"2026-11-23T09:30:00Z"}})
	})
	t.Run("words after the command begin the text", func(t *testing.T) {
		same(t, "text", open(bot.Request{Kind: bot.Command, Text: " telefonen är borta "}).Values.Get("text"), "telefonen är borta")
	})
	t.Run("a message becomes the text, masked", func(t *testing.T) {
		d := open(bot.Request{Kind: bot.Shortcut, Text: "Ring " + number})
		same(t, "text", d.Values.Get("text"), "Ring "+policy.MaskedNumber)
	})
	t.Run("and is cut to what the field takes", func(t *testing.T) {
		d := open(bot.Request{Kind: bot.Shortcut, Text: string(make([]rune, 4000))})
		if n := len([]rune(d.Values.Get("text"))); n > 3000 {
			t.Errorf("it has %d characters", n)
		}
	})
	t.Run("a button opens it too", func(*testing.T) { open(bot.Request{Kind: bot.Press, Name: "report"}) })
	t.Run("only text and stop question are required", func(t *testing.T) {
		for _, f := range open(bot.Request{Kind: bot.Command}).Fields {
			if f.Required != (f.ID == "text" || f.ID == "stop") {
				t.Errorf("%s: required is %v", f.ID, f.Required)
			}
		}
	})
	t.Run("it opens also when the database does not answer in time", func(t *testing.T) {
		late, cancel := context.WithCancel(t.Context())
		cancel()
		reply, err := h.Handle(late, bot.Request{Kind: bot.Command, Actor: maja})
		if err != nil || reply.Dialog == nil {
			t.Errorf("it does not: %v", err)
		}
	})
	t.Run("in the person's language", func(t *testing.T) {
		h.write(func(tx *store.Tx) error {
			a, err := tx.EnsureAccount(t.Context(), "chat", ali.ID, ali.Name)
			if err != nil {
				return err
			}
			a.Language = "en"
			return tx.UpdateAccount(t.Context(), a)
		})
		same(t, "title", h.ask(bot.Request{Kind: bot.Command, Actor: ali}).Dialog.Title, h.Texts.T("en", "report.title"))
	})
}
