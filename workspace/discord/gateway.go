package discord

import (
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// gatewayPath is where the gateway is on this server.
const gatewayPath = "/gateway/ws"

// Gateway opcodes. https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-opcodes
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoiceState     = 4
	opResume         = 6
	opReconnect      = 7
	opGuildMembers   = 8
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatACK   = 11
)

// Close codes. https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
const (
	closeUnknownOpcode     = 4001
	closeDecodeError       = 4002
	closeNotAuthenticated  = 4003
	closeAuthFailed        = 4004
	closeAlreadyAuthed     = 4005
	closeInvalidSequence   = 4007
	closeRateLimited       = 4008
	closeSessionTimedOut   = 4009
	closeInvalidVersion    = 4012
	closeInvalidIntents    = 4013
	closeDisallowedIntents = 4014
)

// Intents are the kinds of events that a session wants, as bits. https://discord.com/developers/docs/events/gateway#gateway-intents
type Intents int

// The intents that matter here, and the privileged ones.
const (
	IntentGuilds         Intents = 1 << 0
	IntentGuildMembers   Intents = 1 << 1
	IntentGuildPresences Intents = 1 << 8
	IntentGuildMessages  Intents = 1 << 9
	IntentDirectMessages Intents = 1 << 12
	IntentMessageContent Intents = 1 << 15

	privilegedIntents         = IntentGuildMembers | IntentGuildPresences | IntentMessageContent
	knownIntents      Intents = 1<<17 - 1 | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// queued is how many messages may wait for a slow connection before it is cut.
const queued = 2000

// connection is one WebSocket.
type connection struct {
	ws     *websocket.Conn
	out    chan []byte
	gone   chan struct{}
	closed sync.Once

	// Under the workspace's lock.
	session *session
	beat    time.Time // latest heartbeat
	sends   span      // payloads received
}

// drop cuts the connection without a word, as a lost network would.
func (c *connection) drop() {
	c.closed.Do(func() {
		close(c.gone)
		_ = c.ws.Close() // it is being thrown away
	})
}

// bye closes the connection with a code.
func (c *connection) bye(code int, reason string) {
	deadline := time.Now().Add(time.Second)
	_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, reason), deadline) // it is dropped next
	c.drop()
}

// send queues a payload. A connection that does not keep up is cut.
func (c *connection) send(payload object) {
	select {
	case c.out <- encode(payload):
	default:
		c.drop()
	}
}

// https://discord.com/developers/docs/events/gateway#get-gateway
func (c *call) gateway() (int, any, error) {
	return http.StatusOK, object{"url": c.w.address("ws") + gatewayPath}, nil
}

// https://discord.com/developers/docs/events/gateway#get-gateway-bot
func (c *call) gatewayBot() (int, any, error) {
	identifies := c.w.identifies
	remaining, reset := maxIdentifies, time.Duration(0)
	if left := identifies.until.Sub(c.w.now()); left > 0 {
		remaining, reset = maxIdentifies-identifies.used, left
	}
	return http.StatusOK, object{
		"url": c.w.address("ws") + gatewayPath, "shards": 1,
		"session_start_limit": object{
			"total": maxIdentifies, "remaining": remaining, "reset_after": reset.Milliseconds(), "max_concurrency": maxConcurrency,
		},
	}, nil
}

func (w *Workspace) serveGateway(rw http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	if query.Get("compress") != "" || (query.Get("encoding") != "json" && query.Get("encoding") != "") {
		w.mu.Lock()
		w.problem("the gateway is asked for an encoding or compression that is not simulated: %s", r.URL.RawQuery)
		w.mu.Unlock()
		http.Error(rw, "only encoding=json without compression is simulated", http.StatusBadRequest)
		return
	}
	upgrader := websocket.Upgrader{CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") == "" }} // no browsers
	ws, err := upgrader.Upgrade(rw, r, nil)
	if err != nil {
		return // the upgrader has answered
	}
	c := &connection{ws: ws, out: make(chan []byte, queued), gone: make(chan struct{})}
	w.mu.Lock()
	c.beat = w.now()
	if w.closed {
		w.mu.Unlock()
		c.drop()
		return
	}
	w.connections[c] = true
	w.tasks.Add(1) // for this goroutine: Close waits for it too
	defer w.tasks.Done()
	w.tasks.Go(func() { w.write(c) })
	w.tasks.Go(func() { w.watch(c) })
	w.mu.Unlock()
	if v := query.Get("v"); v != "" && v != "9" && v != "10" {
		c.bye(closeInvalidVersion, "Invalid API version.")
	}
	c.send(object{"op": opHello, "d": object{"heartbeat_interval": w.opt.HeartbeatInterval.Milliseconds()}, "s": nil, "t": nil})
	w.listen(c)
}

// write sends what is queued, until the connection is gone.
func (w *Workspace) write(c *connection) {
	for {
		select {
		case data := <-c.out:
			if c.ws.WriteMessage(websocket.TextMessage, data) != nil {
				c.drop()
			}
		case <-c.gone:
			return
		}
	}
}

// watch ends a connection that has stopped sending heartbeats, and its session.
// https://discord.com/developers/docs/events/gateway#sending-heartbeats
func (w *Workspace) watch(c *connection) {
	period := w.opt.HeartbeatInterval / 4
	if w.opt.Clock != nil {
		period = clockTick
	}
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	for {
		select {
		case <-c.gone:
			return
		case <-ticker.C:
		}
		w.mu.Lock()
		late := float64(w.now().Sub(c.beat)) > heartbeatTolerance*float64(w.opt.HeartbeatInterval)
		if late && c.session != nil {
			delete(w.sessions, c.session.id)
			w.problem("no heartbeat within %s on the gateway", w.opt.HeartbeatInterval)
		}
		w.mu.Unlock()
		if late {
			c.bye(closeSessionTimedOut, "Session timed out.")
			return
		}
	}
}

// listen takes what the app sends, until the connection is gone.
func (w *Workspace) listen(c *connection) {
	code := websocket.CloseNoStatusReceived
	defer func() {
		c.drop()
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.connections, c)
		if s := c.session; s != nil && s.conn == c {
			s.conn, s.lost = nil, w.now()
			if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
				delete(w.sessions, s.id) // https://discord.com/developers/docs/events/gateway#initiating-a-disconnect
			}
		}
		w.touch()
	}()
	for {
		_, data, err := c.ws.ReadMessage()
		if err != nil {
			if e, ok := err.(*websocket.CloseError); ok { //nolint:errorlint // the library returns it as it is
				code = e.Code
			}
			return
		}
		if code, reason := w.receive(c, data); code != 0 {
			c.bye(code, reason)
			return
		}
	}
}

// receive handles one payload, and returns the code to close the connection with; 0 to go on.
func (w *Workspace) receive(c *connection, data []byte) (code int, reason string) {
	var p struct {
		Op *int            `json:"op"`
		D  json.RawMessage `json:"d"`
	}
	if len(data) > maxGatewayPayload || json.Unmarshal(data, &p) != nil || p.Op == nil {
		return closeDecodeError, "Error while decoding payload."
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if !c.sends.take(rate{maxGatewaySends, gatewaySendWindow}, w.now()) {
		w.problem("more than %d payloads within %s on the gateway", maxGatewaySends, gatewaySendWindow)
		return closeRateLimited, "You are being rate limited."
	}
	switch *p.Op {
	case opHeartbeat:
		c.beat = w.now()
		c.send(object{"op": opHeartbeatACK, "d": nil, "s": nil, "t": nil})
	case opIdentify:
		return w.identify(c, p.D)
	case opResume:
		return w.resume(c, p.D)
	case opPresence, opVoiceState, opGuildMembers: // taken, and nothing comes of them here
		if c.session == nil {
			return closeNotAuthenticated, "Not authenticated."
		}
	default:
		w.problem("unknown gateway opcode %d", *p.Op)
		return closeUnknownOpcode, "Unknown opcode."
	}
	return 0, ""
}
