package handlers_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/handlers"
	"tyreso.se/incidentbot/policy"
	"tyreso.se/incidentbot/store"
)

// The ways that a platform refuses.
func gone() *bot.SendError    { return &bot.SendError{Code: "channel_not_found", Permanent: true} }
func limited() *bot.SendError { return &bot.SendError{Code: "ratelimited", Wait: 30 * time.Second} }
func broken() *bot.SendError  { return &bot.SendError{Code: "internal_error"} }

// delivery reads a delivery as it is now.
func (h *house) delivery(id int64) store.Delivery {
	h.t.Helper()
	d, err := h.Store.Delivery(h.t.Context(), id)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// first is the first delivery to an address.
func (h *house) first(to bot.Address) store.Delivery {
	h.t.Helper()
	for id := int64(1); ; id++ {
		if d := h.delivery(id); d.Lane == to.String() {
			return d
		}
	}
}

func TestDeliver(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.report(maja, nil)
		d := h.first(triage)
		h.clock.advance(5 * time.Second)
		asked, err := h.Deliver(t.Context(), d.ID, false)
		if !asked || err != nil {
			t.Fatalf("asked %v, error %v", asked, err)
		}
		sent := h.delivery(d.ID)
		if sent.SentAt == nil || !sent.SentAt.Equal(h.clock.Now()) || sent.Attempts != 1 {
			t.Errorf("the delivery is %+v", sent)
		}
		post := h.chat.to(triage)[0]
		same(t, "key and retry", []any{post.Key, post.Retry}, []any{fmt.Sprintf("delivery-%d", d.ID), false})
		cards, err := h.Store.Cards(t.Context(), *d.IncidentID)
		if err != nil || len(cards) != 1 || cards[0].MessageID != post.Ref.ID || cards[0].Channel != post.Ref.Channel || cards[0].DrawnVersion != 1 {
			t.Errorf("the copy is remembered as %+v (%v)", cards, err)
		}
		if asked, err := h.Deliver(t.Context(), d.ID, false); asked || err != nil {
			t.Errorf("the same job run again: asked %v, error %v", asked, err)
		}
		if asked, err := h.Deliver(t.Context(), 9999, false); asked || err != nil {
			t.Errorf("a delivery that is not there: asked %v, error %v", asked, err)
		}
		same(t, "messages", len(h.chat.to(triage)), 1)
	})
}

func TestCardIsEditedAndSkippedWhenUpToDate(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		h.settle()
		h.press(karin, "acknowledge", c.Ref)
		h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Värre än så"}})
		h.settle()
		card := h.chat.to(triage)
		if len(card) != 1 || card[0].Edits != 1 {
			t.Fatalf("%d messages, the first edited %d times; want one, edited once for both changes", len(card), card[0].Edits)
		}
		if got := text(&card[0].Message); !strings.Contains(got, "4 – ") || !strings.Contains(got, "Karin Holm") {
			t.Errorf("it does not show both changes:\n%s", got)
		}
		same(t, "drawings skipped, one for each copy",
			h.rows(`SELECT count(*) FROM deliveries WHERE kind = 'card' AND skipped_at IS NOT NULL`), []string{"2"})
		same(t, "pending", h.stats().Pending, 0)
	})
}

func TestLostCopyIsPostedAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.report(maja, nil)
		h.settle()
		h.press(karin, "acknowledge", c.Ref)
		h.chat.refuse = refusing("Edit", h.chat.to(triage)[0].Ref.ID, &bot.SendError{Code: "message_not_found", Permanent: true})
		h.settle()
		cards := h.chat.to(triage)
		if len(cards) != 2 || !strings.Contains(text(&cards[1].Message), "Karin Holm") {
			t.Fatalf("there are %d messages, want the lost one and a new one that is up to date", len(cards))
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		h.settle()
		same(t, "messages", len(h.chat.to(triage)), 2)
		same(t, "edits of the new one", cards[1].Edits, 1)
		same(t, "dead letters", h.stats().Dead, 0)
	})
}

func TestPermanentRefusalIsADeadLetter(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.chat.refuse = refusing("Send", triage.String(), gone())
		c := h.report(maja, nil)
		h.settle()
		dead, err := h.Store.DeadLetters(t.Context(), 10)
		if err != nil || len(dead) != 1 || dead[0].LastError != "channel_not_found" || dead[0].Lane != triage.String() {
			t.Fatalf("dead letters are %+v (%v)", dead, err)
		}
		event := h.events("delivery.dead")[0]
		same(t, "the audit chain", []string{event.Actor, event.Subject, event.Detail},
			[]string{"system", c.Number, `{"code":"channel_not_found","kind":"card","lane":"chat:channel:C0TRIAGE"}`})
		told := func() int {
			n := 0
			for _, p := range h.chat.to(direct(karin)) {
				if strings.Contains(text(&p.Message), "doctor") {
					n++
				}
			}
			return n
		}
		same(t, "times that the CISO was told", told(), 1)
		h.report(ali, nil)
		h.settle()
		same(t, "times that day", told(), 1)
		h.clock.advance(24 * time.Hour)
		h.report(ali, nil)
		h.settle()
		same(t, "times by the day after", told(), 2)
		same(t, "dead letters", h.stats().Dead, 3)
		same(t, "pending", h.stats().Pending, 0)
	})
}

func TestCISOIsToldAnotherWay(t *testing.T) {
	t.Run("in the channel when her direct messages fail", func(t *testing.T) {
		h := onSQLite(t)
		h.chat.refuse = refusing("Send", direct(karin).String(), gone())
		h.report(maja, nil)
		h.settle()
		if posts := h.chat.to(triage); len(posts) != 2 || !strings.Contains(text(&posts[1].Message), "doctor") {
			t.Errorf("the channel has %d messages, want the card and the notice", len(posts))
		}
	})
	t.Run("of a receipt that failed, in the direct messages", func(t *testing.T) {
		h := onSQLite(t)
		h.chat.refuse = refusing("Send", direct(maja).String(), gone())
		h.report(maja, nil)
		h.settle()
		same(t, "messages to the CISO", len(h.chat.to(direct(karin))), 2)
	})
	t.Run("of a revision that nobody was asked for, in the direct messages", func(t *testing.T) {
		h := onSQLite(t)
		h.governed("2026-07-01 12:00")
		h.chat.refuse = refusing("Send", revisions.String(), gone())
		h.at("2026-08-03 09:00")
		posts := h.chat.to(direct(karin))
		if len(posts) != 1 || !strings.Contains(text(&posts[0].Message), "revidering") || !strings.Contains(text(&posts[0].Message), "doctor") {
			t.Errorf("the CISO has %d messages, want that the prompt could not be posted", len(posts))
		}
	})
	t.Run("without end when nothing gets through", func(t *testing.T) {
		h := onSQLite(t)
		h.chat.refuse = refusing("Send", "", gone())
		h.report(maja, nil)
		h.settle()
		same(t, "pending", h.stats().Pending, 0)
		if len(h.events("delivery.dead")) < 3 {
			t.Error("the dead letters are not in the audit chain")
		}
	})
	t.Run("once, also when the notice itself fails", func(t *testing.T) {
		h := onSQLite(t)
		toCISO := 0
		h.chat.refuse = func(call, what string) error {
			if call == "Send" && what == direct(karin).String() {
				toCISO++
			}
			if call == "Send" && (what == triage.String() || toCISO > 1) {
				return gone()
			}
			return nil
		}
		h.report(maja, nil)
		h.settle()
		same(t, "dead letters: the card and the notice", h.stats().Dead, 2)
	})
	t.Run("not in the lane that failed, also when it is the only one", func(t *testing.T) {
		h := onSQLite(t)
		h.Settings.Roles = map[policy.Role][]handlers.Holder{}
		h.chat.refuse = refusing("Send", triage.String(), gone())
		h.report(maja, nil)
		h.settle()
		same(t, "dead letters", h.stats().Dead, 1)
	})
}

func TestRefusalsThatPass(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.report(maja, nil)
		d := h.first(triage)
		try := func(last bool, with *bot.SendError) error {
			h.chat.refuse = refusing("Send", triage.String(), with)
			asked, err := h.Deliver(t.Context(), d.ID, last)
			if !asked {
				t.Error("the platform was not asked")
			}
			return err
		}
		var refused *bot.SendError
		if err := try(false, limited()); !errors.As(err, &refused) || refused.Wait != 30*time.Second {
			t.Errorf("rate-limited: error is %v, want one that says how long to wait", err)
		}
		if err := try(true, limited()); !errors.As(err, &refused) || refused.Wait == 0 {
			t.Errorf("rate-limited at the last attempt: error is %v, want to wait all the same", err)
		}
		if err := try(false, broken()); !errors.As(err, &refused) || refused.Wait != 0 || refused.Permanent {
			t.Errorf("broken: error is %v, want it as it is", err)
		}
		now := h.delivery(d.ID)
		same(t, "attempts, last error, dead", []any{now.Attempts, now.LastError, now.DeadAt == nil}, []any{3, "internal_error", true})

		h.chat.refuse = nil
		if _, err := h.Deliver(t.Context(), d.ID, false); err != nil {
			t.Fatal(err)
		}
		same(t, "the attempt that succeeds says that it is not the first", h.chat.to(triage)[0].Retry, true)
	})
}

func TestCardThatAnEarlierAttemptPostedIsBroughtUpToDate(t *testing.T) {
	h := onSQLite(t)
	incident := h.report(maja, nil)
	d := h.first(triage)
	h.chat.refuse = refusing("Answer", triage.String(), broken())
	if _, err := h.Deliver(t.Context(), d.ID, false); err == nil {
		t.Fatal("the lost answer was not noticed")
	}
	h.chat.refuse = nil
	h.press(karin, "acknowledge", incident.Ref)
	if _, err := h.Deliver(t.Context(), d.ID, false); err != nil {
		t.Fatal(err)
	}
	cards := h.chat.to(triage)
	if len(cards) != 1 {
		t.Fatalf("%d cards in the channel, want the one that was posted", len(cards))
	}
	if heading := fmt.Sprint(cards[0].Message.Blocks[0]); !strings.Contains(heading, "Mottagen") {
		t.Errorf("the card says %q, want that the case was acknowledged meanwhile", heading)
	}
}

func TestLastAttemptIsADeadLetter(t *testing.T) {
	h := onSQLite(t)
	h.report(maja, nil)
	d := h.first(triage)
	h.chat.refuse = refusing("Send", triage.String(), broken())
	if _, err := h.Deliver(t.Context(), d.ID, true); err != nil {
		t.Errorf("error is %v, want none: it has ended", err)
	}
	now := h.delivery(d.ID)
	if now.DeadAt == nil || now.LastError != "internal_error" {
		t.Errorf("the delivery is %+v", now)
	}
}

func TestSurfaceThatIsNotConfigured(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Triage = append(h.Settings.Triage, handlers.TriageChannel{Address: bot.Address{Surface: "other", Channel: "2001"}})
	h.report(maja, nil)
	h.settle()
	dead, err := h.Store.DeadLetters(t.Context(), 10)
	if err != nil || len(dead) != 1 || dead[0].LastError != "surface_not_configured" {
		t.Errorf("dead letters are %+v (%v)", dead, err)
	}
}

func TestCardIsNotSentToWhoHasLostTheRole(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.Settings.Roles[policy.CISO] = []handlers.Holder{{Accounts: map[string]string{"chat": omar.ID}}}
	h.settle()
	same(t, "messages to who was CISO", len(h.chat.to(direct(karin))), 0)
	if d := h.first(direct(karin)); d.SkippedAt == nil {
		t.Errorf("the delivery is %+v, want it skipped", d)
	}
	h.Settings.Roles[policy.SecurityChief] = nil
	stop := h.report(maja, bot.Values{"stop": {"yes"}})
	h.Settings.Roles[policy.CISO] = []handlers.Holder{{Accounts: map[string]string{"chat": karin.ID}}}
	h.Settings.Roles[policy.DeputyCISO] = nil
	h.settle()
	same(t, "messages to who was CISO when the stop question was answered", len(h.chat.to(direct(omar))), 0)
	if c.ID == stop.ID {
		t.Error("there is only one case")
	}
}

func TestHolderKnownByEmailIsLookedUpOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.Settings.Roles[policy.CISO] = []handlers.Holder{{Email: "karin@example.org"}}
		first := h.report(maja, nil)
		h.settle()
		lookups := h.chat.lookups
		h.report(maja, nil)
		h.settle()
		same(t, "cards", len(h.chat.to(direct(karin))), 2)
		same(t, "further look-ups", h.chat.lookups-lookups, 0)
		h.press(karin, "acknowledge", first.Ref) // and she is recognised by it
		same(t, "status", h.now(first).Status, store.Acknowledged)
		h.settle()
		same(t, "edits of her first card", h.chat.to(direct(karin))[0].Edits, 1)
	})
}

func TestHolderWhomNobodyKnows(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Roles[policy.CISO] = []handlers.Holder{{Email: "ingen@example.org"}}
	h.report(maja, nil)
	h.settle()
	dead, err := h.Store.DeadLetters(t.Context(), 10)
	if err != nil || len(dead) != 1 || dead[0].LastError != "users_not_found" {
		t.Errorf("dead letters are %+v (%v)", dead, err)
	}
	if posts := h.chat.to(triage); len(posts) != 2 {
		t.Errorf("the channel has %d messages, want the card and the notice", len(posts))
	}
}

func TestMessagesAreInTheRecipientsLanguage(t *testing.T) {
	h := onSQLite(t)
	for _, who := range []bot.Actor{karin, maja} {
		p := h.chat.people[who.ID]
		p.Language = "en"
		h.chat.people[who.ID] = p
	}
	if err := h.IdentifyRoles(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := h.report(maja, nil)
	h.settle()
	h.press(karin, "acknowledge", c.Ref)
	h.settle()
	card, channel, news := h.chat.to(direct(karin))[0], h.chat.to(triage)[0], h.chat.to(direct(maja))
	if got := text(&card.Message); !strings.Contains(got, h.Texts.T("en", "card.severity")) {
		t.Errorf("the CISO's card is not in English:\n%s", got)
	}
	if got := text(&channel.Message); !strings.Contains(got, h.Texts.T("sv", "card.severity")) {
		t.Errorf("the channel's card is not in Swedish:\n%s", got)
	}
	// The reporter was identified between report and news.
	if got := text(&news[1].Message); !strings.Contains(got, "Karin Holm has taken") {
		t.Errorf("the news is not in English:\n%s", got)
	}
}

func TestLanesKeepTheirOrder(t *testing.T) {
	h := onSQLite(t)
	for range 5 {
		h.report(maja, nil)
	}
	jobs := h.take()
	lanes := map[string]int{}
	for _, j := range jobs {
		if j.Kind == handlers.DeliverJob {
			lanes[h.delivery(j.ID).Lane]++
		}
	}
	for lane, n := range lanes {
		if n != 1 {
			t.Errorf("%d jobs for %s: the order is left to chance", n, lane)
		}
	}
	h.mu.Lock()
	h.jobs = jobs
	h.mu.Unlock()
	h.settle()
	for _, to := range []bot.Address{triage, direct(karin), direct(maja)} {
		posts := h.chat.to(to)
		if len(posts) != 5 {
			t.Fatalf("%s has %d messages", to, len(posts))
		}
		for i, p := range posts {
			if number := fmt.Sprintf("INC-2026-%04d", i+1); !strings.Contains(p.Message.Summary, number) {
				t.Errorf("message %d in %s is about %q", i+1, to, p.Message.Summary)
			}
		}
	}
}

func TestDelayedCardSaysSo(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.clock.advance(17 * time.Minute)
	h.settle()
	if got := text(&h.chat.to(triage)[0].Message); !strings.Contains(got, "17 minuter försenat") {
		t.Errorf("it does not:\n%s", got)
	}
	h.press(karin, "acknowledge", c.Ref)
	h.settle()
	if got := text(&h.chat.to(triage)[0].Message); strings.Contains(got, "försenat") {
		t.Errorf("it still does when somebody has seen it:\n%s", got)
	}
}

func TestNewsOfAnAcknowledgedCaseIsSkippedWhenItIsClosed(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.settle()
	h.press(karin, "acknowledge", c.Ref)
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	h.settle()
	posts := h.chat.to(direct(maja))
	if len(posts) != 2 || !strings.Contains(posts[1].Message.Summary, "avslutad") {
		t.Errorf("the reporter has %d messages, want the receipt and that it is closed", len(posts))
	}
}

func TestConfidentialChannelHasTheWords(t *testing.T) {
	h := onSQLite(t)
	h.Settings.Triage[0].Confidential = true
	h.report(maja, nil)
	h.settle()
	if got := text(&h.chat.to(triage)[0].Message); !strings.Contains(got, lost) {
		t.Errorf("the channel has not:\n%s", got)
	}
	if got := text(&h.chat.to(direct(karin))[0].Message); strings.Contains(got, lost) {
		t.Errorf("the direct message has too:\n%s", got)
	}
}

func TestAttachmentsAreHandedOn(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		h.chat.files = map[string][]byte{"F1": []byte("PNG")}
		c := h.report(maja, nil, bot.File{ID: "F1", Name: "bild.png", Size: 3}, bot.File{ID: "F2", Name: "film.mp4", Size: 5000})
		if got := buttons(*h.press(karin, "show", c.Ref).Message); len(got) != 0 {
			t.Errorf("what is not fetched can be had: %v", got)
		}
		h.settle()
		same(t, "buttons beside the words", buttons(*h.press(karin, "show", c.Ref).Message), []string{"attachments"})
		ask := bot.Request{Kind: bot.Press, Actor: omar, Name: "attachments", Subject: c.Ref, Key: "once"}
		h.ask(ask)
		h.ask(ask)
		h.settle()
		same(t, "files handed on", h.chat.sent, []file{{direct(omar), c.Number + " bild.png", "", "PNG"}})
		events := h.events("incident.attachments_sent")
		if len(events) != 1 || events[0].Actor != "chat:U0OMAR" || events[0].Subject != c.Number {
			t.Errorf("the audit chain says %+v", events)
		}
		h.press(omar, "attachments", c.Ref)
		h.Settings.Roles[policy.DeputyCISO] = nil
		h.settle()
		same(t, "files handed on when the role is lost meanwhile", len(h.chat.sent), 1)
	})
}
