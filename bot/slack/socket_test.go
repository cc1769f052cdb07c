package slack_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"tyreso.se/incidentbot/bot"
	"tyreso.se/incidentbot/bot/slack"
)

// sockets is the other end of Socket Mode: connections as they come.
type sockets struct {
	*httptest.Server
	conns chan *websocket.Conn
}

func newSockets(t *testing.T) *sockets {
	t.Helper()
	s := &sockets{conns: make(chan *websocket.Conn, 10)}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		s.conns <- conn
	}))
	t.Cleanup(func() {
		close(s.conns)
		for conn := range s.conns {
			_ = conn.Close()
		}
		s.Close()
	})
	return s
}

// accept waits for a connection and greets it.
func (s *sockets) accept(t *testing.T) *websocket.Conn {
	t.Helper()
	conn := <-s.conns
	say(t, conn, `{"type":"hello","num_connections":1,"debug_info":{},"connection_info":{"app_id":"A1"}}`)
	return conn
}

func say(t *testing.T, conn *websocket.Conn, frame string) {
	t.Helper()
	if err := conn.WriteMessage(websocket.TextMessage, []byte(frame)); err != nil {
		t.Fatal(err)
	}
}

func envelope(kind, id, payload string) string {
	return `{"type":"` + kind + `","envelope_id":"` + id + `","accepts_response_payload":true,"payload":` + payload + `}`
}

func hear(t *testing.T, conn *websocket.Conn) map[string]any {
	t.Helper()
	_, frame, err := conn.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	return asMap(t, string(frame))
}

// socketMode runs a surface on Socket Mode; stop ends it and returns when it has ended.
func socketMode(t *testing.T, h bot.Handler, answers map[string][]answer) (server *sockets, a *api, stop func(), stopped chan error) {
	t.Helper()
	server = newSockets(t)
	if answers == nil {
		answers = map[string][]answer{}
	}
	open := answer{body: `{"ok":true,"url":"` + strings.Replace(server.URL, "http", "ws", 1) + `/link?ticket=1"}`}
	answers["apps.connections.open"] = append(answers["apps.connections.open"], open)
	a = newAPI(t, answers)
	s := newSurface(t, a, h, func(o *slack.Options) { o.AppToken = appToken })
	ctx, cancel := context.WithCancel(context.Background())
	stopped = make(chan error, 1)
	go func() { stopped <- s.Run(ctx) }()
	return server, a, cancel, stopped
}

const socketCommand = `{"command":"/incident","text":"","user_id":"U1","trigger_id":"1.2.x","channel_id":"C1"}`

func TestSocketMode(t *testing.T) {
	server, a, stop, stopped := socketMode(t, handle(func(_ context.Context, r bot.Request) (bot.Reply, error) {
		switch r.Kind {
		case bot.Command:
			return bot.Reply{Dialog: dialog, Message: receipt}, nil
		case bot.Submit:
			return bot.Reply{Errors: map[string]string{"what": "För kort"}}, nil
		case bot.Home:
			return bot.Reply{}, errors.New("down")
		}
		return bot.Reply{}, nil
	}), nil)
	conn := server.accept(t)
	defer conn.Close()
	t.Run("a command is acknowledged with its answer", func(t *testing.T) {
		say(t, conn, envelope("slash_commands", "e1", socketCommand))
		got := hear(t, conn)
		if payload, _ := got["payload"].(map[string]any); got["envelope_id"] != "e1" || payload["response_type"] != "ephemeral" {
			t.Error(got)
		}
	})
	t.Run("a submission is acknowledged with its errors", func(t *testing.T) {
		say(t, conn, envelope("interactive", "e2", fixture(t, "view_submission.json")))
		want := map[string]any{
			"envelope_id": "e2", "payload": map[string]any{"response_action": "errors", "errors": map[string]any{"what": "För kort"}},
		}
		if diff := cmp.Diff(want, hear(t, conn)); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("what fails or is malformed does not end the connection, and what can be told again is not acknowledged", func(t *testing.T) {
		say(t, conn, `not JSON`)
		say(t, conn, envelope("events_api", "e3", fixture(t, "app_home_opened.json"))) // fails: Slack is to send it again
		say(t, conn, envelope("interactive", "e4", `[]`))
		if diff := cmp.Diff(map[string]any{"envelope_id": "e4"}, hear(t, conn)); diff != "" {
			t.Error(diff)
		}
		say(t, conn, envelope("something_new", "e5", `{}`))
		if diff := cmp.Diff(map[string]any{"envelope_id": "e5"}, hear(t, conn)); diff != "" {
			t.Error(diff)
		}
	})
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	calls := a.made()
	if diff := cmp.Diff([]string{"apps.connections.open", "views.open"}, methods(calls)); diff != "" || calls[0].Token != appToken {
		t.Error(diff)
	}
}

func TestSocketModeStop(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	server, _, stop, stopped := socketMode(t, handle(func(context.Context, bot.Request) (bot.Reply, error) {
		close(entered)
		<-release
		return bot.Reply{Message: receipt}, nil
	}), nil)
	conn := server.accept(t)
	defer conn.Close()
	say(t, conn, envelope("slash_commands", "e1", socketCommand))
	<-entered
	stop()
	select {
	case <-stopped:
		t.Fatal("stopped while a request was under way")
	default:
	}
	close(release)
	if got := hear(t, conn); got["envelope_id"] != "e1" || got["payload"] == nil {
		t.Error(got)
	}
	if _, _, err := conn.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
		t.Errorf("the connection was not closed in good order: %v", err)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestSocketModeReconnects(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	server, _, stop, stopped := socketMode(t, handle(func(_ context.Context, r bot.Request) (bot.Reply, error) {
		if strings.HasSuffix(r.Key, "slow") {
			close(entered)
			<-release
		}
		return bot.Reply{}, nil
	}), nil)
	old := server.accept(t)
	defer old.Close()
	say(t, old, envelope("slash_commands", "slow", strings.Replace(socketCommand, "1.2.x", "slow", 1)))
	<-entered
	say(t, old, `{"type":"disconnect","reason":"warning","debug_info":{}}`)
	// The new connection is there before the old one has finished, and both answer.
	fresh := server.accept(t)
	defer fresh.Close()
	say(t, fresh, envelope("slash_commands", "fast", socketCommand))
	if got := hear(t, fresh); got["envelope_id"] != "fast" {
		t.Error(got)
	}
	close(release)
	if got := hear(t, old); got["envelope_id"] != "slow" {
		t.Error(got)
	}
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestSocketModeRetriesConnecting(t *testing.T) {
	server, a, stop, stopped := socketMode(t, replies(bot.Reply{}), map[string][]answer{
		"apps.connections.open": {refusal("invalid_auth")},
	})
	server.accept(t).Close()
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if calls := methods(a.made()); len(calls) < 2 {
		t.Error(calls)
	}
}

// Slack drops an acknowledgement over 20 KB without a word: the summary goes at once and the rest by a call.
func TestSocketModeLargeAnswers(t *testing.T) {
	large := &bot.Message{Summary: "Mycket", Blocks: []bot.Block{
		bot.Quote(strings.Repeat("<", 4000)), bot.Quote(strings.Repeat("字", 6000)),
	}}
	server, a, stop, stopped := socketMode(t, replies(bot.Reply{Message: large}), nil)
	conn := server.accept(t)
	defer conn.Close()
	say(t, conn, envelope("interactive", "e1", fixture(t, "view_submission.json")))
	got, err := json.Marshal(hear(t, conn))
	if err != nil || len(got) > 20<<10 || !strings.Contains(string(got), "Mycket") {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	say(t, conn, envelope("slash_commands", "e2", socketCommand))
	if got := hear(t, conn); got["envelope_id"] != "e2" || got["payload"] != nil {
		t.Error(got)
	}
	stop()
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	calls := map[string]bool{}
	for _, m := range methods(a.made()) {
		calls[m] = true
	}
	if !calls["views.update"] || !calls["chat.postEphemeral"] {
		t.Error(calls)
	}
}

// Without Socket Mode, Run waits for ctx and for what is under way.
func TestRunOverHTTP(t *testing.T) {
	entered, release := make(chan struct{}), make(chan struct{})
	s := newSurface(t, nil, handle(func(context.Context, bot.Request) (bot.Reply, error) {
		close(entered)
		<-release
		return bot.Reply{}, nil
	}))
	ctx, cancel := context.WithCancel(context.Background())
	stopped := make(chan error, 1)
	go func() { stopped <- s.Run(ctx) }()
	answered := make(chan int, 1)
	go func() { answered <- send(s, sign("/slack/commands", form, commandBody, noon, secret)).Code }()
	<-entered
	cancel()
	expired, stop := context.WithCancel(context.Background())
	stop()
	if err := s.Drain(expired); !errors.Is(err, context.Canceled) {
		t.Errorf("drained while a request was under way: %v", err)
	}
	close(release)
	if code := <-answered; code != 200 {
		t.Error(code)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}
