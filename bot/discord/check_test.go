package discord_test

import (
	"context"
	"net/http/httptest"
	"testing"

	"tyreso.se/incidentbot/bot/discord"
	"tyreso.se/incidentbot/bot/surface"
	workspace "tyreso.se/incidentbot/workspace/discord"
)

// server is a workspace on an address.
func server(t *testing.T, o workspace.Options) (*workspace.Workspace, string) {
	t.Helper()
	w := workspace.New(o)
	s := httptest.NewServer(w)
	t.Cleanup(func() {
		w.Close()
		s.Close()
	})
	return w, s.URL
}

// inWorkspace are the options of a surface in a workspace.
func inWorkspace(w *workspace.Workspace, change func(*discord.Options)) func(*discord.Options) {
	return func(o *discord.Options) {
		o.BotToken, o.ApplicationID, o.GuildID = w.BotToken(), workspace.ApplicationID, workspace.GuildID
		o.Subcommands, o.Text = subcommands, words
		if change != nil {
			change(o)
		}
	}
}

// registered registers the commands of a surface.
func registered(t *testing.T, w *workspace.Workspace, s *discord.Surface) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	err := w.Until(t.Context(), func() bool { return len(w.Commands()) == 3 })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// wrong are the findings that are not right, by what was looked at.
func wrong(findings []surface.Finding) map[string]surface.Finding {
	list := map[string]surface.Finding{}
	for _, f := range findings {
		if !f.OK {
			list[f.Check] = f
		}
	}
	return list
}

func TestCheckOfWhatIsRight(t *testing.T) {
	for name, overHTTP := range map[string]bool{"over the gateway": false, "over HTTP": true} {
		t.Run(name, func(t *testing.T) {
			o := workspace.Options{}
			if overHTTP {
				o.Endpoint = "http://127.0.0.1:1/discord/interactions"
			}
			w, address := server(t, o)
			channel := w.AddChannel(workspace.Channel{Name: "incidenter"})
			person := w.AddUser(workspace.User{Name: "karin", GlobalName: "Karin", Nick: "Karin (CISO)"})
			role := w.AddRole(workspace.Role{Name: "Informationssäkerhet"})
			s := newSurface(t, address+"/api", inWorkspace(w, func(o *discord.Options) {
				if overHTTP {
					o.PublicKey = w.PublicKey()
				}
			}))
			registered(t, w, s)
			endpoint := ""
			want := []surface.Finding{
				{OK: true, Check: "token", Code: "ok", Params: map[string]string{"user": "incidentbot"}},
				{OK: true, Check: "application", Code: "ok", Params: map[string]string{"application": workspace.ApplicationID}},
			}
			if overHTTP {
				want = append(want, surface.Finding{OK: true, Check: "public_key", Code: "ok"})
				endpoint = o.Endpoint
			}
			want = append(want, []surface.Finding{
				{OK: true, Check: "endpoint", Code: "ok", Params: map[string]string{"address": endpoint}},
				{OK: true, Check: "guild", Code: "ok", Params: map[string]string{"name": "Lokal server"}},
				{OK: true, Check: "commands", Code: "ok"},
				{OK: true, Check: "channel:" + channel, Code: "ok", Params: map[string]string{"channel": channel, "name": "incidenter"}},
				{OK: true, Check: "member:" + person, Code: "ok", Params: map[string]string{"member": person, "name": "Karin (CISO)"}},
				{OK: true, Check: "role:" + role, Code: "ok", Params: map[string]string{"role": role, "name": "Informationssäkerhet"}},
			}...)
			equal(t, "findings", s.Check(t.Context(), []string{channel}, []string{person, role}), want)
			equal(t, "problems", w.Problems(), []string(nil))
		})
	}
}

func TestCheckOfWhatIsWrong(t *testing.T) {
	w, address := server(t, workspace.Options{})
	person := w.AddUser(workspace.User{Name: "borta", Outside: true})
	hidden := w.AddChannel(workspace.Channel{Name: "hemlig", Overwrites: []workspace.Overwrite{{ID: workspace.GuildID, Deny: workspace.ViewChannel}}})
	mute := w.AddChannel(workspace.Channel{Name: "tyst", Overwrites: []workspace.Overwrite{
		{ID: workspace.GuildID, Deny: workspace.SendMessages | workspace.EmbedLinks | workspace.AttachFiles},
		{ID: workspace.BotUserID, Member: true, Allow: workspace.AttachFiles},
	}})
	check := func(change func(*discord.Options), channels, people []string) map[string]surface.Finding {
		return wrong(newSurface(t, address+"/api", inWorkspace(w, change)).Check(t.Context(), channels, people))
	}
	equal(t, "the token", check(func(o *discord.Options) { o.BotToken = "another" }, []string{mute}, nil),
		map[string]surface.Finding{"token": {Check: "token", Code: "unauthorized"}})
	equal(t, "channels and people", check(nil, []string{"404", hidden, mute, w.DirectMessages(person)}, []string{person, "405"}),
		map[string]surface.Finding{
			"commands":          {Check: "commands", Code: "commands_outdated"},
			"channel:404":       {Check: "channel:404", Code: "unknown_channel", Params: map[string]string{"channel": "404"}},
			"channel:" + hidden: {Check: "channel:" + hidden, Code: "missing_access", Params: map[string]string{"channel": hidden}},
			"channel:" + mute: {Check: "channel:" + mute, Code: "missing_permissions", Params: map[string]string{
				"channel": mute, "name": "tyst", "permissions": "Send Messages, Embed Links",
			}},
			"channel:" + w.DirectMessages(person): {Check: "channel:" + w.DirectMessages(person), Code: "not_a_text_channel", Params: map[string]string{
				"channel": w.DirectMessages(person), "name": "",
			}},
			"member:" + person: {Check: "member:" + person, Code: "unknown_member", Params: map[string]string{"member": person}},
			"member:405":       {Check: "member:405", Code: "unknown_user", Params: map[string]string{"member": "405"}},
		})
	w.SetBotPermissions(workspace.DefaultBotPermissions &^ (workspace.ManageChannels | workspace.ManageRoles))
	equal(t, "the guild", check(nil, nil, nil)["guild"], surface.Finding{Check: "guild", Code: "missing_guild_permissions", Params: map[string]string{
		"name": "Lokal server", "permissions": "Manage Channels, Manage Roles",
	}})
	w.SetBotPermissions(workspace.DefaultBotPermissions)
	equal(t, "the application, its key and its endpoint", check(func(o *discord.Options) { o.ApplicationID, o.PublicKey = "7", publicKey() }, nil, nil),
		map[string]surface.Finding{
			"application": {Check: "application", Code: "other_application", Params: map[string]string{"application": workspace.ApplicationID}},
			"public_key":  {Check: "public_key", Code: "other_public_key"},
			"endpoint":    {Check: "endpoint", Code: "endpoint_missing", Params: map[string]string{"address": ""}},
			"commands":    {Check: "commands", Code: "not_authorised_for_application"},
		})
	equal(t, "another guild", check(func(o *discord.Options) { o.GuildID = "8" }, []string{mute}, nil), map[string]surface.Finding{
		"guild":           {Check: "guild", Code: "not_in_guild"},
		"commands":        {Check: "commands", Code: "missing_access"},
		"channel:" + mute: {Check: "channel:" + mute, Code: "other_guild", Params: map[string]string{"channel": mute, "name": "tyst"}},
	})
	equal(t, "commands that Discord would not take", check(func(o *discord.Options) { o.Text = func(string, string, map[string]any) string { return "" } }, nil, nil),
		map[string]surface.Finding{"commands": {Check: "commands", Code: "commands_invalid"}})
	w, address = server(t, workspace.Options{Endpoint: "http://127.0.0.1:1/x"})
	if got := check(nil, nil, nil)["endpoint"]; got.Code != "endpoint_set" {
		t.Errorf("an endpoint beside the gateway: %v", got)
	}
}

// The permissions that Check computes are those that Discord itself goes by.
func TestPermissionsAreComputedAsDiscordDoes(t *testing.T) {
	role := workspace.Role{ID: "71", Name: "tyst"}
	tests := map[string]struct {
		everyone, bots workspace.Permissions
		overwrites     []workspace.Overwrite
	}{
		"as invited":               {workspace.EveryonePermissions, workspace.DefaultBotPermissions, nil},
		"an administrator":         {0, workspace.Administrator, []workspace.Overwrite{{ID: workspace.GuildID, Deny: workspace.SendMessages}}},
		"by its role alone":        {0, workspace.DefaultBotPermissions, nil},
		"by everyone's alone":      {workspace.DefaultBotPermissions, workspace.ViewChannel, nil},
		"denied to everyone":       {workspace.EveryonePermissions, workspace.DefaultBotPermissions, []workspace.Overwrite{{ID: workspace.GuildID, Deny: workspace.EmbedLinks}}},
		"allowed again by a role":  {workspace.EveryonePermissions, workspace.DefaultBotPermissions, []workspace.Overwrite{{ID: workspace.GuildID, Deny: workspace.EmbedLinks}, {ID: "100000000000000004", Allow: workspace.EmbedLinks}}},
		"denied by a role":         {workspace.EveryonePermissions, workspace.DefaultBotPermissions, []workspace.Overwrite{{ID: "100000000000000004", Deny: workspace.AttachFiles}}},
		"denied by another's role": {workspace.EveryonePermissions, workspace.DefaultBotPermissions, []workspace.Overwrite{{ID: role.ID, Deny: workspace.AttachFiles}}},
		"denied to the bot":        {workspace.EveryonePermissions, workspace.DefaultBotPermissions, []workspace.Overwrite{{ID: workspace.BotUserID, Member: true, Deny: workspace.AttachFiles}, {ID: "100000000000000004", Allow: workspace.AttachFiles}}},
		"denied to somebody":       {workspace.EveryonePermissions, workspace.DefaultBotPermissions, []workspace.Overwrite{{ID: "72", Member: true, Deny: workspace.AttachFiles}}},
	}
	needed := map[string]workspace.Permissions{
		"View Channels": workspace.ViewChannel, "Send Messages": workspace.SendMessages, "Embed Links": workspace.EmbedLinks,
		"Attach Files": workspace.AttachFiles, "Read Message History": workspace.ReadMessageHistory,
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			w, address := server(t, workspace.Options{BotPermissions: tt.bots})
			w.AddRole(workspace.Role{ID: workspace.GuildID, Name: "@everyone", Permissions: tt.everyone})
			w.AddRole(role)
			channel := w.AddChannel(workspace.Channel{Name: "incidenter", Overwrites: tt.overwrites})
			ok := true
			for _, bit := range needed {
				ok = ok && w.Can(workspace.BotUserID, channel)&bit != 0
			}
			got, looked := wrong(newSurface(t, address+"/api", inWorkspace(w, nil)).Check(t.Context(), []string{channel}, nil))["channel:"+channel]
			if looked == ok {
				t.Errorf("Discord lets the bot: %t, but the check says %v", ok, got)
			}
		})
	}
}
