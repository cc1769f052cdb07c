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

// serious reports a case that a room may be opened for.
func (h *house) serious(v bot.Values) store.Incident {
	h.t.Helper()
	c := h.report(maja, v)
	h.submit(karin, "severity", c.Ref, bot.Values{"severity": {"4"}, "reason": {"Det sprider sig"}})
	h.settle()
	return h.now(c)
}

// withRoom reports such a case and opens its room.
func (h *house) withRoom(v bot.Values) (store.Incident, bot.Address) {
	h.t.Helper()
	c := h.serious(v)
	h.press(karin, "room", c.Ref)
	h.settle()
	room, err := h.Store.Room(h.t.Context(), c.ID)
	if err != nil || room.Channel == "" {
		h.t.Fatalf("the room is %+v (%v)", room, err)
	}
	return c, bot.Address{Surface: "chat", Channel: room.Channel}
}

func (h *house) room(c store.Incident) store.Room {
	h.t.Helper()
	room, err := h.Store.Room(h.t.Context(), c.ID)
	if err != nil {
		h.t.Fatal(err)
	}
	return room
}

// roomOffered tells whether a case's card in the triage channel has the button, and returns the card.
func (h *house) roomOffered(c store.Incident) (string, bool) {
	h.t.Helper()
	for _, p := range h.chat.to(triage) {
		if strings.Contains(p.Message.Summary, c.Number) {
			return text(&p.Message), strings.Contains(text(&p.Message), "\nroom\n")
		}
	}
	h.t.Fatalf("%s has no card", c.Number)
	return "", false
}

func TestRoomIsOfferedForTheMostSeriousCases(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, nil)
	h.settle()
	if _, offered := h.roomOffered(c); offered {
		t.Error("it is for an ordinary case")
	}
	reply := h.press(karin, "room", c.Ref)
	if !strings.Contains(text(reply.Message), h.Texts.T("sv", "room.not_for_this", map[string]any{"Number": c.Number})) {
		t.Errorf("a button that was left is answered %q", text(reply.Message))
	}
	same(t, "rooms", len(h.chat.rooms), 0)
	c = h.serious(nil)
	if card, offered := h.roomOffered(c); !offered {
		t.Errorf("it is not for a serious one:\n%s", card)
	}
}

func TestRoomOfASecretCaseIsForThoseWhoWereDrawnIn(t *testing.T) {
	h := onSQLite(t)
	c := h.report(maja, bot.Values{"personal": {"yes"}, "text": {"Listan över alla brukare mejlades till fel adress"}})
	h.submit(karin, "secrecy", c.Ref, bot.Values{"secret": {"yes"}, "reason": {"Känsligt"}})
	h.settle()
	if card, offered := h.roomOffered(c); !offered {
		t.Fatalf("it is not offered:\n%s", card)
	}
	h.submit(karin, "involve", c.Ref, bot.Values{"roles": {"security_chief"}, "message": {"Titta"}})
	h.press(karin, "room", c.Ref)
	h.settle()
	same(t, "members", h.chat.rooms[0].Members, []string{karin.ID, omar.ID, johan.ID}) // and not Dora
	if card := text(&h.chat.to(bot.Address{Surface: "chat", Channel: h.chat.rooms[0].Channel})[1].Message); strings.Contains(card, "Felskick") {
		t.Errorf("the card there tells what it is about:\n%s", card)
	}
}

func TestRoomIsMadeForThoseWhoWorkTheCase(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.serious(bot.Values{"personal": {"yes"}, "text": {"Listan över alla brukare mejlades till fel adress"}})
		reply := h.press(omar, "room", c.Ref)
		if !strings.Contains(text(reply.Message), h.Texts.T("sv", "room.opening", map[string]any{"Number": c.Number})) {
			t.Errorf("the answer is %q", text(reply.Message))
		}
		same(t, "rooms before the commit's jobs have run", len(h.chat.rooms), 0)
		h.settle()
		if len(h.chat.rooms) != 1 {
			t.Fatalf("there are %d rooms", len(h.chat.rooms))
		}
		made := h.chat.rooms[0]
		same(t, "name", made.Name, "inc-2026-0001")
		// Dora is found by her e-mail address. Johan and Maja have no business there.
		same(t, "members", made.Members, []string{omar.ID, karin.ID, dora.ID})
		in := h.chat.to(bot.Address{Surface: "chat", Channel: made.Channel})
		if len(in) != 2 {
			t.Fatalf("there are %d messages in it", len(in))
		}
		intro, card := text(&in[0].Message), text(&in[1].Message)
		for _, key := range []string{"room.text", "room.capture", "room.small"} {
			if !strings.Contains(intro, h.Texts.T("sv", key)) {
				t.Errorf("the first message does not say %q:\n%s", key, intro)
			}
		}
		if !strings.Contains(card, c.Number) || strings.Contains(card, "brukare") || !strings.Contains(card, h.Texts.T("sv", "card.room.open")) {
			t.Errorf("the card there says:\n%s", card)
		}
		if strings.Contains(made.Name+in[0].Message.Summary, "brukare") {
			t.Error("the name or the notification tells of the case")
		}
		if card, offered := h.roomOffered(c); offered || !strings.Contains(card, h.Texts.T("sv", "card.room.open")) {
			t.Errorf("the card in the triage channel says:\n%s", card)
		}
		same(t, "audit", []int{len(h.events("incident.room_opened")), len(h.events("room.made"))}, []int{1, 1})
		same(t, "who", h.events("incident.room_opened")[0].Actor, "chat:U0OMAR")

		h.submit(karin, "category", c.Ref, bot.Values{"category": {"publishing_error"}, "aspects": {"K"}})
		h.settle()
		in = h.chat.to(bot.Address{Surface: "chat", Channel: made.Channel})
		if len(in) != 2 || !strings.Contains(text(&in[1].Message), "Felpublicering") {
			t.Errorf("after a change there stands:\n%s", text(&in[len(in)-1].Message))
		}
	})
}

func TestCaseHasOneRoom(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.serious(nil)
		h.ask(bot.Request{Kind: bot.Press, Actor: karin, Name: "room", Subject: c.Ref, Key: "twice"})
		h.ask(bot.Request{Kind: bot.Press, Actor: karin, Name: "room", Subject: c.Ref, Key: "twice"})
		reply := h.press(omar, "room", c.Ref)
		if !strings.Contains(text(reply.Message), h.Texts.T("sv", "room.there_is_one", map[string]any{"Number": c.Number})) {
			t.Errorf("the second one is answered %q", text(reply.Message))
		}
		h.settle()
		reply = h.press(omar, "room", c.Ref)
		if !strings.Contains(text(reply.Message), h.Texts.T("sv", "room.there_is_one", map[string]any{"Number": c.Number})) {
			t.Errorf("the one after it was made is answered %q", text(reply.Message))
		}
		h.settle()
		same(t, "rooms", len(h.chat.rooms), 1)
		same(t, "audit", len(h.events("incident.room_opened")), 1)
	})
}

func TestRoomWhoseAnswerWasLostIsFoundAgain(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.serious(nil)
		h.chat.refuse = refusing("AnswerRoom", "", broken())
		h.press(karin, "room", c.Ref)
		again, err := h.work()
		if len(again) != 1 || err == nil {
			t.Fatalf("%d jobs run again (%v)", len(again), err)
		}
		h.chat.refuse = nil
		if err := h.run(again[0]); err != nil {
			t.Fatal(err)
		}
		h.settle()
		h.settle()
		// And once more, as when the process died before it knew that it was done.
		var heads []int64
		h.write(func(tx *store.Tx) (err error) {
			d := store.Delivery{Lane: "chat:room:again", Surface: "chat", Kind: "open_room", IncidentID: &c.ID}
			heads, err = tx.AddDeliveries(t.Context(), []store.Delivery{d})
			return err
		})
		if err := h.run(handlers.Job{Kind: handlers.DeliverJob, ID: heads[0]}); err != nil {
			t.Fatal(err)
		}
		h.settle()
		same(t, "rooms", len(h.chat.rooms), 1)
		same(t, "messages in it", len(h.chat.to(bot.Address{Surface: "chat", Channel: "C0ROOM1"})), 2)
	})
}

func TestRoomThatCannotBeMadeIsVisible(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c := h.serious(nil)
		h.chat.refuse = refusing("OpenRoom", "", &bot.SendError{Code: "missing_scope", Permanent: true})
		h.press(karin, "room", c.Ref)
		h.settle()
		card, offered := h.roomOffered(c)
		if !offered || !strings.Contains(card, h.Texts.T("sv", "card.room.failed", map[string]any{"Code": "missing_scope"})) {
			t.Errorf("the card says:\n%s", card)
		}
		told := h.chat.to(direct(karin))
		if got := text(&told[len(told)-1].Message); !strings.Contains(got, h.Texts.T("sv", "room.failed", map[string]any{"Number": c.Number})) {
			t.Errorf("who opened it was told %q", got)
		}
		events := h.events("room.failed")
		if len(events) != 1 || events[0].Detail != `{"code":"missing_scope","surface":"chat"}` {
			t.Errorf("the audit chain says %+v", events)
		}
		same(t, "dead letters", h.stats().Dead, 1)
		h.chat.refuse = nil
		h.press(karin, "room", c.Ref)
		h.settle()
		same(t, "rooms when it is tried again", len(h.chat.rooms), 1)
	})
}

func TestRoomIsClosedWithTheCase(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c, at := h.withRoom(nil)
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		h.settle()
		if !h.chat.rooms[0].Closed || h.room(c).ClosedAt == nil {
			t.Fatalf("the room is %+v, in the register %+v", h.chat.rooms[0], h.room(c))
		}
		card := h.chat.to(at)[1]
		if got := text(&card.Message); !strings.Contains(got, "Avslutad") {
			t.Errorf("the last card in it says:\n%s", got)
		}
		edits := card.Edits
		h.submit(karin, "reopen", c.Ref, bot.Values{"reason": {"Det hände igen"}})
		h.settle()
		same(t, "edits after it was closed", card.Edits, edits)
		same(t, "messages in it", len(h.chat.to(at)), 2)
		same(t, "dead letters and pending", []int{h.stats().Dead, h.stats().Pending}, []int{0, 0})
		if card, offered := h.roomOffered(c); !offered || strings.Contains(card, h.Texts.T("sv", "card.room")+"\n") {
			t.Errorf("after the case was opened again the card says:\n%s", card)
		}
		h.press(karin, "room", c.Ref)
		h.settle()
		same(t, "rooms", len(h.chat.rooms), 2)
		same(t, "cards in the second", len(h.chat.to(bot.Address{Surface: "chat", Channel: "C0ROOM2"})), 2)
	})
}

func TestRoomIsUsedOnWhenTheCaseIsTakenUpBeforeItIsClosed(t *testing.T) {
	h := onSQLite(t)
	c, at := h.withRoom(nil)
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	h.submit(karin, "reopen", c.Ref, bot.Values{"reason": {"Det hände igen"}})
	h.settle()
	same(t, "closed", h.chat.rooms[0].Closed || h.room(c).ClosedAt != nil, false)
	if got := text(&h.chat.to(at)[1].Message); !strings.Contains(got, "Mottagen") {
		t.Errorf("the card in it says:\n%s", got)
	}
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	h.settle()
	same(t, "closed with the case", h.chat.rooms[0].Closed && h.room(c).ClosedAt != nil, true)
}

func TestRoomOfACaseThatIsClosedMeanwhile(t *testing.T) {
	t.Run("is not made", func(t *testing.T) {
		h := onSQLite(t)
		c := h.serious(nil)
		h.press(karin, "room", c.Ref)
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		h.settle()
		same(t, "rooms", len(h.chat.rooms), 0)
		same(t, "ended", h.room(c).ClosedAt != nil, true)
	})
	t.Run("is closed when it was being made", func(t *testing.T) {
		h := onSQLite(t)
		c := h.serious(nil)
		h.press(karin, "room", c.Ref)
		h.chat.refuse = func(call, _ string) error {
			if call == "AnswerRoom" { // the case is closed while the platform makes the room
				h.chat.mu.Unlock()
				defer h.chat.mu.Lock()
				h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
			}
			return nil
		}
		h.settle()
		same(t, "closed", h.chat.rooms[0].Closed && h.room(c).ClosedAt != nil, true)
	})
}

func TestRoomThatSomebodyArchivedIsNoDeadLetter(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c, at := h.withRoom(nil)
		h.chat.rooms[0].Closed = true
		h.submit(karin, "category", c.Ref, bot.Values{"category": {"theft"}, "aspects": {"K"}})
		h.settle()
		same(t, "dead letters and pending", []int{h.stats().Dead, h.stats().Pending}, []int{0, 0})
		same(t, "messages in it", len(h.chat.to(at)), 2)
		same(t, "in use", h.room(c).ClosedAt == nil, false)
		events := h.events("room.closed")
		if len(events) != 1 || !strings.Contains(events[0].Detail, `"code":"is_archived"`) {
			t.Errorf("the audit chain says %+v", events)
		}
		if _, offered := h.roomOffered(c); !offered {
			t.Error("the card offers no other")
		}
		h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
		h.settle()
		same(t, "dead letters and pending at the end", []int{h.stats().Dead, h.stats().Pending}, []int{0, 0})
	})
}

func TestCardThatIsDeletedInARoomIsPostedAnew(t *testing.T) {
	h := onSQLite(t)
	c, at := h.withRoom(nil)
	h.chat.refuse = refusing("Edit", h.chat.to(at)[1].Ref.ID, gone())
	h.submit(karin, "category", c.Ref, bot.Values{"category": {"theft"}, "aspects": {"K"}})
	h.settle()
	same(t, "messages in it", len(h.chat.to(at)), 3)
	same(t, "in use", h.room(c).ClosedAt == nil, true)
}

func TestRoomOnASurfaceWhereSomeHaveNoAccount(t *testing.T) {
	h := onSQLite(t)
	other := h.withOther()
	h.Settings.Roles[policy.CISO] = []handlers.Holder{{Accounts: map[string]string{"chat": karin.ID, "other": karinThere.ID}}}
	c := h.serious(bot.Values{"personal": {"yes"}})
	h.press(karinThere, "room", c.Ref)
	h.settle()
	same(t, "rooms here and there", []int{len(h.chat.rooms), len(other.rooms)}, []int{0, 1})
	same(t, "members", other.rooms[0].Members, []string{karinThere.ID})
}

// captured is the request for a message in a channel to be kept.
func captured(who bot.Actor, at bot.Address, id, said string, by bot.Actor) bot.Request {
	return bot.Request{Kind: bot.Shortcut, Actor: who, Name: bot.CaptureShortcut, Text: said, Said: bot.Said{
		Ref: bot.Ref{Surface: at.Surface, Channel: at.Channel, ID: id}, Author: by, At: morning().Add(3 * time.Minute).Truncate(time.Second),
	}}
}

func TestMessageIsCapturedFromARoom(t *testing.T) {
	onBoth(t, func(t *testing.T, h *house) {
		c, at := h.withRoom(bot.Values{"personal": {"yes"}})
		const said = "Servern är avstängd sedan 10.31. Gäller " + number
		reply := h.ask(captured(karin, at, "1.1", said, omar))
		if !strings.Contains(text(reply.Message), h.Texts.T("sv", "capture.saved", map[string]any{"Number": c.Number})) {
			t.Errorf("the answer is %q", text(reply.Message))
		}
		h.settle()
		notes := h.notes(c)
		if len(notes) != 1 {
			t.Fatalf("there are %d notes", len(notes))
		}
		author, err := h.Store.AccountByID(t.Context(), *notes[0].AuthorID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "kind, author, time", []any{notes[0].Kind, author.UserID, notes[0].At}, []any{"captured", omar.ID, morning().Add(3 * time.Minute).Truncate(time.Second)})
		if got := notes[0].Text; !strings.HasPrefix(got, "Servern är avstängd") || !strings.Contains(got, policy.MaskedNumber) || holdsNumber(h.everything()) {
			t.Errorf("the text is %q", got)
		}
		events := h.events("incident.captured")
		if len(events) != 1 || events[0].Actor != "chat:U0KARIN" || !strings.HasPrefix(events[0].Detail, `{"text_sha256":"`) || strings.Contains(events[0].Detail, "Servern") {
			t.Errorf("the audit chain says %+v", events)
		}
		shown := text(h.press(karin, "show", c.Ref).Message)
		if !strings.Contains(shown, "Omar Said i den privata kanalen 2026-11-23 10:33") || !strings.Contains(shown, "Servern är avstängd") {
			t.Errorf("what is shown is:\n%s", shown)
		}
		timeline := text(h.ask(bot.Request{Kind: bot.Command, Actor: karin, Text: c.Number}).Message)
		if !strings.Contains(timeline, "Karin Holm sparade ett meddelande ur den privata kanalen.") || !strings.Contains(timeline, "Karin Holm öppnade en privat kanal.") {
			t.Errorf("the timeline is:\n%s", timeline)
		}
		if mine := text(h.ask(bot.Request{Kind: bot.Command, Actor: maja, Text: "mina"}).Message); strings.Contains(mine, "Servern") {
			t.Errorf("the reporter reads:\n%s", mine)
		}
		version := h.now(c).Version
		reply = h.ask(captured(dora, at, "1.1", "Servern är avstängd, ändrat", omar)) // who may note too
		if !strings.Contains(text(reply.Message), h.Texts.T("sv", "capture.already", map[string]any{"Number": c.Number})) {
			t.Errorf("the second time the answer is %q", text(reply.Message))
		}
		same(t, "notes, events and version after the second time", []any{len(h.notes(c)), len(h.events("incident.captured")), h.now(c).Version}, []any{1, 1, version})
		h.ask(captured(omar, at, "1.2", "Backupen är hel.", karin))
		same(t, "notes after another message", len(h.notes(c)), 2)
	})
}

func TestCaptureIsRefused(t *testing.T) {
	h := onSQLite(t)
	c, at := h.withRoom(nil)
	answer := func(req bot.Request) string { return text(h.ask(req).Message) }
	if got := answer(captured(karin, triage, "1.1", "Något", omar)); !strings.Contains(got, h.Texts.T("sv", "capture.not_here")) {
		t.Errorf("in another channel it is answered %q", got)
	}
	same(t, "refusals of what is no case's", len(h.events("access.refused")), 0)
	if got := answer(captured(maja, at, "1.1", "Något", omar)); !strings.Contains(got, h.Texts.T("sv", "refused")) {
		t.Errorf("the reporter is answered %q", got)
	}
	if events := h.events("access.refused"); len(events) != 1 || events[0].Subject != c.Number || events[0].Detail != `{"action":"add_note"}` {
		t.Errorf("the audit chain says %+v", events)
	}
	if got := answer(captured(karin, at, "1.1", " \n", omar)); !strings.Contains(got, h.Texts.T("sv", "capture.empty")) {
		t.Errorf("a picture without a word is answered %q", got)
	}
	h.submit(karin, "close", c.Ref, bot.Values{"cause": {"knowledge"}})
	if got := answer(captured(karin, at, "1.1", "Något", omar)); !strings.Contains(got, h.Texts.T("sv", "already_closed", map[string]any{"Number": c.Number})) {
		t.Errorf("in a closed case it is answered %q", got)
	}
	same(t, "notes", len(h.notes(c)), 0)
}

func TestCaptureOfWhatNobodyKnownSaid(t *testing.T) {
	h := onSQLite(t)
	c, at := h.withRoom(nil)
	req := captured(karin, at, "1.1", "Larm: disk full", bot.Actor{Surface: "chat"})
	req.Said.At = time.Time{}
	h.ask(req)
	notes := h.notes(c)
	if len(notes) != 1 || notes[0].AuthorID != nil || !notes[0].At.Equal(h.clock.Now()) {
		t.Fatalf("the notes are %+v", notes)
	}
	if shown := text(h.press(karin, "show", c.Ref).Message); !strings.Contains(shown, "Någon i den privata kanalen") {
		t.Errorf("what is shown is:\n%s", shown)
	}
}

func TestReportShortcutStaysAReport(t *testing.T) {
	h := onSQLite(t)
	_, at := h.withRoom(nil)
	req := captured(karin, at, "1.1", "En usb-sticka är borta", omar)
	req.Name = bot.ReportShortcut
	reply := h.ask(req)
	if reply.Dialog == nil || reply.Dialog.ID != handlers.ReportDialog || reply.Dialog.Values.Get("text") != req.Text {
		t.Errorf("the answer is %+v", reply)
	}
}
