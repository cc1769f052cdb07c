package discord_test

import (
	"net/http"
	"testing"

	"tyreso.se/incidentbot/workspace/discord"
)

func TestPermissionsComeFromRolesAndOverwrites(t *testing.T) {
	const view, send = discord.ViewChannel, discord.SendMessages
	type overwrites = []discord.Overwrite
	for name, c := range map[string]struct {
		everyone, role discord.Permissions
		overwrites     overwrites
		want           discord.Permissions
	}{
		"the roles together":            {view, send, nil, view | send},
		"everyone denied":               {view | send, 0, overwrites{{ID: discord.GuildID, Deny: send}}, view},
		"the role allowed again":        {view | send, 0, overwrites{{ID: discord.GuildID, Deny: send}, {ID: role, Allow: send}}, view | send},
		"a role's denial":               {view | send, 0, overwrites{{ID: role, Deny: send}}, view},
		"the member before the role":    {view | send, 0, overwrites{{ID: bertil, Member: true, Allow: send}, {ID: role, Deny: send}}, view | send},
		"another member":                {view, 0, overwrites{{ID: anna, Member: true, Allow: send}}, view},
		"unseen, so nothing":            {view | send, 0, overwrites{{ID: discord.GuildID, Deny: view}}, 0},
		"administrators may everything": {0, discord.Administrator, overwrites{{ID: role, Deny: view | send}}, 1<<53 - 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			s.AddRole(discord.Role{ID: discord.GuildID, Permissions: c.everyone})
			s.AddRole(discord.Role{ID: role, Permissions: c.role})
			s.AddChannel(discord.Channel{ID: general, Overwrites: c.overwrites})
			if got := s.Can(bertil, general); got != c.want {
				t.Errorf("may %s, want %s", got, c.want)
			}
		})
	}
}

func TestTheBotDoesOnlyWhatItMay(t *testing.T) {
	const all = discord.DefaultBotPermissions
	text := silent(object{"content": "a"})
	for name, c := range map[string]struct {
		without discord.Permissions
		do      func(s *server) reply
		code    int
	}{
		"see the channel": {discord.ViewChannel, func(s *server) reply { return s.call("GET", "/channels/"+general, nil) }, 50001},
		"post unseen":     {discord.ViewChannel, func(s *server) reply { return s.call("POST", posts, text) }, 50001},
		"post":            {discord.SendMessages, func(s *server) reply { return s.call("POST", posts, text) }, 50013},
		"embed": {discord.EmbedLinks, func(s *server) reply {
			return s.call("POST", posts, silent(object{"embeds": []object{{"title": "a"}}}))
		}, 50013},
		"attach":   {discord.AttachFiles, func(s *server) reply { return s.upload("POST", posts, silent(object{}), file{"files[0]", "a", "a"}) }, 50013},
		"read one": {discord.ReadMessageHistory, func(s *server) reply { return s.call("GET", posts+"/"+s.Messages(general)[0].ID, nil) }, 50013},
		"reply": {discord.ReadMessageHistory, func(s *server) reply {
			return s.call("POST", posts, silent(object{"content": "a", "message_reference": object{"message_id": s.Messages(general)[0].ID}}))
		}, 160002},
		"post without embeds": {discord.EmbedLinks, func(s *server) reply { return s.call("POST", posts, text) }, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{BotPermissions: all})
			s.post(object{"content": "b"})
			s.AddRole(discord.Role{ID: discord.GuildID, Name: "@everyone", Permissions: discord.UseApplicationCommands})
			if r := c.do(s); r.status != http.StatusOK {
				t.Fatalf("with permission: %d %s", r.status, r.raw)
			}
			s.SetBotPermissions(all &^ c.without)
			if r := c.do(s); r.code() != c.code {
				t.Errorf("without: %d %s, want %d", r.status, r.raw, c.code)
			}
		})
	}
	t.Run("list without history", func(t *testing.T) {
		s := newServer(t, discord.Options{})
		s.post(object{"content": "b"})
		s.AddRole(discord.Role{ID: discord.GuildID, Permissions: discord.ViewChannel})
		s.SetBotPermissions(discord.ViewChannel)
		if r := s.call("GET", posts, nil); r.status != http.StatusOK || len(r.list) != 0 {
			t.Errorf("%d %s", r.status, r.raw)
		}
	})
}

func TestDirectMessagesAreTakenOrNot(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	open := s.call("POST", "/users/@me/channels", object{"recipient_id": anna})
	if open.body["type"] != 1.0 || open.id() != s.DirectMessages(anna) {
		t.Fatalf("%d %s", open.status, open.raw)
	}
	path := "/channels/" + open.id() + "/messages"
	send := func() reply { return s.call("POST", path, silent(object{"content": "Hej"})) }
	if r := send(); r.status != http.StatusOK {
		t.Errorf("%d %s", r.status, r.raw)
	}
	s.AcceptDirectMessages(anna, false)
	if r := send(); r.status != 403 || r.code() != 50007 {
		t.Errorf("refused: %d %s", r.status, r.raw)
	}
	s.AcceptDirectMessages(anna, true)
	s.AddUser(discord.User{ID: anna, Name: "anna", Outside: true})
	if r := send(); r.code() != 50007 {
		t.Errorf("no longer in the guild: %d %s", r.status, r.raw)
	}
	if s.Can(bertil, open.id()) != 0 {
		t.Error("others see the direct messages")
	}
	s.wantNoProblems()
}

func TestPeopleUseCommandsTheyMayUse(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	s.register()
	s.answering(5, nil)
	use := func(user, channel string) error {
		_, err := s.Command(t.Context(), user, channel, "incident", "report", nil)
		return err
	}
	if err := use(anna, general); err != nil {
		t.Error(err)
	}
	if use(anna, s.DirectMessages(anna)) == nil {
		t.Error("a guild command was used in direct messages")
	}
	s.AddChannel(discord.Channel{ID: general, Overwrites: []discord.Overwrite{{ID: anna, Member: true, Deny: discord.UseApplicationCommands}}})
	if use(anna, general) == nil {
		t.Error("a command was used without permission")
	}
	hidden := changed(incidentCommand(), object{"default_member_permissions": "0"})
	if r := s.call("PUT", hooks, []object{hidden}); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	if use(bertil, general) == nil {
		t.Error("a command for administrators was used")
	}
	s.AddRole(discord.Role{ID: role, Permissions: discord.Administrator})
	if err := use(bertil, general); err != nil {
		t.Error(err)
	}
	everywhere := "/applications/" + discord.ApplicationID + "/commands"
	if r := s.call("PUT", everywhere, []object{incidentCommand()}); r.status != http.StatusOK {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	if err := use(anna, s.DirectMessages(anna)); err != nil {
		t.Errorf("a global command in direct messages: %v", err)
	}
	if m := s.Messages(s.DirectMessages(anna)); len(m) != 1 || !m[0].Loading {
		t.Errorf("direct messages: %+v", m)
	}
}
