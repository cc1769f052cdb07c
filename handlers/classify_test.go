package handlers_test

import (
	"strings"
	"testing"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

func TestOwnerIsAskedToClassifyAndDoes(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.write(func(tx *store.Tx) error {
			_, err := tx.ImportSystems(t.Context(), []store.System{
				{Key: "bygglov", Name: "Bygglov och kartor", OwnerEmail: "Ali@example.org", PersonalData: policy.Unknown, Active: true},
				{Key: "arkiv", Name: "Arkivet", OwnerEmail: "maja@example.org", PersonalData: policy.Yes, Active: true,
					Levels: &policy.Levels{Confidentiality: 2}, ClassifiedOn: "2026-01-10"},
			})
			return err
		})
		h.at("2026-11-21 12:00") // a Saturday
		h.at("2026-11-23 09:59")
		same(t, "asked too early", h.got(ali, maja), []int{0, 0})
		h.at("2026-11-23 10:00")
		h.at("2026-11-24 12:00")
		same(t, "asked", h.got(ali, maja), []int{1, 0})
		if got := text(&h.chat.to(direct(ali))[0].Message); !strings.Contains(got, "Bygglov och kartor") || !strings.Contains(got, "inte är klassat") {
			t.Errorf("the owner is asked:\n%s", got)
		}
		dialog := h.press(ali, "classify", "bygglov").Dialog
		if dialog == nil || len(dialog.Fields) != 7 {
			t.Fatalf("the dialog is %+v", dialog)
		}
		v := bot.Values{"K": {"2"}, "R": {"3"}, "T": {"1"}, "S": {"0"}, "kinds": {"identity", "contact"}, "reason": {"Ritningar av 640823-3234."}}
		if reply := h.submit(ali, "classify", "bygglov", bot.Values{"K": {"4"}, "reason": {"Nej"}}); len(reply.Errors) != 4 {
			t.Errorf("half an answer is answered %+v", reply)
		}
		if reply := h.submit(ali, "classify", "bygglov", v); !strings.Contains(text(reply.Message), "K2 R3 T1 S0") {
			t.Errorf("the answer is answered %+v", reply)
		}
		s, err := h.Store.SystemByKey(t.Context(), "bygglov")
		if err != nil || s.ClassifiedOn != "2026-11-24" || *s.Levels != (policy.Levels{Confidentiality: 2, Integrity: 3, Availability: 1}) {
			t.Errorf("the system is %+v (%v)", s, err)
		}
		events := h.events("system.classified")
		if len(events) != 1 || events[0].Subject != "bygglov" || strings.Contains(events[0].Detail, "Ritningar") {
			t.Errorf("the audit chain says %+v", events)
		}
		c := h.report(maja, bot.Values{"system": {"bygglov"}})
		page := text(h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: "systemlista bygg"}).Message)
		for _, want := range []string{"K2 R3 T1 S0 2026-11-24", "Ali Nouri", "Ritningar av", c.Number, "Ja: Namn och andra uppgifter om identitet, Adress"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page lacks %q:\n%s", want, page)
			}
		}
		if strings.Contains(page, "640823") {
			t.Error("a personal identity number was kept")
		}
		owner := text(h.press(ali, "inventory", "bygglov").Message)
		if strings.Contains(owner, c.Number) || !strings.Contains(owner, "K2 R3") {
			t.Errorf("the owner, who works no cases, sees:\n%s", owner)
		}
		before := h.got(ali)[0]
		h.at("2027-11-01 12:00")
		same(t, "asked again before a year is over", h.got(ali, maja), []int{before, 2}) // the receipt, and her own system's year
		h.at("2027-12-01 12:00")
		same(t, "asked again after a year", h.got(ali)[0], before+1)
	})
}

func TestWhoMayDoWhatWithASystem(t *testing.T) {
	h := onSQLite(t)
	if err := h.IdentifyRoles(t.Context()); err != nil {
		t.Fatal(err)
	}
	h.knownAs(ali, "ali@example.org")
	h.write(func(tx *store.Tx) error {
		_, err := tx.ImportSystems(t.Context(), []store.System{{Key: "bygglov", Name: "Bygglov", OwnerEmail: "ali@example.org", Active: true}})
		return err
	})
	refused := func(r bot.Reply) bool { return strings.Contains(text(r.Message), h.Texts.T("sv", "refused")) }
	for who, may := range map[bot.Actor]string{karin: "cs", omar: "cs", johan: "s", dora: "s", ali: "cs", maja: ""} {
		same(t, who.Name+" is refused to see", refused(h.press(who, "inventory", "bygglov")), !strings.Contains(may, "s"))
		same(t, who.Name+" opens the dialog", h.press(who, "classify", "bygglov").Dialog != nil, strings.Contains(may, "c"))
		reply := h.submit(who, "classify", "bygglov", bot.Values{})
		same(t, who.Name+" is refused to classify", refused(reply), !strings.Contains(may, "c"))
	}
	several := h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: "systems"}).Message
	if got := text(several); !strings.Contains(got, "Bygglov") || !strings.Contains(got, "Omsorgssystemet") {
		t.Errorf("the list is:\n%s", got)
	}
	if got := text(h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: "systems finnsinte"}).Message); !strings.Contains(got, "Inget system passar") {
		t.Errorf("nothing found is answered:\n%s", got)
	}
}
