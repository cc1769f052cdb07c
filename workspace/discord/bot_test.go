package discord_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"tyreso.se/incidentbot/workspace/discord"
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
	*discord.Workspace
	t   *testing.T
	url string
}

const (
	anna    = "1001"
	bertil  = "1002"
	role    = "3001"
	general = "2001"
	posts   = "/channels/" + general + "/messages"
	hooks   = "/applications/" + discord.ApplicationID + "/guilds/" + discord.GuildID + "/commands"
)

func newServer(t *testing.T, opt discord.Options) *server {
	t.Helper()
	w := discord.New(opt)
	web := httptest.NewServer(http.StripPrefix(opt.Path, w))
	t.Cleanup(func() {
		w.Close()
		web.Close()
	})
	w.AddRole(discord.Role{ID: role, Name: "samordnare", Mentionable: true})
	w.AddUser(discord.User{ID: anna, Name: "anna", GlobalName: "Anna Lind"})
	w.AddUser(discord.User{ID: bertil, Name: "bertil", GlobalName: "Bertil Ek", Locale: "en-GB", Roles: []string{role}})
	w.AddChannel(discord.Channel{ID: general, Name: "allmänt"})
	return &server{w, t, web.URL + opt.Path}
}

// reply is an answer of the API.
type reply struct {
	status int
	header http.Header
	raw    []byte
	body   object // nil when it is not an object
	list   []object
}

func (r reply) code() int {
	n, _ := r.body["code"].(float64)
	return int(n)
}

func (r reply) id() string { return fmt.Sprint(r.body["id"]) }

// call calls the API as the bot.
func (s *server) call(method, path string, body any) reply {
	s.t.Helper()
	var data []byte
	media := ""
	if body != nil {
		media = "application/json"
		var err error
		if data, err = json.Marshal(body); err != nil {
			s.t.Fatal(err)
		}
	}
	return s.send(method, "/api/v10"+path, media, data, nil)
}

// send sends a request as the bot does, with headers changed.
func (s *server) send(method, path, media string, data []byte, header http.Header) reply {
	s.t.Helper()
	req, err := http.NewRequestWithContext(context.WithoutCancel(s.t.Context()), method, s.url+path, bytes.NewReader(data))
	if err != nil {
		s.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bot "+s.BotToken())
	req.Header.Set("User-Agent", "DiscordBot (https://example.org, 1.0)")
	if media != "" {
		req.Header.Set("Content-Type", media)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	r := reply{status: resp.StatusCode, header: resp.Header}
	if r.raw, err = io.ReadAll(resp.Body); err != nil {
		s.t.Fatal(err)
	}
	if json.Unmarshal(r.raw, &r.body) != nil {
		_ = json.Unmarshal(r.raw, &r.list) // neither for a file or an empty answer
	}
	return r
}

// file is a file to upload.
type file struct{ field, name, content string }

// upload sends a multipart body.
func (s *server) upload(method, path string, body any, files ...file) reply {
	s.t.Helper()
	var data bytes.Buffer
	form := multipart.NewWriter(&data)
	payload, err := json.Marshal(body)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := form.WriteField("payload_json", string(payload)); err != nil {
		s.t.Fatal(err)
	}
	for _, f := range files {
		header := textproto.MIMEHeader{}
		header.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", f.field, f.name))
		header.Set("Content-Type", "text/plain")
		part, err := form.CreatePart(header)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := part.Write([]byte(f.content)); err != nil {
			s.t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		s.t.Fatal(err)
	}
	return s.send(method, "/api/v10"+path, form.FormDataContentType(), data.Bytes(), nil)
}

// silent adds to a message that nobody is to be notified.
func silent(o object) object {
	o["allowed_mentions"] = object{"parse": []string{}}
	return o
}

// post posts a message in the general channel.
func (s *server) post(o object) reply {
	s.t.Helper()
	r := s.call("POST", posts, silent(o))
	if r.status != http.StatusOK {
		s.t.Fatalf("posting: %d %s", r.status, r.raw)
	}
	return r
}

func (s *server) until(what string, holds func() bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), 10*time.Second)
	defer cancel()
	if err := s.Until(ctx, holds); err != nil {
		s.t.Fatalf("%s: %v; problems: %v", what, err, s.Problems())
	}
}

func (s *server) wantNoProblems() {
	s.t.Helper()
	for _, p := range s.Problems() {
		s.t.Errorf("problem: %s", p)
	}
}

func (s *server) wantProblem(part string) {
	s.t.Helper()
	if all := fmt.Sprint(s.Problems()); !strings.Contains(all, part) {
		s.t.Errorf("problems %s, want one with %q", all, part)
	}
}

// event is a payload of the gateway.
type event struct {
	Op int             `json:"op"`
	D  json.RawMessage `json:"d"`
	S  int             `json:"s"`
	T  string          `json:"t"`
}

func (e event) data(t *testing.T) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(e.D, &o); err != nil {
		t.Fatalf("%s: %v", e.D, err)
	}
	return o
}

// client is the bot's side of a gateway connection.
type client struct {
	t  *testing.T
	ws *websocket.Conn
}

// dial opens a connection, not yet identified, and reads the hello.
func (s *server) dial() *client {
	s.t.Helper()
	r := s.call("GET", "/gateway/bot", nil)
	return s.dialTo(fmt.Sprint(r.body["url"]) + "/?v=10&encoding=json")
}

func (s *server) dialTo(address string) *client {
	s.t.Helper()
	c := s.unread(address)
	if e := c.read(); e.Op != 10 || e.data(s.t)["heartbeat_interval"] == nil {
		s.t.Fatalf("the first payload is %+v, want a hello", e)
	}
	return c
}

// unread opens a connection and reads nothing yet.
func (s *server) unread(address string) *client {
	s.t.Helper()
	ws, resp, err := websocket.DefaultDialer.DialContext(s.t.Context(), address, nil)
	if err != nil {
		s.t.Fatalf("dialling %s: %v", address, err)
	}
	resp.Body.Close()
	s.t.Cleanup(func() { ws.Close() })
	return &client{s.t, ws}
}

func (c *client) read() event {
	c.t.Helper()
	var e event
	if err := c.ws.ReadJSON(&e); err != nil {
		c.t.Fatalf("reading from the gateway: %v", err)
	}
	return e
}

func (c *client) send(op int, d any) {
	c.t.Helper()
	if err := c.ws.WriteJSON(object{"op": op, "d": d}); err != nil {
		c.t.Fatalf("writing to the gateway: %v", err)
	}
}

// closed reads until the connection is closed, and returns the code.
func (c *client) closed() int {
	for {
		if _, _, err := c.ws.ReadMessage(); err != nil {
			if e, ok := errors.AsType[*websocket.CloseError](err); ok {
				return e.Code
			}
			return 0
		}
	}
}

func identity(token string, intents int) object {
	return object{"token": token, "intents": intents, "properties": object{"os": "linux", "browser": "test", "device": "test"}}
}

// connect identifies and reads what comes first; it returns the READY event.
func (s *server) connect() (*client, object) {
	s.t.Helper()
	c := s.dial()
	c.send(2, identity(s.BotToken(), 1))
	ready := c.read()
	if ready.T != "READY" || c.read().T != "GUILD_CREATE" {
		s.t.Fatalf("after identify came %+v", ready)
	}
	return c, ready.data(s.t)
}

// serve answers interactions on a connection until it is gone.
func (c *client) serve(handle func(interaction object)) {
	done := make(chan struct{})
	c.t.Cleanup(func() { c.ws.Close(); <-done })
	go func() {
		defer close(done)
		for {
			var e event
			if c.ws.ReadJSON(&e) != nil {
				return
			}
			if e.T == "INTERACTION_CREATE" {
				handle(e.data(c.t))
			}
		}
	}()
}

// answer answers an interaction by call.
func (s *server) answer(i object, kind int, data object) reply {
	s.t.Helper()
	body := object{"type": kind}
	if data != nil {
		body["data"] = data
	}
	return s.call("POST", fmt.Sprintf("/interactions/%v/%v/callback", i["id"], i["token"]), body)
}

// answering connects a bot that answers every interaction in the same way.
func (s *server) answering(kind int, data object) {
	s.t.Helper()
	c, _ := s.connect()
	c.serve(func(i object) { s.answer(i, kind, data) })
}

// webhook is the path of an interaction's webhook.
func webhook(i object, rest string) string {
	return fmt.Sprintf("/webhooks/%s/%v%s", discord.ApplicationID, i["token"], rest)
}

// register registers a command of each kind that the tests use.
func (s *server) register() {
	s.t.Helper()
	r := s.call("PUT", hooks, []object{incidentCommand(), {"name": "Rapportera som incident", "type": 3}})
	if r.status != http.StatusOK {
		s.t.Fatalf("registering: %d %s", r.status, r.raw)
	}
}

func incidentCommand() object {
	return object{
		"name": "incident", "description": "Report an incident", "name_localizations": object{"sv-SE": "incident", "en-GB": "incident"},
		"description_localizations": object{"sv-SE": "Rapportera en incident"},
		"options": []object{
			{
				"type": 1, "name": "report", "description": "Report", "name_localizations": object{"sv-SE": "rapportera"},
				"options": []object{
					{"type": 3, "name": "system", "description": "System", "autocomplete": true, "max_length": 50},
					{"type": 11, "name": "file", "description": "File"},
				},
			},
			{"type": 1, "name": "status", "description": "Status", "options": []object{{"type": 4, "name": "number", "description": "N", "required": true, "min_value": 1}}},
		},
	}
}

// row is an action row.
func row(components ...object) object {
	return object{"type": 1, "components": append([]object{}, components...)}
}

func button(id string) object {
	return object{"type": 2, "style": 1, "label": "Tryck", "custom_id": id}
}

// choices are n options of a select.
func choices(n int) []object {
	all := []object{}
	for i := range n {
		all = append(all, object{"label": fmt.Sprint("Val ", i), "value": fmt.Sprint(i)})
	}
	return all
}

func selectMenu(id string, n int) object {
	return object{"type": 3, "custom_id": id, "options": choices(n)}
}

// field is a label around a component of a modal.
func field(component object) object {
	return object{"type": 18, "label": "Fråga", "component": component}
}

func textInput(id string, more object) object {
	o := object{"type": 4, "custom_id": id, "style": 2}
	for k, v := range more {
		o[k] = v
	}
	return o
}

func modal(components ...object) object {
	return object{"custom_id": "report", "title": "Rapportera", "components": append([]object{}, components...)}
}

func x(n int) string { return strings.Repeat("å", n) }

// bye closes a connection from the app's side.
func (c *client) bye(code int) {
	c.t.Helper()
	if err := c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(time.Second)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) raw(words string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(words)); err != nil {
		c.t.Fatal(err)
	}
}
