package discord_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/discord"
	workspace "tyreso.se/incidentbot/workspace/discord"
)

const (
	anna   = "301"
	bertil = "302"
)

// roomServer is a server with Anna and Bertil and a third, and a room that is asked for.
func roomServer(t *testing.T, change func(*discord.Options)) (*workspace.Workspace, *discord.Surface, bot.Room) {
	t.Helper()
	w, address := server(t, workspace.Options{NoRateLimits: true})
	for id, name := range map[string]string{anna: "anna", bertil: "bertil", "303": "cilla"} {
		w.AddUser(workspace.User{ID: id, Name: name})
	}
	room := bot.Room{Name: "inc-2026-0042", Members: []string{anna, bertil}, Since: time.Now()}
	return w, newSurface(t, address+"/api", inWorkspace(w, change)), room
}

// channels are the channels that have a name.
func channels(w *workspace.Workspace, name string) []workspace.Channel {
	return slices.DeleteFunc(w.Channels(), func(c workspace.Channel) bool { return c.Name != name })
}

func code(err error) (string, bool) {
	refused, _ := errors.AsType[*bot.SendError](err)
	if refused == nil {
		return "", false
	}
	return refused.Code, refused.Permanent
}

func TestOpenRoom(t *testing.T) {
	open := func(t *testing.T, s *discord.Surface, room bot.Room) string {
		t.Helper()
		id, err := s.OpenRoom(t.Context(), room)
		if err != nil || id == "" {
			t.Fatalf("opening: %q, %v", id, err)
		}
		return id
	}
	t.Run("is seen by its members and the bot and nobody else", func(t *testing.T) {
		w, s, room := roomServer(t, nil)
		room.Members = append(room.Members, "404") // who is not there
		id := open(t, s, room)
		members := w.Members(id)
		slices.Sort(members)
		equal(t, "who sees it", members, []string{anna, bertil})
		_, err := s.Send(t.Context(), bot.Address{Surface: "discord", Channel: id}, bot.Message{Summary: "Hej"}, "k", false)
		if err != nil {
			t.Errorf("the bot cannot write there: %v", err)
		}
		equal(t, "topic", channels(w, room.Name)[0].Topic, "")
		equal(t, "problems", w.Problems(), []string(nil))
	})
	t.Run("is found again when its answer was lost", func(t *testing.T) {
		w, s, room := roomServer(t, nil)
		end := w.Faults().Add(workspace.Fault{Route: "POST /guilds/{guild}/channels", Broken: 1, AfterDoing: true})
		if _, err := s.OpenRoom(t.Context(), room); err == nil {
			t.Fatal("the answer came")
		}
		end()
		open(t, s, room)
		equal(t, "channels of the name", len(channels(w, room.Name)), 1)
	})
	t.Run("leaves another's channel of its name alone", func(t *testing.T) {
		for name, overwrites := range map[string][]workspace.Overwrite{
			"one for all": nil,
			"one that lets in another": {
				{ID: workspace.GuildID, Deny: workspace.ViewChannel}, {ID: workspace.BotUserID, Member: true, Allow: workspace.ViewChannel},
				{ID: anna, Member: true, Allow: workspace.ViewChannel}, {ID: "303", Member: true, Allow: workspace.ViewChannel},
			},
		} {
			w, s, room := roomServer(t, nil)
			w.AddChannel(workspace.Channel{Name: room.Name, Overwrites: overwrites})
			id := open(t, s, room)
			if found := channels(w, room.Name+"-2"); len(found) != 1 || found[0].ID != id {
				t.Errorf("beside %s it is %s", name, id)
			}
		}
	})
	t.Run("leaves a room of another day alone", func(t *testing.T) {
		_, s, room := roomServer(t, nil)
		first := open(t, s, room)
		room.Since = room.Since.Add(time.Hour)
		if open(t, s, room) == first {
			t.Error("it is taken for today's")
		}
	})
	t.Run("is refused", func(t *testing.T) {
		for want, spoil := range map[string]func(w *workspace.Workspace, o *discord.Options){
			"no_guild": func(_ *workspace.Workspace, o *discord.Options) { o.GuildID = "" },
			"missing_permissions": func(w *workspace.Workspace, _ *discord.Options) {
				w.SetBotPermissions(workspace.DefaultBotPermissions &^ workspace.ManageChannels)
			},
			"too_many_channels": func(w *workspace.Workspace, _ *discord.Options) {
				for n := range 500 {
					w.AddChannel(workspace.Channel{Name: "kanal-" + strconv.Itoa(n)})
				}
			},
		} {
			w, address := server(t, workspace.Options{NoRateLimits: true})
			s := newSurface(t, address+"/api", inWorkspace(w, func(o *discord.Options) { spoil(w, o) }))
			_, err := s.OpenRoom(t.Context(), bot.Room{Name: "inc-2026-0042", Since: time.Now()})
			if got, permanent := code(err); got != want || !permanent {
				t.Errorf("it is refused with %v, want %s", err, want)
			}
		}
	})
}

func TestClosedRoomIsReadOnly(t *testing.T) {
	w, s, room := roomServer(t, nil)
	id, err := s.OpenRoom(t.Context(), room)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.CloseRoom(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]bool{anna: true, "303": false} {
		if may := w.Can(who, id); may&workspace.ViewChannel != 0 != want || may&workspace.SendMessages != 0 {
			t.Errorf("%s may %s", who, may)
		}
	}
	w.SetBotPermissions(workspace.DefaultBotPermissions &^ workspace.ManageRoles)
	if got, permanent := code(s.CloseRoom(t.Context(), id)); got != "missing_permissions" || !permanent {
		t.Errorf("without the permission: %q", got)
	}
	equal(t, "problems", w.Problems(), []string(nil))
}
