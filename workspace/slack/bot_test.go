package slack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"tyreso.se/incidentbot/workspace/slack"
)

type object = map[string]any

// clock is a clock that a test moves.
type clock struct{ micros atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.micros.Store(time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) now() time.Time          { return time.UnixMicro(c.micros.Load()).UTC() }
func (c *clock) advance(d time.Duration) { c.micros.Add(d.Microseconds()) }

// server is a workspace behind HTTP with two people, a channel with the bot in it, and a way to call its API.
type server struct {
	*slack.Workspace
	t   *testing.T
	url string
}

const (
	anna    = "U0ANNA"
	bertil  = "U0BERTIL"
	general = "C0GENERAL"
)

func newServer(t *testing.T, opt slack.Options) *server {
	t.Helper()
	w := slack.New(opt)
	web := httptest.NewServer(http.StripPrefix(opt.Path, w))
	t.Cleanup(func() {
		w.Close()
		web.Close()
	})
	w.AddUser(slack.User{ID: anna, Name: "anna", RealName: "Anna Lind", Email: "anna@example.org", Title: "Undersköterska"})
	w.AddUser(slack.User{ID: bertil, Name: "bertil", RealName: "Bertil Ek", Email: "bertil@example.org", Title: "Samordnare", Locale: "en-GB"})
	w.AddChannel(slack.Channel{ID: general, Name: "allmänt", BotIsMember: true})
	return &server{w, t, web.URL + opt.Path}
}

// api calls a method with a JSON body, or a form for those that read no JSON.
func (s *server) api(method string, body object) object {
	s.t.Helper()
	answer, _ := s.call(method, s.BotToken(), body)
	return answer
}

func (s *server) call(method, token string, body object) (object, *http.Response) {
	s.t.Helper()
	if body == nil {
		body = object{}
	}
	data, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	return s.send(method, token, "application/json; charset=utf-8", data)
}

func (s *server) send(method, token, media string, data []byte) (object, *http.Response) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/api/"+method, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Content-Type", media)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	var answer object
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		s.t.Fatalf("%s: status %d: %v", method, resp.StatusCode, err)
	}
	return answer, resp
}

// form calls a method with a form, a query string such as "channel=C1&limit=2".
func (s *server) form(method, query string) object {
	s.t.Helper()
	answer, _ := s.send(method, s.BotToken(), "application/x-www-form-urlencoded", []byte(query))
	return answer
}

// until waits for a condition in the workspace.
func (s *server) until(what string, holds func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Until(ctx, holds); err != nil {
		s.t.Fatalf("%s: %v; problems: %q", what, err, s.Problems())
	}
}

func (s *server) wantProblem(part string) {
	s.t.Helper()
	for _, p := range s.Problems() {
		if strings.Contains(p, part) {
			return
		}
	}
	s.t.Errorf("problems %q lack one with %q", s.Problems(), part)
}

func (s *server) wantNoProblems() {
	s.t.Helper()
	if p := s.Problems(); len(p) > 0 {
		s.t.Errorf("problems: %q", p)
	}
}

// envelope is what comes over Socket Mode.
type envelope struct {
	Type       string `json:"type"`
	EnvelopeID string `json:"envelope_id"`
	Accepts    bool   `json:"accepts_response_payload"`
	Payload    object `json:"payload"`
	Retry      int    `json:"retry_attempt"`
	Reason     string `json:"retry_reason"`
}

// conn is one Socket Mode connection of a test's bot.
type conn struct {
	ws    *websocket.Conn
	write sync.Mutex
}

func (c *conn) ack(e envelope, payload any) error {
	c.write.Lock()
	defer c.write.Unlock()
	body := object{"envelope_id": e.EnvelopeID}
	if payload != nil {
		body["payload"] = payload
	}
	return c.ws.WriteJSON(body)
}

// connect opens a Socket Mode connection and reads hello.
func (s *server) connect() *conn {
	s.t.Helper()
	answer, _ := s.call("apps.connections.open", s.AppToken(), object{})
	address, _ := answer["url"].(string)
	before := s.Sockets()
	ws, resp, err := websocket.DefaultDialer.DialContext(s.t.Context(), address, http.Header{"Origin": {"https://api.slack.com"}})
	if err != nil {
		s.t.Fatalf("connecting: %v (%v)", err, answer)
	}
	resp.Body.Close()
	s.t.Cleanup(func() { ws.Close() })
	var hello object
	if err := ws.ReadJSON(&hello); err != nil || hello["type"] != "hello" || hello["num_connections"] != float64(before+1) {
		s.t.Fatalf("hello: %v %v", hello, err)
	}
	return &conn{ws: ws}
}

// serve answers every envelope with what handle returns, until the connection ends. A returned silence leaves it unacknowledged.
func (c *conn) serve(handle func(e envelope) any) {
	go func() {
		for {
			var e envelope
			if err := c.ws.ReadJSON(&e); err != nil {
				return
			}
			if e.EnvelopeID == "" {
				continue
			}
			answer := handle(e)
			if errors.Is(asError(answer), errSilence) {
				continue
			}
			if c.ack(e, answer) != nil {
				return
			}
		}
	}()
}

var errSilence = errors.New("no acknowledgement")

func asError(v any) error {
	err, _ := v.(error)
	return err
}

func plainText(s string) object { return object{"type": "plain_text", "text": s} }
func markdown(s string) object  { return object{"type": "mrkdwn", "text": s} }

func opt(value, label string) object { return object{"text": plainText(label), "value": value} }

func input(id string, element object, more ...object) object {
	b := object{"type": "input", "block_id": id, "label": plainText("Fråga " + id), "element": element}
	for _, m := range more {
		for k, v := range m {
			b[k] = v
		}
	}
	return b
}

func modal(blocks ...object) object {
	return object{"type": "modal", "callback_id": "report", "title": plainText("Rapportera"), "submit": plainText("Skicka"), "blocks": blocks}
}
