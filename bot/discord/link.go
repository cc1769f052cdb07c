package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/gorilla/websocket"
)

// The opcodes and close codes of https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway that are used here.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opResume         = 6
	opReconnect      = 7
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatAck   = 11

	closeUnauthenticated      = 4003
	closeAuthenticationFailed = 4004
	closeInvalidSequence      = 4007
	closeSessionTimedOut      = 4009
	closeInvalidShard         = 4010
	closeDisallowedIntents    = 4014
	// closeToResume is what we close with to come back: 1000 and 1001 would end the session.
	closeToResume = 4000
)

// payload is https://discord.com/developers/docs/events/gateway-events#payload-structure
type payload struct {
	Op   int             `json:"op"`
	Data json.RawMessage `json:"d"`
	Seq  *int64          `json:"s"`
	Type string          `json:"t"`
}

// command is a payload that we send.
type command struct {
	Op   int `json:"op"`
	Data any `json:"d"`
}

// link is one connection.
type link struct {
	*gateway
	conn     *websocket.Conn
	write    sync.Mutex // websocket.Conn takes one writer at a time
	deadline sync.Mutex // so that a sign of life does not undo the end of reading
	acked    atomic.Bool
	seq      atomic.Int64 // the session's, for heartbeats
}

// send sends a command.
func (c *link) send(op int, data any) error {
	c.write.Lock()
	defer c.write.Unlock()
	if err := c.conn.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	if err := c.conn.WriteJSON(command{Op: op, Data: data}); err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	return nil
}

// interrupt ends the reading when ctx is done.
func (c *link) interrupt(ctx context.Context) {
	<-ctx.Done()
	c.deadline.Lock()
	defer c.deadline.Unlock()
	if err := c.conn.SetReadDeadline(time.Now()); err != nil {
		c.log.Debug("gateway: connection already closed")
	}
}

// alive moves the end of reading forward, unless ctx is done.
func (c *link) alive(ctx context.Context, silence time.Duration) error {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.conn.SetReadDeadline(time.Now().Add(silence))
}

// beat sends heartbeats until ctx is done or one is not acknowledged:
// https://discord.com/developers/docs/events/gateway#sending-heartbeats
func (c *link) beat(ctx context.Context, interval time.Duration) error {
	c.acked.Store(true)
	wait := rand.N(interval) //nolint:gosec // spreads heartbeats; nobody gains by guessing it
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-timer.C:
		}
		if !c.acked.Swap(false) {
			return errZombie
		}
		if err := c.heartbeat(); err != nil {
			return err
		}
		timer.Reset(interval)
	}
}

// heartbeat sends the number of the last event, null when there was none.
func (c *link) heartbeat() error {
	if seq := c.seq.Load(); seq > 0 {
		return c.send(opHeartbeat, seq)
	}
	return c.send(opHeartbeat, nil)
}

// read takes what Discord sends until the connection ends or ctx is done. beat begins the heartbeats.
func (c *link) read(ctx context.Context, beat func(interval time.Duration)) (greeted bool, err error) {
	c.conn.SetReadLimit(maxEvent)
	c.seq.Store(c.session.seq)
	silence := helloTimeout
	for {
		if err := c.alive(ctx, silence); err != nil {
			return greeted, err
		}
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			c.ended(err)
			return greeted, fmt.Errorf("reading: %w", err)
		}
		arrived := c.opts.Clock()
		var p payload
		if err := json.Unmarshal(frame, &p); err != nil {
			c.metrics.Refused("malformed")
			c.log.Warn("gateway: malformed event")
			continue
		}
		switch p.Op {
		case opHello:
			interval, err := c.hello(p.Data)
			if err != nil {
				return greeted, err
			}
			beat(interval)
			// Every heartbeat is acknowledged: after two of them without a word, nobody is there.
			silence = 2*interval + writeTimeout
		case opHeartbeat:
			if err := c.heartbeat(); err != nil {
				return greeted, err
			}
		case opHeartbeatAck:
			c.acked.Store(true)
		case opReconnect:
			return greeted, errReconnect
		case opInvalidSession:
			if string(p.Data) != "true" { // it may not be resumed
				c.session = session{}
			}
			return false, errInvalidSession
		case opDispatch:
			if c.dispatch(ctx, p, arrived) {
				greeted = true
			}
		}
	}
}

// hello answers Discord's first words, with the session to resume or else with who we are.
func (c *link) hello(data json.RawMessage) (interval time.Duration, err error) {
	var told struct {
		Interval int64 `json:"heartbeat_interval"` // milliseconds
	}
	if err := json.Unmarshal(data, &told); err != nil || told.Interval <= 0 {
		return 0, errors.New("hello without a heartbeat interval")
	}
	interval = time.Duration(told.Interval) * time.Millisecond
	if c.session.id != "" {
		// https://discord.com/developers/docs/events/gateway-events#resume
		return interval, c.send(opResume, map[string]any{
			"token": c.opts.BotToken, "session_id": c.session.id, "seq": c.session.seq,
		})
	}
	// https://discord.com/developers/docs/events/gateway-events#identify. Interactions come without any intent.
	return interval, c.send(opIdentify, map[string]any{
		"token": c.opts.BotToken, "intents": 0,
		"properties": map[string]string{"os": "linux", "browser": "incidentbot", "device": "incidentbot"},
	})
}

// dispatch takes an event, and tells whether it is one that says that the session is open.
func (c *link) dispatch(ctx context.Context, p payload, arrived time.Time) (greeted bool) {
	if p.Seq != nil {
		c.session.seq = *p.Seq
		c.seq.Store(*p.Seq)
	}
	switch p.Type {
	case "READY":
		c.ready(ctx, p.Data)
		return true
	case "RESUMED":
		c.log.LogAttrs(ctx, slog.LevelInfo, "gateway: resumed")
		return true
	case "INTERACTION_CREATE":
		c.interaction(p.Data, arrived)
	}
	return false
}

// ready takes https://discord.com/developers/docs/events/gateway-events#ready
func (c *link) ready(ctx context.Context, data json.RawMessage) {
	var told struct {
		Session     string `json:"session_id"`
		Address     string `json:"resume_gateway_url"`
		Application struct {
			ID string `json:"id"`
		} `json:"application"`
	}
	if err := json.Unmarshal(data, &told); err != nil {
		c.log.LogAttrs(ctx, slog.LevelWarn, "gateway: malformed event", slog.String("type", "READY"))
		return
	}
	c.session.id, c.session.address = told.Session, told.Address
	c.log.LogAttrs(ctx, slog.LevelInfo, "gateway: connected")
	if told.Application.ID != "" && told.Application.ID != c.opts.ApplicationID {
		c.log.LogAttrs(ctx, slog.LevelError, "gateway: the token belongs to another application than the configured one",
			slog.String("application", told.Application.ID))
	}
}

// interaction carries an interaction through in a goroutine of its own.
func (c *link) interaction(raw json.RawMessage, arrived time.Time) {
	in, ok := decodeInteraction(raw)
	if !ok {
		c.metrics.Refused("malformed")
		c.log.Warn("gateway: malformed event", slog.String("type", "INTERACTION_CREATE"))
		return
	}
	select {
	case c.slots <- struct{}{}:
	default:
		c.metrics.Refused("busy") // Discord tells the person that it failed, and they try again
		c.log.Error("gateway: too much at once", slog.Int("at_once", maxAtOnce))
		return
	}
	s := c.Surface // not the connection, which may be closed before the answer is ready
	slots := c.slots
	s.work.Run(func() {
		defer func() { <-slots }()
		s.serve(context.Background(), in, arrived, func(ctx context.Context, r *discordgo.InteractionResponse) error {
			return s.callback(ctx, in.Interaction, r)
		})
	})
}

// ended forgets the session when Discord closed in a way that says that it is gone.
func (c *link) ended(err error) {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	if !ok {
		return
	}
	switch closed.Code {
	case closeUnauthenticated, closeInvalidSequence, closeSessionTimedOut:
		c.session = session{}
	}
	if hopeless(err) {
		c.session = session{}
	}
}

// close closes the connection: for good when ctx is done, else so that its session can be resumed.
func (c *link) close(ctx context.Context, why error) {
	code := closeToResume
	if ctx.Err() != nil {
		code = websocket.CloseNormalClosure
	}
	err := c.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), time.Now().Add(writeTimeout))
	if err := errors.Join(err, c.conn.Close()); err != nil {
		c.log.LogAttrs(ctx, slog.LevelDebug, "gateway: connection was already closed", slog.String("reason", reason(why)))
	}
}
