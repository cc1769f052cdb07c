package slack_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/workspace/slack"
)

func TestMain(m *testing.M) {
	// Idle keep-alive connections of the tests' own HTTP client are not the workspace's.
	goleak.VerifyTestMain(m, goleak.Cleanup(func(int) { http.DefaultClient.CloseIdleConnections() }),
		goleak.IgnoreAnyFunction("net/http.(*persistConn).readLoop"), goleak.IgnoreAnyFunction("net/http.(*persistConn).writeLoop"))
}

func wantPersonError(t *testing.T, err error, code string) {
	t.Helper()
	var told *slack.PersonError
	if !errors.As(err, &told) || told.Code != code {
		t.Errorf("the person is told %v, want %s", err, code)
	}
}

func TestACommandWithoutAnAppFailsToDispatch(t *testing.T) {
	s := newServer(t, slack.Options{})
	_, err := s.Command(t.Context(), anna, general, "")
	wantPersonError(t, err, "dispatch_failed")
	if m := s.Messages(general); len(m) != 1 || !m[0].Error || m[0].Ephemeral != anna {
		t.Errorf("Anna sees %+v", m)
	}
}

func TestACommandNotAcknowledgedInTimeFailsAndALateAnswerIsAProblem(t *testing.T) {
	now := newClock()
	s := newServer(t, slack.Options{Clock: now.now})
	c := s.connect()
	late := make(chan envelope, 1)
	c.serve(func(e envelope) any {
		late <- e
		now.advance(3 * time.Second)
		return errSilence
	})
	_, err := s.Command(t.Context(), anna, general, "")
	wantPersonError(t, err, "operation_timeout")
	s.wantProblem("slash_commands /incident not acknowledged within 3s")
	if err := c.ack(<-late, nil); err != nil {
		t.Fatal(err)
	}
	s.until("the late answer is noted", func() bool { return strings.Contains(fmt.Sprint(s.Problems()), "after 3s") })
}

func TestAnAcknowledgementMayAnswerACommand(t *testing.T) {
	s := newServer(t, slack.Options{})
	s.connect().serve(func(e envelope) any {
		want := object{"command": "/incident", "text": "status", "user_id": anna, "channel_id": general, "channel_name": "allmänt"}
		got := object{}
		for k := range want {
			got[k] = e.Payload[k]
		}
		if diff := cmp.Diff(want, got); diff != "" || !e.Accepts {
			t.Errorf("payload (-want +got):\n%s", diff)
		}
		return object{"text": "Allt är lugnt."}
	})
	seen, err := s.Command(t.Context(), anna, general, "/incident status")
	if err != nil || seen.Message == nil || seen.Message.Text != "Allt är lugnt." || seen.Message.Ephemeral != anna {
		t.Errorf("seen %+v, %v", seen, err)
	}
	s.wantNoProblems()
}

func TestAPayloadWhereNoneIsTakenIsAProblem(t *testing.T) {
	s := newServer(t, slack.Options{})
	s.connect().serve(func(envelope) any { return object{"text": "hej"} })
	ts := s.api("chat.postMessage", object{"channel": general, "text": "a", "blocks": []object{row(button(nil))}})["ts"].(string)
	if _, err := s.PressButton(t.Context(), anna, general, ts, "a"); err != nil {
		t.Fatal(err)
	}
	s.wantProblem("which takes none")
}

func TestATicketOpensOneConnection(t *testing.T) {
	s := newServer(t, slack.Options{})
	answer, _ := s.call("apps.connections.open", s.AppToken(), object{})
	address, _ := answer["url"].(string)
	dial := func(origin string) error {
		ws, resp, err := websocket.DefaultDialer.DialContext(t.Context(), address, http.Header{"Origin": {origin}})
		if resp != nil {
			resp.Body.Close()
		}
		if err == nil {
			t.Cleanup(func() { ws.Close() })
		}
		return err
	}
	if err := dial("https://api.slack.com"); err != nil {
		t.Fatalf("the first: %v", err)
	}
	if dial("https://api.slack.com") == nil {
		t.Error("the same ticket opened a second connection")
	}
	answer, _ = s.call("apps.connections.open", s.AppToken(), object{})
	address, _ = answer["url"].(string)
	if dial("https://elsewhere.example") == nil {
		t.Error("a page of another origin was let in")
	}
}

func TestEachEnvelopeGoesToOneConnection(t *testing.T) {
	s := newServer(t, slack.Options{})
	var first, second atomic.Int32
	s.connect().serve(func(envelope) any { first.Add(1); return nil })
	s.connect().serve(func(envelope) any { second.Add(1); return nil })
	for range 10 {
		if _, err := s.Command(t.Context(), anna, general, ""); err != nil {
			t.Fatal(err)
		}
	}
	if first.Load()+second.Load() != 10 || first.Load() == 0 || second.Load() == 0 {
		t.Errorf("%d and %d envelopes, want ten in all and some on each", first.Load(), second.Load())
	}
}

func TestAnEventIsToldAgainUntilAcknowledged(t *testing.T) {
	now := newClock()
	s := newServer(t, slack.Options{Clock: now.now})
	type try struct {
		Retry  int
		Reason string
	}
	tries := make(chan try, 10)
	s.connect().serve(func(e envelope) any {
		tries <- try{e.Retry, e.Reason}
		if e.Retry == 3 {
			return nil
		}
		now.advance(3 * time.Second)
		return errSilence
	})
	// next lets time pass until the app is told again, and returns how long that took.
	next := func() (try, time.Duration) {
		for since := now.now(); ; now.advance(time.Second) {
			select {
			case got := <-tries:
				return got, now.now().Sub(since)
			case <-time.After(5 * time.Millisecond): // the workspace looks at the clock every other millisecond
			}
		}
	}
	s.OpenHome(anna)
	got := []try{<-tries, <-tries} // the first retry comes at once
	for _, least := range []time.Duration{time.Minute, 5 * time.Minute} {
		again, waited := next()
		got = append(got, again)
		if waited < least {
			t.Errorf("retry %d came after %s, want at least %s", again.Retry, waited, least)
		}
	}
	want := []try{{0, ""}, {1, "http_timeout"}, {2, "http_timeout"}, {3, "http_timeout"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("tries (-want +got):\n%s", diff)
	}
}

func TestAnEventNobodySubscribesToIsNotSent(t *testing.T) {
	s := newServer(t, slack.Options{Events: []string{"app_mention"}})
	kinds := make(chan string, 2)
	s.connect().serve(func(e envelope) any { kinds <- e.Type; return nil })
	s.OpenHome(anna)
	if _, err := s.Command(t.Context(), anna, general, ""); err != nil {
		t.Fatal(err)
	}
	if kind := <-kinds; kind != "slash_commands" {
		t.Errorf("the app was told of %s", kind)
	}
}

func TestADisconnectSaysWhy(t *testing.T) {
	s := newServer(t, slack.Options{})
	c := s.connect()
	said := make(chan object, 1)
	go func() {
		var m object
		if c.ws.ReadJSON(&m) == nil {
			said <- m
		}
	}()
	s.Disconnect("refresh_requested")
	if m := <-said; m["type"] != "disconnect" || m["reason"] != "refresh_requested" {
		t.Errorf("said %v", m)
	}
	s.until("the connection is gone", func() bool { return s.Sockets() == 0 })
}

// dialogue is a workspace with a modal open, whose app answers a submission as told.
func dialogue(t *testing.T, answer any) (*server, slack.View) {
	t.Helper()
	s := newServer(t, slack.Options{})
	s.connect().serve(func(e envelope) any {
		switch e.Payload["type"] {
		case nil:
			v := modal(section("Välkommen"),
				input("what", textInput(object{"min_length": 3, "max_length": 5})),
				input("kind", object{"type": "radio_buttons", "action_id": "v", "options": choices(2)}, object{"optional": true}),
				input("when", object{"type": "datetimepicker", "action_id": "v"}, object{"optional": true}))
			v["notify_on_close"] = true
			s.api("views.open", object{"trigger_id": e.Payload["trigger_id"], "view": v})
		case "view_submission":
			return answer
		case "view_closed":
			view := e.Payload["view"].(object)
			if fmt.Sprint(view["state"]) != "map[values:map[]]" {
				t.Errorf("view_closed carries %v", view["state"])
			}
		}
		return nil
	})
	seen, err := s.Command(t.Context(), anna, general, "")
	if err != nil || seen.View == nil {
		t.Fatalf("opening: %+v, %v", seen, err)
	}
	return s, *seen.View
}

func TestASubmissionEndsAsTheAppAnswers(t *testing.T) {
	next := modal(section("Tack!"))
	for name, c := range map[string]struct {
		answer  any
		views   int
		title   string
		errors  map[string]string
		code    string
		problem string
	}{
		"nothing closes": {nil, 0, "", nil, "", ""},
		"clear":          {object{"response_action": "clear"}, 0, "", nil, "", ""},
		"update":         {object{"response_action": "update", "view": next}, 1, "Tack!", nil, "", ""},
		"push":           {object{"response_action": "push", "view": next}, 2, "Tack!", nil, "", ""},
		"errors": {
			object{"response_action": "errors", "errors": object{"what": "Säg mer"}}, 1, "Välkommen",
			map[string]string{"what": "Säg mer"}, "", "",
		},
		"errors of no question": {
			object{"response_action": "errors", "errors": object{"elsewhere": "Säg mer"}}, 1, "Välkommen", nil,
			"invalid_response", "not the block_id of an input block",
		},
		"update to a bad view": {
			object{"response_action": "update", "view": modal(section(""))}, 1, "Välkommen", nil, "invalid_response",
			"response_action update",
		},
		"unknown": {
			object{"response_action": "explode"}, 1, "Välkommen", nil, "invalid_response", "unknown response_action",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, v := dialogue(t, c.answer)
			seen, err := s.SubmitView(
				t.Context(), anna, v.ID, slack.Values{"what": "abcd", "kind": "1", "when": time.Unix(1786354200, 0)},
			)
			if c.code != "" {
				wantPersonError(t, err, c.code)
				s.wantProblem(c.problem)
			} else if err != nil {
				t.Error(err)
			}
			views := s.Views(anna)
			if len(views) != c.views {
				t.Fatalf("%d views open, want %d", len(views), c.views)
			}
			if c.views > 0 && !strings.Contains(views[len(views)-1].Text(), c.title) {
				t.Errorf("on top: %q", views[len(views)-1].Text())
			}
			if diff := cmp.Diff(c.errors, seen.Errors); diff != "" {
				t.Errorf("inline errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestThePersonsOwnClientChecksBeforeSending(t *testing.T) {
	s, v := dialogue(t, nil)
	for answer, want := range map[string]string{"": "Fyll i det här fältet.", "ab": "Skriv minst 3 tecken.", "abcdef": "Skriv högst 5 tecken."} {
		seen, err := s.SubmitView(t.Context(), anna, v.ID, slack.Values{"what": answer})
		if err != nil || seen.Errors["what"] != want {
			t.Errorf("%q: %v, %v; want %q", answer, seen.Errors, err, want)
		}
	}
	if _, err := s.SubmitView(t.Context(), anna, v.ID, slack.Values{"kind": "7"}); err == nil {
		t.Error("an option that is not offered was chosen")
	}
	if len(s.Views(anna)) != 1 {
		t.Error("the view closed")
	}
}

func TestClosingTellsTheAppWithoutTheAnswers(t *testing.T) {
	s, v := dialogue(t, nil)
	if _, err := s.Input(t.Context(), anna, v.ID, "what", "abc"); err != nil {
		t.Fatal(err)
	}
	if err := s.CloseView(t.Context(), anna, v.ID); err != nil {
		t.Error(err)
	}
	if len(s.Views(anna)) != 0 {
		t.Error("the view is still open")
	}
}

func TestAStaleButtonCanStillBePressed(t *testing.T) {
	s := newServer(t, slack.Options{})
	pressed := make(chan any, 1)
	s.connect().serve(func(e envelope) any { pressed <- e.Payload["actions"]; return nil })
	ts := s.api("chat.postMessage", object{"channel": general, "text": "a", "blocks": []object{row(button(object{"value": "x"}))}})["ts"].(string)
	s.api("chat.update", object{"channel": general, "ts": ts, "text": "a", "blocks": []object{section("klart")}})
	if _, err := s.PressButton(t.Context(), anna, general, ts, "a"); err == nil {
		t.Error("a button that is gone was pressed")
	}
	if _, err := s.PressStale(t.Context(), anna, general, ts, "a"); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(<-pressed); !strings.Contains(got, "value:x") {
		t.Errorf("the app was told %s", got)
	}
}

// app is an app behind HTTP that checks signatures as the documentation says.
func app(t *testing.T, secret *string, handle func(rw http.ResponseWriter, r *http.Request, form url.Values, body string)) string {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		body := string(data)
		if want := slack.Sign(*secret, r.Header.Get("X-Slack-Request-Timestamp"), body); r.Header.Get("X-Slack-Signature") != want {
			t.Errorf("signature %q, want %q", r.Header.Get("X-Slack-Signature"), want)
		}
		form, err := url.ParseQuery(body)
		if err != nil {
			form = nil
		}
		handle(rw, r, form, body)
	}))
	t.Cleanup(web.Close)
	return web.URL
}

func TestOverHTTPRequestsAreSignedAndRetried(t *testing.T) {
	var secret string
	retries := make(chan string, 10)
	address := app(t, &secret, func(rw http.ResponseWriter, r *http.Request, form url.Values, body string) {
		switch r.URL.Path {
		case "/commands":
			if form.Get("command") != "/incident" || form.Get("trigger_id") == "" {
				t.Errorf("form %v", form)
			}
			fmt.Fprint(rw, "Hej, "+form.Get("user_name"))
		case "/interactions":
			rw.WriteHeader(http.StatusInternalServerError)
		case "/events":
			if strings.Contains(body, "url_verification") {
				_, challenge, _ := strings.Cut(body, `"challenge":"`)
				challenge, _, _ = strings.Cut(challenge, `"`)
				fmt.Fprint(rw, challenge)
				return
			}
			retries <- r.Header.Get("X-Slack-Retry-Num") + " " + r.Header.Get("X-Slack-Retry-Reason")
			if r.Header.Get("X-Slack-Retry-Num") == "" {
				rw.WriteHeader(http.StatusInternalServerError)
			}
		}
	})
	s := newServer(
		t,
		slack.Options{EventsURL: address + "/events", CommandsURL: address + "/commands", InteractionsURL: address + "/interactions"},
	)
	secret = s.SigningSecret()

	if err := s.VerifyURL(t.Context()); err != nil {
		t.Error(err)
	}
	seen, err := s.Command(t.Context(), anna, general, "")
	if err != nil || seen.Message == nil || seen.Message.Text != "Hej, anna" {
		t.Errorf("seen %+v, %v", seen, err)
	}
	ts := s.api("chat.postMessage", object{"channel": general, "text": "a", "blocks": []object{row(button(nil))}})["ts"].(string)
	_, err = s.PressButton(t.Context(), anna, general, ts, "a")
	wantPersonError(t, err, "http_service_error")
	s.OpenHome(anna)
	if diff := cmp.Diff([]string{" ", "1 http_error"}, []string{<-retries, <-retries}); diff != "" {
		t.Errorf("retries (-want +got):\n%s", diff)
	}
}

// The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack.
func TestSignAgreesWithTheDocumentation(t *testing.T) {
	body := "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar" +
		"&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=" +
		"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	want := "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
	if got := slack.Sign("8f742231b10e8888abcd99yyyzzz85a5", "1531420618", body); got != want {
		t.Errorf("signature %s, want %s", got, want)
	}
}
