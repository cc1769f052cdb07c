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
	page := h.pressMore(c, "risk_raise", described)
	for range 11 {
		menu := h.do("risks", func() (bottest.Screen, error) { return h.say(h.ciso, "risks", "") })
		page = h.pressIn(menu, h.latest().Message, "risk_new", described)
	}
	shown := h.latest().Message
	page = h.pressIn(page, shown, "risk_change", described)
	page = h.pressIn(page, h.latest().Message, "risk_estimate", bot.Values{"likelihood": {"4"}, "consequence": {"5"}})
	for n := range 11 { // the first as long as one can be
		given := bot.Values{"owner": {somebody}, "due": {fmt.Sprintf("2099-12-%02d", n+1)}}
		if n > 0 {
			given["measure"] = []string{"Lås *skåpet*"}
		}
		page = h.pressIn(page, h.latest().Message, "risk_measure", given)
	}
	h.pressIn(page, h.latest().Message, "risk_estimate_after", bot.Values{"likelihood": {"2"}, "consequence": {"3"}})
	list := h.do("measures", func() (bottest.Screen, error) { return h.say(h.ciso, "measures", "") })
	h.pressIn(list, h.latest().Message, "measures_all", nil)
	list = h.do("risks", func() (bottest.Screen, error) { return h.say(h.ciso, "risks", "") })
	first := h.latest().Message
	h.pressIn(list, first, "risks", nil)
	h.pressIn(list, first, "risk_matrix", nil)
	page = h.pressIn(list, first, "risk", nil) // one that nobody has estimated, and that has no measures
	h.pressIn(page, h.latest().Message, "risk_end", nil)
}
