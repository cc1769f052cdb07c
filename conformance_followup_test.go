package main

import (
	"tyreso.se/incidentbot/bot/bottest"
)

// followUp walks through the follow-up of a year, with as much written in it as there is room for.
func (h *house) followUp() {
	h.t.Helper()
	for range 2 { // the second time with what was written the first
		page := h.do("followup", func() (bottest.Screen, error) { return h.say(h.ciso, "followup", "") })
		h.do("writing it", func() (bottest.Screen, error) { return h.ciso.Press(h.t.Context(), page.Ref, 0) })
		d := h.latest().Dialog
		if d == nil {
			h.t.Fatalf("no dialog asks for the texts: %+v", h.latest())
		}
		h.do("sending what is written", func() (bottest.Screen, error) {
			return h.ciso.Submit(h.t.Context(), d, answers(d, nil), nil)
		})
		if errs := h.latest().Errors; len(errs) > 0 {
			h.t.Fatalf("the texts were refused: %q", errs)
		}
	}
	page := h.do("followup", func() (bottest.Screen, error) { return h.say(h.ciso, "followup", "") })
	h.do("getting it", func() (bottest.Screen, error) { return h.ciso.Press(h.t.Context(), page.Ref, 1) })
}

// classify walks through the systems inventory, and a system's classification.
func (h *house) classify() {
	h.t.Helper()
	for range 2 { // the second time with how it was classified the first
		list := h.do("systems", func() (bottest.Screen, error) { return h.say(h.ciso, "systems", "") })
		page := h.do("a system", func() (bottest.Screen, error) { return h.ciso.Press(h.t.Context(), list.Ref, 0) })
		h.do("classifying it", func() (bottest.Screen, error) { return h.ciso.Press(h.t.Context(), page.Ref, 0) })
		d := h.latest().Dialog
		if d == nil {
			h.t.Fatalf("no dialog asks for the classification: %+v", h.latest())
		}
		h.do("sending the classification", func() (bottest.Screen, error) {
			return h.ciso.Submit(h.t.Context(), d, answers(d, nil), nil)
		})
		if errs := h.latest().Errors; len(errs) > 0 {
			h.t.Fatalf("the classification was refused: %q", errs)
		}
	}
}
