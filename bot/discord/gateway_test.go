package discord_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"tyreso.se/incidentbot/bot/discord"
)

// gateway is the other end of the gateway: connections as they come.
type gateway struct {
	*httptest.Server
	conns chan *websocket.Conn
	paths chan string // with the query, a path for each connection
}

func newGateway(t *testing.T) *gateway {
	t.Helper()
	g := &gateway{conns: make(chan *websocket.Conn, 10), paths: make(chan string, 10)}
	g.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		g.paths <- r.URL.String()
		g.conns <- conn
	}))
	t.Cleanup(func() {
		g.Close()
		for {
			select {
			case conn := <-g.conns:
				_ = conn.Close()
			default:
				return
			}
		}
	})
	return g
}

func (g *gateway) address(path string) string { return strings.Replace(g.URL, "http", "ws", 1) + path }

// sent is a payload that the bot sent.
type sent struct {
	Op   int            `json:"op"`
	Data map[string]any `json:"d"`
}

// line is one connection, from Discord's side.
type line struct {
	*testing.T
	*websocket.Conn
}

func (l line) say(payload string) {
	l.Helper()
	if err := l.WriteMessage(websocket.TextMessage, []byte(payload)); err != nil {
		l.Fatal(err)
	}
}

// hear returns the next payload that is no heartbeat.
func (l line) hear() sent {
	l.Helper()
	for {
		_, frame, err := l.ReadMessage()
		if err != nil {
			l.Fatal(err)
		}
		var op struct {
			Op int `json:"op"`
		}
		if err := json.Unmarshal(frame, &op); err != nil {
			l.Fatal(err)
		}
		if op.Op == 1 {
			continue
		}
		var s sent
		if err := json.Unmarshal(frame, &s); err != nil {
			l.Fatal(err)
		}
		return s
	}
}

// closed returns the code that the bot closed with.
func (l line) closed() int {
	l.Helper()
	for {
		_, _, err := l.ReadMessage()
		var end *websocket.CloseError
		switch {
		case errors.As(err, &end):
			return end.Code
		case err != nil:
			l.Fatal(err)
		}
	}
}

// drop cuts the connection without a word.
func (l line) drop() { _ = l.UnderlyingConn().Close() }

// bye closes the connection with a code.
func (l line) bye(code int) {
	l.Helper()
	if err := l.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Minute)); err != nil {
		l.Fatal(err)
	}
}

// next waits for a connection.
func (g *gateway) next(t *testing.T) line {
	t.Helper()
	l := line{t, <-g.conns}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

const longBeat = `{"op":10,"d":{"heartbeat_interval":3600000},"s":null,"t":null}`

// greet says hello, and returns what the bot answers.
func (l line) greet() sent {
	l.Helper()
	l.say(longBeat)
	return l.hear()
}

// ready begins a session that is to be resumed at a path of g.
func (l line) ready(g *gateway, session string) {
	l.Helper()
	l.say(fmt.Sprintf(`{"op":0,"t":"READY","s":1,"d":{"session_id":%q,"resume_gateway_url":%q,"application":{"id":%q}}}`,
		session, g.address("/resume"), applicationID))
}

// connected runs a surface on a gateway. stop ends it and returns when it has ended and all that came over it is answered.
func connected(t *testing.T, change func(*discord.Options), prepare func(*discord.Surface)) (g *gateway, a *api, stop func()) {
	t.Helper()
	g = newGateway(t)
	a = newAPI(t, map[string][]answer{"GET /gateway": {{body: `{"url":"` + g.address("") + `"}`}}})
	s := newSurface(t, a.URL+"/api", change)
	s.SkipPauses(nil)
	if prepare != nil {
		prepare(s)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := s.RunGateway(ctx); err != nil {
			t.Errorf("RunGateway: %v", err)
		}
	}()
	stop = func() {
		cancel()
		<-ended
		if err := s.Drain(context.Background()); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(stop)
	return g, a, stop
}

// identified is what the bot says of itself on a new session.
var identified = sent{Op: 2, Data: map[string]any{
	"token": botToken, "intents": 0.0, "properties": map[string]any{"os": "linux", "browser": "incidentbot", "device": "incidentbot"},
}}

func resumed(session string, seq float64) sent {
	return sent{Op: 6, Data: map[string]any{"token": botToken, "session_id": session, "seq": seq}}
}

func TestTheGatewayIsIdentifiedOnceAndThenResumed(t *testing.T) {
	tests := map[string]struct {
		end      func(line) // of the first connection
		code     int        // that the bot closes with, 0 when it is not the one to close
		want     sent
		wantPath string
		pause    bool // before the next connection
	}{
		"dropped":                 {line.drop, 0, resumed("s1", 7), "/resume?encoding=json&v=10", false},
		"closed for a reason":     {func(l line) { l.bye(4000) }, 0, resumed("s1", 7), "/resume?encoding=json&v=10", false},
		"asked to reconnect":      {func(l line) { l.say(`{"op":7,"d":null}`) }, 4000, resumed("s1", 7), "/resume?encoding=json&v=10", false},
		"session to be resumed":   {func(l line) { l.say(`{"op":9,"d":true}`) }, 4000, resumed("s1", 7), "/resume?encoding=json&v=10", true},
		"session gone":            {func(l line) { l.say(`{"op":9,"d":false}`) }, 4000, identified, "/?encoding=json&v=10", true},
		"session timed out":       {func(l line) { l.bye(4009) }, 0, identified, "/?encoding=json&v=10", true},
		"sequence invalid":        {func(l line) { l.bye(4007) }, 0, identified, "/?encoding=json&v=10", true},
		"not authenticated":       {func(l line) { l.bye(4003) }, 0, identified, "/?encoding=json&v=10", true},
		"token refused":           {func(l line) { l.bye(4004) }, 0, identified, "/?encoding=json&v=10", true},
		"intents refused":         {func(l line) { l.bye(4014) }, 0, identified, "/?encoding=json&v=10", true},
		"a hello without a pulse": {func(l line) { l.say(`{"op":10,"d":{}}`) }, 4000, resumed("s1", 7), "/resume?encoding=json&v=10", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			pauses := make(chan time.Duration, 10)
			g, a, stop := connected(t, nil, func(s *discord.Surface) { s.SkipPauses(func(d time.Duration) { pauses <- d }) })
			first := g.next(t)
			equal(t, "the first words", first.greet(), identified)
			equal(t, "where", <-g.paths, "/?encoding=json&v=10")
			first.ready(g, "s1")
			first.say(`{"op":0,"t":"GUILD_CREATE","s":7,"d":{}}`)
			first.say(`not JSON`)
			tt.end(first)
			if tt.code != 0 {
				equal(t, "closed with", first.closed(), tt.code)
			}
			second := g.next(t)
			equal(t, "the next words", second.greet(), tt.want)
			equal(t, "where", <-g.paths, tt.wantPath)
			if got := <-pauses; (got > 0) != tt.pause {
				t.Errorf("a pause of %s before that", got)
			}
			second.say(`{"op":0,"t":"RESUMED","s":8,"d":{}}`)
			stop()
			equal(t, "closed at the end with", second.closed(), websocket.CloseNormalClosure)
			for _, call := range a.names() {
				equal(t, "call", call, "GET /gateway")
			}
		})
	}
}

func TestPausesGrowUntilAConnectionHolds(t *testing.T) {
	pauses := make(chan time.Duration, 10)
	g, _, _ := connected(t, nil, func(s *discord.Surface) { s.SkipPauses(func(d time.Duration) { pauses <- d }) })
	for _, end := range []struct {
		do       func(line)
		min, max time.Duration
	}{
		{line.drop, 500 * time.Millisecond, time.Second},
		{line.drop, time.Second, 2 * time.Second},
		{func(l line) { l.say(`{"op":9,"d":false}`) }, 5 * time.Second, 5 * time.Second},
		{line.drop, 4 * time.Second, 8 * time.Second},
		{func(l line) { l.bye(4004) }, 10 * time.Minute, 10 * time.Minute},
		{line.drop, 8 * time.Second, 16 * time.Second},
	} {
		l := g.next(t)
		l.greet()
		end.do(l)
		if got := <-pauses; got < end.min || got > end.max {
			t.Errorf("a pause of %s, want %s–%s", got, end.min, end.max)
		}
	}
}

func TestAnInteractionOverTheGatewayIsAnsweredByACall(t *testing.T) {
	g, a, stop := connected(t, nil, nil)
	l := g.next(t)
	l.greet()
	l.ready(g, "s1")
	l.say(`{"op":0,"t":"INTERACTION_CREATE","s":2,"d":"not one"}`)
	l.say(`{"op":0,"t":"INTERACTION_CREATE","s":3,"d":` + odd + `}`)
	l.say(`{"op":7,"d":null}`) // it was read before this, so it is answered although the connection ends
	equal(t, "closed with", l.closed(), 4000)
	stop()
	calls := a.said()
	equal(t, "calls", a.names(), []string{"GET /gateway", "POST /interactions/1/t/callback"})
	equal(t, "its token", calls[1].Token, "")
	if !strings.Contains(calls[1].Body, `"type":4`) || !strings.Contains(calls[1].Body, `"flags":64`) {
		t.Errorf("the answer: %s", calls[1].Body)
	}
}

func TestHeartbeats(t *testing.T) {
	var log journal
	g, _, stop := connected(t, func(o *discord.Options) { o.Logger = log.logger() }, nil)
	l := g.next(t)
	l.say(`{"op":10,"d":{"heartbeat_interval":20}}`)
	if got := l.hear().Op; got != 2 {
		t.Fatalf("op %d, want to be identified", got)
	}
	beat := func() string {
		_, frame, err := l.ReadMessage()
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(frame))
	}
	equal(t, "before any event", beat(), `{"op":1,"d":null}`)
	l.say(`{"op":11}`)
	l.ready(g, "s1")
	for got := beat(); got != `{"op":1,"d":1}`; got = beat() {
		equal(t, "while no event is read", got, `{"op":1,"d":null}`)
		l.say(`{"op":11}`)
	}
	// From here on nothing is acknowledged: one more heartbeat at most, then the connection counts as dead.
	equal(t, "closed with", l.closed(), 4000)
	again := g.next(t)
	equal(t, "and resumed", again.greet(), resumed("s1", 1))
	again.say(`{"op":1,"d":null}`) // asked for a heartbeat, it comes at once
	_, frame, err := again.ReadMessage()
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "when asked", strings.TrimSpace(string(frame)), `{"op":1,"d":1}`)
	stop()
	if !strings.Contains(log.String(), "heartbeat not acknowledged") {
		t.Errorf("the log does not say why: %s", log.String())
	}
}

func TestTheGatewayCanBeStoppedInEveryPhase(t *testing.T) {
	t.Run("while its address is asked for", func(t *testing.T) {
		asked := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(asked)
			<-r.Context().Done()
		}))
		defer server.Close()
		_, _, stop := connected(t, func(o *discord.Options) { o.APIURL = server.URL + "/api" }, nil)
		<-asked
		stop()
	})
	t.Run("while it is dialled", func(t *testing.T) {
		dialled := make(chan struct{})
		server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			close(dialled)
			<-r.Context().Done()
		}))
		defer server.Close()
		_, _, stop := connected(t, func(o *discord.Options) { o.GatewayURL = strings.Replace(server.URL, "http", "ws", 1) }, nil)
		<-dialled
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			stop()
		}()
		select {
		case <-stopped:
		case <-time.After(8 * time.Second): // of the ten that a handshake may take
			t.Error("it waits for the handshake")
			<-stopped
		}
	})
	t.Run("before hello", func(t *testing.T) {
		g, _, stop := connected(t, nil, nil)
		l := g.next(t)
		stop() // perhaps before the bot has read that the connection is open
		if _, _, err := l.ReadMessage(); err == nil {
			t.Error("the bot says something before hello")
		}
	})
	t.Run("before it is ready", func(t *testing.T) {
		g, _, stop := connected(t, nil, nil)
		l := g.next(t)
		l.greet()
		stop()
		equal(t, "closed with", l.closed(), websocket.CloseNormalClosure)
	})
	t.Run("while it waits to try again", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newSurface(t, "http://127.0.0.1:1/api", nil)
		s.SkipPauses(func(time.Duration) { cancel() })
		if err := s.RunGateway(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestTheGatewaysLogHoldsNoSecrets(t *testing.T) {
	var log journal
	g, _, stop := connected(t, func(o *discord.Options) { o.Logger = log.logger(); o.ApplicationID = "2999" }, nil)
	l := g.next(t)
	l.greet()
	l.ready(g, "session-secret")
	l.say(`{"op":0,"t":"INTERACTION_CREATE","s":3,"d":"x"}`)
	l.say(`{"op":7,"d":null}`)
	g.next(t).greet()
	stop()
	got := log.String()
	for _, want := range []string{"another application", "malformed event", "asked to reconnect"} {
		if !strings.Contains(got, want) {
			t.Errorf("the log does not say %q:\n%s", want, got)
		}
	}
	for _, secret := range []string{botToken, "session-secret", "/resume", "127.0.0.1"} {
		if strings.Contains(got, secret) {
			t.Errorf("the log holds %q:\n%s", secret, got)
		}
	}
}
