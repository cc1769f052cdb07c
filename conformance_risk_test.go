package main

import (
	"fmt"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/store"
)

// analyse walks through the risks: one that was seen in a case, with all that can be done about it, and so many that the lists have pages.
func (h *house) analyse(c store.Incident) {
	h.t.Helper()
	const somebody = "Maja Berg"
	described := bot.Values{"owner": {somebody}, "unit": {"Vård & *omsorg*"}}
	h.pressMore(c, "risk_raise", described)
	menu := h.do("risks", func() (bottest.Screen, error) { return h.say(h.ciso, "risks", "") })
	page := h.pressIn(menu, h.latest().Message, "risk_new", described)
	page = h.pressIn(page, h.latest().Message, "risk_change", described)
	page = h.pressIn(page, h.latest().Message, "risk_estimate", bot.Values{"likelihood": {"4"}, "consequence": {"5"}})
	page = h.pressIn(page, h.latest().Message, "risk_measure", bot.Values{"owner": {somebody}, "due": {"2099-12-01"}})
	h.pressIn(page, h.latest().Message, "risk_estimate_after", bot.Values{"likelihood": {"2"}, "consequence": {"3"}})
	h.addMany()
	list := h.do("measures", func() (bottest.Screen, error) { return h.say(h.ciso, "measures", "") })
	h.pressIn(list, h.latest().Message, "measures_all", nil)
	list = h.do("risks", func() (bottest.Screen, error) { return h.say(h.ciso, "risks", "") })
	first := h.latest().Message
	h.pressIn(list, first, "risks", nil)
	h.pressIn(list, first, "risk_matrix", nil)
	page = h.pressIn(list, first, "risk", nil) // one that nobody has estimated, and that has no measures
	h.pressIn(page, h.latest().Message, "risk_end", nil)
}

// addMany adds so many risks and measures that the lists have pages.
func (h *house) addMany() {
	h.t.Helper()
	err := h.Store.InTx(h.t.Context(), func(tx *store.Tx) error {
		who, err := tx.EnsureAccount(h.t.Context(), "chat", "many", "Många")
		if err != nil {
			return err
		}
		for n := range 12 {
			r := store.Risk{Ref: fmt.Sprint("risk-", n), Text: hard(300), OwnerEmail: employeeMail, CreatedBy: who.ID}
			if err := tx.AddRisk(h.t.Context(), &r); err != nil {
				return err
			}
			m := store.Measure{
				Ref: fmt.Sprint("measure-", n), RiskID: &r.ID, Text: "Lås *skåpet*", OwnerEmail: employeeMail, OwnerName: "Maja Berg",
				DueOn: fmt.Sprintf("2099-11-%02d", n+1), State: store.MeasureOpen, CreatedBy: who.ID,
			}
			if err := tx.AddMeasure(h.t.Context(), &m); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
}
