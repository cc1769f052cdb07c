package handlers_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// ofRisk tells whether a button is about a risk that is there.
func ofRisk(button string) bool {
	return slices.Contains([]string{"risk", "risk_change", "risk_estimate", "risk_estimate_after", "risk_measure", "risk_end"}, button)
}

func describedRisk() bot.Values {
	return bot.Values{
		"risk": {"Bärbara datorer stjäls ur bilar"}, "category": {"theft"}, "cause": {"-"}, "unit": {"Hemtjänsten"}, "owner": {"karin@example.org"},
	}
}

// risk is a new risk that is estimated, which Karin owns.
func (h *house) risk() store.Risk {
	h.t.Helper()
	h.submit(karin, "risk_new", "", describedRisk())
	r := h.latestRisk()
	h.submit(karin, "risk_estimate", r.Ref, bot.Values{"likelihood": {"4"}, "consequence": {"3"}, "reason": {"Det har hänt två gånger"}})
	return h.latestRisk()
}

// day is the day so many days from now.
func (h *house) day(after int) string {
	return h.clock.Now().In(h.Settings.Location).AddDate(0, 0, after).Format(time.DateOnly)
}

func (h *house) latestRisk() store.Risk {
	h.t.Helper()
	all, err := h.Store.Risks(h.t.Context())
	if err != nil || len(all) == 0 {
		h.t.Fatalf("%d risks (%v)", len(all), err)
	}
	return all[len(all)-1]
}

func TestARiskFromACaseToItsEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.schooled()
		h.RiskMatrix = func(lang string, risks []store.Risk) (handlers.File, error) {
			return handlers.File{Name: "matris.png", Alt: fmt.Sprint(lang, " ", len(risks)), Content: []byte("bild")}, nil
		}
		c := h.report(maja, bot.Values{"text": {"Min dator stals ur bilen"}, "system": {"omsorg"}})
		h.submit(karin, "category", c.Ref, bot.Values{"category": {"theft"}, "aspects": {"K"}})
		d := h.press(karin, "risk_raise", c.Ref).Dialog
		same(t, "what the case fills in", []string{d.Values.Get("category"), d.Values.Get("cause"), d.Values.Get("system"), d.Values.Get("risk")},
			[]string{"theft", "-", "omsorg", ""})
		v := describedRisk()
		v["system"], v["unit"], v["owner"] = []string{"omsorg"}, []string{"hemtjänsten"}, []string{"Ali Nouri"}
		v["risk"] = []string{"Bärbara datorer stjäls ur bilar, 19121212-1212"}
		h.settle()
		reply := h.submit(karin, "risk_raise", c.Ref, v)
		r := h.latestRisk()
		if shown := text(reply.Message); !strings.Contains(shown, r.Number()) || !strings.Contains(shown, "inte bedömd än") || strings.Contains(shown, "19121212") {
			t.Errorf("after it was added is shown:\n%s", shown)
		}
		same(t, "whose it is", []string{r.OwnerEmail, r.Unit, string(r.Category)}, []string{"ali@example.org", "Hemtjänsten", "theft"})
		same(t, "the case that it was seen in", *r.IncidentID, c.ID)
		h.settle()
		if told := h.chat.to(direct(ali)); len(told) != 1 || !strings.Contains(text(&told[0].Message), r.Number()) {
			t.Errorf("its owner is told %d times", len(told))
		}
		card := h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: c.Number}).Message
		if shown := text(card); !strings.Contains(shown, "Risker") || !strings.Contains(shown, r.Number()) {
			t.Errorf("the case's card shows no risk:\n%s", shown)
		}

		// Ali owns it and holds no role.
		d = h.press(ali, "risk_estimate", r.Ref).Dialog
		note := d.Fields[0].Label + d.Fields[0].Help
		for _, want := range []string{"1 fall av kategorin Stöld", "1 fall i systemet", "1 fall stämmer", "sannolikhet 4"} {
			if !strings.Contains(note, want) {
				t.Errorf("%q is not among the figures:\n%s", want, note)
			}
		}
		same(t, "what is proposed", []string{d.Values.Get("likelihood"), d.Values.Get("consequence")},
			[]string{"4", fmt.Sprint(int(h.now(c).Severity))})
		same(t, "an estimate without its reason", len(h.submit(ali, "risk_estimate", r.Ref, bot.Values{"likelihood": {"4"}, "consequence": {"6"}}).Errors), 2)
		if shown := text(h.press(ali, "risk_estimate_after", r.Ref).Message); !strings.Contains(shown, "Bedöm först") {
			t.Errorf("estimating after measures first is answered %q", shown)
		}
		h.submit(ali, "risk_estimate", r.Ref, bot.Values{"likelihood": {"4"}, "consequence": {"4"}, "reason": {"Vi har många bilar"}})
		reply = h.submit(ali, "risk_measure", r.Ref,
			bot.Values{"measure": {"Lås in datorerna"}, "owner": {"omar@example.org"}, "due": {h.day(14)}})
		if shown := text(reply.Message); !strings.Contains(shown, "Lås in datorerna") || !strings.Contains(shown, "mycket hög") {
			t.Errorf("with its measure it is shown:\n%s", shown)
		}
		h.settle()
		if told := h.latest(direct(omar)); !strings.Contains(told, r.Number()) || !strings.Contains(told, "Lås in datorerna") {
			t.Errorf("who is to do it is told:\n%s", told)
		}
		h.submit(ali, "risk_estimate_after", r.Ref, bot.Values{"likelihood": {"2"}, "consequence": {"4"}, "reason": {"Skåpen håller"}})
		r = h.latestRisk()
		same(t, "the estimates", []policy.RiskEstimate{r.Before, r.After}, []policy.RiskEstimate{{Likelihood: 4, Consequence: 4}, {Likelihood: 2, Consequence: 4}})
		if events := h.events("risk.estimated"); len(events) != 1 || !strings.Contains(events[0].Detail, `"proposed":"4x`) {
			t.Errorf("of the estimate the audit chain says %v", events)
		}

		if errs := h.submit(ali, "risk_end", r.Ref, bot.Values{"reason": {"Inga bilar längre"}}).Errors; !strings.Contains(errs["reason"], "en öppen åtgärd") {
			t.Errorf("ending it with an open measure is answered %q", errs)
		}
		list := h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "risker"}).Message
		if shown := text(list); !strings.Contains(shown, "mycket hög: sannolikhet 4 × konsekvens 4 = 16") {
			t.Errorf("the list shows:\n%s", shown)
		}
		h.press(karin, "risk_matrix", "")
		h.settle()
		same(t, "files", h.chat.sent, []file{{direct(karin), "matris.png", "sv 1", "bild"}})

		measures, err := h.Store.MeasuresOfRisk(t.Context(), r.ID)
		if err != nil || len(measures) != 1 {
			t.Fatalf("%d measures (%v)", len(measures), err)
		}
		h.submit(omar, "measure_end", measures[0].Ref, bot.Values{"outcome": {"dropped"}, "reason": {"Skåpen kommer inte"}})
		h.submit(ali, "risk_end", r.Ref, bot.Values{"reason": {"Inga bilar längre"}})
		if r = h.latestRisk(); r.EndedAt == nil || r.EndedWhy != "Inga bilar längre" {
			t.Errorf("it has not ended: %+v", r)
		}
		if shown := text(h.press(ali, "risk_estimate", r.Ref).Message); !strings.Contains(shown, "redan avslutad") {
			t.Errorf("estimating what has ended is answered %q", shown)
		}
		late := h.submit(ali, "risk_estimate", r.Ref, bot.Values{"likelihood": {"1"}, "consequence": {"1"}, "reason": {"Sent"}})
		if !strings.Contains(late.Errors["reason"], "redan avslutad") {
			t.Errorf("an estimate that comes too late is answered %+v", late)
		}
		if shown := text(h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "risker"}).Message); !strings.Contains(shown, "inga risker") {
			t.Errorf("what has ended stands in the list:\n%s", shown)
		}
		if shown := text(h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: strings.ToLower(r.Number())}).Message); !strings.Contains(shown, "Inga bilar längre") {
			t.Errorf("by its number is shown:\n%s", shown)
		}
		h.verify()
	})
}

// Role × owner × action: what the table says is what the buttons and dialogs do.
func TestWhoMayDoWhatWithRisks(t *testing.T) {
	h := onSQLite(t)
	h.schooled()
	own := describedRisk()
	own["owner"] = []string{"maja@example.org"}
	values := map[string]bot.Values{
		"risk_new": own, "risk_change": own, "risk_estimate": {"likelihood": {"2"}, "consequence": {"2"}, "reason": {"Så är det"}},
		"risk_estimate_after": {"likelihood": {"1"}, "consequence": {"2"}, "reason": {"Så blir det"}},
		"risk_measure":        {"measure": {"Lås skåpet"}, "owner": {"karin@example.org"}, "due": {h.day(3)}}, "risk_end": {"reason": {"Borta"}},
	}
	deeds := map[string]policy.RiskAction{
		"risk_new": policy.AddRisk, "risk": policy.SeeRisk, "risk_change": policy.ChangeRisk, "risk_estimate": policy.EstimateRisk,
		"risk_estimate_after": policy.EstimateRisk, "risk_measure": policy.TreatRisk, "risk_end": policy.EndRisk, "risk_matrix": policy.SeeRisks,
	}
	done := map[policy.RiskAction]bool{}
	h.knownAs(dora, "dora@example.org")
	for who, roles := range map[bot.Actor][]policy.Role{
		karin: {policy.CISO}, omar: {policy.DeputyCISO}, johan: {policy.SecurityChief}, dora: {policy.DPO}, maja: nil, ali: nil, stina: nil,
	} {
		manager := who == ali || who == karin // by the staff list
		for button, action := range deeds {
			done[action] = true
			h.submit(karin, "risk_new", "", own)
			r := h.latestRisk()
			h.submit(karin, "risk_estimate", r.Ref, values["risk_estimate"])
			want := policy.MayWithRisk(roles, who == maja, manager, action)
			subject := r.Ref
			if button == "risk_new" || button == "risk_matrix" {
				subject = ""
			}
			refused := func(reply bot.Reply) bool { return strings.Contains(text(reply.Message), h.Texts.T("sv", "refused")) }
			before := len(h.events("access.refused"))
			if refused(h.press(who, button, subject)) == want {
				t.Errorf("%s presses %s: allowed is not %v", who.Name, button, want)
			}
			if v := values[button]; v != nil && refused(h.submit(who, button, subject, v)) == want {
				t.Errorf("%s sends %s: allowed is not %v", who.Name, button, want)
			}
			if n := len(h.events("access.refused")) - before; (n > 0) == want {
				t.Errorf("%s, %s: %d refusals in the audit chain, allowed is %v", who.Name, button, n, want)
			}
			if shown := text(h.ask(bot.Request{Kind: bot.Command, Actor: who, Text: "risk " + r.Number()}).Message); strings.Contains(shown, "Bärbara") !=
				policy.MayWithRisk(roles, who == maja, manager, policy.SeeRisk) {
				t.Errorf("%s asks for a risk by number and is shown:\n%s", who.Name, shown)
			}
		}
	}
	for _, action := range policy.RiskActions() {
		if !done[action] {
			t.Errorf("the action %q has a row, and nothing asks for it", action)
		}
	}
	if shown := text(h.ask(bot.Request{Kind: bot.Command, Actor: stina, Text: "risker"}).Message); !strings.Contains(shown, "inga risker") {
		t.Errorf("who owns none is shown:\n%s", shown)
	}
}

// The measures of cases and of risks stand in one list, what is to be done first at its head, and each sees their own.
func TestTheListOfMeasures(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.schooled()
		c, r := h.report(maja, nil), h.risk()
		add := func(button, subject, what, owner string, days int) {
			h.submit(karin, button, subject, bot.Values{"measure": {what}, "owner": {owner}, "due": {h.day(days)}})
		}
		add("measure", c.Ref, "Andra", "ali@example.org", 5)
		add("risk_measure", r.Ref, "Första", "maja@example.org", 2)
		for n := range 10 {
			add("risk_measure", r.Ref, fmt.Sprintf("Sedan %02d", n), "maja@example.org", 10+n)
		}
		quotes := func(reply bot.Reply) (all []string) {
			for _, b := range reply.Message.Blocks {
				if q, ok := b.(bot.Quote); ok {
					all = append(all, string(q))
				}
			}
			return all
		}
		first := h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "åtgärder"})
		got := quotes(first)
		same(t, "the first page", []any{got[0], got[1], len(got)}, []any{"Första", "Andra", 10})
		same(t, "the next page", quotes(h.press(karin, "measures_all", "10")), []string{"Sedan 08", "Sedan 09"})
		if shown := text(first.Message); !strings.Contains(shown, c.Number) || !strings.Contains(shown, r.Number()) {
			t.Errorf("it is not told what they are of:\n%s", shown)
		}
		same(t, "Ali's own", quotes(h.ask(bot.Request{Kind: bot.Command, Actor: ali, Text: "åtgärder"})), []string{"Andra"})
		same(t, "somebody without any", len(quotes(h.ask(bot.Request{Kind: bot.Command, Actor: stina, Text: "åtgärder"}))), 0)

		// A risk's measure is reminded of like a case's.
		h.settle()
		h.pass(2*24*time.Hour - 30*time.Minute)
		if told := h.latest(direct(maja)); !strings.Contains(told, "Påminnelse: åtgärden efter "+r.Number()) {
			t.Errorf("who is to do it is reminded with:\n%s", told)
		}
		h.pass(8 * 24 * time.Hour)
		if told := h.latest(direct(karin)); !strings.Contains(told, "Åtgärden efter "+r.Number()+" skulle ha varit klar") {
			t.Errorf("once it is late, the CISO is told:\n%s", told)
		}
		if !slices.ContainsFunc(h.events("reminder.sent"), func(e store.Event) bool { return e.Subject == r.Number() }) {
			t.Error("no reminder in the audit chain is of the risk")
		}
		h.verify()
	})
}

func TestARiskThatIsToldTwiceIsAddedOnce(t *testing.T) {
	h := onSQLite(t)
	h.schooled()
	req := bot.Request{Kind: bot.Submit, Actor: karin, Name: "risk_new", Values: describedRisk(), Key: "twice"}
	h.ask(req)
	again := h.ask(req)
	all, err := h.Store.Risks(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d risks (%v)", len(all), err)
	}
	if !strings.Contains(text(again.Message), "sparad") {
		t.Errorf("the second time is answered %q", text(again.Message))
	}
	h.settle()
	failing := errors.New("disk full")
	h.Enqueue = func(context.Context, *store.Tx, ...handlers.Job) error { return failing }
	if _, err := h.try(bot.Request{Kind: bot.Submit, Actor: karin, Name: "risk_new", Values: describedRisk(), Key: "third"}); !errors.Is(err, failing) {
		t.Errorf("the error is %v", err)
	}
	if all, _ = h.Store.Risks(t.Context()); len(all) != 1 {
		t.Errorf("a risk whose owner could not be told was kept: %d", len(all))
	}
}
