package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"tyreso.se/incidentbot/bot"
)

// Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode): Slack's requests come as envelopes over a WebSocket
// that we open, and each is acknowledged by its id with the body that HTTP would answer with.
//
// slack-go has a client for it, which is not used: it decodes every payload into its own types and gives up on the ones it does
// not know, and when stopped it may drop acknowledgements that wait to be written, after the report was saved.
const (
	// maxAck is what Slack takes in an acknowledgement; a larger one is dropped without a word (slack-go's socketmode found
	// 20 KiB by trial). Room is left for the envelope around it.
	maxAck = 20<<10 - 256
	// writeBuffer holds an acknowledgement in one frame: Slack does not put continuation frames together.
	writeBuffer = 32 << 10
	// maxEnvelope is more than any request of Slack's, as maxBody.
	maxEnvelope = maxBody
	// silence is how long a connection may say nothing, not even answer a ping, before it counts as dead.
	silence   = 40 * time.Second
	pingEvery = 15 * time.Second
	// writeTimeout is how long one frame may take.
	writeTimeout = 10 * time.Second
	// maxAtOnce is how many envelopes are handled at the same time; more wait to be read.
	maxAtOnce = 128
	// Between attempts to connect.
	minBackoff = time.Second
	maxBackoff = time.Minute
)

// serveSocket keeps a connection until ctx is done. What is under way then, s.work knows of.
func (s *Surface) serveSocket(ctx context.Context) {
	slots := make(chan struct{}, maxAtOnce)
	backoff := minBackoff
	for ctx.Err() == nil {
		began := time.Now()
		greeted, err := s.connection(ctx, slots)
		if ctx.Err() != nil {
			return
		}
		// A connection that is greeted and lost at once, again and again, is no better than none.
		_, asked := errors.AsType[errDisconnect](err)
		if greeted && (asked || time.Since(began) >= minBackoff) {
			backoff = minBackoff
			s.log.LogAttrs(ctx, slog.LevelInfo, "socket mode: connecting again", slog.String("reason", reason(err)))
			continue
		}
		// Also when the token is refused: it may be mended, and the other doors are still open.
		s.log.LogAttrs(ctx, slog.LevelError, "socket mode: no connection", slog.String("reason", reason(err)),
			slog.Duration("again_in", backoff))
		pause := time.NewTimer(backoff)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
		backoff = min(2*backoff, maxBackoff)
	}
}

// errDisconnect means that Slack asked us to connect anew, with its reason.
type errDisconnect string

func (e errDisconnect) Error() string { return "disconnect: " + string(e) }

// reason names an error for the log: errors about connections hold the address, which is a secret.
func reason(err error) string {
	if e, ok := errors.AsType[errDisconnect](err); ok {
		return e.Error()
	}
	if e, ok := errors.AsType[*websocket.CloseError](err); ok {
		return fmt.Sprintf("closed with %d", e.Code)
	}
	return refused(err).Code
}

type envelope struct {
	Type    string          `json:"type"`
	ID      string          `json:"envelope_id"`
	Reason  string          `json:"reason"`
	Payload json.RawMessage `json:"payload"`
}

// connection opens a connection and reads it until it ends; greeted tells whether Slack said hello on it. Requests read from it
// are answered on it also after it has returned, so that a new connection need not wait for them.
func (s *Surface) connection(ctx context.Context, slots chan struct{}) (greeted bool, err error) {
	opening, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	_, address, err := s.api.StartSocketModeContext(opening)
	if err != nil {
		return false, fmt.Errorf("opening a connection: %w", err)
	}
	dialer := websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callTimeout, WriteBufferSize: writeBuffer,
	}
	conn, resp, err := dialer.DialContext(opening, address, nil)
	if err != nil {
		return false, fmt.Errorf("connecting: %w", err)
	}
	if err := resp.Body.Close(); err != nil {
		return false, errors.Join(fmt.Errorf("connecting: %w", err), conn.Close())
	}
	c := &socket{Surface: s, conn: conn}
	reading, stop := context.WithCancel(ctx)
	s.work.Run(func() { c.keepAlive(reading) })
	greeted, err = c.read(reading, slots)
	stop()
	s.work.Run(c.finish)
	return greeted, err
}

// socket is one connection.
type socket struct {
	*Surface
	conn     *websocket.Conn
	write    sync.Mutex // websocket.Conn takes one writer at a time
	deadline sync.Mutex // so that a sign of life does not undo the end of reading
	answered sync.WaitGroup
}

// keepAlive asks for a sign of life now and then, until ctx is done or the connection is; then it ends the reading.
func (c *socket) keepAlive(ctx context.Context) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := c.conn.WriteControl(websocket.PingMessage, nil, time.Now().Add(writeTimeout)); err != nil {
				return // reading fails too, by itself or by its deadline
			}
		case <-ctx.Done():
			// Reading ends; what was read is still answered.
			c.deadline.Lock()
			defer c.deadline.Unlock()
			if err := c.conn.SetReadDeadline(time.Now()); err != nil {
				c.log.LogAttrs(ctx, slog.LevelDebug, "socket mode: connection already closed")
			}
			return
		}
	}
}

// alive moves the end of reading forward, unless ctx is done.
func (c *socket) alive(ctx context.Context) error {
	c.deadline.Lock()
	defer c.deadline.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	return c.conn.SetReadDeadline(time.Now().Add(silence))
}

// read hands on what Slack sends until the connection ends or ctx is done.
func (c *socket) read(ctx context.Context, slots chan struct{}) (greeted bool, err error) {
	c.conn.SetReadLimit(maxEnvelope)
	if err := c.alive(ctx); err != nil {
		return false, err
	}
	pong := c.conn.PingHandler()
	c.conn.SetPingHandler(func(data string) error { return errors.Join(c.alive(ctx), pong(data)) })
	c.conn.SetPongHandler(func(string) error { return c.alive(ctx) })
	for {
		_, frame, err := c.conn.ReadMessage()
		if err != nil {
			return greeted, fmt.Errorf("reading: %w", err)
		}
		if err := c.alive(ctx); err != nil {
			return greeted, err // what was read just now is not acknowledged, so it is sent again
		}
		arrived := c.opts.Clock()
		var e envelope
		if err := json.Unmarshal(frame, &e); err != nil {
			c.metrics.Refused("malformed")
			c.log.Warn("socket mode: malformed envelope")
			continue
		}
		switch {
		case e.Type == "hello":
			greeted = true
		case e.Type == "disconnect":
			// A warning comes some ten seconds ahead; the new connection is made at once and this one finishes what it has.
			return greeted && e.Reason != "link_disabled", errDisconnect(e.Reason)
		case e.ID != "":
			slots <- struct{}{}
			c.answered.Add(1)
			c.work.Run(func() {
				after := c.serve(e, arrived)
				c.answered.Done()
				if after != nil {
					after(context.Background())
				}
				<-slots
			})
		}
	}
}

// finish closes the connection when all that came over it has been answered.
func (c *socket) finish() {
	c.answered.Wait()
	bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
	err := c.conn.WriteControl(websocket.CloseMessage, bye, time.Now().Add(writeTimeout))
	if err := errors.Join(err, c.conn.Close()); err != nil {
		c.log.Debug("socket mode: connection was already closed")
	}
}

// serve answers an envelope and returns what follows. An envelope that is not acknowledged, or not in time, is sent again.
func (c *socket) serve(e envelope, arrived time.Time) (after func(context.Context)) {
	in, err := decodeEnvelope(e)
	if errors.Is(err, ErrMalformed) {
		c.metrics.Refused("malformed")
		c.log.LogAttrs(context.Background(), slog.LevelWarn, "request refused", slog.String("type", e.Type),
			slog.String("reason", "malformed"))
		c.acknowledgeEnvelope(e, nil) // sent again it would be no better
		return nil
	}
	in.Request.At = arrived
	in.ackLimit = maxAck
	a := c.answer(context.Background(), in, err)
	if a.again {
		return nil
	}
	c.acknowledgeEnvelope(e, a.body)
	c.observe(in.Request.Kind, arrived)
	return a.after
}

func decodeEnvelope(e envelope) (Incoming, error) {
	switch e.Type {
	case "slash_commands":
		return DecodeCommandJSON(e.Payload)
	case "interactive":
		return DecodeInteraction(e.Payload)
	case "events_api":
		in, _, err := DecodeEvent(e.Payload)
		return in, err
	}
	return Incoming{Request: bot.Request{Kind: bot.Cancel}}, fmt.Errorf("%w: envelope of type %q", ErrIgnored, e.Type)
}

type acknowledgement struct {
	ID      string          `json:"envelope_id"`
	Payload json.RawMessage `json:"payload,omitempty"`
}

func (c *socket) acknowledgeEnvelope(e envelope, body []byte) {
	frame, err := json.Marshal(acknowledgement{ID: e.ID, Payload: body})
	if err == nil {
		c.write.Lock()
		err = errors.Join(
			c.conn.SetWriteDeadline(time.Now().Add(writeTimeout)),
			c.conn.WriteMessage(websocket.TextMessage, frame),
		)
		c.write.Unlock()
	}
	if err != nil { // Slack sends the envelope again on the next connection, and its key makes it the same doing
		c.log.LogAttrs(context.Background(), slog.LevelWarn, "acknowledgement not delivered", slog.String("type", e.Type))
	}
}
