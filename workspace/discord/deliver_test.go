package discord_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/workspace/discord"
)

func TestMain(m *testing.M) {
	// Idle keep-alive connections of the tests' own HTTP client are not the workspace's.
	goleak.VerifyTestMain(m, goleak.Cleanup(func(int) { http.DefaultClient.CloseIdleConnections() }),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

func wantPersonError(t *testing.T, err error, code string) {
	t.Helper()
	var told *discord.PersonError
	if !errors.As(err, &told) || told.Code != code {
		t.Errorf("the person is told %v, want %s", err, code)
	}
}

func TestACommandWithoutAnAppFails(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	_, err := s.Command(t.Context(), anna, general, "incident", "rapportera", nil)
	wantPersonError(t, err, "not_reached")
	notices := s.Ephemerals(anna)
	if len(notices) != 1 || !notices[0].Error || notices[0].Content != "Appen svarade inte." {
		t.Fatalf("Anna sees %+v", notices)
	}
	if err := s.Dismiss(anna, notices[0].ID); err != nil || len(s.Messages(general)) != 0 {
		t.Errorf("dismissing: %v, %+v", err, s.Messages(general))
	}
}

func TestACommandArrivesAsTheDocumentationShowsAndIsAnswered(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	arrived := make(chan object, 1)
	c, _ := s.connect()
	c.serve(func(i object) {
		arrived <- i
		if r := s.answer(i, 4, silent(object{"content": "Allt är lugnt.", "flags": 64})); r.status != http.StatusNoContent {
			t.Errorf("answering: %d %s", r.status, r.raw)
		}
	})
	file := discord.Upload{CustomID: "file", Name: "skärm bild.png", Content: []byte("png")}
	seen, err := s.Command(t.Context(), anna, general, "/incident", "rapportera", map[string]string{"system": "Treserva"}, file)
	if err != nil || seen.Message == nil || seen.Message.Content != "Allt är lugnt." || seen.Message.Ephemeral != anna {
		t.Fatalf("seen %+v, %v", seen, err)
	}
	i := <-arrived
	data := i["data"].(object)
	sub := data["options"].([]any)[0].(object)
	given := sub["options"].([]any)
	attachment := given[1].(object)["value"].(string)
	got := object{
		"type": i["type"], "context": i["context"], "locale": i["locale"], "guild_locale": i["guild_locale"], "application": i["application_id"],
		"channel": i["channel_id"], "name": data["name"], "guild": data["guild_id"], "sub": sub["name"], "value": given[0].(object)["value"],
		"user": i["member"].(object)["user"].(object)["id"],
		"file": data["resolved"].(object)["attachments"].(object)[attachment].(object)["filename"],
	}
	want := object{
		"type": 2.0, "context": 0.0, "locale": "sv-SE", "guild_locale": "sv-SE", "application": discord.ApplicationID, "channel": general,
		"name": "incident", "guild": discord.GuildID, "sub": "report", "value": "Treserva", "user": anna, "file": "skärm_bild.png",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("payload (-want +got):\n%s", diff)
	}
	if i["app_permissions"] != (discord.EveryonePermissions | discord.DefaultBotPermissions).String() {
		t.Errorf("app_permissions %v", i["app_permissions"])
	}
	s.wantNoProblems()
}

func TestAnInteractionNotAcknowledgedInTimeFailsAndALateAnswerIsRefused(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	s.register()
	late := make(chan object, 1)
	c, _ := s.connect()
	c.serve(func(i object) {
		now.advance(3 * time.Second)
		late <- i
	})
	_, err := s.Command(t.Context(), anna, general, "incident", "rapportera", nil)
	wantPersonError(t, err, "no_answer")
	s.wantProblem("interaction of type 2 not acknowledged within 3s")
	if r := s.answer(<-late, 5, nil); r.status != http.StatusNotFound || r.code() != 10062 {
		t.Errorf("the late answer: %d %s", r.status, r.raw)
	}
	s.wantProblem("10062")
}

func TestASecondAcknowledgementIsRefused(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	second := make(chan reply, 1)
	c, _ := s.connect()
	c.serve(func(i object) {
		s.answer(i, 5, nil)
		second <- s.answer(i, 4, silent(object{"content": "igen"}))
	})
	if _, err := s.Command(t.Context(), anna, general, "incident", "rapportera", nil); err != nil {
		t.Fatal(err)
	}
	if r := <-second; r.status != http.StatusBadRequest || r.code() != 40060 {
		t.Errorf("the second: %d %s", r.status, r.raw)
	}
	s.wantProblem("40060")
}

func TestADeferredAnswerIsFilledInLaterAndFollowedUp(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	s.register()
	arrived := make(chan object, 1)
	c, _ := s.connect()
	c.serve(func(i object) {
		if r := s.call("PATCH", webhook(i, "/messages/@original"), silent(object{"content": "x"})); r.code() != 10015 {
			t.Errorf("before the first answer there is a webhook: %d %s", r.status, r.raw)
		}
		s.answer(i, 5, object{"flags": 64})
		arrived <- i
	})
	seen, err := s.Command(t.Context(), anna, general, "incident", "rapportera", nil)
	if err != nil || !seen.Deferred || !seen.Message.Loading || seen.Message.Ephemeral != anna {
		t.Fatalf("seen %+v, %v", seen, err)
	}
	i := <-arrived
	if r := s.call("PATCH", webhook(i, "/messages/@original"), silent(object{"content": "Klart."})); r.status != http.StatusOK {
		t.Fatalf("filling in: %d %s", r.status, r.raw)
	}
	r := s.call("POST", webhook(i, ""), silent(object{"content": "En sak till.", "flags": 64}))
	if r.status != http.StatusOK {
		t.Fatalf("following up: %d %s", r.status, r.raw)
	}
	all := s.Ephemerals(anna)
	if len(all) != 2 || all[0].Content != "Klart." || all[0].Edits != 0 || all[0].Loading || all[1].Content != "En sak till." {
		t.Fatalf("Anna sees %+v", all)
	}
	if r := s.call("PATCH", posts+"/"+all[0].ID, silent(object{"content": "x"})); r.code() != 10008 {
		t.Errorf("an ephemeral message can be edited by its channel: %d %s", r.status, r.raw)
	}
	if r := s.call("PATCH", webhook(i, "/messages/"+all[1].ID), silent(object{"content": "Ändrat."})); r.status != http.StatusOK {
		t.Errorf("editing the follow-up: %d %s", r.status, r.raw)
	}
	s.wantNoProblems()
	now.advance(15 * time.Minute)
	if r := s.call("PATCH", webhook(i, "/messages/@original"), silent(object{"content": "Sent."})); r.status != 401 || r.code() != 50027 {
		t.Errorf("after fifteen minutes: %d %s", r.status, r.raw)
	}
}

func TestADeferredAnswerThatNeverComesExpires(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now})
	s.register()
	s.answering(5, nil)
	if _, err := s.Command(t.Context(), anna, general, "incident", "rapportera", nil); err != nil {
		t.Fatal(err)
	}
	now.advance(14 * time.Minute)
	if m := s.Messages(general)[0]; m.Expired {
		t.Error("expired too early")
	}
	now.advance(time.Minute)
	if m := s.Messages(general)[0]; !m.Expired {
		t.Error("is still thinking")
	}
}

func TestEachInteractionTakesItsOwnTypesOfAnswers(t *testing.T) {
	message := silent(object{"content": "Hej"})
	dialog := modal(field(textInput("what", nil)))
	data := map[int]object{4: message, 5: nil, 6: nil, 7: message, 8: {"choices": []object{}}, 9: dialog}
	for kind, allowed := range map[string]string{
		"command": "4 5 9", "message command": "4 5 9", "component": "4 5 6 7 9", "autocomplete": "8", "modal of a command": "4 5",
		"modal of a component": "4 5 6 7",
	} {
		for _, answer := range []int{1, 4, 5, 6, 7, 8, 9, 10, 12} {
			t.Run(fmt.Sprint(kind, " ", answer), func(t *testing.T) {
				s := newServer(t, discord.Options{NoRateLimits: true})
				s.register()
				got := make(chan reply, 1)
				c, _ := s.connect()
				c.serve(func(i object) {
					if strings.HasPrefix(kind, "modal") && i["type"] != 5.0 {
						s.answer(i, 9, dialog)
						return
					}
					r := s.answer(i, answer, data[answer])
					if r.status != http.StatusNoContent {
						s.answer(i, map[bool]int{true: 8, false: 5}[i["type"] == 4.0], nil)
					}
					got <- r
				})
				m := s.post(object{"content": "a", "components": []object{row(button("b"))}})
				var err error
				var seen discord.Seen
				switch kind {
				case "autocomplete":
					_, err = s.Autocomplete(t.Context(), anna, general, "incident", "report", map[string]string{"system": "a"}, "system")
				case "command", "modal of a command":
					seen, err = s.Command(t.Context(), anna, general, "incident", "report", nil)
				case "message command":
					seen, err = s.MessageCommand(t.Context(), anna, general, m.id(), "Rapportera som incident")
				default:
					seen, err = s.Press(t.Context(), anna, m.id(), "b")
				}
				if strings.HasPrefix(kind, "modal") && err == nil {
					_, err = s.SubmitModal(t.Context(), anna, seen.Modal.ID, map[string][]string{"what": {"a"}})
				}
				if err != nil {
					t.Fatal(err)
				}
				want := http.StatusBadRequest
				if strings.Contains(" "+allowed+" ", fmt.Sprint(" ", answer, " ")) {
					want = http.StatusNoContent
				}
				if r := <-got; r.status != want {
					t.Errorf("status %d, want %d: %s", r.status, want, r.raw)
				}
			})
		}
	}
}

func TestEverySessionHearsOfAnInteractionAndTheFirstAnswerCounts(t *testing.T) {
	s := newServer(t, discord.Options{NoRateLimits: true})
	s.register()
	var first, second atomic.Int32
	statuses := make(chan int, 2)
	for _, n := range []*atomic.Int32{&first, &second} {
		c, _ := s.connect()
		c.serve(func(i object) { n.Add(1); statuses <- s.answer(i, 5, nil).status })
	}
	if s.Sessions() != 2 {
		t.Fatalf("%d sessions", s.Sessions())
	}
	if _, err := s.Command(t.Context(), anna, general, "incident", "report", nil); err != nil {
		t.Fatal(err)
	}
	got := []int{<-statuses, <-statuses}
	if first.Load() != 1 || second.Load() != 1 || got[0]+got[1] != 204+400 {
		t.Errorf("%d and %d, answered with %v", first.Load(), second.Load(), got)
	}
}

func TestADroppedSessionIsResumedWithWhatItMissed(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	c, ready := s.connect()
	s.DropSessions()
	c.closed()
	s.until("the session is without a connection", func() bool { return s.Sessions() == 0 })

	failed := make(chan error, 1)
	go func() {
		_, err := s.Command(t.Context(), anna, general, "incident", "report", nil)
		failed <- err
	}()
	again := s.dialTo(fmt.Sprint(ready["resume_gateway_url"]) + "?v=10&encoding=json")
	// The command may be used before or after this: it is told either way.
	again.send(6, object{"token": s.BotToken(), "session_id": ready["session_id"], "seq": 2})
	var names []string
	for len(names) < 2 {
		e := again.read()
		names = append(names, e.T)
		if e.T == "INTERACTION_CREATE" {
			s.answer(e.data(t), 5, nil)
		}
	}
	if err := <-failed; err != nil {
		t.Error(err)
	}
	if all := strings.Join(names, " "); !strings.Contains(all, "RESUMED") || !strings.Contains(all, "INTERACTION_CREATE") {
		t.Errorf("told of %v", names)
	}
	s.wantNoProblems()
}

func TestWhatWasMissedIsReplayedInOrder(t *testing.T) {
	s := newServer(t, discord.Options{})
	c := s.dial()
	c.send(2, identity(s.BotToken(), 1|1<<9))
	ready := c.read().data(t)
	c.read()
	s.DropSessions()
	s.until("the session is without a connection", func() bool { return s.Sessions() == 0 })
	for _, words := range []string{"ett", "två"} {
		s.post(object{"content": words})
	}
	again := s.dialTo(fmt.Sprint(ready["resume_gateway_url"]) + "?v=10&encoding=json")
	again.send(6, object{"token": s.BotToken(), "session_id": ready["session_id"], "seq": 2})
	var got []string
	for range 3 {
		e := again.read()
		got = append(got, fmt.Sprint(e.S, " ", e.T, " ", e.data(t)["content"]))
	}
	if diff := cmp.Diff([]string{"3 MESSAGE_CREATE ett", "4 MESSAGE_CREATE två", "5 RESUMED <nil>"}, got); diff != "" {
		t.Errorf("replayed (-want +got):\n%s", diff)
	}
}

func TestASessionThatIsGoneIsInvalid(t *testing.T) {
	now := newClock()
	resume := func(s *server, ready object) event {
		c := s.dial()
		c.send(6, object{"token": s.BotToken(), "session_id": ready["session_id"], "seq": 2})
		return c.read()
	}
	for name, lose := range map[string]func(s *server, c *client){
		"closed by the app with 1000": func(_ *server, c *client) { c.bye(1000) },
		"away for too long": func(s *server, _ *client) {
			s.DropSessions()
			s.until("the session is without a connection", func() bool { return s.Sessions() == 0 })
			now.advance(3 * time.Minute)
		},
		"invalidated": func(s *server, c *client) { s.InvalidateSessions(false); c.read(); c.bye(4000) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{Clock: now.now, HeartbeatInterval: time.Hour})
			c, ready := s.connect()
			lose(s, c)
			s.until("the session is gone", func() bool { return s.Sessions() == 0 })
			if e := resume(s, ready); e.Op != 9 || string(e.D) != "false" {
				t.Errorf("resuming: %+v", e)
			}
		})
	}
	t.Run("invalidated but resumable", func(t *testing.T) {
		s := newServer(t, discord.Options{Clock: now.now, HeartbeatInterval: time.Hour})
		c, ready := s.connect()
		s.InvalidateSessions(true)
		if e := c.read(); e.Op != 9 || string(e.D) != "true" {
			t.Errorf("told %+v", e)
		}
		if e := resume(s, ready); e.T != "RESUMED" {
			t.Errorf("resuming: %+v", e)
		}
	})
}

func TestTheGatewayClosesWithTheCodeThatSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(s *server, c *client)
		code int
	}{
		"wrong token":         {func(_ *server, c *client) { c.send(2, identity("nonsense", 1)) }, 4004},
		"unknown intent":      {func(s *server, c *client) { c.send(2, identity(s.BotToken(), 1<<19)) }, 4013},
		"no intents":          {func(s *server, c *client) { c.send(2, object{"token": s.BotToken()}) }, 4013},
		"privileged intent":   {func(s *server, c *client) { c.send(2, identity(s.BotToken(), 1<<15)) }, 4014},
		"identified twice":    {func(s *server, c *client) { c.send(2, identity(s.BotToken(), 0)); c.send(2, identity(s.BotToken(), 0)) }, 4005},
		"unknown opcode":      {func(_ *server, c *client) { c.send(17, nil) }, 4001},
		"not identified":      {func(_ *server, c *client) { c.send(3, object{}) }, 4003},
		"no JSON":             {func(_ *server, c *client) { c.raw("hej") }, 4002},
		"larger than allowed": {func(_ *server, c *client) { c.send(1, strings.Repeat("x", 4096)) }, 4002},
		"too many payloads": {func(_ *server, c *client) {
			for range 121 {
				c.send(1, nil)
			}
		}, 4008},
		"resumed after what never was": {func(s *server, c *client) {
			other, ready := s.connect()
			_ = other
			c.send(6, object{"token": s.BotToken(), "session_id": ready["session_id"], "seq": 99})
		}, 4007},
		"resumed with a wrong token": {func(_ *server, c *client) { c.send(6, object{"token": "x", "session_id": "x", "seq": 1}) }, 4004},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			conn := s.dial()
			c.do(s, conn)
			if got := conn.closed(); got != c.code {
				t.Errorf("closed with %d, want %d", got, c.code)
			}
		})
	}
}

func TestAVersionOfTheGatewayThatThereIsNotIsRefused(t *testing.T) {
	s := newServer(t, discord.Options{})
	address := fmt.Sprint(s.call("GET", "/gateway", nil).body["url"])
	if code := s.unread(address + "?v=5&encoding=json").closed(); code != 4012 {
		t.Errorf("closed with %d", code)
	}
}

func TestHeartbeatsAreAcknowledgedAndMissed(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now, HeartbeatInterval: 10 * time.Second})
	c, ready := s.connect()
	for range 3 {
		now.advance(10 * time.Second)
		c.send(1, 2)
		if e := c.read(); e.Op != 11 {
			t.Fatalf("a heartbeat is answered with %+v", e)
		}
	}
	s.wantNoProblems()
	now.advance(16 * time.Second)
	if code := c.closed(); code != 4009 {
		t.Errorf("closed with %d, want 4009", code)
	}
	s.until("the session is gone", func() bool { return s.Sessions() == 0 })
	s.wantProblem("no heartbeat")
	again := s.dial()
	again.send(6, object{"token": s.BotToken(), "session_id": ready["session_id"], "seq": 2})
	if e := again.read(); e.Op != 9 || string(e.D) != "false" {
		t.Errorf("resuming: %+v", e)
	}
}

func TestIdentifyingAgainTooSoonIsInvalid(t *testing.T) {
	now := newClock()
	s := newServer(t, discord.Options{Clock: now.now, HeartbeatInterval: time.Hour})
	s.connect()
	c := s.dial()
	c.send(2, identity(s.BotToken(), 0))
	if e := c.read(); e.Op != 9 {
		t.Fatalf("a second session within five seconds: %+v", e)
	}
	now.advance(5 * time.Second)
	c.send(2, identity(s.BotToken(), 0))
	if e := c.read(); e.T != "READY" {
		t.Errorf("after five seconds: %+v", e)
	}
	limit := s.call("GET", "/gateway/bot", nil).body["session_start_limit"].(object)
	if limit["remaining"] != 998.0 || limit["max_concurrency"] != 1.0 {
		t.Errorf("session_start_limit %v", limit)
	}
}

func TestAReconnectIsAskedFor(t *testing.T) {
	s := newServer(t, discord.Options{})
	c, _ := s.connect()
	s.Reconnect()
	if e := c.read(); e.Op != 7 {
		t.Errorf("told %+v", e)
	}
}

func TestFaultsOfTheGatewayDropAndRepeat(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	c, _ := s.connect()
	end := s.Faults().Add(discord.Fault{Route: discord.AtGateway, Repeat: 1})
	go func() { _, _ = s.Command(t.Context(), anna, general, "incident", "report", nil) }()
	first, second := c.read(), c.read()
	if first.data(t)["id"] != second.data(t)["id"] || first.S == second.S {
		t.Errorf("told %+v and %+v", first, second)
	}
	s.answer(first.data(t), 5, nil)
	end()
	s.Faults().Add(discord.Fault{Route: discord.AtGateway, Drop: 1})
	go func() { _, _ = s.Command(t.Context(), anna, general, "incident", "report", nil) }()
	c.closed()
}

func TestAnInteractionCanBeToldAgain(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	if s.Redeliver(t.Context()) == nil {
		t.Error("there was nothing to tell again")
	}
	ids := make(chan any, 2)
	c, _ := s.connect()
	c.serve(func(i object) {
		ids <- i["id"]
		if len(ids) == 1 {
			s.answer(i, 5, nil)
		}
	})
	if _, err := s.Command(t.Context(), anna, general, "incident", "report", nil); err != nil {
		t.Fatal(err)
	}
	first := <-ids
	if err := s.Redeliver(t.Context()); err != nil {
		t.Fatal(err)
	}
	if second := <-ids; first != second {
		t.Errorf("told of %v, then of %v", first, second)
	}
}

// app is an app behind HTTP that checks signatures as the documentation says.
func app(t *testing.T, s *server, handle func(rw http.ResponseWriter, i object)) string {
	t.Helper()
	key, err := hex.DecodeString(s.PublicKey())
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		signature, _ := hex.DecodeString(r.Header.Get("X-Signature-Ed25519"))
		if !ed25519.Verify(key, append([]byte(r.Header.Get("X-Signature-Timestamp")), body...), signature) {
			rw.WriteHeader(http.StatusUnauthorized)
			return
		}
		var i object
		if err := json.Unmarshal(body, &i); err != nil {
			t.Error(err)
		}
		rw.Header().Set("Content-Type", "application/json")
		if i["type"] == 1.0 {
			fmt.Fprint(rw, `{"type": 1}`)
			return
		}
		handle(rw, i)
	}))
	t.Cleanup(web.Close)
	return web.URL
}

func TestOverHTTPInteractionsGoToTheEndpointOnly(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	c, _ := s.connect()
	c.serve(func(object) { t.Error("the gateway was told") })
	endpoint := app(t, s, func(rw http.ResponseWriter, i object) {
		if err := json.NewEncoder(rw).Encode(object{"type": 4, "data": silent(object{"content": "Hej, " + i["member"].(object)["user"].(object)["username"].(string)})}); err != nil {
			t.Error(err)
		}
	})
	if err := s.SetEndpoint(t.Context(), endpoint); err != nil {
		t.Fatal(err)
	}
	seen, err := s.Command(t.Context(), anna, general, "incident", "report", nil)
	if err != nil || seen.Message == nil || seen.Message.Content != "Hej, anna" {
		t.Errorf("seen %+v, %v", seen, err)
	}
	s.wantNoProblems()
}

func TestOverHTTPAnswersMayComeByCallWithStatus202(t *testing.T) {
	s := newServer(t, discord.Options{})
	s.register()
	endpoint := app(t, s, func(rw http.ResponseWriter, i object) {
		s.answer(i, 4, silent(object{"content": "Hej"}))
		rw.WriteHeader(http.StatusAccepted)
	})
	if err := s.SetEndpoint(t.Context(), endpoint); err != nil {
		t.Fatal(err)
	}
	seen, err := s.Command(t.Context(), anna, general, "incident", "report", nil)
	if err != nil || seen.Message == nil {
		t.Errorf("seen %+v, %v", seen, err)
	}
	s.wantNoProblems()
}

func TestOverHTTPABadAnswerIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		answer  func(s *server, rw http.ResponseWriter, i object)
		problem string
	}{
		"status": {func(_ *server, rw http.ResponseWriter, _ object) { rw.WriteHeader(http.StatusInternalServerError) }, "HTTP status 500"},
		"body":   {func(_ *server, rw http.ResponseWriter, _ object) { fmt.Fprint(rw, `{"type": 7}`) }, "BASE_TYPE_CHOICES"},
		"media type": {func(_ *server, rw http.ResponseWriter, _ object) {
			rw.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(rw, `{"type": 5}`)
		}, "CONTENT_TYPE_INVALID"},
		"answered twice": {func(s *server, rw http.ResponseWriter, i object) {
			s.answer(i, 5, nil)
			fmt.Fprint(rw, `{"type": 5}`)
		}, "40060"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			s.register()
			endpoint := app(t, s, func(rw http.ResponseWriter, i object) { c.answer(s, rw, i) })
			if err := s.SetEndpoint(t.Context(), endpoint); err != nil {
				t.Fatal(err)
			}
			_, err := s.Command(t.Context(), anna, general, "incident", "report", nil)
			if name != "answered twice" {
				wantPersonError(t, err, "refused")
			}
			s.wantProblem(c.problem)
		})
	}
}

func TestAnEndpointIsCheckedBeforeItIsSaved(t *testing.T) {
	for name, c := range map[string]struct {
		handle http.HandlerFunc
		want   string
	}{
		"takes what is badly signed": {func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "application/json")
			fmt.Fprint(rw, `{"type":1}`)
		}, "not 401"},
		"takes nothing": {func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusUnauthorized) }, "PING was answered with status 401"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newServer(t, discord.Options{})
			web := httptest.NewServer(c.handle)
			defer web.Close()
			if err := s.SetEndpoint(t.Context(), web.URL); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("saved with %v", err)
			}
			if got := s.call("GET", "/applications/@me", nil).body["interactions_endpoint_url"]; got != nil {
				t.Errorf("the endpoint is %v", got)
			}
		})
	}
}
