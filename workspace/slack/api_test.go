package slack_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tyreso.se/incidentbot/workspace/slack"
)

func TestCallsAreRefusedWithTheDocumentedErrors(t *testing.T) {
	type setup = func(s *server)
	long := x(40_001)
	for name, c := range map[string]struct {
		method string
		body   object
		setup  setup
		want   string
	}{
		"unknown method": {method: "chat.shout", want: "unknown_method"},
		"post":           {method: "chat.postMessage", body: object{"channel": general, "text": "a"}},
		"post nothing":   {method: "chat.postMessage", body: object{"channel": general}, want: "no_text"},
		"post too much":  {method: "chat.postMessage", body: object{"channel": general, "text": long}, want: "msg_too_long"},
		"post to nowhere": {
			method: "chat.postMessage", body: object{"channel": "C0NOWHERE", "text": "a"}, want: "channel_not_found",
		},
		"post to a person": {method: "chat.postMessage", body: object{"channel": anna, "text": "a"}},
		"post bad blocks": {
			method: "chat.postMessage", body: object{"channel": general, "blocks": []object{section("")}},
			want: "invalid_blocks",
		},
		"post blocks as text": {method: "chat.postMessage", body: object{"channel": general, "blocks": `[{"type":"divider"}]`}},
		"post with metadata": {
			method: "chat.postMessage",
			body: object{
				"channel": general, "text": "a", "metadata": object{"event_type": "card", "event_payload": object{"key": "1"}},
			},
		},
		"post with bad metadata": {
			method: "chat.postMessage", body: object{"channel": general, "text": "a", "metadata": object{"event_type": "card"}},
			want: "invalid_metadata_format",
		},
		"ephemeral to a stranger": {
			method: "chat.postEphemeral", body: object{"channel": general, "text": "a", "user": "U0NOBODY"},
			want: "user_not_found",
		},
		"update nothing": {
			method: "chat.update", body: object{"channel": general, "ts": "1.000001", "text": "a"}, want: "message_not_found",
		},
		"archived": {method: "chat.postMessage", body: object{"channel": "C0OLD", "text": "a"}, want: "is_archived",
			setup: func(s *server) { s.AddChannel(slack.Channel{ID: "C0OLD", Archived: true, BotIsMember: true}) }},
		"public, not a member": {method: "chat.postMessage", body: object{"channel": "C0OTHER", "text": "a"}, want: "not_in_channel",
			setup: func(s *server) { s.AddChannel(slack.Channel{ID: "C0OTHER"}); s.SetScopes("chat:write") }},
		"public, allowed all the same": {method: "chat.postMessage", body: object{"channel": "C0OTHER", "text": "a"},
			setup: func(s *server) { s.AddChannel(slack.Channel{ID: "C0OTHER"}) }},
		"private, not a member": {method: "chat.postMessage", body: object{"channel": "C0SECRET", "text": "a"}, want: "channel_not_found",
			setup: func(s *server) { s.AddChannel(slack.Channel{ID: "C0SECRET", Private: true, Members: []string{anna}}) }},
		"missing scope": {method: "chat.postMessage", body: object{"channel": general, "text": "a"}, want: "missing_scope",
			setup: func(s *server) { s.SetScopes("users:read") }},
		"open with a stranger": {method: "conversations.open", body: object{"users": "U0NOBODY"}, want: "user_not_found"},
		"open":                 {method: "conversations.open", body: object{"users": anna}},
		"no trigger":           {method: "views.open", body: object{"view": modal(section("a"))}, want: "invalid_arguments"},
		"made-up trigger": {
			method: "views.open", body: object{"trigger_id": "1.2.3", "view": modal(section("a"))}, want: "invalid_trigger_id",
		},
		"bad view": {
			method: "views.open", body: object{"trigger_id": "1.2.3", "view": object{"type": "modal", "blocks": []object{}}},
			want: "invalid_arguments",
		},
		"update no view": {
			method: "views.update", body: object{"view_id": "V0", "view": modal(section("a"))}, want: "not_found",
		},
		"push on nothing": {
			method: "views.push", body: object{"trigger_id": "1.2.3", "view": modal(section("a"))}, want: "invalid_trigger_id",
		},
		"home of a stranger": {
			method: "views.publish",
			body:   object{"user_id": "U0NOBODY", "view": object{"type": "home", "blocks": []object{section("a")}}},
			want:   "user_not_found",
		},
		"JSON where only forms": {method: "users.info", body: object{"user": anna}, want: "user_not_found"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, slack.Options{})
			if c.setup != nil {
				c.setup(s)
			}
			answer := s.api(c.method, c.body)
			got, _ := answer["error"].(string)
			if got != c.want || answer["ok"] != (c.want == "") {
				t.Errorf("answer %v, want error %q", answer, c.want)
			}
		})
	}
}

func TestTokensAreToldApart(t *testing.T) {
	s := newServer(t, slack.Options{})
	for name, c := range map[string]struct{ method, token, want string }{
		"none":               {"auth.test", "", "not_authed"},
		"wrong":              {"auth.test", "xoxb-wrong", "invalid_auth"},
		"app token":          {"auth.test", s.AppToken(), "not_allowed_token_type"},
		"bot token to apps.": {"apps.connections.open", s.BotToken(), "not_allowed_token_type"},
	} {
		t.Run(name, func(t *testing.T) {
			if answer, _ := s.call(c.method, c.token, object{}); answer["error"] != c.want {
				t.Errorf("answer %v, want %q", answer, c.want)
			}
		})
	}
	answer, resp := s.call("auth.test", s.BotToken(), object{})
	if answer["user_id"] != slack.BotUserID || !strings.Contains(resp.Header.Get("X-OAuth-Scopes"), "chat:write") {
		t.Errorf("auth.test answers %v with scopes %q", answer, resp.Header.Get("X-OAuth-Scopes"))
	}
}

func TestMissingScopeNamesWhatIsNeeded(t *testing.T) {
	s := newServer(t, slack.Options{Scopes: []string{"commands"}})
	answer := s.api("chat.postMessage", object{"channel": general, "text": "a"})
	if answer["needed"] != "chat:write" || answer["provided"] != "commands" {
		t.Errorf("answer %v", answer)
	}
}

func TestAnEmailAddressTakesAScopeOfItsOwn(t *testing.T) {
	s := newServer(t, slack.Options{})
	email := func() any {
		user, _ := s.form("users.info", "user="+anna+"&include_locale=true")["user"].(object)
		profile, _ := user["profile"].(object)
		return profile["email"]
	}
	if got := email(); got != "anna@example.org" {
		t.Errorf("with the scope: %v", got)
	}
	s.SetScopes("users:read")
	if got := email(); got != nil {
		t.Errorf("without the scope: %v", got)
	}
	if answer := s.form("users.lookupByEmail", "email=anna@example.org"); answer["error"] != "missing_scope" {
		t.Errorf("lookup without the scope: %v", answer)
	}
}

func TestUsersAreFoundAndPaged(t *testing.T) {
	s := newServer(t, slack.Options{})
	found, _ := s.form("users.lookupByEmail", "email=BERTIL@example.org")["user"].(object)
	if found["id"] != bertil {
		t.Errorf("found %v", found)
	}
	if answer := s.form("users.lookupByEmail", "email=nobody@example.org"); answer["error"] != "users_not_found" {
		t.Errorf("nobody: %v", answer)
	}
	seen, cursor := 0, ""
	for range 5 {
		answer := s.form("users.list", "limit=1&cursor="+cursor)
		members, _ := answer["members"].([]any)
		seen += len(members)
		meta, _ := answer["response_metadata"].(object)
		if cursor, _ = meta["next_cursor"].(string); cursor == "" {
			break
		}
	}
	if seen != 3 {
		t.Errorf("saw %d members over the pages, want two people and the bot", seen)
	}
}

func TestAMessageIsEditedKeepingWhatIsNotGiven(t *testing.T) {
	s := newServer(t, slack.Options{})
	ts := s.api("chat.postMessage", object{"channel": general, "text": "a", "blocks": []object{section("ett")},
		"metadata": object{"event_type": "card", "event_payload": object{"key": "1"}}})["ts"]
	s.api("chat.update", object{"channel": general, "ts": ts, "text": "b"})
	m := s.Messages(general)[0]
	if m.Text != "b" || m.Edits != 1 || !strings.Contains(string(m.Blocks), "ett") || !strings.Contains(string(m.Metadata), "card") {
		t.Errorf("after a text: %+v", m)
	}
	history := s.form("conversations.history", "channel="+general+"&include_all_metadata=true")
	list, _ := history["messages"].([]any)
	first, _ := list[0].(object)
	if first["metadata"] == nil || first["edited"] == nil {
		t.Errorf("history shows %v", first)
	}
	said, err := s.Say(anna, general, "hej")
	if err != nil {
		t.Fatal(err)
	}
	if answer := s.api("chat.update", object{"channel": general, "ts": said.TS, "text": "b"}); answer["error"] != "cant_update_message" {
		t.Errorf("editing a person's words: %v", answer)
	}
	s.api("chat.delete", object{"channel": general, "ts": ts})
	if answer := s.api("chat.update", object{"channel": general, "ts": ts, "text": "b"}); answer["error"] != "message_not_found" {
		t.Errorf("editing what is gone: %v", answer)
	}
}

func TestPostingIsLimitedPerChannel(t *testing.T) {
	now := newClock()
	s := newServer(t, slack.Options{Clock: now.now})
	post := func(channel string) (int, string) {
		answer, resp := s.call("chat.postMessage", s.BotToken(), object{"channel": channel, "text": "a"})
		if resp.StatusCode == http.StatusTooManyRequests && answer["error"] != "ratelimited" {
			t.Errorf("429 with %v", answer)
		}
		return resp.StatusCode, resp.Header.Get("Retry-After")
	}
	for i := range 5 {
		if status, _ := post(general); status != http.StatusOK {
			t.Fatalf("post %d of a short burst: %d", i, status)
		}
	}
	if status, wait := post(general); status != http.StatusTooManyRequests || wait != "1" {
		t.Errorf("after the burst: %d, Retry-After %q", status, wait)
	}
	if status, _ := post(anna); status != http.StatusOK {
		t.Errorf("another conversation is limited too: %d", status)
	}
	now.advance(time.Second)
	if status, _ := post(general); status != http.StatusOK {
		t.Errorf("a second later: %d", status)
	}
	if status, _ := post(general); status != http.StatusTooManyRequests {
		t.Errorf("two in that second: %d", status)
	}
}

func TestMethodsAreLimitedByTheirTier(t *testing.T) {
	now := newClock()
	s := newServer(t, slack.Options{Clock: now.now})
	for i := range 20 {
		if answer := s.form("users.list", ""); answer["ok"] != true {
			t.Fatalf("call %d: %v", i, answer)
		}
	}
	if answer := s.form("users.list", ""); answer["error"] != "ratelimited" {
		t.Errorf("call 21 in a minute of a tier 2 method: %v", answer)
	}
	now.advance(3 * time.Second)
	if answer := s.form("users.list", ""); answer["ok"] != true {
		t.Errorf("a twentieth of a minute later: %v", answer)
	}
}

func TestFaultsHappenAsAskedFor(t *testing.T) {
	s := newServer(t, slack.Options{})
	post := func() (object, *http.Response) {
		return s.call("chat.postMessage", s.BotToken(), object{"channel": general, "text": "a"})
	}
	end := s.Faults().Add(slack.Fault{Method: "chat.postMessage", Channel: general, Limited: 1, RetryAfter: 1500 * time.Millisecond})
	if _, resp := post(); resp.StatusCode != http.StatusTooManyRequests || resp.Header.Get("Retry-After") != "2" {
		t.Errorf("limited: %d, Retry-After %q", resp.StatusCode, resp.Header.Get("Retry-After"))
	}
	end()
	s.Faults().Add(slack.Fault{Broken: 1})
	if _, resp := post(); resp.StatusCode != http.StatusInternalServerError || len(s.Messages(general)) != 0 {
		t.Errorf("broken: %d with %d messages", resp.StatusCode, len(s.Messages(general)))
	}
	s.Faults().Clear()
	s.Faults().Add(slack.Fault{Broken: 1, AfterDoing: true})
	if _, resp := post(); resp.StatusCode != http.StatusInternalServerError || len(s.Messages(general)) != 1 {
		t.Errorf("broken after doing: %d with %d messages", resp.StatusCode, len(s.Messages(general)))
	}
	s.Faults().Clear()
	if answer, _ := post(); answer["ok"] != true {
		t.Errorf("without faults: %v", answer)
	}
	var statuses []int
	for _, c := range s.Calls() {
		statuses = append(statuses, c.Status)
	}
	if diff := cmp.Diff([]int{429, 500, 500, 200}, statuses); diff != "" {
		t.Errorf("the log (-want +got):\n%s", diff)
	}
}

func TestFilesAreUploadedAndFetchedWithTheToken(t *testing.T) {
	s := newServer(t, slack.Options{})
	f := s.Upload(anna, "bild på skärm.png", []byte("innehåll"))
	info, _ := s.form("files.info", "file="+f.ID)["file"].(object)
	address, _ := info["url_private_download"].(string)
	fetch := func(token string) string {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	if got := fetch(s.BotToken()); got != "innehåll" {
		t.Errorf("fetched %q from %s", got, address)
	}
	if got := fetch("xoxb-wrong"); !strings.Contains(got, "<html") {
		t.Errorf("with a wrong token: %q, want a page to sign in on", got)
	}

	if r := s.form("files.getUploadURLExternal", "filename=bild.png&length=3&alt_txt="+strings.Repeat("a", 1001)); r["error"] != "alt_txt_too_large" {
		t.Errorf("a description that is too long: %v", r)
	}
	place := s.form("files.getUploadURLExternal", "filename=rapport.csv&length=3")
	target, _ := place["upload_url"].(string)
	resp, err := http.Post(target, "application/octet-stream", bytes.NewReader([]byte("a;b")))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	done := s.api(
		"files.completeUploadExternal",
		object{"files": []object{{"id": place["file_id"], "title": "Rapport"}}, "channel_id": general},
	)
	if m := s.Messages(general); done["ok"] != true || len(m) != 1 || m[0].Files[0].Name != "Rapport" {
		t.Errorf("completing: %v, messages %+v", done, m)
	}
}

// opened is a workspace whose app keeps the latest trigger it was given.
func opened(t *testing.T, opt slack.Options) (*server, func() string) {
	t.Helper()
	s := newServer(t, opt)
	triggers := make(chan string, 10)
	s.connect().serve(func(e envelope) any {
		if id, ok := e.Payload["trigger_id"].(string); ok {
			triggers <- id
		}
		return nil
	})
	return s, func() string {
		t.Helper()
		if _, err := s.Command(t.Context(), anna, general, ""); err != nil {
			t.Fatal(err)
		}
		return <-triggers
	}
}

func TestATriggerOpensOneViewWithinThreeSeconds(t *testing.T) {
	now := newClock()
	s, trigger := opened(t, slack.Options{Clock: now.now})
	first := trigger()
	now.advance(3 * time.Second)
	if answer := s.api("views.open", object{"trigger_id": first, "view": modal(section("a"))}); answer["ok"] != true {
		t.Errorf("after three seconds: %v", answer)
	}
	if answer := s.api("views.open", object{"trigger_id": first, "view": modal(section("a"))}); answer["error"] != "exchanged_trigger_id" {
		t.Errorf("a second time: %v", answer)
	}
	late := trigger()
	now.advance(3*time.Second + time.Millisecond)
	if answer := s.api("views.open", object{"trigger_id": late, "view": modal(section("a"))}); answer["error"] != "expired_trigger_id" {
		t.Errorf("later than that: %v", answer)
	}
	s.wantProblem("used after more than 3s")
}

func TestViewsAreUpdatedByHashAndStackedThreeHigh(t *testing.T) {
	s, trigger := opened(t, slack.Options{})
	view := func(answer object) object { v, _ := answer["view"].(object); return v }
	body := modal(input("a", textInput(nil)))
	body["external_id"] = "only"
	root := view(s.api("views.open", object{"trigger_id": trigger(), "view": body}))
	if _, err := s.Input(t.Context(), anna, root["id"].(string), "a", "det jag skrev"); err != nil {
		t.Fatal(err)
	}
	updated := view(
		s.api(
			"views.update",
			object{"view_id": root["id"], "hash": root["hash"], "view": modal(section("nytt"), input("a", textInput(nil)))},
		),
	)
	if !strings.Contains(fmt.Sprint(updated["state"]), "det jag skrev") {
		t.Errorf("an update lost the answer: %v", updated["state"])
	}
	if answer := s.api("views.update", object{"view_id": root["id"], "hash": root["hash"], "view": modal(section("b"))}); answer["error"] != "hash_conflict" {
		t.Errorf("an old hash: %v", answer)
	}
	pushed := modal(section("b"))
	pushed["external_id"] = "second"
	for i := range 2 {
		if answer := s.api("views.push", object{"trigger_id": trigger(), "view": pushed}); answer["ok"] != true {
			t.Fatalf("push %d: %v", i, answer)
		}
		pushed = modal(section("c"))
	}
	if answer := s.api("views.push", object{"trigger_id": trigger(), "view": modal(section("d"))}); answer["error"] != "push_limit_reached" {
		t.Errorf("a fourth view: %v", answer)
	}
	again := modal(section("b"))
	again["external_id"] = "second"
	if answer := s.api("views.open", object{"trigger_id": trigger(), "view": again}); answer["error"] != "duplicate_external_id" {
		t.Errorf("an external id in use: %v", answer)
	}
	if n := len(s.Views(anna)); n != 3 {
		t.Errorf("%d views open, want 3", n)
	}
}

func TestAResponseURLWorksFiveTimesInHalfAnHour(t *testing.T) {
	now := newClock()
	s := newServer(t, slack.Options{Clock: now.now})
	urls := make(chan string, 2)
	s.connect().serve(func(e envelope) any {
		urls <- e.Payload["response_url"].(string)
		return nil
	})
	answer := func(url, body string) int {
		resp, err := http.Post(url, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	for range 2 {
		if _, err := s.Command(t.Context(), anna, general, ""); err != nil {
			t.Fatal(err)
		}
	}
	first, second := <-urls, <-urls
	for i := range 5 {
		if status := answer(first, `{"text":"hej"}`); status != http.StatusOK {
			t.Errorf("use %d: %d", i, status)
		}
	}
	if status := answer(first, `{"text":"hej"}`); status != http.StatusNotFound {
		t.Errorf("the sixth use: %d", status)
	}
	now.advance(30*time.Minute + time.Second)
	if status := answer(second, `{"text":"hej"}`); status != http.StatusNotFound {
		t.Errorf("after half an hour: %d", status)
	}
	if m := s.Messages(general); len(m) != 5 || m[0].Ephemeral != anna {
		t.Errorf("%d messages, want five that Anna alone sees: %+v", len(m), m)
	}
}

func TestUntilEndsWithItsContext(t *testing.T) {
	s := newServer(t, slack.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Until(ctx, func() bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
