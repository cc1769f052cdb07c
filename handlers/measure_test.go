package handlers_test

import (
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/store"
)

// measure adds a measure of the CISO's own to a case, and returns its ref.
func (h *house) measure(ref string) string {
	h.t.Helper()
	return h.measureOf(ref, "karin@example.org", "2026-12-31").Ref
}

func (h *house) measureOf(ref, owner, due string) store.Measure {
	h.t.Helper()
	if reply := h.submit(karin, "measure", ref, bot.Values{"measure": {"Lås skåpet"}, "owner": {owner}, "due": {due}}); len(reply.Errors) > 0 {
		h.t.Fatalf("the measure is refused: %v", reply.Errors)
	}
	c, err := h.Store.Incident(h.t.Context(), ref)
	if err != nil {
		h.t.Fatal(err)
	}
	all := h.measures(c)
	return all[len(all)-1]
}

func (h *house) measures(c store.Incident) []store.Measure {
	h.t.Helper()
	all, err := h.Store.Measures(h.t.Context(), c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// listed puts people on the staff list, and has the chat know them.
func (h *house) listed(people ...store.Person) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		for i := range people {
			people[i].Active, people[i].Locale = true, "sv"
		}
		_, err := tx.ImportPeople(h.t.Context(), people)
		return err
	})
}

func TestMeasureIsGivenToItsOwner(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.listed(store.Person{Email: "ali@example.org", Name: "Ali Nouri"})
		c := h.report(maja, nil)
		h.settle()
		m := h.measureOf(c.Ref, "Ali Nouri", "2026-12-18")
		h.settle()
		same(t, "the measure", []string{m.Text, m.OwnerEmail, m.OwnerName, m.DueOn, string(m.State)},
			[]string{"Lås skåpet", "ali@example.org", "Ali Nouri", "2026-12-18", "open"})
		letters := h.chat.to(direct(ali))
		if len(letters) != 1 || !strings.Contains(text(&letters[0].Message), "Lås skåpet") {
			t.Fatalf("Ali has %d letters, want one with what is to be done", len(letters))
		}
		if strings.Contains(letters[0].Message.Summary, "skåpet") {
			t.Error("the notification says what is to be done")
		}
		card := h.chat.to(triage)[0]
		if got := text(&card.Message); !strings.Contains(got, "0 av 1 klara, nästa 2026-12-18") || strings.Contains(got, "skåpet") {
			t.Errorf("the card says:\n%s", got)
		}
		h.submit(ali, "measure_end", m.Ref, bot.Values{"outcome": {"done"}})
		h.settle()
		ended := h.measures(c)[0]
		if ended.State != store.MeasureDone || ended.EndedAt == nil {
			t.Errorf("the measure is %+v, want done", ended)
		}
		if got := text(&card.Message); !strings.Contains(got, "1 av 1 klara") {
			t.Errorf("the card says:\n%s", got)
		}
	})
}

func TestMeasureIsRefusedWithWhatToMend(t *testing.T) {
	h := onSQLite(t)
	h.listed(store.Person{Email: "a@example.org", Name: "Anna Ek"}, store.Person{Email: "b@example.org", Name: "Anna Ek"})
	c := h.report(maja, nil)
	for name, test := range map[string]struct {
		owner, due, field, says string
	}{
		"nobody has the name":      {"Sven Nilsson", "2026-12-31", "owner", "Ingen i personallistan"},
		"several have it":          {"Anna Ek", "2026-12-31", "owner", "a@example.org, b@example.org"},
		"a day that has passed":    {"a@example.org", "2026-11-22", "due", "från i dag"},
		"a day that does not come": {"a@example.org", "2027-02-30", "due", "från i dag"},
		"no day":                   {"a@example.org", "nyår", "due", "från i dag"},
	} {
		t.Run(name, func(t *testing.T) {
			reply := h.submit(karin, "measure", c.Ref, bot.Values{"measure": {"Lås skåpet"}, "owner": {test.owner}, "due": {test.due}})
			if len(reply.Errors) != 1 || !strings.Contains(reply.Errors[test.field], test.says) {
				t.Errorf("the reply is %+v, want %q at %s", reply, test.says, test.field)
			}
		})
	}
	same(t, "measures", len(h.measures(c)), 0)
	if reply := h.submit(karin, "measure", c.Ref, bot.Values{"measure": {"Lås skåpet"}, "owner": {"A@example.org"}, "due": {"2026-11-23"}}); len(reply.Errors) > 0 {
		t.Errorf("today is refused: %v", reply.Errors)
	}
}

func TestMeasureEndsByItsOwnerAndByThoseWhoWorkTheCase(t *testing.T) {
	h := onSQLite(t)
	h.listed(store.Person{Email: "ali@example.org", Name: "Ali Nouri"})
	h.knownAs(ali, "ali@example.org")
	for _, test := range []struct {
		name    string
		who     bot.Actor
		allowed bool
	}{
		{"its owner", ali, true}, {"the CISO", karin, true}, {"the deputy", omar, true}, {"somebody else", maja, false}, {"another role", johan, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := h.report(maja, nil)
			m := h.measureOf(c.Ref, "ali@example.org", "2026-12-18")
			opened := h.press(test.who, "measure_end", m.Ref)
			h.submit(test.who, "measure_end", m.Ref, bot.Values{"outcome": {"dropped"}, "reason": {"Skåpet är borta"}})
			same(t, "the dialog opens", opened.Dialog != nil, test.allowed)
			same(t, "it is ended", h.measures(c)[0].State == store.MeasureDropped, test.allowed)
		})
	}
}

func TestMeasureThatHasEndedIsNotEndedAgain(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	ref := h.measure(c.Ref)
	h.submit(karin, "measure_end", ref, bot.Values{"outcome": {"done"}})
	h.submit(omar, "measure_end", ref, bot.Values{"outcome": {"dropped"}, "reason": {"Behövs inte"}})
	same(t, "state", h.measures(c)[0].State, store.MeasureDone)
	if reply := h.press(omar, "measure_end", ref); reply.Dialog != nil {
		t.Error("the dialog opens again")
	}
	same(t, "events", len(h.events("measure.done"))+len(h.events("measure.dropped")), 1)
}

func TestMeasureIsRemindedOfUntilItEnds(t *testing.T) {
	h := onSQLite(t)
	h.listed(store.Person{Email: "ali@example.org", Name: "Ali Nouri"})
	c := h.report(maja, nil)
	h.submit(karin, "breach", c.Ref, bot.Values{"verdict": {"no_breach"}, "reason": {"Inga personuppgifter"}})
	m := h.measureOf(c.Ref, "ali@example.org", "2026-12-18") // a Friday
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	h.settle()
	told := func(who bot.Actor) (n int) {
		for _, p := range h.chat.to(direct(who)) {
			if strings.Contains(text(&p.Message), "Lås skåpet") {
				n++
			}
		}
		return n
	}
	at := func(when string) {
		t.Helper()
		to, err := time.ParseInLocation("2006-01-02 15:04", when, h.Settings.Location)
		if err != nil {
			t.Fatal(err)
		}
		h.clock.advance(to.Sub(h.clock.Now()))
		if err := h.Remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		h.settle()
	}
	for _, step := range []struct {
		when        string
		owner, ciso int // letters so far
	}{
		{"2026-12-11 08:59", 1, 0}, // the one when it was given
		{"2026-12-11 09:00", 2, 0}, // a week before
		{"2026-12-18 09:00", 3, 0}, // the day; the case being closed makes no difference
		{"2026-12-25 09:00", 4, 1}, // late: the CISO too; a week later, on what the test's calendar takes for a working day
		{"2027-01-20 09:00", 5, 2}, // after weeks of nothing running: once
	} {
		at(step.when)
		same(t, "letters by "+step.when, []int{told(ali), told(karin)}, []int{step.owner, step.ciso})
	}
	h.submit(ali, "measure_end", m.Ref, bot.Values{"outcome": {"done"}})
	at("2027-03-01 09:00")
	same(t, "letters after it has ended", told(ali), 5)
}
