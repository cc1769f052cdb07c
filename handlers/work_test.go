package handlers_test

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func TestAcknowledge(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		h.settle()
		h.clock.advance(10 * time.Minute)
		same(t, "reply", h.press(karin, "acknowledge", c.Ref), bot.Reply{})
		taken := h.now(c)
		if taken.Status != store.Acknowledged || taken.Version != 2 || !taken.AcknowledgedAt.Equal(h.clock.Now()) {
			t.Errorf("the case is %+v", taken)
		}
		h.settle()
		cards := append(h.chat.to(triage), h.chat.to(direct(karin))...)
		if len(cards) != 2 {
			t.Fatalf("there are %d copies of the card, want two", len(cards))
		}
		for _, card := range cards {
			if card.Edits != 1 || !strings.Contains(text(&card.Message), "Mottagen av Karin Holm 2026-11-23 10:40") {
				t.Errorf("the copy at %s was edited %d times and says:\n%s", card.To, card.Edits, text(&card.Message))
			}
		}
		news := h.chat.to(direct(maja))
		if len(news) != 2 || !strings.Contains(text(&news[1].Message), "Karin Holm") {
			t.Errorf("the reporter has %d messages, want receipt and news", len(news))
		}
		event := h.events("incident.acknowledged")[0]
		same(t, "the audit chain", []string{event.Actor, event.Subject, event.Detail},
			[]string{"chat:U0KARIN", c.Number, `{"new":"acknowledged","old":"new"}`})

		for range 3 { // double clicks and old copies
			same(t, "reply", h.press(karin, "acknowledge", c.Ref), bot.Reply{})
		}
		late := h.press(omar, "acknowledge", c.Ref)
		if got := text(late.Message); !strings.Contains(got, "Karin Holm") || !strings.Contains(got, "10:40") {
			t.Errorf("who comes late is told %q", got)
		}
		same(t, "the case after late clicks", h.now(c), taken)
		same(t, "work after late clicks", len(h.take()), 0)
		same(t, "events after late clicks", len(h.events("incident.acknowledged")), 1)
	})
}

func TestTwoAcknowledgeAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		for range 10 {
			c := h.report(maja, nil)
			var group sync.WaitGroup
			replies := make([]bot.Reply, 2)
			for i, who := range []bot.Actor{karin, omar} {
				group.Go(func() {
					var err error
					if replies[i], err = h.try(bot.Request{Kind: bot.Press, Actor: who, Name: "acknowledge", Subject: c.Ref}); err != nil {
						t.Error(err)
					}
				})
			}
			group.Wait()
			winner, loser := "Karin Holm", 1
			if replies[0].Message != nil {
				winner, loser = "Omar Said", 0
			}
			if replies[1-loser].Message != nil || replies[loser].Message == nil || !strings.Contains(text(replies[loser].Message), winner) {
				t.Errorf("replies are %q and %q: one should be silent, the other name who was first", text(replies[0].Message), text(replies[1].Message))
			}
			by, err := h.Store.AccountByID(t.Context(), *h.now(c).AcknowledgedBy)
			if err != nil || by.Name != winner {
				t.Errorf("the register says %q (%v), the reply %q", by.Name, err, winner)
			}
		}
		same(t, "events", len(h.events("incident.acknowledged")), 10)
	})
}

func TestCategorise(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		// Level 3 for confidentiality, 1 for availability.
		c := h.report(maja, bot.Values{"system": {"omsorg"}})
		same(t, "severity at first", c.Severity, policy.Significant)
		d := h.press(karin, "category", c.Ref).Dialog
		same(t, "what the dialog begins with", d.Values, bot.Values{"category": {"loss"}, "aspects": {"K", "T"}})
		same(t, "categories to choose from", len(d.Field("category").Options), 15)

		same(t, "reply", h.submit(karin, "category", c.Ref, bot.Values{"category": {"outage"}, "aspects": {"T"}}), bot.Reply{})
		c = h.now(c)
		same(t, "category, aspects, severity", []any{c.Category, c.Aspects, c.Severity}, []any{policy.Outage, policy.Availability, policy.Low})
		same(t, "suggestion", c.Suggested, policy.Loss)
		event := h.events("incident.categorised")[0]
		same(t, "the audit chain", event.Detail,
			`{"new":"outage","new_aspects":"T","new_severity":1,"old":"loss","old_aspects":"KT","old_severity":3,"suggested":"loss"}`)

		h.submit(karin, "category", c.Ref, bot.Values{"category": {"outage"}, "aspects": {"T"}})
		same(t, "version when nothing changes", h.now(c).Version, c.Version)

		h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Hela hemtjänsten står"}})
		h.submit(omar, "category", c.Ref, bot.Values{"category": {"intrusion"}, "aspects": {"K", "R"}})
		c = h.now(c)
		same(t, "a severity set by hand stays", []any{c.Category, c.Severity, c.SeverityNote},
			[]any{policy.Intrusion, policy.Serious, "Hela hemtjänsten står"})

		wrong := h.submit(karin, "category", c.Ref, bot.Values{"category": {"nonsense"}})
		if wrong.Errors["category"] == "" {
			t.Errorf("an unknown category is answered %+v", wrong)
		}
	})
}

func TestSeverityByHand(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		same(t, "what the dialog begins with", h.press(karin, "severity", c.Ref).Dialog.Values, bot.Values{"severity": {"2"}})
		for name, v := range map[string]bot.Values{"severity": {"reason": {"Därför"}}, "reason": {"severity": {"3"}}} {
			if got := h.submit(karin, "severity", c.Ref, v).Errors; got[name] == "" || len(got) != 1 {
				t.Errorf("without %s the answer is %v", name, got)
			}
		}
		h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"3"}, "reason": {"Listan låg framme länge"}})
		c = h.now(c)
		same(t, "severity and reason", []any{c.Severity, c.SeverityNote}, []any{policy.Significant, "Listan låg framme länge"})
		event := h.events("incident.severity_changed")[0]
		if !strings.Contains(event.Detail, `"new":3,"old":2`) || strings.Contains(event.Detail, "framme") {
			t.Errorf("the audit chain says %s", event.Detail)
		}
		h.settle()
		card := h.chat.to(triage)[0]
		if got := text(&card.Message); !strings.Contains(got, h.Texts.T("sv", "card.severity.by_hand")) || strings.Contains(got, "framme") {
			t.Errorf("the card says:\n%s", got)
		}
	})
}

func TestMessageReporter(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		h.settle()
		same(t, "what the dialog concerns", h.press(karin, "message", c.Ref).Dialog.Subject, c.Ref)
		for range 2 { // the platform tells it twice
			h.ask(bot.Request{Kind: bot.Submit, Actor: karin, Name: "message", Subject: c.Ref, Key: "once",
				Values: bot.Values{"message": {"Vilken linje var det? <!channel>"}}})
		}
		h.settle()
		got := h.chat.to(direct(maja))
		if len(got) != 2 {
			t.Fatalf("the reporter has %d messages, want the receipt and one more", len(got))
		}
		quoted := false
		for _, b := range got[1].Message.Blocks {
			quoted = quoted || b == bot.Quote("Vilken linje var det? <!channel>")
		}
		if !quoted || !strings.Contains(text(&got[1].Message), "Karin Holm") {
			t.Errorf("the message is:\n%s", text(&got[1].Message))
		}
		if strings.Contains(got[1].Message.Summary, "linje") {
			t.Errorf("the notification tells: %s", got[1].Message.Summary)
		}
		notes := h.notes(c)
		if len(notes) != 1 || notes[0].Kind != "to_reporter" || notes[0].Text != "Vilken linje var det? <!channel>" {
			t.Errorf("notes are %+v", notes)
		}
		if detail := h.events("reporter.messaged")[0].Detail; strings.Contains(detail, "linje") {
			t.Errorf("the audit chain holds the text: %s", detail)
		}
	})
}

func TestClose(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		h.settle()
		if got := h.submit(karin, "close", c.Ref, bot.Values{"lesson": {"x"}}).Errors; got["cause"] == "" {
			t.Errorf("without a cause the answer is %v", got)
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"routine_missing"}, "lesson": {"Snodd runt halsen"}})
		c = h.now(c)
		same(t, "status, cause, lesson", []any{c.Status, c.Cause, c.Lesson}, []any{store.Closed, policy.RoutineMissing, "Snodd runt halsen"})
		if c.ClosedAt == nil || c.ClosedBy == nil || c.AcknowledgedAt == nil || c.AcknowledgedBy == nil {
			t.Errorf("who and when is missing: %+v", c)
		}
		h.settle()
		card := h.chat.to(triage)[0]
		same(t, "what is left to press", buttons(card.Message), []string{"show", "reopen", "more"})
		news := h.chat.to(direct(maja))
		if got := text(&news[len(news)-1].Message); !strings.Contains(got, h.Texts.T("sv", "news.closed.text")) || strings.Contains(got, "halsen") {
			t.Errorf("the reporter is told:\n%s", got)
		}
		if detail := h.events("incident.closed")[0].Detail; strings.Contains(detail, "halsen") || !strings.Contains(detail, "routine_missing") {
			t.Errorf("the audit chain says %s", detail)
		}

		// Nothing moves a closed case, whichever old copy is pressed.
		for _, button := range []string{"acknowledge", "category", "severity", "message", "close"} {
			reply := h.press(karin, button, c.Ref)
			if reply.Dialog != nil || !strings.Contains(text(reply.Message), c.Number) {
				t.Errorf("%s on a closed case is answered %+v", button, reply)
			}
		}
		for dialog, v := range map[string]bot.Values{ // dialogs that stood open meanwhile
			"category": {"category": {"theft"}}, "severity": {"severity": {"1"}, "reason": {"Därför"}},
			"message": {"message": {"Hej"}}, "close": {"cause": {"attack"}},
		} {
			reply := h.submit(omar, dialog, c.Ref, v)
			if len(reply.Errors) != 1 {
				t.Errorf("the dialog %s on a closed case is answered %+v: what was written is lost in silence", dialog, reply)
			}
		}
		same(t, "the case", h.now(c), c)
		same(t, "notes", len(h.notes(c)), 0)
		same(t, "work", len(h.take()), 0)
	})
}

func TestShow(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, bot.Values{"done": {"Ringt bussbolaget"}}, bot.File{ID: "F1", Name: "bild.png", Size: 2500})
		h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"3"}, "reason": {"Telefonen var olåst"}})
		h.submit(karin, "message", c.Ref, bot.Values{"message": {"Var den låst?"}})
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}, "lesson": {"Lås telefonen"}})
		ask := bot.Request{Kind: bot.Press, Actor: omar, Name: "show", Subject: c.Ref, Key: "once"}
		h.ask(ask)
		shown := text(h.ask(ask).Message)
		for _, want := range []string{lost, "Ringt bussbolaget", "Telefonen var olåst", "Var den låst?", "Lås telefonen", maja.Name, "bild.png (3 kB"} {
			if !strings.Contains(shown, want) {
				t.Errorf("%q is missing in:\n%s", want, shown)
			}
		}
		events := h.events("incident.text_shown")
		if len(events) != 1 || events[0].Actor != "chat:U0OMAR" || events[0].Subject != c.Number {
			t.Errorf("the audit chain says %+v", events)
		}
		same(t, "the case's version", h.now(c).Version, int64(4))
	})
}

func TestOwnReports(t *testing.T) {
	h := onSQLite(t)
	first, second := h.report(maja, nil), h.report(maja, nil)
	h.report(ali, nil)
	h.submit(karin, "close", first.Ref, bot.Values{"cause": {"knowledge"}})
	for name, test := range map[string]struct {
		req        bot.Request
		with, hide []string
	}{
		"mina lists all own":                 {bot.Request{Kind: bot.Command, Actor: maja, Text: "mina"}, []string{first.Number, second.Number}, []string{"0003"}},
		"mine too, in any case":              {bot.Request{Kind: bot.Command, Actor: maja, Text: " MINE "}, []string{first.Number, second.Number}, []string{"0003"}},
		"status lists the open ones":         {bot.Request{Kind: bot.Command, Actor: maja, Text: "status"}, []string{second.Number}, []string{first.Number, "0003"}},
		"home lists all own":                 {bot.Request{Kind: bot.Home, Actor: maja}, []string{first.Number, second.Number}, []string{"0003"}},
		"the CISO's status lists open cases": {bot.Request{Kind: bot.Command, Actor: karin, Text: "status"}, []string{second.Number, "0003"}, []string{first.Number}},
		"and so does the CISO's home":        {bot.Request{Kind: bot.Home, Actor: karin}, []string{second.Number, "0003"}, []string{first.Number}},
		"who has none is told so":            {bot.Request{Kind: bot.Command, Actor: johan, Text: "mina"}, []string{h.Texts.T("sv", "mine.none")}, []string{"INC-"}},
		"help explains":                      {bot.Request{Kind: bot.Command, Actor: maja, Text: "hjälp"}, []string{"/incident mina", "/incident status"}, []string{"INC-"}},
	} {
		t.Run(name, func(t *testing.T) {
			got := text(h.ask(test.req).Message)
			for _, want := range test.with {
				if !strings.Contains(got, want) {
					t.Errorf("%q is missing in:\n%s", want, got)
				}
			}
			for _, hidden := range append(test.hide, lost) {
				if strings.Contains(got, hidden) {
					t.Errorf("%q stands in:\n%s", hidden, got)
				}
			}
		})
	}
}

func TestStopCasesAreInNoList(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, bot.Values{"stop": {"yes"}})
	for _, req := range []bot.Request{{Kind: bot.Home, Actor: karin}, {Kind: bot.Command, Actor: karin, Text: "status"}} {
		if got := text(h.ask(req).Message); strings.Contains(got, c.Number) {
			t.Errorf("it stands in:\n%s", got)
		}
	}
}

func TestSearchSystems(t *testing.T) {
	h := onSQLite(t)
	values := func(query string) []string {
		var found []string
		for _, o := range h.ask(bot.Request{Kind: bot.Search, Actor: maja, Field: "system", Text: query}).Options {
			found = append(found, o.Value)
		}
		return found
	}
	same(t, "nothing typed", values(""), []string{"bygglov", "omsorg", "-"})
	same(t, "part of a word", values("OMSORGSSYS"), []string{"omsorg", "-"})
	same(t, "what is not there", values("zzz"), []string{"-"})
}

func TestReporterAnswersInTheCase(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		h.submit(karin, "message", c.Ref, bot.Values{"message": {"Var telefonen låst?"}})
		h.settle()
		letters := h.chat.to(direct(maja))
		if got := buttons(letters[len(letters)-1].Message); !slices.Equal(got, []string{"answer"}) {
			t.Fatalf("the message to the reporter has the buttons %v", got)
		}
		if reply := h.press(ali, "answer", c.Ref); reply.Dialog != nil {
			t.Error("somebody else may answer for the reporter")
		}
		refused := h.submit(ali, "answer", c.Ref, bot.Values{"message": {"Jag låtsas vara Maja."}})
		if refused.Errors["message"] == "" || len(h.notes(c)) != 1 {
			t.Errorf("somebody else's answer: %+v", refused)
		}
		if h.press(maja, "answer", c.Ref).Dialog == nil {
			t.Fatal("the reporter gets no dialog")
		}
		h.submit(maja, "answer", c.Ref, bot.Values{"message": {"Ja, med kod. Mitt nummer är 19121212-1212."}})
		h.settle()
		notes := h.notes(c)
		last := notes[len(notes)-1]
		same(t, "note", []string{last.Kind, last.Text}, []string{"from_reporter", "Ja, med kod. Mitt nummer är " + policy.MaskedNumber + "."})
		news := h.chat.to(direct(karin))
		if got := text(&news[len(news)-1].Message); !strings.Contains(got, "har svarat i "+c.Number) || strings.Contains(got, "med kod") {
			t.Errorf("the CISO is told %q", got)
		}
		if shown := text(h.press(karin, "show", c.Ref).Message); !strings.Contains(shown, "Ja, med kod.") {
			t.Errorf("the answer is not shown:\n%s", shown)
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		if late := h.submit(maja, "answer", c.Ref, bot.Values{"message": {"En sak till."}}); late.Errors["message"] == "" {
			t.Error("an answer to a closed case is swallowed")
		}
	})
}

func TestNoteIsForThoseWhoWorkTheCase(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.settle()
	before := len(h.chat.to(direct(maja)))
	h.submit(karin, "note", c.Ref, bot.Values{"message": {"Ringt IT, de spärrar."}})
	h.settle()
	same(t, "messages to the reporter", len(h.chat.to(direct(maja))), before)
	if shown := text(h.press(omar, "show", c.Ref).Message); !strings.Contains(shown, "Ringt IT, de spärrar.") {
		t.Errorf("the note is not shown:\n%s", shown)
	}
	for _, p := range h.chat.to(triage) {
		if strings.Contains(text(&p.Message), "Ringt IT") {
			t.Error("the note stands in the channel")
		}
	}
}

func TestReopening(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		if reply := h.press(karin, "reopen", c.Ref); reply.Dialog != nil {
			t.Error("an open case can be opened again")
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}, "lesson": {"Lås telefonen."}})
		if without := h.submit(karin, "reopen", c.Ref, nil); without.Errors["reason"] == "" {
			t.Error("opened again without a reason")
		}
		h.submit(karin, "reopen", c.Ref, bot.Values{"reason": {"Telefonen har använts."}})
		now := h.now(c)
		same(t, "status", []any{now.Status, now.ClosedAt == nil, now.Lesson}, []any{store.Acknowledged, true, "Lås telefonen."})
		h.settle()
		news := h.chat.to(direct(maja))
		if got := text(&news[len(news)-1].Message); !strings.Contains(got, "öppnat igen") {
			t.Errorf("the reporter is told %q", got)
		}
		h.submit(omar, "reopen", c.Ref, bot.Values{"reason": {"En gång till."}}) // too late: nothing to do
		same(t, "events", len(h.events("incident.reopened")), 1)
	})
}

func TestCaseIsShownToWhoMaySeeIt(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.press(karin, "acknowledge", c.Ref)
	h.decide(c, "breach", "risk")
	h.submit(karin, "note", c.Ref, bot.Values{"message": {"Hemlig anteckning."}})
	ask := func(who bot.Actor, words string) string {
		return text(h.ask(bot.Request{Kind: bot.Command, Actor: who, Text: words}).Message)
	}
	shown := ask(karin, strings.ToLower(c.Number))
	for _, part := range []string{"Det här har hänt", "Rapportören rapporterade.", "Karin Holm tog emot ärendet.", "Karin Holm skrev en anteckning.", "Anmälan till IMY"} {
		if !strings.Contains(shown, part) {
			t.Errorf("the case lacks %q:\n%s", part, shown)
		}
	}
	for _, secret := range []string{lost, "Hemlig anteckning", "Maja"} {
		if strings.Contains(shown, secret) {
			t.Errorf("the case tells %q", secret)
		}
	}
	same(t, "events", len(h.events("incident.shown")), 1)
	if own := ask(maja, "ärende "+c.Number); !strings.Contains(own, "Mottagen") || strings.Contains(own, "Karin") {
		t.Errorf("the reporter sees:\n%s", own)
	}
	same(t, "somebody else sees what they see of a case that is not there",
		ask(ali, c.Number), strings.ReplaceAll(ask(ali, "INC-2026-9999"), "INC-2026-9999", c.Number))
}
