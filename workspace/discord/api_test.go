package discord_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/workspace/discord"
)

func TestWhoCallsIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		path   string
		header http.Header
		status int
		code   int
	}{
		"no token":             {"/api/v10/users/@me", http.Header{"Authorization": nil}, 401, 0},
		"wrong token":          {"/api/v10/users/@me", http.Header{"Authorization": {"Bot x"}}, 401, 0},
		"no user agent":        {"/api/v10/users/@me", http.Header{"User-Agent": {"curl/8"}}, 403, 40333},
		"user agent half done": {"/api/v10/users/@me", http.Header{"User-Agent": {"DiscordBot (https://example.org)"}}, 403, 40333},
		"discontinued version": {"/api/v5/users/@me", nil, 400, 50041},
		"unknown path":         {"/api/v10/users/@me/nothing", nil, 404, 0},
		"unknown method":       {"/api/v10/users/@me/channels", nil, 405, 0},
		"bad id":               {"/api/v10/users/anna", nil, 400, 50035},
		"another application":  {"/api/v10/applications/1/commands", nil, 403, 20012},
		"version 9":            {"/api/v9/users/@me", nil, 200, 0},
		"no version":           {"/api/users/@me", nil, 200, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			r := s.send("GET", c.path, "", nil, c.header)
			if r.status != c.status || r.code() != c.code {
				t.Errorf("%d %s, want %d with code %d", r.status, r.raw, c.status, c.code)
			}
			if c.status == http.StatusOK {
				s.wantNoProblems()
			} else {
				s.wantProblem("/api/")
			}
		})
	}
}

func TestBodiesAreRead(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	for name, c := range map[string]struct {
		media, body string
		code        int
	}{
		"no JSON":                   {"application/json", "{", 50109},
		"two values":                {"application/json", "{}{}", 50109},
		"nothing":                   {"application/json", "", 50109},
		"another media type":        {"text/plain", "{}", 50035},
		"a form":                    {"application/x-www-form-urlencoded", "content=a", 50035},
		"multipart without content": {"multipart/form-data; boundary=b", "--b--\r\n", 50006},
		"an empty message":          {"application/json", `{"content":" ","allowed_mentions":{"parse":[]}}`, 50006},
	} {
		if r := s.send("POST", "/api/v10"+posts, c.media, []byte(c.body), nil); r.code() != c.code {
			t.Errorf("%s: %d %s, want code %d", name, r.status, r.raw, c.code)
		}
	}
}

func TestUnknownThingsAreNotFound(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	m := s.post(object{"content": "a"}).id()
	command := object{"name": "a", "description": "a"}
	for _, c := range []struct {
		method, path string
		body         any
		status, code int
	}{
		{"GET", "/channels/1", nil, 404, 10003},
		{"POST", "/channels/1/messages", silent(object{"content": "a"}), 404, 10003},
		{"GET", posts + "/1", nil, 404, 10008},
		{"PATCH", posts + "/1", silent(object{"content": "a"}), 404, 10008},
		{"DELETE", posts + "/1", nil, 404, 10008},
		{"GET", "/users/1", nil, 404, 10013},
		{"GET", "/guilds/1", nil, 404, 10004},
		{"GET", "/guilds/1/roles", nil, 404, 10004},
		{"GET", "/guilds/1/channels", nil, 404, 10004},
		{"GET", "/guilds/" + discord.GuildID + "/members/1", nil, 404, 10013},
		{"GET", hooks + "/1", nil, 404, 10063},
		{"PATCH", hooks + "/1", command, 404, 10063},
		{"DELETE", hooks + "/1", nil, 404, 10063},
		{"POST", "/applications/" + discord.ApplicationID + "/guilds/1/commands", command, 403, 50001},
		{"POST", "/users/@me/channels", object{"recipient_id": "1"}, 400, 50033},
		{"POST", "/users/@me/channels", object{"recipient_id": discord.BotUserID}, 403, 50007},
		{"POST", "/interactions/1/x/callback", object{"type": 5}, 404, 10062},
		{"POST", "/webhooks/" + discord.ApplicationID + "/x", silent(object{"content": "a"}), 404, 10015},
		{"PATCH", "/webhooks/1/x/messages/@original", silent(object{"content": "a"}), 404, 10015},
		{"GET", posts + "/" + m, nil, 200, 0},
	} {
		if r := s.call(c.method, c.path, c.body); r.status != c.status || r.code() != c.code {
			t.Errorf("%s %s: %d %s, want %d with %d", c.method, c.path, r.status, r.raw, c.status, c.code)
		}
	}
	calls := s.Calls()
	last := calls[len(calls)-1]
	if last.Route != "/channels/{channel}/messages/{message}" || last.Channel != general || last.Status != 200 {
		t.Errorf("the latest call is %+v", last)
	}
}

func TestMessagesAreListedInPages(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	var ids []string
	for i := range 6 {
		ids = append(ids, s.post(object{"content": strconv.Itoa(i)}).id())
	}
	for query, want := range map[string]string{
		"":                                    "5 4 3 2 1 0",
		"?limit=2":                            "5 4",
		"?limit=2&before=" + ids[3]:           "2 1",
		"?limit=2&after=" + ids[3]:            "5 4",
		"?limit=2&after=" + ids[1]:            "3 2",
		"?limit=3&around=" + ids[2]:           "3 2 1",
		"?after=0&limit=1":                    "0",
		"?limit=100&before=" + ids[0]:         "",
		"?limit=1&after=" + ids[5]:            "",
		"?limit=100&after=" + ids[4] + "9999": "",
	} {
		var got []string
		for _, m := range s.call("GET", posts+query, nil).list {
			got = append(got, m["content"].(string))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	for _, query := range []string{"?limit=0", "?limit=101", "?before=x", "?before=1&after=2"} {
		if r := s.call("GET", posts+query, nil); r.code() != 50035 {
			t.Errorf("%s: %d %s", query, r.status, r.raw)
		}
	}
}

func TestANonceIsEnforcedForAWhile(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	same := object{"content": "a", "nonce": "incident-1", "enforce_nonce": true}
	first := s.post(same)
	if second := s.post(same); first.id() != second.id() || len(s.Messages(general)) != 1 {
		t.Errorf("posted twice: %s and %s", first.id(), second.id())
	}
	if s.post(object{"content": "a", "nonce": "incident-1"}); len(s.Messages(general)) != 2 {
		t.Error("the nonce was enforced without being asked for")
	}
	now.advance(4 * time.Minute)
	if s.post(same); len(s.Messages(general)) != 3 {
		t.Error("the nonce was remembered for longer than a few minutes")
	}
	if first.body["nonce"] != "incident-1" {
		t.Errorf("nonce %v", first.body["nonce"])
	}
	if r := s.call("GET", posts+"/"+first.id(), nil); r.body["nonce"] != nil {
		t.Error("a message fetched again has its nonce, which is lost there")
	}
}

func TestMessagesAreEditedAndDeleted(t *testing.T) {
	s := newServer(t, discord.Options{})
	m := s.post(object{"content": "a", "embeds": []object{{"title": "b"}}, "components": []object{row(button("c"))}}).id()
	r := s.call("PATCH", posts+"/"+m, object{"components": []object{}, "allowed_mentions": object{"parse": []string{}}})
	if r.status != http.StatusOK || r.body["content"] != "a" || r.body["edited_timestamp"] == nil {
		t.Errorf("%d %s", r.status, r.raw)
	}
	if got := s.Messages(general)[0]; got.Components != nil || got.Embeds == nil || got.Edits != 1 {
		t.Errorf("left: %+v", got)
	}
	if r := s.call("PATCH", posts+"/"+m, silent(object{"content": nil, "embeds": nil})); r.code() != 50006 {
		t.Errorf("nothing left: %d %s", r.status, r.raw)
	}
	said, err := s.Say(anna, general, "Hej")
	if err != nil {
		t.Fatal(err)
	}
	if r := s.call("PATCH", posts+"/"+said.ID, silent(object{"content": "x"})); r.status != 403 || r.code() != 50005 {
		t.Errorf("somebody else's: %d %s", r.status, r.raw)
	}
	if r := s.call("DELETE", posts+"/"+said.ID, nil); r.code() != 50013 {
		t.Errorf("deleting somebody else's: %d %s", r.status, r.raw)
	}
	if r := s.call("DELETE", posts+"/"+m, nil); r.status != http.StatusNoContent || len(s.Messages(general)) != 1 {
		t.Errorf("deleting: %d %s", r.status, r.raw)
	}
}

func TestAReplyPointsAtItsMessage(t *testing.T) {
	s := newServer(t, discord.Options{})
	first := s.post(object{"content": "a"}).id()
	second := s.post(object{"content": "b", "message_reference": object{"message_id": first}})
	if second.body["type"] != 19.0 || second.body["message_reference"].(object)["message_id"] != first {
		t.Errorf("%s", second.raw)
	}
	wantForm(t, s.call("POST", posts, silent(object{"content": "c", "message_reference": object{"message_id": "1"}})),
		"message_reference", "REPLIES_UNKNOWN_MESSAGE")
}

func TestComponentsAreNumberedInTurn(t *testing.T) {
	s := newServer(t, discord.Options{})
	r := s.post(object{"content": "a", "components": []object{row(changed(button("a"), object{"id": 2}), button("b"))}})
	outer := r.body["components"].([]any)[0].(object)
	inner := outer["components"].([]any)
	if outer["id"] != 1.0 || inner[0].(object)["id"] != 2.0 || inner[1].(object)["id"] != 3.0 {
		t.Errorf("%s", r.raw)
	}
}

func TestFilesAreUploadedAndLinkedToForADay(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now, Path: "/discord", NoRateLimits: true})
	body := silent(object{"content": "a", "attachments": []object{{"id": 1, "description": "Rapporten"}}})
	r := s.upload("POST", posts, body, file{"files[0]", "a b.txt", "ett"}, file{"files[1]", "rapport.pdf", "två"})
	files, _ := r.body["attachments"].([]any)
	if len(files) != 2 || files[0].(object)["filename"] != "a_b.txt" || files[0].(object)["title"] != "a b" || files[1].(object)["description"] != "Rapporten" {
		t.Fatalf("%d %s", r.status, r.raw)
	}
	link := files[1].(object)["url"].(string)
	if !strings.HasPrefix(link, s.url+"/attachments/"+general+"/") {
		t.Errorf("the file is at %s", link)
	}
	get := func(link string) (int, string) {
		resp, err := http.Get(link)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		var b strings.Builder
		if err := resp.Write(&b); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, b.String()
	}
	if status, all := get(link); status != 200 || !strings.Contains(all, "två") || !strings.Contains(all, "nosniff") {
		t.Errorf("%d %s", status, all)
	}
	if status, _ := get(strings.Replace(link, "ex=", "ex=f", 1)); status != 404 {
		t.Errorf("a link with another expiry works: %d", status)
	}
	bare, _, _ := strings.Cut(link, "?")
	if status, _ := get(bare); status != 404 {
		t.Errorf("a link without signature works: %d", status)
	}
	now.advance(24 * time.Hour)
	if status, _ := get(link); status != 404 {
		t.Errorf("an old link works: %d", status)
	}
	keep := object{"attachments": []object{{"id": files[1].(object)["id"]}}}
	if r := s.call("PATCH", posts+"/"+r.id(), keep); len(r.body["attachments"].([]any)) != 1 {
		t.Errorf("keeping one: %d %s", r.status, r.raw)
	}
	s.wantNoProblems()
}

func TestFilesThatAreTooLargeOrTooManyAreRefused(t *testing.T) {
	s := newServer(t, discord.Options{})
	if r := s.upload("POST", posts, silent(object{}), file{"files[0]", "a", strings.Repeat("a", 10<<20+1)}); r.status != 413 || r.code() != 40005 {
		t.Errorf("too large: %d %s", r.status, r.raw)
	}
	if r := s.upload("POST", posts, silent(object{}), file{"files[0]", "a", strings.Repeat("a", 10<<20)}); r.status != http.StatusOK {
		t.Errorf("as large as may be: %d %s", r.status, r.raw)
	}
	var many []file
	for i := range 11 {
		many = append(many, file{fmt.Sprintf("files[%d]", i), "a", "a"})
	}
	if r := s.upload("POST", posts, silent(object{}), many...); r.code() != 30015 {
		t.Errorf("too many: %d %s", r.status, r.raw)
	}
	wantForm(t, s.upload("POST", posts, silent(object{}), file{"file", "a", "a"}), "file", "FORM_PART_UNKNOWN")
}

func TestRateLimitsAreToldInHeadersAndKept(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	s.AddChannel(discord.Channel{ID: "2002", Name: "triage"})
	for i := range 5 {
		r := s.post(object{"content": "a"})
		if got := r.header.Get("X-RateLimit-Remaining"); got != strconv.Itoa(4-i) {
			t.Errorf("remaining %s after %d", got, i+1)
		}
	}
	r := s.call("POST", posts, silent(object{"content": "a"}))
	want := map[string]string{
		"X-RateLimit-Limit": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset-After": "5.000", "X-RateLimit-Scope": "user", "Retry-After": "5",
		"X-RateLimit-Global": "",
	}
	got := map[string]string{}
	for name := range want {
		got[name] = r.header.Get(name)
	}
	if diff := cmp.Diff(want, got); diff != "" || r.status != 429 || r.body["retry_after"] != 5.0 || r.body["global"] != false {
		t.Errorf("%d %s (-want +got):\n%s", r.status, r.raw, diff)
	}
	if r := s.call("POST", "/channels/2002/messages", silent(object{"content": "a"})); r.status != http.StatusOK {
		t.Errorf("another channel: %d", r.status)
	}
	now.advance(5 * time.Second)
	if r := s.call("POST", posts, silent(object{"content": "a"})); r.status != http.StatusOK {
		t.Errorf("after five seconds: %d", r.status)
	}
}

func TestTheGlobalLimitDoesNotBindInteractions(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	limited := 0
	for i := range 60 {
		id := strconv.Itoa(9000 + i)
		s.AddChannel(discord.Channel{ID: id, Name: id})
		if r := s.call("GET", "/channels/"+id, nil); r.status == 429 && r.header.Get("X-RateLimit-Global") == "true" && r.body["global"] == true {
			limited++
		}
	}
	if limited != 10 {
		t.Errorf("%d of 60 were limited, want 10", limited)
	}
	if r := s.call("POST", "/interactions/1/x/callback", object{"type": 5}); r.status != 404 {
		t.Errorf("an interaction: %d", r.status)
	}
}

func TestManyInvalidRequestsAreAProblem(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.AddChannel(discord.Channel{ID: "2002", Overwrites: []discord.Overwrite{{ID: discord.GuildID, Deny: discord.ViewChannel}}})
	for range 999 {
		s.call("GET", "/channels/2002", nil)
	}
	s.wantNoProblems()
	s.call("GET", "/channels/2002", nil)
	s.wantProblem("1000 requests answered with 401, 403 or 429")
}

func TestFaultsStrikeWhereTheyAreAimed(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	create := "POST /channels/{channel}/messages"
	end := s.Faults().Add(discord.Fault{Route: create, Limited: 1, RetryAfter: 2 * time.Second})
	if r := s.call("POST", posts, silent(object{"content": "a"})); r.status != 429 || r.header.Get("Retry-After") != "2" || r.header.Get("X-RateLimit-Scope") != "shared" {
		t.Errorf("limited: %d %s", r.status, r.raw)
	}
	end()
	end = s.Faults().Add(discord.Fault{Route: create, Broken: 1})
	if r := s.call("POST", posts, silent(object{"content": "a"})); r.status != 500 || len(s.Messages(general)) != 0 {
		t.Errorf("broken before: %d %s", r.status, r.raw)
	}
	end()
	s.Faults().Add(discord.Fault{Route: create, Channel: general, Broken: 1, AfterDoing: true, Delay: time.Millisecond})
	if r := s.call("POST", posts, silent(object{"content": "a"})); r.status != 500 || len(s.Messages(general)) != 1 {
		t.Errorf("broken after: %d %s", r.status, r.raw)
	}
	if r := s.call("GET", posts, nil); r.status != 200 || len(r.list) != 1 {
		t.Errorf("another route: %d %s", r.status, r.raw)
	}
	s.wantNoProblems()
}

func TestTheGuildIsDescribed(t *testing.T) {
	s := newServer(t, discord.Options{Name: "Tyresö", Locale: "sv-SE", NoRateLimits: true})
	guild := "/guilds/" + discord.GuildID
	if r := s.call("GET", guild, nil); r.body["name"] != "Tyresö" || r.body["preferred_locale"] != "sv-SE" {
		t.Errorf("%s", r.raw)
	}
	if r := s.call("GET", guild+"/roles", nil); len(r.list) != 3 || r.list[0]["name"] != "@everyone" || r.list[2]["id"] != role {
		t.Errorf("%s", r.raw)
	}
	if r := s.call("GET", guild+"/channels", nil); len(r.list) != 1 || r.list[0]["id"] != general || r.list[0]["guild_id"] != discord.GuildID {
		t.Errorf("%s", r.raw)
	}
	if r := s.call("GET", guild+"/members/"+bertil, nil); r.body["user"].(object)["username"] != "bertil" || fmt.Sprint(r.body["roles"]) != "["+role+"]" {
		t.Errorf("%s", r.raw)
	}
	if r := s.call("GET", guild+"/members/search?query=ber&limit=10", nil); len(r.list) != 1 || r.list[0]["user"].(object)["id"] != bertil {
		t.Errorf("%s", r.raw)
	}
	s.AddUser(discord.User{ID: anna, Name: "anna", Outside: true})
	if r := s.call("GET", guild+"/members/"+anna, nil); r.code() != 10007 {
		t.Errorf("%s", r.raw)
	}
	r := s.call("GET", "/applications/@me", nil)
	if r.body["verify_key"] != s.PublicKey() || r.body["id"] != discord.ApplicationID {
		t.Errorf("%s", r.raw)
	}
	if me := s.call("GET", "/users/@me", nil); me.id() != discord.BotUserID || me.body["bot"] != true {
		t.Errorf("%s", me.raw)
	}
	if r := s.call("GET", "/users/"+anna, nil); r.body["username"] != "anna" {
		t.Errorf("%s", r.raw)
	}
}

func TestCommandsAreRegisteredChangedAndRemoved(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	s.register()
	first := s.Commands()
	if len(first) != 2 || first[0].Name != "incident" || first[1].Type != 3 {
		t.Fatalf("%+v", first)
	}
	s.register()
	if again := s.Commands(); again[0].ID != first[0].ID || again[0].Version == first[0].Version {
		t.Errorf("registered again: %+v", again[0])
	}
	plain := s.call("GET", hooks, nil)
	full := s.call("GET", hooks+"?with_localizations=true", nil)
	if strings.Contains(string(plain.raw), "rapportera") || !strings.Contains(string(full.raw), "rapportera") {
		t.Errorf("localisations:\n%s\n%s", plain.raw, full.raw)
	}
	if r := s.call("POST", hooks, object{"name": "incident", "description": "Annat"}); r.status != http.StatusOK || r.id() != first[0].ID {
		t.Errorf("upsert: %d %s", r.status, r.raw)
	}
	if r := s.call("POST", hooks, object{"name": "nytt", "description": "Nytt"}); r.status != http.StatusCreated {
		t.Errorf("create: %d %s", r.status, r.raw)
	}
	if r := s.call("PATCH", hooks+"/"+first[0].ID, object{"description": "Åter"}); r.body["description"] != "Åter" || r.body["name"] != "incident" {
		t.Errorf("edit: %d %s", r.status, r.raw)
	}
	if r := s.call("PATCH", hooks+"/"+first[0].ID, object{"name": "nytt"}); r.code() != 40041 {
		t.Errorf("a name that is taken: %d %s", r.status, r.raw)
	}
	if r := s.call("DELETE", hooks+"/"+first[0].ID, nil); r.status != http.StatusNoContent || len(s.Commands()) != 2 {
		t.Errorf("delete: %d %s", r.status, r.raw)
	}
	if r := s.call("PUT", hooks, []object{}); r.status != http.StatusOK || len(s.Commands()) != 0 {
		t.Errorf("none: %d %s", r.status, r.raw)
	}
	global := "/applications/" + discord.ApplicationID + "/commands"
	if r := s.call("PUT", global, []object{{"name": "incident", "description": "a", "contexts": []int{0, 1}}}); r.status != http.StatusOK {
		t.Errorf("global: %d %s", r.status, r.raw)
	}
	s.wantNoProblems()
}

func TestMentionsFireUnlessTheyAreNotAllowed(t *testing.T) {
	words := "@everyone <@1001> <@!1002> <@&3001> <@9999> @here"
	for name, c := range map[string]struct {
		allowed any
		bot     discord.Permissions
		want    []string
	}{
		"not said":                      {nil, discord.DefaultBotPermissions | discord.MentionEveryone, []string{"@everyone", "<@1001>", "<@!1002>", "<@&3001>", "@here"}},
		"none":                          {object{"parse": []string{}}, discord.DefaultBotPermissions | discord.MentionEveryone, nil},
		"users":                         {object{"parse": []string{"users"}}, discord.DefaultBotPermissions, []string{"<@1001>", "<@!1002>"}},
		"one user":                      {object{"parse": []string{}, "users": []string{anna}}, discord.DefaultBotPermissions, []string{"<@1001>"}},
		"one role":                      {object{"parse": []string{}, "roles": []string{role}}, discord.DefaultBotPermissions, []string{"<@&3001>"}},
		"everyone without that mandate": {object{"parse": []string{"everyone"}}, discord.DefaultBotPermissions, nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{BotPermissions: c.bot})
			s.AddRole(discord.Role{ID: discord.GuildID, Name: "@everyone", Permissions: discord.EveryonePermissions &^ discord.MentionEveryone})
			s.call("POST", posts, object{"content": words, "allowed_mentions": c.allowed})
			if diff := cmp.Diff(c.want, s.Messages(general)[0].Fired); diff != "" {
				t.Errorf("fired (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAddressesInContentArePreviewed(t *testing.T) {
	for name, c := range map[string]struct {
		body object
		want []string
	}{
		"bare":             {object{"content": "se https://example.org/a, HTTP://EXAMPLE.ORG"}, []string{"https://example.org/a,", "HTTP://EXAMPLE.ORG"}},
		"masked":           {object{"content": "[här](https://example.org/a)"}, []string{"https://example.org/a)"}},
		"in brackets":      {object{"content": "se <https://example.org/a>"}, nil},
		"half in brackets": {object{"content": "se <https://example.org/a"}, []string{"https://example.org/a"}},
		"suppressed":       {object{"content": "se https://example.org/a", "flags": 4}, nil},
		"in an embed":      {object{"embeds": []object{{"description": "se https://example.org/a"}}}, nil},
		"text display":     {object{"flags": 1 << 15, "components": []object{display("se https://example.org/a")}}, []string{"https://example.org/a"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			s.post(c.body)
			if diff := cmp.Diff(c.want, s.Messages(general)[0].Previews); diff != "" {
				t.Errorf("previewed (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatOthersWriteIsBlankWithoutTheIntent(t *testing.T) {
	for privileged, want := range map[discord.Intents]string{0: "[<@" + discord.BotUserID + "> Hej  ]", discord.IntentMessageContent: "[<@" + discord.BotUserID + "> Hej Hej alla ]"} {
		s := newServer(t, discord.Options{PrivilegedIntents: privileged})
		direct := s.DirectMessages(anna)
		for _, words := range []string{"Hej alla", "<@" + discord.BotUserID + "> Hej"} {
			if _, err := s.Say(anna, general, words); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Say(anna, direct, "Privat"); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range s.call("GET", posts, nil).list {
			got = append(got, m["content"].(string))
		}
		if all := fmt.Sprint(append(got, "")); all != want {
			t.Errorf("with intents %d: %q, want %q", privileged, all, want)
		}
		if list := s.call("GET", "/channels/"+direct+"/messages", nil).list; list[0]["content"] != "Privat" {
			t.Errorf("direct: %v", list)
		}
	}
}

func TestEventsOfMessagesGoToSessionsThatWantThem(t *testing.T) {
	s := newServer(t, discord.Options{})
	c := s.dial()
	c.send(2, identity(s.BotToken(), 1<<12))
	c.read()
	s.post(object{"content": "allmänt"})
	direct := s.call("POST", "/users/@me/channels", object{"recipient_id": anna}).id()
	m := s.call("POST", "/channels/"+direct+"/messages", silent(object{"content": "direkt", "nonce": "n"})).id()
	s.call("PATCH", "/channels/"+direct+"/messages/"+m, silent(object{"content": "ändrat"}))
	s.call("DELETE", "/channels/"+direct+"/messages/"+m, nil)
	var got []string
	for range 3 {
		e := c.read()
		d := e.data(t)
		got = append(got, fmt.Sprint(e.T, " ", d["content"], " ", d["nonce"]))
	}
	if diff := cmp.Diff([]string{"MESSAGE_CREATE direkt n", "MESSAGE_UPDATE ändrat <nil>", "MESSAGE_DELETE <nil> <nil>"}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

func TestSnowflakesTellTheTimeAndGrow(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	before := ""
	for range 5 {
		id := s.post(object{"content": "a"}).id()
		n, err := strconv.ParseInt(id, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		if at := time.UnixMilli(n>>22 + 1420070400000); at.Sub(now.now()).Abs() > time.Millisecond {
			t.Errorf("%s is from %s", id, at)
		}
		if len(id) == len(before) && id <= before {
			t.Errorf("%s after %s", id, before)
		}
		before = id
	}
}
