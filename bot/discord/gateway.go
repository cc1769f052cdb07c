package discord

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"tyreso.se/incidentbot/bot"
)

// The gateway (https://discord.com/developers/docs/events/gateway): interactions come as events over a WebSocket that we open, and are
// answered by calls of the API.
//
// discordgo has a client for it, which is not used: while it opens a connection it holds the lock that closing needs, so that it
// locks itself out for good when Discord answers "invalid session" or "reconnect" there, which is how a session that has been away
// for long ends, and cannot be stopped meanwhile; it leaves goroutines behind that nobody can wait for; and it closes with a code
// that ends the session before it tries to resume it.
const (
	// maxEvent is more than any event that comes without intents.
	maxEvent = 8 << 20
	// helloTimeout is how long a new connection may be silent.
	helloTimeout = 20 * time.Second
	// writeTimeout is how long one frame may take.
	writeTimeout = 10 * time.Second
	// maxAtOnce is how many interactions are handled at the same time. More are not taken: they cannot wait.
	maxAtOnce = 512
	// Between attempts to connect. Discord resets the token of an application that identifies more than 1,000 times in a day
	// (https://discord.com/developers/docs/events/gateway#identifying): with the longest pause, or half of it, it is 720 times at most.
	minBackoff = time.Second
	maxBackoff = 4 * time.Minute
	// identifyPause is what must lie between two sessions that begin:
	// https://discord.com/developers/docs/events/gateway#session-start-limit-object
	identifyPause = 5 * time.Second
	// refusedBackoff is the pause when Discord says that connecting again is useless: until somebody has mended the token.
	refusedBackoff = 10 * time.Minute
	// steady is how long a connection must have lasted for the next attempt to begin with the shortest pause again.
	steady = 5 * time.Minute
)

// Why a connection ended.
var (
	errReconnect      = errors.New("asked to reconnect")
	errInvalidSession = errors.New("session invalid")
	errZombie         = errors.New("heartbeat not acknowledged")
)

// RunGateway keeps a connection to the gateway until ctx is done; it then takes nothing new. What is under way then, Drain waits
// for. One process of the bot at a time should run it, or each gets every interaction. The error is nil.
func (s *Surface) RunGateway(ctx context.Context) error {
	g := &gateway{Surface: s, slots: make(chan struct{}, maxAtOnce), backoff: minBackoff}
	for ctx.Err() == nil {
		if wait := g.attempt(ctx); ctx.Err() == nil {
			s.pause(ctx, wait)
		}
	}
	return nil
}

// gateway is our side of the gateway, over its connections.
type gateway struct {
	*Surface
	slots   chan struct{}
	backoff time.Duration // before the next attempt
	address string        // told by the API, remembered until connecting there fails
	session session
}

// session is what resuming takes: https://discord.com/developers/docs/events/gateway#resuming
type session struct {
	id      string // "": there is none to resume
	address string
	seq     int64
}

// attempt connects, stays connected for as long as it lasts, and returns how long to wait before the next attempt.
func (g *gateway) attempt(ctx context.Context) (wait time.Duration) {
	began := time.Now()
	greeted, err := g.connection(ctx)
	if ctx.Err() != nil {
		return 0
	}
	if greeted && time.Since(began) >= steady {
		g.backoff = minBackoff
	}
	switch {
	case hopeless(err):
		wait = refusedBackoff
	case greeted && g.session.id != "" && g.backoff == minBackoff: // resuming is what Discord asks for, at once
		g.backoff = 2 * minBackoff
	default:
		// Between half the backoff and all of it, so that processes that lost it together do not come back together.
		wait = g.backoff/2 + rand.N(g.backoff/2) //nolint:gosec // spreads attempts; nobody gains by guessing it
		g.backoff = min(2*g.backoff, maxBackoff)
		if errors.Is(err, errInvalidSession) {
			wait = max(wait, identifyPause)
		}
	}
	if refusal, ok := errors.AsType[*bot.SendError](err); ok {
		wait = max(wait, refusal.Wait)
	}
	level := slog.LevelInfo
	if !greeted {
		level = slog.LevelError // also when the token is refused: it may be mended
	}
	g.log.LogAttrs(ctx, level, "gateway: connecting again", slog.String("reason", reason(err)), slog.Duration("in", wait))
	return wait
}

// pauseFor waits for d, or until ctx is done.
func pauseFor(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// hopeless tells whether Discord closed with a code that says that connecting again is useless.
func hopeless(err error) bool {
	closed, ok := errors.AsType[*websocket.CloseError](err)
	return ok && (closed.Code == closeAuthenticationFailed || closed.Code >= closeInvalidShard && closed.Code <= closeDisallowedIntents)
}

// reason names an error for the log: errors about connections may hold addresses.
func reason(err error) string {
	for _, known := range []error{errReconnect, errInvalidSession, errZombie} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	if closed, ok := errors.AsType[*websocket.CloseError](err); ok {
		return fmt.Sprintf("closed with %d", closed.Code)
	}
	if refusal, ok := errors.AsType[*bot.SendError](err); ok {
		return refusal.Code
	}
	return interrupted(err).Code
}

// connection opens a connection and reads it until it ends; greeted tells whether Discord took it for a session.
func (g *gateway) connection(ctx context.Context) (greeted bool, err error) {
	address, err := g.where(ctx)
	if err != nil {
		return false, err
	}
	conn, err := dial(ctx, address)
	if err != nil {
		g.address, g.session.address = "", ""
		return false, err
	}
	c := &link{gateway: g, conn: conn}
	reading, stop := context.WithCancelCause(ctx)
	var beating sync.WaitGroup
	beating.Go(func() { c.interrupt(reading) })
	greeted, err = c.read(reading, func(interval time.Duration) {
		beating.Go(func() {
			if err := c.beat(reading, interval); err != nil {
				stop(err)
			}
		})
	})
	if cause := context.Cause(reading); cause != nil {
		err = cause
	}
	stop(nil)
	beating.Wait()
	c.close(ctx, err)
	return greeted, err
}

// dial opens a WebSocket. gorilla's dialer does not look at ctx while it waits for the answer to its handshake, so ctx ends that by
// a deadline.
func dial(ctx context.Context, address string) (*websocket.Conn, error) {
	forget := func() bool { return true }
	dialer := websocket.Dialer{
		Proxy: http.ProxyFromEnvironment, HandshakeTimeout: callTimeout,
		NetDialContext: func(dialling context.Context, network, host string) (net.Conn, error) {
			conn, err := (&net.Dialer{}).DialContext(dialling, network, host)
			if err != nil {
				return nil, err
			}
			forget = context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) }) // fails when it is closed already
			return conn, nil
		},
	}
	conn, resp, err := dialer.DialContext(ctx, address, http.Header{"User-Agent": {userAgent}})
	forget()
	if err != nil {
		return nil, fmt.Errorf("connecting: %w", err)
	}
	if err := resp.Body.Close(); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting: %w", err), conn.Close())
	}
	return conn, nil
}

// where returns the address to connect to.
func (g *gateway) where(ctx context.Context) (string, error) {
	address := g.session.address
	if g.session.id == "" || address == "" {
		address = g.opts.GatewayURL
	}
	if address == "" && g.address == "" {
		// https://discord.com/developers/docs/events/gateway#get-gateway
		var told struct {
			URL string `json:"url"`
		}
		if err := g.do(ctx, call{method: http.MethodGet, route: "GET /gateway", path: "/gateway"}, &told); err != nil {
			return "", err
		}
		g.address = told.URL
	}
	if address == "" {
		address = g.address
	}
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "wss" && u.Scheme != "ws" {
		g.address, g.session.address = "", ""
		return "", errors.New("the gateway's address is not one of a WebSocket")
	}
	u.RawQuery = url.Values{"v": {apiVersion}, "encoding": {"json"}}.Encode()
	if u.Path == "" {
		u.Path = "/"
	}
	return u.String(), nil
}
