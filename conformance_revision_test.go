package main

import (
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/bottest"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// revise walks through the revisions of documents, which end each in its own way, with suggestions collected for them.
func (h *house) revise() {
	h.t.Helper()
	help := h.do("help", func() (bottest.Screen, error) { return h.say(h.employee, "help", "") })
	for _, text := range []string{hard(200), "Kort och *gott*."} {
		h.do("suggesting from the help", func() (bottest.Screen, error) { return h.employee.Press(h.t.Context(), help.Ref, 1) })
		d := h.latest().Dialog
		h.do("a suggestion", func() (bottest.Screen, error) {
			return h.employee.Submit(h.t.Context(), d, bot.Values{"message": {text}}, nil)
		})
	}

	if h.now().Day() < 6 {
		h.wait(5 * 24 * time.Hour) // past the month's first working day
	}
	for _, key := range []string{"a", "b", "c"} {
		h.Settings.Documents = append(h.Settings.Documents, policy.Document{
			Key: key, Title: hard(60), Owner: policy.CISO, Month: h.now().In(h.Settings.Location).Month(),
		})
	}
	for _, channel := range h.Settings.Triage {
		h.Settings.Revision = append(h.Settings.Revision, channel.Address)
	}
	if err := h.Remind(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.work()
	h.read()
	for key, end := range map[string]string{"a": "revise_revised", "b": "revise_unchanged", "c": "revise_postpone"} {
		all, err := h.Store.Revisions(h.t.Context(), key)
		if err != nil || len(all) != 1 {
			h.t.Fatalf("%d revisions of %s were asked for: %v", len(all), key, err)
		}
		r := store.Incident{Ref: all[0].Ref, Number: key} // what a card goes by
		h.press(r, "revise_basis", nil)
		h.press(r, "revise_start", nil)
		h.press(r, end, bot.Values{
			"link": {"https://exempel.example/a_b"}, "edition": {"4.0 *ny*"},
			"until": {h.now().AddDate(0, 0, 3).UTC().Truncate(time.Minute).Format(time.RFC3339)},
		})
	}
	h.wait(4 * 24 * time.Hour)
	if err := h.Remind(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.work()
	h.read()
}
