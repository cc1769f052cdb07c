package handlers_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// number is a personal identity number with a right check digit: Skatteverket's own example.
const number = "640823-3234"

func TestReportNeedsOnlyTheText(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		want := store.Incident{
			ID: c.ID, Ref: "ref-1", Number: "INC-2026-0001", Version: 1, Status: store.New, ReporterID: c.ReporterID,
			Surface: "chat", Language: "sv", Text: lost, DiscoveredAt: morning(), RegisteredAt: morning(),
			PersonalData: policy.Unknown, Ongoing: policy.Unknown, Suggested: policy.Loss, Confidence: c.Confidence,
			Category: policy.Loss, CategoryReasons: c.CategoryReasons, Aspects: policy.Confidentiality | policy.Availability,
			Regulations: c.Regulations, Severity: c.Severity, SeverityReasons: c.SeverityReasons, Alternatives: c.Alternatives,
		}
		same(t, "the incident", c, want)
		same(t, "alternatives", len(c.Alternatives), 2)
		if len(c.CategoryReasons) == 0 || c.Confidence <= 0 || len(c.SeverityReasons) == 0 {
			t.Errorf("the suggestion has no reasons: %+v", c)
		}
		reporter, err := h.Store.AccountByID(t.Context(), *c.ReporterID)
		if err != nil || reporter.UserID != maja.ID || reporter.Name != maja.Name {
			t.Errorf("the reporter is %+v (%v), want Maja", reporter, err)
		}
		events := h.events("incident.reported")
		if len(events) != 1 || events[0].Actor != "reporter" || events[0].Subject != c.Number {
			t.Errorf("the audit chain says %+v", events)
		}
		if strings.Contains(events[0].Detail, "jobbtelefon") {
			t.Errorf("the audit chain holds the text: %s", events[0].Detail)
		}
	})
}

func TestReportKeepsAllAnswers(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		occurred := morning().Add(-26 * time.Hour).Truncate(time.Second)
		c := h.report(maja, bot.Values{
			"text": {"  Listan med alla brukare mejlades till fel adress.\nDet gick fort.  "}, "done": {"Bad mottagaren radera."},
			"discovered": {morning().Add(-time.Hour).Truncate(time.Second).Format(time.RFC3339)}, "occurred": {occurred.Format(time.RFC3339)},
			"system": {"omsorg"}, "form": {"digital"}, "effects": {"K", "S", "unknown"}, "personal": {"yes"}, "persons": {"500"},
			"sensitive": {"health", "protected"}, "ongoing": {"yes"}, "near_miss": {"yes"}, "anonymous": {},
		}, bot.File{ID: "F1", Name: "bild.png", Type: "image/png", Size: 12})
		if c.Text != "Listan med alla brukare mejlades till fel adress.\nDet gick fort." || c.Done != "Bad mottagaren radera." {
			t.Errorf("texts are %q and %q", c.Text, c.Done)
		}
		if !c.DiscoveredAt.Equal(morning().Add(-time.Hour).Truncate(time.Second)) || c.OccurredAt == nil || !c.OccurredAt.Equal(occurred) {
			t.Errorf("times are %v and %v", c.DiscoveredAt, c.OccurredAt)
		}
		system, err := h.Store.SystemByKey(t.Context(), "omsorg")
		if err != nil || c.SystemID == nil || *c.SystemID != system.ID {
			t.Errorf("the system is %v, want %d (%v)", c.SystemID, system.ID, err)
		}
		same(t, "what was ticked", c.ReportedAspects, policy.Confidentiality|policy.Traceability)
		if !c.Aspects.Has(c.ReportedAspects) {
			t.Errorf("aspects in force are %s: what was ticked is missing", c.Aspects)
		}
		same(t, "form, personal data, persons, kinds", []any{c.Form, c.PersonalData, c.Persons, c.SensitiveKinds, c.SensitiveData},
			[]any{"digital", policy.Yes, 500, "health,protected", true})
		same(t, "ongoing and near miss", []any{c.Ongoing, c.NearMiss}, []any{policy.Yes, true})
		// Confidentiality level 3, one up for all three reasons together, one down for the near miss.
		same(t, "severity", c.Severity, policy.Significant)
		if !slices.Contains(c.Regulations, policy.GDPR) {
			t.Errorf("regulations are %v, want GDPR among them", c.Regulations)
		}
		attachments, err := h.Store.Attachments(t.Context(), c.ID)
		if err != nil || len(attachments) != 1 || attachments[0].FileID != "F1" || attachments[0].Name != "bild.png" {
			t.Errorf("attachments are %+v (%v)", attachments, err)
		}
	})
}

func TestReportSystem(t *testing.T) {
	h := onSQLite(t)
	for name, test := range map[string]struct {
		system string
		known  bool
		reason string
	}{
		"a classified system sets where severity starts":    {"omsorg", true, "class_level"},
		"an unclassified one is said to be so":              {"bygglov", true, "unclassified"},
		"don't know is no system":                           {"-", false, "unclassified"},
		"no answer is no system":                            {"", false, "unclassified"},
		"one that left the inventory refuses nobody":        {"gammalt", false, "unclassified"},
		"something that nobody can have chosen neither":     {"'; DROP TABLE", false, "unclassified"},
		"a key in other letters is another system, so none": {"OMSORG", false, "unclassified"},
	} {
		t.Run(name, func(t *testing.T) {
			c := h.report(maja, bot.Values{"system": {test.system}})
			if (c.SystemID != nil) != test.known {
				t.Errorf("system known: %v, want %v", c.SystemID != nil, test.known)
			}
			if c.SeverityReasons[0].Code != test.reason {
				t.Errorf("severity starts from %q, want %q", c.SeverityReasons[0].Code, test.reason)
			}
		})
	}
}

func TestReportIsRefusedWithWhatToMend(t *testing.T) {
	h := onSQLite(t)
	future := morning().Add(time.Hour).Format(time.RFC3339)
	for name, test := range map[string]struct {
		values bot.Values
		files  int
		field  string
	}{
		"no answer to the stop question":        {bot.Values{"text": {lost}}, 0, "stop"},
		"no text":                               {bot.Values{"stop": {"no"}}, 0, "text"},
		"too short a text":                      {bot.Values{"stop": {"no"}, "text": {"hjälp"}}, 0, "text"},
		"too long a text":                       {bot.Values{"stop": {"no"}, "text": {strings.Repeat("å", 3001)}}, 0, "text"},
		"discovered in the future":              {bot.Values{"stop": {"no"}, "text": {lost}, "discovered": {future}}, 0, "discovered"},
		"happened after it was discovered":      {bot.Values{"stop": {"no"}, "text": {lost}, "discovered": {"2026-11-01T10:00:00Z"}, "occurred": {"2026-11-02T10:00:00Z"}}, 0, "occurred"},
		"an answer that was not offered":        {bot.Values{"stop": {"no"}, "text": {lost}, "personal": {"perhaps"}}, 0, "personal"},
		"more files than allowed":               {bot.Values{"stop": {"no"}, "text": {lost}}, 6, "files"},
		"a time that is none":                   {bot.Values{"stop": {"no"}, "text": {lost}, "occurred": {"igår"}}, 0, "occurred"},
		"too long a text of what has been done": {bot.Values{"stop": {"no"}, "text": {lost}, "done": {strings.Repeat("x", 2001)}}, 0, "done"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Values: test.values, Files: make([]bot.File, test.files)})
			if len(reply.Errors) != 1 || reply.Errors[test.field] == "" || reply.Message != nil {
				t.Errorf("reply is %+v, want one error at %s", reply, test.field)
			}
		})
	}
	if all := h.incidents(); len(all) != 0 {
		t.Errorf("%d incidents were registered", len(all))
	}
}

func TestReportTakesTheLongestText(t *testing.T) {
	h := onSQLite(t)
	long := strings.Repeat("ÅÄ🙂", 1000)
	if c := h.report(maja, bot.Values{"text": {long}}); c.Text != long {
		t.Errorf("3000 characters came back as %d bytes, want %d", len(c.Text), len(long))
	}
}

func TestPersonalNumbersAreMaskedBeforeAnythingIsStored(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		values := bot.Values{"stop": {"no"}, "text": {"Skickade journalen för " + number + " till fel avdelning"}, "done": {"Ringde " + number}}
		h.ask(bot.Request{Kind: bot.Change, Actor: maja, Name: handlers.ReportDialog, Field: "text", Values: values})
		if all := h.everything(); strings.Contains(all, number) || !strings.Contains(all, "journalen för") {
			t.Errorf("the draft is not kept, or not masked")
		}
		reply := h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Values: values, Key: "sending"})
		if !strings.Contains(text(reply.Message), h.Texts.T("sv", "receipt.masked")) {
			t.Errorf("the receipt does not tell: %s", text(reply.Message))
		}
		c := h.incidents()[0]
		if !strings.Contains(c.Text, policy.MaskedNumber) || !strings.Contains(c.Done, policy.MaskedNumber) {
			t.Errorf("texts are %q and %q", c.Text, c.Done)
		}
		// Everything that can be written afterwards: a mended text, a message, a reason, a lesson.
		values["text"] = []string{"Skickade journalen för 640823 3234 till fel avdelning, tror jag"}
		h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Values: values, Key: "sending"})
		h.submit(karin, "message", c.Ref, bot.Values{"message": {"Gällde det " + number + "?"}})
		h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Det gällde " + number}})
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}, "lesson": {"Ring " + number}})
		if n := len(h.notes(c)); n != 2 {
			t.Fatalf("there are %d notes, want the mended text and the message", n)
		}
		h.settle()
		if all := h.everything(); holdsNumber(all) {
			t.Error("a personal identity number is in the database")
		}
		for _, p := range h.chat.posts {
			if strings.Contains(text(&p.Message), "3234") {
				t.Errorf("a personal identity number was sent to %s", p.To)
			}
		}
	})
}

func TestReceiptDoesNotSpeakOfMaskingWhenNothingWas(t *testing.T) {
	h := onSQLite(t)
	reply := h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Values: bot.Values{"stop": {"no"}, "text": {lost}}})
	if strings.Contains(text(reply.Message), h.Texts.T("sv", "receipt.masked")) {
		t.Error("it does")
	}
}

func TestReceipt(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Advice = map[policy.Category]handlers.Advice{policy.Phishing: {"sv": "Ring 08-123 på en gång."}}
	receipt := func(t *testing.T, v bot.Values) string {
		t.Helper()
		v["stop"] = []string{"no"}
		return text(h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Values: v}).Message)
	}
	t.Run("gives number, advice for the suggested category and what happens next", func(t *testing.T) {
		got := receipt(t, bot.Values{"text": {lost}})
		for _, want := range []string{"INC-2026-0001", h.Texts.T("sv", "category.loss.advice"), h.Texts.T("sv", "receipt.next")} {
			if !strings.Contains(got, want) {
				t.Errorf("%q is missing in:\n%s", want, got)
			}
		}
	})
	t.Run("gives the municipality's own advice where it has some", func(t *testing.T) {
		got := receipt(t, bot.Values{"text": {"Fick ett phishingmejl med en falsk inloggningssida och skrev mitt lösenord"}})
		if !strings.Contains(got, "Ring 08-123 på en gång.") || strings.Contains(got, h.Texts.T("sv", "category.phishing.advice")) {
			t.Errorf("it is missing in:\n%s", got)
		}
	})
	t.Run("says that an anonymous reporter gets no answer", func(t *testing.T) {
		got := receipt(t, bot.Values{"text": {lost}, "anonymous": {"yes"}})
		if strings.Contains(got, h.Texts.T("sv", "receipt.next")) || !strings.Contains(got, "INC-2026-0003") {
			t.Errorf("receipt is:\n%s", got)
		}
	})
}

func TestAnonymousReportLeavesNoTrace(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, bot.Values{"anonymous": {"yes"}})
		h.settle()
		if c.ReporterID != nil {
			t.Errorf("the incident names account %d", *c.ReporterID)
		}
		all := h.everything()
		for _, trace := range []string{maja.ID, maja.Name, "maja"} {
			if strings.Contains(all, trace) {
				t.Errorf("%q is in the database", trace)
			}
		}
		same(t, "who the audit chain names", h.events("incident.reported")[0].Actor, "anonymous")
		if n := len(h.chat.to(direct(maja))); n != 0 {
			t.Errorf("the reporter got %d messages", n)
		}
		if n := len(h.chat.to(triage)); n != 1 {
			t.Errorf("the triage channel got %d messages, want the card", n)
		}
		// The case's further life leads nowhere either.
		h.press(karin, "acknowledge", c.Ref)
		reply := h.press(karin, "message", c.Ref)
		if reply.Dialog != nil || !strings.Contains(text(reply.Message), c.Number) {
			t.Errorf("one may write to a reporter whom nobody knows: %+v", reply)
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"unknown"}})
		h.settle()
		if n := len(h.chat.to(direct(maja))); n != 0 {
			t.Errorf("the reporter got %d messages", n)
		}
	})
}

// A dialog tells what is typed before its writer has decided to be nameless, and need not tell of the decision.
func TestAnonymousReportDropsTheDraft(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		typed := bot.Values{"stop": {"no"}, "text": {"Chefen läser våra journaler"}}
		h.ask(bot.Request{Kind: bot.Change, Actor: maja, Name: handlers.ReportDialog, Field: "text", Values: typed})
		h.clock.advance(time.Second)
		c := h.report(maja, bot.Values{"text": {"Chefen läser våra journaler"}, "anonymous": {"yes"}})
		for _, row := range strings.Split(h.everything(), "\n") {
			if strings.Contains(row, "läser våra journaler") && !strings.HasPrefix(row, "incidents: ") {
				t.Errorf("the text also stands in %s", row)
			}
		}
		for _, trace := range []string{maja.ID, maja.Name} {
			if strings.Contains(h.everything(), trace) {
				t.Errorf("%q, who has done nothing but typing, is in the database", trace)
			}
		}
		if reply := h.ask(bot.Request{Kind: bot.Command, Actor: maja}); reply.Dialog.Values.Get("text") != "" {
			t.Error("the text is offered again")
		}
		if n := len(h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: "mina"}).Message.Blocks); c.ReporterID != nil || n != 2 {
			t.Errorf("the report is listed as hers")
		}
	})
}

func TestStopQuestion(t *testing.T) {
	secret := bot.Values{
		"stop": {"yes"}, "text": {"Ritningarna över skyddsrummet är borta"}, "done": {"Sökt i arkivet"}, "system": {"omsorg"},
		"form": {"paper"}, "effects": {"K"}, "personal": {"yes"}, "persons": {"10"}, "sensitive": {"health"}, "anonymous": {"yes"},
		"occurred": {"2026-11-20T10:00:00Z"}, "near_miss": {"yes"}, "ongoing": {"yes"},
	}
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, secret, bot.File{ID: "F1", Name: "ritning.pdf", Size: 10})
		want := store.Incident{
			ID: c.ID, Ref: c.Ref, Number: c.Number, Version: 1, Status: store.New, ReporterID: c.ReporterID, Surface: "chat",
			Language: "sv", DiscoveredAt: morning(), RegisteredAt: morning(), PersonalData: policy.Unknown, Ongoing: policy.Unknown,
			StopQuestion: true, Suggested: policy.Other, Category: policy.Other, Severity: policy.Serious,
			Regulations: []policy.Regulation{policy.ProtectiveSecurity},
		}
		same(t, "the incident", c, want)
		if c.ReporterID == nil {
			t.Error("nobody knows whom to contact")
		}
		h.settle()
		if all := h.everything(); strings.Contains(all, "skyddsrummet") || strings.Contains(all, "ritning.pdf") || strings.Contains(all, "arkivet") {
			t.Error("details are in the database")
		}
		if n := len(h.chat.to(triage)) + len(h.chat.to(direct(karin))); n != 0 {
			t.Errorf("the triage channel or the CISO got %d messages", n)
		}
		card := h.chat.to(direct(johan))
		if len(card) != 1 || !strings.Contains(text(&card[0].Message), maja.Name) {
			t.Fatalf("the head of security got %d messages, want one that names the reporter", len(card))
		}
		receipt := h.chat.to(direct(maja))
		if len(receipt) != 1 || !strings.Contains(text(&receipt[0].Message), h.Texts.T("sv", "receipt.stop")) {
			t.Error("the reporter got no receipt with what not to do")
		}
	})
}

func TestStopQuestionGoesToTheCISOWhenThereIsNoHeadOfSecurity(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.SecurityChief] = nil
	h.report(maja, bot.Values{"stop": {"yes"}})
	h.settle()
	if len(h.chat.to(direct(karin))) != 1 || len(h.chat.to(triage)) != 0 {
		t.Errorf("messages: %d to the CISO, %d to the channel; want 1 and 0", len(h.chat.to(direct(karin))), len(h.chat.to(triage)))
	}
}

func TestCardGoesToTheDeputyWhenThereIsNoCISO(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.CISO] = nil
	h.report(maja, nil)
	h.settle()
	same(t, "messages to the deputy", len(h.chat.to(direct(omar))), 1)
}

func TestRepeatedSubmission(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		send := func(v bot.Values) bot.Reply {
			t.Helper()
			return h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Key: "sending", Values: v})
		}
		first := send(bot.Values{"stop": {"no"}, "text": {lost}})
		h.settle()
		h.clock.advance(time.Minute)
		same(t, "the receipt", send(bot.Values{"stop": {"no"}, "text": {lost}}), first)
		all := h.incidents()
		if len(all) != 1 || len(h.events("")) != 1 || len(h.notes(all[0])) != 0 {
			t.Fatalf("%d incidents, %d events, %d notes; want one, one, none", len(all), len(h.events("")), len(h.notes(all[0])))
		}
		same(t, "work that follows", len(h.take()), 0)

		again := send(bot.Values{"stop": {"no"}, "text": {lost + ", linje 4"}, "done": {"Ringt dem"}})
		if !strings.Contains(text(again.Message), all[0].Number) {
			t.Errorf("the mended text got another receipt: %s", text(again.Message))
		}
		notes := h.notes(all[0])
		if len(h.incidents()) != 1 || len(notes) != 1 || notes[0].Kind != "supplement" || notes[0].Text != lost+", linje 4\n\nRingt dem" {
			t.Errorf("the mended text is kept as %+v", notes)
		}
		same(t, "the first text", h.now(all[0]).Text, lost)
		same(t, "audit events of it", len(h.events("incident.supplemented")), 1)

		stop := send(bot.Values{"stop": {"yes"}})
		if len(h.incidents()) != 2 || strings.Contains(text(stop.Message), all[0].Number) {
			t.Error("a changed answer to the stop question is not told to the head of security")
		}
	})
}

func TestRepeatedSubmissionsAtOnceMakeOneIncident(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		var group sync.WaitGroup
		for range 16 {
			group.Go(func() {
				_, err := h.try(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Key: "sending",
					Values: bot.Values{"stop": {"no"}, "text": {lost}}})
				if err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		same(t, "incidents", len(h.incidents()), 1)
		same(t, "pending messages", h.stats().Pending, 3) // channel, CISO, receipt
	})
}

func TestNothingIsStoredWhenTheQueueIsBroken(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		values := bot.Values{"stop": {"no"}, "text": {"Jag har tappat nycklarna till arkivet"}}
		h.ask(bot.Request{Kind: bot.Change, Actor: maja, Name: handlers.ReportDialog, Values: values})
		before := h.everything()
		h.broken = errors.New("the queue is away")
		if _, err := h.try(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Key: "sending", Values: values}); !errors.Is(err, h.broken) {
			t.Fatalf("error is %v, want that of the queue", err)
		}
		same(t, "the database", h.everything(), before)

		h.broken = nil
		reply := h.ask(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Key: "sending", Values: values})
		if !strings.Contains(text(reply.Message), "INC-2026-0001") {
			t.Errorf("sent again it is %s, want the first number: the failure left a gap", text(reply.Message))
		}
		c := h.incidents()[0]
		h.settle()
		before = h.everything()
		h.broken = errors.New("the queue is away")
		for dialog, v := range map[string]bot.Values{
			"category": {"category": {"theft"}, "aspects": {"K"}}, "severity": {"severity": {"4"}, "reason": {"Allvarligt"}},
			"message": {"message": {"Hej"}}, "close": {"category": {"loss"}, "cause": {"knowledge"}},
		} {
			if _, err := h.try(bot.Request{Kind: bot.Submit, Actor: karin, Name: dialog, Subject: c.Ref, Values: v}); !errors.Is(err, h.broken) {
				t.Errorf("%s: error is %v, want that of the queue", dialog, err)
			}
		}
		same(t, "the database", h.everything(), before)
	})
}

func TestReportReachesTheRightPeople(t *testing.T) {
	h := onSQLite(t)
	h.report(maja, nil)
	h.settle()
	for who, want := range map[bot.Address]int{triage: 1, direct(karin): 1, direct(maja): 1, direct(omar): 0, direct(johan): 0, direct(dora): 0} {
		if got := len(h.chat.to(who)); got != want {
			t.Errorf("%s got %d messages, want %d", who, got, want)
		}
	}
	same(t, "pending messages", h.stats().Pending, 0)
}
