package handlers_test

import (
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// Karin has an account on the other surface too, and so has Lena, who is on no other.
var (
	karinThere = bot.Actor{Surface: "other", ID: "1001", Name: "Karin Holm"}
	lenaThere  = bot.Actor{Surface: "other", ID: "1002", Name: "Lena Strand", Language: "en"}
)

// withOther adds another surface to the house, which tells nobody's e-mail address and finds nobody by it.
func (h *house) withOther() *chat {
	other := &chat{name: "other", people: map[string]bot.Profile{
		karinThere.ID: {ID: karinThere.ID, Name: karinThere.Name}, lenaThere.ID: {ID: lenaThere.ID, Name: lenaThere.Name},
	}}
	h.Surfaces["other"] = other
	h.Settings.Surfaces = append(h.Settings.Surfaces, "other")
	return other
}

// knownAs makes an account known by an e-mail address, as linking it to the staff list does.
func (h *house) knownAs(who bot.Actor, email string) {
	h.t.Helper()
	h.write(func(tx *store.Tx) error {
		a, err := tx.EnsureAccount(h.t.Context(), who.Surface, who.ID, who.Name)
		if err != nil {
			return err
		}
		a.Email = email
		return tx.UpdateAccount(h.t.Context(), a)
	})
}

func (h *house) dead() []store.Delivery {
	h.t.Helper()
	dead, err := h.Store.DeadLetters(h.t.Context(), 10)
	if err != nil {
		h.t.Fatal(err)
	}
	return dead
}

func TestCardsOnEverySurface(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		other := h.withOther()
		channel := bot.Address{Surface: "other", Channel: "2001"}
		h.Settings.Triage = append(h.Settings.Triage, handlers.TriageChannel{Address: channel})
		h.Settings.Roles[policy.CISO] = []handlers.Holder{{Accounts: map[string]string{"chat": karin.ID, "other": karinThere.ID}}}
		c := h.report(lenaThere, nil)
		h.settle()
		copies := func() []*posted {
			return append(append(h.chat.to(triage), h.chat.to(direct(karin))...), append(other.to(channel), other.to(direct(karinThere))...)...)
		}
		if n := len(copies()); n != 4 {
			t.Fatalf("there are %d copies, want one in each channel and in her direct messages on each surface", n)
		}
		h.press(karin, "acknowledge", c.Ref)
		h.settle()
		for _, p := range copies() {
			if got := text(&p.Message); p.Edits != 1 || !strings.Contains(got, "Mottagen av Karin Holm") {
				t.Errorf("the copy to %s has %d edits and says:\n%s", p.To, p.Edits, got)
			}
		}
		h.submit(karinThere, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		h.settle()
		for _, p := range copies() {
			if got := text(&p.Message); p.Edits != 2 || !strings.Contains(got, "Avslutad") {
				t.Errorf("the copy to %s has %d edits and says:\n%s", p.To, p.Edits, got)
			}
		}
		same(t, "dead letters", len(h.dead()), 0)
		if news := other.to(direct(lenaThere)); len(news) != 3 || len(h.chat.to(direct(lenaThere))) != 0 {
			t.Errorf("the reporter has %d messages, want receipt and news where she is", len(news))
		}
	})
}

func TestHolderKnownByEmailOnSomeSurface(t *testing.T) {
	byEmail := func(t *testing.T, email string) (*house, *chat) {
		h := onSQLite(t)
		other := h.withOther()
		h.Settings.Roles[policy.CISO] = []handlers.Holder{{Email: email}}
		return h, other
	}
	t.Run("gets the card where the e-mail address is found, and there is no dead letter where it is not", func(t *testing.T) {
		h, other := byEmail(t, "karin@example.org")
		h.report(maja, nil)
		h.settle()
		same(t, "cards", []int{len(h.chat.to(direct(karin))), len(other.to(direct(karinThere)))}, []int{1, 0})
		same(t, "dead letters", len(h.dead()), 0)
		same(t, "messages in the channel", len(h.chat.to(triage)), 1)
	})
	t.Run("gets it on both when the other account is linked", func(t *testing.T) {
		h, other := byEmail(t, "karin@example.org")
		c := h.report(maja, nil)
		h.settle()
		h.knownAs(karinThere, "karin@example.org")
		h.press(karinThere, "acknowledge", c.Ref)
		h.settle()
		same(t, "status", h.now(c).Status, store.Acknowledged)
		same(t, "cards", []int{len(h.chat.to(direct(karin))), len(other.to(direct(karinThere)))}, []int{1, 1})
	})
	t.Run("gets it where the account is linked, when the preferred surface does not find it", func(t *testing.T) {
		h, other := byEmail(t, "lena@example.org")
		h.knownAs(lenaThere, "lena@example.org")
		h.report(maja, nil)
		h.settle()
		same(t, "cards", len(other.to(direct(lenaThere))), 1)
		same(t, "dead letters", len(h.dead()), 0)
	})
	t.Run("is one dead letter, and known to the channel, when no surface finds them", func(t *testing.T) {
		h, _ := byEmail(t, "ingen@example.org")
		h.report(maja, nil)
		h.settle()
		dead := h.dead()
		if len(dead) != 1 || dead[0].Surface != "chat" || dead[0].LastError != "users_not_found" {
			t.Errorf("dead letters are %+v", dead)
		}
		same(t, "messages in the channel: card and notice", len(h.chat.to(triage)), 2)
	})
	t.Run("waits for the answer of a surface that is down", func(t *testing.T) {
		h, other := byEmail(t, "lena@example.org")
		other.refuse = refusing("FindByEmail", "", broken())
		h.report(maja, nil)
		again, err := h.work()
		if len(again) != 2 || err == nil || len(h.dead()) != 0 {
			t.Errorf("%d jobs to run again, %d dead letters (%v)", len(again), len(h.dead()), err)
		}
	})
	t.Run("with an account on one that the configuration names is no dead letter on the other", func(t *testing.T) {
		h, _ := byEmail(t, "")
		h.Settings.Roles[policy.CISO] = []handlers.Holder{{Email: "lena@example.org", Accounts: map[string]string{"other": lenaThere.ID}}}
		h.report(maja, nil)
		h.settle()
		same(t, "dead letters", len(h.dead()), 0)
	})
	t.Run("hears of a dead letter on the surface where they are found, when there is no channel", func(t *testing.T) {
		h, other := byEmail(t, "lena@example.org")
		h.knownAs(lenaThere, "lena@example.org")
		h.Settings.Triage = nil
		h.chat.refuse = refusing("Send", direct(maja).String(), gone())
		h.report(maja, nil)
		h.settle()
		same(t, "messages: card and notice", len(other.to(direct(lenaThere))), 2)
	})
}

func TestReporterWhoTakesNoMessages(t *testing.T) {
	closed := func() *bot.SendError {
		return &bot.SendError{Code: "cannot_message_user", Permanent: true, Unreachable: true}
	}
	onBoth(t, func(t *testing.T, h *house) {
		h.chat.refuse = refusing("Send", direct(maja).String(), closed())
		c := h.report(maja, nil)
		h.settle()
		unreached := h.Texts.T("sv", "card.unreached")
		card := h.chat.to(triage)[0]
		if got := text(&card.Message); !strings.Contains(got, unreached) || card.Edits != 1 {
			t.Errorf("the card does not tell, after %d edits:\n%s", card.Edits, got)
		}
		mine := func(word string) string {
			return text(h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: word}).Message)
		}
		if got := mine("mina"); strings.Contains(got, "Tack") {
			t.Errorf("the receipt stands under the reports:\n%s", got)
		}
		h.press(karin, "acknowledge", c.Ref)
		h.submit(karin, "message", c.Ref, bot.Values{"message": {"Vilken buss var det?"}})
		h.settle()
		for _, word := range []string{"mina", "status"} {
			got := mine(word)
			if !strings.Contains(got, "Vilken buss var det?") || !strings.Contains(got, h.Texts.T("sv", "news.acknowledged.heading", map[string]any{"Number": c.Number})) {
				t.Errorf("under %s the news do not stand:\n%s", word, got)
			}
			same(t, "what stands under "+word+" the second time", mine(word), got)
		}
		if got := text(h.ask(bot.Request{Kind: bot.Command, Actor: ali, Text: "mina"}).Message); strings.Contains(got, "buss") {
			t.Error("they stand under somebody else's reports")
		}
		same(t, "dead letters and pending", []int{h.stats().Dead, h.stats().Pending}, []int{0, 0})
		same(t, "notices of undelivered messages", len(h.events("delivery.dead")), 0)
		events := h.events("reporter.unreached")
		if len(events) != 1 || events[0].Subject != c.Number || events[0].Detail != `{"code":"cannot_message_user","kind":"receipt"}` {
			t.Errorf("the audit chain says %+v", events)
		}
		d := h.first(direct(maja))
		if d.UnreachedAt == nil || d.SkippedAt == nil || d.SentAt != nil || d.LastError != "cannot_message_user" {
			t.Errorf("the delivery is %+v", d)
		}

		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		h.settle()
		got := mine("mina")
		if strings.Contains(got, "arbetar nu med") || !strings.Contains(got, h.Texts.T("sv", "news.closed.text")) {
			t.Errorf("when it is closed there stands:\n%s", got)
		}
		h.clock.advance(31 * 24 * time.Hour)
		if got := mine("mina"); strings.Contains(got, "buss") {
			t.Errorf("after a month there stands:\n%s", got)
		}
	})
}

// Only who reported may turn their messages off: who works the cases must be reached.
func TestRoleHolderWhoTakesNoMessagesIsADeadLetter(t *testing.T) {
	h := onSQLite(t)
	h.chat.refuse = refusing("Send", direct(karin).String(), &bot.SendError{Code: "cannot_message_user", Permanent: true, Unreachable: true})
	h.report(maja, nil)
	h.settle()
	same(t, "dead letters", len(h.dead()), 1)
	same(t, "messages in the channel: card and notice", len(h.chat.to(triage)), 2)
}

func TestLanguageThatComesWithTheRequest(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.withOther()
		title := h.ask(bot.Request{Kind: bot.Command, Actor: lenaThere}).Dialog.Title
		same(t, "the dialog of somebody unknown", title, h.Texts.T("en", "report.title"))
		h.report(lenaThere, nil)
		same(t, "the language that is remembered", h.account(lenaThere).Language, "en")
		same(t, "the incident's", h.incidents()[0].Language, "en")

		inSwedish := lenaThere
		inSwedish.Language = "sv"
		same(t, "the dialog when she has changed it", h.ask(bot.Request{Kind: bot.Command, Actor: inSwedish}).Dialog.Title, h.Texts.T("sv", "report.title"))
		h.report(inSwedish, nil)
		same(t, "what is remembered then", h.account(lenaThere).Language, "en")
		silent := lenaThere
		silent.Language = ""
		same(t, "the dialog when nothing is told", h.ask(bot.Request{Kind: bot.Command, Actor: silent}).Dialog.Title, h.Texts.T("en", "report.title"))

		h.report(lenaThere, bot.Values{"anonymous": {"yes"}})
		all := h.incidents()
		same(t, "the language of a nameless report", all[len(all)-1].Language, "en")
	})
}

func TestIdentifyWipesNothing(t *testing.T) {
	h := onSQLite(t)
	other := h.withOther()
	h.report(lenaThere, nil)
	h.knownAs(lenaThere, "lena@example.org")
	other.people[lenaThere.ID] = bot.Profile{ID: lenaThere.ID}
	id := h.account(lenaThere).ID
	h.clock.advance(8 * 24 * time.Hour)
	if err := h.Identify(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	a := h.account(lenaThere)
	same(t, "name, address, language", []string{a.Name, a.Email, a.Language}, []string{lenaThere.Name, "lena@example.org", "en"})
	if a.CheckedAt == nil || !a.CheckedAt.Equal(h.clock.Now()) {
		t.Errorf("asked at %v", a.CheckedAt)
	}
}
