package discord_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tyreso.se/incidentbot/workspace/discord"
)

const guildChannels = "/guilds/" + discord.GuildID + "/channels"

// roomFor is a channel that Anna and the bot see.
func roomFor(name string) object {
	sees := discord.ViewChannel.String()
	return object{"name": name, "type": 0, "permission_overwrites": []object{
		{"id": discord.GuildID, "type": 0, "deny": sees}, {"id": discord.BotUserID, "type": 1, "allow": sees}, {"id": anna, "type": 1, "allow": sees},
	}}
}

func overwriting(o object) object { return object{"name": "rum", "permission_overwrites": []object{o}} }

func TestChannelsAreMadeAndChangedByTheRules(t *testing.T) {
	const all = discord.DefaultBotPermissions
	made := func(s *server) string { return "/channels/" + s.call("POST", guildChannels, roomFor("rum")).id() }
	nowhere := func(*server) string { return guildChannels }
	for name, c := range map[string]struct {
		method  string
		path    func(s *server) string
		body    object
		without discord.Permissions
		code    int // 0: it is done
	}{
		"make":                         {"POST", nowhere, roomFor("rum"), 0, 0},
		"make one without a name":      {"POST", nowhere, object{"type": 0}, 0, 50035},
		"make one with a long name":    {"POST", nowhere, object{"name": strings.Repeat("a", 101)}, 0, 50035},
		"make one of another type":     {"POST", nowhere, object{"name": "rum", "type": 2}, 0, 50035},
		"make without leave":           {"POST", nowhere, object{"name": "rum"}, discord.ManageChannels, 50013},
		"make without managing roles":  {"POST", nowhere, roomFor("rum"), discord.ManageRoles, 0},
		"make in another guild":        {"POST", func(*server) string { return "/guilds/7/channels" }, roomFor("rum"), 0, 10004},
		"allow what the bot may not":   {"POST", nowhere, overwriting(object{"id": anna, "type": 1, "allow": discord.ManageMessages.String()}), 0, 50013},
		"deny what the bot may not":    {"POST", nowhere, overwriting(object{"id": anna, "type": 1, "deny": discord.ManageMessages.String()}), 0, 50013},
		"allow to manage roles":        {"POST", nowhere, overwriting(object{"id": anna, "type": 1, "allow": discord.ManageRoles.String()}), 0, 50013},
		"allow a stranger":             {"POST", nowhere, overwriting(object{"id": "404", "type": 1, "allow": "1024"}), 0, 50035},
		"allow a role that is not":     {"POST", nowhere, overwriting(object{"id": "404", "type": 0, "allow": "1024"}), 0, 50035},
		"allow what are no bits":       {"POST", nowhere, overwriting(object{"id": anna, "type": 1, "allow": "all"}), 0, 50035},
		"change":                       {"PATCH", made, object{"name": "Nytt namn", "topic": "om"}, 0, 0},
		"change the overwrites":        {"PATCH", made, object{"permission_overwrites": roomFor("rum")["permission_overwrites"]}, 0, 0},
		"change without leave":         {"PATCH", made, object{"name": "nytt"}, discord.ManageChannels, 50013},
		"overwrite without leave":      {"PATCH", made, object{"permission_overwrites": []object{}}, discord.ManageRoles, 50013},
		"change what is not there":     {"PATCH", func(*server) string { return "/channels/404" }, object{"name": "nytt"}, 0, 10003},
		"change direct messages":       {"PATCH", func(s *server) string { return "/channels/" + s.DirectMessages(anna) }, object{"name": "nytt"}, 0, 50003},
		"change what the bot sees not": {"PATCH", func(s *server) string { return "/channels/" + s.hidden() }, object{"name": "nytt"}, 0, 50001},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{NoRateLimits: true})
			path := c.path(s)
			s.SetBotPermissions(all &^ c.without)
			if r := s.call(c.method, path, c.body); r.code() != c.code || c.code == 0 && r.status >= 300 {
				t.Errorf("%d %s, want %d", r.status, r.raw, c.code)
			}
		})
	}
}

// hidden is a channel that the bot does not see.
func (s *server) hidden() string {
	return s.AddChannel(discord.Channel{Name: "hemlig", Overwrites: []discord.Overwrite{{ID: discord.GuildID, Deny: discord.ViewChannel}}})
}

func TestPrivateChannelIsForItsMembers(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	c, _ := s.connect()
	r := s.call("POST", guildChannels, roomFor("INC 2026 0042"))
	id := r.id()
	if r.body["name"] != "inc-2026-0042" || r.status != http.StatusCreated {
		t.Errorf("it was made as %s", r.raw)
	}
	if e := c.read(); e.T != "CHANNEL_CREATE" || e.data(t)["id"] != id {
		t.Errorf("the bot hears %+v", e)
	}
	s.call("POST", "/channels/"+id+"/messages", silent(object{"content": "Bara för oss"}))
	if got := s.Members(id); !slices.Equal(got, []string{anna}) {
		t.Errorf("it is seen by %q", got)
	}
	if seen := s.page(anna, id); !strings.Contains(seen, "inc-2026-0042") || !strings.Contains(seen, "Bara för oss") {
		t.Errorf("a member sees %s", seen)
	}
	if seen := s.page(bertil, id); strings.Contains(seen, "inc-2026-0042") || strings.Contains(seen, "Bara för oss") {
		t.Errorf("another sees %s", seen)
	}
	if _, err := s.Say(bertil, id, "Hej"); err == nil {
		t.Error("another speaks there")
	}
	if _, err := s.Say(anna, id, "Hej"); err != nil {
		t.Error(err)
	}
	s.call("PATCH", "/channels/"+id, object{"permission_overwrites": []object{
		{"id": discord.GuildID, "type": 0, "deny": (discord.ViewChannel | discord.SendMessages).String()},
		{"id": discord.BotUserID, "type": 1, "allow": discord.ViewChannel.String()},
		{"id": anna, "type": 1, "allow": discord.ViewChannel.String()},
	}})
	if e := c.read(); e.T != "CHANNEL_UPDATE" {
		t.Errorf("the bot hears %+v", e)
	}
	if _, err := s.Say(anna, id, "Är någon kvar?"); err == nil {
		t.Error("a member speaks in it when it can only be read")
	}
	if seen := s.page(anna, id); !strings.Contains(seen, "Bara för oss") {
		t.Errorf("then a member sees %s", seen)
	}
}

func TestGuildHasRoomForFiveHundredChannels(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	for n := range 499 {
		s.AddChannel(discord.Channel{Name: "kanal-" + strconv.Itoa(n)})
	}
	if r := s.call("POST", guildChannels, roomFor("en-till")); r.code() != 30013 {
		t.Errorf("the 501st is answered %d %s", r.status, r.raw)
	}
}

// page is what a person sees on the page with a channel open.
func (s *server) page(user, channel string) string {
	s.t.Helper()
	return string(s.send("GET", "/page/state?user="+user+"&channel="+channel, "", nil, nil).raw)
}
