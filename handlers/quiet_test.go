package handlers_test

import (
	"bytes"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
)

// paper is a log that is read afterwards.
type paper struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (p *paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.Write(b)
}

// A whole case, with everything that can go wrong on its way, leaves nothing in the log of what it is about or of who is
// in it.
func TestNoCaseFactsInTheLog(t *testing.T) {
	h := onSQLite(t)
	log := &paper{}
	h.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.chat.files = map[string][]byte{"F1": []byte("x")}
	if err := h.IdentifyRoles(t.Context()); err != nil {
		t.Fatal(err)
	}
	secrets := bot.Values{
		"stop": {"no"}, "text": {"Hemligt: Gunhild Ek fick fel medicin"}, "done": {"Viskade till Gunhild"}, "system": {"omsorg"},
		"personal": {"yes"}, "persons": {"1"}, "sensitive": {"health"},
	}
	h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: "Hemligt: Gunhild"})
	h.typed(maja, bot.Change, h.clock.Now(), secrets)
	c := h.report(maja, secrets, bot.File{ID: "F1", Name: "gunhild.png", Size: 1}, bot.File{ID: "F2", Name: "gunhild2.png", Size: 9999})
	h.chat.refuse = refusing("Send", "", broken())
	again, _ := h.work()
	h.chat.refuse = refusing("Send", triage.String(), gone())
	h.mu.Lock()
	h.jobs = again
	h.mu.Unlock()
	h.settle()
	h.chat.refuse = nil
	h.press(ali, "show", c.Ref)
	h.press(karin, "show", c.Ref)
	h.press(karin, "acknowledge", c.Ref)
	h.submit(karin, "category", c.Ref, bot.Values{"category": {"incorrect_data"}, "aspects": {"R"}})
	h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Gunhild är allergisk"}})
	h.submit(karin, "message", c.Ref, bot.Values{"message": {"Är Gunhild vaken?"}})
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"human_mistake"}, "lesson": {"Märk Gunhilds burk"}})
	h.press(karin, "attachments", c.Ref)
	h.settle()
	h.press(maja, "gammal knapp", c.Ref)
	if _, err := h.try(bot.Request{Kind: bot.Submit, Actor: maja, Name: "gammal ruta", Values: secrets}); err == nil {
		t.Error("an unknown dialog is taken")
	}
	h.broken = gone()
	if _, err := h.try(bot.Request{Kind: bot.Submit, Actor: maja, Name: handlers.ReportDialog, Values: secrets}); err == nil || strings.Contains(err.Error(), "Gunhild") {
		t.Errorf("a failing report's error is %v", err)
	}
	got := log.all.String()
	if strings.Count(got, "\n") < 8 {
		t.Fatalf("the log is not the one that is written to:\n%s", got)
	}
	for _, secret := range []string{"Gunhild", "gunhild", "Hemligt", "Viskade", "medicin", "Maja", "Karin", "Ali", "Omar", "Johan", "Dora", "example.org", "Omsorg", "Märk"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q stands in the log:\n%s", secret, got)
		}
	}
}
