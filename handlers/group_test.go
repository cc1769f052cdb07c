package handlers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// under puts a case under another one.
func (h *house) under(c, lead store.Incident) {
	h.t.Helper()
	if reply := h.submit(karin, "group", c.Ref, bot.Values{"lead": {lead.Number}}); len(reply.Errors) > 0 {
		h.t.Fatalf("%s is not put under %s: %v", c.Number, lead.Number, reply.Errors)
	}
}

// leadOf is the number of what a case is under, "" when it is under none.
func (h *house) leadOf(c store.Incident) string {
	h.t.Helper()
	lead := h.now(c).LeadID
	if lead == nil {
		return ""
	}
	found, err := h.Store.IncidentByID(h.t.Context(), *lead)
	if err != nil {
		h.t.Fatal(err)
	}
	return found.Number
}

func TestWhatIsDoneWithALeadIsDoneWithItsMembers(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		lead, one, two, apart := h.report(maja, nil), h.report(ali, nil), h.report(maja, nil), h.report(ali, nil)
		h.under(one, lead)
		h.under(two, lead)
		statuses := func() []store.Status {
			return []store.Status{h.now(lead).Status, h.now(one).Status, h.now(two).Status, h.now(apart).Status}
		}
		h.press(karin, "acknowledge", lead.Ref)
		same(t, "acknowledged", statuses(), []store.Status{store.Acknowledged, store.Acknowledged, store.Acknowledged, store.New})
		h.press(karin, "start", lead.Ref)
		same(t, "started", statuses(), []store.Status{store.InProgress, store.InProgress, store.InProgress, store.New})
		h.press(karin, "resolve", lead.Ref)
		h.submit(karin, "message", lead.Ref, bot.Values{"message": {"Leverantören är tillbaka."}})
		h.settle()
		for _, who := range []bot.Actor{maja, ali} {
			n := 0
			for _, p := range h.chat.to(direct(who)) {
				n += strings.Count(text(&p.Message), "Leverantören är tillbaka.")
			}
			want := map[string]int{maja.ID: 2, ali.ID: 1}[who.ID] // Maja reported two of them
			same(t, "messages to "+who.Name, n, want)
		}
		h.submit(karin, "close", two.Ref, bot.Values{"cause": {"supplier"}}) // one by itself
		h.submit(karin, "close", lead.Ref, bot.Values{"cause": {"attack"}})
		same(t, "closed", statuses(), []store.Status{store.Closed, store.Closed, store.Closed, store.New})
		same(t, "what was closed before is left as it was", string(h.now(two).Cause), "supplier")
		same(t, "the cause of the others", string(h.now(one).Cause), "attack")
		h.settle()
		if got := h.latest(direct(ali)); !strings.Contains(got, one.Number) {
			t.Errorf("the reporter of a member is told: %s", got)
		}
		h.submit(karin, "reopen", lead.Ref, bot.Values{"reason": {"Det hände igen."}})
		same(t, "reopened", statuses(), []store.Status{store.Acknowledged, store.Acknowledged, store.Acknowledged, store.New})
	})
}

func TestGroupStandsOnTheCards(t *testing.T) {
	h := onSQLite(t)
	lead, one := h.report(maja, nil), h.report(ali, nil)
	h.settle()
	h.under(one, lead)
	h.settle()
	cards := h.chat.to(triage)
	if got := text(&cards[0].Message); !strings.Contains(got, "Omfattar också\n"+one.Number) {
		t.Errorf("the lead's card says:\n%s", got)
	}
	if got := text(&cards[1].Message); !strings.Contains(got, "Hanteras under\n"+lead.Number) {
		t.Errorf("the member's card says:\n%s", got)
	}
	h.submit(karin, "group", one.Ref, bot.Values{"lead": {"-"}})
	h.settle()
	if got := text(&cards[0].Message) + text(&cards[1].Message); strings.Contains(got, "Omfattar också") || strings.Contains(got, "Hanteras under") {
		t.Errorf("taken apart, the cards say:\n%s", got)
	}
}

func TestGroupsAreOneDeep(t *testing.T) {
	h := onSQLite(t)
	a, b, c, d := h.report(maja, nil), h.report(maja, nil), h.report(maja, nil), h.report(maja, nil)
	h.under(b, a)
	h.under(d, c)
	h.submit(karin, "group", c.Ref, bot.Values{"lead": {"-"}, "number": {strings.ToLower(b.Number)}}) // under a member, and with a member of its own
	same(t, "what they are under", []string{h.leadOf(a), h.leadOf(b), h.leadOf(c), h.leadOf(d)}, []string{"", a.Number, a.Number, a.Number})
	h.press(karin, "acknowledge", a.Ref)
	e := h.report(maja, nil)
	h.under(e, a)
	same(t, "what comes under a case that is taken is taken", h.now(e).Status, store.Acknowledged)
}

func TestGroupIsRefusedWithWhatToMend(t *testing.T) {
	h := onSQLite(t)
	lead, c, closed, stop := h.report(maja, nil), h.report(maja, nil), h.report(maja, nil), h.report(maja, bot.Values{"stop": {"yes"}})
	h.submit(karin, "close", closed.Ref, bot.Values{"cause": {"knowledge"}})
	h.under(c, lead)
	for name, test := range map[string]struct{ of, number, says string }{
		"no number":                    {lead.Ref, "ärendet i går", "Skriv ärendets nummer"},
		"a case that is not there":     {lead.Ref, "INC-2026-4711", "inget sådant ärende"},
		"one about Sweden's security":  {lead.Ref, stop.Number, "inget sådant ärende"},
		"one that is closed":           {lead.Ref, closed.Number, "avslutat"},
		"itself":                       {lead.Ref, lead.Number, "till sig självt"},
		"one that is under it already": {lead.Ref, c.Number, "till sig självt"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := h.submit(karin, "group", test.of, bot.Values{"lead": {"-"}, "number": {test.number}})
			if !strings.Contains(reply.Errors["number"], test.says) {
				t.Errorf("the reply is %+v, want %q", reply, test.says)
			}
		})
	}
	same(t, "what it is under", h.leadOf(lead), "")
}

func TestALeadIsNotClosedOverTheDutiesOfAMember(t *testing.T) {
	h := onSQLite(t)
	lead, c := h.report(maja, nil), h.report(maja, bot.Values{"personal": {"yes"}})
	h.under(c, lead)
	h.decide(c, "breach", "risk")
	reply := h.submit(karin, "close", lead.Ref, bot.Values{"cause": {"attack"}})
	if !strings.Contains(reply.Errors["cause"], c.Number+" Anmälan till IMY") {
		t.Errorf("the reply is %+v, want which duty of which case", reply)
	}
	same(t, "statuses", []store.Status{h.now(lead).Status, h.now(c).Status}, []store.Status{store.New, store.New})
}

func TestADecisionAboutALeadIsWaitedForOnce(t *testing.T) {
	h := onSQLite(t)
	lead, one, later := h.report(maja, nil), h.report(maja, nil), h.report(maja, nil)
	for _, c := range []store.Incident{lead, one, later} {
		h.press(karin, "acknowledge", c.Ref)
	}
	h.under(one, lead)
	h.decide(lead, "breach", "no_breach")
	h.under(later, lead)
	h.pass(25 * time.Hour)
	for _, p := range h.chat.to(direct(karin)) {
		if strings.Contains(text(&p.Message), "väntar på ett beslut") {
			t.Errorf("a decision is asked for that is made:\n%s", text(&p.Message))
		}
	}
}

func TestSimilarReportsAreSuggested(t *testing.T) {
	h := onSQLite(t)
	first := h.report(maja, bot.Values{"text": {"Journalsystemet går inte att logga in i på hela äldreboendet sedan klockan åtta."}})
	h.report(ali, bot.Values{"text": {"Jag tappade min tjänstetelefon på bussen hem i går kväll."}})
	hidden := h.report(ali, bot.Values{"text": {"Inloggning i journalsystemet på äldreboendet fungerar inte för någon sedan åtta i dag."}})
	h.submit(karin, "secrecy", hidden.Ref, bot.Values{"secret": {"yes"}, "reason": {"Känsligt"}})
	h.clock.advance(time.Hour)
	c := h.report(ali, bot.Values{"text": {"Det går inte att logga in i journalsystemet på äldreboendet sedan klockan åtta i morse."}})
	h.settle()
	cards := h.chat.to(triage)
	if got := text(&cards[len(cards)-1].Message); !strings.Contains(got, "Liknar\n"+first.Number+" (") || strings.Contains(got, hidden.Number) {
		t.Errorf("the card says:\n%s", got)
	}
	options := h.press(karin, "group", c.Ref).Dialog.Field("lead").Options
	if len(options) < 2 || options[0].Value != "-" || options[1].Value != first.Number {
		t.Errorf("what is offered is %+v, want the similar one first", options)
	}
	if slices.ContainsFunc(options, func(o bot.Option) bool { return o.Value == c.Number }) {
		t.Error("the case itself is offered")
	}
	h.clock.advance(15 * 24 * time.Hour)
	old := h.report(ali, bot.Values{"text": {"Det går inte att logga in i journalsystemet på äldreboendet sedan klockan åtta i morse."}})
	h.settle()
	cards = h.chat.to(triage)
	if got := text(&cards[len(cards)-1].Message); strings.Contains(got, "Liknar") {
		t.Errorf("two weeks later, the card of %s says:\n%s", old.Number, got)
	}
}
