package handlers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// has tells whether somebody has got a card or a message about a case.
func (h *house) has(who bot.Actor, c store.Incident) bool {
	return slices.ContainsFunc(h.chat.to(direct(who)), func(p *posted) bool { return strings.Contains(p.Message.Summary, c.Number) })
}

func TestWhoIsAwayIsStoodInFor(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.report(maja, nil)
		h.settle()
		answer := text(h.say(karin, "frånvaro 2026-11-26").Message)
		for _, want := range []string{"2026-11-26", h.Texts.T("sv", "role.ciso"), omar.ID} { // he is not known by name yet
			if !strings.Contains(answer, want) {
				t.Errorf("the answer does not name %s:\n%s", want, answer)
			}
		}
		c := h.report(maja, bot.Values{"system": {"omsorg"}, "personal": {"yes"}, "persons": {"500"}}) // severity 4
		h.settle()
		same(t, "the CISO is told of a new case", h.has(karin, c), false)
		same(t, "the deputy is told of a new case", h.has(omar, c), true)

		h.pass(16 * time.Minute)
		same(t, "the deputy is told again", h.reminded(omar, c), []string(nil))
		same(t, "the next in line is told", h.reminded(johan, c), []string{"unacknowledged"})

		h.press(karin, "acknowledge", c.Ref)
		same(t, "who is away may still act", h.now(c).Status, store.Acknowledged)
		h.submit(karin, "message", c.Ref, bot.Values{"message": {"Hur många var det?"}})
		h.submit(maja, "answer", c.Ref, bot.Values{"message": {"Ungefär tio."}})
		h.settle()
		news := h.Texts.T("sv", "answered", map[string]any{"Number": c.Number})
		got := func(who bot.Actor) bool {
			return slices.ContainsFunc(h.chat.to(direct(who)), func(p *posted) bool { return p.Message.Summary == news })
		}
		same(t, "the deputy, not the CISO, hears of an answer", []bool{got(omar), got(karin)}, []bool{true, false})
		h.decide(c, "breach", "risk")
		h.pass(37 * time.Hour)
		same(t, "reminders of the duty", [][]string{h.reminded(omar, c), h.reminded(karin, c)}, [][]string{{"obligation", "obligation"}, nil})

		// It ends by itself with the day: that is 2026-11-27 at midnight in Stockholm.
		h.clock.advance(time.Date(2026, 11, 26, 22, 59, 0, 0, time.UTC).Sub(h.clock.Now()))
		last := h.report(maja, nil)
		h.clock.advance(time.Minute)
		first := h.report(maja, nil)
		h.settle()
		same(t, "the CISO is told a minute before and after midnight", []bool{h.has(karin, last), h.has(karin, first)}, []bool{false, true})
		same(t, "the deputy", []bool{h.has(omar, last), h.has(omar, first)}, []bool{true, false})
		same(t, "audit", h.events("absence.begun")[0].Detail, `{"roles":["ciso"],"until":"2026-11-26"}`)
	})
}

func TestComingBack(t *testing.T) {
	h := onSQLite(t)
	h.say(karin, "away 2026-12-01")
	h.say(karin, "away 2026-12-24") // the later one counts
	if got := text(h.say(omar, "status").Message); !strings.Contains(got, "Karin Holm, till och med 2026-12-24") || strings.Contains(got, "2026-12-01") {
		t.Errorf("the deputy sees:\n%s", got)
	}
	if got := text(h.say(maja, "status").Message); strings.Contains(got, "Karin") {
		t.Errorf("somebody without a role sees who is away:\n%s", got)
	}
	h.say(karin, "åter")
	c := h.report(maja, nil)
	h.settle()
	same(t, "the CISO is told", h.has(karin, c), true)
	same(t, "the deputy is told", h.has(omar, c), false)
	if got := text(h.say(karin, "status").Message); strings.Contains(got, "2026-12-24") {
		t.Errorf("who is back is still away:\n%s", got)
	}
	same(t, "audit", []int{len(h.events("absence.begun")), len(h.events("absence.ended"))}, []int{2, 1})
	h.say(karin, "back")
	same(t, "events of coming back twice", len(h.events("absence.ended")), 1)
}

func TestOneTellingOfAnAbsenceIsOneAbsence(t *testing.T) {
	h := onSQLite(t)
	told := bot.Request{Kind: bot.Command, Actor: karin, Text: "frånvaro 2026-12-01", Key: "once"}
	first := h.ask(told)
	same(t, "the second answer", h.ask(told), first)
	same(t, "events", len(h.events("absence.begun")), 1)
}

func TestDaysOfAnAbsence(t *testing.T) {
	h := onSQLite(t)
	for words, want := range map[string]string{
		"frånvaro":            "absence.how",
		"frånvaro imorgon":    "absence.how",
		"frånvaro 2026-13-01": "absence.how",
		"frånvaro 2026-11-22": "absence.past",
		"frånvaro 2026-11-23": "", // today
		"frånvaro 2027-11-23": "",
		"frånvaro 2027-11-24": "absence.too_long",
	} {
		got := text(h.say(karin, words).Message)
		refusal := h.Texts.T("sv", want, map[string]any{"Example": "2026-11-30"})
		if want == "" {
			refusal = h.Texts.T("sv", "absence.takers")
		}
		if !strings.Contains(got, refusal) {
			t.Errorf("%q is answered with %q, want %q", words, got, refusal)
		}
	}
	if got := text(h.say(maja, "frånvaro 2026-12-01").Message); !strings.Contains(got, h.Texts.T("sv", "absence.no_role")) {
		t.Errorf("somebody without a role is answered with %q", got)
	}
	if d := h.say(maja, "frånvaro av lås på skåpet").Dialog; d == nil || d.Values.Get("text") == "" {
		t.Error("a report that begins with the word is not taken as one")
	}
}

func TestNobodyHandsOverToNobody(t *testing.T) {
	refused := func(h *house, who bot.Actor) bool {
		before := len(h.rows(`SELECT id FROM absences`))
		got := text(h.say(who, "frånvaro 2026-12-01").Message)
		after := len(h.rows(`SELECT id FROM absences`))
		no := strings.Contains(got, "deputy_ciso")
		if no != (before == after) {
			h.t.Errorf("refused is %v with %d absences before and %d after", no, before, after)
		}
		return no
	}
	t.Run("a lone CISO", func(t *testing.T) {
		h := onSQLite(t)
		h.Settings.Roles[policy.DeputyCISO] = nil
		same(t, "refused", refused(h, karin), true)
		c := h.report(maja, nil)
		h.settle()
		same(t, "she is told", h.has(karin, c), true)
	})
	t.Run("the deputy of a CISO who is away", func(t *testing.T) {
		h := onSQLite(t)
		same(t, "the CISO is refused", refused(h, karin), false)
		same(t, "the deputy is refused", refused(h, omar), true)
		h.say(karin, "åter")
		same(t, "the deputy is refused when the CISO is back", refused(h, omar), false)
		same(t, "and the CISO then", refused(h, karin), true)
	})
	t.Run("another role goes to the CISO", func(t *testing.T) {
		h := onSQLite(t)
		if err := h.IdentifyRoles(t.Context()); err != nil {
			t.Fatal(err)
		}
		same(t, "refused", refused(h, dora), false)
		c := h.report(maja, bot.Values{"personal": {"yes"}})
		h.settle()
		same(t, "told", []bool{h.has(dora, c), h.has(karin, c)}, []bool{false, true})
	})
	t.Run("nor does a change of the settings leave nobody", func(t *testing.T) {
		h := onSQLite(t)
		same(t, "refused", refused(h, karin), false)
		h.Settings.Roles[policy.DeputyCISO] = nil
		c := h.report(maja, nil)
		h.settle()
		same(t, "she is told nevertheless", h.has(karin, c), true)
	})
}

// Whoever has several accounts is away with all of them, also with those that another role's line of the settings names.
func TestAbsenceBelongsToThePerson(t *testing.T) {
	h := onSQLite(t)
	other := &chat{name: "other", people: map[string]bot.Profile{}}
	h.Surfaces["other"] = other
	h.Settings.Surfaces = []string{"chat", "other"}
	h.Settings.Roles[policy.CISO] = []handlers.Holder{{Email: "karin@example.org", Accounts: map[string]string{"chat": karin.ID, "other": "1001"}}}
	h.Settings.Roles[policy.DPO] = []handlers.Holder{{Accounts: map[string]string{"other": "1001"}}}
	h.say(bot.Actor{Surface: "other", ID: "1001", Name: "Karin"}, "frånvaro 2026-12-01")
	c := h.report(maja, bot.Values{"personal": {"yes"}})
	h.settle()
	same(t, "the CISO is told in either chat", []int{len(h.chat.to(direct(karin))), len(other.posts)}, []int{0, 0})
	same(t, "the deputy is told", h.has(omar, c), true)
	same(t, "roles", h.events("absence.begun")[0].Detail, `{"roles":["ciso","dpo"],"until":"2026-12-01"}`)
}

// Whatever people say of their absence, in whatever order: of every case somebody is told who is there, and nobody who is away.
func TestSomebodyWhoIsThereIsAlwaysTold(t *testing.T) {
	t.Parallel() // long
	people := []bot.Actor{ali, karin, omar, johan, dora}
	h := onSQLite(t)
	h.Settings.Triage = nil
	absences := func() int {
		all, err := h.Store.AllAbsences(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return len(all)
	}
	rapid.Check(t, func(r *rapid.T) {
		h.clock.advance(5 * 24 * time.Hour) // everybody is back
		h.chat.posts = nil
		h.Settings.Roles = map[policy.Role][]handlers.Holder{}
		for _, role := range []policy.Role{policy.CISO, policy.DeputyCISO, policy.DPO, policy.SecurityChief} {
			for _, who := range people {
				if rapid.IntRange(0, 2).Draw(r, "holds") == 0 {
					h.Settings.Roles[role] = append(h.Settings.Roles[role], handlers.Holder{Accounts: map[string]string{"chat": who.ID}})
				}
			}
		}
		if len(h.Settings.Roles[policy.CISO])+len(h.Settings.Roles[policy.DeputyCISO]) == 0 {
			r.Skip("nobody works the cases")
		}
		away := map[string]time.Time{} // until when
		for range rapid.IntRange(1, 5).Draw(r, "steps") {
			who := rapid.SampledFrom(people).Draw(r, "who")
			switch rapid.IntRange(0, 3).Draw(r, "step") {
			case 0:
				h.clock.advance(time.Duration(rapid.IntRange(1, 72).Draw(r, "hours")) * time.Hour)
			case 1:
				h.say(who, "åter")
				delete(away, who.ID)
			default:
				days := rapid.IntRange(0, 3).Draw(r, "days")
				now := h.clock.Now().In(h.Settings.Location)
				before := absences()
				h.say(who, "frånvaro "+now.AddDate(0, 0, days).Format(time.DateOnly))
				if absences() > before {
					away[who.ID] = time.Date(now.Year(), now.Month(), now.Day()+days+1, 0, 0, 0, 0, h.Settings.Location)
				}
			}
			values := bot.Values{"stop": {"no"}, "personal": {rapid.SampledFrom([]string{"yes", "no"}).Draw(r, "personal")}}
			if rapid.IntRange(0, 3).Draw(r, "stop") == 0 {
				values = bot.Values{"stop": {"yes"}}
			}
			c := h.report(maja, values)
			h.settle()
			told := 0
			for _, somebody := range people {
				if !h.has(somebody, c) {
					continue
				}
				if until, is := away[somebody.ID]; is && h.clock.Now().Before(until) {
					r.Fatalf("%s was told and is away", somebody.Name)
				}
				told++
			}
			if told == 0 {
				r.Fatal(fmt.Sprintf("nobody was told; away until %v, roles %v", away, h.Settings.Roles))
			}
		}
	})
}
