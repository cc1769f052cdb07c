package handlers_test

import (
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
)

func TestFollowupIsAskedForWrittenAndHandedOn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.FollowupMonth = time.January
		h.Settings.Holidays = func(day time.Time) bool { return day.Format("01-02") == "01-01" }
		h.at("2026-11-25 12:00")
		h.at("2027-01-01 09:00") // a holiday on a Friday
		same(t, "messages too early", h.got(karin), []int{0})
		h.at("2027-01-04 09:00")
		h.at("2027-01-04 10:00")
		same(t, "messages", h.got(karin, omar, maja), []int{1, 0, 0})
		if got := text(&h.chat.to(direct(karin))[0].Message); !strings.Contains(got, "2026") || !strings.Contains(got, "Klassa 2 system.") {
			t.Errorf("the CISO is told:\n%s", got)
		}
		if dialog := h.press(karin, "followup_write", "2026").Dialog; dialog == nil || len(dialog.Fields) != 3 {
			t.Fatalf("the dialog is %+v", dialog)
		}
		v := bot.Values{"changes": {"Ny lag om 640823-3234."}, "goals": {"Målen nås."}, "recommendations": {"Öva mer."}}
		h.submit(karin, "followup_write", "2026", v)
		got, err := h.Store.Followup(t.Context(), 2026)
		if err != nil || strings.Contains(got.Changes, "640823") || got.Goals != "Målen nås." || got.Recommendations != "Öva mer." || got.SavedBy == nil {
			t.Errorf("what is kept is %+v (%v)", got, err)
		}
		same(t, "what the dialog holds", h.press(omar, "followup_write", "2026").Dialog.Values.Get("goals"), "Målen nås.")
		h.press(karin, "followup_make", "2026")
		h.settle()
		same(t, "files", h.chat.sent, []file{
			{To: direct(karin), Name: "Uppföljning av informationssäkerheten 2026.pdf", Content: "2026 pdf sv"},
			{To: direct(karin), Name: "Uppföljning av informationssäkerheten 2026.docx", Content: "2026 docx sv"},
		})
		h.at("2029-03-01 12:00")
		same(t, "messages when nothing ran for years", h.got(karin), []int{2})
		if got := text(&h.chat.to(direct(karin))[1].Message); !strings.Contains(got, "2028") {
			t.Errorf("then the CISO is told:\n%s", got)
		}
		for _, e := range h.events("followup.written") {
			if strings.Contains(e.Detail, "Målen") || e.Subject != "2026" {
				t.Errorf("the audit chain says %+v", e)
			}
		}
	})
}

func TestWhoMayDoWhatWithTheFollowup(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.ChiefExecutive] = []handlers.Holder{{Accounts: map[string]string{"chat": stina.ID}}}
	refused := func(r bot.Reply) bool { return strings.Contains(text(r.Message), h.Texts.T("sv", "refused")) }
	for who, may := range map[bot.Actor]string{karin: "wg", omar: "wg", stina: "g", johan: "", maja: "", dora: ""} {
		write, get := strings.Contains(may, "w"), strings.Contains(may, "g")
		same(t, who.Name+" opens the dialog", h.press(who, "followup_write", "2026").Dialog != nil, write)
		same(t, who.Name+" is refused to write", refused(h.submit(who, "followup_write", "2026", bot.Values{"goals": {"x"}})), !write)
		same(t, who.Name+" is refused to get it", refused(h.press(who, "followup_make", "2026")), !get)
		for _, words := range []string{"uppföljning", "followup 2025"} {
			same(t, who.Name+" is refused to see it", refused(h.ask(bot.Request{Kind: bot.Command, Actor: who, Text: words})), !get)
		}
	}
	h.settle()
	same(t, "files", len(h.chat.sent), 6)
	h.press(karin, "followup_make", "2026")
	h.Settings.Roles[policy.CISO] = nil // before it is sent
	h.settle()
	same(t, "files to who no longer may have them", len(h.chat.sent), 6)
	for _, year := range []string{"", "nästa", "1999", "2027"} {
		if reply := h.press(omar, "followup_make", year); !strings.Contains(text(reply.Message), h.Texts.T("sv", "stale_button")) {
			t.Errorf("the follow-up of %q is answered %+v", year, reply)
		}
	}
}
