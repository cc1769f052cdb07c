package slack_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack/slacktest"
	workspace "tyreso.se/incidentbot/workspace/slack"
)

// roomStage is a workspace with Anna and Bertil, and a room that is asked for.
func roomStage(t *testing.T) (*slacktest.Stage, bot.Room) {
	t.Helper()
	s := slacktest.Open(t, slacktest.Options{
		Handler: replies(bot.Reply{}), Text: func(_, key string) string { return key }, Language: "sv", Clock: time.Now,
	})
	s.Add("U0ANNA", "anna", "")
	s.Add("U0BERTIL", "bertil", "")
	return s, bot.Room{Name: "inc-2026-0042", Members: []string{"U0ANNA", "U0BERTIL"}, Since: time.Now()}
}

// made are the channels that were made, by name.
func made(s *slacktest.Stage) map[string]workspace.Channel {
	found := map[string]workspace.Channel{}
	for _, c := range s.Workspace.Channels() {
		if c.IM == "" && c.ID != "C0ALLMANT" {
			found[c.Name] = c
		}
	}
	return found
}

func TestOpenRoom(t *testing.T) {
	t.Run("is private, and has the members and no others", func(t *testing.T) {
		s, room := roomStage(t)
		id, err := s.Surface.OpenRoom(t.Context(), room)
		if err != nil {
			t.Fatal(err)
		}
		c := made(s)["inc-2026-0042"]
		if c.ID != id || !c.Private || c.Topic != "" || !slices.Equal(c.Members, room.Members) {
			t.Errorf("it is %+v", c)
		}
	})
	t.Run("is found again when its answer was lost, and gets the members that it lacks", func(t *testing.T) {
		for _, method := range []string{"conversations.create", "conversations.invite"} {
			s, room := roomStage(t)
			end := s.Workspace.Faults().Add(workspace.Fault{Method: method, Broken: 1, AfterDoing: true})
			_, err := s.Surface.OpenRoom(t.Context(), room)
			if refused, ok := errors.AsType[*bot.SendError](err); !ok || refused.Permanent {
				t.Fatalf("with a lost answer: %v", err)
			}
			end()
			if _, err := s.Surface.OpenRoom(t.Context(), room); err != nil {
				t.Fatal(err)
			}
			all := made(s)
			if c := all["inc-2026-0042"]; len(all) != 1 || !slices.Equal(c.Members, room.Members) {
				t.Errorf("after a lost answer of %s there are %+v", method, all)
			}
		}
	})
	t.Run("leaves another's channel of its name alone", func(t *testing.T) {
		for name, other := range map[string]workspace.Channel{
			"a public one":          {BotIsMember: true, Members: []string{}},
			"one that it sees":      {Private: true, BotIsMember: true, Members: []string{"U0BERTIL"}},
			"one that it sees not":  {Private: true, Members: []string{"U0BERTIL"}},
			"an archived one":       {Private: true, BotIsMember: true, Archived: true, Members: []string{}},
			"a room of another day": {},
		} {
			s, room := roomStage(t)
			if name == "a room of another day" {
				if _, err := s.Surface.OpenRoom(t.Context(), room); err != nil {
					t.Fatal(err)
				}
				room.Since = room.Since.Add(time.Hour)
			} else {
				other.Name = room.Name
				s.Workspace.AddChannel(other)
			}
			id, err := s.Surface.OpenRoom(t.Context(), room)
			if second := made(s)["inc-2026-0042-2"]; err != nil || id == "" || second.ID != id {
				t.Errorf("beside %s: %q, %v; there are %+v", name, id, err, made(s))
			}
		}
	})
	t.Run("is asked for anew as long as somebody can mend it", func(t *testing.T) {
		s, room := roomStage(t)
		s.Workspace.Faults().Add(workspace.Fault{Method: "conversations.create", Limited: 1, RetryAfter: 7 * time.Second})
		_, err := s.Surface.OpenRoom(t.Context(), room)
		if refused, ok := errors.AsType[*bot.SendError](err); !ok || refused.Wait != 7*time.Second {
			t.Errorf("limited: %v", err)
		}
	})
	t.Run("is refused at once without the scope", func(t *testing.T) {
		s, room := roomStage(t)
		s.Workspace.SetScopes("chat:write", "groups:read")
		_, err := s.Surface.OpenRoom(t.Context(), room)
		want := &bot.SendError{Code: "missing_scope", Permanent: true}
		refused, _ := errors.AsType[*bot.SendError](err)
		if refused == nil || refused.Code != want.Code || !refused.Permanent {
			t.Errorf("without the scope: %v", err)
		}
	})
	t.Run("goes on when somebody cannot be invited", func(t *testing.T) {
		s, room := roomStage(t)
		s.Workspace.AddUser(workspace.User{ID: "U0SLUTAT", Name: "slutat", Deleted: true})
		room.Members = []string{"U0INGEN", "U0ANNA", "U0ANNA", workspace.BotUserID, "U0SLUTAT", "U0BERTIL"}
		if _, err := s.Surface.OpenRoom(t.Context(), room); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"U0ANNA", "U0BERTIL"}, made(s)["inc-2026-0042"].Members); diff != "" {
			t.Errorf("members differ (-want +got):\n%s", diff)
		}
	})
	t.Run("finds it among many", func(t *testing.T) {
		s, room := roomStage(t)
		for range 450 {
			s.Workspace.AddChannel(workspace.Channel{Name: "annat", Private: true, BotIsMember: true, Members: []string{}})
		}
		first, err := s.Surface.OpenRoom(t.Context(), room)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.Surface.OpenRoom(t.Context(), room); err != nil || again != first {
			t.Errorf("it is %q and %q, %v", first, again, err)
		}
	})
}

func TestClosedRoomIsArchived(t *testing.T) {
	s, room := roomStage(t)
	id, err := s.Surface.OpenRoom(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Surface.CloseRoom(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if !made(s)["inc-2026-0042"].Archived {
		t.Error("it is in use")
	}
	_, err = s.Surface.Send(t.Context(), bot.Address{Surface: "slack", Channel: id}, bot.Message{Summary: "Hej"}, "k", false)
	if refused, ok := errors.AsType[*bot.SendError](err); !ok || !refused.Permanent {
		t.Errorf("sending to it: %v", err)
	}
}
