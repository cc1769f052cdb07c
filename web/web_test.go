package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"tyreso.se/incidentbot/web"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// options returns what a server needs, with a log of JSON lines in the buffer. Each look at the clock takes 1 ms.
func options(log *bytes.Buffer) web.Options {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return web.Options{
		Listen:  "127.0.0.1:0",
		Ready:   func(context.Context) error { return nil },
		Metrics: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "metrics") }),
		Logger:  slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:     func() time.Time { now = now.Add(time.Millisecond); return now },
		Random:  strings.NewReader(strings.Repeat("\x01\x23\x45\x67\x89\xab\xcd\xef", 100)),
	}
}

func handle(f http.HandlerFunc) map[string]http.Handler { return map[string]http.Handler{"/x": f} }

func get(s *web.Server, path string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, path, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestPagesTellHowTheProcessFares(t *testing.T) {
	broken := errors.New("dial postgres://bot:hemligt@db: connection refused")
	tests := map[string]struct {
		path   string
		ready  error
		status int
		body   string
	}{
		"up":                     {"/healthz", nil, 200, "ok\n"},
		"up without database":    {"/healthz", broken, 200, "ok\n"},
		"ready":                  {"/readyz", nil, 200, "ready\n"},
		"not ready, without why": {"/readyz", broken, 503, "not ready: the database cannot be used, see the log\n"},
		"metrics":                {"/metrics", nil, 200, "metrics"},
		"no such page":           {"/nothing", nil, 404, "404 page not found\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			o := options(&bytes.Buffer{})
			o.Ready = func(context.Context) error { return tt.ready }
			w := get(web.New(o), tt.path)
			if w.Code != tt.status || w.Body.String() != tt.body {
				t.Errorf("got %d %q, want %d %q", w.Code, w.Body, tt.status, tt.body)
			}
		})
	}
}

func TestNotReadyIsLoggedWithItsReason(t *testing.T) {
	var log bytes.Buffer
	o := options(&log)
	o.Ready = func(context.Context) error { return errors.New("migration 7 is missing") }
	get(web.New(o), "/readyz")
	if !strings.Contains(log.String(), "migration 7 is missing") {
		t.Errorf("the reason is not in the log: %s", &log)
	}
}

func TestReadyIsAskedWithADeadline(t *testing.T) {
	o := options(&bytes.Buffer{})
	var bounded bool
	o.Ready = func(ctx context.Context) error { _, bounded = ctx.Deadline(); return nil }
	get(web.New(o), "/readyz")
	if !bounded {
		t.Error("a database that hangs would hang the probe")
	}
}

func TestSecurityHeadersStandOnEveryAnswer(t *testing.T) {
	o := options(&bytes.Buffer{})
	o.Routes = handle(func(http.ResponseWriter, *http.Request) { panic("broken") })
	s := web.New(o)
	want := map[string]string{
		"Cache-Control":              "no-store",
		"Content-Security-Policy":    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
		"Cross-Origin-Opener-Policy": "same-origin",
		"Referrer-Policy":            "no-referrer",
		"Strict-Transport-Security":  "max-age=31536000",
		"X-Content-Type-Options":     "nosniff",
		"X-Frame-Options":            "DENY",
	}
	for _, path := range []string{"/healthz", "/readyz", "/metrics", "/nothing", "/x"} {
		t.Run(path, func(t *testing.T) {
			got := map[string]string{}
			w := get(s, path)
			for k := range want {
				got[k] = w.Header().Get(k)
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestRequestID(t *testing.T) {
	const fresh = "0123456789abcdef"
	tests := map[string]struct{ in, want string }{
		"made when absent":          {"", fresh},
		"taken from the proxy":      {"f3b2-A_9", "f3b2-A_9"},
		"replaced when too long":    {strings.Repeat("a", 65), fresh},
		"replaced with odd letters": {"a\u00e5b", fresh},
		"replaced with spaces":      {"a b", fresh},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			o := options(&log)
			var seen string
			o.Routes = handle(func(_ http.ResponseWriter, r *http.Request) { seen = r.Header.Get("X-Request-Id") })
			w := get(web.New(o), "/x", "X-Request-Id", tt.in)
			got := []string{w.Header().Get("X-Request-Id"), seen, line(t, &log)["request_id"].(string)}
			if d := cmp.Diff([]string{tt.want, tt.want, tt.want}, got); d != "" {
				t.Errorf("in the answer, the handler and the log: %s", d)
			}
		})
	}
}

func TestAccessLogHasWhatIsNeededAndNoMore(t *testing.T) {
	var log bytes.Buffer
	o := options(&log)
	o.Routes = handle(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusTeapot)
		_, _ = io.WriteString(w, "hemlig text")
	})
	get(web.New(o), "/x?token=hemligt")
	want := map[string]any{
		"level": "INFO", "msg": "request", "request_id": "0123456789abcdef", "method": "GET", "path": "/x",
		"status": 418.0, "bytes": 11.0, "duration": 1e6, "cut": false,
	}
	got := line(t, &log)
	delete(got, "time")
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestPanic(t *testing.T) {
	t.Run("is answered with 500 and logged", func(t *testing.T) {
		var log bytes.Buffer
		o := options(&log)
		o.Routes = handle(func(http.ResponseWriter, *http.Request) { panic("hemlig orsak") })
		w := get(web.New(o), "/x")
		if w.Code != 500 || w.Body.String() != "internal error\n" {
			t.Errorf("got %d %q", w.Code, w.Body)
		}
		if !strings.Contains(log.String(), "hemlig orsak") || !strings.Contains(log.String(), "web_test.go") {
			t.Errorf("the log lacks the reason or the stack: %s", &log)
		}
	})
	t.Run("in the middle of an answer cuts the connection", func(t *testing.T) {
		var log bytes.Buffer
		o := options(&log)
		o.Routes = handle(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "half")
			panic("broken")
		})
		defer func() {
			if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
				t.Errorf("panic %v, want http.ErrAbortHandler", err)
			}
			if !strings.Contains(log.String(), `"cut":true`) {
				t.Errorf("the access log does not tell: %s", &log)
			}
		}()
		get(web.New(o), "/x")
	})
}

func TestRoutesAreServedByMethod(t *testing.T) {
	o := options(&bytes.Buffer{})
	o.Routes = map[string]http.Handler{
		"POST /slack/commands": http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hej") }),
	}
	s := web.New(o)
	if w := get(s, "/slack/commands"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET gave %d, want 405", w.Code)
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/slack/commands", nil))
	if w.Body.String() != "hej" {
		t.Errorf("POST gave %d %q", w.Code, w.Body)
	}
}

func TestStopFinishesTheRequestUnderWay(t *testing.T) {
	o := options(&bytes.Buffer{})
	arrived, finish := make(chan struct{}), make(chan struct{})
	o.Routes = handle(func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-finish
		if r.Context().Err() != nil {
			t.Error("the request was cancelled by the stop")
		}
		_, _ = io.WriteString(w, "all of it")
	})
	s := web.New(o)
	ctx, stop := context.WithCancel(t.Context())
	stopped := make(chan error, 1)
	go func() { stopped <- s.Run(ctx) }()
	addr := s.Addr(ctx)

	type answer struct {
		body string
		err  error
	}
	answered := make(chan answer, 1)
	go func() {
		client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		res, err := client.Get("http://" + addr + "/x")
		if err != nil {
			answered <- answer{err: err}
			return
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		answered <- answer{string(body), err}
	}()
	<-arrived
	stop()
	for { // until the door is shut: nobody new gets in while the answer is under way
		c, err := net.Dial("tcp", addr)
		if err != nil {
			break
		}
		_ = c.Close()
	}
	select {
	case err := <-stopped:
		t.Fatalf("stopped with a request under way: %v", err)
	default:
	}
	close(finish)
	if a := <-answered; a.err != nil || a.body != "all of it" {
		t.Errorf("got %q, %v", a.body, a.err)
	}
	if err := <-stopped; err != nil {
		t.Errorf("Run: %v", err)
	}
}

func TestRunTellsWhyItCannotListen(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	o := options(&bytes.Buffer{})
	o.Listen = l.Addr().String()
	err = web.New(o).Run(t.Context())
	if err == nil || !strings.Contains(err.Error(), o.Listen) {
		t.Errorf("got %v, want an error with the address", err)
	}
}

func TestAddrGivesUpWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if a := web.New(options(&bytes.Buffer{})).Addr(ctx); a != "" {
		t.Errorf("got %q from a server that never listened", a)
	}
}

// line decodes the access log's line.
func line(t *testing.T, log *bytes.Buffer) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(log.Bytes(), &m); err != nil {
		t.Fatalf("log %q: %v", log, err)
	}
	return m
}
