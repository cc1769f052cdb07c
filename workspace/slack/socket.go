package slack

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// How often a connection is pinged, and how long a write may take. Clients reconnect when no ping has come for some time:
// https://docs.slack.dev/apis/events-api/using-socket-mode#connect
const (
	pingEvery    = 5 * time.Second
	writeTimeout = 5 * time.Second
)

// socket is one Socket Mode connection.
type socket struct {
	n     int // which of those ever opened, from 1
	ws    *websocket.Conn
	write sync.Mutex
	gone  chan struct{}
	once  sync.Once
}

func (s *socket) send(v any) error {
	s.write.Lock()
	defer s.write.Unlock()
	if err := s.ws.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return err
	}
	return s.ws.WriteJSON(v)
}

func (s *socket) drop() {
	s.once.Do(func() {
		close(s.gone)
		_ = s.ws.Close() // already unusable; nothing to do about an error
	})
}

func (c *call) connectionsOpen() (object, error) {
	ticket := c.w.secret(16)
	c.w.tickets[ticket] = true
	return object{"url": "ws://" + c.r.Host + c.w.opt.Path + "/socket?ticket=" + ticket + "&app_id=" + AppID}, nil
}

func (w *Workspace) serveSocket(rw http.ResponseWriter, r *http.Request) {
	ticket := r.URL.Query().Get("ticket")
	w.mu.Lock()
	valid, full := w.tickets[ticket], len(w.sockets) >= maxSockets
	delete(w.tickets, ticket) // an address is good for one connection
	if w.closed || !valid || full {
		w.mu.Unlock()
		http.Error(rw, "unknown ticket, used ticket or too many connections", http.StatusForbidden)
		return
	}
	w.tasks.Add(1)
	w.mu.Unlock()
	defer w.tasks.Done()

	// Clients send the origin of the platform's own pages, or none; a browser page elsewhere may not connect.
	upgrader := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool {
		origin := r.Header.Get("Origin")
		return origin == "" || origin == "https://api.slack.com" || origin == "http://"+r.Host
	}}
	ws, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	s := &socket{ws: ws, gone: make(chan struct{})}
	defer s.drop()
	w.mu.Lock()
	w.opened++
	s.n = w.opened
	w.sockets = append(w.sockets, s)
	count := len(w.sockets)
	w.touch()
	w.mu.Unlock()
	defer w.forget(s)

	hello := object{
		"type": "hello", "num_connections": count, "connection_info": object{"app_id": AppID},
		"debug_info": object{"host": "applink-local", "started": w.now().UTC().Format(time.DateTime), "build_number": 1,
			"approximate_connection_time": 3600},
	}
	if s.send(hello) != nil {
		return
	}
	w.start(func() { w.ping(s) })
	for {
		_, data, err := ws.ReadMessage()
		if err != nil {
			return
		}
		w.acknowledge(data)
	}
}

func (w *Workspace) forget(s *socket) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sockets = slices.DeleteFunc(w.sockets, func(x *socket) bool { return x == s })
	w.touch()
}

// ping keeps a connection alive, and drops it when the workspace closes.
func (w *Workspace) ping(s *socket) {
	defer s.drop()
	ticker := time.NewTicker(pingEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			if s.ws.WriteControl(websocket.PingMessage, []byte("Ping"), time.Now().Add(writeTimeout)) != nil {
				return
			}
		case <-s.gone:
			return
		case <-w.done:
			return
		}
	}
}

// pendingAck waits for the acknowledgement of an envelope.
type pendingAck struct {
	accepts bool
	kind    string
	late    bool
	payload chan json.RawMessage // holds one
}

// acknowledge takes what the app sent: {"envelope_id": "…", "payload": {…}}.
// https://docs.slack.dev/apis/events-api/using-socket-mode#acknowledge
func (w *Workspace) acknowledge(data []byte) {
	var ack struct {
		EnvelopeID string          `json:"envelope_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	err := json.Unmarshal(data, &ack)
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.pending[ack.EnvelopeID]
	empty := len(ack.Payload) == 0 || string(ack.Payload) == "null" || string(ack.Payload) == "{}"
	switch {
	case err != nil:
		w.problem("Socket Mode: the app sent something that is not JSON")
	case p == nil:
		w.problem("Socket Mode: acknowledged an unknown envelope, or one twice: %q", ack.EnvelopeID)
	case p.late:
		delete(w.pending, ack.EnvelopeID)
		w.problem("Socket Mode: acknowledged a %s envelope after %s", p.kind, acknowledgeWithin)
	default:
		delete(w.pending, ack.EnvelopeID)
		if !empty && !p.accepts {
			w.problem("Socket Mode: a payload in the acknowledgement of a %s envelope, which takes none", p.kind)
		}
		p.payload <- ack.Payload
	}
}

var (
	errNoSocket = errors.New("no Socket Mode connection")
	errTimeout  = errors.New("not acknowledged in time")
)

// sendEnvelope delivers over one of the connections, in turn, and waits for the acknowledgement.
func (w *Workspace) sendEnvelope(ctx context.Context, d *delivery) (json.RawMessage, error) {
	bad := w.faults.draw("socket", "")
	w.mu.Lock()
	if len(w.sockets) == 0 {
		w.mu.Unlock()
		return nil, errNoSocket
	}
	w.turn++
	s := w.sockets[w.turn%len(w.sockets)]
	id := w.secret(4) + "-" + w.secret(8)
	p := &pendingAck{accepts: d.accepts, kind: d.kind, payload: make(chan json.RawMessage, 1)}
	w.pending[id] = p
	w.mu.Unlock()
	abandon := func(late bool) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if p.late = late; !late {
			delete(w.pending, id)
		}
	}

	envelope := object{"envelope_id": id, "type": d.kind, "accepts_response_payload": d.accepts, "payload": d.payload}
	if d.kind == "events_api" {
		envelope["retry_attempt"], envelope["retry_reason"] = d.retry, d.reason
	}
	if bad.drop {
		s.drop()
	}
	if err := s.send(envelope); err != nil {
		abandon(false)
		s.drop()
		return nil, errNoSocket
	}
	select {
	case payload := <-p.payload:
		return payload, nil
	case <-s.gone:
		abandon(false)
		return nil, errNoSocket
	case <-ctx.Done():
		abandon(true)
		return nil, context.Cause(ctx)
	}
}

// DropSockets cuts every connection without a word, as a lost network would.
func (w *Workspace) DropSockets() {
	w.mu.Lock()
	sockets := slices.Clone(w.sockets)
	w.mu.Unlock()
	for _, s := range sockets {
		s.drop()
	}
}

// Disconnect says goodbye on every connection with a reason, "warning" or "refresh_requested", and closes those that were
// not only warned. https://docs.slack.dev/apis/events-api/using-socket-mode#disconnect
func (w *Workspace) Disconnect(reason string) {
	w.mu.Lock()
	sockets := slices.Clone(w.sockets)
	w.mu.Unlock()
	for _, s := range sockets {
		err := s.send(object{"type": "disconnect", "reason": reason, "debug_info": object{"host": "applink-local"}})
		if err != nil || !strings.EqualFold(reason, "warning") {
			s.drop()
		}
	}
}
