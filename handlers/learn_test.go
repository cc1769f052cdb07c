package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// bags are reports of what only this municipality calls so, and categorises as sent to the wrong recipient.
func bag(n int) string {
	return []string{
		"Det var en gulpåse kvar hos oss i dag.", "En gulpåse till, den här gången från skolan.", "Gulpåsen kom tillbaka i eftermiddags.",
		"Vi har fått en gulpåse som vi inte väntade oss.", "Ännu en gulpåse på kontoret, jag lade den i skåpet.",
	}[n%5] + strings.Repeat(" Hej.", n/5)
}

// categorised reports n incidents of the local kind and has the CISO decide about each.
func (h *house) categorised(n int, category policy.Category) {
	h.t.Helper()
	for i := range n {
		c := h.report(maja, bot.Values{"text": {bag(i)}})
		h.submit(karin, "category", c.Ref, bot.Values{"category": {string(category)}, "aspects": {"K"}})
	}
	h.clock.advance(time.Minute)
	h.take()
}

func (h *house) learn() {
	h.t.Helper()
	if err := h.Learn(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.clock.advance(time.Minute)
}

func (h *house) models() []store.Model {
	h.t.Helper()
	models, err := h.Store.Models(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	return models
}

// putInForce does what the command line does.
func (h *house) putInForce(version int64) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error { return tx.PutInForce(h.t.Context(), store.ModelInForce{Version: version}) })
	h.clock.advance(time.Minute)
}

// suggested is what is suggested for one more report of the local kind.
func (h *house) suggested() policy.Category {
	h.t.Helper()
	return h.report(maja, bot.Values{"text": {"Hej, en gulpåse låg på bordet."}}).Suggested
}

func TestDecisionsAreLearntFrom(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.categorised(19, policy.Misdelivery)
		h.learn()
		same(t, "models of nineteen decisions", len(h.models()), 0)
		before := h.suggested() // is not decided about
		h.learn()
		same(t, "models of nineteen decisions and a suggestion", len(h.models()), 0)

		h.categorised(1, policy.Misdelivery)
		h.learn()
		models := h.models()
		if len(models) != 1 || models[0].Version != 1 || models[0].Examples != 20 || !models[0].Better || models[0].RightAfter <= models[0].RightBefore {
			t.Fatalf("the models are %+v", models)
		}
		if before == policy.Misdelivery || h.suggested() != policy.Misdelivery {
			t.Errorf("suggested is %s, before %s", h.suggested(), before)
		}
		events := h.events("model.trained")
		if len(events) != 1 || events[0].Actor != "system" || !strings.Contains(events[0].Detail, `"examples":20,"in_force":true`) {
			t.Errorf("the audit chain says %+v", events)
		}

		h.categorised(9, policy.Misdelivery)
		h.learn()
		same(t, "models when nine more are decided", len(h.models()), 1)
		h.categorised(1, policy.Misdelivery)
		h.learn()
		same(t, "models when ten more are decided", len(h.models()), 2)
	})
}

func TestWhatIsNotBetterIsNotPutInForce(t *testing.T) {
	h := onSQLite(t)
	for i := range 24 {
		c := h.report(maja, bot.Values{"text": {fmt.Sprintf("Jag tappade telefonen på buss %d.", i)}})
		h.submit(karin, "category", c.Ref, bot.Values{"category": {string(policy.Categories()[i*7%15])}, "aspects": {"K"}})
	}
	h.learn()
	models := h.models()
	if len(models) != 1 || models[0].Better {
		t.Fatalf("the models are %+v", models)
	}
	inForce, err := h.Store.ModelInForce(t.Context())
	if err != nil || inForce.Version != 0 {
		t.Errorf("in force is %+v, %v", inForce, err)
	}
	if detail := h.events("model.trained")[0].Detail; !strings.Contains(detail, `"in_force":false`) {
		t.Errorf("the audit chain says %s", detail)
	}
}

func TestARevertStandsUntilMoreIsDecided(t *testing.T) {
	h := onSQLite(t)
	prior := h.suggested()
	h.categorised(20, policy.Misdelivery)
	h.learn()
	h.categorised(15, policy.Misdelivery) // enough for another model, had nobody reverted
	h.putInForce(0)
	if err := h.UseModelInForce(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "suggested after the revert", h.suggested(), prior)
	h.learn()
	same(t, "models", len(h.models()), 1)
	same(t, "suggested the next day", h.suggested(), prior)
	h.categorised(10, policy.Misdelivery)
	h.learn()
	same(t, "models when more has been decided", len(h.models()), 2)
	same(t, "suggested then", h.suggested(), policy.Misdelivery)
}

func TestEveryProcessFindsTheModelInForce(t *testing.T) {
	h := onSQLite(t)
	prior := h.suggested()
	h.categorised(20, policy.Misdelivery)
	h.learn()
	h.putInForce(0)
	same(t, "suggested before it has looked", h.suggested(), policy.Misdelivery)
	for _, step := range []struct {
		version int64
		want    policy.Category
	}{{0, prior}, {1, policy.Misdelivery}} {
		h.putInForce(step.version)
		if err := h.UseModelInForce(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "suggested", h.suggested(), step.want)
	}
}

func TestAModelOfAnotherProgramIsNotUsedAndMadeAnew(t *testing.T) {
	h := onSQLite(t)
	prior := h.suggested()
	h.categorised(20, policy.Misdelivery)
	h.write(func(tx *store.Tx) error {
		m := store.Model{Examples: 20, Better: true}
		if err := tx.AddModel(t.Context(), &m, []byte("of another time")); err != nil {
			return err
		}
		return tx.PutInForce(t.Context(), store.ModelInForce{Version: m.Version})
	})
	if err := h.UseModelInForce(t.Context()); err != nil {
		t.Fatal(err)
	}
	same(t, "suggested", h.suggested(), prior)
	h.learn()
	same(t, "models", len(h.models()), 2)
	same(t, "suggested when it was made anew", h.suggested(), policy.Misdelivery)
}

func TestWhatCountsAsConfirmed(t *testing.T) {
	saved := bot.Values{"category": {"loss"}, "aspects": {"K", "T"}}
	for name, test := range map[string]struct {
		answers bot.Values
		do      func(h *house, c store.Incident)
		event   string // in the audit chain
		want    bool
	}{
		"a report is not": {do: func(*house, store.Incident) {}},
		"taking it is not": {do: func(h *house, c store.Incident) { h.press(karin, "acknowledge", c.Ref) },
			event: "incident.acknowledged"},
		"another category is": {do: func(h *house, c store.Incident) {
			h.submit(karin, "category", c.Ref, bot.Values{"category": {"theft"}, "aspects": {"K"}})
		}, event: "incident.categorised", want: true},
		"saving it unchanged is": {do: func(h *house, c store.Incident) { h.submit(karin, "category", c.Ref, saved) },
			event: "incident.category_confirmed", want: true},
		"closing is": {do: func(h *house, c store.Incident) { h.submit(karin, "close", c.Ref, bot.Values{"cause": {"attack"}}) },
			event: "incident.closed", want: true},
		"a near miss is": {answers: bot.Values{"near_miss": {"yes"}}, do: func(h *house, c store.Incident) {
			h.submit(omar, "close", c.Ref, bot.Values{"cause": {"attack"}})
		}, event: "incident.closed", want: true},
		"what concerns Sweden's security is not": {answers: bot.Values{"stop": {"yes"}}, do: func(h *house, c store.Incident) {
			h.submit(johan, "close", c.Ref, bot.Values{"cause": {"attack"}})
		}, event: "incident.closed"},
	} {
		t.Run(name, func(t *testing.T) {
			h := onSQLite(t)
			c := h.report(maja, test.answers)
			h.clock.advance(time.Hour)
			test.do(h, c)
			c = h.now(c)
			same(t, "confirmed", c.ConfirmedAt != nil, test.want)
			if test.want && !c.ConfirmedAt.Equal(h.clock.Now()) {
				t.Errorf("confirmed at %v", c.ConfirmedAt)
			}
			confirmed, err := h.Store.ConfirmedSince(t.Context(), time.Time{})
			same(t, "to be learnt from", confirmed == 1, test.want)
			same(t, "error", err, nil)
			if test.event != "" {
				same(t, "events", len(h.events(test.event)), 1)
			}
		})
	}
}

func TestACategoryIsConfirmedUnchangedOnce(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.settle()
	card := h.chat.to(triage)[0]
	if drawn := text(&card.Message); !strings.Contains(drawn, "förslag") {
		t.Fatalf("the card is %s", drawn)
	}
	unchanged := bot.Values{"category": {"loss"}, "aspects": {"K", "T"}}
	for range 2 {
		same(t, "reply", h.submit(karin, "category", c.Ref, unchanged), bot.Reply{})
	}
	events := h.events("incident.category_confirmed")
	if len(events) != 1 || events[0].Actor != "chat:"+karin.ID || events[0].Detail != `{"category":"loss","suggested":"loss"}` {
		t.Errorf("the audit chain says %+v", events)
	}
	same(t, "changes", len(h.events("incident.categorised")), 0)
	h.settle()
	if drawn := text(&h.chat.to(triage)[0].Message); strings.Contains(drawn, "förslag") {
		t.Errorf("the card still calls it a suggestion: %s", drawn)
	}
	shown := h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "ärende " + c.Number})
	if !strings.Contains(text(shown.Message), "Karin Holm bekräftade kategorin") {
		t.Errorf("the timeline is %s", text(shown.Message))
	}
}

func TestClosingDecidesTheCategory(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		d := h.press(karin, "close", c.Ref).Dialog
		same(t, "what the dialog begins with", d.Values, bot.Values{"category": {"loss"}})
		same(t, "categories to choose from", len(d.Field("category").Options), 15)
		none := h.submit(karin, "close", c.Ref, bot.Values{"cause": {"attack"}, "category": {}})
		if none.Errors["category"] == "" {
			t.Errorf("without a category the answer is %+v", none)
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"attack"}, "category": {"disposal_error"}})
		c = h.now(c)
		same(t, "category, suggestion", []any{c.Category, c.Suggested}, []any{policy.DisposalError, policy.Loss})
		detail := h.events("incident.closed")[0].Detail
		if !strings.Contains(detail, `"new_category":"disposal_error","old":"new","old_category":"loss","suggested":"loss"`) {
			t.Errorf("the audit chain says %s", detail)
		}

		stop := h.report(maja, bot.Values{"stop": {"yes"}})
		if slices.ContainsFunc(h.press(johan, "close", stop.Ref).Dialog.Fields, func(f bot.Field) bool { return f.ID == "category" }) {
			t.Error("what concerns Sweden's security is to be categorised")
		}
	})
}

// Of a case that is closed with the one it is under, nobody has looked at the category.
func TestClosingAGroupConfirmsOneCategory(t *testing.T) {
	h := onSQLite(t)
	lead, under := h.report(maja, nil), h.report(ali, nil)
	h.under(under, lead)
	h.submit(karin, "close", lead.Ref, bot.Values{"cause": {"attack"}, "category": {"theft"}})
	lead, under = h.now(lead), h.now(under)
	same(t, "status", under.Status, store.Closed)
	same(t, "categories", []policy.Category{lead.Category, under.Category}, []policy.Category{policy.Theft, policy.Loss})
	same(t, "confirmed", []bool{lead.ConfirmedAt != nil, under.ConfirmedAt != nil}, []bool{true, false})
}
