package handlers_test

import (
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

var (
	revisions = bot.Address{Surface: "chat", Channel: "C0REVISION"}
	stina     = bot.Actor{Surface: "chat", ID: "U0STINA", Name: "Stina Ström"} // chief executive
)

// at moves the clock to a local time, backwards too, and does what is due then.
func (h *house) at(local string) {
	h.t.Helper()
	h.to(local)
	if err := h.Remind(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	h.settle()
}

// to moves the clock and does nothing.
func (h *house) to(local string) {
	h.t.Helper()
	now, err := time.ParseInLocation("2006-01-02 15:04", local, h.Settings.Location)
	if err != nil {
		h.t.Fatal(err)
	}
	h.clock.advance(now.Sub(h.clock.Now()))
}

// governed gives the house a governing document that the IT head owns, since a local time.
func (h *house) governed(since string) {
	h.t.Helper()
	h.Settings.Documents = []policy.Document{{Key: "policy", Title: "Informationssäkerhetspolicy", Owner: policy.ITChief, Month: time.August}}
	h.Settings.Revision = []bot.Address{revisions}
	h.Settings.Roles[policy.ITChief] = []handlers.Holder{{Accounts: map[string]string{"chat": ali.ID}}}
	h.Settings.Roles[policy.ChiefExecutive] = []handlers.Holder{{Accounts: map[string]string{"chat": stina.ID}}}
	h.at(since)
}

// revision is the document's latest.
func (h *house) revision() store.Revision {
	h.t.Helper()
	all := h.revisionsOf("policy")
	if len(all) == 0 {
		h.t.Fatal("no revision was asked for")
	}
	return all[len(all)-1]
}

func (h *house) revisionsOf(document string) []store.Revision {
	h.t.Helper()
	all, err := h.Store.Revisions(h.t.Context(), document)
	if err != nil {
		h.t.Fatal(err)
	}
	return all
}

// got is how many messages somebody has got.
func (h *house) got(who ...bot.Actor) (all []int) {
	for _, w := range who {
		all = append(all, len(h.chat.to(direct(w))))
	}
	return all
}

func TestRevisionIsAskedForRemindedOfAndDecided(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.governed("2026-07-01 12:00")
		h.at("2026-08-01 09:00") // a Saturday
		h.at("2026-08-03 08:59")
		same(t, "asked for too early", len(h.revisionsOf("policy")), 0)
		h.at("2026-08-03 09:00")
		same(t, "messages", append(h.got(ali, karin, stina), len(h.chat.to(revisions))), []int{1, 0, 0, 1})
		card := h.chat.to(revisions)[0]
		for _, want := range []string{"Informationssäkerhetspolicy 2026", "2026-08-31", "IT- och digitaliseringschef", "Ärenden", "Har något ändrats"} {
			if got := text(&card.Message); !strings.Contains(got, want) {
				t.Errorf("the card lacks %q:\n%s", want, got)
			}
		}
		r := h.revision()
		for _, day := range []string{"04", "05", "06", "07", "08", "09"} {
			h.at("2026-08-" + day + " 12:00")
		}
		same(t, "reminders before Monday", h.got(ali), []int{1})
		h.at("2026-08-10 09:00")
		h.at("2026-08-10 17:00")
		same(t, "reminders on Monday", h.got(ali, karin, stina), []int{2, 0, 0})

		same(t, "reply", h.press(ali, "revise_start", r.Ref), bot.Reply{})
		h.press(ali, "revise_start", r.Ref) // a double click
		h.settle()
		for _, to := range []bot.Address{revisions, direct(ali)} {
			if got := text(&h.chat.to(to)[0].Message); !strings.Contains(got, "pågår") || !strings.Contains(got, "Ali Nouri") {
				t.Errorf("the copy to %s says:\n%s", to, got)
			}
		}
		same(t, "started", len(h.events("revision.started")), 1)

		h.at("2026-08-31 08:00")
		h.at("2026-08-31 09:00")
		same(t, "on the last day", h.got(ali, karin, stina), []int{4, 1, 1}) // Ali: card, two Mondays at once, the last day
		h.at("2026-09-07 09:00")
		h.at("2026-09-14 09:00")
		same(t, "weeks after", h.got(ali, karin, stina), []int{6, 3, 3})

		v := bot.Values{
			"edition": {"4.0"}, "decided": {"2026-09-14T07:00:00Z"}, "reference": {"KS 2026/77 § 12"}, "link": {"https://example.org/policy"},
		}
		same(t, "reply", h.submit(stina, "revise_revised", r.Ref, v), bot.Reply{})
		h.settle()
		decided := h.revision()
		same(t, "what is kept",
			[]any{decided.State, decided.Edition, decided.DecidedOn, decided.Reference, decided.Link, decided.EndedAt.Equal(h.clock.Now())},
			[]any{store.RevisionRevised, "4.0", "2026-09-14", "KS 2026/77 § 12", "https://example.org/policy", true})
		if got := text(&h.chat.to(revisions)[0].Message); !strings.Contains(got, "Stina Ström") || strings.Contains(got, "KS 2026/77") {
			t.Errorf("the card says:\n%s", got)
		}
		if reply := h.submit(karin, "revise_unchanged", r.Ref, bot.Values{"reason": {"Inget nytt."}}); !strings.Contains(text(reply.Message), "redan klar") {
			t.Errorf("deciding again is answered %+v", reply)
		}
		before := h.got(ali, karin, stina)
		h.at("2027-07-30 09:00")
		same(t, "reminders when it is decided", h.got(ali, karin, stina), before)
		h.at("2027-08-02 09:00")
		if next := h.revision(); next.Year != 2027 || next.State != store.RevisionOpen {
			t.Errorf("a year later there is %+v", next)
		}
		if got := text(&h.chat.to(revisions)[1].Message); !strings.Contains(got, "sedan 2026-09-14") {
			t.Errorf("the next card does not count from the decision:\n%s", got)
		}
		for _, e := range h.events("revision.revised") {
			if e.Subject != "policy 2026" || strings.Contains(e.Detail, "KS 2026") {
				t.Errorf("the audit chain says %+v", e)
			}
		}
	})
}

func TestRevisionWhenNothingRan(t *testing.T) {
	t.Run("in all of August is asked for at once, and the chief executive is told", func(t *testing.T) {
		h := onSQLite(t)
		h.governed("2026-07-01 12:00")
		h.at("2026-09-10 02:30")
		same(t, "messages", h.got(ali, karin, stina), []int{2, 1, 1})
		h.at("2026-09-10 02:31")
		h.at("2026-09-14 09:00")
		same(t, "messages on Monday", h.got(ali, karin, stina), []int{3, 2, 2})
		same(t, "revisions", len(h.revisionsOf("policy")), 1)
	})
	t.Run("after it was asked for, one reminder is sent", func(t *testing.T) {
		h := onSQLite(t)
		h.governed("2026-07-01 12:00")
		h.at("2026-08-03 09:00")
		h.at("2026-12-01 12:00")
		same(t, "messages", h.got(ali, karin, stina), []int{2, 1, 1})
	})
	t.Run("for years the latest is asked for, and the register says which were missed", func(t *testing.T) {
		h := onSQLite(t)
		h.governed("2026-07-01 12:00")
		h.at("2026-08-03 09:00")
		h.at("2029-08-05 12:00")
		var all []string
		for _, r := range h.revisionsOf("policy") {
			all = append(all, fmt.Sprint(r.Year, " ", r.State))
		}
		same(t, "revisions", all, []string{"2026 missed", "2027 missed", "2028 missed", "2029 open"})
		same(t, "cards", len(h.chat.to(revisions)), 2)
		if got := text(&h.chat.to(revisions)[0].Message); !strings.Contains(got, "blev inte av") {
			t.Errorf("the card of the one that was missed says:\n%s", got)
		}
		same(t, "events", len(h.events("revision.missed")), 3)
	})
}

func TestRevisionOfTheFirstYear(t *testing.T) {
	for since, want := range map[string]int{"2026-08-15 12:00": 1, "2026-08-31 23:00": 1, "2026-09-01 00:00": 0, "2026-11-01 12:00": 0} {
		t.Run("installed "+since, func(t *testing.T) {
			h := onSQLite(t)
			h.governed(since)
			h.at("2026-12-20 12:00")
			same(t, "revisions", len(h.revisionsOf("policy")), want)
			h.at("2027-08-02 09:00")
			same(t, "the latest", h.revision().Year, 2027)
		})
	}
}

func TestRevisionWhenTheClockIsSetBack(t *testing.T) {
	h := onSQLite(t)
	h.governed("2026-07-01 12:00")
	for _, now := range []string{"2026-08-03 09:00", "2026-07-20 12:00", "2026-08-02 09:00", "2026-08-03 09:00", "2026-08-04 09:00"} {
		h.at(now)
	}
	same(t, "revisions, cards, messages", []int{len(h.revisionsOf("policy")), len(h.chat.to(revisions)), h.got(ali)[0]}, []int{1, 1, 1})
	h.at("2026-08-10 09:00")
	h.at("2026-08-09 09:00")
	h.at("2026-08-10 09:00")
	same(t, "reminders", h.got(ali), []int{2})
}

func TestRevisionIsPostponed(t *testing.T) {
	h := onSQLite(t)
	h.governed("2026-07-01 12:00")
	h.at("2026-08-03 09:00")
	r := h.revision()
	v := bot.Values{"until": {"2026-10-30T10:00:00Z"}, "reason": {"Lagen ändras."}, "approved": {"Stina Ström, kommundirektör"}}
	past := bot.Values{"until": {"2026-08-03T20:00:00Z"}, "reason": v["reason"], "approved": v["approved"]}
	if reply := h.submit(ali, "revise_postpone", r.Ref, past); reply.Errors["until"] == "" {
		t.Errorf("postponing to today is answered %+v", reply)
	}
	same(t, "reply", h.submit(ali, "revise_postpone", r.Ref, v), bot.Reply{})
	h.settle()
	if got := h.revision(); got.State != store.RevisionPostponed || got.DueOn != "2026-10-30" || got.ApprovedBy != v.Get("approved") {
		t.Errorf("it is %+v", got)
	}
	h.at("2026-10-01 12:00")
	same(t, "reminders while it waits", h.got(ali, karin, stina), []int{1, 0, 0})
	h.at("2026-10-05 09:00")
	same(t, "in its last month", h.got(ali, karin, stina), []int{2, 0, 0})
	h.at("2026-10-30 09:00")
	same(t, "on its last day", h.got(ali, karin, stina), []int{3, 1, 1})
	same(t, "reply", h.submit(ali, "revise_unchanged", r.Ref, bot.Values{"reason": {"Lagen ändrades inte."}}), bot.Reply{})
	same(t, "state", h.revision().State, store.RevisionUnchanged)
}

func TestRevisionAnswersThatAreRefused(t *testing.T) {
	h := onSQLite(t)
	h.governed("2026-07-01 12:00")
	h.at("2026-08-03 09:00")
	r := h.revision()
	full := bot.Values{"edition": {"4"}, "decided": {"2026-08-03T06:00:00Z"}, "reference": {"§ 1"}}
	for field, answer := range map[string]string{"edition": "", "decided": "2026-08-20T06:00:00Z", "reference": " ", "link": "javascript:alert(1)"} {
		v := bot.Values{field: {answer}}
		for f, answers := range full {
			if f != field {
				v[f] = answers
			}
		}
		if reply := h.submit(karin, "revise_revised", r.Ref, v); len(reply.Errors) != 1 || reply.Errors[field] == "" {
			t.Errorf("%s %q is answered %+v", field, answer, reply)
		}
	}
	same(t, "state", h.revision().State, store.RevisionOpen)
}

func TestWhoMayDoWhatWithARevision(t *testing.T) {
	h := onSQLite(t)
	h.governed("2026-07-01 12:00")
	h.at("2026-08-03 09:00")
	r := h.revision()
	for _, button := range []string{"revise_start", "revise_revised", "revise_unchanged", "revise_postpone", "revise_basis"} {
		for _, kind := range []bot.Kind{bot.Press, bot.Submit} {
			if kind == bot.Submit && (button == "revise_start" || button == "revise_basis") {
				continue // no dialogs
			}
			for _, who := range []bot.Actor{maja, dora, {Surface: "chat"}} {
				refusals := len(h.events("access.refused"))
				reply := h.ask(bot.Request{Kind: kind, Actor: who, Name: button, Subject: r.Ref, Values: bot.Values{"reason": {"Så blir det."}}})
				if reply.Dialog != nil || !strings.Contains(text(reply.Message), h.Texts.T("sv", "refused")) || len(h.events("access.refused")) != refusals+1 {
					t.Errorf("%s by %s is answered %+v", button, who.ID, reply)
				}
			}
		}
		for _, who := range []bot.Actor{ali, karin, omar} {
			if reply := h.press(who, button, r.Ref); strings.Contains(text(reply.Message), h.Texts.T("sv", "refused")) {
				t.Errorf("%s by %s is refused", button, who.ID)
			}
		}
	}
	if reply := h.press(karin, "revise_start", "no-such"); !strings.Contains(text(reply.Message), h.Texts.T("sv", "stale_button")) {
		t.Errorf("a revision that is not there is answered %+v", reply)
	}
}

func TestSuggestionsAreCollectedForTheRevision(t *testing.T) {
	h := onSQLite(t)
	h.governed("2026-07-01 12:00")
	say := func(who bot.Actor, words string) bot.Reply {
		return h.ask(bot.Request{Kind: bot.Command, Actor: who, Text: words})
	}
	if reply := say(maja, "förbättring Policyn borde nämna AI-verktyg"); !strings.Contains(text(reply.Message), "Tack") {
		t.Errorf("a suggestion is answered %+v", reply)
	}
	say(maja, "improvement Ring 640823-3234 om rutinen")
	empty := say(maja, "förbättring")
	if empty.Dialog == nil || empty.Dialog.ID != "improve" {
		t.Fatalf("without words there is no dialog: %+v", empty)
	}
	if reply := h.submit(maja, "improve", "", bot.Values{"message": {"Fler övningar"}}); !strings.Contains(text(reply.Message), "Tack") {
		t.Errorf("the dialog is answered %+v", reply)
	}
	h.at("2026-08-03 09:00")
	for _, p := range h.chat.posts {
		if got := text(&p.Message); strings.Contains(got, "AI-verktyg") {
			t.Errorf("what was suggested stands in a message to %s", p.To)
		}
	}
	if got := text(&h.chat.to(revisions)[0].Message); !strings.Contains(got, "Förslag till förbättringar") || !strings.Contains(got, "3") {
		t.Errorf("the card does not count them:\n%s", got)
	}
	basis := text(h.press(ali, "revise_basis", h.revision().Ref).Message)
	for _, want := range []string{"AI-verktyg", "Fler övningar", "om rutinen"} {
		if !strings.Contains(basis, want) {
			t.Errorf("the basis lacks %q:\n%s", want, basis)
		}
	}
	if strings.Contains(basis, "640823") {
		t.Error("a personal identity number was kept")
	}
	same(t, "events", []int{len(h.events("improvement.suggested")), len(h.events("revision.basis_shown"))}, []int{3, 1})
}

func TestTheCardOfARevisionTellsOfTrainingAndRisks(t *testing.T) {
	h := onSQLite(t)
	h.schooled(grund())
	h.trained("2026-11-20", ali)
	h.risk()
	h.submit(karin, "risk_new", "", describedRisk()) // not estimated
	h.submit(karin, "risk_estimate", h.risk().Ref, bot.Values{"likelihood": {"5"}, "consequence": {"5"}, "reason": {"Varje månad"}})
	h.governed("2026-11-25 09:00")
	h.at("2027-08-02 09:00")
	card := text(&h.chat.to(revisions)[0].Message)
	for _, want := range []string{"1 av 4 klara (25 %)", "3, varav mycket höga 1 och inte bedömda 1"} {
		if !strings.Contains(card, want) {
			t.Errorf("the card lacks %q:\n%s", want, card)
		}
	}
}

// The figures on the card are those of the register.
func TestFiguresOfARevision(t *testing.T) {
	h := onSQLite(t)
	h.governed("2026-07-01 12:00")
	h.report(maja, nil)
	h.report(maja, bot.Values{"near_miss": {"yes"}})
	h.at("2026-08-03 09:00")
	got := text(&h.chat.to(revisions)[0].Message)
	if !strings.Contains(got, "2, varav tillbud 1 och inte avslutade 2") || !strings.Contains(got, h.Texts.T("sv", "category.loss")+" 2") {
		t.Errorf("the card says:\n%s", got)
	}
	h.report(maja, nil)
	h.at("2026-08-10 09:00")
	if got := text(&h.chat.to(revisions)[0].Message); !strings.Contains(got, "3, varav") {
		t.Errorf("the reminder does not bring the figures up to date:\n%s", got)
	}
}

func TestRevisionInEnglish(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Language = "en"
	h.governed("2026-07-01 12:00")
	h.at("2026-08-31 09:00")
	for _, p := range slices.Concat(h.chat.to(revisions), h.chat.to(direct(stina))) {
		if got := text(&p.Message); !strings.Contains(got, "evision") && !strings.Contains(got, "revise") || strings.Contains(got, "evider") {
			t.Errorf("a message says:\n%s", got)
		}
	}
}
