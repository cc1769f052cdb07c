// Package web is the browser's door: the one HTTP server of the process, with what every answer needs (time limits,
// request ids, an access log, security headers, panics caught) and the pages that tell how the process fares.
//
// It knows no platform and no register. What answers on an address is handed to it as a plain http.Handler.
package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// The server's time limits. Slack waits three seconds for an answer and Discord as long, so that fifteen is ample, and a
// client that reads or writes slowly on purpose is let go.
const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 10 * time.Second
	writeTimeout      = 15 * time.Second
	idleTimeout       = 120 * time.Second
	// drainTimeout is how long a stopping server waits for answers under way.
	drainTimeout = 10 * time.Second
	// readyTimeout is how long the database may take to show that it is there.
	readyTimeout = 2 * time.Second
	// maxHeaderBytes is ample for what a chat platform or a browser sends.
	maxHeaderBytes = 64 << 10
)

// Options is what a Server is made of. All but Routes are required.
type Options struct {
	Listen string // host:port; port 0 takes a free one
	// Routes are the handlers by pattern as http.ServeMux has them: "POST /slack/commands".
	Routes map[string]http.Handler
	// Ready returns nil when the process can do its work. Its error is logged, never shown.
	Ready   func(ctx context.Context) error
	Metrics http.Handler     // GET /metrics
	Logger  *slog.Logger     // access log and failures
	Now     func() time.Time // for how long an answer took
	Random  io.Reader        // for request ids; crypto/rand.Reader
}

// Server answers HTTP.
type Server struct {
	options Options
	handler http.Handler

	mu        sync.Mutex
	addr      string
	listening chan struct{} // closed once addr is set
}

// New returns a server that does not listen yet. It panics when two routes collide, as http.ServeMux does.
func New(o Options) *Server {
	s := &Server{options: o, listening: make(chan struct{})}
	mux := http.NewServeMux()
	for pattern, h := range o.Routes {
		mux.Handle(pattern, h)
	}
	mux.HandleFunc("GET /healthz", s.healthy)
	mux.HandleFunc("GET /readyz", s.ready)
	mux.Handle("GET /metrics", o.Metrics)
	s.handler = s.observed(secured(mux))
	return s
}

// ServeHTTP answers one request as a listening server would.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Addr waits until the server listens and returns its address, host:port; "" when ctx is done first.
func (s *Server) Addr(ctx context.Context) string {
	select {
	case <-s.listening:
	case <-ctx.Done():
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addr
}

// Run listens and answers until ctx is done, then stops taking requests and waits up to ten seconds for the answers under
// way. It returns nil after a stop that was asked for, also when somebody had to be cut off. It can be called once.
func (s *Server) Run(ctx context.Context) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", s.options.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", s.options.Listen, err)
	}
	s.mu.Lock()
	s.addr = l.Addr().String()
	s.mu.Unlock()
	close(s.listening)

	server := &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.options.Logger.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve on %s: %w", s.options.Listen, err)
	case <-ctx.Done():
	}

	// The answers under way outlive the order to stop, for a while.
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
	defer cancel()
	if err := server.Shutdown(drain); err != nil {
		s.options.Logger.Warn("requests cut off at stop", "error", err)
		err = server.Close()
		if err != nil {
			return fmt.Errorf("close the web server: %w", err)
		}
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", s.options.Listen, err)
	}
	return nil
}

// healthy answers that the process is up, whatever the rest of the world is like.
func (s *Server) healthy(w http.ResponseWriter, _ *http.Request) { say(w, http.StatusOK, "ok\n") }

// ready answers whether the process can do its work. Why not stands in the log: the reason may name hosts and people.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
	defer cancel()
	if err := s.options.Ready(ctx); err != nil {
		s.options.Logger.Warn("not ready", "error", err)
		say(w, http.StatusServiceUnavailable, "not ready: the database cannot be used, see the log\n")
		return
	}
	say(w, http.StatusOK, "ready\n")
}

// say answers with a plain text. A client that went away does not get it, and that is nobody's error.
func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}
