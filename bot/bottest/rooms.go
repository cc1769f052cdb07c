package bottest

import (
	"errors"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
)

// roomName is a name as it may be.
const roomName = "inc-2026-0042"

// openRoom opens a room, asked for just now.
func (s *stage) openRoom(t *testing.T, members ...string) (bot.Address, bot.Room) {
	t.Helper()
	room := bot.Room{Name: roomName, Members: members, Since: time.Now()}
	return s.openAgain(t, room), room
}

// openAgain opens a room, whether it is there or not.
func (s *stage) openAgain(t *testing.T, room bot.Room) bot.Address {
	t.Helper()
	channel, err := s.Surface().OpenRoom(t.Context(), room)
	if err != nil || channel == "" {
		t.Fatalf("opening a room: %q, %v", channel, err)
	}
	return bot.Address{Surface: s.Surface().Name(), Channel: channel}
}

// stranger is an id like the person's that nobody has.
func (s *stage) stranger() string {
	id := s.Person().ID
	return id[:len(id)-1] + "9"
}

func roomIsForItsMembers(t *testing.T, s *stage) {
	s.handler.Answer(bot.Reply{Message: &bot.Message{Summary: "Sparat", Blocks: []bot.Block{bot.Paragraph("Sparat")}}})
	// One who is not there keeps nobody out.
	room, _ := s.openRoom(t, s.stranger(), s.Person().ID)
	s.post(t, room, everyBlock("Kort"), t.Name())
	before := time.Now().Add(-time.Second).Truncate(time.Second)
	const said = "Servern är *avstängd*"
	screen, err := s.Capture(t.Context(), room, said)
	if err != nil {
		t.Fatalf("capturing what was said there: %v", err)
	}
	s.reads(t, bot.Message{Summary: "Sparat", Blocks: []bot.Block{bot.Paragraph("Sparat")}}, screen)
	asked := s.handler.Asked(bot.Shortcut)
	if len(asked) != 1 {
		t.Fatalf("the handler was asked %d times", len(asked))
	}
	got := asked[0]
	if got.Name != bot.CaptureShortcut || got.Text != said || got.Actor != s.Person() {
		t.Errorf("it came as %+v", got)
	}
	if at := got.Said.Ref; at.Surface != room.Surface || at.Channel != room.Channel || at.ID == "" {
		t.Errorf("it was said at %+v, want in %s", at, room)
	}
	if by := got.Said.Author; by.Surface != s.Person().Surface || by.ID != s.Person().ID {
		t.Errorf("it was said by %+v", by)
	}
	if at := got.Said.At; at.Before(before) || at.After(time.Now().Add(time.Second)) {
		t.Errorf("it was said %v", at)
	}
	other := s.openAgain(t, bot.Room{Name: roomName + "1", Since: time.Now()})
	if _, err := s.Capture(t.Context(), other, "Får jag vara med?"); err == nil {
		t.Error("who is not in a room speaks there")
	}
}

func roomOpenedAgain(t *testing.T, s *stage) {
	at, room := s.openRoom(t, s.Person().ID)
	if again := s.openAgain(t, room); again != at {
		t.Errorf("it is %s and %s", at, again)
	}
	room.Since = room.Since.Add(24 * time.Hour) // another one
	if another := s.openAgain(t, room); another == at {
		t.Error("a room of yesterday is taken for today's")
	}
}

func roomClosed(t *testing.T, s *stage) {
	at, room := s.openRoom(t, s.Person().ID)
	for range 2 {
		if err := s.Surface().CloseRoom(t.Context(), at.Channel); err != nil {
			t.Fatalf("closing: %v", err)
		}
	}
	if _, err := s.Capture(t.Context(), at, "Är det någon här?"); err == nil {
		t.Error("somebody speaks in it")
	}
	if again := s.openAgain(t, room); again == at {
		t.Error("it is opened again")
	}
	refused, ok := errors.AsType[*bot.SendError](s.Surface().CloseRoom(t.Context(), at.Channel+"9"))
	if !ok || !refused.Permanent {
		t.Errorf("closing what is not there is refused with %v", refused)
	}
}
