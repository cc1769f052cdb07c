package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// pass lets time pass, and sends what is due then.
func (h *house) pass(d time.Duration) {
	h.t.Helper()
	h.clock.advance(d)
	if err := h.Remind(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// decide decides about a case as the CISO.
func (h *house) decide(c store.Incident, decision, verdict string) {
	h.t.Helper()
	reply := h.submit(karin, decision, c.Ref, bot.Values{"verdict": {verdict}, "reason": {"Så har vi bedömt det."}})
	if len(reply.Errors) > 0 {
		h.t.Fatalf("%s was refused: %v", verdict, reply.Errors)
	}
}

// meet answers the dialog about a duty as the CISO.
func (h *house) meet(c store.Incident, step, outcome string, more bot.Values) map[string]string {
	h.t.Helper()
	v := bot.Values{"step": {step}, "outcome": {outcome}, "ended": {h.clock.Now().UTC().Truncate(time.Minute).Format(time.RFC3339)}}
	for field, answers := range more {
		v[field] = answers
	}
	return h.submit(karin, "obligation", c.Ref, v).Errors
}

// obligations are a case's duties as "step state".
func (h *house) obligations(c store.Incident) (all []string) {
	h.t.Helper()
	found, err := h.Store.Obligations(h.t.Context(), c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	for _, o := range found {
		all = append(all, o.Step+" "+string(o.State))
	}
	return all
}

// reminded are the headings of the reminders that somebody has got about a case.
func (h *house) reminded(who bot.Actor, c store.Incident) (all []string) {
	for _, p := range h.chat.to(direct(who)) {
		heading := ""
		for _, b := range p.Message.Blocks {
			if first, ok := b.(bot.Heading); ok && heading == "" {
				heading = string(first)
			}
		}
		for _, kind := range []string{"unacknowledged", "decide", "obligation"} {
			if heading == h.Texts.T("sv", "reminder.heading."+kind, map[string]any{"Number": c.Number}) {
				all = append(all, kind)
			}
		}
	}
	return all
}

// cards is what stands on the copies of a case's card in the channel.
func (h *house) cards(c store.Incident) string {
	var all []string
	for _, p := range h.chat.to(triage) {
		if strings.Contains(p.Message.Summary, c.Number) {
			all = append(all, text(&p.Message))
		}
	}
	return strings.Join(all, "\n")
}

func TestBreachOpensClocksAndEndsThem(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, bot.Values{"personal": {"unknown"}})
		h.press(karin, "acknowledge", c.Ref)
		h.decide(c, "breach", "high_risk")
		h.settle()
		same(t, "duties", h.obligations(c), []string{"gdpr-33-1 open", "gdpr-33-5 open", "gdpr-34 open"})
		same(t, "personal data", h.now(c).PersonalData, policy.Yes)
		if card := h.cards(c); !strings.Contains(card, "Anmälan till IMY\nSenast 2026-11-26 10:30 CET (3 dygn kvar)") {
			t.Errorf("the card does not tell the deadline with its zone:\n%s", card)
		}
		if got := h.chat.to(direct(dora)); len(got) != 1 || !strings.Contains(text(&got[0].Message), c.Number) {
			t.Errorf("the data protection officer, whom the case now concerns, has %d messages", len(got))
		}

		// It cannot be closed, and says why.
		refused := h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		if !strings.Contains(refused.Errors["cause"], "Anmälan till IMY") || h.now(c).Status == store.Closed {
			t.Errorf("closing with open duties is answered with %+v", refused)
		}

		h.pass(time.Hour)
		same(t, "what is wrong", len(h.meet(c, "gdpr-33-1", "done_more", bot.Values{"reference": {"IMY-2026-77"}})), 0)
		same(t, "duties", h.obligations(c), []string{"gdpr-33-1 done", "gdpr-33-5 open", "gdpr-34 open", "gdpr-33-4 open"})
		if again := h.meet(c, "gdpr-33-1", "not_needed", bot.Values{"reason": {"Ändrade oss."}}); again["step"] == "" {
			t.Error("what was done was undone: the first submission must count")
		}
		if without := h.meet(c, "gdpr-34", "not_needed", nil); without["reason"] == "" {
			t.Error("a duty ended silently")
		}
		for _, step := range []string{"gdpr-33-5", "gdpr-34", "gdpr-33-4"} {
			same(t, "what is wrong", len(h.meet(c, step, "not_needed", bot.Values{"reason": {"Krypterat."}})), 0)
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		same(t, "status", h.now(c).Status, store.Closed)
		before := len(h.chat.to(direct(karin)))
		h.pass(30 * 24 * time.Hour)
		same(t, "messages after it was closed", len(h.chat.to(direct(karin))), before)
	})
}

func TestVerdictThatIsChangedEndsWhatItNoLongerOpens(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.decide(c, "breach", "high_risk")
	same(t, "what is wrong", len(h.meet(c, "gdpr-34", "done", nil)), 0)
	h.decide(c, "breach", "unlikely_risk")
	same(t, "duties", h.obligations(c), []string{"gdpr-33-1 not_needed", "gdpr-33-5 open", "gdpr-34 done"})
	h.decide(c, "breach", "risk")
	same(t, "duties", h.obligations(c), []string{"gdpr-33-1 open", "gdpr-33-5 open", "gdpr-34 done"})
	for _, e := range h.events("incident.decided") {
		if strings.Contains(e.Detail, "bedömt") {
			t.Errorf("the audit chain quotes the reason: %s", e.Detail)
		}
	}
}

func TestNearMissStartsNoClock(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, bot.Values{"near_miss": {"yes"}, "personal": {"unknown"}})
	refused := h.submit(karin, "breach", c.Ref, bot.Values{"verdict": {"risk"}, "reason": {"Det kunde ha läckt."}})
	if refused.Errors["verdict"] == "" || len(h.obligations(c)) > 0 {
		t.Errorf("a near miss opened %v; %v", h.obligations(c), refused.Errors)
	}
	h.press(karin, "acknowledge", c.Ref)
	h.pass(48 * time.Hour)
	same(t, "reminders to decide", h.reminded(karin, c), []string(nil))
}

func TestSignificantIncident(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, bot.Values{"personal": {"yes"}, "persons": {"500"}, "sensitive": {"health"}})
	dialog := h.press(karin, "significant", c.Ref).Dialog
	if note := dialog.Fields[0].Label; !strings.Contains(note, "500 personer") || !strings.Contains(note, "Det är du som bestämmer") {
		t.Errorf("the proposal reads %q", note)
	}
	h.decide(c, "significant", "significant")
	same(t, "duties", h.obligations(c), []string{"cyber-2-5 open", "cyber-2-6 open"})
	h.pass(30 * time.Hour)
	ended := bot.Values{"ended": {h.clock.Now().UTC().Add(-2 * time.Hour).Format(time.RFC3339)}}
	same(t, "what is wrong", len(h.meet(c, "cyber-2-6", "done", ended)), 0)
	found, err := h.Store.Obligations(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	final := found[len(found)-1]
	// A month from the notification, and not from the discovery: 2:8.
	if want := "2026-12-24 14:30 CET"; final.Step != "cyber-2-8" || final.DueAt.In(h.Settings.Location).Format("2006-01-02 15:04 MST") != want {
		t.Errorf("the final report is %s, due %s, want %s", final.Step, final.DueAt, want)
	}
}

func TestStartOfAClockIsMovedWithAReason(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.press(karin, "acknowledge", c.Ref)
	h.decide(c, "breach", "risk")
	later := h.clock.Now().UTC().Add(-time.Minute).Truncate(time.Minute)
	if without := h.meet(c, "gdpr-33-1", "moved", bot.Values{"start": {later.Format(time.RFC3339)}}); without["reason"] == "" {
		t.Error("the start was moved without a reason")
	}
	h.pass(10 * time.Hour)
	moved := h.clock.Now().UTC().Truncate(time.Minute)
	same(t, "what is wrong", len(h.meet(c, "gdpr-33-1", "moved", bot.Values{"start": {moved.Format(time.RFC3339)}, "reason": {"Loggen visar det."}})), 0)
	found, err := h.Store.Obligations(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "deadline", found[0].DueAt.UTC(), moved.Add(72*time.Hour))
	reminders, err := h.Store.Reminders(t.Context(), found[0].Clock())
	if err != nil {
		t.Fatal(err)
	}
	waiting := 0
	for _, r := range reminders {
		if r.SentAt == nil && r.SupersededAt == nil {
			waiting++
			if r.DueAt.Before(moved) {
				t.Errorf("%s still waits for %s", r.Stage, r.DueAt)
			}
		}
	}
	same(t, "reminders that wait", waiting, 5)
}

func TestEscalation(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, bot.Values{"system": {"omsorg"}, "personal": {"yes"}, "persons": {"500"}}) // severity 4
		same(t, "severity", c.Severity, policy.Serious)
		h.settle()
		h.pass(14 * time.Minute)
		same(t, "the deputy before a quarter", h.reminded(omar, c), []string(nil))
		h.pass(2 * time.Minute)
		same(t, "the deputy after a quarter", h.reminded(omar, c), []string{"unacknowledged"})
		same(t, "the head of security", h.reminded(johan, c), []string(nil))
		h.pass(15 * time.Minute)
		same(t, "the head of security after half an hour", h.reminded(johan, c), []string{"unacknowledged"})
		letter := h.chat.to(direct(johan))[0].Message
		if strings.Contains(text(&letter), "telefon") || !slices.Equal(buttons(letter), []string{"acknowledge"}) {
			t.Errorf("the head of security gets more or less than needed:\n%s", text(&letter))
		}
		h.press(johan, "acknowledge", c.Ref)
		same(t, "status", h.now(c).Status, store.Acknowledged)
		h.pass(24 * time.Hour)
		same(t, "reminders after it was taken", len(h.reminded(omar, c))+len(h.reminded(johan, c)), 2)
	})
}

func TestEscalationFollowsTheSeverity(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil) // severity 2: the next working day
	h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Det är värre än så."}})
	h.pass(16 * time.Minute)
	same(t, "the deputy", h.reminded(omar, c), []string{"unacknowledged"})
}

func TestUndecidedPersonalData(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, bot.Values{"personal": {"unknown"}})
	h.press(karin, "acknowledge", c.Ref)
	h.settle()
	h.pass(25 * time.Hour)
	same(t, "after a day", h.reminded(karin, c), []string{"decide"})
	h.pass(7 * 24 * time.Hour)
	same(t, "after another week in which nothing ran", h.reminded(karin, c), []string{"decide", "decide"})
	h.decide(c, "breach", "no_breach")
	h.pass(7 * 24 * time.Hour)
	same(t, "after the decision", h.reminded(karin, c), []string{"decide", "decide"})
}

// Whatever is done with a case, and however the clock jumps, a duty is reminded of as the rule says: the latest stage that is due, once,
// and never one that was taken back or passed over.
func TestEveryStepIsRemindedAsTheRuleSays(t *testing.T) {
	t.Parallel() // long
	h := onSQLite(t)
	rapid.Check(t, func(rt *rapid.T) {
		h.clock.advance(time.Duration(rapid.IntRange(0, 365*24).Draw(rt, "hours until the report")) * time.Hour)
		c := h.report(maja, bot.Values{"personal": {"yes"}})
		h.press(karin, "acknowledge", c.Ref)
		h.decide(c, "breach", "risk")
		defer h.decide(c, "breach", "no_breach") // so that the next case's clocks run alone
		h.settle()
		// The model: what must wait, by the rule, and what has been sent.
		start, opened := c.DiscoveredAt, h.clock.Now().UTC()
		due := start.Add(72 * time.Hour)
		pending := policy.Reminders(start, opened, due)
		open := true
		sent := 0
		remind := func() {
			now := h.clock.Now().UTC()
			latest := -1
			for i, r := range pending {
				if !r.At.After(now) {
					latest = i
				}
			}
			if !open || latest < 0 {
				return
			}
			r := pending[latest]
			pending = pending[latest+1:]
			sent++
			if r.Stage == policy.AtDeadline || r.Stage == policy.Overdue {
				pending = append(pending, policy.NextReminder(r.Stage, r.At, now))
			}
		}
		first := func() store.Obligation {
			found, err := h.Store.Obligations(t.Context(), c.ID)
			if err != nil {
				t.Fatal(err)
			}
			return found[0]
		}
		for range rapid.IntRange(1, 12).Draw(rt, "number of events") {
			switch rapid.SampledFrom([]string{"time", "time", "time", "twice", "move", "end", "again"}).Draw(rt, "event") {
			case "time":
				h.clock.advance(time.Duration(rapid.SampledFrom([]int{1, 30, 11 * 60, 25 * 60, 15 * 24 * 60}).Draw(rt, "minutes")) * time.Minute)
			case "twice": // two processes look at the same time, or one was started anew
				if err := h.Remind(t.Context()); err != nil {
					rt.Fatal(err)
				}
			case "move":
				if !open {
					continue
				}
				start = h.clock.Now().UTC().Add(-time.Duration(rapid.IntRange(0, 100).Draw(rt, "hours ago")) * time.Hour).Truncate(time.Minute)
				opened = h.clock.Now().UTC()
				same(t, "what is wrong", len(h.meet(c, "gdpr-33-1", "moved", bot.Values{"start": {start.Format(time.RFC3339)}, "reason": {"Vi vet mer."}})), 0)
				due = start.Add(72 * time.Hour)
				pending = policy.Reminders(start, opened, due)
			case "end":
				if open {
					h.decide(c, "breach", "unlikely_risk")
					open, pending = false, nil
				}
			case "again":
				if !open {
					h.decide(c, "breach", "risk")
					open, opened = true, h.clock.Now().UTC()
					pending = policy.Reminders(start, opened, due)
				}
			}
			if err := h.Remind(t.Context()); err != nil {
				rt.Fatal(err)
			}
			remind()
			h.settle()
			reminders, err := h.Store.Reminders(t.Context(), first().Clock())
			if err != nil {
				rt.Fatal(err)
			}
			got, waiting := 0, []string{}
			for _, r := range reminders {
				switch {
				case r.SentAt != nil:
					got++
				case r.SupersededAt == nil:
					waiting = append(waiting, fmt.Sprint(r.Stage, " ", r.DueAt.UTC()))
				}
			}
			var want []string
			for _, r := range pending {
				want = append(want, fmt.Sprint(r.Stage, " ", r.At.UTC()))
			}
			if got != sent || !slices.Equal(waiting, want) && len(waiting)+len(want) > 0 {
				rt.Fatalf("%d sent, want %d; waiting %v, want %v", got, sent, waiting, want)
			}
		}
	})
}

// Two people press different buttons at the same moment: one order, nothing lost.
func TestTwoAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		h.settle()
		var both sync.WaitGroup
		for n, do := range []func() bot.Reply{
			func() bot.Reply {
				return h.submit(karin, "breach", c.Ref, bot.Values{"verdict": {"risk"}, "reason": {"Röjt."}})
			},
			func() bot.Reply {
				return h.submit(omar, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Många berörs."}})
			},
			func() bot.Reply {
				return h.submit(karin, "significant", c.Ref, bot.Values{"verdict": {"significant"}, "reason": {"Över gränsen."}})
			},
			func() bot.Reply { return h.press(omar, "acknowledge", c.Ref) },
		} {
			both.Go(func() {
				if reply := do(); len(reply.Errors) > 0 {
					t.Errorf("deed %d was refused: %v", n, reply.Errors)
				}
			})
		}
		both.Wait()
		h.settle()
		now := h.now(c)
		same(t, "status and severity", []any{now.Status, now.Severity, now.Version >= 5}, []any{store.Acknowledged, policy.Serious, true})
		duties := h.obligations(c)
		slices.Sort(duties)
		same(t, "duties", duties, []string{"cyber-2-5 open", "cyber-2-6 open", "gdpr-33-1 open", "gdpr-33-5 open"})
		for _, p := range append(h.chat.to(triage), h.chat.to(direct(karin))...) {
			if card := text(&p.Message); !strings.Contains(card, "4 – ") || !strings.Contains(card, "Tidig varning") || !strings.Contains(card, "Anmälan till IMY") {
				t.Errorf("a copy of the card is not as the case is:\n%s", card)
			}
		}
		if _, err := h.Store.VerifyChain(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestDraftsAreHandedOnToWhoMayReadThem(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	if reply := h.press(karin, "drafts", c.Ref); !strings.Contains(text(reply.Message), "Inget är öppet") {
		t.Errorf("without duties the drafts are %+v", reply)
	}
	h.decide(c, "breach", "risk")
	h.decide(c, "significant", "significant")
	ask := bot.Request{Kind: bot.Press, Actor: karin, Name: "drafts", Subject: c.Ref, Key: "once"}
	h.ask(ask)
	h.ask(ask) // told twice
	h.settle()
	var names []string
	for _, f := range h.chat.sent {
		names = append(names, f.Name)
		same(t, "to", f.To, direct(karin))
		if !strings.Contains(f.Content, lost) || !strings.Contains(f.Content, "4 duties") {
			t.Errorf("%s holds %q", f.Name, f.Content)
		}
	}
	same(t, "files", names, []string{c.Number + " csirt.pdf", c.Number + " csirt.md", c.Number + " imy.pdf", c.Number + " imy.md"})
	same(t, "events", len(h.events("incident.drafts_sent")), 1)

	h.press(omar, "drafts", c.Ref)
	h.Settings.Roles[policy.DeputyCISO] = nil // before it is sent
	h.settle()
	same(t, "files after the role was taken away", len(h.chat.sent), 4)
}

func TestCardIsWithdrawnFromWhomTheCaseNoLongerConcerns(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.ITChief] = []handlers.Holder{{Accounts: map[string]string{"chat": ali.ID}}}
	c := h.report(maja, bot.Values{"text": {"Filerna på servern är krypterade av ett virus och de kräver lösensumma."}})
	same(t, "category", c.Category, policy.Malware)
	h.settle()
	letters := h.chat.to(direct(ali))
	if len(letters) != 1 || !slices.Equal(buttons(letters[0].Message), []string{"acknowledge", "note", "more"}) {
		t.Fatalf("the IT head, whom the case concerns, has %+v", letters)
	}
	h.submit(karin, "category", c.Ref, bot.Values{"category": {"loss"}, "aspects": {"K"}})
	h.settle()
	letters = h.chat.to(direct(ali))
	if got := text(&letters[0].Message); len(letters) != 1 || !strings.Contains(got, "rör dig inte längre") || strings.Contains(got, "Allvarlighet") {
		t.Errorf("the copy of who is no longer concerned is:\n%s", got)
	}
}

func TestReminderOffersOnlyWhatItsReaderMayDo(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.ChiefExecutive] = []handlers.Holder{{Accounts: map[string]string{"chat": ali.ID}}}
	c := h.report(maja, bot.Values{"personal": {"yes"}})
	h.press(karin, "acknowledge", c.Ref)
	h.decide(c, "breach", "risk")
	h.pass(73 * time.Hour)
	executive, officer := h.chat.to(direct(ali)), h.chat.to(direct(karin))
	if len(executive) == 0 || len(buttons(executive[0].Message)) > 0 || !strings.Contains(text(&executive[0].Message), "för sent") {
		t.Errorf("the chief executive has %+v", executive)
	}
	if got := buttons(officer[len(officer)-1].Message); !slices.Equal(got, []string{"obligation"}) {
		t.Errorf("the CISO is offered %v", got)
	}
}

func TestReminderReachesSomebodyWhenNobodyHoldsTheRole(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles = map[policy.Role][]handlers.Holder{policy.DeputyCISO: {{Accounts: map[string]string{"chat": omar.ID}}}}
	c := h.report(maja, bot.Values{"personal": {"yes"}})
	h.submit(omar, "breach", c.Ref, bot.Values{"verdict": {"risk"}, "reason": {"Röjt."}})
	h.press(omar, "acknowledge", c.Ref)
	h.settle()
	h.pass(37 * time.Hour)
	if got := h.reminded(omar, c); len(got) == 0 {
		t.Error("nobody was told")
	}
}

func TestWhatConcernsSwedensSecurityIsToldToNobodyWhoMayNotTakeIt(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.ITChief] = []handlers.Holder{{Accounts: map[string]string{"chat": ali.ID}}}
	c := h.report(maja, bot.Values{"stop": {"yes"}})
	h.settle()
	h.pass(24 * time.Hour)
	same(t, "what the IT head has got", len(h.chat.to(direct(ali))), 0)
	if len(h.reminded(omar, c))+len(h.reminded(johan, c))+len(h.reminded(karin, c)) == 0 {
		t.Error("nobody was told that the case is not taken")
	}
}

func TestClockThatFailsHoldsNoOtherUp(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, bot.Values{"personal": {"unknown"}})
	h.press(karin, "acknowledge", c.Ref)
	h.settle()
	h.write(func(tx *store.Tx) error {
		return tx.AddReminders(t.Context(), []store.Reminder{{
			Key: "a", Clock: "a", IncidentID: c.ID, Kind: "of a version to come", DueAt: tx.Now.Add(time.Hour),
		}})
	})
	h.clock.advance(25 * time.Hour)
	if err := h.Remind(t.Context()); err == nil || !strings.Contains(err.Error(), "reminding of a") {
		t.Errorf("the clock that fails is not told of: %v", err)
	}
	h.settle()
	same(t, "the other one", h.reminded(karin, c), []string{"decide"})
}

func TestTheNextInLineIsToldWhenNobodyActs(t *testing.T) {
	for _, test := range []struct {
		name string
		act  func(h *house, c store.Incident)
		want int // reminders of the duty to the data protection officer, when a quarter is left
	}{
		{"nobody does anything", func(*house, store.Incident) {}, 1},
		{"the CISO only looks", func(h *house, c store.Incident) { h.press(karin, "show", c.Ref) }, 1},
		{"the CISO works the case", func(h *house, c store.Incident) { h.submit(karin, "note", c.Ref, bot.Values{"message": {"Ringt IT."}}) }, 0},
		{"the reporter answers", func(h *house, c store.Incident) {
			h.submit(maja, "answer", c.Ref, bot.Values{"message": {"Tolv stycken."}})
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			h := onSQLite(t)
			c := h.report(maja, bot.Values{"personal": {"yes"}})
			h.press(karin, "acknowledge", c.Ref)
			h.decide(c, "breach", "risk")
			h.meet(c, "gdpr-33-5", "not_needed", bot.Values{"reason": {"Dokumenterat."}}) // which has no limit, and is reminded of daily
			h.settle()
			h.pass(37 * time.Hour)
			same(t, "reminders at half time, to the CISO and the data protection officer",
				[]int{len(h.reminded(karin, c)), len(h.reminded(dora, c))}, []int{1, 0})
			test.act(h, c)
			h.pass(18 * time.Hour)
			same(t, "reminders when a quarter is left", []int{len(h.reminded(karin, c)), len(h.reminded(dora, c))}, []int{2, test.want})
		})
	}
}

func TestDecisionSettlesWhichRegulationsApply(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, bot.Values{"personal": {"no"}})
	h.decide(c, "breach", "risk")
	same(t, "after a breach", slices.Contains(h.now(c).Regulations, policy.GDPR), true)
	h.decide(c, "breach", "no_breach")
	same(t, "when it is none", slices.Contains(h.now(c).Regulations, policy.GDPR), false)
	h.decide(c, "significant", "significant")
	same(t, "a significant one", slices.Contains(h.now(c).Regulations, policy.Cybersecurity), true)
}
